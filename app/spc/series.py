"""What goes into an analysis and what comes out of it: the words of the public document, and nothing else.

A point is one period: its first day, and either a `value`, or a `numerator` with or without a `denominator`; none of
them is a gap. Days are ISO text (2024-01-01). What does not exist (limits of a run chart, a line of a group without
points) is None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

# Fewer points than this say little: the status is `not_enough_data`, and the numbers are there all the same.
ENOUGH = 12
MOST_POINTS = 10_000
LARGEST = 1e15  # a value; what is plotted may not be larger either


class Refused(Exception):
    """A series that cannot be analysed: a stable code, a sentence, and where in the request (a JSON pointer)."""

    def __init__(self, code: str, detail: str, where: str) -> None:
        """`where` is like /points/3/denominator."""
        super().__init__(detail)
        self.code, self.detail, self.where = code, detail, where


class Point(NamedTuple):
    """One period of a series."""

    on: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A series and how to look at it.

    `chart`: run, xmr, i, mr, p, pp, u, up, c, g or t. `ruleset`: mdc, anhoej or perla; None is the chart's own.
    `target` is in the units that are plotted. `baseline_points`: the lines of each group are made of its first so many
    points. `rebase_on`: days on which a new group begins. `exclude_on`: days that are drawn and count for nothing.
    `multiply` turns a ratio into what is plotted (100: per cent); values and plain counts are plotted as they are.

    For Python alone: `centre_line` is a line that is given, in the units that are plotted. `strict_days` off: where a
    day names no point (which a reader may not be shown), a group begins at the next one, and nothing is excluded.
    """

    points: Sequence[Point]
    chart: str = "xmr"
    ruleset: str | None = None
    improvement_direction: str = "neutral"
    target: float | None = None
    baseline_points: int | None = None
    rebase_on: Sequence[str] = ()
    screen_moving_ranges: bool = True
    exclude_on: Sequence[str] = ()
    multiply: float = 1.0
    centre_line: float | None = None
    strict_days: bool = True


class Judged(NamedTuple):
    """One point of the answer. `group` counts from 0, and is the place of its group in `groups`."""

    on: str
    value: float | None
    centre_line: float | None
    lower_limit: float | None
    upper_limit: float | None
    group: int
    signal: str | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Group:
    """Points between two rebasings. `count` leaves out what is excluded; days are the first and the last point's.

    `longest_run` and `crossings` are of the points that do not lie on the centre line; `longest_run_max` and
    `crossings_min` are what chance allows by the ruleset, and `runs_signal` says whether it is broken. Under `mdc`,
    which has no such rule, these three are None.
    """

    first: str
    last: str
    count: int
    centre_line: float | None
    longest_run: int | None
    longest_run_max: int | None
    crossings: int | None
    crossings_min: int | None
    runs_signal: bool | None

    def document(self) -> dict[str, Any]:
        """The group in the public document."""
        return {
            "from": self.first,
            "to": self.last,
            "count": self.count,
            "centre_line": self.centre_line,
            "longest_run": self.longest_run,
            "longest_run_max": self.longest_run_max,
            "crossings": self.crossings,
            "crossings_min": self.crossings_min,
            "runs_signal": self.runs_signal,
        }


@dataclass(frozen=True, slots=True)
class Analysis:
    """The verdict on a series."""

    chart: str
    ruleset: str
    status: str
    summary: str
    warnings: list[str]
    points: list[Judged]
    groups: list[Group]
    variation: str
    assurance: str | None

    def document(self) -> dict[str, Any]:
        """The public document, ready for JSON."""
        return {
            "chart": self.chart,
            "ruleset": self.ruleset,
            "status": self.status,
            "summary": self.summary,
            "warnings": self.warnings,
            "points": [
                {
                    "on": on,
                    "value": value,
                    "centre_line": centre,
                    "lower_limit": lower,
                    "upper_limit": upper,
                    "group": group,
                    "signal": signal,
                    "meaning": meaning,
                }
                for on, value, centre, lower, upper, group, signal, meaning in self.points
            ],
            "groups": [group.document() for group in self.groups],
            "variation": self.variation,
            "assurance": self.assurance,
        }
