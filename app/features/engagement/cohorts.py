"""Quarters, months and what is told of who joined in them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core.windows import Window
from app.features.engagement.schemas import AFTER, QUARTERS, SMALLEST_COHORT

Row = dict[str, Any]
MONTHS = 3  # of a quarter


def _first_of(index: int) -> datetime:
    year, month = divmod(index, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of the calendar, by the number of its first month since the year 0."""

    index: int

    @property
    def name(self) -> str:
        """As people write it: `2026-Q1`."""
        return f"{self.index // 12}-Q{self.index % 12 // MONTHS + 1}"

    @property
    def start(self) -> datetime:
        """Midnight UTC before its first day."""
        return _first_of(self.index)

    @property
    def end(self) -> datetime:
        """Midnight UTC after its last day."""
        return self.after(0)

    def after(self, months: int) -> datetime:
        """So many months after its end."""
        return _first_of(self.index + MONTHS + months)


def quarters_until(over: datetime) -> list[Quarter]:
    """The last eight quarters that were over at an instant, the oldest first."""
    first = over.year * 12 + (over.month - 1) // MONTHS * MONTHS
    return [Quarter(first - MONTHS * back) for back in range(QUARTERS, 0, -1)]


def months_of(window: Window, moves: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Every month of the window with who joined and left in it; `moves` has those where anybody did."""
    counts = {(row["month"], row["kind"]): row["count"] for row in moves}
    first, last = (on.year * 12 + on.month - 1 for on in (window.from_on, window.as_of))
    names = [f"{index // 12}-{index % 12 + 1:02}" for index in range(first, last + 1)]
    return [
        {"month": name, **{kind: counts.get((name, kind), 0) for kind in ("joined", "left")}}
        for name in names
    ]


def cohorts(
    quarters: list[Quarter], found: Iterable[Mapping[str, Any]], over: datetime
) -> list[Row]:
    """What is told of each quarter's cohort at an instant: nothing where it was small."""
    counts = {row["number"]: row for row in found}
    return [
        {"quarter": one.name, **_told(one, counts.get(number, {"joined": 0}), over)}
        for number, one in enumerate(quarters)
    ]


def _told(quarter: Quarter, count: Mapping[str, Any], over: datetime) -> Row:
    joined = count["joined"]
    if joined < SMALLEST_COHORT:
        return {"suppressed": True, "joined": None, "after": []}
    after = []
    for months in AFTER:
        there = int(count[f"after_{months}"]) if quarter.after(months) <= over else None
        share = None if there is None else there / joined
        after.append({"months": months, "members": there, "share": share})
    return {"suppressed": False, "joined": joined, "after": after}
