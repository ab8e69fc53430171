"""The contract of calendar tokens."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import (
    Cursor,
    Day,
    Id,
    Input,
    Limit,
    Name,
    Output,
    SearchText,
    Url,
    UtcDateTime,
    Version,
    line,
)
from app.features.meetings.schemas import MeetingMode, MeetingStatus

CalendarName = Annotated[Name, Field(examples=["Outlook at the practice"])]
_WEBCAL = "webcal://example.org/v1/calendars/qi_calendar_....ics"


class CalendarFeed(StrEnum):
    """What a calendar has: all meetings of one's own networks, those of one network, or one meeting or series."""

    ME = "me"
    NETWORK = "network"
    MEETING = "meeting"


class CalendarFilters(Input):
    """Which meetings and occurrences a calendar has; without any, all."""

    from_: UtcDateTime | None = Field(
        default=None, alias="from", description="Occurrences that end after this instant."
    )
    to: UtcDateTime | None = Field(
        default=None, description="Occurrences that start before this instant."
    )
    mode: MeetingMode | None = None
    status: MeetingStatus | None = None
    q: SearchText | None = Field(
        default=None, description="Words to find; the last one may be the beginning of a word."
    )


class CalendarFiltersShown(Output):
    """The filters of a calendar; null is none."""

    from_: UtcDateTime | None = Field(alias="from")
    to: UtcDateTime | None
    mode: MeetingMode | None
    status: MeetingStatus | None
    q: SearchText | None


class CalendarTokenCreate(Input):
    """A new address: what for, and which feed it opens."""

    name: CalendarName
    feed: CalendarFeed
    network_id: Id | None = Field(
        default=None, description="With the feed `network`, and only then."
    )
    meeting_id: Id | None = Field(
        default=None, description="With the feed `meeting`, and only then."
    )
    filters: CalendarFilters = CalendarFilters()

    @model_validator(mode="after")
    def _of_what(self) -> "CalendarTokenCreate":
        given = {CalendarFeed.NETWORK: self.network_id, CalendarFeed.MEETING: self.meeting_id}
        for feed, found in given.items():
            if (found is not None) is not (self.feed is feed):
                code, message = "feed", "the feed {feed} and {feed}_id are given together"
                raise PydanticCustomError(code, message, {"feed": feed.value})
        return self


class CalendarToken(Output):
    """A calendar token without its address: `hint` is how the secret in it ends."""

    id: Id
    name: CalendarName
    hint: Annotated[str, line(16, "x7Qk")]
    feed: CalendarFeed
    network_id: Id | None
    meeting_id: Id | None
    filters: CalendarFiltersShown
    last_used_on: Day | None
    created_at: UtcDateTime
    version: Version


class CalendarTokenCreated(CalendarToken):
    """A new calendar token with its address, which nobody can read again."""

    address: Url | None = Field(
        description="To subscribe to: whoever has it reads the calendar. Shown this once; null in a repeated answer."
    )
    webcal: (
        Annotated[
            str,
            Field(pattern="^webcal://[!-~]+$", min_length=12, max_length=2000, examples=[_WEBCAL]),
        ]
        | None
    ) = Field(description="The same address, as a link that opens a calendar program.")


class CalendarTokenPage(Output):
    """A page of calendar tokens, the newest first. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[CalendarToken], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class CalendarTokenQuery(Input):
    """Paging of the list."""

    cursor: Cursor | None = None
    limit: Limit = 20
