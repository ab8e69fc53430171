"""The rules of a series as this service takes them: the RRULE of RFC 5545, 3.3.10, without what no meeting needs.

Taken: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT or UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, WKST.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

LONGEST_RULE = 500  # characters; what people plan needs a tenth
MOST_OCCURRENCES = 1_000
_LARGEST_INTERVAL = 1_000

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TAKEN = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST")
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,10}")
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")
_MOST_IN_A_MONTH, _MOST_IN_A_YEAR = 5, 53  # how often a weekday comes


class Refused(Exception):
    """A rule that is not taken: a stable code for programs, and a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        """`detail` quotes at most 40 characters of what came in."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Day(NamedTuple):
    """A weekday (0 is Monday) with its ordinal in the month or year; 0 is every one."""

    weekday: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule taken apart. Lists are sorted and without repeats; `until` is as it was written."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    days: tuple[Day, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def parse(text: str) -> Rule:
    """Take a rule apart. Errors: Refused `bad_recurrence`, `endless_recurrence` or `too_many_occurrences`."""
    if len(text) > LONGEST_RULE:
        raise _bad(f"A rule has at most {LONGEST_RULE} characters")
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise _bad(f"FREQ is needed, and is one of {', '.join(FREQUENCIES)}")
    rule = Rule(
        frequency,
        _interval(parts.get("INTERVAL", "1")),
        _count(parts.get("COUNT")),
        _until(parts.get("UNTIL")),
        _numbers(parts, "BYMONTH", 12, signed=False),
        _numbers(parts, "BYMONTHDAY", 31),
        _days(parts),
        _numbers(parts, "BYSETPOS", 366),
        _week_start(parts.get("WKST", "MO")),
    )
    _must_fit(rule)
    return rule


def written(rule: Rule) -> str:
    """Write a rule in the one order that we use; what says nothing is left out."""
    days = ",".join(f"{day.ordinal or ''}{WEEKDAYS[day.weekday]}" for day in rule.days)
    parts = (
        ("FREQ", rule.frequency),
        ("INTERVAL", str(rule.interval) if rule.interval > 1 else ""),
        ("BYMONTH", ",".join(map(str, rule.months))),
        ("BYMONTHDAY", ",".join(map(str, rule.month_days))),
        ("BYDAY", days),
        ("BYSETPOS", ",".join(map(str, rule.positions))),
        ("WKST", WEEKDAYS[rule.week_start] if rule.week_start else ""),
        ("COUNT", str(rule.count or "")),
        ("UNTIL", rule.until or ""),
    )
    return ";".join(f"{name}={value}" for name, value in parts if value)


def until_local(until: str) -> datetime:
    """The date and time of an UNTIL, without its zone; a date alone means its last second.

    Errors: Refused `bad_recurrence` for a day or time that there is not.
    """
    digits = until[:8] + (until[9:15] or "235959")
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S")  # noqa: DTZ007 (the caller knows the zone)
    except ValueError:
        raise _bad(f"UNTIL={until} is no day and time of the calendar") from None


def _bad(detail: str) -> Refused:
    return Refused("bad_recurrence", detail)


def _parts(text: str) -> dict[str, str]:
    """The parts by name, in capitals, for RFC 5545 does not tell letters apart by case here."""
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        name = name.upper()
        if not (equals and name and value and value.isascii()):
            raise _bad(
                f"{part[:40]!r} is no part of a rule: they are written NAME=value, with ; between"
            )
        if name not in _TAKEN:
            raise _bad(f"{name[:40]!r} is not taken: a rule has {', '.join(sorted(_TAKEN))}")
        if name in parts:
            raise _bad(f"{name} is given twice")
        parts[name] = value.upper()
    return parts


def _number(name: str, text: str, least: int, most: int) -> int:
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most or int(text) == 0:
        raise _bad(
            f"{name} takes whole numbers from {least} to {most} without 0, not {text[:40]!r}"
        )
    return int(text)


def _numbers(
    parts: dict[str, str], name: str, most: int, *, signed: bool = True
) -> tuple[int, ...]:
    if name not in parts:
        return ()
    least = -most if signed else 1
    return tuple(sorted({_number(name, one, least, most) for one in parts[name].split(",")}))


def _interval(text: str) -> int:
    return _number("INTERVAL", text, 1, _LARGEST_INTERVAL)


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if text.isdigit() and int(text[:20]) > MOST_OCCURRENCES:
        raise Refused(
            "too_many_occurrences", f"A series has at most {MOST_OCCURRENCES} occurrences"
        )
    return _number("COUNT", text, 1, MOST_OCCURRENCES)


def _until(text: str | None) -> str | None:
    if text is not None:
        if not _UNTIL.fullmatch(text):
            raise _bad(
                "UNTIL is a date or a time: 20261231, 20261231T123000 (local) or 20261231T123000Z"
            )
        until_local(text)
    return text


def _days(parts: dict[str, str]) -> tuple[Day, ...]:
    if "BYDAY" not in parts:
        return ()
    days: set[Day] = set()
    for one in parts["BYDAY"].split(","):
        found = _DAY.fullmatch(one)
        if not found:
            raise _bad(f"BYDAY takes weekdays such as MO, 3WE or -1FR, not {one[:40]!r}")
        ordinal = (
            _number("An ordinal of BYDAY", found[1], -_MOST_IN_A_YEAR, _MOST_IN_A_YEAR)
            if found[1]
            else 0
        )
        days.add(Day(WEEKDAYS.index(found[2]), ordinal))
    return tuple(sorted(days))


def _week_start(text: str) -> int:
    if text not in WEEKDAYS:
        raise _bad(f"WKST is one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(text)


def _must_fit(rule: Rule) -> None:
    """Hold a rule against what RFC 5545 says of its parts together."""
    if rule.count is not None and rule.until is not None:
        raise _bad("A rule has COUNT or UNTIL, not both")
    if rule.count is None and rule.until is None:
        raise Refused("endless_recurrence", "A series ends: add COUNT or UNTIL to the rule")
    if rule.month_days and rule.frequency == "WEEKLY":
        raise _bad("BYMONTHDAY does not go with FREQ=WEEKLY")
    largest = max((abs(day.ordinal) for day in rule.days), default=0)
    if largest and rule.frequency not in {"MONTHLY", "YEARLY"}:
        raise _bad(
            f"A weekday has an ordinal with FREQ=MONTHLY or YEARLY, not with {rule.frequency}"
        )
    if largest > _MOST_IN_A_MONTH and (rule.frequency == "MONTHLY" or rule.months):
        raise _bad("A month has a weekday at most five times")
    if rule.positions and not (rule.months or rule.month_days or rule.days):
        raise _bad("BYSETPOS chooses among what BYMONTH, BYMONTHDAY or BYDAY give: add one of them")
