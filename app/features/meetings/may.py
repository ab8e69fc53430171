"""What a caller may do with a meeting now: a meeting's `actions`, by the policy and by the state it is in."""

from typing import Any

from app.core import access
from app.core.viewer import Scope, Viewer
from app.features.meetings.schemas import MeetingStatus


def actions_of(
    viewer: Viewer, meeting: dict[str, Any], roles: frozenset[str], *, archived: bool
) -> list[str]:
    """The names of what would be allowed now; `meeting` is a document of the contract, of one occurrence too."""
    if archived or Scope.MEETINGS_WRITE not in viewer.scopes:
        return []
    draft, final = meeting["announced_at"] is None, meeting["status"] == MeetingStatus.CANCELLED
    runs = access.allowed("meeting.update", roles)
    found = {
        "update": runs and not final,
        "delete": draft and access.allowed("meeting.delete", roles),
        "announce": runs and draft and not final,
        "confirm": runs and meeting["status"] == MeetingStatus.TENTATIVE,
        "cancel": runs and not final,
        "answer": not draft and not final and access.allowed("attendance.answer", roles),
        "record_attendance": not draft and not final and access.allowed("attendance.record", roles),
        "write_minutes": not draft and access.allowed("minutes.write", roles),
        "add_action": not draft and access.allowed("action.create", roles),
    }
    return [name for name, may in found.items() if may]
