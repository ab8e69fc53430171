"""Giving feedback on a result, answering, editing it and taking it back while nobody has answered."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.changes import change, create, remove
from app.core.errors import refuse
from app.core.errors_of_results import FeedbackAnswered, ResultNotPublished
from app.core.fetching import require
from app.core.fetching_parts import sight_part
from app.core.fetching_results import sight_result
from app.core.references import unknown
from app.core.result_access import visible_feedback
from app.core.telling_of_results import part_is_gone, saw, told_of_part
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.feedback.schemas import FeedbackAttribution, FeedbackCreate, FeedbackPatch
from app.models import Feedback, Person

Row = dict[str, Any]


def _own_organisation() -> Any:
    return select(Person.organisation_code).where(Person.id == access.viewer_id())


def _answered(rank: str) -> Any:
    return select(Feedback.result_id, Feedback.answer_to).where(
        Feedback.id == bindparam("feedback_id", type_=ID), visible_feedback(rank)
    )


async def give_feedback(work: Work, body: FeedbackCreate) -> str:
    """Say something to a published result, or answer what was said. Returns its id.

    Errors: `NotFound`; `NetworkArchived`; `ResultNotPublished`; `UnknownReference` for what is answered; `Invalid` for
    an answer to an answer, or an attribution to an organisation where there is none.
    """
    result, network = await sight_result(work, body.result_id)
    require(work, "feedback.create", network)
    if result["status"] != "published":
        raise ResultNotPublished
    await _answers_no_answer(work, body)
    values = access.values(work.viewer)
    me = await fetch_one(work, "own organisation", _own_organisation, values)
    row = {
        **body.model_dump(),
        "id": work.blind_id(),
        "network_id": result["network_id"],
        "author_id": work.viewer.person_id,
        "organisation_code": me["organisation_code"] if me else None,
        "attribution": body.attribution or _usual(result),
        "hidden_on": None,
    }
    _attributable(row)
    create(work, "feedback.given", row, told_of_part(result))
    return str(row["id"])


def _usual(result: Mapping[str, Any]) -> str:
    """An author who does not say who they are in a result does not say it by accident in an answer either."""
    return str(result["attribution"]) if result["_authored"] else "named"


async def _answers_no_answer(work: Work, body: FeedbackCreate) -> None:
    if body.answer_to is None:
        return
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "feedback_id": body.answer_to}
    found = await fetch_one(work, ("answered feedback", rank), lambda: _answered(rank), values)
    if found is None or found["result_id"] != body.result_id:
        raise unknown("/answer_to", "There is no such feedback on this result.")
    if found["answer_to"] is not None:
        detail = "This is an answer itself: answer what it answers."
        raise refuse("/answer_to", "answer_to_an_answer", detail)


def _attributable(row: Mapping[str, Any]) -> None:
    alone = row["attribution"] == FeedbackAttribution.ORGANISATION
    if alone and row["organisation_code"] is None:
        detail = "Your profile names no organisation."
        raise refuse("/attribution", "no_organisation", detail)


async def feedback_to_change(work: Work, feedback_id: str) -> tuple[Row, Row, Row]:
    """Feedback, its result and their network, and the right to change it, as who gave it.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, result, network = await sight_part(work, Feedback, visible_feedback, feedback_id)
    require(work, "feedback.update", network, about=row["author_id"])
    return row, result, network


def _answers() -> Any:
    return (
        select(Feedback.id).where(Feedback.answer_to == bindparam("feedback_id", type_=ID)).limit(1)
    )


async def _unanswered(work: Work, row: Row) -> None:
    if await fetch_one(work, "answers", _answers, {"feedback_id": row["id"]}) is not None:
        raise FeedbackAnswered


async def update_feedback(work: Work, row: Row, result: Row, body: FeedbackPatch) -> None:
    """Change what was said. Errors: `FeedbackAnswered`; `Invalid` for the attribution."""
    given = body.model_dump(include=body.model_fields_set)
    new = {name: value for name, value in given.items() if row[name] != value}
    if not new:
        return
    await _unanswered(work, row)
    _attributable({**row, **new})
    change(work, "feedback.updated", row, new, told_of_part(result))


async def delete_feedback(work: Work, row: Row, result: Row, network: Row) -> None:
    """Take back what was said; whoever saw it hears that it is gone. Errors: `FeedbackAnswered`."""
    await _unanswered(work, row)
    seen = await saw(work, network, result)
    reach = seen
    if row["hidden_on"] is not None and seen:
        reach = {"reach": "facilitator", "person_id": row["author_id"]}
    remove(work, "feedback.deleted", row, told_of_part(result, **reach))
    part_is_gone(work, result, seen)
