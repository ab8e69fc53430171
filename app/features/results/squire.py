"""The parts of a result that are objects of their own, after SQUIRE 2.0 and TIDieR, whole and as a merge patch."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from app.core.text import Input, Line, LongText, Paragraph, Title, Url, line, whole
from app.core.text_of_time import CalendarDay


class ListSizeBand(StrEnum):
    """How many patients are registered."""

    UNDER_5000 = "under_5000"
    FROM_5000 = "from_5000_to_9999"
    FROM_10000 = "from_10000_to_19999"
    FROM_20000 = "from_20000"


class Rurality(StrEnum):
    """What kind of area it serves."""

    URBAN = "urban"
    RURAL = "rural"
    MIXED = "mixed"


class Nation(StrEnum):
    """Where in the United Kingdom."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


class ResultAim(Input):
    """What was to be achieved: how much, for whom, by when."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "At most one in six misses it by April."}]},
    )

    text: Paragraph
    population: Line | None = None
    baseline: Line | None = None
    target: Line | None = None
    unit: Annotated[str, line(60, "per cent")] | None = None
    by_on: CalendarDay | None = None


class ResultContext(Input):
    """Where it was tried: what others need to know whether it would work with them."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"setting": "A practice in a small town"}]}
    )

    text: LongText | None = None
    setting: Line | None = None
    nation: Nation | None = None
    list_size_band: ListSizeBand | None = None
    rurality: Rurality | None = None
    deprivation_quintile: Annotated[int, whole(1, 5, 2)] | None = Field(
        default=None, description="1 is the most deprived fifth."
    )
    clinical_system: Line | None = None
    team_mix: Line | None = None


class Material(Input):
    """Something to take along: a protocol, a search, a leaflet."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"title": "What we say on the telephone"}]}
    )

    title: Title
    url: Url | None = None
    licence: Line | None = None


Materials = Annotated[list[Material], Field(max_length=30)]


class ResultChange(Input):
    """What was done, so that others could do it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"what": "We called people the day before."}]},
    )

    what: LongText
    procedures: LongText | None = None
    who: Paragraph | None = None
    how: Paragraph | None = None
    dose: Paragraph | None = Field(default=None, description="How often, how long, how much.")
    cost: Paragraph | None = None
    hours: Annotated[int, whole(0, 1_000_000, 12)] | None = None
    modifications: LongText | None = None
    fidelity: Paragraph | None = Field(default=None, description="How far it went as planned.")
    materials: Materials = Field(default=[], description="What others may take along.")


class ResultAimPatch(ResultAim):
    """What to change of the aim; a field that is left out stays, null clears what may be empty."""

    text: Paragraph = ""


class ResultContextPatch(ResultContext):
    """What to change of the context; a field that is left out stays, null clears what may be empty."""


class ResultChangePatch(ResultChange):
    """What to change of what was done; a field that is left out stays, null clears what may be empty."""

    what: LongText = ""
