"""ALL authorisation: who may do what (`POLICY`), which fields they read (tiers), and `visible()` for every kind of row.

Rows come only through here: `visible()` and `standing()` for queries, `fetch_*` in `core.fetching` for commands.
Invisible is 404, visible but not allowed is 403.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from app.core.policy_of_deciding import DECIDING
from app.core.policy_of_helping import HELPING
from app.core.viewer import Scope, Viewer
from app.db.types import ID, among
from app.models import Client, Invitation, Member, Network, Person, Token

# What a reader sees of a network. Each tier includes the ones before it.
HIDDEN, NAME, FRONT, INSIDE = -1, 0, 1, 2
TIER_NAMES = {NAME: "name", FRONT: "front", INSIDE: "inside"}
NETWORK_TIERS: dict[str, int] = {
    **dict.fromkeys(
        ("id", "name", "slug", "purpose", "visibility", "join_policy", "tier", "version"), NAME
    ),
    **dict.fromkeys(
        ("created_at", "updated_at", "archived_at", "parent_id", "membership", "actions"), NAME
    ),
    **dict.fromkeys(("aims", "kind", "topics", "professions", "region", "icbs", "place"), FRONT),
    **dict.fromkeys(
        ("latitude", "longitude", "host", "hosted_at", "verified", "meets", "member_offer"), FRONT
    ),
    **dict.fromkeys(
        ("lifecycle_stage", "member_count", "facilitators", "links", "closing_note"), FRONT
    ),
    **dict.fromkeys(
        ("engagement_strategy", "resourcing", "charter", "size_target", "footprint"), INSIDE
    ),
}
OUTSIDE_TIER = {"open": FRONT, "restricted": FRONT, "private": NAME, "confidential": HIDDEN}

# What a reader sees of a person: a card of a fellow member, the profile of one who is listed, everything of oneself.
CARD, PROFILE, SELF = 0, 1, 2
PERSON_TIERS: dict[str, int] = {
    **dict.fromkeys(
        ("id", "display_name", "profession", "organisation", "tier", "version", "updated_at"), CARD
    ),
    **dict.fromkeys(
        ("region", "interests", "skills", "bio", "links", "listed", "registrations"), PROFILE
    ),
    **dict.fromkeys(("email", "external_ids", "operator", "created_at", "scopes"), SELF),
}
PERSON_TIER_NAMES = {CARD: "card", PROFILE: "profile", SELF: "self"}

# action -> the roles that may. `self` is the person a row is about; `provisioner` is a token bound to the network.
FACILITATES = frozenset({"facilitator", "operator"})
ATTENDS = frozenset({"facilitator", "member", "observer"})
SIGNED_IN = frozenset({"signed_in"})
SELF_ALONE = frozenset({"self"})
POLICY: dict[str, frozenset[str]] = {
    "network.create": SIGNED_IN,
    "network.list": frozenset({"operator"}),  # one that lives elsewhere is kept by the operator
    "network.create_sub_group": FACILITATES,
    "network.update": FACILITATES,
    "network.delete": FACILITATES,
    "network.archive": FACILITATES,
    "network.reactivate": FACILITATES,
    "network.join": SIGNED_IN,
    "network.invite": FACILITATES,
    "network.read_purposes": frozenset({"anyone"}),
    "network.read_history": FACILITATES,
    "network.read_audit": FACILITATES,
    "member.add": FACILITATES | {"provisioner"},
    "member.update": FACILITATES | {"self"},
    "member.set_role": FACILITATES,
    "member.accept": frozenset({"self"}),
    "member.approve": FACILITATES,
    "member.decline": SELF_ALONE,  # an invitation; a request is declined by who may approve
    "member.leave": frozenset({"self"}),
    "member.remove": FACILITATES,
    "meeting.create": FACILITATES,
    "meeting.update": FACILITATES,  # and everything else that is done to one: confirm, announce, cancel
    "meeting.delete": FACILITATES,
    "attendance.answer": ATTENDS,
    "attendance.record": FACILITATES,
    "minutes.write": FACILITATES,
    "action.create": frozenset({"facilitator", "member"}),
    "action.update": FACILITATES | {"self"},  # who owns it, and who wrote it down
    "action.delete": FACILITATES | {"self"},  # who wrote it down
    **HELPING,
    **DECIDING,
    "result.create": frozenset({"facilitator", "member"}),
    "result.update": SELF_ALONE,  # and its measures and cycles: `self` is who wrote the result
    "result.publish": SELF_ALONE,
    "result.withdraw": SELF_ALONE,
    "result.delete": SELF_ALONE,
    "feedback.create": SIGNED_IN,  # whoever sees the result
    "feedback.update": SELF_ALONE,
    "adoption.report": FACILITATES | {"self"},  # `self` is who belongs to the organisation
    "adoption.delete": SELF_ALONE,  # who reported it last
    "conduct.write": FACILITATES,
    "conduct.accept": ATTENDS,
    "charter.write": FACILITATES,
    "charter.accept": ATTENDS,
    **{f"survey_round.{done}": FACILITATES for done in ("create", "update", "delete")},
    "survey_round.answer": ATTENDS,
    **{f"assessment.{done}": FACILITATES for done in ("create", "update", "delete")},
    "report.create": SIGNED_IN,  # whoever sees the content
    "report.decide": FACILITATES,
    "report.decide_again": frozenset({"operator"}),  # after an appeal; and of networks and people
    "report.appeal": SELF_ALONE,  # who wrote what was reported
    "person.create": frozenset({"operator"}),
    "person.update": frozenset({"self"}),
    "token.create_for_other": frozenset({"operator"}),
    "service.measure": frozenset({"operator"}),
}
# What a network's `actions` name -> the scope that their operations ask for.
ACTION_SCOPES: dict[str, Scope] = {
    **dict.fromkeys(
        ("update", "delete", "archive", "reactivate", "create_sub_group"), Scope.NETWORKS_WRITE
    ),
    **dict.fromkeys(("join", "leave", "add_member", "invite"), Scope.MEMBERS_WRITE),
    "plan_meeting": Scope.MEETINGS_WRITE,
    "read_history": Scope.MEMBERS_READ,
    "read_audit": Scope.AUDIT_READ,
}
# What can still be done in an archived network.
IN_ARCHIVE = frozenset(
    {
        "network.reactivate",
        "network.read_history",
        "network.read_audit",
        "network.read_purposes",
        "member.leave",
        "result.withdraw",
        *("report.create", "report.decide", "report.decide_again", "report.appeal"),
    }
)


def allowed(action: str, roles: frozenset[str]) -> bool:
    """Whether one of these roles may."""
    return bool(POLICY[action] & (roles | {"anyone"}))


def viewer_roles(viewer: Viewer) -> frozenset[str]:
    """The roles that a viewer has towards anything at all."""
    held = {"signed_in": viewer.person_id is not None, "operator": viewer.operator}
    return frozenset(role for role, has in held.items() if has)


def provisions(viewer: Viewer, network_id: str) -> bool:
    """The token in hand puts people into this network, if its person facilitates it."""
    return Scope.MEMBERS_PROVISION in viewer.scopes and viewer.network_id == network_id


def in_scope(viewer: Viewer, action: str, network_id: str) -> bool:
    """The token in hand may be used for one of a network's `actions`."""
    if action == "add_member" and provisions(viewer, network_id):
        return True
    return ACTION_SCOPES[action] in viewer.scopes


def tiers(own: str, above: list[str]) -> dict[str, int | bool]:
    """The tier columns of a network from its visibility and its ancestors', nearest first (`models.Network`)."""
    chain = [OUTSIDE_TIER[rule] for rule in (own, *above)]
    up_to_parent = (
        chain[:2] if len(above) > 1 else chain[:1]
    )  # a member of the root passes the root's own rule
    return {
        "parent_tier": chain[0],
        "root_tier": min(up_to_parent),
        "outer_tier": min(chain),
        "open_inside": all(rule == "open" for rule in (own, *above)),
    }


def viewer_id() -> ColumnElement[str]:
    """The parameter that every predicate below expects for a signed-in viewer."""
    return bindparam("viewer_id", type_=ID)


def active_in(network_id: Any, role: str | None = None) -> ColumnElement[bool]:
    """The viewer is an active member of that network (with that role)."""
    mine = aliased(Member)
    conditions = [
        mine.network_id == network_id,
        mine.person_id == viewer_id(),
        mine.status == "active",
    ]
    if role is not None:
        conditions.append(mine.role == role)
    return exists(select(1).where(*conditions))


def active_networks() -> Any:
    """The networks that the viewer is an active member of."""
    mine = aliased(Member)
    return select(mine.network_id).where(mine.person_id == viewer_id(), mine.status == "active")


def networks_around_viewer() -> Any:
    """The networks of which the viewer may see more than everybody does: their own and what is below them.

    Says nothing that `standing` does not; it lets the database begin with these few.
    """
    network = aliased(Network)
    return union_all(
        *(
            select(network.id).where(column.in_(active_networks()))
            for column in (network.id, network.parent_id, network.root_id)
        )
    )


def standing(rank: str, network: Any = Network) -> Any:
    """The tier that this class of viewer has on a network row."""
    if rank == "anonymous":
        return network.outer_tier
    # The viewer's networks are looked up once for a statement and not for every row; the widest right goes first.
    tier = case(
        (network.id.in_(active_networks()), INSIDE),
        (network.parent_id.in_(active_networks()), network.parent_tier),
        (network.root_id.in_(active_networks()), network.root_tier),
        else_=network.outer_tier,
    )
    # An operator knows of every network, and reads inside one at a time, on record.
    return case((tier < NAME, NAME), else_=tier) if rank == "operator" else tier


def visible_network(rank: str, network: Any = Network) -> Any:
    """The network is there for this viewer."""
    if rank == "operator":
        return true()
    if rank == "anonymous":
        return network.outer_tier >= NAME
    return or_(network.outer_tier >= NAME, standing(rank, network) >= NAME)


def at_least(tier: int, rank: str, network: Any = Network) -> Any:
    """The viewer has that tier on the network: what a filter, a sort key or a word needs to be allowed to match."""
    if rank == "anonymous":
        return network.outer_tier >= tier
    return or_(network.outer_tier >= tier, standing(rank, network) >= tier)


def visible_member(rank: str, member: Any = Member, network_id: Any = None) -> ColumnElement[bool]:
    """The spell is open and the viewer's own, or active in a network of theirs, or in one they facilitate.

    Give `network_id` when it is a parameter: the viewer's own spell is then looked up once, not for every row.
    """
    within = member.network_id if network_id is None else network_id
    still_open = among(member.status, ["invited", "requested", "active"])
    if rank == "anonymous":
        return false()
    if rank == "operator":
        return still_open
    return or_(
        and_(member.status == "active", active_in(within)),
        and_(member.person_id == viewer_id(), still_open),
        and_(still_open, active_in(within, "facilitator")),
    )


def reads_message(rank: str, network_id: Any, member: Any = Member) -> ColumnElement[bool]:
    """The viewer reads what was said with a visible request: the person themselves, and facilitators."""
    if rank == "operator":
        return true()
    return or_(member.person_id == viewer_id(), active_in(network_id, "facilitator"))


def networks_of_viewer() -> Any:
    """The networks in which the viewer has an open spell: every member row they may see lies in one of these.

    Says nothing that `visible_member` does not; it lets the database begin with these few.
    """
    mine = aliased(Member)
    still_open = among(mine.status, ["invited", "requested", "active"])
    return select(mine.network_id).where(mine.person_id == viewer_id(), still_open)


def visible_invitation(rank: str, invitation: Any = Invitation) -> ColumnElement[bool]:
    """The invitation is into a network that the viewer facilitates."""
    if rank == "anonymous":
        return false()
    return true() if rank == "operator" else invitation.network_id.in_(facilitated_networks())


def facilitated_networks() -> Any:
    """The networks that the viewer facilitates."""
    mine = aliased(Member)
    return select(mine.network_id).where(
        mine.person_id == viewer_id(), mine.status == "active", mine.role == "facilitator"
    )


def person_standing(rank: str, person: Any = Person) -> ColumnElement[int]:
    """The tier that this class of viewer has on a person row; HIDDEN when they are strangers."""
    if rank == "anonymous":
        return literal(HIDDEN)
    if rank == "operator":
        return literal(SELF)
    mine, theirs = aliased(Member), aliased(Member)
    fellow = exists(
        select(1).where(
            mine.person_id == viewer_id(),
            mine.status == "active",
            theirs.network_id == mine.network_id,
            theirs.person_id == person.id,
            or_(
                theirs.status == "active",
                and_(mine.role == "facilitator", among(theirs.status, ["invited", "requested"])),
            ),
        )
    )
    return case(
        (person.id == viewer_id(), SELF),
        (person.listed.is_(True), PROFILE),
        (fellow, CARD),
        else_=HIDDEN,
    )


def visible_person(rank: str, person: Any = Person) -> ColumnElement[bool]:
    """The person is there for this viewer."""
    return person_standing(rank, person) > HIDDEN


def reads_profile(rank: str, person: Any = Person) -> ColumnElement[bool]:
    """The viewer reads more of a visible person than the card: what a filter on it needs to match."""
    if rank == "operator":
        return true()
    return or_(person.listed.is_(True), person.id == viewer_id())


def in_directory(rank: str, person: Any = Person) -> ColumnElement[bool]:
    """The person is in the list of people: those who chose to be, and everybody for an operator."""
    if rank == "anonymous":
        return false()
    return true() if rank == "operator" else person.listed.is_(True)


def visible_token(rank: str, token: Any = Token) -> ColumnElement[bool]:
    """One's own tokens that are not revoked; the access tokens of clients come and go unseen."""
    if rank == "anonymous":
        return false()
    return and_(
        token.person_id == viewer_id(), token.revoked_at.is_(None), token.client_id.is_(None)
    )


def visible_client(rank: str, client: Any = Client) -> ColumnElement[bool]:
    """One's own clients that are not revoked."""
    if rank == "anonymous":
        return false()
    return and_(client.person_id == viewer_id(), client.revoked_at.is_(None))


def revocable_token(viewer: Viewer, token: Any = Token) -> ColumnElement[bool]:
    """The token can be revoked by this viewer: one's own, and any by the house itself."""
    return token.revoked_at.is_(None) if viewer.house else visible_token(viewer.rank, token)


def revocable_client(viewer: Viewer, client: Any = Client) -> ColumnElement[bool]:
    """The client can be revoked by this viewer: one's own, and any by the house itself."""
    return client.revoked_at.is_(None) if viewer.house else visible_client(viewer.rank, client)


def values(viewer: Viewer) -> dict[str, Any]:
    """The parameters of the predicates above."""
    return {} if viewer.person_id is None else {"viewer_id": viewer.person_id}


def hidden_fields(fields: dict[str, int]) -> dict[int, tuple[str, ...]]:
    """For each tier, the fields above it."""
    return {tier: tuple(name for name, need in fields.items() if need > tier) for tier in (0, 1, 2)}


NETWORK_HIDDEN = hidden_fields(NETWORK_TIERS)
PERSON_HIDDEN = hidden_fields(PERSON_TIERS)


def masked(document: dict[str, Any], hidden: tuple[str, ...]) -> dict[str, Any]:
    """The document with these fields set to null, in place."""
    for name in hidden:
        if name in document:
            document[name] = None
    return document
