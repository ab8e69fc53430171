"""What a saved search finds now, and what is told of it: by the search's own statement, for whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from app.core import hits, searching, snippets
from app.core.answering import answered
from app.core.errors import FieldError, Invalid
from app.core.finding import Asked, resolved, values_of
from app.core.paging import Page, Sort, in_order, page_values, take
from app.core.search_filters import Filters, Kind
from app.core.spelling import correct
from app.core.viewer import Viewer
from app.core.work import House
from app.db.search import Wanted
from app.db.types import one_of
from app.features.saved_searches.marks import Hit

MOST = 500  # hits that are watched
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a search finds: `listed` as the search lists it, best first; `beside`, what matches in part and is not.

    That is known all the same, so that it is not taken for new when the search comes to list it. `kinds` are those
    that were looked for; `wanted` are the words by which it was found.
    """

    listed: list[Hit]
    beside: list[Hit]
    kinds: frozenset[str]
    too_broad: bool
    filters: Filters
    wanted: Wanted | None


def asked_of(params: Mapping[str, Any]) -> Asked:
    """The stored parameters of a search as the search takes them."""
    several = {name: tuple(params[name]) for name in ("topic", "profession")}
    return Asked(**{**params, **several, "kinds": tuple(map(Kind, params["kinds"]))})


async def look_for(house: House, viewer: Viewer, params: Mapping[str, Any]) -> Sight:
    """Search for what these parameters ask, as the viewer may.

    Errors: `Invalid` that names a field, for what the search refuses; `InsufficientScope`.
    """
    asked = asked_of(params)
    try:
        filters = await resolved(house, viewer, asked)
    except Invalid as error:
        raise Invalid(error.detail, errors=tuple(map(_of_body, error.errors))) from None

    async def run(wanted: Wanted | None, page: Page) -> list[Row]:
        return await _keys(house, viewer, filters, asked.q, wanted, page)

    every, whole, wanted = Page(MOST, "", None), None, None
    beside: list[Row] = []
    if asked.q is None:
        rows = await run(None, every)
    else:
        answer = await answered(asked.q, every, run, partial(correct, house))
        rows, wanted = answer.rows, answer.wanted
        if wanted is not None and wanted.loose:
            whole = {_hit(row) for row in await run(replace(wanted, loose=False), every)}
        elif wanted is not None and wanted.may_loosen:
            beside = await run(replace(wanted, loose=True), every)
    found = [_hit(row, among=whole) for row in rows[:MOST]]
    listed = set(found)
    rest = [replace(hit, whole=False) for hit in map(_hit, beside[:MOST]) if hit not in listed]
    return Sight(found, rest, frozenset(filters.kinds), len(rows) > MOST, filters, wanted)


def _of_body(error: FieldError) -> FieldError:
    """What the search says of a query parameter, said of the field of a body."""
    return error._replace(pointer=error.pointer.replace("?", "/", 1))


def _hit(row: Row, *, among: set[Hit] | None = None) -> Hit:
    hit = Hit(str(searching.TIERS[row["kind"]]), row["id"])
    return hit if among is None or hit in among else replace(hit, whole=False)


def _keys_shape(rank: str, filters: Filters, wanted: Wanted | None) -> tuple[Any, Sort]:
    shape = None if wanted is None else wanted.shape
    everything = searching.found(rank, filters, shape)
    near = filters.around is not None
    return everything, searching.order(everything, near=near, by_distance=False)


async def _keys(
    house: House, viewer: Viewer, filters: Filters, q: str | None, wanted: Wanted | None, page: Page
) -> list[Row]:
    """Kind and id of what is found, best first, and nothing else."""

    def build() -> Any:
        everything, sort = _keys_shape(viewer.rank, filters, wanted)
        found = select(everything.c.kind, everything.c.id)
        return in_order(found, sort).limit(take())

    key = ("saved search keys", *_shape(viewer, filters, wanted))
    values = values_of(house, viewer, filters, q, wanted)
    return await house.db.fetch_slow(key, build, {**values, **page_values(page)})


def _shape(viewer: Viewer, filters: Filters, wanted: Wanted | None) -> tuple[Any, ...]:
    shape = None if wanted is None else wanted.shape
    return (viewer.rank, filters.kinds, filters.given, filters.open_to_join, shape)


async def told(
    house: House, viewer: Viewer, params: Mapping[str, Any], sight: Sight, some: Sequence[Hit]
) -> dict[Hit, Row]:
    """Some of the hits as the search shows them; what is out of sight by now is left out."""
    if not some:
        return {}

    def build() -> Any:
        everything, sort = _keys_shape(viewer.rank, sight.filters, sight.wanted)
        c = everything.c
        page = (
            select(c.kind, c.id, c.distance, sort.tie.label("tie"), sort.key.label("_key"))
            .where(one_of(c.id, bindparam("told")))
            .subquery("page")
        )
        return hits.with_texts(viewer.rank, page, sort)

    key = ("saved search hits", *_shape(viewer, sight.filters, sight.wanted))
    values = values_of(house, viewer, sight.filters, params["q"], sight.wanted)
    rows = await house.db.fetch_slow(key, build, {**values, "told": [hit.id for hit in some]})
    find, topics = snippets.finder(sight.wanted), frozenset(params["topic"])
    shown = {_hit(row): hits.hit(row, find, topics) for row in rows}
    return {hit: shown[same] for hit in some if (same := replace(hit, whole=True)) in shown}
