"""The contract of results, after SQUIRE 2.0 and TIDieR."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.cards import PersonCard
from app.core.references import OrganisationReference
from app.core.text import (
    Id,
    Input,
    LongText,
    OdsCode,
    Output,
    Paragraph,
    TermCode,
    Title,
    Version,
    line,
    whole,
)
from app.core.text_of_time import CalendarDay
from app.features.results.squire import (
    ResultAim,
    ResultAimPatch,
    ResultChange,
    ResultChangePatch,
    ResultContext,
    ResultContextPatch,
)

MOST_AUTHORS = 20


class ResultKind(StrEnum):
    """What is shared."""

    PROJECT = "project"
    PDSA = "pdsa"
    AUDIT = "audit"
    CASE_STUDY = "case_study"
    STORY = "story"
    IDEA = "idea"


class ResultOutcome(StrEnum):
    """What came of it; what did not work is worth as much to others."""

    IMPROVED = "improved"
    NO_CHANGE = "no_change"
    WORSE = "worse"
    MIXED = "mixed"
    TOO_EARLY = "too_early"
    ABANDONED = "abandoned"


class Attribution(StrEnum):
    """Who is said to have written it: the authors, their organisation, or nobody but the network."""

    NAMED = "named"
    ORGANISATION = "organisation"
    NETWORK_ONLY = "network_only"


class Audience(StrEnum):
    """Who reads it once it is published: its authors, the members of its network, everybody."""

    AUTHOR = "author"
    NETWORK = "network"
    PUBLIC = "public"


class ResultStatus(StrEnum):
    """Where a result stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Licence(StrEnum):
    """What others may do with the text, by the identifiers of SPDX."""

    CC_BY = "CC-BY-4.0"
    CC_BY_SA = "CC-BY-SA-4.0"
    CC_BY_NC = "CC-BY-NC-4.0"
    CC0 = "CC0-1.0"
    OGL = "OGL-UK-3.0"
    ALL_RIGHTS_RESERVED = "all_rights_reserved"


class ResultAction(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    DELETE = "delete"
    GIVE_FEEDBACK = "give_feedback"
    REPORT_ADOPTION = "report_adoption"


Topics = Annotated[list[TermCode], Field(max_length=30)]
AuthorIds = Annotated[list[Id], Field(max_length=MOST_AUTHORS)]
EXAMPLE: JsonValue = {
    "network_id": "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
    "title": "Fewer missed retinal screenings by spring",
    "kind": "project",
    "attribution": "organisation",
    "audience": "network",
    "problem": "One in three of our patients missed their screening.",
    "aim": {"text": "At most one in six misses it by April."},
    "change": {"what": "We called people the day before."},
    "outcome": "improved",
}


class ResultFields(Input):
    """What its authors may say of a result beside its title."""

    kind: ResultKind = ResultKind.PROJECT
    summary: Paragraph | None = None
    problem: LongText | None = None
    available_knowledge: LongText | None = None
    rationale: LongText | None = Field(default=None, description="Why it should work.")
    aim: ResultAim | None = None
    context: ResultContext | None = None
    change: ResultChange | None = None
    ethics: Paragraph | None = None
    what_happened: LongText | None = None
    unintended_effects: LongText | None = None
    outcome: ResultOutcome | None = None
    limitations: LongText | None = None
    learning: LongText | None = Field(
        default=None,
        description="What worked, what did not, what you would do differently.",
    )
    sustainability: LongText | None = None
    funding: Paragraph | None = None
    prerequisites: Paragraph | None = Field(
        default=None, description="What others need before they try it."
    )
    effort: Paragraph | None = None
    contact_ok: bool = Field(default=False, strict=True, description="Others may ask the authors.")
    licence: Licence | None = None
    topics: Topics = []
    organisation: OdsCode | None = Field(default=None, description="Where it came about.")
    attribution: Attribution = Attribution.NAMED
    audience: Audience = Audience.NETWORK
    author_ids: AuthorIds = Field(
        default=[],
        description="Active members of the network who wrote it with you; who made it is always one.",
    )


class ResultCreate(ResultFields):
    """A new result: a draft that its authors alone see."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    network_id: Id
    title: Title


class ResultPatch(ResultFields):
    """What to change; a field that is left out stays, null clears what may be empty."""

    title: Title = ""
    aim: ResultAimPatch | None = None
    context: ResultContextPatch | None = None
    change: ResultChangePatch | None = None
    author_ids: AuthorIds = Field(
        default=[],
        description="All its authors in order, yourself too if you stay one; who began it always comes first.",
    )


ConductVersion = Annotated[int, whole(0, 1_000_000, 1)]


class ResultPublish(Input):
    """What goes with publishing; nothing has to."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})

    conduct_version: ConductVersion | None = Field(
        default=None,
        description="Accept this version of the network's code of conduct by publishing; it must be the one in force.",
    )


class ResultWithdraw(Input):
    """Why it is taken back, for its authors."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "The figures were wrong."}]}
    )

    reason: Paragraph | None = None


class StageCounts(Output):
    """How many organisations are at each stage."""

    interested: Annotated[int, whole(0, 100_000, 2)]
    planning: Annotated[int, whole(0, 100_000, 1)]
    testing: Annotated[int, whole(0, 100_000, 3)]
    adopted: Annotated[int, whole(0, 100_000, 4)]
    adapted: Annotated[int, whole(0, 100_000, 2)]
    sustained: Annotated[int, whole(0, 100_000, 1)]
    stopped: Annotated[int, whole(0, 100_000, 1)]


class EffectCounts(Output):
    """How many organisations it went better, the same or worse for; unknown where nobody said."""

    better: Annotated[int, whole(0, 100_000, 5)]
    same: Annotated[int, whole(0, 100_000, 2)]
    worse: Annotated[int, whole(0, 100_000, 1)]
    unknown: Annotated[int, whole(0, 100_000, 4)]


class AdoptionSummary(Output):
    """Who tried it too: distinct organisations, never the authors' own."""

    organisations: Annotated[int, whole(0, 100_000, 12)]
    stages: StageCounts
    effects: EffectCounts
    last_reported_on: CalendarDay | None


class ResultListItem(Output):
    """A result, in short. Days and no instants: a time of day could name an author."""

    id: Id
    network_id: Id
    title: Title
    kind: ResultKind
    summary: Paragraph | None
    outcome: ResultOutcome | None
    topics: Topics
    organisation: OrganisationReference | None = Field(
        description="Null where the result is not attributed to it."
    )
    authors: Annotated[list[PersonCard], Field(max_length=MOST_AUTHORS)] = Field(
        description="Empty where the result is not attributed to them."
    )
    mine: bool = Field(description="You are one of its authors.")
    attribution: Attribution
    audience: Audience
    status: ResultStatus
    hidden: bool = Field(description="Out of others' sight while a report is looked into.")
    licence: Licence | None
    adoptions: AdoptionSummary
    published_on: CalendarDay | None
    created_on: CalendarDay
    updated_on: CalendarDay
    version: Version


FieldName = Annotated[str, line(40, "aim.text")]


class Completeness(Output):
    """How much of what others need to judge and to repeat it is there, and what is not."""

    percent: Annotated[int, whole(0, 100, 62)]
    missing: Annotated[list[FieldName], Field(max_length=40)] = Field(
        description="Fields that are worth having."
    )
    needed: Annotated[list[FieldName], Field(max_length=20)] = Field(
        description="Fields without which it is not published."
    )


class Result(ResultListItem):
    """One result, and what the caller may do with it."""

    problem: LongText | None
    available_knowledge: LongText | None
    rationale: LongText | None
    aim: ResultAim | None
    context: ResultContext | None
    change: ResultChange | None
    ethics: Paragraph | None
    what_happened: LongText | None
    unintended_effects: LongText | None
    limitations: LongText | None
    learning: LongText | None
    sustainability: LongText | None
    funding: Paragraph | None
    prerequisites: Paragraph | None
    effort: Paragraph | None
    contact_ok: bool
    withdrawn_on: CalendarDay | None
    withdrawn_reason: Paragraph | None
    conduct_version: ConductVersion | None = Field(
        description="The version of the network's code of conduct that it was published under."
    )
    completeness: Completeness
    actions: Annotated[list[ResultAction], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )
