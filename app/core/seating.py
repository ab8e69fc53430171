"""The law of places: who accepts holds one or waits for one, and who waits is promoted in the order they came.

Everything here is done under the lock of the network's row, which answers, leaving, erasure and edits of a capacity
all take first (docs/decisions/0022-attendance.md). So a count is still true when what follows from it is written:
never more places held than there are, and nobody passed over. Places matter until an occurrence is over or cancelled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, literal, select

from app.core.access import INSIDE
from app.core.changes import Told, change, change_many
from app.core.errors import PlacesTaken
from app.core.fetching import facts
from app.core.occurrence_now import Occurrence
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Attendance

Row = dict[str, Any]
HELD, WAITING = "held", "waiting"
NO_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Seats:
    """How the places of one occurrence stand; `last` is the highest number in the queue."""

    held: int
    waiting: int
    last: int


def told_of_attendance(row: Mapping[str, Any], *, hidden: bool, gone: bool = False) -> Told:
    """The person, facilitators, and fellow members unless the Chatham House Rule hides who answered or came."""
    reach = ("facilitator" if hidden else "member") if gone else None
    return Told(
        network_id=row["network_id"],
        person_id=row["person_id"],
        tier=INSIDE,
        outer=False,
        reach=reach,
    )


def of_occurrence() -> ColumnElement[bool]:
    """The row of attendance is of the occurrence that the parameters `meeting_id` and `occurrence` name."""
    return and_(
        Attendance.meeting_id == bindparam("meeting_id", type_=ID),
        Attendance.occurrence == bindparam("occurrence"),
    )


def _seats() -> Any:
    waits = and_(of_occurrence(), Attendance.place == WAITING)
    return select(
        _held().label("held"),
        select(func.count(literal(1))).where(waits).scalar_subquery().label("waiting"),
        select(func.coalesce(func.max(Attendance.queue), 0)).where(waits).scalar_subquery().label("last"),
    )  # fmt: skip


def _held() -> Any:
    holds = and_(of_occurrence(), Attendance.place == HELD)
    return select(func.count(literal(1))).where(holds).scalar_subquery()


async def seats(work: Work, meeting_id: str, name: str) -> Seats:
    """The places of one occurrence of a meeting whose network this work has locked."""
    values = {"meeting_id": meeting_id, "occurrence": name}
    row = await fetch_one(work, "seats", _seats, values) or {"held": 0, "waiting": 0, "last": 0}
    return Seats(int(row["held"]), int(row["waiting"]), int(row["last"]))


async def take_place(
    work: Work, meeting: Mapping[str, Any], occurrence: Occurrence
) -> tuple[dict[str, Any], int | None]:
    """The columns of somebody who accepts now, and their position in the line if they wait."""
    held = {"place": HELD, "queue": None}
    if occurrence.capacity is None:
        return held, None
    now = await seats(work, meeting["id"], occurrence.name)
    if now.held < occurrence.capacity and not now.waiting:
        return held, None
    return {"place": WAITING, "queue": now.last + 1}, now.waiting + 1


def _first_in_line() -> Any:
    line = (
        select(
            *facts(Attendance), func.row_number().over(order_by=Attendance.queue).label("number")
        )
        .where(of_occurrence(), Attendance.place == WAITING)
        .subquery()
    )
    room = bindparam("places", type_=Integer) - _held()
    return select(line).where(line.c.number <= room).order_by(line.c.number)


async def fill_places(
    work: Work, meeting: Mapping[str, Any], occurrence: Occurrence, *, freed: int = 0
) -> None:
    """Give what is free to the first in line, who are told; `freed` are places given back by writes not yet sent."""
    if occurrence.cancelled or occurrence.ends_at <= work.now:
        return
    capacity = NO_LIMIT if occurrence.capacity is None else occurrence.capacity
    values = {
        "meeting_id": meeting["id"],
        "occurrence": occurrence.name,
        "places": capacity + freed,
    }
    rows = await work.fetch("first in line", _first_in_line, values)
    hidden = bool(meeting["attendance_hidden"])
    given = {"place": HELD, "queue": None}
    if len(rows) == 1:
        told = told_of_attendance(rows[0], hidden=hidden)
        change(work, "attendance.promoted", rows[0], given, told)
    elif rows:
        await change_many(
            work,
            "attendance.promoted",
            [(row, given) for row in rows],
            lambda row: told_of_attendance(row, hidden=hidden),
        )


def _seats_by_occurrence() -> Any:
    held = func.sum(case((Attendance.place == HELD, 1), else_=0))
    return (
        select(
            Attendance.occurrence,
            held.cast(Integer).label("held"),
            (func.count(literal(1)) - held).cast(Integer).label("waiting"),
        )
        .where(
            Attendance.meeting_id == bindparam("meeting_id", type_=ID),
            Attendance.place.is_not(None),
        )
        .group_by(Attendance.occurrence)
        .order_by(Attendance.occurrence)
    )


async def change_places(
    work: Work, meeting: Mapping[str, Any], to_be: Callable[[str], Occurrence | None]
) -> None:
    """In an edit of capacities or times: promote where there is room. What is over or cancelled stays as it was.

    The meeting's network is locked, and its rows of attendance were not moved yet; `to_be` gives each occurrence as it
    is to be, by the name that these rows have, or None where it is no part of the edit. So what is over and comes to
    lie ahead again has no more people in it than places. Errors: `PlacesTaken`, and then nothing is changed.
    """
    rows = await work.fetch(
        "seats by occurrence", _seats_by_occurrence, {"meeting_id": meeting["id"]}
    )
    to_fill = []
    for row in rows:
        name = row["occurrence"]
        occurrence = to_be(name)
        if occurrence is None or occurrence.cancelled or occurrence.ends_at <= work.now:
            continue
        capacity = NO_LIMIT if occurrence.capacity is None else occurrence.capacity
        if row["held"] > capacity:
            of = f" of {name}" if name else ""
            raise PlacesTaken(f"{row['held']} people hold a place{of}: leave at least so many.")
        if row["waiting"] and row["held"] < capacity:
            to_fill.append(occurrence)
    for occurrence in to_fill:
        await fill_places(work, meeting, occurrence)
