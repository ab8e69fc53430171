"""How the clocks of a zone change, in the terms of a VTIMEZONE (RFC 5545, 3.6.5)."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.core.recurrence_rule import WEEKDAYS
from app.core.wall_time import zone_of

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_WEEK = 7
# A year's change is called a rule after so many years: in two or three a fourth Sunday may look like a last one.
_YEARS_TO_JUDGE_BY = 8


@dataclass(frozen=True, slots=True)
class Observance:
    """One STANDARD or DAYLIGHT block: from its onset on the clocks show `offset_to`.

    Offsets are seconds east of UTC; the onset is a local time by `offset_from`, as DTSTART wants it. `rule` is an
    RRULE that begins at the onset, without an end or with UNTIL in UTC. There are no RDATEs: ical.js forgets the
    DTSTART beside one, others know none.
    """

    daylight: bool
    name: str
    offset_from: int
    offset_to: int
    onset: datetime
    rule: str | None = None


class _State(NamedTuple):
    """What holds between two changes. `special` is the zone's own word for not standard."""

    offset: timedelta
    special: timedelta
    name: str


class _Change(NamedTuple):
    at: datetime
    before: _State
    after: _State

    @property
    def local(self) -> datetime:
        """When the clocks that still go by the offset before show that it is time."""
        return (self.at + self.before.offset).replace(tzinfo=None)


@lru_cache(maxsize=256)
def observances(zone: str, first_year: int, last_year: int) -> tuple[Observance, ...]:
    """Describe a zone so that every local time of these years has its offset, in order of onset.

    Where a change comes every year on an nth or last weekday of a month it is a rule. Errors: ValueError for no zone.
    """
    judged = max(last_year, first_year - 2 + _YEARS_TO_JUDGE_BY)
    changes = [
        change for year in range(first_year - 1, judged + 1) for change in _changes(zone, year)
    ]
    found: list[Observance] = []
    if not changes or changes[0].at.year >= first_year:
        found.append(_beginning(zone, first_year - 1))
    for kind in dict.fromkeys(change[1:] for change in changes):
        alike = [change for change in changes if change[1:] == kind]
        found.extend(_described(alike, judged, last_year))
    return tuple(sorted(found, key=lambda one: one.onset))


def _state(zone: str, at: datetime) -> _State:
    here = at.astimezone(zone_of(zone))
    nothing = timedelta(0)
    return _State(here.utcoffset() or nothing, here.dst() or nothing, here.tzname() or zone)


@lru_cache(maxsize=1_024)
def _changes(zone: str, year: int) -> tuple[_Change, ...]:
    """The changes of a year (UTC): look at every day, and into those between which something changed."""
    changes: list[_Change] = []
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    before = _state(zone, at)
    while at < end:
        after = _state(zone, at + _DAY)
        if after != before:
            changes.append(_Change(_instant_of_change(zone, at, before), before, after))
        at, before = at + _DAY, after
    return tuple(changes)


def _instant_of_change(zone: str, old: datetime, before: _State) -> datetime:
    """The first second, within the day after `old`, that is not as before."""
    new = old + _DAY
    while new - old > _SECOND:
        middle = old + _SECOND * ((new - old) // _SECOND // 2)
        old, new = (middle, new) if _state(zone, middle) == before else (old, middle)
    return new


def _is_daylight(change: _Change) -> bool:
    """Ireland calls winter the special time, not summer. Calendars expect daylight to be the later clock."""
    nothing = timedelta(0)
    return change.after.special > nothing or change.before.special < nothing


def _beginning(zone: str, year: int) -> Observance:
    new_year = datetime(year, 1, 1, tzinfo=UTC)
    state = _state(zone, new_year)
    offset = int(state.offset.total_seconds())
    onset = new_year.replace(tzinfo=None)  # naive, as local times are
    return Observance(state.special > timedelta(0), state.name, offset, offset, onset)


def _described(alike: list[_Change], judged: int, last_year: int) -> Iterator[Observance]:
    """Blocks for the changes of one kind: one for each run of years that keeps a rule, or one for each change."""
    first = alike[0]
    block = Observance(
        _is_daylight(first),
        first.after.name,
        int(first.before.offset.total_seconds()),
        int(first.after.offset.total_seconds()),
        first.local,
    )
    for run in _runs(alike):
        rule = _rule(run) if len(run) > 2 else None  # noqa: PLR2004 (two of anything are in a row)
        if rule is not None and run[0].local.year <= last_year:
            until = "" if run[-1].local.year == judged else f";UNTIL={run[-1].at:%Y%m%dT%H%M%SZ}"
            yield replace(block, onset=run[0].local, rule=rule + until)
        elif rule is None:
            onsets = (change.local for change in run if change.local.year <= last_year)
            yield from (replace(block, onset=onset) for onset in onsets)


def _runs(alike: list[_Change]) -> Iterator[list[_Change]]:
    """Cut where a year is missing or has two, or where no one rule gives both sides."""
    run = alike[:1]
    for earlier, later in pairwise(alike):
        if later.local.year - earlier.local.year != 1 or _rule([*run, later]) is None:
            yield run
            run = []
        run.append(later)
    yield run


def _rule(run: list[_Change]) -> str | None:
    """The yearly rule that all of these follow, if there is one; the last weekday goes before the nth."""
    locals_ = [change.local for change in run]
    if len({(local.month, local.weekday(), local.time()) for local in locals_}) > 1:
        return None
    if all(local.day + _WEEK > monthrange(local.year, local.month)[1] for local in locals_):
        ordinal = -1
    elif len({(local.day - 1) // _WEEK for local in locals_}) == 1:
        ordinal = (locals_[0].day - 1) // _WEEK + 1
    else:
        return None
    weekday = WEEKDAYS[locals_[0].weekday()]
    return f"FREQ=YEARLY;BYMONTH={locals_[0].month};BYDAY={ordinal}{weekday}"
