"""On which days a rule falls: RFC 5545's table of expanding and limiting, period by period.

Days are numbers as `date.toordinal` counts them. A period is a day, a week that begins on WKST, a month or a year;
the first is the whole one that the start lies in, so that BYSETPOS counts from its beginning and what
comes before the start is dropped after. Every period is looked at once, and none beyond the last day: at most 36,890.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from app.core.recurrence_rule import Day, Rule

_WEEK = 7


def days(rule: Rule, start: date, last: date) -> Iterator[int]:
    """Every day of the rule from its start to the last day, in order; COUNT and UNTIL are not looked at."""
    periods = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}
    first, end = start.toordinal(), last.toordinal()
    for period in periods[rule.frequency](rule, start, last):
        for day in _at_positions(period, rule.positions) if rule.positions else period:
            if first <= day <= end:
                yield day


def _at_positions(period: list[int], positions: tuple[int, ...]) -> list[int]:
    length = len(period)
    within = (position for position in positions if abs(position) <= length)
    return sorted({period[position - 1 if position > 0 else position] for position in within})


def _daily(rule: Rule, start: date, last: date) -> Iterator[list[int]]:
    every = range(start.toordinal(), last.toordinal() + 1, rule.interval)
    if not (rule.months or rule.month_days or rule.days):
        yield from ([day] for day in every)
        return
    weekdays = {day.weekday for day in rule.days}
    for ordinal in every:
        day = date.fromordinal(ordinal)
        if (
            (not weekdays or day.weekday() in weekdays)
            and (not rule.months or day.month in rule.months)
            and (not rule.month_days or _is_month_day(day, rule.month_days))
        ):
            yield [ordinal]


def _is_month_day(day: date, month_days: tuple[int, ...]) -> bool:
    if day.day in month_days:
        return True
    return month_days[0] < 0 and day.day - 1 - monthrange(day.year, day.month)[1] in month_days


def _weekly(rule: Rule, start: date, last: date) -> Iterator[list[int]]:
    weekdays = {day.weekday for day in rule.days} or {start.weekday()}
    into_week = sorted((weekday - rule.week_start) % _WEEK for weekday in weekdays)
    first = start.toordinal() - (start.weekday() - rule.week_start) % _WEEK
    for week in range(first, last.toordinal() + 1, _WEEK * rule.interval):
        period = [week + days_on for days_on in into_week]
        if rule.months:
            period = [day for day in period if date.fromordinal(day).month in rule.months]
        yield period


def _monthly(rule: Rule, start: date, last: date) -> Iterator[list[int]]:
    first, end = start.year * 12 + start.month - 1, last.year * 12 + last.month - 1
    for index in range(first, end + 1, rule.interval):
        year, month = divmod(index, 12)
        if not rule.months or month + 1 in rule.months:
            yield sorted(_of_month(rule, start, year, month + 1))


def _yearly(rule: Rule, start: date, last: date) -> Iterator[list[int]]:
    for year in range(start.year, last.year + 1, rule.interval):
        yield sorted(_of_year(rule, start, year))


def _of_year(rule: Rule, start: date, year: int) -> set[int]:
    if rule.days and not rule.months:
        first, length = date(year, 1, 1), date(year, 12, 31).timetuple().tm_yday
        found = _of_weekdays(rule.days, first, length)
        if rule.month_days:
            found = {day for day in found if _is_month_day(date.fromordinal(day), rule.month_days)}
        return found
    months = rule.months or (range(1, 13) if rule.month_days else (start.month,))
    return {day for month in months for day in _of_month(rule, start, year, month)}


def _of_month(rule: Rule, start: date, year: int, month: int) -> set[int]:
    first, length = date(year, month, 1), monthrange(year, month)[1]
    if not rule.days:
        return _of_month_days(rule.month_days or (start.day,), first, length)
    found = _of_weekdays(rule.days, first, length)
    return found & _of_month_days(rule.month_days, first, length) if rule.month_days else found


def _of_month_days(month_days: tuple[int, ...], first: date, length: int) -> set[int]:
    """The days of a month with these numbers, counted from its end where they are negative."""
    before = first.toordinal() - 1
    numbers = (number if number > 0 else length + 1 + number for number in month_days)
    return {before + number for number in numbers if 1 <= number <= length}


def _of_weekdays(weekdays: tuple[Day, ...], first: date, length: int) -> set[int]:
    """The weekdays of a month or year: all of one, or the one with this ordinal from either end."""
    found: set[int] = set()
    begin = first.toordinal()
    for weekday, ordinal in weekdays:
        every = range(begin + (weekday - first.weekday()) % _WEEK, begin + length, _WEEK)
        if ordinal == 0:
            found.update(every)
        elif abs(ordinal) <= len(every):
            found.add(every[ordinal - 1 if ordinal > 0 else ordinal])
    return found
