"""Reading attendance: of one occurrence with its counts, or one row."""

from typing import Any

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.orm import aliased

from app.core import access
from app.core.cards import card_columns, shown_card
from app.core.errors import Forbidden, NotFound
from app.core.feed_position import feed_head, with_position
from app.core.fetching import facts
from app.core.fetching_meetings import as_asked
from app.core.meeting_access import (
    attends,
    facilitates,
    names_attendee,
    visible_attendance,
    visible_meeting,
)
from app.core.occurrence_now import Occurrence
from app.core.paging import Page, Sort, keyset, page_values
from app.core.seating import HELD, WAITING, of_occurrence
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, one_of
from app.models import Attendance, Meeting, Organisation, Person

Row = dict[str, Any]


def position() -> Any:
    """Where in the line somebody stands who waits."""
    before = aliased(Attendance)
    ahead = select(func.count(literal(1))).where(
        before.meeting_id == Attendance.meeting_id,
        before.occurrence == Attendance.occurrence,
        before.place == WAITING,
        before.queue <= Attendance.queue,
    )
    return case((Attendance.place == WAITING, ahead.scalar_subquery()), else_=null())


def _base(rank: str) -> Any:
    person = aliased(Person)
    return (
        select(
            Attendance.id, Attendance.meeting_id, Attendance.network_id,
            func.nullif(Attendance.occurrence, "").label("occurrence"), *card_columns("person", person),
            Attendance.answer, Attendance.place, position().label("position"), Attendance.answered_at, Attendance.came,
            Attendance.created_at, Attendance.updated_at, Attendance.version,
        )
        .select_from(Attendance)
        .outerjoin(person, and_(person.id == Attendance.person_id, names_attendee(rank)))
        .outerjoin(Organisation, Organisation.code == person.organisation_code)
        .where(visible_attendance(rank))
    )  # fmt: skip


def _shown(row: Row) -> Row:
    row["person"] = shown_card(row["person"])
    return row


def rendered(row: Row, card: Row, in_line: int | None) -> Row:
    """A row of attendance as a query would show it to the person themselves, from values in hand."""
    names = ("answer", "place", "answered_at", "came", "created_at", "updated_at", "version")
    of_row = {name: row[name] for name in names}
    return {
        "id": row["id"],
        "meeting_id": row["meeting_id"],
        "network_id": row["network_id"],
        "occurrence": row["occurrence"] or None,
        "person": card,
        "answer": of_row.pop("answer"),
        "place": of_row.pop("place"),
        "position": in_line,
        **of_row,
    }


def _one(rank: str) -> Any:
    return _base(rank).where(Attendance.id == bindparam("attendance_id", type_=ID))


async def one_attendance(reads: Reads, viewer: Viewer, attendance_id: str) -> Row | None:
    """One row, or None when it is not there for this viewer."""
    values = {**access.values(viewer), "attendance_id": attendance_id}
    rank = viewer.rank
    row = await fetch_one(reads, ("attendance", rank), lambda: _one(rank), values)
    return None if row is None else _shown(row)


def _some(rank: str) -> Any:
    return _base(rank).where(one_of(Attendance.id, bindparam("ids"))).order_by(Attendance.id)


async def some_attendance(reads: Reads, viewer: Viewer, ids: list[str]) -> list[Row]:
    """Those of these rows that the viewer sees."""
    rank, values = viewer.rank, {**access.values(viewer), "ids": ids}
    rows = await reads.fetch(("some attendance", rank), lambda: _some(rank), values)
    return [_shown(row) for row in rows]


def _meeting(rank: str) -> Any:
    return select(
        *facts(Meeting),
        attends(rank).label("_attends"),
        facilitates(rank, Meeting).label("_facilitates"),
    ).where(Meeting.id == bindparam("meeting_id", type_=ID), visible_meeting(rank))


async def meeting_to_attend(
    reads: Reads, viewer: Viewer, meeting_id: str, occurrence: str | None
) -> tuple[Row, Occurrence]:
    """A meeting whose attendance the viewer may look at, and the occurrence that they named.

    Errors: `NotFound`; `Forbidden` for an outsider of an open meeting; `Invalid` for the occurrence.
    """
    rank, values = viewer.rank, {**access.values(viewer), "meeting_id": meeting_id}
    row = await fetch_one(reads, ("meeting to attend", rank), lambda: _meeting(rank), values)
    if row is None:
        raise NotFound
    if not row["_attends"] and not viewer.operator:
        raise Forbidden("Who comes is for members of the network.")
    return row, await as_asked(reads, row, occurrence, "?occurrence")


def list_shape(rank: str, *, started: bool) -> Any:
    """The SELECT of a page."""
    statement = _base(rank).add_columns(feed_head().label("_head")).where(of_occurrence())
    return keyset(statement, Sort("id", Attendance.id, Attendance.id), started=started)


async def list_attendance(
    db: Database, viewer: Viewer, meeting_id: str, name: str, page: Page
) -> tuple[list[Row], int]:
    """A page of attendance (one row more than the page), and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    values = {
        **access.values(viewer),
        **page_values(page),
        "meeting_id": meeting_id,
        "occurrence": name,
    }

    def build() -> Any:
        return list_shape(rank, started=started)

    rows, at = await with_position(
        db, lambda: db.fetch(("attendance of", rank, started), build, values)
    )
    return [_shown(row) for row in rows], at


COUNTED = ("accepted", "declined", "tentative", HELD, WAITING, "came")


def _counts() -> Any:
    def count(condition: Any, name: str) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer).label(name)

    return select(
        *(count(Attendance.answer == said, said) for said in ("accepted", "declined", "tentative")),
        *(count(Attendance.place == place, place) for place in (HELD, WAITING)),
        count(Attendance.came.is_(True), "came"),
    ).where(of_occurrence())


def _mine(rank: str) -> Any:
    return _base(rank).where(of_occurrence(), Attendance.person_id == access.viewer_id())


async def summary(reads: Reads, viewer: Viewer, meeting: Row, occurrence: Occurrence) -> Row:
    """The counts of everybody, and the viewer's own row.

    Under the Chatham House Rule only facilitators are told the counts: among few people they say who came.
    """
    of = {"meeting_id": meeting["id"], "occurrence": occurrence.name}
    rank, values = viewer.rank, {**access.values(viewer), **of}
    mine = await fetch_one(reads, ("my attendance", rank), lambda: _mine(rank), values)
    if meeting["attendance_hidden"] and not meeting["_facilitates"]:
        untold = dict.fromkeys((*COUNTED, "places_left"))
        return {**untold, "capacity": occurrence.capacity, "mine": mine and _shown(mine)}
    counts = await fetch_one(reads, "attendance counts", _counts, of) or {}
    left = occurrence.capacity
    return {
        **counts,
        "capacity": occurrence.capacity,
        "places_left": None if left is None else max(0, left - counts.get(HELD, 0)),
        "mine": None if mine is None else _shown(mine),
    }
