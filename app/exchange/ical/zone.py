"""A zone of the IANA database as a VTIMEZONE (RFC 5545, 3.6.5), for calendars that do not know its name."""

from functools import lru_cache

from app.core.zone_rules import Observance, observances
from app.exchange.ical.event import basic
from app.exchange.ical.lines import folded, text_line


@lru_cache(maxsize=128)
def vtimezone(zone: str, first_year: int, last_year: int) -> str:
    """The component, right for every local time of these years."""
    blocks = "".join(map(_block, observances(zone, first_year, last_year)))
    return f"BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n{blocks}END:VTIMEZONE\r\n"


def _block(one: Observance) -> str:
    kind = "DAYLIGHT" if one.daylight else "STANDARD"
    lines = [
        f"BEGIN:{kind}\r\nDTSTART:{basic(one.onset.isoformat())}\r\n",
        f"TZOFFSETFROM:{_offset(one.offset_from)}\r\nTZOFFSETTO:{_offset(one.offset_to)}\r\n",
        text_line("TZNAME", one.name),
    ]
    if one.rule is not None:
        lines.append(folded(f"RRULE:{one.rule}"))
    return "".join([*lines, f"END:{kind}\r\n"])


def _offset(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{minutes // 60:02d}{minutes % 60:02d}" + (f"{rest:02d}" if rest else "")
