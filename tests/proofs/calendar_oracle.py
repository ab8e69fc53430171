"""RFC 5545's recurrence again, slowly: each day is asked whether it belongs. It shares nothing with the service.

The clocks are asked in the direction that is never in doubt alone: from an instant to what they show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import tzdata

ONE_DAY, ONE_HOUR, ONE_SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST_DAY = date(2100, 12, 31)
MOST = 1_000


@dataclass(frozen=True)
class Answer:
    """What the oracle says of a rule: its occurrences, and whether they are all that COUNT or UNTIL asked for."""

    locals: list[datetime]
    instants: list[datetime]
    gaps: int
    folds: int


# --- Clocks ---------------------------------------------------------------------------------------


@cache
def zone_of(name: str) -> ZoneInfo:
    with (Path(tzdata.__file__).parent / "zoneinfo" / name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def shown(at: datetime, zone: str) -> datetime:
    """What the clocks show at an instant."""
    return at.astimezone(zone_of(zone)).replace(tzinfo=None)


def offset_at(at: datetime, zone: str) -> timedelta:
    offset = at.astimezone(zone_of(zone)).utcoffset()
    assert offset is not None
    return offset


def instant(local: datetime, zone: str) -> tuple[datetime, str]:
    """The first instant at which the clocks show this; in a gap, the one by the offset before. And which it was."""
    guess = local.replace(tzinfo=UTC)
    hours = [guess + ONE_HOUR * hour for hour in range(-40, 41, 2)]
    offsets = {offset_at(hour, zone) for hour in hours}
    found = sorted(at for offset in offsets if shown(at := guess - offset, zone) == local)
    if found:
        return found[0], "fold" if len(found) > 1 else ""
    for before, after in pairwise(hours):
        old, new = offset_at(before, zone), offset_at(after, zone)
        if new > old:
            change = first_second_of(new, before, zone)
            if shown(change, zone) - (new - old) <= local < shown(change, zone):
                return guess - old, "gap"
    raise AssertionError(f"{local} in {zone} is nowhere")


def first_second_of(offset: timedelta, before: datetime, zone: str) -> datetime:
    """When the clocks of a zone begin to have this offset, within a day."""
    low, high = 0, 86_400
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(before + ONE_SECOND * middle, zone) == offset:
            high = middle
        else:
            low = middle
    return before + ONE_SECOND * high


# --- Days -----------------------------------------------------------------------------------------


class Rule:
    """The parts of a rule as lists of numbers."""

    def __init__(self, text: str) -> None:
        self.parts = dict(part.split("=") for part in text.split(";"))
        self.frequency = self.parts["FREQ"]
        self.interval = int(self.parts.get("INTERVAL", "1"))
        self.count = int(self.parts["COUNT"]) if "COUNT" in self.parts else None
        self.months = self.numbers("BYMONTH")
        self.month_days = self.numbers("BYMONTHDAY")
        self.positions = self.numbers("BYSETPOS")
        self.week_start = NAMES.index(self.parts.get("WKST", "MO"))
        self.days = [
            (int(one[:-2] or 0), NAMES.index(one[-2:]))
            for one in self.parts.get("BYDAY", "").split(",")
            if one
        ]

    def numbers(self, name: str) -> list[int]:
        return [int(one) for one in self.parts.get(name, "").split(",") if one]

    def until(self, zone: str) -> datetime | None:
        """The last instant: of a date its last second, without Z by the clocks of the zone."""
        text = self.parts.get("UNTIL")
        if text is None:
            return None
        if len(text) == 8:
            text += "T235959"
        local = datetime.strptime(text[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return local if text.endswith("Z") else instant(local.replace(tzinfo=None), zone)[0]


def week_of(day: date, week_start: int) -> date:
    """The first day of its week, when weeks begin on this day."""
    while day.weekday() != week_start:
        day -= ONE_DAY
    return day


def period_of(day: date, rule: Rule) -> int:
    """The number of the day, week, month or year in which a day lies."""
    if rule.frequency == "DAILY":
        return day.toordinal()
    if rule.frequency == "WEEKLY":
        return week_of(day, rule.week_start).toordinal() // 7
    return day.year * 12 + day.month - 1 if rule.frequency == "MONTHLY" else day.year


def ordinals(day: date, *, of_year: bool) -> tuple[int, int]:
    """Which of its weekdays a day is in its month or year: from the front (1 is the first) and from the end (-1)."""

    def same(other: date) -> bool:
        return other.year == day.year and (of_year or other.month == day.month)

    front = back = 0
    week = ONE_DAY * 7
    while same(day - week * front):
        front += 1
    while day + week * back <= date(2101, 12, 31) and same(day + week * back):
        back += 1
    return front, -back


def is_candidate(day: date, rule: Rule, start: date) -> bool:
    """Whether a day satisfies every part but INTERVAL and BYSETPOS; what is missing comes from the start."""
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days and not is_month_day(day, rule):
        return False
    if rule.days:
        return is_weekday(day, rule)
    return bool(rule.month_days) or is_like(day, start, rule)


def is_month_day(day: date, rule: Rule) -> bool:
    """Whether its number in the month is one of the rule's, from the front or from the end."""
    to_the_end = 1
    while (day + ONE_DAY * to_the_end).month == day.month:
        to_the_end += 1
    return day.day in rule.month_days or -to_the_end in rule.month_days


def is_weekday(day: date, rule: Rule) -> bool:
    """Whether it is one of the rule's weekdays, of its month or year where they have ordinals."""
    wanted = [ordinal for ordinal, weekday in rule.days if weekday == day.weekday()]
    if not any(wanted):
        return bool(wanted)
    of_year = rule.frequency == "YEARLY" and not rule.months
    return bool({0, *ordinals(day, of_year=of_year)} & set(wanted))


def is_like(day: date, start: date, rule: Rule) -> bool:
    """Whether a day repeats the start where the rule says nothing of days."""
    return {
        "DAILY": True,
        "WEEKLY": day.weekday() == start.weekday(),
        "MONTHLY": day.day == start.day,
        "YEARLY": day.day == start.day and (bool(rule.months) or day.month == start.month),
    }[rule.frequency]


def days(rule: Rule, start: date) -> Iterator[date]:
    """Each day from the start on that belongs."""
    day, first_period = start, period_of(start, rule)
    while period_of(day - ONE_DAY, rule) == first_period:
        day -= ONE_DAY
    of_period: list[date] = []
    period = first_period
    while day <= LAST_DAY + 8 * ONE_DAY:
        if (period - first_period) % rule.interval == 0 and is_candidate(day, rule, start):
            of_period.append(day)
        following = period_of(day + ONE_DAY, rule)
        if following != period:
            count = len(of_period)
            for index, one in enumerate(of_period):
                placed = not rule.positions or {index + 1, index - count} & set(rule.positions)
                if placed and start <= one <= LAST_DAY:
                    yield one
            of_period = []
        day, period = day + ONE_DAY, following


@lru_cache(maxsize=2)
def answer(text: str, start: datetime, zone: str) -> Answer:
    """The occurrences of a rule from its start: at most 1,001, and none after 2100."""
    rule = Rule(text)
    until = rule.until(zone)
    found = Answer([], [], 0, 0)
    gaps = folds = 0
    for day in days(rule, start.date()):
        if len(found.locals) == min(rule.count or MOST + 1, MOST + 1):
            break
        local = datetime.combine(day, start.time())
        at, kind = instant(local, zone)
        if (until is not None and at > until) or at >= datetime(2101, 1, 1, tzinfo=UTC):
            break
        found.locals.append(local)
        found.instants.append(at)
        gaps += kind == "gap"
        folds += kind == "fold"
    return Answer(found.locals, found.instants, gaps, folds)
