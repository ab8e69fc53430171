"""The contract of the audit."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.text import Cursor, Id, Input, Limit, Output, PersonName, UtcDateTime, line

_ACTION_PATTERN = "^[a-z]+(_[a-z]+)*[.][a-z]+(_[a-z]+)*$"
Action = Annotated[
    str,
    Field(
        strict=True,
        min_length=3,
        max_length=40,
        pattern=_ACTION_PATTERN,
        examples=["member.approved"],
    ),
]


class AuditKind(StrEnum):
    """What kind of thing it was done to; `read` is an operator's look inside a network that is not open to all."""

    NETWORK = "network"
    MEMBER = "member"
    PERSON = "person"
    TOKEN = "token"  # noqa: S105 - a kind of resource
    INVITATION = "invitation"
    CLIENT = "client"
    MEETING = "meeting"
    ATTENDANCE = "attendance"
    MINUTES = "minutes"
    ACTION = "action"
    SURVEY_ROUND = "survey_round"
    ASSESSMENT = "assessment"
    CALENDAR_TOKEN = "calendar_token"  # noqa: S105 - a kind of resource
    RESULT = "result"
    MEASURE = "measure"
    PDSA_CYCLE = "pdsa_cycle"
    FEEDBACK = "feedback"
    ADOPTION = "adoption"
    REPORT = "report"
    SAVED_SEARCH = "saved_search"
    RESOURCE = "resource"
    DUTY = "duty"
    DUTY_TERM = "duty_term"
    DECISION = "decision"
    VOTE = "vote"
    ASK = "ask"
    OFFER = "offer"
    PAIRING = "pairing"
    READ = "read"


class AuditActor(Output):
    """Who did it; named where you may see the person."""

    id: Id
    display_name: PersonName | None


class AuditEntry(Output):
    """One thing that was done to one resource. It names fields and never holds their values."""

    at: UtcDateTime
    action: Action
    kind: AuditKind
    resource_id: Id
    network_id: Id | None
    actor: AuditActor | None = Field(
        description=(
            "Null for whoever runs the service, by its command line; for results and what is said of them, whose "
            "authors may not be named; and to operators where the Chatham House Rule hides who attended."
        )
    )
    token_id: Id | None = Field(
        description="The token it was done with; to its owner and to operators."
    )
    request_id: Id = Field(description="All zeros where the actor is hidden.")
    fields: list[Annotated[str, line(60, "purpose")]] = Field(
        max_length=100, description="The fields that were written; of a read, the operation."
    )
    seal: Annotated[str, Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")] | None = (
        Field(
            description="The log's seal behind this and whatever was written with it; to operators.",
            examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        )
    )


class AuditPage(Output):
    """A page of the audit, the newest first."""

    items: Annotated[list[AuditEntry], Field(max_length=100)]
    next_cursor: Cursor | None


class AuditQuery(Input):
    """Which part of the audit."""

    cursor: Cursor | None = None
    limit: Limit = 20
    network_id: Id | None = Field(
        default=None, description="What happened in this network; needed by all but operators."
    )
    actor_id: Id | None = Field(default=None, description="What this person did.")
    resource_id: Id | None = Field(default=None, description="What was done to this.")
    kind: AuditKind | None = None
    action: Action | None = None
    from_at: UtcDateTime | None = Field(default=None, description="Not before this instant.")
    to_at: UtcDateTime | None = Field(default=None, description="Before this instant.")
