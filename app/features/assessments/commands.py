"""Keeping, correcting and deleting what a group found about its network in conversation.

The lowest level counts and the range is told: Source4Networks, Network Maturity Matrix.
"""

from datetime import date, timedelta
from typing import Any

from app.core.changes import change, create, remove
from app.core.errors import refuse
from app.core.fetching_listening import fetch_inside
from app.core.json_columns import json_text, plain
from app.core.telling import told_of_assessment
from app.core.work import Work
from app.db.types import day_text
from app.features.assessments.schemas import (
    AssessmentCreate,
    AssessmentLevelsGiven,
    AssessmentPatch,
)

Row = dict[str, Any]
A_DAY = timedelta(days=1)  # wherever one is, today has come


async def create_assessment(work: Work, network_id: str, body: AssessmentCreate) -> str:
    """Keep what a group found. Returns its id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `Invalid` for a day to come.
    """
    network = await fetch_inside(work, network_id, "assessment.create")
    _has_come(work, body.held_on)
    row = {
        "id": work.new_id(),
        "network_id": network["id"],
        "held_on": body.held_on,
        "participants": body.participants,
        "levels": json_text(_levels(body.levels)),
        "notes": body.notes,
        "created_by": work.viewer.person_id,
        "hidden_on": None,
    }
    create(work, "assessment.created", row, told_of_assessment(row))
    return str(row["id"])


def _levels(given: AssessmentLevelsGiven) -> dict[str, Row]:
    """Each C as answers have it."""
    return {
        c: {"level": one["lowest"], **one, "range": one["highest"] - one["lowest"]}
        for c, one in given.model_dump().items()
    }


def _has_come(work: Work, held_on: date) -> None:
    """Errors: `Invalid`."""
    if held_on > (work.now + A_DAY).date():
        raise refuse("/held_on", "in_the_future", "An assessment is kept once it was held.")


async def update_assessment(work: Work, row: Row, body: AssessmentPatch) -> None:
    """Correct an assessment that this work has locked. Errors: `Invalid`."""
    given: Row = {name: getattr(body, name) for name in body.model_fields_set}
    if "held_on" in given:
        _has_come(work, given["held_on"])
    plainly = {name: given[name] for name in given if name in ("participants", "notes")}
    values: Row = {name: value for name, value in plainly.items() if row[name] != value}
    if "held_on" in given and row["held_on"] != day_text(given["held_on"]):
        values["held_on"] = given["held_on"]
    if "levels" in given and plain(row["levels"]) != _levels(given["levels"]):
        values["levels"] = json_text(_levels(given["levels"]))
    if values:
        change(work, "assessment.updated", row, values, told_of_assessment(row))


def delete_assessment(work: Work, row: Row) -> None:
    """Delete an assessment that this work has locked."""
    remove(work, "assessment.deleted", row, told_of_assessment(row, reach="member"))
