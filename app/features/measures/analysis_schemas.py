"""The contract of an analysis: of a series that is sent along, and of a stored measure."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from app.core.errors import refuse
from app.core.figures import number
from app.core.text import Day, Input, Output, line, whole
from app.core.text_of_time import CalendarDay
from app.spc.analysis import analyse
from app.spc.series import LARGEST, MOST_POINTS, Analysis, Point, Refused, Request

MOST_VALUES = 80_000  # in a body of so many points, with the days that are excluded and rebased on
MOST_MULTIPLIED = 1_000_000_000
BEYOND_WHAT_IS_PLOTTED = 1e100  # lines may lie far beyond the largest point, and nowhere near this


def _given(example: float, least: float = -LARGEST) -> FieldInfo:
    return number(least, LARGEST, example)


class Chart(StrEnum):
    """Run chart, or a control chart: XmR, individuals, moving ranges, p, Laney's p, u, Laney's u, c, g, t."""

    RUN = "run"
    XMR = "xmr"
    INDIVIDUALS = "i"
    MR = "mr"
    P = "p"
    PP = "pp"
    U = "u"
    UP = "up"
    C = "c"
    G = "g"
    T = "t"


class Ruleset(StrEnum):
    """Whose rules say what is signal: Making Data Count's, Anhoej's or Perla's."""

    MDC = "mdc"
    ANHOEJ = "anhoej"
    PERLA = "perla"


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NEUTRAL = "neutral"


class AnalysisStatus(StrEnum):
    """Whether there are points enough (12) to say anything."""

    OK = "ok"
    NOT_ENOUGH_DATA = "not_enough_data"


class Signal(StrEnum):
    """The rule that fired for a point."""

    ABOVE = "above_upper_limit"
    BELOW = "below_lower_limit"
    TREND = "trend"
    TWO_OF_THREE = "two_of_three"
    SHIFT = "shift"


class Meaning(StrEnum):
    """What a point means, by the direction of improvement."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL_HIGH = "neutral_high"
    NEUTRAL_LOW = "neutral_low"


class Variation(StrEnum):
    """What the latest point says, high or low."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT_HIGH = "improvement_high"
    IMPROVEMENT_LOW = "improvement_low"
    CONCERN_HIGH = "concern_high"
    CONCERN_LOW = "concern_low"
    NEUTRAL_HIGH = "neutral_high"
    NEUTRAL_LOW = "neutral_low"


class Assurance(StrEnum):
    """Whether the target will be met as things are: every time, never, or now and then."""

    MET = "pass"
    FAIL = "fail"
    INCONSISTENT = "inconsistent"


class AnalysisWarning(StrEnum):
    """What to keep in mind: a group below 13 points, a baseline that is not full yet, nothing that is multiplied.

    Of stored measures besides: the chart that was set up cannot be made of the figures (a run chart is given), the
    baseline is too short for the rules, points are too large to be plotted, days of the settings have no point, small
    numbers are left out for this reader.
    """

    SHORT_GROUP = "short_group"
    BASELINE_NOT_COMPLETE = "baseline_not_complete"
    NOTHING_TO_MULTIPLY = "nothing_to_multiply"
    CHART_NOT_POSSIBLE = "chart_not_possible"
    BASELINE_NOT_USED = "baseline_not_used"
    POINTS_LEFT_OUT = "points_left_out"
    REBASE_WITHOUT_POINT = "rebase_without_point"
    EXCLUDED_WITHOUT_POINT = "excluded_without_point"
    SMALL_NUMBERS_LEFT_OUT = "small_numbers_left_out"


class SeriesPoint(Input):
    """One period: a value, or a numerator with or without a denominator; a value of null is a gap."""

    on: CalendarDay = Field(description="The first day of the period.")
    value: Annotated[float, _given(12.5)] | None = None
    numerator: Annotated[float, _given(12, 0)] | None = None
    denominator: Annotated[float, _given(80, 0)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "SeriesPoint":
        if self.model_fields_set == {"on"}:
            raise PydanticCustomError("no_figure", "Give a value, or a numerator; null is a gap")
        return self


EXAMPLE: JsonValue = {
    "chart": "xmr",
    "ruleset": "mdc",
    "improvement_direction": "increase",
    "points": [
        {"on": "2024-01-01", "value": 61.5},
        {"on": "2024-02-01", "value": 64},
        {"on": "2024-03-01", "numerator": 52, "denominator": 80},
    ],
    "target": 90,
    "multiply": 100,
}


class AnalysisRequest(Input):
    """A series that is not stored, and how to look at it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    chart: Chart = Chart.XMR
    ruleset: Ruleset | None = Field(
        default=None,
        description="Null: `mdc` for `xmr`, else `anhoej`. `mdc` reads xmr, i, p, pp, u, up and c; `perla` run.",
    )
    improvement_direction: Direction = Direction.NEUTRAL
    points: list[SeriesPoint] = Field(
        max_length=MOST_POINTS, description="In any order; one for each day at most."
    )
    target: Annotated[float, _given(90)] | None = Field(
        default=None, description="In the units that are plotted."
    )
    baseline_points: Annotated[int, whole(1, MOST_POINTS, 12)] | None = Field(
        default=None,
        description="The lines of each group are made of its first so many points; under `mdc` 12 or more.",
    )
    rebase_on: list[CalendarDay] = Field(
        default=[], max_length=1_000, description="Days of points with which a new group begins."
    )
    screen_moving_ranges: bool = Field(
        default=True,
        strict=True,
        examples=[True],
        description="Leave out moving ranges that are far above the mean one; false is what NHS England's sheet does.",
    )
    exclude_on: list[CalendarDay] = Field(
        default=[],
        max_length=MOST_POINTS,
        description="Days of points that are shown and count for no line and no run.",
    )
    multiply: Annotated[float, number(1e-9, MOST_MULTIPLIED, 100)] = Field(
        default=1,
        description="Times what a numerator over a denominator is plotted: 100 for per cent.",
    )


Figure = Annotated[float, number(-BEYOND_WHAT_IS_PLOTTED, BEYOND_WHAT_IS_PLOTTED, 12.5)]
Count = Annotated[int, whole(0, MOST_POINTS, 7)]


class AnalysedPoint(Output):
    """One period as it is plotted; what does not exist is null."""

    on: Day
    value: Figure | None
    centre_line: Figure | None
    lower_limit: Figure | None
    upper_limit: Figure | None
    group: Count = Field(description="The place of its group in `groups`.")
    signal: Signal | None = Field(description="The rule that fired.")
    meaning: Meaning


class AnalysedGroup(Output):
    """Points between two rebasings.

    The runs are of the points that do not lie on the centre line. `longest_run_max` and `crossings_min` are what chance
    allows by the ruleset; `mdc` has no such rule: there they and `runs_signal` are null.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    from_: Day = Field(alias="from", description="The day of its first point.")
    to: Day = Field(description="The day of its last point.")
    count: Count = Field(description="Its points, but for those that are excluded.")
    centre_line: Figure | None
    longest_run: Count | None
    longest_run_max: Count | None
    crossings: Count | None
    crossings_min: Count | None
    runs_signal: bool | None = Field(examples=[False])


class SeriesAnalysis(Output):
    """What is signal and what is chance, point by point and in a sentence.

    `variation` is of the latest point; `assurance` is null where there is no target, no direction or no limits.
    """

    chart: Chart
    ruleset: Ruleset
    status: AnalysisStatus
    summary: Annotated[
        str, line(1_000, "The last 7 months are above the mean: special cause, improvement.")
    ]
    warnings: list[AnalysisWarning] = Field(max_length=10)
    points: list[AnalysedPoint] = Field(max_length=MOST_POINTS)
    groups: list[AnalysedGroup] = Field(max_length=MOST_POINTS)
    variation: Variation
    assurance: Assurance | None


def analysed(request: Request) -> Analysis:
    """The verdict on a series. Errors: `Invalid`, with a pointer into the request."""
    try:
        return analyse(request)
    except Refused as refused:
        raise refuse(refused.where, refused.code, f"{refused.detail}.") from None


def request_of(body: AnalysisRequest) -> Request:
    """What was sent, as the statistics take it."""
    return Request(
        points=[
            Point(point.on.isoformat(), point.value, point.numerator, point.denominator)
            for point in body.points
        ],
        chart=body.chart.value,
        ruleset=body.ruleset and body.ruleset.value,
        improvement_direction=body.improvement_direction.value,
        target=body.target,
        baseline_points=body.baseline_points,
        rebase_on=[day.isoformat() for day in body.rebase_on],
        screen_moving_ranges=body.screen_moving_ranges,
        exclude_on=[day.isoformat() for day in body.exclude_on],
        multiply=body.multiply,
    )
