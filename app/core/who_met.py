"""Who met whom, as far as members may know: they came to the same gathering, announced and not under the Rule.

Where the Chatham House Rule holds nobody is told who came, so nothing that is computed may tell it either.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, or_, select

from app.db.types import ID
from app.models import Attendance, Meeting, MeetingException

# In a larger meeting not everybody meets everybody.
MOST_WHO_MET = 30


def said_who_came() -> ColumnElement[bool]:
    """Members are told who came."""
    return Meeting.attendance_hidden.is_(False)


def planned_day() -> ColumnElement[str]:
    """The day that attendance is of, as planned: the wall clock's, YYYY-MM-DD."""
    local = case((Attendance.occurrence == "", Meeting.local_start), else_=Attendance.occurrence)
    return func.substr(local, 1, 10)


def came(*held: ColumnElement[bool]) -> Any:
    """A subquery of `meeting_id`, `occurrence` and `person_id`: who came to what `network_id` held, if `held` holds."""
    differs = MeetingException
    same = and_(
        differs.meeting_id == Attendance.meeting_id, differs.occurrence == Attendance.occurrence
    )
    return (
        select(Attendance.meeting_id, Attendance.occurrence, Attendance.person_id)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .outerjoin(differs, same)
        .where(
            Attendance.network_id == bindparam("network_id", type_=ID),
            Attendance.came.is_(True),
            Meeting.announced_at.is_not(None),
            Meeting.status != "cancelled",
            said_who_came(),
            Meeting.hidden_on.is_(None),
            or_(differs.status.is_(None), differs.status != "cancelled"),
            *held,
        )
        .cte("came")
    )


def in_small_company(rows: Any, there: Any) -> Any:
    """`rows`, a SELECT from `there` (of `came`), kept to where at most `MOST_WHO_MET` came."""
    small = (
        select(there.c.meeting_id, there.c.occurrence)
        .group_by(there.c.meeting_id, there.c.occurrence)
        .having(func.count(literal(1)) <= MOST_WHO_MET)
        .subquery("small")
    )
    same = and_(small.c.meeting_id == there.c.meeting_id, small.c.occurrence == there.c.occurrence)
    return rows.join(small, same)
