"""The contract of calendars."""

from typing import Annotated, Any, Final

from pydantic import Field

from app.exchange.calendar_tokens.schemas import CalendarFilters
from app.exchange.ical.calendar import MEDIA_TYPE

SECRET_PATTERN = "^[A-Za-z0-9_-]+$"  # noqa: S105 - a pattern
CalendarSecret = Annotated[
    str,
    Field(
        strict=True,
        pattern=SECRET_PATTERN,
        min_length=1,
        max_length=100,
        examples=["qi_calendar_x7Qk"],
    ),
]
EXAMPLE = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//QI Networks//EN\r\nEND:VCALENDAR\r\n"
CALENDAR: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "string",
                    "maxLength": 50_000_000,
                    "pattern": "^BEGIN:VCALENDAR",
                    "examples": [EXAMPLE],
                }
            }
        }
    }
}


class CalendarQuery(CalendarFilters):
    """Filters of a calendar; each matches only what the caller may read."""
