"""Rules and starts at random, near the days on which the clocks change more often than chance would have it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from app.core.recurrence import Refused, canonical
from tests.proofs import calendar_oracle as oracle

# Both hemispheres, half an hour and three quarters, half-hour changes, a day that never was, Ramadan, none at all.
ZONES = (
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
)
DAYS = oracle.NAMES


@dataclass(frozen=True)
class Drawn:
    """A rule as somebody might write it, with its start and zone."""

    rule: str
    start: datetime
    zone: str


@cache
def changes(zone: str) -> list[datetime]:
    """The instants at which the clocks of a zone change, 2000 to 2099."""
    found: list[datetime] = []
    at, end = datetime(2000, 1, 2, tzinfo=UTC), datetime(2099, 12, 1, tzinfo=UTC)
    while at < end:
        after = at + timedelta(days=1)
        new = oracle.offset_at(after, zone)
        if new != oracle.offset_at(at, zone):
            found.append(oracle.first_second_of(new, at, zone))
        at = after
    return found


def draw(random: Random, zone: str) -> Drawn:
    """A rule and a start; nothing says that the start is one that the rule gives."""
    start = _start(random, zone)
    parts = [f"FREQ={(frequency := random.choice(('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY')))}"]
    if random.random() < 0.5:
        parts.append(f"INTERVAL={random.choice((1, 2, 2, 3, 4, 6, 12, 13))}")
    by = _by(random, frequency)
    if by and random.random() < 0.3:
        by.append(f"BYSETPOS={_some(random, [-3, -2, -1, 1, 2, 3, 4, 5], 2)}")
    if random.random() < 0.4:
        by.append(f"WKST={random.choice(DAYS)}")
    end = (
        _until(random, start)
        if random.random() < 0.4
        else f"COUNT={random.choice((1, 2, 3, 5, 10, 30, 52, 120))}"
    )
    parts += [*by, end]
    random.shuffle(parts)
    return Drawn(";".join(parts), start, zone)


def begun(drawn: Drawn) -> Drawn | Refused:
    """The same with a start that the rule gives, if it gives one; or why it is refused."""
    start = drawn.start
    for _ in range(3):
        try:
            canonical(drawn.rule, start, drawn.zone)
        except Refused as refused:
            if refused.code != "not_the_first_occurrence":
                return refused
            start = datetime.fromisoformat(refused.detail[-19:])
        else:
            return Drawn(drawn.rule, start, drawn.zone)
    raise AssertionError(f"{drawn} is refused with the start that was named")


def rules(random: Random, zone: str, many: int) -> Iterator[Drawn]:
    """So many that are taken."""
    while many:
        drawn = begun(draw(random, zone))
        if isinstance(drawn, Drawn):
            many -= 1
            yield drawn


def _start(random: Random, zone: str) -> datetime:
    """A local time: half of the time on a day on which the clocks change, within two hours of it, or weeks before."""
    found = changes(zone)
    if not found or random.random() < 0.4:
        day = datetime(2000, 1, 2) + timedelta(days=random.randrange(36_000))  # noqa: DTZ001 (a local time)
        return day.replace(hour=random.randrange(24), minute=random.choice((0, 15, 30, 45)))
    local = oracle.shown(random.choice(found), zone)
    weeks_before = random.choice((0, 0, 1, 2, 4, 52, 104))
    near = local + timedelta(minutes=random.randrange(-120, 121), weeks=-weeks_before)
    return max(near, datetime(2000, 1, 2))  # noqa: DTZ001 (a local time)


def _by(random: Random, frequency: str) -> list[str]:
    chosen: list[str] = []
    if random.random() < (0.5 if frequency == "YEARLY" else 0.2):
        chosen.append(f"BYMONTH={_some(random, list(range(1, 13)), 4)}")
    if frequency != "WEEKLY" and random.random() < 0.3:
        chosen.append(f"BYMONTHDAY={_some(random, [*range(-31, 0), *range(1, 32)], 8)}")
    if random.random() < 0.6:
        most = 5 if frequency == "MONTHLY" or (chosen and "BYMONTH=" in chosen[0]) else 53
        chosen.append(f"BYDAY={_weekdays(random, frequency, most)}")
    return chosen


def _weekdays(random: Random, frequency: str, most: int) -> str:
    days = random.sample(DAYS, random.choice((1, 1, 2, 3, 5, 7)))
    if frequency not in {"MONTHLY", "YEARLY"} or random.random() < 0.3:
        return ",".join(days)
    some = [random.choice((-1, 1)) * random.randint(1, random.choice((2, most))) for _ in days]
    return ",".join(f"{ordinal}{day}" for ordinal, day in zip(some, days, strict=True))


def _some(random: Random, numbers: list[int], most: int) -> str:
    return ",".join(map(str, random.sample(numbers, random.randint(1, most))))


def _until(random: Random, start: datetime) -> str:
    last = start + timedelta(days=random.choice((10, 100, 700, 2_000)) * random.random())
    last = min(last, datetime(2100, 12, 30))  # noqa: DTZ001 (a local time)
    if random.random() < 0.3:  # to the second, on a day that may be one of its own
        last = datetime.combine(last.date(), start.time())
    form = random.choice(("%Y%m%d", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"))
    return f"UNTIL={last:{form}}"
