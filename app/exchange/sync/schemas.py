"""The contract of the change feed."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.text import Cursor, Id, Input, Limit, Output, UtcDateTime, Version


class ChangeKind(StrEnum):
    """What kind of thing changed."""

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


class ChangeOp(StrEnum):
    """What to do about it."""

    UPSERT = "upsert"
    GONE = "gone"
    SCOPE_CHANGED = "scope_changed"


class Change(Output):
    """One thing that happened: read the resource again, forget it, or list its network's rows again."""

    kind: ChangeKind
    id: Id
    network_id: Id | None
    op: ChangeOp
    version: Version
    at: UtcDateTime


class ChangePage(Output):
    """A page of changes. `next_cursor` is always there: keep it, and ask again later when `has_more` is false."""

    items: Annotated[list[Change], Field(max_length=100)]
    next_cursor: Cursor
    has_more: bool


class ChangeQuery(Input):
    """Where to go on, and what of."""

    cursor: Cursor | None = Field(
        default=None,
        description="From a list's `changes_cursor` or the last page; without it, from the first change that is kept.",
    )
    limit: Limit = 20
    network_id: Id | None = Field(default=None, description="Only what belongs to this network.")
    kind: ChangeKind | None = None
