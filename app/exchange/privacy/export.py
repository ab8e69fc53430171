"""Everything that is kept about one person, as one document. Of others there are ids at most."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, or_, select

from app.core import access
from app.core.viewer import Viewer
from app.db.database import Database
from app.db.types import instant_text, one_of
from app.exchange.calendar_tokens.queries import shown as with_filters
from app.exchange.privacy import (
    export_decisions,
    export_helping,
    export_meetings,
    export_networks,
    export_results,
)
from app.exchange.privacy.schemas import MOST, Export
from app.features.people.queries import one_person
from app.features.saved_searches.queries import COLUMNS
from app.features.saved_searches.queries import shown as with_params
from app.models import (
    Change,
    Client,
    Identity,
    Invitation,
    Member,
    MemberRole,
    Network,
    NetworkPurpose,
    SavedSearch,
    Token,
)

Row = dict[str, Any]
ABOUT = [
    {"part": name, "description": field.description}
    for name, field in Export.model_fields.items()
    if field.description and name != "left_out"
]
ACCESS = (
    "id",
    "name",
    "hint",
    "scopes",
    "network_id",
    "created_at",
    "expires_at",
    "revoked_at",
    "last_used_on",
)


def _me() -> Any:
    return access.viewer_id()


def _by_me(column: Any) -> Any:
    return and_(column.is_not(None), column == _me())


def _some(statement: Any) -> Any:
    return statement.limit(bindparam("take", type_=Integer))


def _identities() -> Any:
    columns = (Identity.issuer, Identity.subject, Identity.created_at, Identity.last_used_on)
    found = select(*columns).where(Identity.person_id == _me())
    return _some(found.order_by(Identity.created_at.desc(), Identity.issuer, Identity.subject))


def _access(model: Any) -> Any:
    columns = [getattr(model, name) for name in ACCESS]
    return _some(select(*columns).where(model.person_id == _me()).order_by(model.id.desc()))


def _saved_searches() -> Any:
    # What they have found is kept as a digest that nothing can be read from.
    mine = SavedSearch.person_id == _me()
    return _some(select(*COLUMNS).where(mine).order_by(SavedSearch.id.desc()))


def _memberships(rank: str) -> Any:
    # The name of a network that is out of sight now stays unsaid.
    name = case((access.visible_network(rank), Network.name), else_=None)
    columns = (
        Member.id, Member.network_id, name.label("network_name"), Member.role, Member.status, Member.representing,
        Member.offer, Member.message, Member.reason, Member.created_at.label("asked_at"), Member.joined_at,
        Member.ended_at,
    )  # fmt: skip
    found = select(*columns).join(Network, Network.id == Member.network_id)
    return _some(found.where(Member.person_id == _me()).order_by(Member.id.desc()))


def _roles() -> Any:
    columns = (MemberRole.member_id, MemberRole.role, MemberRole.from_at, MemberRole.to_at)
    theirs = MemberRole.member_id.in_(
        select(Member.id).where(Member.person_id == _me()).scalar_subquery()
    )
    return select(*columns).where(theirs).order_by(MemberRole.from_at, MemberRole.id)


def _invitations() -> Any:
    mine = Invitation.accepted_by == _me()
    columns = (
        Invitation.id, Invitation.network_id, _by_me(Invitation.invited_by).label("sent_by_me"),
        case((mine, Invitation.address), else_=None).label("address"), Invitation.message, Invitation.role,
        Invitation.status, Invitation.created_at, Invitation.ended_at,
    )  # fmt: skip
    found = select(*columns).where(or_(mine, Invitation.invited_by == _me()))
    return _some(found.order_by(Invitation.id.desc()))


def _purposes(rank: str) -> Any:
    # What a network is for stays unsaid where the network is out of sight now, also to who once worded it.
    purpose = case((access.visible_network(rank), NetworkPurpose.purpose), else_=None)
    found = (
        select(
            NetworkPurpose.network_id,
            purpose.label("purpose"),
            NetworkPurpose.from_at,
            NetworkPurpose.to_at,
        )
        .join(Network, Network.id == NetworkPurpose.network_id)
        .where(NetworkPurpose.person_id == _me())
    )
    return _some(found.order_by(NetworkPurpose.from_at.desc(), NetworkPurpose.id.desc()))


def _log(*, reads: bool) -> Any:
    """What the log has of the viewer: by them, and on what is theirs (`theirs`, a list of ids)."""
    columns = (
        Change.at, Change.action, Change.resource_id, Change.network_id, _by_me(Change.actor_id).label("by_me"),
        Change.fields,
    )  # fmt: skip
    of_theirs = one_of(Change.resource_id, bindparam("theirs"))
    kind = Change.kind == "read" if reads else Change.kind != "read"
    concerned = of_theirs if reads else or_(Change.actor_id == _me(), of_theirs)
    return _some(select(*columns).where(kind, concerned).order_by(Change.seq.desc()))


async def export(db: Database, viewer: Viewer, at: Any, most: int = MOST) -> Row | None:
    """The document of the viewer, or None when there is nobody; `most` bounds each part.

    Parts are read one after the other: what is written meanwhile may be in one and not in another.
    """
    person = await one_person(db, viewer, str(viewer.person_id))
    if person is None:
        return None
    left_out: list[str] = []
    values: Row = {**access.values(viewer), "take": most + 1}

    async def part(name: str, build: Callable[[], Any]) -> list[Row]:
        rows = await db.fetch_slow(("export", name, viewer.rank), build, values)
        if len(rows) > most:
            left_out.append(name)
        return rows[:most]

    found = {
        "identities": await part("identities", _identities),
        "tokens": await part("tokens", lambda: _access(Token)),
        "clients": await part("clients", lambda: _access(Client)),
        "saved_searches": await part("saved_searches", _saved_searches),
        "memberships": await part("memberships", lambda: _memberships(viewer.rank)),
        "invitations": await part("invitations", _invitations),
        "purposes": await part("purposes", lambda: _purposes(viewer.rank)),
    }
    rooms = (export_networks, export_meetings, export_helping, export_decisions)
    for name, build in (item for room in rooms for item in room.PARTS.items()):
        found[name] = await part(name, partial(build, viewer.rank))
    for name, build in export_results.PARTS.items():
        found[name] = export_results.shown(name, await part(name, partial(build, viewer.rank)))
    held: dict[str, list[Row]] = {spell["id"]: [] for spell in found["memberships"]}
    for role in await db.fetch_slow("export roles", _roles, values):
        held.get(role.pop("member_id"), []).append(role)
    for spell in found["memberships"]:
        spell["roles"] = held[spell["id"]]
    found["calendar_tokens"] = [with_filters(calendar) for calendar in found["calendar_tokens"]]
    found["saved_searches"] = [with_params(saved) for saved in found["saved_searches"]]
    kinds = (
        *("tokens", "clients", "memberships", "attendance", "calendar_tokens", "saved_searches"),
        *("duty_terms", "asks", "offers", "votes"),
    )
    values["theirs"] = [person["id"], *(row["id"] for kind in kinds for row in found[kind])]
    found["changes"] = await part("changes", lambda: _log(reads=False))
    found["reads"] = await part("reads", lambda: _log(reads=True))
    head = {"exported_at": instant_text(at), "about": ABOUT, "left_out": left_out}
    return {**head, "person": person, **found}
