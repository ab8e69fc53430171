"""What goes by its age: each rule as data, with the rows that it is about and what becomes of one of them.

The ages stand in docs/privacy.md too, and a test holds the page to them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_

from app.core.access import INSIDE
from app.core.changes import Told, change, remove
from app.core.work import Work
from app.db.types import DAY, INSTANT, among
from app.features.accounts.commands import end_token
from app.features.clients.commands import end_client
from app.models import Client, Idempotency, Invitation, Member, Token, UsedAssertion

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


RULES = (
    Rule("kept_answers", 1, Idempotency, lambda: Idempotency.created_at <= _before()),
    Rule("used_assertions", 0, UsedAssertion, lambda: UsedAssertion.expires_at <= _before()),
    # No resources: nobody saw them, and nobody is told.
    Rule("access_tokens", 0, Token, _access_tokens),
    Rule("unused_tokens", 180, Token, lambda: and_(_unused(Token), OF_PEOPLE), end_token),
    Rule("unused_clients", 180, Client, lambda: _unused(Client), end_client),
    Rule("ended_tokens", 30, Token, lambda: and_(_ended(Token), OF_PEOPLE), _remove("token")),
    Rule("ended_clients", 30, Client, lambda: _ended(Client), _remove("client")),
    Rule("invitation_addresses", 28, Invitation, _over_and_known, _forget_invitation),
    Rule("request_messages", 90, Member, _said_long_ago, _forget_message),
)


def values_of(rule: Rule, now: Any) -> Mapping[str, Any]:
    """The parameters of a rule's condition."""
    before = now - rule.age
    return {"before": before, "day": before.date()}
