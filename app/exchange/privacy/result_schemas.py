"""The contract of an export, as far as results go."""

from typing import Annotated

from pydantic import Field

from app.core.series import MOST_POINTS, Annotation
from app.core.text import (
    Id,
    Line,
    LongText,
    OdsCode,
    Output,
    Paragraph,
    Title,
    line,
    whole,
)
from app.core.text_of_time import CalendarDay
from app.features.results.schemas import Topics
from app.features.results.squire import ResultAim, ResultChange, ResultContext

Words = Annotated[str, line(60, "published")]
Number = Annotated[
    float, Field(ge=-1e15, le=1e15, examples=[12.5], json_schema_extra={"format": "double"})
]
Count = Annotated[int, whole(0, 2_147_483_647, 1)]


class ExportedResult(Output):
    """A result that you wrote or helped to write, as it stands."""

    id: Id
    network_id: Id
    organisation: OdsCode | None
    title: Title
    summary: Paragraph | None
    kind: Words
    problem: LongText | None
    available_knowledge: LongText | None
    rationale: LongText | None
    aim: ResultAim | None
    context: ResultContext | None
    change: ResultChange | None
    ethics: Paragraph | None
    what_happened: LongText | None
    unintended_effects: LongText | None
    outcome: Words | None
    limitations: LongText | None
    learning: LongText | None
    sustainability: LongText | None
    funding: Paragraph | None
    prerequisites: Paragraph | None
    effort: Paragraph | None
    licence: Words | None
    topics: Topics
    attribution: Words
    audience: Words
    status: Words
    published_on: CalendarDay | None
    withdrawn_on: CalendarDay | None
    withdrawn_reason: Paragraph | None
    conduct_version: Count | None
    created_on: CalendarDay
    updated_on: CalendarDay


class ExportedObservation(Output):
    """One period of a measure."""

    on: CalendarDay
    numerator: Number | None
    denominator: Number | None
    value: Number | None
    annotation: Annotation | None


class ExportedRebase(Output):
    """A day from which a measure is calculated anew, and why."""

    on: CalendarDay
    reason: Line | None


class ExportedMeasure(Output):
    """A measure of a result of yours, with its numbers."""

    id: Id
    result_id: Id
    name: Title
    kind: Words
    operational_definition: LongText | None
    numerator_definition: LongText | None
    denominator_definition: LongText | None
    exclusions: LongText | None
    source: LongText | None
    unit: Words | None
    frequency: Words
    improvement_direction: Words
    target: Number | None
    rebase: Annotated[list[ExportedRebase], Field(max_length=100)]
    observations: Annotated[list[ExportedObservation], Field(max_length=MOST_POINTS)]
    created_on: CalendarDay
    updated_on: CalendarDay


class ExportedCycle(Output):
    """A PDSA cycle of a result of yours."""

    id: Id
    result_id: Id
    number: Count
    title: Title
    started_on: CalendarDay | None
    ended_on: CalendarDay | None
    plan: LongText | None
    prediction: LongText | None
    do: LongText | None
    study: LongText | None
    act: LongText | None
    decision: Words | None
    created_on: CalendarDay
    updated_on: CalendarDay


class ExportedFeedback(Output):
    """What you said to a result; to which only where you read it today."""

    id: Id
    result_id: Id | None
    kind: Words
    text: LongText
    attribution: Words
    created_on: CalendarDay
    updated_on: CalendarDay


class ExportedFigures(Output):
    """Figures of an adoption, before or after."""

    numerator: Number | None = None
    denominator: Number | None = None
    value: Number | None = None
    from_on: CalendarDay | None = None
    to_on: CalendarDay | None = None


class ExportedAdoption(Output):
    """What you reported of an organisation that tried a result; which only where you read it today."""

    id: Id
    result_id: Id | None
    organisation: OdsCode
    stage: Words
    stop_reason: Words | None
    stop_detail: LongText | None
    started_on: CalendarDay | None
    adaptations: LongText | None
    context_difference: LongText | None
    fidelity: Words | None
    before: ExportedFigures | None
    after: ExportedFigures | None
    effect: Words
    would_recommend: bool | None
    last_reported_on: CalendarDay
    created_on: CalendarDay
    updated_on: CalendarDay


class ExportedReport(Output):
    """Content that you reported, and what was decided."""

    id: Id
    content_kind: Words
    reason: Words
    detail: LongText | None
    status: Words
    decision_note: LongText | None
    decided_on: CalendarDay | None
    created_on: CalendarDay
    updated_on: CalendarDay


class ExportedAcceptance(Output):
    """A version of a network's code of conduct that you accepted."""

    network_id: Id
    version: Count
    accepted_on: CalendarDay
