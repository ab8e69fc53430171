"""The contract of a measure's figures: JSON or CSV, whole or a range of days."""

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from app.core.figures import number
from app.core.series import MOST_COUNT, MOST_VALUE, Annotation
from app.core.text import Id, Input, Output, Version
from app.core.text_of_time import CalendarDay
from app.features.measures.schemas import Count
from app.spc.series import MOST_POINTS

MOST_VALUES = 70_000  # in a body of so many observations
Counted = Annotated[float, number(0, MOST_COUNT, 52)]
Measured = Annotated[float, number(-MOST_VALUE, MOST_VALUE, 6.5)]
ON_SAID = "The first day of the period."
NUMERATOR_SAID = "People or events, counted; with or without a denominator."
VALUE_SAID = "A measurement, in place of a count."
OBSERVATION: JsonValue = {"on": "2024-01-01", "numerator": 52, "denominator": 80}
EXAMPLE: JsonValue = {
    "observations": [
        OBSERVATION,
        {
            "on": "2024-02-01",
            "numerator": 61,
            "denominator": 82,
            "annotation": "New recall letter",
        },
    ]
}


class ObservationGiven(Input):
    """One period: a numerator with or without a denominator, or a value."""

    on: CalendarDay = Field(description=ON_SAID)
    numerator: Counted | None = Field(default=None, description=NUMERATOR_SAID)
    denominator: Counted | None = None
    value: Measured | None = Field(default=None, description=VALUE_SAID)
    annotation: Annotation | None = None


class ObservationsPut(Input):
    """The whole series, or all of the days that the request names; in any order, one for each day."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    observations: Annotated[list[ObservationGiven], Field(max_length=MOST_POINTS)]


class Observation(Output):
    """One period, as far as the caller reads it."""

    on: CalendarDay = Field(description=ON_SAID)
    numerator: Counted | None = Field(description=NUMERATOR_SAID)
    denominator: Counted | None
    value: Measured | None = Field(description=VALUE_SAID)
    annotation: Annotation | None
    suppressed: bool = Field(
        description="There is a figure, and you who are no author do not read it: a small number could name somebody."
    )


class SeriesWritten(Output):
    """The whole series as it is now, in short."""

    measure_id: Id
    count: Count
    first_on: CalendarDay | None
    last_on: CalendarDay | None
    version: Version = Field(description="Of the measure.")


class Observations(SeriesWritten):
    """The figures of a measure in order of day; small numbers are for the authors of the result alone."""

    observations: Annotated[list[Observation], Field(max_length=MOST_POINTS)]


class SeriesFormat(StrEnum):
    """How figures are answered."""

    JSON = "json"
    CSV = "csv"


class RangeQuery(Input):
    """Days, both included, that the request is about; without them it is about the whole series."""

    from_: CalendarDay | None = Field(default=None, alias="from", description="The first day.")
    to: CalendarDay | None = Field(default=None, description="The last day.")

    @model_validator(mode="after")
    def _in_order(self) -> "RangeQuery":
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise PydanticCustomError("ends_before_it_begins", "The last day is before the first")
        return self


class SeriesQuery(RangeQuery):
    """Which days, and in what form."""

    format: SeriesFormat | None = Field(
        default=None, description="What is asked for here goes before the Accept header."
    )


CSV_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            "application/json": {},
            "text/csv": {
                "schema": {
                    "type": "string",
                    "maxLength": 50_000_000,
                    "pattern": "^on,numerator,denominator,value,annotation",
                    "examples": [
                        "on,numerator,denominator,value,annotation\r\n2024-01-01,52,80,,\r\n"
                    ],
                }
            },
        }
    }
}
