"""The contract of duties and their terms."""

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
    Name,
    Output,
    Paragraph,
    QueryBool,
    Title,
    UtcDateTime,
    Version,
    whole,
)
from app.core.text_of_time import CalendarDay

_NETWORK = "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"
EXAMPLE: JsonValue = {
    "network_id": _NETWORK,
    "title": "Speaks for practices on wound care",
    "body": "Wound care group of the integrated care board",
    "term_months": 12,
}
PATCH_EXAMPLE: JsonValue = {"detail": "Meets on the first Tuesday of the month.", "term_months": 6}
TERM_EXAMPLE: JsonValue = {"person_id": _NETWORK, "from_on": "2026-04-01"}
NOTE_EXAMPLE: JsonValue = {"handover_note": "The papers come a week before; ask for them."}
TermMonths = Annotated[int, whole(1, 120, 12)]
MOST_HOLDERS = 1_000
MOST_SUGGESTED = 5
BODY_SAID = "Where it is carried: the group, board or body, in your words."
MONTHS_SAID = "How long a term usually lasts."
TO_SAID = "The last day of it; null: no end was agreed."


class DutyVerb(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    APPOINT = "appoint"
    END = "end"
    DELETE = "delete"


class DutySort(StrEnum):
    """Orders of the list; a minus means descending."""

    LATEST = "-created_at"
    UPDATED = "-updated_at"


class DutyCreate(Input):
    """A new representative duty of a network."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    network_id: Id
    title: Title
    body: Name = Field(description=BODY_SAID)
    detail: Paragraph | None = None
    term_months: TermMonths = Field(default=12, description=MONTHS_SAID)


class DutyPatch(Input):
    """What to change; a field that is left out stays, null clears what may be empty."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PATCH_EXAMPLE]})

    title: Title = ""
    body: Name = Field(default="", description=BODY_SAID)
    detail: Paragraph | None = None
    term_months: TermMonths = Field(default=12, description=MONTHS_SAID)


class DutyItem(Output):
    """A representative duty. Who holds it follows from its terms, and from today."""

    id: Id
    network_id: Id
    title: Title
    body: Name = Field(description=BODY_SAID)
    detail: Paragraph | None
    term_months: TermMonths = Field(description=MONTHS_SAID)
    ended_on: Day | None = Field(description="The day it was given up; null: it goes on.")
    holders: Annotated[list[PersonCard], Field(max_length=MOST_HOLDERS)] = Field(
        description="Who holds it today, and is a member."
    )
    ends_on: Day | None = Field(
        description="When the last of the terms of today ends; null: nobody holds it, or no end was agreed."
    )
    created_by: Id | None
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class Suggested(Output):
    """A member whose turn it may be."""

    person: PersonCard
    days_carried: Annotated[int, whole(0, 2_147_483_647, 0)] = Field(
        description="Days of all terms of this network's duties up to today; two on one day count twice."
    )


class Duty(DutyItem):
    """One duty, whose turn it may be next, and what the caller may do with it."""

    suggested: Annotated[list[Suggested], Field(max_length=MOST_SUGGESTED)] = Field(
        description="Members, no observers, who do not hold it: who carried least first, then the longest a member."
    )
    actions: Annotated[list[DutyVerb], Field(max_length=10)] = Field(
        description="What the caller may do now."
    )


class DutyPage(Output):
    """A page of duties. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[DutyItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class DutyQuery(Input):
    """Filters of the list."""

    network_id: Id | None = None
    ended: QueryBool | None = Field(default=None, description="Given up, or going on.")
    due_soon: QueryBool | None = Field(
        default=None,
        description="Nobody holds it today, or every term of today ends within 60 days; or the rest.",
    )
    updated_since: UtcDateTime | None = None
    sort: DutySort | None = Field(default=None, description="Default: -created_at.")
    cursor: Cursor | None = None
    limit: Limit = 20


class TermCreate(Input):
    """Who is to hold a duty, and from when."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [TERM_EXAMPLE]})

    person_id: Id = Field(description="An active member of the network.")
    from_on: CalendarDay
    to_on: CalendarDay | None = Field(
        default=None, description=f"{TO_SAID} Left out: as long as a term of this duty lasts."
    )


class TermPatch(Input):
    """What to change; a field that is left out stays, null clears what may be empty."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [NOTE_EXAMPLE]})

    handover_note: Paragraph | None = None
    to_on: CalendarDay | None = Field(default=None, description=TO_SAID)


class DutyTerm(Output):
    """Somebody holds a duty from one day to another, both included."""

    id: Id
    duty_id: Id
    network_id: Id
    person_id: Id | None
    from_on: Day
    to_on: Day | None = Field(description=TO_SAID)
    handover_note: Paragraph | None = Field(description="What the next one should know.")
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class TermPage(Output):
    """A page of the terms of a duty, the latest first."""

    items: Annotated[list[DutyTerm], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class TermQuery(Input):
    """How much of it."""

    cursor: Cursor | None = None
    limit: Limit = 20
