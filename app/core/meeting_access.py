"""Who sees a meeting and what comes of it: the predicates beside those of `core.access`, by the same manners.

Drafts are for the facilitators of the network, announced meetings for its active members, and an open meeting of a
network that is open all the way up is for everybody. What moderation hides is for facilitators and operators
meanwhile; what a hidden meeting left behind is content of its own. Where the Chatham House Rule is in force, who
answered or came is for facilitators and for the person alone: an operator who does not facilitate is nobody there.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, null, or_, select, true
from sqlalchemy.orm import aliased

from app.core.access import active_networks, facilitated_networks, viewer_id, viewer_roles
from app.core.viewer import Viewer
from app.models import (
    Action,
    Attendance,
    CalendarToken,
    Meeting,
    Member,
    Minutes,
    MinutesEdition,
    Network,
)

# What only those who may attend read of a meeting (with its `join_url`) where the place is private.
PRIVATE_PLACE = ("place", "latitude", "longitude")


def public_inside(rank: str, network: Any = Network) -> ColumnElement[bool]:
    """What is public inside the network is there for this viewer: it is open, and so is all that they are not in."""
    if rank == "operator":
        return true()
    everybody: ColumnElement[bool] = network.open_inside.is_(True)
    if rank == "anonymous":
        return everybody
    parent = aliased(Network)
    parent_open = exists(
        select(1).where(parent.id == network.parent_id, parent.visibility == "open")
    )
    mine = active_networks()
    passed = or_(
        network.parent_id.in_(mine),
        and_(network.root_id.in_(active_networks()), parent_open),
    )
    return or_(everybody, and_(network.visibility == "open", passed))


def attends(rank: str, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The viewer may attend: an active member of the network. Nobody else sees how to get in."""
    return false() if rank == "anonymous" else meeting.network_id.in_(active_networks())


def facilitates(rank: str, row: Any) -> ColumnElement[bool]:
    """The viewer facilitates the network of this row (a meeting, attendance, minutes, an action)."""
    return false() if rank == "anonymous" else row.network_id.in_(facilitated_networks())


def own_role(rank: str, row: Any) -> Any:
    """The viewer's role as an active member of the network of this row; null for whoever is none."""
    if rank == "anonymous":
        return null()
    mine = aliased(Member)
    return (
        select(mine.role)
        .where(
            mine.network_id == row.network_id,
            mine.person_id == viewer_id(),
            mine.status == "active",
        )
        .scalar_subquery()
    )


def roles_of(viewer: Viewer, role: str | None) -> frozenset[str]:
    """The viewer's roles towards a meeting and what comes of it; `role` is what `own_role` found."""
    return viewer_roles(viewer) | ({role} if role is not None else set())


def visible_meeting(rank: str, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The meeting is there for this viewer."""
    return _seen_meeting(rank, meeting, [meeting.hidden_on.is_(None)])


def _seen_meeting(rank: str, meeting: Any, shown: list[Any]) -> ColumnElement[bool]:
    """The meeting is there for this viewer, as far as it is `shown` to all but facilitators and operators."""
    if rank == "operator":
        return true()
    network = aliased(Network)
    public = and_(
        *shown,
        meeting.confidentiality == "open",
        meeting.announced_at.is_not(None),
        # Asked of each row and not of all networks at once: few rows come this far.
        select(public_inside(rank, network))
        .where(network.id == meeting.network_id)
        .scalar_subquery(),
    )
    if rank == "anonymous":
        return public
    return or_(
        and_(*shown, meeting.announced_at.is_not(None), attends(rank, meeting)),
        facilitates(rank, meeting),
        public,
    )


def reads_place(rank: str, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The viewer reads where it is: what a filter by place needs to match."""
    return or_(meeting.place_private.is_(False), attends(rank, meeting))


def _about(rank: str, row: Any, *more: Any) -> ColumnElement[bool]:
    """The meeting of this row is one that the viewer may attend, announced, and `more`."""
    meeting = aliased(Meeting)
    return exists(
        select(1).where(
            meeting.id == row.meeting_id,
            meeting.announced_at.is_not(None),
            attends(rank, meeting),
            *(condition(meeting) for condition in more),
        )
    )


def _in_the_open(meeting: Any) -> ColumnElement[bool]:
    shown: ColumnElement[bool] = meeting.attendance_hidden.is_(False)
    return shown


def visible_attendance(rank: str, attendance: Any = Attendance) -> ColumnElement[bool]:
    """One's own; all in a network that one facilitates; a fellow member's where no Chatham House Rule is in force."""
    if rank == "anonymous":
        return false()
    own = attendance.person_id == viewer_id()
    if rank == "operator":
        meeting = aliased(Meeting)
        shown = exists(select(1).where(meeting.id == attendance.meeting_id, _in_the_open(meeting)))
        return or_(own, shown, facilitates(rank, attendance))
    return or_(own, facilitates(rank, attendance), _about(rank, attendance, _in_the_open))


def names_attendee(rank: str, attendance: Any = Attendance) -> ColumnElement[bool]:
    """The viewer reads who a visible row is of: who is a member no more is named to facilitators and to themselves."""
    if rank == "operator":
        return true()
    still = aliased(Member)
    member = exists(
        select(1).where(
            still.network_id == attendance.network_id,
            still.person_id == attendance.person_id,
            still.status == "active",
        )
    )
    return or_(attendance.person_id == viewer_id(), facilitates(rank, attendance), member)


def edits_minutes(rank: str, minutes: Any = Minutes) -> ColumnElement[bool]:
    """The viewer reads what is being written, and not only what was published."""
    return true() if rank == "operator" else facilitates(rank, minutes)


def visible_minutes(rank: str, minutes: Any = Minutes) -> ColumnElement[bool]:
    """Published: for whoever sees the meeting, were it not hidden. Not yet: for facilitators."""
    if rank == "operator":
        return true()
    meeting = aliased(Meeting)
    shown = exists(
        select(1).where(meeting.id == minutes.meeting_id, _seen_meeting(rank, meeting, []))
    )
    published = and_(minutes.published_at.is_not(None), minutes.hidden_on.is_(None), shown)
    return published if rank == "anonymous" else or_(facilitates(rank, minutes), published)


def reads_edition(rank: str) -> ColumnElement[bool]:
    """The viewer reads the words of an edition, joined with visible minutes and their meeting.

    What an earlier one said may name somebody, from before the Chatham House Rule was in force.
    """
    latest = MinutesEdition.number == Minutes.edition
    return or_(Meeting.attendance_hidden.is_(False), latest, facilitates(rank, Minutes))


def visible_action(rank: str, action: Any = Action) -> ColumnElement[bool]:
    """An action of a network that one is an active member of; hidden, that one facilitates."""
    if rank == "anonymous":
        return false()
    if rank == "operator":
        return true()
    shown = action.hidden_on.is_(None)
    return and_(action.network_id.in_(active_networks()), or_(shown, facilitates(rank, action)))


def reads_person(rank: str, column: Any, action: Any = Action) -> ColumnElement[bool]:
    """The viewer reads who stands in a column of a visible action: under the Chatham House Rule that tells who came."""
    if rank == "anonymous":
        return false()
    meeting = aliased(Meeting)
    hidden = exists(
        select(1).where(meeting.id == action.meeting_id, meeting.attendance_hidden.is_(True))
    )
    oneself = and_(column.is_not(None), column == viewer_id())
    return or_(not_(hidden), oneself, facilitates(rank, action))


def reads_owner(rank: str, action: Any = Action) -> ColumnElement[bool]:
    """The viewer reads who owns a visible action."""
    return reads_person(rank, action.owner_id, action)


def visible_calendar_token(rank: str, token: Any = CalendarToken) -> ColumnElement[bool]:
    """One's own that are not revoked."""
    if rank == "anonymous":
        return false()
    return and_(token.person_id == viewer_id(), token.revoked_at.is_(None))
