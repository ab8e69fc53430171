"""What a clock on the wall shows, and which instant that is.

A *local time* is naive: year to second as people in a zone write it. A *zone* is a name of the IANA database in the
release that the `tzdata` package carries, so that every machine gives the same answer, whatever its own
files say. Where the clocks go forward a local time does not exist: it is read with the offset before, which moves it
on by as much as the clocks were moved. Where they go back it comes twice: the first is meant.
Source: RFC 5545, 3.3.5; docs/decisions/0020-time-and-recurrence.md.
"""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import tzdata

_HELD_ZONES = 64  # a loaded zone takes a few kB; people plan in very few of the six hundred
_PACKAGE = Path(tzdata.__file__).parent
_NO_PLACE = frozenset({"Factory"})  # in the list, for a clock that nobody has set yet


class Moment(NamedTuple):
    """The instant that a local time stands for (UTC), and whether it comes twice or does not exist."""

    at: datetime
    first_of_two: bool
    in_gap: bool


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """All names there are, old ones too, such as `GB`."""
    return frozenset((_PACKAGE / "zones").read_text().split()) - _NO_PLACE


def known_zone(name: str) -> bool:
    """Whether this is the name of a zone, written as the database writes it."""
    return name in zone_names()


@lru_cache(maxsize=_HELD_ZONES)
def zone_of(name: str) -> ZoneInfo:
    """The rules of a zone. Errors: ValueError for a name that is none; it never becomes a path."""
    if not known_zone(name):
        raise ValueError(f"{name[:60]!r} is not a zone of the IANA database")
    # Not `ZoneInfo(name)`: that would ask the machine's own files first.
    with (_PACKAGE / "zoneinfo").joinpath(*name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


def instant_of(local: datetime, zone: str) -> Moment:
    """Find the instant of a local time (naive). Errors: ValueError for a name that is no zone."""
    first = local.replace(tzinfo=zone_of(zone), fold=0)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    if before is None or after is None:  # no zone of the database does that
        raise ValueError(f"{zone} has no offset at {local}")
    # PEP 495: fold 0 is the offset before the change and fold 1 the one after, in a gap as well.
    return Moment(first.astimezone(UTC), before > after, before < after)


def local_of(at: datetime, zone: str) -> datetime:
    """What the clocks of a zone show at an instant: naive. Errors: ValueError for no zone."""
    return at.astimezone(zone_of(zone)).replace(tzinfo=None, fold=0)


def local_text(local: datetime) -> str:
    """Write a local time as it is stored and answered: "2026-03-18T12:30:00"."""
    return local.replace(tzinfo=None).isoformat(timespec="seconds")


def local_from(text: str) -> datetime:
    """Read what `local_text` writes, and nothing else. Errors: ValueError."""
    local = datetime.fromisoformat(text)
    if local_text(local) != text:
        raise ValueError("A local time is written like 2026-03-18T12:30:00")
    return local
