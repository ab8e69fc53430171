"""Reading networks: one statement for each shape, visibility in SQL, tiers applied to every row."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import Double

from app.core import access, places, questions
from app.core.access import FRONT, INSIDE, NETWORK_HIDDEN, TIER_NAMES
from app.core.errors import FieldError, Invalid
from app.core.feed_position import feed_head, head, with_position
from app.core.network_words import ways_to_match
from app.core.paging import Page, Sort, in_order, keyset, page_values
from app.core.viewer import Viewer
from app.db import search
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT, among, one_of
from app.features.networks.schemas import NetworkQuery
from app.models import Member, Network, NetworkTerm

FRONT_COLUMNS = (
    Network.id, Network.name, Network.slug, Network.purpose, Network.visibility, Network.join_policy,
    Network.parent_id, Network.archived_at, Network.created_at, Network.kind, Network.aims, Network.topics,
    Network.professions, Network.region, Network.icbs, Network.place, Network.latitude, Network.longitude,
    Network.host_code.label("host.code"), Network.host_name.label("host.name"), Network.hosted_at, Network.verified,
    Network.meets, Network.member_offer, Network.lifecycle_stage, Network.member_count, Network.facilitators,
    Network.links, Network.closing_note,
)  # fmt: skip
INSIDE_COLUMNS = (
    Network.engagement_strategy, Network.resourcing, Network.charter, Network.size_target, Network.footprint,
)  # fmt: skip
# A listing: `fetching.lives_elsewhere` in SQL.
LIVES_ELSEWHERE = or_(Network.hosted_at.is_not(None), Network.verified.is_not(None))
# Filters that are a column of the front tier, or of the name tier.
FRONT_FILTERS = {
    "kind": Network.kind,
    "region": Network.region,
    "meets": Network.meets,
    "lifecycle_stage": Network.lifecycle_stage,
}
NAME_FILTERS = {
    "join_policy": Network.join_policy,
    "parent_id": Network.parent_id,
    "slug": Network.slug,
}
DEEPEST = 2  # counted from 0: a network, a sub-group, a sub-group of that
TERM_FILTERS = {"topic": "topic", "profession": "profession", "icb": "icb"}


def _updated_at(rank: str) -> Any:
    """When it last changed, as far as this viewer can see."""
    if rank == "operator":
        return Network.updated_at
    tier = access.standing(rank)
    return case(
        (tier >= INSIDE, Network.updated_at),
        (tier >= FRONT, Network.outer_updated_at),
        else_=Network.name_updated_at,
    )


def _stamps(rank: str) -> list[Any]:
    """Version and time of the last change for each tier that this viewer may have; `shown` picks.

    Those of a tier that they cannot have on a row stay in the database, for to write an instant out takes it longer
    than to look whose the row is.
    """
    inside = {"operator": true(), "anonymous": false()}.get(rank, _mine(yes=True))
    by_tier = [
        ("", inside, Network.version, Network.updated_at),
        ("_outer_", None, Network.outer_version, Network.outer_updated_at),
        ("_name_", Network.outer_tier < FRONT, Network.name_version, Network.name_updated_at),
    ]
    return [
        (stamp if where is None else case((where, stamp))).label(prefix + name)
        for prefix, where, *stamps in by_tier
        for name, stamp in zip(("version", "updated_at"), stamps, strict=True)
    ]


def sorts(rank: str) -> dict[str, Sort]:
    """The offered orders but for the score, which each way of matching makes for itself."""
    return {
        "name": Sort("name", Network.name, Network.id),
        "-created_at": Sort("-created_at", Network.created_at, Network.id, descending=True),
        "-updated_at": Sort("-updated_at", _updated_at(rank), Network.id, descending=True),
        "distance": Sort("distance", places.distance_km(Network), Network.id),
    }


def _has_term(field: str, *, several: bool) -> ColumnElement[bool]:
    code: Any = bindparam(field)
    matched = one_of(NetworkTerm.code, code) if several else NetworkTerm.code == code
    found = select(1).where(
        NetworkTerm.network_id == Network.id, NetworkTerm.field == TERM_FILTERS[field], matched
    )
    return exists(found)


def _mine(*, yes: bool) -> ColumnElement[bool]:
    member = aliased(Member)
    spells = select(member.network_id).where(
        member.person_id == access.viewer_id(), member.status == "active"
    )
    return Network.id.in_(spells) if yes else Network.id.not_in(spells)


def _conditions(rank: str, given: frozenset[str], flags: tuple[Any, ...], sort: str) -> list[Any]:
    """What a network must be to come into a list with these filters, words aside."""
    hosted, mine, archived = flags
    front = [column == bindparam(name) for name, column in FRONT_FILTERS.items() if name in given]
    front += [_has_term(name, several=name != "icb") for name in TERM_FILTERS if name in given]
    if "near" in given:
        front.append(places.within(Network))
    if "bbox" in given:
        front.append(places.in_box(Network))
    if hosted is not None:
        front.append(LIVES_ELSEWHERE if hosted else not_(LIVES_ELSEWHERE))
    wanted = [access.visible_network(rank)]
    if sort == "distance" or front:
        wanted += [*front, access.at_least(FRONT, rank)]
    wanted += [column == bindparam(name) for name, column in NAME_FILTERS.items() if name in given]
    if archived is not None:
        closed = Network.archived_at
        wanted.append(closed.is_not(None) if archived else closed.is_(None))
    if mine is not None:
        wanted.append(_mine(yes=mine) if rank != "anonymous" else literal(value=not mine))
    if "updated_since" in given:
        wanted.append(_updated_at(rank) >= bindparam("updated_since", type_=INSTANT))
    return wanted


def list_shape(
    rank: str,
    given: frozenset[str],
    flags: tuple[Any, ...],
    sort: str,
    *,
    started: bool,
    shape: search.Shape | None,
) -> Any:
    """The SELECT of a list with these filters; `flags` are the values of the truth-valued ones.

    Where the order is computed, the page is found first, from ids and sort keys alone, and its rows fetched then: to
    carry whole rows through the sort costs as much as all the rest.
    """
    wanted = _conditions(rank, given, flags, sort)
    distance = places.distance_km(Network) if "near" in given else literal(None, Double())
    statement = select(
        *FRONT_COLUMNS,
        *_stamps(rank),
        access.standing(rank).label("_tier"),
        feed_head().label("_head"),
        distance.label("distance_km"),
    )
    if sort in ("name", "-created_at") and shape is None:
        return keyset(statement.where(*wanted), sorts(rank)[sort], started=started)
    key = None if sort == "-score" else sorts(rank)[sort].key
    descending = sort.startswith("-")
    ways: list[Any] = ways_to_match(rank, shape) if shape else [(true(), None)]
    found = union_all(
        *(
            select(Network.id, (score if key is None else key).label("_key")).where(*wanted, way)
            for way, score in ways
        )
    ).subquery("found")
    there = Sort(sort, found.c["_key"], found.c.id, descending)
    page = keyset(select(found.c.id), there, started=started).subquery("page")
    here = Sort(sort, page.c["_key"], page.c.id, descending)
    return in_order(statement.join(page, page.c.id == Network.id), here)


def shown(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """A row as its reader may see it: fields above the tier are null, inner activity does not show.

    An operator, who may read the inside one at a time, sees that there was some.
    """
    tier = row.pop("_tier")
    front = row.pop("_outer_version"), row.pop("_outer_updated_at")
    name = row.pop("_name_version"), row.pop("_name_updated_at")
    if tier < INSIDE:
        if not viewer.operator:
            row["version"], row["updated_at"] = front if tier >= FRONT else name
        access.masked(row, NETWORK_HIDDEN[tier])
    row["tier"] = TIER_NAMES[tier]
    return row


async def list_networks(
    db: Database, viewer: Viewer, query: NetworkQuery, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of networks (one row more than the page, with `_key`), and the feed's position before it.

    Errors: `Invalid` for a place that is nowhere, a sort without what it sorts by.
    """
    sort = chosen_sort(query)
    asked = questions.wanted_of(query.q)
    given = frozenset(query.model_fields_set)
    archived = query.archived
    if archived is None and "slug" not in given:
        archived = False
    values: dict[str, Any] = {
        **access.values(viewer),
        **page_values(page),
        **{
            name: getattr(query, name)
            for name in (*FRONT_FILTERS, *NAME_FILTERS, *TERM_FILTERS)
            if name in given
        },
    }
    if "q" in given and asked is None:
        return [], await head(db)
    if asked is not None:
        values |= search.values(db.name, asked)
    shape = None if asked is None else asked.shape
    if query.near is not None:
        values |= (await places.locate(db, query.near, query.within_km)).values()
    if query.bbox is not None:
        values |= places.box_of(query.bbox).values()
    if "updated_since" in given:
        values["updated_since"] = query.updated_since
    rank, started = viewer.rank, page.after is not None
    flags = (query.hosted, query.mine, archived)
    key = ("networks", rank, given - {"limit", "cursor"}, flags, sort, started, shape)
    fetch = db.fetch_slow if shape or given & {"near", "bbox"} else db.fetch

    def build() -> Any:
        return list_shape(rank, given, flags, sort, started=started, shape=shape)

    rows, position = await with_position(db, lambda: fetch(key, build, values))
    return [shown(row, viewer) for row in rows], position


def chosen_sort(query: NetworkQuery) -> str:
    """The order: what was asked for, else the one that fits the filters.

    Errors: `Invalid` for an order of what was not asked for.
    """
    if query.sort is None:
        if query.q is not None:
            return "-score"
        return "distance" if query.near is not None else "name"
    needs = {"-score": query.q, "distance": query.near}
    if query.sort in needs and needs[query.sort] is None:
        detail = f"sort={query.sort} needs {'q' if query.sort == '-score' else 'near'}."
        raise Invalid(detail, errors=(FieldError("?sort", "nothing_to_sort_by", detail),))
    return str(query.sort)


def _parent_is(rank: str) -> Any:
    """What the parent lets this viewer do below it: nothing while it is archived, nor without being a member of it."""
    parent = aliased(Network)
    archived = exists(
        select(1).where(parent.id == Network.parent_id, parent.archived_at.is_not(None))
    )
    joined = access.active_in(Network.parent_id) if rank != "anonymous" else false()
    return case(
        (Network.parent_id.is_(None), "open"),
        (archived, "archived"),
        (joined, "open"),
        else_="closed",
    )


def _one(rank: str) -> Any:
    mine = aliased(Member)
    statement = select(
        *FRONT_COLUMNS,
        *INSIDE_COLUMNS,
        *_stamps(rank),
        (access.standing(rank)).label("_tier"),
        LIVES_ELSEWHERE.label("_elsewhere"),
        Network.depth.label("_depth"),
        _parent_is(rank).label("_parent"),
        Network.edition.label("_edition"),
    ).where(Network.id == bindparam("network_id", type_=ID), access.visible_network(rank))
    if rank == "anonymous":
        nothing = literal(None)
        return statement.add_columns(
            *(nothing.label(f"membership.{name}") for name in ("id", "role", "status"))
        )
    return statement.add_columns(
        mine.id.label("membership.id"),
        mine.role.label("membership.role"),
        mine.status.label("membership.status"),
    ).outerjoin(
        mine,
        and_(
            mine.network_id == Network.id,
            mine.person_id == access.viewer_id(),
            among(mine.status, ["invited", "requested", "active"]),
        ),
    )


async def one_network(reads: Reads, viewer: Viewer, network_id: str) -> dict[str, Any] | None:
    """One network as the contract has it, or None when it is not there for this viewer.

    For an operator the answer is whole; `_on_record` tells that it may have to be recorded, `_edition` is for the ETag.
    """
    values = {**access.values(viewer), "network_id": network_id}
    rank = viewer.rank
    row = await fetch_one(reads, ("network", rank), lambda: _one(rank), values)
    if row is None:
        return None
    tier, elsewhere = row["_tier"], row.pop("_elsewhere")
    if row["membership"]["id"] is None:
        row["membership"] = None
    if viewer.operator:
        row["_tier"] = INSIDE
    row["actions"] = _actions(
        viewer, row, row.pop("_depth"), row.pop("_parent"), elsewhere=elsewhere
    )
    if row["_tier"] < INSIDE:
        row["_edition"] = None  # counts edits that an outsider does not see
    row = shown(row, viewer)
    row["_on_record"] = viewer.operator and tier < INSIDE
    return row


def _actions(
    viewer: Viewer, row: dict[str, Any], depth: int, parent: str, *, elsewhere: bool
) -> list[str]:
    """What this caller may do now, from the same policy that commands obey."""
    if viewer.person_id is None:
        return []
    membership, archived = row["membership"], row["archived_at"] is not None
    status = membership["status"] if membership is not None else None
    active = {membership["role"]} if status == "active" else set()
    roles = access.viewer_roles(viewer) | active
    candidates = ["read_history", "read_audit"]
    if not archived:
        candidates += ["update", "delete", "archive"]
    if archived and parent != "archived":
        candidates.append("reactivate")
    if active and depth < DEEPEST and not (archived or elsewhere):
        candidates.append("create_sub_group")
    found = [name for name in candidates if access.allowed(f"network.{name}", roles)]
    if not (archived or elsewhere):
        if access.allowed("member.add", roles):
            found.append("add_member")
        if access.allowed("network.invite", roles):
            found.append("invite")
        asks = status is None and row["join_policy"] != "invite" and parent == "open"
        if asks or status == "invited":
            found.append("join")
    if active:
        found.append("leave")
    return [name for name in found if access.in_scope(viewer, name, row["id"])]
