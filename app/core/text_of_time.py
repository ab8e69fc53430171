"""Wall times, zones and recurrence rules as they cross the door: text whose form is checked here.

What they mean - that the day exists, that the zone is known, that the rule ends - is for `core.wall_time` and
`core.recurrence`, which can say more about it.
"""

from typing import Annotated

from pydantic import AfterValidator

from app.core.occurrences import whole_local
from app.core.text import coded, whole

LOCAL_PATTERN = (
    "^(20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
)
# A wall time without a zone; seconds may be left out on the way in, and are there from then on.
LocalDateTime = Annotated[
    str,
    coded(LOCAL_PATTERN, 16, 19, "2026-03-18T12:30:00"),
    AfterValidator(whole_local),
]
ZONE_PATTERN = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"
Timezone = Annotated[str, coded(ZONE_PATTERN, 2, 64, "Europe/London")]
RULE_PATTERN = "^(RRULE:)?[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*$"
Recurrence = Annotated[str, coded(RULE_PATTERN, 10, 500, "FREQ=MONTHLY;BYDAY=3WE;COUNT=12")]
DurationMinutes = Annotated[int, whole(1, 14 * 24 * 60, 60)]
