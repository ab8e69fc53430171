"""Row 14: ical.js, which calendars are built on, sees the occurrences of a series where we do.

2,000 rules at random (tests/proofs/random_rules.py), each as an event with its zone. Forms that ical.js reads
differently from RFC 5545 are not among them: `DEPARTURES` shows each with what the RFC gives, and is a finding when
ical.js gives it too, for then the form belongs among the others. docs/decisions/0020 has the list in words.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from app.core.recurrence import Series, canonical, expand
from app.core.recurrence_rule import Rule, parse
from app.core.wall_time import local_from, local_text, zone_of
from app.core.zone_rules import observances
from openapi.bar.judged import Judged, Row, Verdict
from openapi.bar.tools import HERE, run
from tests.proofs.random_rules import ZONES, Drawn, begun, draw

EACH_ZONE = 200
SEED = "row 14"

Expand = Callable[[str, str, str], Series]

# Each starts at half past twelve on this day, UTC.
DEPARTURES = (
    # 3.3.10: BYSETPOS takes the nth of the whole set of the interval of FREQ; there it is left out, or is by month.
    ("FREQ=WEEKLY;BYDAY=TU,TH;BYSETPOS=1;COUNT=3", "2026-03-03"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,15;BYSETPOS=1;COUNT=3", "2026-01-01"),
    ("FREQ=YEARLY;BYDAY=TU;BYSETPOS=1;COUNT=3", "2026-01-06"),
    ("FREQ=YEARLY;BYMONTH=1,2;BYDAY=TU;BYSETPOS=1;COUNT=3", "2026-01-06"),
    # 3.8.5.3, "Every 20th Monday of the year": there an ordinal has one digit.
    ("FREQ=YEARLY;BYDAY=20MO;COUNT=3", "2026-05-18"),
    # 3.3.10, the table: BYMONTHDAY expands a year to all its months; there it is the month of the start.
    ("FREQ=YEARLY;BYMONTHDAY=13;COUNT=3", "2026-01-13"),
    # The table: BYMONTH limits what the interval gives; there the months take turns and the interval is forgotten.
    ("FREQ=MONTHLY;INTERVAL=2;BYMONTH=1,2,3;COUNT=3", "2026-01-13"),
    ("FREQ=MONTHLY;BYMONTH=1,7;COUNT=3", "2026-07-13"),
    # 3.3.10: days that there are not are left out; there the 29th of February becomes the first of March.
    ("FREQ=YEARLY;COUNT=3", "2028-02-29"),
    ("FREQ=YEARLY;BYMONTH=1,2;COUNT=4", "2026-01-31"),
    ("FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=31;COUNT=3", "2026-01-31"),
    # 3.3.10: -1 is the last day of the month, which has another number in each; there it is worked out once.
    ("FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=-1;COUNT=4", "2026-02-28"),
    ("FREQ=DAILY;BYMONTHDAY=-1;COUNT=3", "2026-01-31"),
    # The table's note 2: beside BYMONTHDAY a weekday limits, its ordinal within the month where BYMONTH is given.
    ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=1FR;COUNT=2", "2026-03-06"),
)


@dataclass(frozen=True)
class Asked:
    """One series, and the calendar in which ical.js reads it."""

    rule: str
    start: str
    zone: str
    calendar: str


def agrees(_judged: Judged) -> Verdict:
    """Hold our occurrences against those of ical.js."""
    return judge(_ours)


def spoilt(_judged: Judged) -> Verdict:
    """The control: a service that counts whole days in UTC, so that the clock on the wall does not stay."""
    return judge(_without_clock_changes)


def judge(ours: Expand) -> Verdict:
    """Compare on series drawn at random, then on the departures, which have to stay departures."""
    drawn = [asked for zone in ZONES for asked in _drawn(zone)]
    known = [_asked(rule, f"{day}T12:30:00", "UTC") for rule, day in DEPARTURES]
    answers = _ical_js([*drawn, *known])
    found: list[str] = []
    shifted = compared = 0
    for asked, answer in zip(drawn, answers, strict=False):
        series = ours(asked.rule, asked.start, asked.zone)
        expected = [
            list(each)
            for each in zip(series.locals, _as_ical_js_has(series, asked.zone), strict=True)
        ]
        compared += len(expected)
        shifted += sum(each[1] != at for each, at in zip(expected, series.starts, strict=True))
        if answer != expected:
            found.append(
                f"{asked.rule} from {asked.start} in {asked.zone}: {_first(expected, answer)}"
            )
    for asked, answer in zip(known, answers[len(drawn) :], strict=True):
        series = ours(asked.rule, asked.start, asked.zone)
        if answer == [list(each) for each in zip(series.locals, series.starts, strict=True)]:
            found.append(f"{asked.rule}: ical.js has mended this; compare it with the others")
    return Verdict(
        f"{len(drawn)} series, {compared} occurrences, {shifted} in gaps and folds", found
    )


def is_read_alike(rule: Rule, start: datetime) -> bool:
    """Whether a form is none of the departures, nor one of their neighbours."""
    ordinals = [abs(day.ordinal) for day in rule.days]
    if rule.positions and not _positions_are_read(rule, ordinals):
        return False
    if rule.frequency == "DAILY":
        changes_step = rule.interval > 1 and (rule.months or rule.month_days)
        return min(rule.month_days, default=1) > 0 and not changes_step
    if rule.frequency == "MONTHLY":
        return not rule.months and not (rule.days and rule.month_days)
    if rule.frequency == "YEARLY":
        if rule.month_days:
            whole = rule.months and not rule.days
            return bool(whole) and rule.month_days[0] > 0 and rule.month_days[-1] <= 28
        return max(ordinals) < 10 if rule.days else start.day <= 28
    return True


def _positions_are_read(rule: Rule, ordinals: list[int]) -> bool:
    """Of a month's weekdays. From the end only where the first of the month cannot be meant, which it overlooks."""
    if rule.frequency != "MONTHLY" or not rule.days:
        return False
    return rule.positions[0] > 0 or (not any(ordinals) and rule.positions[0] >= -3)


def _as_ical_js_has(series: Series, zone: str) -> list[int]:
    """Our starts, but in gaps and folds.

    RFC 5545, 3.3.5: in a gap the offset before it holds, in a fold the first of the two is meant. ical.js takes the
    offset after the change in both, which is Python's fold 1.
    """
    here = [local_from(local).replace(tzinfo=zone_of(zone)) for local in series.locals]
    later = [int(local.replace(fold=1).timestamp() - local.timestamp()) for local in here]
    return [at + seconds for at, seconds in zip(series.starts, later, strict=True)]


def _ours(rule: str, start: str, zone: str) -> Series:
    return expand(rule, start, zone)


def _without_clock_changes(rule: str, start: str, zone: str) -> Series:
    series = expand(rule, start, zone)
    first = local_from(start)
    days = ((local_from(local) - first).days for local in series.locals)
    return Series(
        series.locals, type(series.starts)("q", (series.starts[0] + 86_400 * day for day in days))
    )


def _drawn(zone: str) -> list[Asked]:
    random = Random(f"{SEED} {zone}")  # noqa: S311 (seeded randomness repeats)
    drawn: list[Asked] = []
    while len(drawn) < EACH_ZONE:
        taken = begun(draw(random, zone))
        if isinstance(taken, Drawn):
            rule = canonical(taken.rule, taken.start, zone)
            if is_read_alike(parse(rule), taken.start):
                drawn.append(_asked(rule, local_text(taken.start), zone))
    return drawn


def _asked(rule: str, start: str, zone: str) -> Asked:
    years = int(start[:4]), int(expand(rule, start, zone).locals[-1][:4])
    begins = local_from(start).strftime("%Y%m%dT%H%M%S")
    event = (
        "BEGIN:VEVENT",
        "UID:1",
        f"DTSTART;TZID={zone}:{begins}",
        f"RRULE:{rule}",
        "END:VEVENT",
    )
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", *_zone(zone, *years), *event, "END:VCALENDAR", "")
    return Asked(rule, start, zone, "\r\n".join(lines))


def _zone(zone: str, first_year: int, last_year: int) -> list[str]:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    for block in observances(zone, first_year, last_year):
        kind = "DAYLIGHT" if block.daylight else "STANDARD"
        lines += [f"BEGIN:{kind}", f"DTSTART:{block.onset:%Y%m%dT%H%M%S}"]
        lines += [
            f"TZOFFSETFROM:{_offset(block.offset_from)}",
            f"TZOFFSETTO:{_offset(block.offset_to)}",
        ]
        lines += [f"RRULE:{block.rule}"] if block.rule else []
        lines.append(f"END:{kind}")
    return [*lines, "END:VTIMEZONE"]


def _offset(seconds: int) -> str:
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}{minutes % 60:02}"


def _ical_js(series: list[Asked]) -> list[Any]:
    folder = HERE / ".made" / "series"
    folder.mkdir(parents=True, exist_ok=True)
    asked, answered = folder / "asked.json", folder / "answered.json"
    asked.write_text(json.dumps([each.calendar for each in series]))
    answered.unlink(missing_ok=True)
    said = run("node", HERE / "series.mjs", asked, answered)
    if not answered.exists():
        raise RuntimeError(f"ical.js did not run: {said.text[-500:]}")
    answers: list[Any] = json.loads(answered.read_text())
    return answers


def _first(ours: list[Any], theirs: Any) -> str:
    """The first occurrence that differs, in both."""
    if isinstance(theirs, str):
        return theirs
    pairs = zip([*ours, None], [*theirs, None], strict=False)
    return next((f"{our} here, {their} there" for our, their in pairs if our != their), "the end")


ROWS = (Row("14", "ical.js sees the same occurrences of series", agrees),)
CONTROLS = (Row("14", "ical.js sees the same occurrences of series", spoilt),)
