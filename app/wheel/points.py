"""The points that an indicator is computed at: a day, and the same day of the seven quarters before it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.core.survey_questions import SETTLING

QUARTERS = 8
ROTATION_MONTHS = 24
FEEDBACK_AFTER_DAYS = 90  # a result is given that long to be answered


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or the last one where that month is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True, slots=True)
class Point:
    """A day, and the window of whole days (UTC) that ends with it."""

    as_of: date
    window_days: int

    @property
    def from_on(self) -> date:
        """The first day of the window."""
        return self.as_of - timedelta(days=self.window_days - 1)

    @property
    def start(self) -> datetime:
        """The instant at which the window begins."""
        return _midnight(self.from_on)

    @property
    def end(self) -> datetime:
        """The instant at which it is over."""
        return _midnight(self.as_of + timedelta(days=1))

    @property
    def rotation_start(self) -> datetime:
        """24 months before the end."""
        return _midnight(months_before(self.as_of + timedelta(days=1), ROTATION_MONTHS))

    @property
    def rotation_days(self) -> int:
        """How many days those 24 months have."""
        return (self.end - self.rotation_start).days

    def values(self, number: int, now: datetime) -> dict[str, object]:
        """The parameters that the statements know this point by.

        `past` ends with the present: what is due later today is not over yet. `settled` ends before it: of a survey
        that closed just now the last answer may not be counted yet, and the wheel before and after would tell it.
        """
        return {
            f"as_of_{number}": self.as_of,
            f"from_on_{number}": self.from_on,
            f"start_{number}": self.start,
            f"end_{number}": self.end,
            f"past_{number}": min(self.end, now),
            f"settled_{number}": min(self.end, now - SETTLING),
            f"rotation_{number}": self.rotation_start,
            f"answered_{number}": self.as_of - timedelta(days=FEEDBACK_AFTER_DAYS),
        }


def points_until(as_of: date, window_days: int) -> list[Point]:
    """The eight points of a trend, the oldest first."""
    return [
        Point(months_before(as_of, 3 * quarters), window_days)
        for quarters in reversed(range(QUARTERS))
    ]
