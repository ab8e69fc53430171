"""The list of meetings: as they were planned, a series once, or in a window of time occurrence by occurrence."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, bindparam, literal, null, select
from sqlalchemy.types import Double

from app.core import access, places
from app.core.errors import FieldError, Invalid, refuse
from app.core.feed_position import feed_head, head, with_position
from app.core.paging import Page, Sort, in_order, keyset, page_values
from app.core.viewer import Viewer
from app.db import search
from app.db.database import Database
from app.db.types import ID, one_of
from app.features.meetings.finding import (
    Found,
    Wanted,
    conditions,
    planned_meetings,
    wanted_occurrences,
    wanted_of,
)
from app.features.meetings.occurrences import as_it_is, as_planned, planned_of
from app.features.meetings.rows import Row, columns, micros
from app.features.meetings.schemas import MeetingQuery
from app.models import Attendance, Meeting

MOST_OCCURRENCES = 1_000
WIDEST = timedelta(days=731)  # two years, one of them a leap year
A_YEAR = timedelta(days=365)
AT_A_TIME = 20  # series; one of 1,000 occurrences that nobody asked for lately takes a millisecond
TIE = "_tie"
INDEXED = ("starts_at", "-starts_at")


async def list_meetings(
    db: Database, viewer: Viewer, query: MeetingQuery, page: Page
) -> tuple[list[Row], int]:
    """A page of meetings (one row more than the page, with `_key` and `_tie`), and the feed's position before it.

    Errors: `Invalid` for a window that ends before it begins, is too wide or has too much in it, a place that is
    nowhere, a sort without what it sorts by.
    """
    sort = chosen_sort(query)
    wanted = _in_a_window(await wanted_of(db, query))
    if wanted.hopeless:
        return [], await head(db)
    if wanted.since is None:
        return await _as_planned(db, viewer, wanted, page, sort)
    found, position = await occurrences_in_window(db, viewer, wanted)
    rows = _page_of(found, page, sort)
    await _with_my_answers(db, viewer, rows)
    return rows, position


def chosen_sort(query: MeetingQuery) -> str:
    """The order: what was asked for, else the one that fits the filters.

    Errors: `Invalid` for an order of what was not asked for.
    """
    if query.sort is None:
        if query.q is not None:
            return "-score"
        return "distance" if query.near is not None else "starts_at"
    needs = {"-score": ("q", query.q), "distance": ("near", query.near)}
    if query.sort in needs and needs[query.sort][1] is None:
        detail = f"sort={query.sort} needs {needs[query.sort][0]}."
        raise Invalid(detail, errors=(FieldError("?sort", "nothing_to_sort_by", detail),))
    return str(query.sort)


def _in_a_window(wanted: Wanted) -> Wanted:
    """With both ends where one is given: the other is a year away. Errors: `Invalid`."""
    since, until = wanted.since, wanted.until
    if since is None:
        if until is None:
            return wanted
        since = until - A_YEAR
    elif until is None:
        until = since + A_YEAR
    if until <= since:
        raise refuse("?to", "window_ends_before_it_begins", "`to` lies after `from`.")
    if until - since > WIDEST:
        detail = (
            f"From `from` to `to` there are at most {WIDEST.days} days: ask for less at a time."
        )
        raise refuse("?to", "window_too_wide", detail)
    return replace(wanted, since=since, until=until)


# --- As planned -----------------------------------------------------------------------------------


def sorts(question: search.Wanted | None) -> dict[str, Sort]:
    """The offered orders of meetings as they were planned."""
    score = search.score(Meeting, "front", question.shape) if question else None
    return {
        "starts_at": Sort("starts_at", Meeting.starts_at, Meeting.id),
        "-starts_at": Sort("-starts_at", Meeting.starts_at, Meeting.id, descending=True),
        "-updated_at": Sort("-updated_at", Meeting.updated_at, Meeting.id, descending=True),
        "distance": Sort("distance", places.distance_km(Meeting), Meeting.id),
        "-score": Sort("-score", score, Meeting.id, descending=True),
    }


def planned_shape(rank: str, wanted: Wanted, sort: str, *, started: bool) -> Any:
    """The SELECT of a page of meetings as planned.

    Where no index gives the order, the page is found first, from ids and sort keys alone, and its rows fetched then.
    """
    order = sorts(wanted.question)[sort]
    own = conditions(rank, wanted, each=False)
    nowhere: Any = literal(None, Double())
    distance = nowhere if wanted.around is None else places.distance_km(Meeting)
    statement = _with_answer(
        rank, select(*columns(rank), feed_head().label("_head"), distance.label("distance_km"))
    )
    if sort in INDEXED:
        return keyset(statement.where(*own), order, started=started)
    page = keyset(select(Meeting.id).where(*own), order, started=started).subquery("page")
    here = Sort(sort, page.c["_key"], page.c.id, order.descending)
    return in_order(statement.join(page, page.c.id == Meeting.id), here)


def _with_answer(rank: str, statement: Any) -> Any:
    """Beside a single meeting what the viewer answered to it."""
    if rank == "anonymous":
        return statement.add_columns(null().label("my_answer"), null().label("my_place"))
    mine = and_(
        Attendance.meeting_id == Meeting.id,
        Attendance.person_id == access.viewer_id(),
        Attendance.occurrence == "",
    )
    return statement.add_columns(
        Attendance.answer.label("my_answer"), Attendance.place.label("my_place")
    ).outerjoin(Attendance, mine)


async def _as_planned(
    db: Database, viewer: Viewer, wanted: Wanted, page: Page, sort: str
) -> tuple[list[Row], int]:
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **wanted.values(db.name), **page_values(page)}
    key = ("meetings", rank, wanted.shape, sort, started)
    by_index = sort in INDEXED and not wanted.given and not wanted.worded
    fetch = db.fetch if wanted.quick or by_index else db.fetch_slow

    def build() -> Any:
        return planned_shape(rank, wanted, sort, started=started)

    found, position = await with_position(db, lambda: fetch(key, build, values))
    rows = []
    for row in found:
        last = row.pop("_key")
        rows.append({**as_planned(planned_of(row)), "_key": last, TIE: row["id"]})
    return rows, position


# --- In a window ----------------------------------------------------------------------------------


async def occurrences_in_window(
    db: Database, viewer: Viewer, wanted: Wanted
) -> tuple[list[Found], int]:
    """Everything that was asked for between two instants, in no order, and the feed's position before it.

    Errors: `Invalid` where it is more than anybody can page through.
    """
    meetings, position = await planned_meetings(db, viewer, wanted, most=MOST_OCCURRENCES)
    found: list[Found] = []
    for index, planned in enumerate(meetings):
        found += wanted_occurrences(planned, wanted)
        if index % AT_A_TIME == AT_A_TIME - 1:
            await asyncio.sleep(0)
        if len(found) > MOST_OCCURRENCES:
            break
    if max(len(found), len(meetings)) > MOST_OCCURRENCES:
        detail = f"More than {MOST_OCCURRENCES} are in this window: narrow it, or add filters."
        raise refuse("?to", "too_many_occurrences", detail)
    return found, position


def _key_of(each: Found, sort: str) -> list[float]:
    """What an occurrence is ordered by, ascending; what is equally near or fits as well goes by its start."""
    occurrence = each.occurrence
    starts = occurrence.starts
    if sort == "distance":
        return [each.distance or 0.0, starts]
    if sort == "-score":
        return [-(each.score or 0), starts]
    if sort == "-updated_at":
        return [-micros(occurrence.of.row["updated_at"]), starts]
    return [-starts if sort == "-starts_at" else starts]


def _page_of(found: list[Found], page: Page, sort: str) -> list[Row]:
    """The rows after the cursor, one more than the page shows."""
    keyed = [
        (_key_of(each, sort), f"{each.occurrence.of.row['id']} {each.occurrence.local}", each)
        for each in found
    ]
    last = page.after
    if last is not None:
        keyed = [item for item in keyed if item[:2] > last]
    keyed.sort(key=itemgetter(0, 1))
    return [
        {**as_it_is(each.occurrence), "distance_km": each.distance, "_key": key, TIE: tie}
        for key, tie, each in keyed[: page.limit + 1]
    ]


def _answers() -> Any:
    return select(
        Attendance.meeting_id, Attendance.occurrence, Attendance.answer, Attendance.place
    ).where(
        Attendance.person_id == bindparam("viewer_id", type_=ID),
        one_of(Attendance.meeting_id, bindparam("meeting_ids")),
        one_of(Attendance.occurrence, bindparam("occurrences")),
    )


async def _with_my_answers(db: Database, viewer: Viewer, rows: list[Row]) -> None:
    """Beside each occurrence what the viewer answered to it."""
    answers: dict[tuple[str, str], Row] = {}
    if viewer.person_id is not None and rows:
        values = {
            "viewer_id": viewer.person_id,
            "meeting_ids": sorted({row["id"] for row in rows}),
            "occurrences": sorted({row["occurrence"] or "" for row in rows}),
        }
        for answer in await db.fetch("my answers", _answers, values):
            answers[answer["meeting_id"], answer["occurrence"]] = answer
    for row in rows:
        mine = answers.get((row["id"], row["occurrence"] or ""), {})
        row["my_answer"], row["my_place"] = mine.get("answer"), mine.get("place")
