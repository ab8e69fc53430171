"""Publishing results and taking them back; deleting what nobody else has seen."""

from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from app.core.changes import change, remove, remove_many
from app.core.conduct import accept, accepted_now, in_force
from app.core.errors import Forbidden
from app.core.errors_of_results import ResultNotPublished, ResultPublished
from app.core.result_requirements import needed, refuse_incomplete
from app.core.telling_of_results import saw, told_of_edit, told_of_result, told_to_authors
from app.core.work import Work
from app.db.types import ID
from app.features.results.editing import count_measures
from app.features.results.schemas import ResultPublish, ResultWithdraw
from app.models import Adoption, Feedback, Measure, PdsaCycle

Row = dict[str, Any]


async def publish_result(work: Work, row: Row, network: Row, body: ResultPublish) -> None:
    """Show a loaded result to its audience, for the first time or again, as an active member of its network.

    Errors: `Forbidden`; `ResultPublished`; `ResultIncomplete` naming each field; `ConductNotAccepted`.
    """
    if network["_status"] != "active":
        raise Forbidden("Who publishes is an active member of the network.")
    if row["status"] == "published":
        raise ResultPublished("It is published already.")
    missing = needed(row, measures=await count_measures(work, row["id"]))
    refuse_incomplete(missing, "Something is missing: errors says what.")
    version, _ = await in_force(work, network["id"])
    if body.conduct_version == version:
        await accept(work, network["id"], version)
        await work.flush()
    today = work.now.date()
    values = {
        "status": "published",
        "published_on": today,
        "listed_on": today,
        "withdrawn_on": None,
        "withdrawn_reason": None,
        "conduct_version": await accepted_now(work, network["id"]),
    }
    told = await told_of_edit(work, network, row, {**row, **values})
    change(work, "result.published", row, values, told)


async def withdraw_result(work: Work, row: Row, network: Row, body: ResultWithdraw) -> None:
    """Take a loaded result back: from now on its authors alone see it. Errors: `ResultNotPublished`."""
    if row["status"] != "published":
        raise ResultNotPublished
    values = {
        "status": "withdrawn",
        "withdrawn_on": work.now.date(),
        "withdrawn_reason": body.reason,
    }
    told = told_of_result({**row, **values}, **await saw(work, network, row))
    change(work, "result.withdrawn", row, values, told)


def _parts(model: Any) -> Any:
    return select(model.id, model.version, model.outer_version).where(
        model.result_id == bindparam("result_id", type_=ID)
    )


def _answers() -> Any:
    return _parts(Feedback).where(Feedback.answer_to.is_not(None))


# What is answered is referred to, so the answers go first.
BELONGS = (
    ("feedback.deleted", _answers),
    ("feedback.deleted", partial(_parts, Feedback)),
    ("adoption.deleted", partial(_parts, Adoption)),
    ("measure.deleted", partial(_parts, Measure)),
    ("pdsa_cycle.deleted", partial(_parts, PdsaCycle)),
)


async def delete_result(work: Work, row: Row) -> None:
    """Delete a loaded result that was never published, with its measures and cycles. Errors: `ResultPublished`."""
    if row["published_on"] is not None:
        raise ResultPublished
    await remove_result(work, row)


async def remove_result(work: Work, row: Row) -> None:
    """Take a result that none but its authors see out of the tables, with all that belongs to it."""
    told = told_to_authors(row)
    for action, build in BELONGS:
        key, values = ("parts of result", action, build), {"result_id": row["id"]}
        parts = await work.fetch(key, build, values)
        await remove_many(work, action, parts, told)
    remove(work, "result.deleted", row, told)
