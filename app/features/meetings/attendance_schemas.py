"""The contract of attendance: what people answered, the places that gives, and who came."""

from typing import Annotated

from pydantic import Field

from app.core.cards import PersonCard
from app.core.text import Cursor, Id, Input, Limit, Output, UtcDateTime, Version, whole
from app.core.text_of_time import LocalDateTime
from app.features.meetings.schemas import AttendanceAnswer, AttendancePlace, Capacity

MOST_RECORDED = 200
_Count = Annotated[int, whole(0, 2_147_483_647, 12)]
_Occurrence = Annotated[
    LocalDateTime | None,
    Field(
        description="Its original local start: which occurrence of a series. A single meeting has none."
    ),
]


class Attendance(Output):
    """One person and one occurrence: what they answered, the place it gave them, whether they came."""

    id: Id
    meeting_id: Id
    network_id: Id
    occurrence: _Occurrence
    person: PersonCard | None = Field(
        description="Null for who is no member any more, but to facilitators and themselves."
    )
    answer: AttendanceAnswer | None = Field(
        description="Null for who came without having answered."
    )
    place: AttendancePlace | None = Field(description="What accepting gave; null otherwise.")
    position: Annotated[int, whole(1, 2_147_483_647, 3)] | None = Field(
        description="Of who waits: 1 is the next to get a place."
    )
    answered_at: UtcDateTime | None
    came: bool | None = Field(description="As a facilitator recorded it; null: nobody has.")
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class AttendanceSummary(Output):
    """How many answered what, and what is left; under the Chatham House Rule facilitators alone are told how many."""

    accepted: _Count | None
    declined: _Count | None
    tentative: _Count | None
    held: _Count | None = Field(description="Places that are taken.")
    waiting: _Count | None
    came: _Count | None
    capacity: Capacity | None
    places_left: _Count | None = Field(
        description="Null where places are not limited, or where it is not said how many are taken."
    )
    mine: Attendance | None


class AttendancePage(Output):
    """A page of attendance, and the counts of all. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[Attendance], Field(max_length=100)]
    summary: AttendanceSummary
    next_cursor: Cursor | None
    changes_cursor: Cursor


class AttendanceQuery(Input):
    """Which occurrence of a series, and paging."""

    occurrence: LocalDateTime | None = Field(
        default=None, description="Its original local start; a series needs it."
    )
    cursor: Cursor | None = None
    limit: Limit = 20


class AttendancePut(Input):
    """Your answer; `occurrence` says to which occurrence of a series."""

    answer: AttendanceAnswer
    occurrence: LocalDateTime | None = Field(
        default=None, description="Its original local start; a series needs it."
    )


class PersonCame(Input):
    """Whether one person came."""

    person_id: Id
    came: Annotated[bool, Field(strict=True)]


class AttendanceRecord(Input):
    """Who came, and who did not: everybody is recorded, or on an error nobody."""

    occurrence: LocalDateTime | None = Field(
        default=None, description="Its original local start; a series needs it."
    )
    people: Annotated[list[PersonCame], Field(min_length=1, max_length=MOST_RECORDED)]


class AttendanceRecorded(Output):
    """What is kept now of those who were recorded, as far as you may see it, in no order that means anything."""

    items: Annotated[list[Attendance], Field(max_length=MOST_RECORDED)]
