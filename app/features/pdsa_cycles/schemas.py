"""The contract of PDSA cycles."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    LongText,
    Output,
    Title,
    UtcDateTime,
    Version,
    whole,
)
from app.core.text_of_time import CalendarDay

MOST_CYCLES = 100
Number = Annotated[int, whole(1, 1_000, 1)]


class PdsaDecision(StrEnum):
    """What was decided at the end: to take it on, to change it, to give it up."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"


class PdsaCycleSort(StrEnum):
    """Orders of the list; a minus means descending."""

    NUMBER = "number"
    LAST = "-number"
    UPDATED = "-updated_on"


EXAMPLE: JsonValue = {
    "result_id": "7d1f0a52-9c3b-4e60-8f5b-8a1c2d4e018f",
    "title": "Call on two mornings",
    "started_on": "2026-01-12",
    "ended_on": "2026-01-23",
    "plan": "Two receptionists call everybody who is due that week.",
    "prediction": "Half of them book at once.",
    "do": "One was ill; we called on one morning.",
    "study": "A third booked at once.",
    "act": "Next time in the evening.",
    "decision": "adapt",
}


class PdsaCycleFields(Input):
    """What may be said of a cycle."""

    started_on: CalendarDay | None = None
    ended_on: CalendarDay | None = Field(default=None, description="Not before it started.")
    plan: LongText | None = Field(default=None, description="The question, and who does what when.")
    prediction: LongText | None = None
    do: LongText | None = Field(default=None, description="What was done, and what was seen.")
    study: LongText | None = Field(
        default=None, description="What it says, against the prediction."
    )
    act: LongText | None = Field(default=None, description="What follows from it.")
    decision: PdsaDecision | None = None


class PdsaCycleCreate(PdsaCycleFields):
    """A new cycle of a result."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    result_id: Id
    number: Number | None = Field(
        default=None, description="Its number on the result; left out, the next one."
    )
    title: Title | None = Field(default=None, description="Left out, its number says it.")


class PdsaCyclePatch(PdsaCycleFields):
    """What to change; a field that is left out stays, null clears what may be empty."""

    number: Number = 1
    title: Title = ""


class PdsaCycle(Output):
    """One cycle, as seen by whoever sees its result."""

    id: Id
    result_id: Id
    network_id: Id
    number: Number
    title: Title
    started_on: CalendarDay | None
    ended_on: CalendarDay | None
    plan: LongText | None
    prediction: LongText | None
    do: LongText | None
    study: LongText | None
    act: LongText | None
    decision: PdsaDecision | None
    created_on: CalendarDay
    updated_on: CalendarDay
    version: Version


class PdsaCyclePage(Output):
    """A page of cycles. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[PdsaCycle], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class PdsaCycleQuery(Input):
    """Filters of the list; each matches only what the caller may read."""

    result_id: Id | None = None
    network_id: Id | None = Field(default=None, description="Of results of this network.")
    updated_since: UtcDateTime | None = Field(
        default=None, description="Updated on this day (UTC) or later: there are no times of day."
    )
    sort: PdsaCycleSort | None = Field(default=None, description="Default: number.")
    cursor: Cursor | None = None
    limit: Limit = 20
