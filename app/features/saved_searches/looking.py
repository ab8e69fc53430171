"""Looking: what is new in a saved search since the last look, and moving the mark to now.

The search runs before the transaction, so that it holds no writer up; the row is locked then and compared again.
"""

from dataclasses import dataclass
from typing import Any

from app.core.changes import Told, change
from app.core.json_columns import json_text, plain
from app.core.viewer import Viewer
from app.core.work import House, Work, perform
from app.db.types import instant_from_text, instant_text
from app.features.saved_searches.commands import fetch_saved_search
from app.features.saved_searches.marks import Hit, marks_after, new_among, together
from app.features.saved_searches.queries import marked_search, params_of
from app.features.saved_searches.schemas import NewQuery
from app.features.saved_searches.sight import Sight, look_for, told

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class News:
    """What is new, at most as much as was asked for, best first; the times are instants as text."""

    hits: list[Hit]
    more: bool
    since: str
    looked_at: str


def news_in(row: Row, sight: Sight, limit: int, *, again: bool) -> News:
    """What a search's row does not know of what is found now; `again`: what it did not know before the last look."""
    known = plain(row["seen_before" if again else "seen"])
    found = new_among(row["id"], known, sight.listed)
    since = (row["looked_before_at"] if again else None) or row["looked_at"]
    return News(found[:limit], len(found) > limit, since, row["looked_at"])


async def look(
    house: House, viewer: Viewer, saved_id: str, query: NewQuery, request_id: str, *, moving: bool
) -> Row:
    """What is new in a search as the contract has it; `moving` the mark, unless it is told again.

    Errors: `NotFound`; `Invalid` for a place that is known no more; `InsufficientScope`.
    """
    row = await marked_search(house.db, viewer, saved_id)
    params = params_of(row)
    sight = await look_for(house, viewer, params)
    news = news_in(row, sight, query.limit, again=query.again)
    hits = await told(house, viewer, params, sight, news.hits)
    if moving and not query.again:
        news = await move_mark(house, viewer, request_id, row, sight, news)
    return {
        "items": [hits[hit] for hit in news.hits if hit in hits],
        "since": news.since,
        "looked_at": news.looked_at,
        "more": news.more,
        "too_broad": sight.too_broad,
    }


async def move_mark(
    house: House, viewer: Viewer, request_id: str, row: Row, sight: Sight, news: News
) -> News:
    """Keep that this was told, and forget what is not there any more; writes nothing where nothing of that is so.

    Returns what is still to tell: another look may have told it meanwhile. Where the search was changed or looks for
    something else by now, this one is of before, and moves nothing. Errors: `NotFound` when it is gone.
    """
    if _marks(row, plain(row["seen"]), sight, news.hits) == plain(row["seen"]):
        return news

    async def command(work: Work) -> News:
        now = await fetch_saved_search(work, row["id"])
        if plain(now["params"]) != plain(row["params"]):
            return news
        seen, found = plain(now["seen"]), still_new(now, news.hits)
        after = _marks(row, seen, sight, found)
        if now["version"] != row["version"]:  # it may know of more than was there when this began
            after = together(seen, after)
        return _moved(work, now, seen, after, sight, found, more=news.more)

    return await perform(house, command, viewer=viewer, request_id=request_id)


def still_new(row: Row, hits: list[Hit]) -> list[Hit]:
    """Of these hits those that no other look has told by now."""
    return new_among(row["id"], plain(row["seen"]), hits)


def _marks(row: Row, before: Any, sight: Sight, told: list[Hit]) -> Any:
    hits = [*sight.listed, *sight.beside]
    return marks_after(row["id"], before, hits, told={*told, *sight.beside}, looked_for=sight.kinds)


def _moved(
    work: Work, now: Row, seen: Any, after: Any, sight: Sight, found: list[Hit], *, more: bool
) -> News:
    looked_at = instant_text(work.now) if found else now["looked_at"]
    if after != seen:
        told_before = seen if found else plain(now["seen_before"])
        values: Row = {
            "seen": json_text(after),
            "seen_before": json_text(_marks(now, told_before, sight, [])),
        }
        if found:
            values |= {
                "looked_at": work.now,
                "looked_before_at": instant_from_text(now["looked_at"]),
            }
        change(work, "saved_search.looked", now, values, Told(person_id=now["person_id"]))
    return News(found, more, now["looked_at"], looked_at)
