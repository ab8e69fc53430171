"""The contract of assessments."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Output,
    Paragraph,
    UtcDateTime,
    Version,
    whole,
)
from app.core.text_of_time import CalendarDay

Level = Annotated[int, whole(1, 5, 3)]
Participants = Annotated[int, whole(1, 1_000, 7)]
_LEVEL: dict[str, JsonValue] = {
    "lowest": 2,
    "highest": 4,
    "target": 4,
    "notes": "Newer members see the purpose less clearly.",
}
LEVELS_EXAMPLE: dict[str, JsonValue] = {
    "common_purpose": _LEVEL,
    "cooperative_structure": {"lowest": 3, "highest": 3},
    "critical_mass": {"lowest": 2, "highest": 3, "target": 3},
    "collective_intelligence": {"lowest": 3, "highest": 5},
    "community_building": {"lowest": 4, "highest": 5},
}
EXAMPLE: JsonValue = {"held_on": "2026-03-01", "participants": 7, "levels": LEVELS_EXAMPLE}


class AssessmentVerb(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    DELETE = "delete"


class AssessmentLevelGiven(Input):
    """How one of the five Cs was judged, from 1 to 5: by whom it was judged lowest, and highest."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_LEVEL]})

    lowest: Level
    highest: Level
    target: Level | None = Field(default=None, description="Where the group wants to be.")
    notes: Paragraph | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "AssessmentLevelGiven":
        if self.highest < self.lowest:
            raise PydanticCustomError(
                "highest_below_lowest", "The highest level is not below the lowest"
            )
        return self


class AssessmentLevelsGiven(Input):
    """All five Cs."""

    common_purpose: AssessmentLevelGiven
    cooperative_structure: AssessmentLevelGiven
    critical_mass: AssessmentLevelGiven
    collective_intelligence: AssessmentLevelGiven
    community_building: AssessmentLevelGiven


LOWEST = AssessmentLevelGiven(lowest=1, highest=1)
ALL_LOWEST = AssessmentLevelsGiven(
    common_purpose=LOWEST,
    cooperative_structure=LOWEST,
    critical_mass=LOWEST,
    collective_intelligence=LOWEST,
    community_building=LOWEST,
)


class AssessmentCreate(Input):
    """What a group found in conversation. Nobody is named: how many they were is enough."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    held_on: CalendarDay
    participants: Participants
    levels: AssessmentLevelsGiven
    notes: Paragraph | None = None


class AssessmentPatch(Input):
    """What to change; a field that is left out stays, null clears the notes. `levels` is given whole."""

    held_on: CalendarDay = date.min
    participants: Participants = 0
    levels: AssessmentLevelsGiven = ALL_LOWEST
    notes: Paragraph | None = None


class AssessmentLevel(Output):
    """How one of the five Cs was judged. What counts is the lowest; how far the group is apart is its range."""

    level: Level = Field(description="The one that counts: the lowest.")
    lowest: Level
    highest: Level
    range: Annotated[int, whole(0, 4, 2)]
    target: Level | None
    notes: Paragraph | None


class AssessmentLevels(Output):
    """All five Cs. There is no sum of them."""

    common_purpose: AssessmentLevel
    cooperative_structure: AssessmentLevel
    critical_mass: AssessmentLevel
    collective_intelligence: AssessmentLevel
    community_building: AssessmentLevel


class AssessmentItem(Output):
    """How a group of members judged their network together."""

    id: Id
    network_id: Id
    held_on: CalendarDay
    participants: Participants
    levels: AssessmentLevels
    notes: Paragraph | None
    created_by: Id | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class Assessment(AssessmentItem):
    """One assessment, and what the caller may do with it."""

    actions: Annotated[list[AssessmentVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class AssessmentPage(Output):
    """A page of assessments. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[AssessmentItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class AssessmentQuery(Input):
    """Pages of the list, the latest first."""

    cursor: Cursor | None = None
    limit: Limit = 20
