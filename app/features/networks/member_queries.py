"""Reading members and their history."""

from typing import Any

from sqlalchemy import bindparam, case, exists, or_, select, union_all
from sqlalchemy.orm import aliased

from app.core import access, questions
from app.core.cards import card_columns, shown_card
from app.core.feed_position import feed_head, head, with_position
from app.core.paging import Page, Sort, in_order, keyset, page_values, take
from app.core.viewer import Viewer
from app.db import search
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, one_of
from app.features.networks.member_schemas import MemberQuery
from app.models import Member, MemberRole, Network, Organisation, Person, PersonTopic

PERSON = card_columns("person")
FILTERS = {
    "network_id": Member.network_id,
    "person_id": Member.person_id,
    "status": Member.status,
    "role": Member.role,
    "profession": Person.profession,
}
OPEN = ("active", "requested", "invited")
BESIDE_NETWORK = (
    "person_id",
    "role",
)  # filters of a spell's own row that leave its order to the index


def _base(rank: str, network_id: Any, member: Any = Member) -> Any:
    return (
        select(
            member.id, member.network_id, *PERSON, member.role, member.status, member.representing, member.offer,
            member.message, member.joined_at, member.created_at, member.updated_at, member.version,
            access.reads_message(rank, network_id, member).label("_sees_message"),
        )
        .join(Person, Person.id == member.person_id)
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
    )  # fmt: skip


def _first_of_each_status(rank: str, given: frozenset[str], *, started: bool) -> Any:
    """The spells of a page of one network: the first of each open status, and of those the first.

    Each status lies in order in an index, and persons are looked up for the page alone: a page of a big network does
    not cost the whole of it.
    """
    within = bindparam("network_id", type_=ID)
    wanted = [access.visible_member(rank, network_id=within)]
    wanted += [FILTERS[name] == bindparam(name) for name in BESIDE_NETWORK if name in given]
    of_each = [
        keyset(
            select(*Member.__table__.columns).where(
                Member.network_id == within, Member.status == status, *wanted
            ),
            Sort("id", Member.id, Member.id),
            started=started,
        ).subquery()
        for status in OPEN
    ]
    found = union_all(*(select(first) for first in of_each)).subquery("found")
    there = Sort("id", found.c.id, found.c.id)
    return aliased(Member, in_order(select(found), there).limit(take()).subquery("page"))


def list_shape(rank: str, given: frozenset[str], *, started: bool, worded: bool) -> Any:
    """The SELECT of a list with these filters."""
    within = bindparam("network_id", type_=ID) if "network_id" in given else None
    if within is not None and not worded and given <= {"network_id", *BESIDE_NETWORK}:
        member = _first_of_each_status(rank, given, started=started)
        statement = _base(rank, within, member).add_columns(feed_head().label("_head"))
        return statement.order_by(member.id)
    statement = _base(rank, Member.network_id if within is None else within).add_columns(
        feed_head().label("_head")
    )
    statement = statement.where(access.visible_member(rank, network_id=within))
    if rank == "person" and within is None:
        statement = statement.where(Member.network_id.in_(access.networks_of_viewer()))
    statement = statement.where(
        *(column == bindparam(name) for name, column in FILTERS.items() if name in given)
    )
    if "organisation" in given:
        code: Any = bindparam("organisation")
        statement = statement.where(
            or_(Person.organisation_code == code, Member.representing == code)
        )
    if "topic" in given:
        topic = exists(
            select(1).where(
                PersonTopic.person_id == Person.id, PersonTopic.code == bindparam("topic")
            )
        )
        # Interests are of the profile: they match only where the viewer reads it.
        statement = statement.where(topic, access.reads_profile(rank))
    if worded:
        statement = statement.where(search.matches(Person, "name"))
    return keyset(statement, Sort("id", Member.id, Member.id), started=started)


async def list_members(
    db: Database, viewer: Viewer, query: MemberQuery, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of members (one row more than the page, with `_key`), and the feed's position before it."""
    given = frozenset(query.model_fields_set) - {"limit", "cursor"}
    asked = questions.wanted_of(query.q)
    if "q" in given and asked is None:
        return [], await head(db)
    values: dict[str, Any] = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in given - {"q"}},
    }
    if asked is not None:
        values |= search.values(db.name, asked)
    rank, started = viewer.rank, page.after is not None
    # Within one network, or of one person, it is a look into an index; else it may be one at every spell there is.
    narrow = asked is None and bool(given & {"network_id", "person_id"})
    fetch = db.fetch if narrow else db.fetch_slow
    key = ("members", rank, given, started, asked is not None)

    def build() -> Any:
        return list_shape(rank, given, started=started, worded=asked is not None)

    rows, position = await with_position(db, lambda: fetch(key, build, values))
    return [shown(row) for row in rows], position


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row as its reader may see it."""
    if not row.pop("_sees_message"):
        row["message"] = None
    row["person"] = shown_card(row["person"])
    return row


def _one(rank: str) -> Any:
    return _base(rank, Member.network_id).where(
        Member.id == bindparam("member_id", type_=ID), access.visible_member(rank)
    )


async def one_member(reads: Reads, viewer: Viewer, member_id: str) -> dict[str, Any] | None:
    """One open spell, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "member_id": member_id}
    row = await fetch_one(reads, ("member", rank), lambda: _one(rank), values)
    return None if row is None else shown(row)


def _history(rank: str, of: str, *, started: bool) -> Any:
    # The name of a network that is out of sight now stays unsaid.
    name = case((access.visible_network(rank), Network.name), else_=None)
    statement = (
        select(
            Member.id, Network.id.label("network.id"), name.label("network.name"), *PERSON, Member.status,
            Member.created_at.label("asked_at"), Member.joined_at, Member.ended_at, Member.reason,
        )
        .join(Person, Person.id == Member.person_id)
        .join(Network, Network.id == Member.network_id)
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
    )  # fmt: skip
    if of == "network":
        statement = statement.where(Member.network_id == bindparam("network_id", type_=ID))
    else:
        statement = statement.where(Member.person_id == access.viewer_id())
    return keyset(statement, Sort("-id", Member.id, Member.id, descending=True), started=started)


def _roles() -> Any:
    return (
        select(MemberRole.member_id, MemberRole.role, MemberRole.from_at, MemberRole.to_at)
        .where(one_of(MemberRole.member_id, bindparam("member_ids")))
        .order_by(MemberRole.from_at, MemberRole.id)
    )


async def history(
    reads: Reads, viewer: Viewer, page: Page, network_id: str | None = None
) -> list[dict[str, Any]]:
    """Spells, the newest first: of a network (whose right was checked), or the viewer's own; one more than the page."""
    rank, of, started = viewer.rank, "network" if network_id else "person", page.after is not None
    values = {**access.values(viewer), **page_values(page), "network_id": network_id}
    rows = await reads.fetch(
        ("history", rank, of, started), lambda: _history(rank, of, started=started), values
    )
    roles = await reads.fetch(
        "roles of spells", _roles, {"member_ids": [row["id"] for row in rows]}
    )
    for row in rows:
        row["roles"] = [
            {key: role[key] for key in ("role", "from_at", "to_at")}
            for role in roles
            if role["member_id"] == row["id"]
        ]
        row["person"] = shown_card(row["person"])
    return rows
