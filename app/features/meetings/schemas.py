"""The contract of meetings."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import (
    Cursor,
    Id,
    Input,
    Latitude,
    Limit,
    Longitude,
    Name,
    Near,
    Output,
    Paragraph,
    Place,
    QueryBool,
    SearchText,
    Title,
    Url,
    UtcDateTime,
    Version,
    query_float,
    whole,
)
from app.core.text_of_places import BBOX, NEAR, BoundingBox, Kilometres
from app.core.text_of_search import DidYouMean, FacetsIfAsked, Loose, WantsFacets
from app.core.text_of_time import DurationMinutes, LocalDateTime, Recurrence, Timezone

MOST_AGENDA_ITEMS = 50
MOST_EXCLUDED = 1_000


class MeetingMode(StrEnum):
    """How people meet."""

    FACE_TO_FACE = "face_to_face"
    VIRTUAL = "virtual"
    HYBRID = "hybrid"


class MeetingStatus(StrEnum):
    """Where a meeting stands; cancelled is final."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class PlannedStatus(StrEnum):
    """How a new meeting begins."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"


class Confidentiality(StrEnum):
    """Who reads of it: everybody who sees an open network, or its members; and whether who came is kept."""

    OPEN = "open"
    MEMBERS = "members"
    CHATHAM_HOUSE = "chatham_house"


class AttendanceAnswer(StrEnum):
    """What somebody said to an invitation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


class AttendancePlace(StrEnum):
    """What an acceptance gave: a place, or one on the waiting list."""

    HELD = "held"
    WAITING = "waiting"


class MeetingAction(StrEnum):
    """What the caller may do now."""

    UPDATE = "update"
    DELETE = "delete"
    ANNOUNCE = "announce"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    ANSWER = "answer"
    RECORD_ATTENDANCE = "record_attendance"
    WRITE_MINUTES = "write_minutes"
    ADD_ACTION = "add_action"


class MeetingSort(StrEnum):
    """Orders of the list; a minus means descending."""

    STARTS = "starts_at"
    LATEST = "-starts_at"
    UPDATED = "-updated_at"
    DISTANCE = "distance"
    RELEVANCE = "relevance"
    SCORE = "-score"


class AgendaItem(Input):
    """One point of an agenda; the order of the list is the order of the day."""

    title: Title
    minutes: Annotated[int, whole(1, 24 * 60, 15)] | None = Field(
        default=None, description="How long it should take."
    )
    presenter: Name | None = Field(
        default=None, description="Who leads it; nobody is named under the Chatham House Rule."
    )
    detail: Paragraph | None = None
    chatham_house: bool = Field(
        default=False, strict=True, description="This part is under the Chatham House Rule."
    )


Agenda = Annotated[list[AgendaItem], Field(max_length=MOST_AGENDA_ITEMS)]
Excluded = Annotated[list[LocalDateTime], Field(max_length=MOST_EXCLUDED)]
Capacity = Annotated[int, whole(1, 100_000, 30)]


class MeetingFields(Input):
    """What a facilitator may say of a meeting, beside its title and when it is."""

    description: Paragraph | None = None
    mode: MeetingMode = MeetingMode.VIRTUAL
    place: Place | None = None
    place_private: bool = Field(
        default=False, strict=True, description="Only those who may attend read the place."
    )
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    join_url: Url | None = Field(default=None, description="Only those who may attend read it.")
    capacity: Capacity | None = Field(
        default=None, description="Places; who accepts when all are taken waits in line."
    )
    confidentiality: Confidentiality = Confidentiality.MEMBERS
    agenda: Agenda = []


class MeetingCreate(MeetingFields):
    """A new meeting, or a series of them with `recurrence`.

    Say when by `starts_at` (an instant), or by `local_start` (the clock on the wall in `timezone`), which a series
    needs. It begins as a draft that only facilitators see; `announce` tells the members, and so does `confirmed`.
    """

    # One of its two starts: the fields that are required make no meeting.
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "network_id": "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
                    "title": "Retinal screening: spring round",
                    "starts_at": "2030-03-18T12:30:00Z",
                }
            ]
        }
    )

    network_id: Id
    title: Title
    starts_at: UtcDateTime | None = None
    local_start: LocalDateTime | None = None
    timezone: Timezone = "Europe/London"
    duration_minutes: DurationMinutes = 60
    recurrence: Recurrence | None = Field(
        default=None, description="RFC 5545 rule that ends: with COUNT or UNTIL."
    )
    excluded: Excluded = Field(
        default=[], description="Original local starts that the rule gives and that are left out."
    )
    status: PlannedStatus = PlannedStatus.TENTATIVE
    announce: bool = Field(
        default=False, strict=True, description="Tell the members of a tentative one."
    )

    @model_validator(mode="after")
    def _one_start(self) -> "MeetingCreate":
        if (self.starts_at is None) == (self.local_start is None):
            code, message = "one_start", "give either starts_at or local_start"
            raise PydanticCustomError(code, message)
        if self.recurrence is not None and self.local_start is None:
            code, message = "local_start_needed", "a series recurs by the clock: give local_start"
            raise PydanticCustomError(code, message)
        if (self.latitude is None) != (self.longitude is None):
            code, message = "half_a_place", "latitude and longitude are given together"
            raise PydanticCustomError(code, message)
        return self


class MeetingPatch(MeetingFields):
    """What to change; a field that is left out stays, null clears what may be empty."""

    title: Title = ""
    starts_at: UtcDateTime = datetime.min.replace(tzinfo=UTC)
    local_start: LocalDateTime = ""
    timezone: Timezone = ""
    duration_minutes: DurationMinutes = 0
    recurrence: Recurrence | None = None
    excluded: Excluded = []


class EditRange(StrEnum):
    """What of a series is meant: one occurrence, it and all that follow, or all."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


class MeetingCancel(Input):
    """Why, and what of a series: without `occurrence` all of it."""

    # A single meeting has no occurrence to name.
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "The building is shut by snow."}]}
    )

    reason: Paragraph | None = None
    occurrence: LocalDateTime | None = Field(default=None, description="Its original local start.")
    range: EditRange | None = Field(
        default=None,
        description="With `occurrence`: this one alone, unless something else is said.",
    )


class MeetingException(Output):
    """How one occurrence of a series differs, in short; ask for the meeting with `occurrence` to read it whole."""

    occurrence: LocalDateTime = Field(description="Its original local start.")
    status: MeetingStatus
    starts_at: UtcDateTime


class MeetingListItem(Output):
    """A meeting as it was planned, or one occurrence of a series: then `occurrence` is its original local start."""

    id: Id
    network_id: Id
    occurrence: LocalDateTime | None
    title: Title
    description: Paragraph | None
    starts_at: UtcDateTime
    ends_at: UtcDateTime
    local_start: LocalDateTime
    timezone: Timezone
    duration_minutes: DurationMinutes
    first_of_two: bool = Field(
        description="The clocks go back: this local time comes twice, and the first is meant."
    )
    recurrence: Recurrence | None
    last_ends_at: UtcDateTime = Field(description="When the last occurrence of a series ends.")
    mode: MeetingMode
    place: Place | None
    place_private: bool
    latitude: Latitude | None
    longitude: Longitude | None
    join_url: Url | None = Field(description="Null for whoever may not attend.")
    status: MeetingStatus
    announced_at: UtcDateTime | None = Field(description="Null: a draft, for facilitators alone.")
    cancel_reason: Paragraph | None
    capacity: Capacity | None
    confidentiality: Confidentiality
    attendance_hidden: bool = Field(
        description="All or a part of it is under the Chatham House Rule: only facilitators see who answered or came."
    )
    sequence: Annotated[int, whole(0, 2_147_483_647, 2)] = Field(
        description="Of iCalendar: rises with every edit after it was announced."
    )
    follows_id: Id | None = Field(description="The series that this one was split off.")
    my_answer: AttendanceAnswer | None
    my_place: AttendancePlace | None
    distance_km: Kilometres | None = Field(description="Kilometres from `near`; null without it.")
    created_at: UtcDateTime
    updated_at: UtcDateTime
    version: Version


class Meeting(MeetingListItem):
    """One meeting with its agenda, and for a series with what differs from its rule."""

    ical_uid: Annotated[
        str, Field(min_length=10, max_length=100, examples=["018f4c1e@qi-networks"])
    ]
    agenda: Agenda
    excluded: Excluded
    exceptions: Annotated[list[MeetingException], Field(max_length=1000)]
    actions: list[MeetingAction] = Field(max_length=20, description="What the caller may do now.")


class MeetingPage(Output):
    """A page of meetings. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[MeetingListItem], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor
    did_you_mean: DidYouMean
    loose: Loose
    facets: FacetsIfAsked


class OccurrenceQuery(Input):
    """Which occurrence of a series; without it, the series or the single meeting."""

    occurrence: LocalDateTime | None = Field(default=None, description="Its original local start.")


class EditQuery(OccurrenceQuery):
    """What of a series is edited; without `occurrence` all of it."""

    range: EditRange | None = Field(
        default=None,
        description="With `occurrence`: this one alone, unless something else is said.",
    )


class MeetingFilters(Input):
    """Filters of meetings, in lists and calendars; each matches only what the caller may read."""

    from_: UtcDateTime | None = Field(
        default=None, alias="from", description="Occurrences that end after this instant."
    )
    to: UtcDateTime | None = Field(
        default=None, description="Occurrences that start before this instant."
    )
    mode: MeetingMode | None = None
    status: MeetingStatus | None = None
    q: SearchText | None = Field(
        default=None,
        description="Words to find; the last one may be the beginning of a word.",
    )
    mine: QueryBool | None = Field(
        default=None, description="Of networks that I am an active member of, or of all others."
    )


class MeetingQuery(MeetingFilters):
    """Filters of the list. With `from` or `to` it lists occurrences, else each meeting and series once."""

    network_id: Id | None = None
    near: Near | None = Field(default=None, description=NEAR)
    within_km: Annotated[float, query_float(0.1, 1000, 25)] = Field(
        default=25.0, description="How far from `near`, in kilometres."
    )
    bbox: BoundingBox | None = Field(default=None, description=BBOX)
    updated_since: UtcDateTime | None = None
    sort: MeetingSort | None = Field(
        default=None,
        description=(
            "Default: relevance with q, nearer ones first among equals; distance with near; else starts_at. "
            "-score is relevance by its older name."
        ),
    )
    facets: WantsFacets = False
    cursor: Cursor | None = None
    limit: Limit = 20
