"""The contract of requests for support and of offers."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.core.cards import PersonCard
from app.core.text import (
    Cursor,
    Day,
    Id,
    Input,
    Limit,
    Output,
    Paragraph,
    TermCode,
    Title,
    UtcDateTime,
    Version,
    line,
    whole,
)
from app.core.text_of_time import CalendarDay

_ID = "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"
EXAMPLE: JsonValue = {
    "network_id": _ID,
    "title": "Who has set up group consultations?",
    "skills": ["group consultations"],
    "topics": [],
}
PATCH_EXAMPLE: JsonValue = {"detail": "We have the room; we need to hear how to begin."}
OFFER_EXAMPLE: JsonValue = {"text": "We began last year; come and sit in."}
ANSWER_EXAMPLE: JsonValue = {"outcome_note": "We sat in on two, and began.", "helped_by": []}
Skill = Annotated[str, line(60, "group consultations")]
Skills = Annotated[list[Skill], Field(max_length=30)]
Topics = Annotated[list[TermCode], Field(max_length=30)]
MOST_MATCHES = 20


class AskStatus(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class OfferStatus(StrEnum):
    """Where an offer stands; `helped`: so said who asked."""

    OPEN = "open"
    HELPED = "helped"
    WITHDRAWN = "withdrawn"


class AskCreate(Input):
    """What support somebody asks for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    network_id: Id
    title: Title
    detail: Paragraph | None = None
    skills: Skills = Field(default=[], description="What somebody who helps should know.")
    topics: Topics = Field(default=[], description="Topic codes.")
    needed_by_on: CalendarDay | None = None


class AskPatch(Input):
    """What to change; a field that is left out stays, null clears what may be empty."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PATCH_EXAMPLE]})

    title: Title = ""
    detail: Paragraph | None = None
    skills: Skills = []
    topics: Topics = []
    needed_by_on: CalendarDay | None = None


class Ask(Output):
    """A request for support, and what came of it."""

    id: Id
    network_id: Id
    person_id: Id | None = Field(description="Who asked.")
    title: Title
    detail: Paragraph | None
    skills: Skills
    topics: Topics
    needed_by_on: Day | None
    status: AskStatus
    answered_at: UtcDateTime | None
    outcome_note: Paragraph | None = Field(description="What came of it, says who asked.")
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class AskPage(Output):
    """A page of requests. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Ask], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class AskQuery(Input):
    """Filters of the list."""

    network_id: Id | None = None
    status: AskStatus | None = None
    cursor: Cursor | None = None
    limit: Limit = 20


class AskAnswer(Input):
    """What came of a request, and whose offers helped."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [ANSWER_EXAMPLE]})

    outcome_note: Paragraph | None = None
    helped_by: Annotated[list[Id], Field(max_length=100)] = Field(
        default=[], description="Open offers to this request."
    )


class OfferCreate(Input):
    """An offer to help."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [OFFER_EXAMPLE]})

    text: Paragraph


class Offer(Output):
    """A member's offer to help with a request."""

    id: Id
    ask_id: Id
    network_id: Id
    person_id: Id | None
    text: Paragraph
    status: OfferStatus
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class OfferPage(Output):
    """A page of the offers to a request, the first one first."""

    items: Annotated[list[Offer], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class OfferQuery(Input):
    """How much of it."""

    cursor: Cursor | None = None
    limit: Limit = 20


class MatchField(StrEnum):
    """Where it stands that somebody may help."""

    SKILLS = "skills"
    INTERESTS = "interests"
    OFFER = "offer"


class MatchReason(Output):
    """Why somebody may help: what of the request stands where."""

    field: MatchField
    term: Annotated[str, line(60, "group consultations")]


class Match(Output):
    """A member who may help, and why."""

    person: PersonCard
    score: Annotated[int, whole(1, 1_000, 3)]
    reasons: Annotated[list[MatchReason], Field(max_length=100)]


class Matches(Output):
    """Members whom a request may suit, best first; the same for every reader."""

    items: Annotated[list[Match], Field(max_length=MOST_MATCHES)]
