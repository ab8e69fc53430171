"""The list of networks: one statement for each shape; every filter, order, word and count looks at what one reads."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    exists,
    literal,
    not_,
    select,
    true,
    union_all,
)
from sqlalchemy.types import Double

from app.core import access, places
from app.core.access import FRONT, INSIDE
from app.core.errors import FieldError, Invalid
from app.core.facets import FACETS, Counting, counting_all, of_networks
from app.core.feed_position import feed_head
from app.core.listing import Listed, list_found
from app.core.network_words import ways_to_match
from app.core.paging import Page, Sort, in_order, keyset, page_values
from app.core.viewer import Viewer
from app.core.work import House
from app.db import search
from app.db.database import Database
from app.db.types import INSTANT, one_of
from app.features.networks.queries import FRONT_COLUMNS, LIVES_ELSEWHERE, mine, shown, stamps
from app.features.networks.schemas import NetworkQuery, NetworkSort
from app.models import Network, NetworkTerm

Row = dict[str, Any]
RELEVANCE = "-score"
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a viewer asks for, words aside: it makes the conditions, and is a part of a statement's shape.

    `flags` are the values of the truth-valued filters.
    """

    rank: str
    given: frozenset[str]
    flags: tuple[bool | None, bool | None, bool | None]
    sort: str

    def conditions(self) -> list[Any]:
        """What a network must be."""
        rank, given, (hosted, own, archived) = self.rank, self.given, self.flags
        front = [
            column == bindparam(name) for name, column in FRONT_FILTERS.items() if name in given
        ]
        front += [_has_term(name, several=name != "icb") for name in TERM_FILTERS if name in given]
        if "near" in given:
            front.append(places.within(Network))
        if "bbox" in given:
            front.append(places.in_box(Network))
        if hosted is not None:
            front.append(LIVES_ELSEWHERE if hosted else not_(LIVES_ELSEWHERE))
        wanted = [access.visible_network(rank)]
        if self.sort == "distance" or front:
            wanted += [*front, access.at_least(FRONT, rank)]
        wanted += [
            column == bindparam(name) for name, column in NAME_FILTERS.items() if name in given
        ]
        if archived is not None:
            closed = Network.archived_at
            wanted.append(closed.is_not(None) if archived else closed.is_(None))
        if own is not None:
            wanted.append(mine(yes=own) if rank != "anonymous" else literal(value=not own))
        if "updated_since" in given:
            wanted.append(_updated_at(rank) >= bindparam("updated_since", type_=INSTANT))
        return wanted


def list_shape(asked: _Asked, *, started: bool, shape: search.Shape | None) -> Any:
    """The SELECT of a page.

    Where the order is computed, the page is found first, from ids and sort keys alone, and its rows fetched then: to
    carry whole rows through the sort costs as much as all the rest.
    """
    rank, sort, wanted = asked.rank, asked.sort, asked.conditions()
    around = "near" in asked.given
    statement = select(
        *FRONT_COLUMNS,
        *stamps(rank),
        access.standing(rank).label("_tier"),
        feed_head().label("_head"),
        (places.distance_km(Network) if around else literal(None, Double())).label("distance_km"),
    )
    if sort in ("name", "-created_at") and shape is None:
        return keyset(statement.where(*wanted), sorts(rank)[sort], started=started)
    key = None if sort == RELEVANCE else sorts(rank)[sort].key
    ways: list[Any] = ways_to_match(rank, shape) if shape else [(true(), None)]

    def fit(score: Any) -> Any:
        return places.nearer_first(score, Network) if around else score

    found = union_all(
        *(
            select(Network.id, (fit(score) if key is None else key).label("_key")).where(
                *wanted, way
            )
            for way, score in ways
        )
    ).subquery("found")
    descending = sort.startswith("-")
    there = Sort(sort, found.c["_key"], found.c.id, descending)
    page = keyset(select(found.c.id), there, started=started).subquery("page")
    here = Sort(sort, page.c["_key"], page.c.id, descending)
    return in_order(statement.join(page, page.c.id == Network.id), here)


def counted_shape(asked: _Asked, shape: search.Shape | None) -> Any:
    """The SELECT that counts all that is found."""
    wanted = asked.conditions()
    if shape is not None:
        ways = ways_to_match(asked.rank, shape)
        wanted.append(
            Network.id.in_(union_all(*(select(Network.id).where(way) for way, _ in ways)))
        )
    return counting_all(of_networks(asked.rank, *wanted))


async def list_networks(house: House, viewer: Viewer, query: NetworkQuery, page: Page) -> Listed:
    """A page of networks. Errors: `Invalid` for a place that is nowhere, a sort without what it sorts by."""
    db, sort = house.db, chosen_sort(query)
    given = frozenset(query.model_fields_set) - {"limit", "cursor", "facets"}
    archived = query.archived
    if archived is None and "slug" not in given:
        archived = False
    values = {**access.values(viewer), **await _values(db, query, given)}
    asked = _Asked(viewer.rank, given, (query.hosted, query.mine, archived), sort)

    async def run(question: search.Wanted | None, page: Page) -> list[Row]:
        shape, started = None if question is None else question.shape, page.after is not None
        words = {} if question is None else search.values(db.name, question)
        fetch = db.fetch_slow if shape or given & {"near", "bbox"} else db.fetch
        return await fetch(
            ("networks", asked, started, shape),
            lambda: list_shape(asked, started=started, shape=shape),
            {**values, **words, **page_values(page)},
        )

    counting = Counting(FACETS, asked, partial(counted_shape, asked), values)
    found = await list_found(
        house, query.q, page, run,
        by_relevance=sort == RELEVANCE, counting=counting if query.facets else None,
    )  # fmt: skip
    for row in found.rows:
        shown(row, viewer)
    return found


async def _values(db: Database, query: NetworkQuery, given: frozenset[str]) -> dict[str, Any]:
    """The parameters of the filters. Errors: `Invalid` for a place that is nowhere."""
    named = given & {*FRONT_FILTERS, *NAME_FILTERS, *TERM_FILTERS, "updated_since"}
    values = {name: getattr(query, name) for name in named}
    if query.near is not None:
        values |= (await places.locate(db, query.near, query.within_km)).values()
    if query.bbox is not None:
        values |= places.box_of(query.bbox).values()
    return values


def chosen_sort(query: NetworkQuery) -> str:
    """The order: what was asked for, else the one that fits the filters.

    Errors: `Invalid` for an order of what was not asked for.
    """
    sort = RELEVANCE if query.sort is NetworkSort.RELEVANCE else query.sort
    if sort is None:
        if query.q is not None:
            return RELEVANCE
        return "distance" if query.near is not None else "name"
    needs = {RELEVANCE: query.q, "distance": query.near}
    if sort in needs and needs[sort] is None:
        detail = f"sort={query.sort} needs {'q' if sort == RELEVANCE else 'near'}."
        raise Invalid(detail, errors=(FieldError("?sort", "nothing_to_sort_by", detail),))
    return str(sort)
