"""The contract of the wheel and of its indicators."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.figures import number
from app.core.text import Day, Id, Input, Output, coded, line, query_int, whole
from app.core.text_of_time import CalendarDay
from app.wheel.indicators import C, Unit
from app.wheel.points import QUARTERS

SHORTEST, LONGEST, USUAL = 30, 1826, 365
MOST = 1_000_000_000
Count = Annotated[int, whole(-MOST, MOST, 12)]
Value = Annotated[float, number(-MOST, MOST, 0.25)]
Code = Annotated[str, coded("^[a-z]+(_[a-z]+)*$", 1, 60, "active_rate")]
Label = Annotated[str, line(200, "Active members")]
Sentence = Annotated[str, line(1_000, "3 of 12 members were active in the window.")]


class IndicatorStatus(StrEnum):
    """Whether a value gives reason to talk about it: `thin`; `not_enough_data`: too few to say anything."""

    OK = "ok"
    THIN = "thin"
    NOT_ENOUGH_DATA = "not_enough_data"


class IndicatorFigure(Output):
    """A value and what it is made of; value and numerator are null where there is not enough data."""

    value: Value | None
    numerator: Count | None
    denominator: Count
    status: IndicatorStatus


class TrendPoint(IndicatorFigure):
    """The same, as it was on an earlier day."""

    as_of: Day


class WheelIndicator(IndicatorFigure):
    """One indicator of a network."""

    code: Code
    label: Label
    unit: Unit
    window: Annotated[int, whole(1, LONGEST, USUAL)] | None = Field(
        description="The days that were looked back on; null: as things stood at the end of `as_of`."
    )
    why: Sentence = Field(description="The numbers in a sentence, and from where on it is thin.")
    source: Label
    trend: list[TrendPoint] = Field(
        max_length=QUARTERS,
        description="The last eight quarters, the oldest first; the last one is `as_of`.",
    )


class WheelPart(Output):
    """One of the five Cs. Its indicators are read one by one: there is no sum of them."""

    code: C
    label: Label
    indicators: list[WheelIndicator] = Field(max_length=20)


class NextStep(Output):
    """What the network could do next, by the first indicator that is thin."""

    c: C
    indicator: Code
    text: Sentence


class Wheel(Output):
    """How a network is doing: five Cs, each with its indicators, and one thing that it could do next.

    A prompt for a conversation: networks are not compared, and dips are normal.
    """

    network_id: Id
    as_of: Day
    window_days: Annotated[int, whole(SHORTEST, LONGEST, USUAL)]
    from_on: Day = Field(description="The first day of the window, which ends with `as_of`.")
    cs: list[WheelPart] = Field(max_length=5)
    next_step: NextStep | None = Field(description="Null: nothing is thin, and nothing unknown.")


class WheelQuery(Input):
    """How far to look back, and from which day."""

    window_days: Annotated[int, query_int(SHORTEST, LONGEST, USUAL)] = Field(
        default=USUAL, description="Days that are looked back on, the last of them `as_of`."
    )
    as_of: CalendarDay | None = Field(
        default=None, description="The day (UTC) that is looked back from; default: today."
    )


class Indicator(Output):
    """One indicator: how it is computed, when it is thin, and where it comes from."""

    code: Code
    c: C
    c_label: Label
    label: Label
    formula: Sentence
    unit: Unit
    window: bool = Field(
        examples=[True], description="Counts within a time; false: as things stand at its end."
    )
    smallest_denominator: Annotated[int, whole(0, MOST, 5)] = Field(
        description="Below it there is not enough data."
    )
    threshold: Value
    thin_when: Label = Field(description="Where thin begins, in words.")
    next_step: Sentence = Field(description="What a network could do where it is thin.")
    source: Label


class IndicatorList(Output):
    """All indicators, by C."""

    items: list[Indicator] = Field(max_length=100)
