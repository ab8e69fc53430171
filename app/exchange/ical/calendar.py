"""A whole calendar (RFC 5545, 3.4): its head, the zones that its series are in, and its events."""

from collections.abc import Iterable

import app as package
from app.exchange.ical.lines import text_line

MEDIA_TYPE = "text/calendar"
# How long a calendar may wait before it asks again: REFRESH-INTERVAL of RFC 7986, and what Outlook reads.
REFRESH = "PT1H"


def vcalendar(
    name: str, events: Iterable[str], zones: Iterable[str] = (), description: str | None = None
) -> bytes:
    """The bytes of a calendar with this name.

    METHOD is PUBLISH, without which Outlook takes one event of several; nobody is asked for an answer.
    """
    head = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
        f"PRODID:-//QI Networks//QI Networks API {package.__version__}//EN\r\n"
        "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
    )
    said = "".join(text_line(each, name) for each in ("NAME", "X-WR-CALNAME"))
    if description:
        said += "".join(text_line(each, description) for each in ("DESCRIPTION", "X-WR-CALDESC"))
    again = f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}\r\nX-PUBLISHED-TTL:{REFRESH}\r\n"
    return "".join([head, said, again, *zones, *events, "END:VCALENDAR\r\n"]).encode()
