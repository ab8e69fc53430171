"""The contract of adoptions: one for each result and organisation, reported as often as there is something new."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.figures import number
from app.core.references import OrganisationReference
from app.core.text import (
    Cursor,
    Id,
    Input,
    Limit,
    LongText,
    OdsCode,
    Output,
    Paragraph,
    QueryBool,
    UtcDateTime,
    Version,
)
from app.core.text_of_time import CalendarDay


class AdoptionStage(StrEnum):
    """How far it has come there."""

    INTERESTED = "interested"
    PLANNING = "planning"
    TESTING = "testing"
    ADOPTED = "adopted"
    ADAPTED = "adapted"
    SUSTAINED = "sustained"
    STOPPED = "stopped"


class StopReason(StrEnum):
    """Why it was stopped; that is worth as much to others as that it went well."""

    NO_TIME = "no_time"
    NO_FIT = "no_fit"
    NO_EFFECT = "no_effect"
    HARM = "harm"
    SYSTEM_CHANGE = "system_change"
    OTHER = "other"


class AdoptionFidelity(StrEnum):
    """How closely it was done as the result describes it."""

    AS_DESCRIBED = "as_described"
    PARTLY = "partly"
    CHANGED = "changed"


class AdoptionEffect(StrEnum):
    """How things are there, against before."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    UNKNOWN = "unknown"


class AdoptionSort(StrEnum):
    """Orders of the list; a minus means descending. Within a day the order says nothing."""

    LATEST = "-last_reported_on"
    EARLIEST = "last_reported_on"
    UPDATED = "-updated_on"


Count = Annotated[float, number(0, 999_999_999, 42)]
Value = Annotated[float, number(-1e15, 1e15, 12.5)]


class FiguresGiven(Input):
    """Figures of one's own over a period: a count (of so many), or a measurement."""

    numerator: Count | None = None
    denominator: Count | None = None
    value: Value | None = None
    from_on: CalendarDay | None = None
    to_on: CalendarDay | None = None


EXAMPLE: JsonValue = {
    "stage": "adapted",
    "started_on": "2026-01-12",
    "adaptations": "Our receptionists called, not the nurses.",
    "fidelity": "partly",
    "before": {
        "numerator": 92,
        "denominator": 300,
        "from_on": "2025-07-01",
        "to_on": "2025-12-31",
    },
    "after": {"numerator": 48, "denominator": 310, "from_on": "2026-01-12", "to_on": "2026-06-30"},
    "effect": "better",
    "would_recommend": True,
}


class AdoptionPut(Input):
    """All that there is to say of it now; it replaces what was reported before."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    stage: AdoptionStage
    stop_reason: StopReason | None = Field(
        default=None, description="Needed where the stage is `stopped`, and there alone."
    )
    stop_detail: Paragraph | None = None
    started_on: CalendarDay | None = None
    adaptations: LongText | None = Field(
        default=None, description="What was done in another way, and why."
    )
    context_difference: LongText | None = Field(
        default=None, description="What is different there from where the result came about."
    )
    fidelity: AdoptionFidelity | None = None
    before: FiguresGiven | None = None
    after: FiguresGiven | None = None
    effect: AdoptionEffect = AdoptionEffect.UNKNOWN
    would_recommend: bool | None = Field(default=None, strict=True)
    follow_up_result_id: Id | None = Field(
        default=None, description="A result that was written up about it; one that you see."
    )


class Figures(Output):
    """Figures of the organisation. Small numbers are left out for everybody but who reported them."""

    numerator: Count | None
    denominator: Count | None
    value: Value | None
    from_on: CalendarDay | None
    to_on: CalendarDay | None
    suppressed: bool = Field(
        description="Something is left out: a number is so small that it could be a person."
    )


class Adoption(Output):
    """An organisation tried a result. Who reported it is told to nobody else."""

    id: Id
    result_id: Id
    network_id: Id
    organisation: OrganisationReference
    stage: AdoptionStage
    stop_reason: StopReason | None
    stop_detail: Paragraph | None
    started_on: CalendarDay | None
    adaptations: LongText | None
    context_difference: LongText | None
    fidelity: AdoptionFidelity | None
    before: Figures | None
    after: Figures | None
    effect: AdoptionEffect
    would_recommend: bool | None
    follow_up_result_id: Id | None = Field(
        description="Null where the reader does not see that result, or not where it came about."
    )
    mine: bool = Field(description="You reported it last.")
    counted: bool = Field(
        description="Authors who report for an organisation of their own read here that it does not count."
    )
    hidden: bool = Field(description="Out of others' sight while a report is looked into.")
    last_reported_on: CalendarDay
    created_on: CalendarDay
    updated_on: CalendarDay
    version: Version


class AdoptionPage(Output):
    """A page of adoptions. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Adoption], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class AdoptionQuery(Input):
    """Filters of the list; each matches only what the caller may read."""

    result_id: Id | None = None
    network_id: Id | None = Field(default=None, description="Of results of this network.")
    organisation: OdsCode | None = None
    stage: AdoptionStage | None = None
    effect: AdoptionEffect | None = None
    mine: QueryBool | None = Field(default=None, description="Reported last by you, or not.")
    updated_since: UtcDateTime | None = Field(
        default=None, description="Updated on this day (UTC) or later: there are no times of day."
    )
    sort: AdoptionSort | None = Field(default=None, description="Default: -last_reported_on.")
    cursor: Cursor | None = None
    limit: Limit = 20
