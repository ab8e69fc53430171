"""What an export has of meetings: one's own answers, minutes published, actions, calendars. Of others nothing."""

from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.types import Integer

from app.core import access
from app.core.meeting_access import visible_action, visible_meeting
from app.models import Action, Attendance, CalendarToken, Meeting, Minutes, MinutesEdition


def _me() -> Any:
    return access.viewer_id()


def _some(statement: Any) -> Any:
    return statement.limit(bindparam("take", type_=Integer))


def _occurrence(model: Any) -> Any:
    return func.nullif(model.occurrence, "").label("occurrence")


def _is_me(column: Any, name: str) -> Any:
    return and_(column.is_not(None), column == _me()).label(name)


def attendance(rank: str) -> Any:
    """Every answer of one's own and whether one came; the title only of a meeting that one sees today."""
    title = case((visible_meeting(rank), Meeting.title), else_=None)
    columns = (
        Attendance.id, Attendance.network_id, Attendance.meeting_id, title.label("meeting_title"),
        _occurrence(Attendance), Attendance.answer, Attendance.place, Attendance.answered_at, Attendance.came,
        Attendance.recorded_at,
    )  # fmt: skip
    found = select(*columns).join(Meeting, Meeting.id == Attendance.meeting_id)
    return _some(found.where(Attendance.person_id == _me()).order_by(Attendance.id.desc()))


def minutes(rank: str) -> Any:
    """Every edition that one published, with the note to it; the words of the minutes are the network's."""
    note = case((visible_meeting(rank), MinutesEdition.note), else_=None)
    columns = (
        Minutes.network_id, Minutes.meeting_id, _occurrence(Minutes), MinutesEdition.number,
        note.label("note"), MinutesEdition.published_at,
    )  # fmt: skip
    found = (
        select(*columns)
        .join(Minutes, Minutes.id == MinutesEdition.minutes_id)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .where(MinutesEdition.by_id == _me())
    )
    newest = (MinutesEdition.published_at.desc(), Minutes.id, MinutesEdition.number.desc())
    return _some(found.order_by(*newest))


def actions(rank: str) -> Any:
    """Every action that one has, wrote or completed; what it says only where one reads it today."""
    shown = visible_action(rank)
    columns = (
        Action.id, Action.network_id, Action.meeting_id, _occurrence(Action),
        case((shown, Action.title), else_=None).label("title"),
        case((shown, Action.detail), else_=None).label("detail"),
        _is_me(Action.owner_id, "owned_by_me"), _is_me(Action.created_by, "written_by_me"),
        _is_me(Action.done_by, "completed_by_me"), Action.due_on, Action.created_at, Action.done_at,
    )  # fmt: skip
    mine = or_(Action.owner_id == _me(), Action.created_by == _me(), Action.done_by == _me())
    return _some(select(*columns).where(mine).order_by(Action.id.desc()))


def calendars(_rank: str) -> Any:
    """Every calendar address that one made, also those that ended; the secrets are kept nowhere."""
    columns = (
        CalendarToken.id, CalendarToken.name, CalendarToken.hint, CalendarToken.feed, CalendarToken.network_id,
        CalendarToken.meeting_id, CalendarToken.filters, CalendarToken.created_at, CalendarToken.revoked_at,
        CalendarToken.last_used_on,
    )  # fmt: skip
    mine = CalendarToken.person_id == _me()
    return _some(select(*columns).where(mine).order_by(CalendarToken.id.desc()))


PARTS = {
    "attendance": attendance,
    "minutes": minutes,
    "actions": actions,
    "calendar_tokens": calendars,
}
