"""What goes by its age: each rule as data, with the rows that it is about and what becomes of one of them.

The ages stand in docs/privacy.md too, and a test holds the page to them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from app.core.access import INSIDE
from app.core.changes import Told, change, remove
from app.core.seating import told_of_attendance
from app.core.work import Work
from app.db.types import DAY, INSTANT, among
from app.exchange.calendar_tokens.commands import end_calendar_token
from app.features.accounts.commands import end_token
from app.features.clients.commands import end_client
from app.models import (
    Attendance,
    CalendarToken,
    Client,
    Idempotency,
    Invitation,
    Meeting,
    Member,
    Token,
    UsedAssertion,
)

Row = dict[str, Any]


def _before() -> Any:
    return bindparam("before", type_=INSTANT)


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of `model` that meet `old` are due; `treat` does one in a unit of work, without it they are deleted."""

    name: str
    days: float
    model: Any
    old: Callable[[], ColumnElement[bool]]
    treat: Callable[[Work, Row], None] | None = None
    beside: Callable[[], Any] | None = None
    """A further column that `treat` needs."""

    @property
    def age(self) -> timedelta:
        """How old it has to be."""
        return timedelta(days=self.days)


def _unused(model: Any) -> ColumnElement[bool]:
    since_use = and_(
        model.last_used_on.is_not(None), model.last_used_on < bindparam("day", type_=DAY)
    )
    never = and_(model.last_used_on.is_(None), model.created_at < _before())
    return and_(model.revoked_at.is_(None), or_(since_use, never))


OF_PEOPLE = Token.client_id.is_(None)


def _access_tokens() -> ColumnElement[bool]:
    return and_(~OF_PEOPLE, Token.expires_at <= _before())


def _ended(model: Any) -> ColumnElement[bool]:
    ended: ColumnElement[bool] = or_(model.revoked_at < _before(), model.expires_at < _before())
    return ended


def _remove(kind: str) -> Callable[[Work, Row], None]:
    def treat(work: Work, row: Row) -> None:
        remove(work, f"{kind}.removed", row, Told(person_id=row["person_id"]))

    return treat


def _over_and_known() -> ColumnElement[bool]:
    """Used, taken back or expired, and still known whom it was for or what was said."""
    over = func.coalesce(Invitation.ended_at, Invitation.expires_at) < _before()
    return and_(over, or_(Invitation.address.is_not(None), Invitation.message.is_not(None)))


def _forget_invitation(work: Work, row: Row) -> None:
    told = Told(network_id=row["network_id"], tier=INSIDE, outer=False)
    change(work, "invitation.forgotten", row, {"address": None, "message": None}, told)


def _said_long_ago() -> ColumnElement[bool]:
    over = among(Member.status, ["declined", "left", "removed"])
    return and_(over, Member.message.is_not(None), Member.ended_at < _before())


def _forget_message(work: Work, row: Row) -> None:
    told = Told(network_id=row["network_id"], tier=INSIDE, outer=False)
    change(work, "member.forgotten", row, {"message": None}, told, op="gone")


def _met_before() -> ColumnElement[bool]:
    """An occurrence by its own day, whatever the series still has to come; a single meeting by its end."""
    ended = select(Meeting.id).where(Meeting.ends_at < _before())
    single = and_(Attendance.occurrence == "", Attendance.meeting_id.in_(ended.scalar_subquery()))
    return or_(single, and_(Attendance.occurrence > "", Attendance.occurrence < bindparam("local")))


def _only_answered() -> ColumnElement[bool]:
    """Nobody noted that they came."""
    return and_(_met_before(), or_(Attendance.came.is_(None), Attendance.came.is_(False)))


def _came() -> ColumnElement[bool]:
    return and_(_met_before(), Attendance.came.is_(True))


def _hidden() -> Any:
    meeting = select(Meeting.attendance_hidden).where(Meeting.id == Attendance.meeting_id)
    return meeting.scalar_subquery().label("_hidden")


def _forget_attendance(work: Work, row: Row) -> None:
    told = told_of_attendance(row, hidden=bool(row["_hidden"]), gone=True)
    remove(work, "attendance.forgotten", row, told)


RULES = (
    Rule("kept_answers", 1, Idempotency, lambda: Idempotency.created_at <= _before()),
    Rule("used_assertions", 0, UsedAssertion, lambda: UsedAssertion.expires_at <= _before()),
    # No resources: nobody saw them, and nobody is told.
    Rule("access_tokens", 0, Token, _access_tokens),
    Rule("unused_tokens", 180, Token, lambda: and_(_unused(Token), OF_PEOPLE), end_token),
    Rule("unused_clients", 180, Client, lambda: _unused(Client), end_client),
    Rule("ended_tokens", 30, Token, lambda: and_(_ended(Token), OF_PEOPLE), _remove("token")),
    Rule("ended_clients", 30, Client, lambda: _ended(Client), _remove("client")),
    Rule(
        "unused_calendar_tokens",
        180,
        CalendarToken,
        lambda: _unused(CalendarToken),
        end_calendar_token,
    ),
    Rule(
        "ended_calendar_tokens",
        30,
        CalendarToken,
        lambda: CalendarToken.revoked_at < _before(),
        _remove("calendar_token"),
    ),
    Rule("answers", 365, Attendance, _only_answered, _forget_attendance, _hidden),
    # Five years are the cycle in which doctors show what they learnt from; nurses have three.
    Rule("attendance", 1826, Attendance, _came, _forget_attendance, _hidden),
    Rule("invitation_addresses", 28, Invitation, _over_and_known, _forget_invitation),
    Rule("request_messages", 90, Member, _said_long_ago, _forget_message),
)


def values_of(rule: Rule, now: Any) -> Mapping[str, Any]:
    """The parameters of a rule's condition."""
    before = now - rule.age
    return {"before": before, "day": before.date(), "local": before.date().isoformat()}
