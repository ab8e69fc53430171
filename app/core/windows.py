"""As of which day, and over how many days up to it, something is computed from what happened."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from app.core.errors import refuse
from app.core.text import Input, query_int
from app.core.text_of_time import CalendarDay

SHORTEST, WINDOW, LONGEST = 30, 365, 5 * 365 + 1


class WindowQuery(Input):
    """What of what happened counts."""

    window_days: Annotated[int, query_int(SHORTEST, LONGEST, WINDOW)] = Field(
        default=WINDOW, description="How many days count, the last of them `as_of`."
    )
    as_of: CalendarDay | None = Field(
        default=None,
        description="As it was when this day had ended, in UTC. Default: today, as far as it has come.",
    )


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `from_on` to `as_of`, both included, and the instants in [`start`, `end`)."""

    as_of: date
    days: int

    @property
    def from_on(self) -> date:
        """The first day."""
        return self.as_of - timedelta(days=self.days - 1)

    @property
    def start(self) -> datetime:
        """Midnight UTC before the first day."""
        return _midnight(self.from_on)

    @property
    def end(self) -> datetime:
        """Midnight UTC after the last day."""
        return _midnight(self.as_of + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def window_of(query: WindowQuery, now: datetime) -> Window:
    """What a request asks for. Errors: `Invalid` for a day that has not begun."""
    today = now.astimezone(UTC).date()
    as_of = query.as_of or today
    if as_of > today:
        raise refuse("?as_of", "in_the_future", "That day has not begun.")
    return Window(as_of, query.window_days)
