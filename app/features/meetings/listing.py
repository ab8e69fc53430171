"""The list of meetings: as they were planned, a series once, or in a window of time occurrence by occurrence."""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import itemgetter
from typing import Any, ClassVar

from sqlalchemy import and_, bindparam, literal, null, select
from sqlalchemy.types import Double

from app.core import access, places
from app.core.errors import FieldError, Invalid, refuse
from app.core.facets import Counts, counting_all, of_meetings, sorted_counts
from app.core.feed_position import feed_head
from app.core.listing import Listed, list_found
from app.core.paging import Page, Sort, in_order, keyset, page_values
from app.core.viewer import Viewer
from app.core.work import House
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
from app.features.meetings.occurrences import (
    Occurrence,
    as_it_is,
    as_planned,
    differing,
    planned_of,
)
from app.features.meetings.rows import Row, columns, micros
from app.features.meetings.schemas import MeetingQuery, MeetingSort
from app.models import Attendance, Meeting

MOST_OCCURRENCES = 1_000
WIDEST = timedelta(days=731)  # two years, one of them a leap year
A_YEAR = timedelta(days=365)
AT_A_TIME = 20  # series; one of 1,000 occurrences that nobody asked for lately takes a millisecond
TIE = "_tie"
RELEVANCE = "-score"
INDEXED = ("starts_at", "-starts_at")


async def list_meetings(house: House, viewer: Viewer, query: MeetingQuery, page: Page) -> Listed:
    """A page of meetings, its rows with `_tie` too.

    Errors: `Invalid` for a window that ends before it begins, is too wide or has too much in it, a place that is
    nowhere, a sort without what it sorts by.
    """
    db, sort = house.db, chosen_sort(query)
    wanted = _in_a_window(await wanted_of(db, query))
    kind = AsPlanned if wanted.since is None else InAWindow
    asked = kind(db, viewer, wanted, sort)
    found = await list_found(
        house, query.q, page, asked.page,
        by_relevance=sort == RELEVANCE, counting=asked if query.facets else None,
    )  # fmt: skip
    await asked.complete(found.rows)
    return found


def chosen_sort(query: MeetingQuery) -> str:
    """The order: what was asked for, else the one that fits the filters.

    Errors: `Invalid` for an order of what was not asked for.
    """
    sort = RELEVANCE if query.sort is MeetingSort.RELEVANCE else query.sort
    if sort is None:
        if query.q is not None:
            return RELEVANCE
        return "distance" if query.near is not None else "starts_at"
    needs = {RELEVANCE: ("q", query.q), "distance": ("near", query.near)}
    if sort in needs and needs[sort][1] is None:
        detail = f"sort={query.sort} needs {needs[sort][0]}."
        raise Invalid(detail, errors=(FieldError("?sort", "nothing_to_sort_by", detail),))
    return str(sort)


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


def sorts(question: search.Wanted | None, *, around: bool = False) -> dict[str, Sort]:
    """The offered orders of meetings as they were planned."""
    score: Any = search.score(Meeting, "front", question.shape) if question else None
    if question and around:
        score = places.nearer_first(score, Meeting)
    return {
        "starts_at": Sort("starts_at", Meeting.starts_at, Meeting.id),
        "-starts_at": Sort("-starts_at", Meeting.starts_at, Meeting.id, descending=True),
        "-updated_at": Sort("-updated_at", Meeting.updated_at, Meeting.id, descending=True),
        "distance": Sort("distance", places.distance_km(Meeting), Meeting.id),
        RELEVANCE: Sort(RELEVANCE, score, Meeting.id, descending=True),
    }


def planned_shape(rank: str, wanted: Wanted, sort: str, *, started: bool) -> Any:
    """The SELECT of a page of meetings as planned.

    Where no index gives the order, the page is found first, from ids and sort keys alone, and its rows fetched then.
    """
    order = sorts(wanted.question, around=wanted.around is not None)[sort]
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


@dataclass(frozen=True, slots=True)
class AsPlanned:
    """Pages and counts of meetings as they were planned."""

    db: Database
    viewer: Viewer
    wanted: Wanted
    sort: str
    fits: ClassVar = ("meets",)

    async def page(self, question: search.Wanted | None, page: Page) -> list[Row]:
        """A page of what answers the question."""
        wanted, rank, started = self._asking(question), self.viewer.rank, page.after is not None
        by_index = self.sort in INDEXED and not wanted.given and not wanted.worded
        fetch = self.db.fetch if wanted.quick or by_index else self.db.fetch_slow
        return await fetch(
            ("meetings", rank, *wanted.shape, self.sort, started),
            lambda: planned_shape(rank, wanted, self.sort, started=started),
            {**self._values(wanted), **page_values(page)},
        )

    async def complete(self, rows: list[Row]) -> None:
        """Make of what the database gave what a reader is shown, in place."""
        for index, row in enumerate(rows):
            last = row.pop("_key")
            rows[index] = {**as_planned(planned_of(row)), "_key": last, TIE: row["id"]}

    async def counts(self, db: Database, question: search.Wanted | None) -> Counts:
        """Everything that is found, counted."""
        wanted, rank = self._asking(question), self.viewer.rank

        def build() -> Any:
            return counting_all(of_meetings(*conditions(rank, wanted, each=False)))

        key = "facets of meetings", rank, *wanted.shape
        return sorted_counts(self.fits, await db.fetch_slow(key, build, self._values(wanted)))

    def _asking(self, question: search.Wanted | None) -> Wanted:
        return replace(self.wanted, question=question)

    def _values(self, wanted: Wanted) -> dict[str, Any]:
        return {**access.values(self.viewer), **wanted.values(self.db.name)}


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


@dataclass(frozen=True, slots=True)
class InAWindow:
    """Pages and counts of occurrences in a window."""

    db: Database
    viewer: Viewer
    wanted: Wanted
    sort: str
    fits: ClassVar = ("meets",)

    async def page(self, question: search.Wanted | None, page: Page) -> list[Row]:
        """A page of what answers the question."""
        found, position = await self._found(question)
        return [{**row, "_head": position} for row in _page_of(found, page, self.sort)]

    async def complete(self, rows: list[Row]) -> None:
        """Put what the viewer answered beside each row, in place."""
        await _with_my_answers(self.db, self.viewer, rows)

    async def counts(self, _: Database, question: search.Wanted | None) -> Counts:
        """Everything that is found, counted."""
        found, _position = await self._found(question)
        times = Counter(_mode_of(each.occurrence) for each in found)
        rows = [{"facet": "meets", "value": mode, "count": n} for mode, n in times.items()]
        return sorted_counts(self.fits, rows)

    async def _found(self, question: search.Wanted | None) -> tuple[list[Found], int]:
        """What answers the question. Where too much does in part, what has all of it. Errors: `Invalid`."""
        wanted = replace(self.wanted, question=question)
        if question is None or not question.loose:
            return await occurrences_in_window(self.db, self.viewer, wanted)
        try:
            return await occurrences_in_window(self.db, self.viewer, wanted)
        except Invalid:
            whole = replace(wanted, question=replace(question, loose=False))
            return await occurrences_in_window(self.db, self.viewer, whole)


def _mode_of(occurrence: Occurrence) -> str:
    row = occurrence.of.row if occurrence.difference is None else differing(occurrence)
    return str(row["mode"])


def _key_of(each: Found, sort: str) -> list[float]:
    """What an occurrence is ordered by, ascending; what is equally near or fits as well goes by its start."""
    occurrence = each.occurrence
    starts = occurrence.starts
    if sort == "distance":
        return [each.distance or 0.0, starts]
    if sort == RELEVANCE:
        near = [] if each.distance is None else [each.distance]
        return [-(each.score or 0), *near, starts]
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
