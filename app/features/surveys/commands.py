"""Opening, changing, closing and deleting rounds, and answering: an answer is counted and leaves nothing else.

It is no resource: there is no change row of it, and what it writes are the same rows, all of them, whatever was
answered and by whom (docs/decisions/0042).
"""

from bisect import insort
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import SmallInteger, and_, bindparam, case, or_, update

from app.core.changes import change, create, remove
from app.core.errors import NotFound, refuse
from app.core.errors_of_surveys import AlreadyAnswered, SurveyClosed, SurveyOpened, SurveyOverlaps
from app.core.fetching_listening import fetch_inside, hold_survey_round, sight_survey_round
from app.core.seal import Sealer
from app.core.survey_questions import CHOICES, VERSION, questions_of
from app.core.telling import told_of_survey_round
from app.core.work import Work
from app.db.database import Write, fetch_one
from app.db.types import ID, instant_from_text, instant_text
from app.features.surveys.queries import marks_of, overlapping, state_of
from app.features.surveys.schemas import (
    SurveyAnswers,
    SurveyRoundCreate,
    SurveyRoundPatch,
    SurveyRoundState,
)
from app.models import SurveyCount, SurveyPart

Row = dict[str, Any]


async def create_round(work: Work, network_id: str, body: SurveyRoundCreate) -> str:
    """Open a round, now or later. Returns its id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `Invalid` for the instants;
    `SurveyOverlaps`.
    """
    network = await fetch_inside(work, network_id, "survey_round.create")
    opens_at = body.opens_at or work.now
    _in_order(work, opens_at, body.closes_at, starts=True)
    await _alone(work, network["id"], None, opens_at, body.closes_at)
    row = {
        "id": work.new_id(),
        "network_id": network["id"],
        "title": body.title,
        "questions_version": VERSION,
        "opens_at": opens_at,
        "closes_at": body.closes_at,
        "created_by": work.viewer.person_id,
    }
    create(work, "survey_round.created", row, told_of_survey_round(row))
    for question in questions_of(VERSION):
        for choice in CHOICES:
            counter = {"round_id": row["id"], "question": question.code, "choice": choice}
            work.insert(SurveyCount, {**counter, "count": 0})
    work.insert(SurveyPart, {"round_id": row["id"], "marks": ""})
    return str(row["id"])


def _in_order(work: Work, opens_at: datetime, closes_at: datetime, *, starts: bool) -> None:
    """Errors: `Invalid`."""
    if starts and opens_at < work.now:
        raise refuse("/opens_at", "in_the_past", "A round opens now or later.")
    if closes_at <= max(opens_at, work.now):
        raise refuse(
            "/closes_at", "too_early", "A round closes after it opens, and not in the past."
        )


async def _alone(
    work: Work, network_id: str, round_id: str | None, opens_at: datetime, closes_at: datetime
) -> None:
    """Errors: `SurveyOverlaps`."""
    values = {
        "network_id": network_id,
        "round_id": round_id,
        "opens_at": instant_text(opens_at),
        "closes_at": instant_text(closes_at),
    }
    if await fetch_one(work, "overlapping rounds", overlapping, values):
        raise SurveyOverlaps


async def update_round(work: Work, row: Row, body: SurveyRoundPatch) -> None:
    """Change a round that this work has locked. Errors: `SurveyClosed`; `SurveyOpened`; `Invalid`; `SurveyOverlaps`."""
    given = body.model_dump(include=body.model_fields_set)
    if "opens_at" in given:
        given["opens_at"] = given["opens_at"] or work.now
    before = {name: instant_from_text(row[name]) for name in ("opens_at", "closes_at")}
    values = {name: value for name, value in given.items() if {**row, **before}[name] != value}
    if not values:
        return
    state = state_of(row, work.now)
    if values.keys() & before.keys():
        if state is SurveyRoundState.CLOSED:
            raise SurveyClosed
        if "opens_at" in values and state is not SurveyRoundState.PLANNED:
            raise SurveyOpened
        opens_at, closes_at = ({**before, **values}[name] for name in ("opens_at", "closes_at"))
        _in_order(work, opens_at, closes_at, starts="opens_at" in values)
        await _alone(work, row["network_id"], row["id"], opens_at, closes_at)
    change(work, "survey_round.updated", row, values, told_of_survey_round(row))


def close_round(work: Work, row: Row, now: datetime) -> None:
    """Close an open round that this work has locked. Errors: `SurveyClosed`."""
    if state_of(row, now) is not SurveyRoundState.OPEN:
        raise SurveyClosed
    # It was open for a moment at least, by a clock that stands still too.
    at = max(now, instant_from_text(row["opens_at"]) + timedelta(microseconds=1))
    change(work, "survey_round.closed", row, {"closes_at": at}, told_of_survey_round(row))


def delete_round(work: Work, row: Row) -> None:
    """Delete a round that nobody can have answered. Errors: `SurveyOpened`."""
    if state_of(row, work.now) is not SurveyRoundState.PLANNED:
        raise SurveyOpened
    remove(work, "survey_round.deleted", row, told_of_survey_round(row, reach="member"))


async def answer_round(
    work: Work, sealer: Sealer, clock: Callable[[], datetime], round_id: str, answers: SurveyAnswers
) -> None:
    """Count one person's answers, once.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`; `SurveyClosed`; `AlreadyAnswered`; `Invalid`.
    """
    await sight_survey_round(work, round_id, "survey_round.answer")
    values = {"round_id": round_id}
    held = await hold_survey_round(work, round_id)
    marks = await marks_of(work, round_id)
    if held is None or marks is None:
        raise NotFound
    # By the clock as it is once nobody else holds the round: what is closed meanwhile is closed.
    if state_of(held, clock()) is not SurveyRoundState.OPEN:
        raise SurveyClosed
    mark = sealer.mark(f"{round_id} {work.viewer.person_id}")
    if mark in marks:
        raise AlreadyAnswered
    insort(marks, mark)
    codes = tuple(one.code for one in questions_of(held["questions_version"]))
    chosen = answers.model_dump()
    work.writes += [
        Write(
            ("count survey", codes),
            lambda: _counted(codes),
            {**{f"chosen_{code}": chosen[code] for code in codes}, **values},
            ("survey_count", round_id),
            len(codes) * len(CHOICES),
        ),
        Write(
            "survey parts", _marked, {"marks": " ".join(marks), **values}, ("survey_part", round_id)
        ),
    ]


def _counted(codes: tuple[str, ...]) -> Any:
    """Every counter of the round is written, whatever was answered: none is younger than another."""
    chosen = [
        and_(
            SurveyCount.question == code,
            SurveyCount.choice == bindparam(f"chosen_{code}", type_=SmallInteger),
        )
        for code in codes
    ]
    more = case((or_(*chosen), 1), else_=0)
    of_round = SurveyCount.round_id == bindparam("round_id", type_=ID)
    return update(SurveyCount).where(of_round).values(count=SurveyCount.count + more)


def _marked() -> Any:
    of_round = SurveyPart.round_id == bindparam("round_id", type_=ID)
    return update(SurveyPart).where(of_round).values(marks=bindparam("marks"))
