"""The contract of reports."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import Cursor, Id, Input, Limit, Output, Paragraph, QueryBool, Version
from app.core.text_of_time import CalendarDay

EXAMPLE: JsonValue = {
    "content_kind": "result",
    "content_id": "7d4b9a02-5c1e-4f3a-9b60-3f5b8a1c2d4e",
    "reason": "patient_data",
    "detail": "The third paragraph tells of one person whom people here would know.",
}
DECISION: JsonValue = {"decision": "upheld", "note": "Please take the third paragraph out."}
APPEAL: JsonValue = {"text": "The person in the story is invented; the text says so now."}
NOTE_SAID = "Why. Whoever reported and whoever wrote the content read it: name nobody."


class ContentKind(StrEnum):
    """What can be reported. A measure and a PDSA cycle are hidden with their result."""

    RESULT = "result"
    MEASURE = "measure"
    PDSA_CYCLE = "pdsa_cycle"
    FEEDBACK = "feedback"
    ADOPTION = "adoption"
    MEETING = "meeting"
    MINUTES = "minutes"
    ACTION = "action"
    ASSESSMENT = "assessment"
    RESOURCE = "resource"
    DUTY = "duty"
    DUTY_TERM = "duty_term"
    DECISION = "decision"
    ASK = "ask"
    OFFER = "offer"
    NETWORK = "network"
    PERSON = "person"


class ReportReason(StrEnum):
    """Why it should not be there. `patient_data` hides it at once."""

    PATIENT_DATA = "patient_data"
    OFFENSIVE = "offensive"
    INACCURATE = "inaccurate"
    UNSAFE = "unsafe"
    SPAM = "spam"
    OTHER = "other"


class ReportStatus(StrEnum):
    """Whether it is decided. An appeal opens it again."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Verdict(StrEnum):
    """What is decided: the report is right, or it is not."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"


class ReportVerb(StrEnum):
    """What the caller may do now."""

    HIDE = "hide"
    UNHIDE = "unhide"
    DECIDE = "decide"
    APPEAL = "appeal"


class ReportCreate(Input):
    """Content that should not be there, and why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    content_kind: ContentKind
    content_id: Id
    reason: ReportReason
    detail: Paragraph | None = Field(
        default=None, description="What is wrong, for those who look into it. Do not repeat it."
    )


class ReportDecide(Input):
    """A decision about a report."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [DECISION]})

    decision: Verdict
    note: Paragraph | None = Field(default=None, description=NOTE_SAID)
    hide: Annotated[bool, Field(strict=True)] | None = Field(
        default=None,
        description="Whether the content is out of sight from now on; null leaves it as it is.",
    )

    @model_validator(mode="after")
    def _dismissed_hides_nothing(self) -> "ReportDecide":
        if self.decision is Verdict.DISMISSED and self.hide:
            raise PydanticCustomError("dismissed_hides", "A report that is dismissed hides nothing")
        return self


class ReportAppeal(Input):
    """What the author says against the decision, for an operator."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [APPEAL]})

    text: Paragraph


class ReportItem(Output):
    """A report of content. Who reported is told to nobody; `mine` says that it was you."""

    id: Id
    content_kind: ContentKind
    content_id: Id
    network_id: Id | None = Field(
        description="Null where operators decide: of a network, a person."
    )
    reason: ReportReason
    detail: Paragraph | None = Field(description="To you if you reported, and to moderators.")
    status: ReportStatus
    hides: bool = Field(description="Whether the content is out of others' sight by this report.")
    note: Paragraph | None = Field(description=NOTE_SAID)
    decided_on: CalendarDay | None
    decided_by: Id | None = Field(description="To moderators.")
    appeal: Paragraph | None = Field(description="To whoever wrote the content, and to operators.")
    appealed_on: CalendarDay | None = Field(description="To whoever wrote it, and to moderators.")
    first_note: Paragraph | None = Field(
        description="What the decision said that was appealed against; to them as well."
    )
    mine: bool = Field(description="You reported it.")
    own_content: bool = Field(description="You wrote what was reported: others decide.")
    created_on: CalendarDay
    updated_on: CalendarDay
    version: Version


class Report(ReportItem):
    """One report, and what the caller may do with it."""

    actions: Annotated[list[ReportVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class ReportPage(Output):
    """A page of reports. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[ReportItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class ReportQuery(Input):
    """Filters of the list."""

    status: ReportStatus | None = None
    network_id: Id | None = None
    content_kind: ContentKind | None = None
    content_id: Id | None = None
    mine: QueryBool | None = Field(
        default=None, description="What you reported, or what others did."
    )
    cursor: Cursor | None = None
    limit: Limit = 20
