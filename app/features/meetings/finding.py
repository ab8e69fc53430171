"""Finding meetings: one predicate, whoever asks and however it goes out - lists and calendars.

A filter is applied twice. In SQL it leaves out what cannot fit, by the fields as they were planned; a series of which
something differs stays in. Then each occurrence is looked at as its reader is shown it, masked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.types import Integer

from app.core import access, places, questions
from app.core.errors import refuse
from app.core.feed_position import feed_head, head, with_position
from app.core.meeting_access import reads_place, visible_meeting
from app.core.paging import take
from app.core.places import Around, Box
from app.core.text_of_time import LONGEST_MINUTES
from app.core.viewer import Viewer
from app.core.wall_time import local_text
from app.db import search
from app.db.database import Database, Reads, fetch_one
from app.db.types import INSTANT, one_of
from app.features.meetings.occurrences import (
    Difference,
    Occurrence,
    Planned,
    differing,
    occurrences,
    planned_of,
)
from app.features.meetings.rows import Row, columns, masked, micros_of
from app.features.meetings.schemas import MeetingFilters
from app.features.meetings.telling import search_words
from app.models import Meeting, MeetingException

PLAIN_FILTERS = {"mode": Meeting.mode, "status": Meeting.status}
WORDED = {"title", "description", "place", "place_private"}
LONGEST, A_DAY = timedelta(minutes=LONGEST_MINUTES), timedelta(days=1)
# What one read takes up of what differs for single occurrences; ten times what the longest calendar shows.
MOST_DIFFERENCES, MOST_CHARACTERS = 5_000, 8_000_000
OF_THE_MEETING = {"network_id": Meeting.network_id, "meeting_id": Meeting.id}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for, every name resolved; None asks nothing.

    `since` and `until` bound the window that occurrences are looked for in: they start before `until` and end after
    `since`.
    """

    network_id: str | None = None
    meeting_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    mode: str | None = None
    status: str | None = None
    worded: bool = False
    question: search.Wanted | None = None
    around: Around | None = None
    box: Box | None = None
    mine: bool | None = None
    updated_since: datetime | None = None

    @property
    def given(self) -> frozenset[str]:
        """What was asked for: a part of the statement's shape."""
        names = (
            "network_id",
            "meeting_id",
            "since",
            "until",
            "mode",
            "status",
            "around",
            "box",
            "updated_since",
        )
        return frozenset(name for name in names if getattr(self, name) is not None)

    @property
    def looks(self) -> bool:
        """Whether a filter looks at single occurrences."""
        asked = (self.mode, self.status, self.question, self.around, self.box)
        return any(each is not None for each in asked)

    @property
    def quick(self) -> bool:
        """Whether few rows are looked at: an index leads to the meetings of a network or two."""
        narrow = self.network_id or self.meeting_id or self.mine
        return bool(narrow) and not (self.question or self.around or self.box)

    @property
    def shape(self) -> tuple[Any, ...]:
        """What tells one statement from another; the key of one has these as its own parts."""
        return self.given, self.mine, None if self.question is None else self.question.shape

    @property
    def hopeless(self) -> bool:
        """Whether words were asked for that have no letter or digit: nothing has them."""
        return self.worded and self.question is None

    def values(self, database: str) -> dict[str, Any]:
        """The parameters of `conditions`."""
        found = {
            name: getattr(self, name)
            for name in (*OF_THE_MEETING, *PLAIN_FILTERS, "since", "until", "updated_since")
            if getattr(self, name) is not None
        }
        if self.question is not None:
            found |= search.values(database, self.question)
        for where in (self.around, self.box):
            found |= {} if where is None else where.values()
        return found


async def wanted_of(reads: Reads, filters: MeetingFilters) -> Wanted:
    """The filters that lists and calendars share, and those that lists have alone where they are there.

    Errors: `Invalid` for a place that is nowhere.
    """
    asked: dict[str, Any] = filters.model_dump()
    near, bbox, q = asked.get("near"), asked.get("bbox"), asked["q"]
    return Wanted(
        network_id=asked.get("network_id"),
        since=asked["from_"],
        until=asked["to"],
        mode=asked["mode"],
        status=asked["status"],
        worded=q is not None,
        question=questions.wanted_of(q),
        around=None if near is None else await places.locate(reads, near, asked["within_km"]),
        box=None if bbox is None else places.box_of(bbox),
        mine=asked["mine"],
        updated_since=asked.get("updated_since"),
    )


def conditions(rank: str, wanted: Wanted, *, each: bool) -> list[Any]:
    """What a meeting must be to be found; with `each`, it or an occurrence of it that may differ."""
    found: list[Any] = [visible_meeting(rank)]
    given = wanted.given
    found += [column == bindparam(name) for name, column in OF_THE_MEETING.items() if name in given]
    if wanted.mine is not None:
        found.append(_mine(rank, yes=wanted.mine))
    if "updated_since" in given:
        found.append(Meeting.updated_at >= bindparam("updated_since", type_=INSTANT))
    if "since" in given:
        found.append(Meeting.ends_at > bindparam("since", type_=INSTANT))
    if "until" in given:
        found.append(Meeting.begins_at < bindparam("until", type_=INSTANT))
    own = [column == bindparam(name) for name, column in PLAIN_FILTERS.items() if name in given]
    if "around" in given:
        own.append(and_(reads_place(rank), places.within(Meeting)))
    if "box" in given:
        own.append(and_(reads_place(rank), places.in_box(Meeting)))
    if wanted.question is not None:
        own.append(search.matches(Meeting, "front"))
    return (
        [*found, or_(_differs(by_status="status" in given), and_(*own))]
        if each and own
        else [*found, *own]
    )


def _mine(rank: str, *, yes: bool) -> ColumnElement[bool]:
    if rank == "anonymous":
        return literal(value=not yes)
    inside = Meeting.network_id.in_(access.active_networks())
    return inside if yes else ~inside


def _differs(*, by_status: bool) -> ColumnElement[bool]:
    """It is a series, and something that filters look at differs for some occurrence.

    Where nothing asks for the status, what was only moved or cancelled fits as its series does. Else whoever cancels
    5,000 of their own occurrences would make everybody's search too much to read.
    """
    exception = select(1).where(MeetingException.meeting_id == Meeting.id)
    if not by_status:
        exception = exception.where(cast(MeetingException.overrides, Text) != "{}")
    return and_(Meeting.recurrence.is_not(None), exists(exception))


def score_column(question: search.Wanted | None) -> Any:
    """How well a meeting as planned fits the words; null where it does not."""
    if question is None:
        return null().label("_score")
    score = search.score(Meeting, "front", question.shape)
    return case((search.matches(Meeting, "front"), score), else_=cast(null(), Integer)).label(
        "_score"
    )


def candidates(rank: str, wanted: Wanted) -> Any:
    """The SELECT of meetings that may have what is wanted."""
    return (
        select(*columns(rank), score_column(wanted.question), feed_head().label("_head"))
        .where(*conditions(rank, wanted, each=True))
        .limit(take())
    )


def _touching(*, windowed: bool) -> list[Any]:
    """The exceptions of these series; of those that cannot touch the window, none."""
    found: list[Any] = [one_of(MeetingException.meeting_id, bindparam("meeting_ids"))]
    if windowed:
        planned = MeetingException.occurrence.between(bindparam("low"), bindparam("high"))
        since, until = (bindparam(name, type_=INSTANT) for name in ("since", "until"))
        found.append(or_(planned, MeetingException.starts_at.between(since, until)))
    return found


def _exceptions(*, windowed: bool) -> Any:
    """In the order in which they were planned to be."""
    statement = select(*MeetingException.__table__.columns).where(*_touching(windowed=windowed))
    return statement.order_by(MeetingException.meeting_id, MeetingException.occurrence)


def _weight(*, windowed: bool) -> Any:
    """How many they are, and how long what they say; no more of them are gone through than are taken."""
    said = cast(MeetingException.overrides, Text), func.coalesce(MeetingException.reason, "")
    length = sum((func.length(text) for text in said), literal(0)).label("length")
    some = select(length).where(*_touching(windowed=windowed)).limit(take()).subquery()
    return select(
        func.count(literal(1)).label("rows"),
        func.coalesce(func.sum(some.c.length), 0).label("length"),
    ).select_from(some)


async def planned_meetings(
    db: Database, viewer: Viewer, wanted: Wanted, *, most: int
) -> tuple[list[Planned], int]:
    """Meetings that this viewer sees and that may have what is wanted, in no order, and the feed's position before.

    At most one more than `most`, so that its caller can tell; these come without their exceptions. Which of their
    occurrences are wanted says `wanted_occurrences`; what the viewer is shown of each, `as_planned` and `as_it_is`.
    Errors: `Invalid` where more differs than one read takes up.
    """
    rank = viewer.rank
    if wanted.hopeless:
        return [], await head(db)
    values = {**access.values(viewer), **wanted.values(db.name), "take": most + 1}
    fetch = db.fetch if wanted.quick else db.fetch_slow
    key = ("planned meetings", rank, *wanted.shape)
    rows, position = await with_position(
        db, lambda: fetch(key, lambda: candidates(rank, wanted), values)
    )
    found = {row["id"]: planned_of(row) for row in rows}
    if len(found) <= most:
        await with_differences(db, found, wanted.since, wanted.until, weighed=True)
    return list(found.values()), position


async def with_differences(
    reads: Reads,
    found: dict[str, Planned],
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    weighed: bool = False,
) -> None:
    """Put the exceptions of these series, by id, with them: all, or those that may touch the window.

    Errors: `Invalid`, with `weighed`, for more than one read takes up.
    """
    ids = [each for each, planned in found.items() if planned.is_series]
    if not ids:
        return
    values: dict[str, Any] = {"meeting_ids": ids}
    windowed = since is not None and until is not None
    if since is not None and until is not None:
        values |= {"since": since - LONGEST, "until": until}
        # A clock on some wall is at most a day away from UTC.
        values["low"] = local_text(since - LONGEST - A_DAY)
        values["high"] = local_text(until + A_DAY)
    if weighed:
        await _refuse_too_much(reads, values, windowed=windowed)
    rows = await reads.fetch(
        ("exceptions", windowed), lambda: _exceptions(windowed=windowed), values
    )
    for row in rows:
        found[row["meeting_id"]].differences[row["occurrence"]] = Difference.of(row)


async def _refuse_too_much(reads: Reads, values: dict[str, Any], *, windowed: bool) -> None:
    """Anybody may have planned it, so it is weighed before it is read. Errors: `Invalid`."""
    key = "weight of exceptions", windowed
    values = {**values, "take": MOST_DIFFERENCES + 1}
    found = await fetch_one(reads, key, lambda: _weight(windowed=windowed), values)
    if found and (found["rows"] > MOST_DIFFERENCES or found["length"] > MOST_CHARACTERS):
        detail = "Too much differs for single occurrences here: narrow the window, or ask for one network."
        raise refuse("?from", "too_many_occurrences", detail)


Fit = tuple[float | None, int | None]
ANYTHING: Fit = (None, None)


class Found(NamedTuple):
    """An occurrence that was asked for, how far away it is (kilometres) and how well it fits the words."""

    occurrence: Occurrence
    distance: float | None
    score: int | None


def wanted_occurrences(planned: Planned, wanted: Wanted) -> Iterator[Found]:
    """The occurrences of a visible meeting that are in the window and fit every filter."""
    since = None if wanted.since is None else micros_of(wanted.since)
    until = None if wanted.until is None else micros_of(wanted.until)
    usual: Fit | None = ANYTHING
    if wanted.looks:
        usual = _fits(wanted, masked(dict(planned.row), attends=planned.attends), planned.score)
    if usual is None and not planned.differences:
        return
    # Where the series itself does not fit, only what differs from it may: its other occurrences are not gone through.
    for occurrence in occurrences(planned, since, until, differing_alone=usual is None):
        fit = usual
        if wanted.looks and occurrence.difference is not None:
            row = differing(occurrence)
            fit = _fits(wanted, row, _own_score(wanted, occurrence, row))
        if fit is not None:
            yield Found(occurrence, *fit)


def _own_score(wanted: Wanted, occurrence: Occurrence, row: Row) -> int | None:
    """How well the words of an occurrence that differs fit: its own, where they are not those of the series."""
    difference = occurrence.difference
    if wanted.question and difference is not None and difference.overrides.keys() & WORDED:
        return search.found_in(wanted.question, *search_words(row).values())
    return occurrence.of.score


def _fits(wanted: Wanted, row: Row, score: int | None) -> Fit | None:
    """Distance and score of a masked row that fits the filters, or None."""
    if wanted.mode is not None and row["mode"] != wanted.mode:
        return None
    if wanted.status is not None and row["status"] != wanted.status:
        return None
    if wanted.question and score is None:
        return None
    if wanted.box is not None and not wanted.box.holds(row["latitude"], row["longitude"]):
        return None
    if wanted.around is None:
        return None, score
    away = places.distance_between(wanted.around, row["latitude"], row["longitude"])
    return None if away is None or away > wanted.around.within_km else (away, score)
