"""Meetings that were held, and who came: counted for all points in one statement.

A meeting under the Chatham House Rule counts as held; who came to it is not looked at (`docs/wheel.md`).
"""

from typing import Any

from sqlalchemy import Float, String, and_, case, cast, func, literal, or_, select

from app.db.types import DAY, among, day_of, days_between
from app.models import Attendance, Meeting, MeetingException
from app.wheel.shapes import (
    at_each,
    flag,
    network,
    on_a_day_within,
    point_table,
    total,
)


def _day() -> Any:
    """The day of an occurrence: where it was moved to, else by its own local start."""
    series = cast(func.substr(Attendance.occurrence, 1, 10), DAY)
    single = cast(func.substr(Meeting.local_start, 1, 10), DAY)
    return case(
        (MeetingException.starts_at.is_not(None), day_of(MeetingException.starts_at)),
        (Attendance.occurrence != "", series),
        else_=single,
    )


def _happened() -> list[Any]:
    return [
        Meeting.announced_at.is_not(None),
        Meeting.status != "cancelled",
        Meeting.hidden_on.is_(None),
        or_(MeetingException.status.is_(None), MeetingException.status != "cancelled"),
    ]


def _said_who_came() -> Any:
    return Meeting.attendance_hidden.is_(False)


def _exception() -> Any:
    return and_(
        MeetingException.meeting_id == Attendance.meeting_id,
        MeetingException.occurrence == Attendance.occurrence,
    )


def occasions() -> Any:
    """One row for each occurrence that anybody's coming was recorded of: its day, mode and counts."""
    override = MeetingException.overrides.op("->>")(literal("mode", String))
    came = total(flag(Attendance.came.is_(True)))
    known = func.count(Attendance.came)
    return (
        select(
            Attendance.meeting_id,
            Attendance.occurrence,
            func.min(_day(), type_=DAY).label("on"),
            func.min(func.coalesce(cast(override, String), Meeting.mode)).label("mode"),
            func.min(flag(Meeting.attendance_hidden.is_(False))).label("shown"),
            came.label("came"),
            known.label("known"),
        )
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .outerjoin(MeetingException, _exception())
        .where(Attendance.network_id == network(), Attendance.came.is_not(None), *_happened())
        .group_by(Attendance.meeting_id, Attendance.occurrence)
    )


def came() -> Any:
    """Who came, and on which day: one row for each time, of meetings where that may be told."""
    return (
        select(Attendance.person_id, _day().label("on"))
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .outerjoin(MeetingException, _exception())
        .where(
            Attendance.network_id == network(),
            Attendance.came.is_(True),
            _said_who_came(),
            *_happened(),
        )
    )


def meetings() -> Any:
    """`in_person_share`, `attendance_rate` and `meeting_cadence` at all points."""
    occasion = occasions().cte("occasion")

    def counts(number: int) -> dict[str, Any]:
        here = on_a_day_within(occasion.c.on, number)
        held = and_(here, occasion.c.came > 0)
        in_person = and_(held, among(occasion.c.mode, ["face_to_face", "hybrid"]))
        shown = and_(here, occasion.c.shown == 1)
        return {
            "in_person_share.n": total(flag(in_person)),
            "in_person_share.d": total(flag(held)),
            "attendance_rate.n": total(case((shown, occasion.c.came), else_=0)),
            "attendance_rate.d": total(case((shown, occasion.c.known), else_=0)),
        }

    counted = select(*at_each(counts)).select_from(occasion).cte("counted")
    middle = _cadence(occasion)

    def columns(number: int) -> dict[str, Any]:
        gaps = select(middle.c.gaps).where(middle.c.number == number).scalar_subquery()
        median = select(middle.c.median).where(middle.c.number == number).scalar_subquery()
        return {
            "meeting_cadence.n": func.coalesce(gaps, 0),
            "meeting_cadence.d": func.coalesce(gaps, 0),
            "meeting_cadence.value": median,
        }

    return select(*counted.c, *at_each(columns)).select_from(counted)


def _cadence(occasion: Any) -> Any:
    """For each point the median of the days between one meeting and the next, both within its window."""
    held = (
        select(
            occasion.c.on,
            func.lag(occasion.c.on).over(order_by=occasion.c.on).label("before"),
        )
        .where(occasion.c.came > 0)
        .cte("held")
    )
    point = point_table()
    gap = (
        select(
            point.c.number, cast(days_between(held.c.before, held.c.on), Float).label("value")
        ).join_from(
            point,
            held,
            and_(held.c.before >= point.c.from_on, held.c.on <= point.c.as_of),
        )
    ).cte("gap")
    return medians(gap, "gaps")


def medians(found: Any, counted: str) -> Any:
    """The median of `value` for each `number`, and how many there are."""
    order = func.row_number().over(partition_by=found.c.number, order_by=found.c.value)
    every = func.count().over(partition_by=found.c.number)
    ranked = select(
        found.c.number, found.c.value, order.label("rank"), every.label("every")
    ).subquery()
    middle = or_(
        ranked.c.rank == (ranked.c.every + 1) // 2, ranked.c.rank == (ranked.c.every + 2) // 2
    )
    return (
        select(
            ranked.c.number,
            func.min(ranked.c.every).label(counted),
            func.avg(ranked.c.value).label("median"),
        )
        .where(middle)
        .group_by(ranked.c.number)
    ).cte(f"median_of_{counted}")
