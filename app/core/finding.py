"""Running a search: what was asked resolved, the best way of answering it, the page with its reasons."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from app.core import hits, places, search_facets, searching, snippets
from app.core.answering import Answered, answered
from app.core.errors import InsufficientScope, refuse
from app.core.facets import FACETS, Counts, sorted_counts
from app.core.paging import Page, page_values
from app.core.search_filters import SCOPES, Filters, Kind
from app.core.spelling import correct
from app.core.viewer import Viewer
from app.core.work import House
from app.db import search
from app.db.search import Wanted


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody searches for; None and empty ask nothing. `near` is what `places.locate` takes."""

    q: str | None = None
    kinds: tuple[Kind, ...] = ()
    topic: tuple[str, ...] = ()
    near: str | None = None
    within_km: float = 25.0
    region: str | None = None
    icb: str | None = None
    profession: tuple[str, ...] = ()
    open_to_join: bool | None = None
    by_distance: bool = False


def check(asked: Asked, viewer: Viewer) -> tuple[Kind, ...]:
    """The kinds to search. Errors: `Invalid` where nothing is asked for; `InsufficientScope` for a kind."""
    narrow = (asked.q, asked.near, asked.region, asked.icb, asked.open_to_join)
    if all(each is None for each in narrow) and not asked.topic and not asked.profession:
        detail = "Say what to find: words (q), or a topic, place, region, ICB or profession."
        raise refuse("?q", "nothing_asked", detail)
    if asked.by_distance and asked.near is None:
        raise refuse("?sort", "nothing_to_sort_by", "sort=distance needs near.")
    allowed = searching.kinds_for(viewer)
    for kind in asked.kinds:
        if viewer.person_id is not None and kind not in allowed:
            raise InsufficientScope(f"To search for kind {kind} the token needs {SCOPES[kind]}.")
    return tuple(kind for kind in allowed if not asked.kinds or kind in asked.kinds)


async def resolved(house: House, viewer: Viewer, asked: Asked) -> Filters:
    """What is asked for beside words. Errors: those of `check`; `Invalid` for a place that is nowhere."""
    kinds = check(asked, viewer)
    around = None
    if asked.near is not None:
        around = await places.locate(house.db, asked.near, asked.within_km)
    return Filters(
        kinds, asked.topic, around, asked.region, asked.icb, asked.profession, asked.open_to_join
    )


async def find(
    house: House, viewer: Viewer, filters: Filters, asked: Asked, page: Page
) -> Answered:
    """A page of hits, one more than it shows, each with `_key` and `tie` for the cursor."""

    async def run(wanted: Wanted | None, part: Page) -> list[dict[str, Any]]:
        return await _page(house, viewer, filters, asked, wanted, part)

    if asked.q is None:
        return Answered(_told(await run(None, page), None, asked), None, page, None)
    answer = await answered(asked.q, page, run, partial(correct, house))
    return replace(answer, rows=_told(answer.rows, answer.wanted, asked))


async def counted(
    house: House, viewer: Viewer, filters: Filters, asked: Asked, wanted: Wanted | None
) -> Counts:
    """Everything that `find` finds with this question, or where there is none, with the filters: counted."""
    unanswerable = asked.q is not None and wanted is None
    if unanswerable or not searching.answering(viewer.rank, filters):
        return sorted_counts(FACETS, ())
    shape = None if wanted is None else wanted.shape
    key = ("search facets", viewer.rank, filters.kinds, filters.given, filters.open_to_join, shape)
    rows = await house.db.fetch_slow(
        key,
        lambda: search_facets.counting(viewer.rank, filters, shape),
        values_of(house, viewer, filters, asked.q, wanted),
    )
    return sorted_counts(FACETS, rows)


def values_of(
    house: House, viewer: Viewer, filters: Filters, q: str | None, wanted: Wanted | None
) -> dict[str, Any]:
    """The parameters of every statement over `searching.found`."""
    values = searching.values(viewer, filters, house.clock())
    if wanted is None or q is None:
        return values
    return values | search.values(house.db.name, wanted) | {"exact": q.strip().upper()}


async def _page(
    house: House,
    viewer: Viewer,
    filters: Filters,
    asked: Asked,
    wanted: Wanted | None,
    page: Page,
) -> list[dict[str, Any]]:
    rank, started = viewer.rank, page.after is not None
    shape = None if wanted is None else wanted.shape
    values = values_of(house, viewer, filters, asked.q, wanted) | page_values(page)

    def build() -> Any:
        everything = searching.found(rank, filters, shape)
        sort = searching.order(
            everything, near=filters.around is not None, by_distance=asked.by_distance
        )
        return hits.with_texts(rank, searching.page_of(everything, sort, started=started), sort)

    key = (
        *("search", rank, filters.kinds, filters.given, asked.open_to_join, asked.by_distance),
        *(shape, started),
    )
    return await house.db.fetch_slow(key, build, values)


def _told(rows: list[dict[str, Any]], wanted: Wanted | None, asked: Asked) -> list[dict[str, Any]]:
    find_in, topics = snippets.finder(wanted), frozenset(asked.topic)
    return [
        {**hits.hit(row, find_in, topics), "_key": row["_key"], "tie": row["tie"]} for row in rows
    ]
