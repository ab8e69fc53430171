"""What the log hides from its readers.

Who wrote a result, gave feedback, reported content or an adoption stands in no row that anybody but they read, nor the
time of day, which could name them; and what none but a result's authors saw is not read by anybody else at all.
The Chatham House Rule hides rows about attendance of a meeting under it, and about its actions, whose owners may tell
who came, from a reader who does not facilitate the network: an operator.
"""

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select
from sqlalchemy.orm import aliased

from app.core import access
from app.core.work import BLIND_KINDS
from app.db.types import ID, among
from app.models import Action, Attendance, Change, Meeting

# For the id of a request that might name somebody: it may be the caller's own, and the same for other things they did.
NO_REQUEST = "00000000-0000-0000-0000-000000000000"
# Written in one transaction with somebody's leaving or erasure, whose row beside it says who they are.
OF_GOING = ("attendance.withdrawn", "attendance.promoted", "action.unassigned")
# Those of a report that whoever moderates answers for.
MODERATED = ("report.hidden", "report.shown", "report.decided")


def _others() -> ColumnElement[bool]:
    return or_(Change.actor_id.is_(None), Change.actor_id != access.viewer_id())


def blind() -> ColumnElement[bool]:
    """Who did this, and at what time of day, is for themselves alone."""
    kinds = and_(among(Change.kind, sorted(BLIND_KINDS)), not_(among(Change.action, MODERATED)))
    return and_(kinds, _others())


def unread() -> ColumnElement[bool]:
    """The row is about what none but a result's authors saw, and this reader did not write it."""
    alone = and_(Change.reach.is_not(None), Change.reach == "author")
    return and_(among(Change.kind, sorted(BLIND_KINDS)), alone, _others())


def hidden(rank: str) -> ColumnElement[bool]:
    """Who did this is not for this reader under the rule: unless they did it themselves, or facilitate the network."""
    if rank != "operator":  # only operators read the audit of a network that they do not facilitate
        return false()
    others = _others()
    led = and_(Change.network_id.is_not(None), Change.network_id.in_(access.facilitated_networks()))
    about = or_(
        and_(Change.kind == "attendance", not_(_shown_attendance())),
        and_(Change.kind == "action", not_(_shown_action())),
    )
    return and_(among(Change.kind, ("attendance", "action")), others, not_(led), about)


def came_of_going() -> ColumnElement[bool]:
    """The row may stand beside one that names who left."""
    return among(Change.action, OF_GOING)


def _shown_attendance() -> ColumnElement[bool]:
    """Of a meeting without the rule; of a deleted row only its last change knows, by whom it was told."""
    of_meeting = exists(
        select(1)
        .where(Attendance.id == Change.resource_id.cast(ID), Meeting.id == Attendance.meeting_id)
        .where(Meeting.attendance_hidden.is_(False))
    )
    last = aliased(Change)
    told_all = exists(
        select(1).where(
            last.resource_id == Change.resource_id,
            among(last.action, ("attendance.withdrawn", "attendance.forgotten")),
            last.reach == "member",
        )
    )
    return or_(of_meeting, told_all)


def _shown_action() -> ColumnElement[bool]:
    """Of no meeting, or of one without the rule; of a deleted action nobody knows any more which meeting it was of."""
    hidden_meeting = exists(
        select(1).where(Meeting.id == Action.meeting_id, Meeting.attendance_hidden.is_(True))
    )
    return exists(select(1).where(Action.id == Change.resource_id.cast(ID), not_(hidden_meeting)))
