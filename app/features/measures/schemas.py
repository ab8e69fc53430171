"""The contract of measures: what a result is measured by, and how it is drawn."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.figures import number
from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    Line,
    Name,
    Output,
    Paragraph,
    UtcDateTime,
    Version,
    line,
    whole,
)
from app.core.text_of_time import CalendarDay
from app.features.measures.analysis_schemas import (
    MOST_MULTIPLIED,
    Chart,
    Direction,
    Ruleset,
)
from app.spc.series import LARGEST, MOST_POINTS

MOST_MEASURES = 20  # of a result
MOST_REBASINGS, MOST_EXCLUDED = 50, 1_000


class MeasureKind(StrEnum):
    """What a measure tells: whether it got better, whether it was done, what else it did, what there is."""

    OUTCOME = "outcome"
    PROCESS = "process"
    BALANCING = "balancing"
    STRUCTURE = "structure"


class Frequency(StrEnum):
    """What one observation stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    EVENT = "event"


class MeasureAction(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    DELETE = "delete"
    OBSERVE = "write_observations"


class Rebasing(Input):
    """A day from which on the lines are worked out anew, and why: nothing rebases by itself."""

    on: CalendarDay
    reason: Line


Unit = Annotated[str, line(60, "per cent")]
Target = Annotated[float, number(-LARGEST, LARGEST, 90)]
BaselinePoints = Annotated[int, whole(2, MOST_POINTS, 12)]
Multiply = Annotated[float, number(1e-9, MOST_MULTIPLIED, 100)]
Rebasings = Annotated[list[Rebasing], Field(max_length=MOST_REBASINGS)]
ExcludedDays = Annotated[list[CalendarDay], Field(max_length=MOST_EXCLUDED)]
Position = Annotated[int, whole(0, 1_000, 1)]
Count = Annotated[int, whole(0, MOST_POINTS, 24)]
TARGET_SAID = "In the units that are plotted."
BASELINE_SAID = "The lines of each group are made of its first so many points; under `mdc` 12 or more. Null: of all."
EXCLUDED_SAID = "Days of observations that are shown and count for no line and no run."
MULTIPLY_SAID = "Times what a numerator over a denominator is plotted: 100 for per cent."
SCREEN_SAID = "Leave out moving ranges that are far above the mean one; false is what NHS England's sheet does."
EXAMPLE: JsonValue = {
    "result_id": "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
    "name": "Patients screened within a year",
    "kind": "outcome",
    "numerator_definition": "Patients with diabetes who were screened in the last twelve months",
    "denominator_definition": "Patients with diabetes on the list on the first of the month",
    "unit": "%",
    "improvement_direction": "increase",
    "target": 90,
    "multiply": 100,
}


class MeasureFields(Input):
    """What its authors may say of a measure beside its name."""

    kind: MeasureKind = MeasureKind.OUTCOME
    operational_definition: Paragraph | None = Field(
        default=None, description="What is counted and how, so that others count the same."
    )
    numerator_definition: Paragraph | None = None
    denominator_definition: Paragraph | None = None
    exclusions: Paragraph | None = None
    source: Paragraph | None = Field(default=None, description="Where the figures come from.")
    unit: Unit | None = None
    frequency: Frequency = Frequency.MONTH
    chart: Chart = Field(default=Chart.XMR, description="p, pp, u and up need denominators.")
    ruleset: Ruleset | None = Field(
        default=None,
        description="Null, or left out beside a chart: `mdc` for `xmr`, else `anhoej`.",
    )
    improvement_direction: Direction = Field(
        default=Direction.NEUTRAL,
        description="Until you say which way is better, a signal is neither improvement nor concern.",
    )
    target: Target | None = Field(default=None, description=TARGET_SAID)
    baseline_points: BaselinePoints | None = Field(default=None, description=BASELINE_SAID)
    rebase: Rebasings = Field(default=[], description="In order of day, one for each day at most.")
    exclude_on: ExcludedDays = Field(default=[], description=EXCLUDED_SAID)
    multiply: Multiply = Field(default=1, description=MULTIPLY_SAID)
    screen_moving_ranges: bool = Field(
        default=True, strict=True, examples=[True], description=SCREEN_SAID
    )


class MeasureCreate(MeasureFields):
    """A new measure of a result; its figures come next."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    result_id: Id
    name: Name
    position: Position | None = Field(
        default=None, description="Its place among the measures of the result; null: the last."
    )


class MeasurePatch(MeasureFields):
    """What to change; a field that is left out stays, null clears what may be empty."""

    name: Name = ""
    position: Position = 0


class MeasureListItem(Output):
    """A measure of a result. Days and no instants: a time of day could name an author."""

    id: Id
    result_id: Id
    network_id: Id
    position: Position
    name: Name
    kind: MeasureKind
    operational_definition: Paragraph | None
    numerator_definition: Paragraph | None
    denominator_definition: Paragraph | None
    exclusions: Paragraph | None
    source: Paragraph | None
    unit: Unit | None
    frequency: Frequency
    chart: Chart
    ruleset: Ruleset
    improvement_direction: Direction
    target: Target | None = Field(description=TARGET_SAID)
    baseline_points: BaselinePoints | None = Field(description=BASELINE_SAID)
    rebase: Rebasings
    exclude_on: ExcludedDays = Field(description=EXCLUDED_SAID)
    multiply: Multiply = Field(description=MULTIPLY_SAID)
    screen_moving_ranges: bool = Field(examples=[True], description=SCREEN_SAID)
    observation_count: Count
    first_on: CalendarDay | None = Field(description="The day of the first observation.")
    last_on: CalendarDay | None = Field(description="The day of the last observation.")
    created_on: CalendarDay
    updated_on: CalendarDay
    version: Version


class Measure(MeasureListItem):
    """One measure, and what the caller may do with it."""

    actions: Annotated[list[MeasureAction], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class MeasurePage(Output):
    """A page of measures. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[MeasureListItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class MeasureSort(StrEnum):
    """Orders of the list; a minus means descending."""

    POSITION = "position"
    UPDATED = "-updated_on"


class MeasureQuery(Input):
    """Filters of the list."""

    result_id: Id | None = None
    network_id: Id | None = None
    kind: MeasureKind | None = None
    updated_since: UtcDateTime | None = Field(
        default=None, description="An instant; what was changed on its day is in."
    )
    sort: MeasureSort | None = Field(default=None, description="Default: position.")
    cursor: Cursor | None = None
    limit: Limit = 20
