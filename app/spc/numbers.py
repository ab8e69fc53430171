"""Means and spreads that do not depend on the order of their numbers.

`fsum` adds without rounding in between. The second pass of the mean takes out what the division lost, as R's own mean
does: of equal numbers the mean is then that number, and none of them lies beside its own centre line by a rounding.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum

# A moving range this many times the mean moving range is screened out: D4 of Shewhart's table for two points.
SCREEN = 3.267


def mean(numbers: Sequence[float]) -> float | None:
    """The arithmetic mean; None of nothing."""
    if not numbers:
        return None
    count = len(numbers)
    first = fsum(numbers) / count
    return first + fsum([number - first for number in numbers]) / count


def median(numbers: Sequence[float]) -> float | None:
    """The middle number, or the mean of the middle two; None of nothing."""
    if not numbers:
        return None
    ordered = sorted(numbers)
    middle, odd = divmod(len(ordered), 2)
    return ordered[middle] if odd else (ordered[middle - 1] + ordered[middle]) / 2


def moving_ranges(numbers: Sequence[float | None]) -> list[float]:
    """The step between each two neighbours, without a sign; a gap takes both of its steps with it."""
    return [abs(b - a) for a, b in pairwise(numbers) if a is not None and b is not None]


def mean_moving_range(numbers: Sequence[float | None], *, screen: bool) -> float | None:
    """The mean moving range; `screen` leaves out, once, the ranges that are far above it.

    None where there is no range, or where screening leaves none (a series that never moves).
    """
    ranges = moving_ranges(numbers)
    average = mean(ranges)
    if average is None or not screen:
        return average
    bound = SCREEN * average
    return mean([step for step in ranges if step < bound])
