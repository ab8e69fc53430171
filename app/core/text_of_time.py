"""Wall times, zones and recurrence rules as they cross the door: text whose form is checked here.

What they mean - that the day exists, that the zone is known, that the rule ends - is for `core.wall_time` and
`core.recurrence`, which can say more about it.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    GetCoreSchemaHandler,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError
from pydantic_core.core_schema import CustomErrorSchema, custom_error_schema

from app.core.occurrences import whole_local
from app.core.text import coded, whole


@dataclass(frozen=True, slots=True)
class Said:
    """What is said instead of a pattern or a length where text has another form; what is taken stays the same."""

    code: str
    detail: str

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CustomErrorSchema:
        """The schema within, with these words for whatever is wrong."""
        return custom_error_schema(handler(source), self.code, custom_error_message=self.detail)


LOCAL_PATTERN = (
    "^(20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
)
# A wall time without a zone; seconds may be left out on the way in, and are there from then on.
LocalDateTime = Annotated[
    str,
    coded(LOCAL_PATTERN, 16, 19, "2026-03-18T12:30:00"),
    AfterValidator(whole_local),
    Said(
        "local_format",
        "Should be what the clock on the wall shows, without an offset, like 2026-03-18T12:30:00",
    ),
]
ZONE_PATTERN = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"
Timezone = Annotated[
    str,
    coded(ZONE_PATTERN, 2, 64, "Europe/London"),
    Said("unknown_timezone", "Should be a name of the IANA database, like Europe/London"),
]
RULE_PATTERN = "^(RRULE:)?[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*$"
Recurrence = Annotated[
    str,
    coded(RULE_PATTERN, 10, 500, "FREQ=MONTHLY;BYDAY=3WE;COUNT=12"),
    Said(
        "bad_recurrence",
        "Should be an RRULE of up to 500 characters, like FREQ=MONTHLY;BYDAY=3WE;COUNT=12",
    ),
]
LONGEST_MINUTES = 14 * 24 * 60
DurationMinutes = Annotated[int, whole(1, LONGEST_MINUTES, 60)]

DAY_PATTERN = "^(20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_DAY = re.compile(DAY_PATTERN)


def _day(value: object) -> date:
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            raise PydanticCustomError(
                "day_format", "Should be a day of 2000 to 2100, like 2026-03-01"
            )
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("no_such_day", "There is no such day") from None
    if not isinstance(value, date):
        raise PydanticKnownError("date_type")
    return value


# A day as people send it, in no time zone; `Day` in `core.text` is one in an answer.
CalendarDay = Annotated[
    date,
    PlainValidator(_day),
    PlainSerializer(date.isoformat, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            "minLength": 10,
            "maxLength": 10,
            "pattern": DAY_PATTERN,
            "examples": ["2026-03-01"],
        }
    ),
]
