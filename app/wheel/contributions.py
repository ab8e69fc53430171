"""What a person did that bears their name, by day: the only facts about persons that the wheel knows.

Never what is attributed to nobody, who came to a meeting under the Chatham House Rule, surveys, or who reported an
adoption: no number may tell who was behind it (`docs/wheel.md`).
"""

from datetime import date
from typing import Any

from sqlalchemy import exists, func, literal, or_, select, union_all

from app.db.types import DAY, among, day_of
from app.models import (
    Action,
    Ask,
    Decision,
    Duty,
    DutyTerm,
    Feedback,
    Meeting,
    Offer,
    Result,
    ResultAuthor,
    Vote,
)
from app.wheel.shapes import network

FOR_GOOD = date(9999, 12, 31)


def _once(person: Any, on: Any) -> Any:
    return select(person.label("person_id"), on.label("on"), on.label("until"))


def _names_authors() -> Any:
    return Result.attribution == "named"


def _names_giver() -> Any:
    return Feedback.attribution == "named"


def _says_who_came() -> Any:
    """Whoever does an action from a meeting was there."""
    secret = exists(
        select(1).where(Meeting.id == Action.meeting_id, Meeting.attendance_hidden.is_(True))
    )
    return or_(Action.meeting_id.is_(None), ~secret)


def _results() -> Any:
    published = among(Result.status, ["published", "withdrawn"])
    last = func.coalesce(Result.withdrawn_on, literal(FOR_GOOD, DAY), type_=DAY)
    return (
        select(
            ResultAuthor.person_id,
            Result.published_on.label("on"),
            Result.published_on.label("until"),
            last.label("withdrawn_on"),
        )
        .join(Result, Result.id == ResultAuthor.result_id)
        .where(
            Result.network_id == network(),
            published,
            Result.audience != "author",
            Result.hidden_on.is_(None),
            _names_authors(),
            Result.published_on.is_not(None),
            ResultAuthor.removed.is_(False),
        )
    )


def _others() -> list[Any]:
    return [
        _once(Feedback.author_id, day_of(Feedback.created_at)).where(
            Feedback.network_id == network(),
            Feedback.author_id.is_not(None),
            _names_giver(),
            Feedback.hidden_on.is_(None),
        ),
        _once(Vote.person_id, day_of(Vote.created_at))
        .join(Decision, Decision.id == Vote.decision_id)
        .where(
            Vote.network_id == network(),
            Vote.person_id.is_not(None),
            Decision.hidden_on.is_(None),
            or_(Decision.outcome.is_(None), Decision.outcome != "withdrawn"),
        ),
        _once(Action.done_by, day_of(Action.done_at)).where(
            Action.network_id == network(),
            Action.done_by.is_not(None),
            Action.done_at.is_not(None),
            Action.hidden_on.is_(None),
            _says_who_came(),
        ),
        select(
            DutyTerm.person_id,
            DutyTerm.from_on,
            func.coalesce(DutyTerm.to_on, literal(FOR_GOOD, DAY), type_=DAY),
        )
        .join(Duty, Duty.id == DutyTerm.duty_id)
        .where(
            DutyTerm.network_id == network(),
            DutyTerm.person_id.is_not(None),
            DutyTerm.hidden_on.is_(None),
            Duty.hidden_on.is_(None),
        ),
        *(
            _once(one.person_id, day_of(one.created_at)).where(
                one.network_id == network(),
                one.person_id.is_not(None),
                one.status != "withdrawn",
                one.hidden_on.is_(None),
            )
            for one in (Ask, Offer)
        ),
    ]


def contributions() -> Any:
    """One row for each thing done other than coming to a meeting.

    `person_id`, the days `on` and `until` (the same but for a duty held), and the day from which on it is no longer to
    be read (`withdrawn_on`).
    """
    never = literal(FOR_GOOD, DAY).label("withdrawn_on")
    return union_all(_results(), *(one.add_columns(never) for one in _others()))
