"""Joining, asking, inviting, approving, handing over, leaving."""

from typing import Any

from sqlalchemy import and_, bindparam, select

from app.core import access
from app.core.access import HIDDEN
from app.core.changes import change
from app.core.erased import is_erased
from app.core.errors import (
    AlreadyMember,
    Forbidden,
    IllegalTransition,
    LastFacilitator,
    NotJoinable,
    ParentMembershipRequired,
)
from app.core.fetching import (
    fetch_below,
    fetch_member,
    fetch_network,
    is_last_facilitator,
    require,
)
from app.core.letting_go import let_go
from app.core.references import organisations, unknown
from app.core.viewer import Scope
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID, among, instant_text, one_of
from app.features.networks.member_schemas import MemberCreate, MemberPatch, NetworkJoin
from app.features.networks.settling import count_in
from app.features.networks.spells import (
    OPEN,
    activate,
    begin_role,
    begin_spell,
    end_role,
    end_spell,
    told_of_member,
)
from app.models import Member, Person


async def join_network(work: Work, network_id: str, body: NetworkJoin) -> dict[str, Any]:
    """Join oneself: at once where the policy is open or one is invited, as a request where it is by request.

    Returns the spell as the contract has it. Errors: `AlreadyMember`, `NotJoinable`, `HostedElsewhere`,
    `ParentMembershipRequired`, `NetworkArchived`.
    """
    network = await fetch_network(work, network_id, "network.join")
    person_id = str(work.viewer.person_id)
    if body.representing is not None:
        await organisations(work, [body.representing], "/representing")
    if network["_status"] == "invited":
        # Read again: it may have been answered while this waited for the network.
        spell = await spell_now(work, network["_spell_id"])
        if spell["status"] == "active":
            raise AlreadyMember
        _must_be(spell, "invited")
        await _accept(work, network, spell)
        return _rendered(
            network,
            {**spell, "status": "active", "joined_at": work.now, "version": spell["version"] + 1},
            work,
        )
    if network["_spell_id"] is not None:
        raise AlreadyMember
    if network["join_policy"] == "invite":
        raise NotJoinable
    await in_parent(work, network, person_id)
    status = "active" if network["join_policy"] == "open" else "requested"
    spell = begin_spell(
        work, network, person_id, role="member", status=status,
        representing=body.representing, offer=body.offer, message=body.message if status == "requested" else None,
    )  # fmt: skip
    if status == "active":
        await count_person(work, network, person_id, +1, facilitators=False)
    return _rendered(network, spell, work)


def _rendered(network: dict[str, Any], spell: dict[str, Any], work: Work) -> dict[str, Any]:
    """The viewer's own spell as a query would show it, from values in hand: a fourth cheaper than reading it again."""
    me = network["_viewer"]
    card = {
        "id": spell["person_id"],
        "display_name": me["display_name"],
        "profession": me["profession"],
    }
    organisation = me["organisation"] if me["organisation"]["code"] else None
    now = instant_text(work.now)
    at = {
        name: now if spell[name] == work.now else spell[name]
        for name in ("joined_at", "created_at")
    }
    names = ("role", "status", "representing", "offer", "message")
    return {
        "id": spell["id"],
        "network_id": spell["network_id"],
        "person": {**card, "organisation": organisation},
        **{name: spell[name] for name in names},
        **at,
        "updated_at": now,
        "version": spell["version"],
    }


def _spell_by_id() -> Any:
    return select(*Member.__table__.columns).where(Member.id == bindparam("member_id", type_=ID))


async def spell_now(work: Work, member_id: str) -> dict[str, Any]:
    """A spell as it is now that its network is locked: it may have been answered meanwhile."""
    row = await fetch_one(work, "spell", _spell_by_id, {"member_id": member_id})
    if row is None:
        raise IllegalTransition
    return row


def _parent_spell() -> Any:
    return select(Member.id).where(
        Member.network_id == bindparam("parent_id", type_=ID),
        Member.person_id == bindparam("person_id", type_=ID),
        Member.status == "active",
    )


async def in_parent(work: Work, network: dict[str, Any], person_id: str) -> None:
    """One is a member of the parent first. Errors: `ParentMembershipRequired`."""
    if network["parent_id"] is None:
        return
    values = {"parent_id": network["parent_id"], "person_id": person_id}
    if await fetch_one(work, "parent spell", _parent_spell, values) is None:
        raise ParentMembershipRequired


async def count_person(
    work: Work, network: dict[str, Any], person_id: str, delta: int, *, facilitators: bool
) -> None:
    """The network's count, and word to the person that its rows came into or went out of their sight."""
    told = {"person_id": person_id, "scope": "person"}
    action = "network.member_joined" if delta > 0 else "network.member_left"
    await count_in(work, network, delta, facilitators=facilitators, told=told, action=action)


async def _accept(work: Work, network: dict[str, Any], spell: dict[str, Any]) -> None:
    await in_parent(work, network, spell["person_id"])
    activate(work, network, spell, "member.accepted")
    await count_person(
        work, network, spell["person_id"], +1, facilitators=spell["role"] == "facilitator"
    )


def _person(rank: str) -> Any:
    standing = access.person_standing(rank).label("_tier")
    alive = and_(Person.id == bindparam("person_id", type_=ID), Person.erased_at.is_(None))
    return select(Person.id, standing).where(alive)


async def add_member(work: Work, body: MemberCreate) -> str:
    """Invite a person by their id, or add one at once with a token bound to this network. Returns the spell's id.

    Errors: `Forbidden`, `UnknownReference`, `AlreadyMember`, `ParentMembershipRequired`, `NetworkArchived`.
    """
    network = await fetch_network(work, str(body.network_id), "member.add")
    provisions = access.provisions(work.viewer, network["id"])
    if not provisions and Scope.MEMBERS_WRITE not in work.viewer.scopes:
        raise Forbidden("This token provisions another network.")
    values = {**access.values(work.viewer), "person_id": body.person_id}
    rank = work.viewer.rank
    person = await fetch_one(work, ("person to add", rank), lambda: _person(rank), values)
    if person is None or (person["_tier"] == HIDDEN and not provisions):
        raise unknown("/person_id", "There is no such person that you can see.")
    if body.representing is not None:
        await organisations(work, [body.representing], "/representing")
    await in_parent(work, network, str(body.person_id))
    spell = begin_spell(
        work, network, str(body.person_id), role=str(body.role), status="active" if provisions else "invited",
        representing=body.representing, offer=body.offer,
    )  # fmt: skip
    if provisions:
        await count_person(
            work, network, str(body.person_id), +1, facilitators=body.role == "facilitator"
        )
    return str(spell["id"])


async def accept_membership(work: Work, member_id: str) -> None:
    """Accept an invitation. Errors: `Forbidden` for anybody else's; `IllegalTransition`."""
    spell, network = await fetch_member(work, member_id)
    require(work, "member.accept", network, about=spell["person_id"])
    _must_be(spell, "invited")
    await _accept(work, network, spell)


async def approve_membership(work: Work, member_id: str) -> None:
    """Approve a request. Errors: `Forbidden`; `IllegalTransition`; `ParentMembershipRequired`."""
    spell, network = await fetch_member(work, member_id)
    require(work, "member.approve", network)
    _must_be(spell, "requested")
    await in_parent(work, network, spell["person_id"])
    activate(work, network, spell, "member.approved")
    await count_person(work, network, spell["person_id"], +1, facilitators=False)


async def decline_membership(work: Work, member_id: str) -> None:
    """Decline one's own invitation, or as a facilitator a request. Errors: `Forbidden`; `IllegalTransition`."""
    spell, network = await fetch_member(work, member_id)
    if spell["status"] == "requested":
        require(work, "member.approve", network)
    else:
        require(work, "member.decline", network, about=spell["person_id"])
    if spell["status"] not in ("invited", "requested"):
        raise IllegalTransition
    end_spell(work, network, spell, "declined")


def _must_be(spell: dict[str, Any], status: str) -> None:
    if spell["status"] != status:
        raise IllegalTransition(f"The membership is {spell['status']}, not {status}.")


async def update_membership(
    work: Work, spell: dict[str, Any], network: dict[str, Any], body: MemberPatch
) -> None:
    """Change a role (a facilitator), or what a member offers and represents (themselves too).

    Errors: `Forbidden`; `IllegalTransition`; `LastFacilitator`; `UnknownReference`.
    """
    given = body.model_dump(mode="json", exclude_unset=True)
    hands_over = given.get("role", spell["role"]) != spell["role"]
    action = "member.set_role" if hands_over else "member.update"
    require(work, action, network, about=spell["person_id"])
    _must_be(spell, "active")
    if given.get("representing"):
        await organisations(work, [given["representing"]], "/representing")
    values = {name: value for name, value in given.items() if spell[name] != value}
    if not values:
        return
    role = values.get("role")
    if role == "facilitator" and await is_erased(work, spell["person_id"]):
        raise IllegalTransition("This person has been erased and can lead nothing.")
    if role and spell["role"] == "facilitator" and await is_last_facilitator(work, network["id"]):
        raise LastFacilitator
    change(
        work,
        "member.updated",
        spell,
        values,
        told_of_member(network, spell["person_id"], active=True),
    )
    if role:
        end_role(work, spell["id"])
        begin_role(work, spell["id"], role)
    if role and "facilitator" in (role, spell["role"]):
        # Their rights changed as a whole, so their view of the network's rows did too.
        told = {"person_id": spell["person_id"], "scope": "person"}
        await count_in(
            work, network, 0, facilitators=True, told=told, action="network.role_changed"
        )


async def end_membership(
    work: Work, spell: dict[str, Any], network: dict[str, Any], reason: str | None
) -> None:
    """Leave, or as a facilitator remove; also ends the spells in sub-groups. An unanswered one is taken back.

    Errors: `Forbidden`; `LastFacilitator`, also of a sub-group.
    """
    own = spell["person_id"] == work.viewer.person_id
    require(work, "member.leave" if own else "member.remove", network, about=spell["person_id"])
    if spell["status"] != "active":
        end_spell(work, network, spell, "declined", reason)
        return
    status = "left" if own else "removed"
    below = await _spells_below(work, network, spell["person_id"])
    for where, held in [(network, spell), *below]:
        # Who leaves sees where; who facilitates what is above it may not.
        called = where["name"] if own or where is network else "A sub-group"
        await _end(work, where, held, status, reason, called=called)


async def _end(
    work: Work,
    network: dict[str, Any],
    spell: dict[str, Any],
    status: str,
    reason: str | None,
    *,
    called: str,
) -> None:
    active, facilitates = spell["status"] == "active", spell["role"] == "facilitator"
    if active and facilitates and await is_last_facilitator(work, network["id"]):
        raise LastFacilitator(
            f"{called} would be left without a facilitator: name another one first."
        )
    end_spell(work, network, spell, status if active else "declined", reason)
    if active:
        await let_go(work, network, spell["person_id"])
        await count_person(work, network, spell["person_id"], -1, facilitators=facilitates)


def _spells_in() -> Any:
    return select(*Member.__table__.columns).where(
        Member.person_id == bindparam("person_id", type_=ID),
        one_of(Member.network_id, bindparam("network_ids")),
        among(Member.status, OPEN),
    )


async def _spells_below(
    work: Work, network: dict[str, Any], person_id: str
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The person's open spells in the sub-groups below, each with its network, nearest first, locked."""
    below = await fetch_below(work, network["id"])
    if not below:
        return []
    values = {"network_ids": [inner["id"] for inner in below], "person_id": person_id}
    rows = await work.fetch("spells in", _spells_in, values)
    spells = {spell["network_id"]: spell for spell in rows}
    return [(inner, spells[inner["id"]]) for inner in below if inner["id"] in spells]
