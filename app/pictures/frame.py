"""Where a day and a value are in the picture, and what is written along the two axes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.pictures.numerals import MONTHS, decimals_of, nice_step

SMALLEST = 1e-100  # below it two values are one
FAR = 1.5  # a target further off than so many times the range of the data is told, not drawn
EVERYTHING = 100.0  # per cent
_DAYS, _MONTHS = (1, 2, 7, 14), (1, 2, 3, 6)
_MONTH, _YEAR = 30.4, 365.25  # days, on the average


@dataclass(slots=True)
class Range:
    """The values that the axis spans, from its lowest to its highest tick."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        """The values that are written at the axis; at most two dozen."""
        many = min(round((self.high - self.low) / self.step), 24)
        return [self.low + i * self.step for i in range(many + 1)]

    @property
    def decimals(self) -> int:
        """The decimals of the ticks."""
        return decimals_of(self.step)


def range_of(numbers: Sequence[float], target: float | None, most: int, unit: str) -> Range:
    """The range that holds all numbers, in at most so many steps; the target too where it is not far."""
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    least, largest = low, high
    span = high - low
    size = max(abs(low), abs(high))
    if span <= max(size * 1e-9, SMALLEST):
        span = size * 0.2 if size > SMALLEST else 1.0
        low, high = low - span / 2, high + span / 2
    if target is not None and low - FAR * span <= target <= high + FAR * span:
        low, high = min(low, target), max(high, target)
        least, largest = min(least, target), max(largest, target)
    room = (high - low) * 0.04
    low, high = low - room, high + room
    # What cannot be below nothing, or above everything, has no room there.
    low = 0.0 if low < 0 <= least else low
    high = EVERYTHING if unit == "%" and high > EVERYTHING >= largest else high
    step = nice_step(high - low, most)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    return Range(low, high if high > low else low + step, step)


@dataclass(slots=True)
class Frame:
    """The rectangle of the plot, with its scales."""

    left: float
    right: float
    top: float
    bottom: float
    first: int
    last: int
    range: Range
    inset: float

    @property
    def per_day(self) -> float:
        """Pixels for a day."""
        return (self.right - self.left - 2 * self.inset) / max(self.last - self.first, 1)

    def x(self, ordinal: int) -> float:
        """Where a day is; what is outside is at the edge."""
        return self.xs([ordinal])[0]

    def xs(self, ordinals: Sequence[int]) -> list[float]:
        """Where these days are."""
        if self.first == self.last:
            return [(self.left + self.right) / 2] * len(ordinals)
        per_day, start = self.per_day, self.left + self.inset
        first, last = self.first, self.last
        return [start + (min(max(n, first), last) - first) * per_day for n in ordinals]

    @property
    def ups(self) -> tuple[float, float]:
        """Base and factor of the values: y = base - value * factor, without holding them inside."""
        factor = (self.bottom - self.top) / (self.range.high - self.range.low)
        return self.bottom + self.range.low * factor, factor

    def y(self, value: float) -> float:
        """Where a value is; what is outside is at the edge."""
        up = (value - self.range.low) / (self.range.high - self.range.low)
        return self.bottom - min(max(up, 0.0), 1.0) * (self.bottom - self.top)


@dataclass(slots=True)
class Tick:
    """A day that is written at the axis; the year stands below where it is another one than before."""

    ordinal: int
    label: str
    year: str


def day_ticks(first: int, last: int, per_day: float, label_room: float) -> list[Tick]:
    """Days, months or years at even steps, so that labels of this width do not touch."""
    if per_day * _DAYS[-1] >= label_room:
        step = next(step for step in _DAYS if per_day * step >= label_room)
        ordinals: Iterable[int] = range(first, last + 1, step)
        return _with_years((n, _day(date.fromordinal(n))) for n in ordinals)
    room = label_room * 0.65  # a month is shorter than a day with its month
    if per_day * _MONTH * _MONTHS[-1] >= room:
        step = next(step for step in _MONTHS if per_day * _MONTH * step >= room)
        months = list(_months(first, last, step))
        return _with_years((day.toordinal(), MONTHS[day.month - 1]) for day in months)
    years = max(1, math.ceil(nice_step(room / (per_day * _YEAR), 1)))
    start, end = date.fromordinal(first).year, date.fromordinal(last).year
    begun = range(start + -start % years, end + 1, years)
    days = [date(year, 1, 1).toordinal() for year in begun]
    return [Tick(n, str(date.fromordinal(n).year), "") for n in days if first <= n <= last]


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _months(first: int, last: int, step: int) -> Iterable[date]:
    day = date.fromordinal(first)
    count = day.year * 12 + day.month - 1 + (day.day > 1)
    count += -count % step
    end = date.fromordinal(last)
    for month in range(count, end.year * 12 + end.month, step):
        yield date(month // 12, month % 12 + 1, 1)


def _with_years(days: Iterable[tuple[int, str]]) -> list[Tick]:
    ticks: list[Tick] = []
    before = ""
    for ordinal, label in days:
        year = str(date.fromordinal(ordinal).year)
        ticks.append(Tick(ordinal, label, "" if year == before else year))
        before = year
    return ticks
