"""The starts of a series: a local start, a zone and a rule become instants.

Pure functions over text, as it is stored. An occurrence is named by its *original local start*, whatever becomes of
it later. Where that local time does not exist the occurrence is moved on with the clocks; where it comes
twice the first is meant. Starts lie in 2000 to 2100 and are at most 1,000.
Source: RFC 5545, 3.3.10; docs/decisions/0020-time-and-recurrence.md.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from threading import Lock

from app.core.recurrence_days import days
from app.core.recurrence_rule import (
    LONGEST_RULE,
    MOST_OCCURRENCES,
    Refused,
    Rule,
    parse,
    until_local,
    written,
)
from app.core.wall_time import instant_of, local_from, local_of, local_text, zone_of

__all__ = [
    "LONGEST_RULE",
    "MOST_OCCURRENCES",
    "Refused",
    "Series",
    "canonical",
    "ending_before",
    "expand",
    "from_on",
]

FIRST_START = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
AFTER_THE_LAST_START = int(datetime(2101, 1, 1, tzinfo=UTC).timestamp())
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
_DAY_S = 86_400
_DAY_0 = date(1970, 1, 1).toordinal()
_NOTHING = timedelta(0)

_CACHED_BYTES = 4_000_000  # about 900 series of 52, or 45 of 1,000
_OF_A_SERIES, _OF_AN_OCCURRENCE, _OF_AN_EXCLUDED = 1_000, 90, 80  # bytes, by sys.getsizeof


@dataclass(frozen=True, slots=True)
class Series:
    """The occurrences in order: original local starts as text, and starts in seconds since 1970 (UTC)."""

    locals: tuple[str, ...]
    starts: "array[int]"

    def between(self, from_s: int, to_s: int, longest_s: int) -> range:
        """Indexes of occurrences that touch the window [from, to) if none lasts longer than this."""
        return range(bisect_right(self.starts, from_s - longest_s), bisect_left(self.starts, to_s))


_Key = tuple[str | None, str, str, tuple[str, ...]]
_cache: OrderedDict[_Key, tuple[Series, int]] = OrderedDict()
_cached_bytes = 0
_one_at_a_time = Lock()  # a slow read may expand in a thread beside the loop


def expand(rule: str | None, local_start: str, zone: str, excluded: tuple[str, ...] = ()) -> Series:
    """Find the occurrences of a stored series, without the excluded ones; without a rule it is one.

    Cached, in at most 4 MB. Errors: Refused and ValueError for what `canonical` would not have let in.
    """
    key = (rule, local_start, zone, excluded)
    with _one_at_a_time:
        if held := _cache.get(key):
            _cache.move_to_end(key)
            return held[0]
    series = _expanded(rule, local_start, zone, excluded)
    _keep(key, series)
    return series


def canonical(text: str, local_start: datetime, zone: str) -> str:
    """Check a rule against the start it is for, and write it in the form that is stored and sent.

    UNTIL comes out in UTC, as RFC 5545 asks of a start with a zone: a date includes that day, a time without Z is one
    of the zone. Errors: Refused `bad_recurrence`, `endless_recurrence`, `not_the_first_occurrence`,
    `never_occurs`, `too_many_occurrences` or `recurrence_range`.
    """
    rule = _with_until_in_utc(parse(text), zone)
    series = _starts(rule, local_start, zone, MOST_OCCURRENCES + 1)
    if not series.locals:
        raise Refused("never_occurs", _why_nothing(rule, local_start))
    if series.locals[0] != local_text(local_start):
        raise Refused(
            "not_the_first_occurrence",
            "The start is not one that the rule gives: the first after it is " + series.locals[0],
        )
    if len(series.locals) > MOST_OCCURRENCES:
        raise Refused(
            "too_many_occurrences", f"A series has at most {MOST_OCCURRENCES} occurrences"
        )
    if rule.count is not None and len(series.locals) < rule.count:
        raise Refused(
            "recurrence_range",
            f"Only {len(series.locals)} of its {rule.count} occurrences begin before 2101",
        )
    if not FIRST_START <= series.starts[0] <= series.starts[-1] < AFTER_THE_LAST_START:
        raise Refused("recurrence_range", "Every occurrence begins in the years 2000 to 2100, UTC")
    return written(rule)


def ending_before(rule: str, local_start: str, zone: str, occurrence: str) -> str:
    """Cut a rule so that this occurrence and all later ones are gone; the earlier ones stay as they are.

    Errors: Refused `no_such_occurrence`, or `first_occurrence` where nothing would be left.
    """
    series, index = _found(rule, local_start, zone, occurrence)
    if index == 0:
        raise Refused("first_occurrence", "Nothing comes before the first occurrence")
    taken = parse(rule)
    if taken.until is None:
        return written(replace(taken, count=index))
    return written(replace(taken, until=_utc_text(series.starts[index - 1])))


def from_on(rule: str, local_start: str, zone: str, occurrence: str) -> str:
    """Give the rule that, begun at this occurrence, has it and all later ones: COUNT is what is left.

    Errors: Refused `no_such_occurrence`.
    """
    _, index = _found(rule, local_start, zone, occurrence)
    taken = parse(rule)
    if taken.count is None:
        return written(taken)
    return written(replace(taken, count=taken.count - index))


def _found(rule: str, local_start: str, zone: str, occurrence: str) -> tuple[Series, int]:
    series = expand(rule, local_start, zone)
    index = bisect_left(series.locals, occurrence)
    if series.locals[index : index + 1] != (occurrence,):
        raise Refused("no_such_occurrence", "The series has no occurrence of this original start")
    return series, index


def _expanded(rule: str | None, local_start: str, zone: str, excluded: tuple[str, ...]) -> Series:
    start = local_from(local_start)
    if rule is None:
        at = instant_of(start, zone).at
        return Series((local_start,), array("q", (int(at.timestamp()),)))
    series = _starts(parse(rule), start, zone, MOST_OCCURRENCES)
    if not excluded:
        return series
    gone = frozenset(excluded)
    kept = [index for index, local in enumerate(series.locals) if local not in gone]
    return Series(
        tuple(series.locals[index] for index in kept),
        array("q", (series.starts[index] for index in kept)),
    )


def _starts(rule: Rule, start: datetime, zone: str, most: int) -> Series:
    """The occurrences up to COUNT, UNTIL or the end of 2100, at most so many."""
    until_s, last = AFTER_THE_LAST_START, _LAST_DAY
    if rule.until is not None:
        until = until_local(rule.until).replace(tzinfo=UTC)
        until_s, last = int(until.timestamp()), min(_LAST_DAY, _day_after(until, zone))
    found = list(islice(days(rule, start.date(), last), min(most, rule.count or most)))
    starts = array("q", _instants(found, start.time(), zone))
    del starts[bisect_right(starts, until_s) :]
    text = "T" + start.time().isoformat(timespec="seconds")
    return Series(
        tuple([date.fromordinal(day).isoformat() + text for day in found[: len(starts)]]), starts
    )


def _instants(found: list[int], clock: time, zone: str) -> list[int]:
    """The instants at which this clock time comes on these days.

    Python's fold 0 is the offset before a change: in a gap it moves a start on, in a fold it takes the first.
    """
    shown, rules = clock.replace(fold=0), zone_of(zone)
    seconds = clock.hour * 3_600 + clock.minute * 60 + clock.second - _DAY_0 * _DAY_S
    starts: list[int] = []
    for day in found:
        offset = rules.utcoffset(datetime.combine(date.fromordinal(day), shown)) or _NOTHING
        starts.append(day * _DAY_S + seconds - offset.days * _DAY_S - offset.seconds)
    return starts


def _day_after(until: datetime, zone: str) -> date:
    """A day on which nothing begins any more, even where the clocks were moved by a whole day."""
    return date.fromordinal(min(_LAST_DAY.toordinal(), local_of(until, zone).toordinal() + 1))


def _with_until_in_utc(rule: Rule, zone: str) -> Rule:
    if rule.until is None:
        return rule
    until = until_local(rule.until)
    if not _FIRST_DAY.year <= until.year <= _LAST_DAY.year:
        raise Refused("recurrence_range", "UNTIL lies in the years 2000 to 2100")
    if rule.until.endswith("Z"):
        return rule
    at_s = int(instant_of(until, zone).at.timestamp())
    return replace(rule, until=_utc_text(min(at_s, AFTER_THE_LAST_START - 1)))


def _utc_text(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y%m%dT%H%M%SZ")


def _why_nothing(rule: Rule, start: datetime) -> str:
    if rule.until is not None:
        return f"Nothing begins from {local_text(start)} until {rule.until}"
    return f"Nothing begins from {local_text(start)} until the end of 2100"


def _keep(key: _Key, series: Series) -> None:
    """Put a series into the cache, and the longest unused out of it."""
    global _cached_bytes  # noqa: PLW0603 (the sum belongs to the cache beside it)
    size = _OF_A_SERIES + _OF_AN_OCCURRENCE * len(series.locals) + _OF_AN_EXCLUDED * len(key[3])
    with _one_at_a_time:
        if key in _cache:
            return
        _cache[key] = (series, size)
        _cached_bytes += size
        while _cached_bytes > _CACHED_BYTES:
            _, (_, freed) = _cache.popitem(last=False)
            _cached_bytes -= freed
