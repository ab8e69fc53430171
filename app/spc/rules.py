"""Which rule fires for which point. Each function takes the points of one group that count, gaps left out.

A rule gives, for each point, the signal and its side: 1 for high or rising, -1 for low or falling.

Sources: NHS England, Making Data Count, with the order and the edges of NHSRplotthedots 0.2.2; Perla, Provost and
Murray (2011). Shewhart's rule (beyond a limit) is everybody's.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

SHIFT = 7  # points on one side of the mean
TREND = 7  # points, so six steps the same way
NEAR_OF_THREE = 2
PERLA_SHIFT = 6
PERLA_TREND = 5

Fired = tuple[str, int]
ABOVE: Fired = ("above_upper_limit", 1)
BELOW: Fired = ("below_lower_limit", -1)


Numbers = Sequence[float | None]


def outside(values: Numbers, lower: Numbers, upper: Numbers) -> list[Fired | None]:
    """Strictly beyond a limit. Each point has both limits or none."""
    return [
        None if value is None or low is None or high is None else _beyond(value, low, high)
        for value, low, high in zip(values, lower, upper, strict=True)
    ]


def _beyond(value: float, lower: float, upper: float) -> Fired | None:
    if value > upper:
        return ABOVE
    return BELOW if value < lower else None


def sides_of(values: Sequence[float], centre: float | None) -> list[int]:
    """1 above the line, -1 below, 0 on it."""
    if centre is None:
        return [0] * len(values)
    return [(value > centre) - (value < centre) for value in values]


def stretches(sides: Sequence[int], least: int) -> Iterator[tuple[int, int, int]]:
    """Stretches of `least` or more places in a row that are the same and not 0: first, one after last, the side."""
    first, before = 0, 0
    for place, side in enumerate((*sides, 0)):
        if side != before:
            if before and place - first >= least:
                yield first, place, before
            first, before = place, side


def making_data_count(
    values: Sequence[float],
    sides: Sequence[int],
    beyond: Sequence[Fired | None],
    near: Sequence[bool],
) -> list[Fired | None]:
    """The four rules, of which the first that fires is told.

    1. beyond a limit; 2. seven points that rise or fall; 3. two of three points near the same limit (`near`, and not
    beyond it), all three on that side of the mean; 4. seven points on one side of the mean.
    """
    fired: list[Fired | None] = [None] * len(values)
    for first, end, side in stretches(sides, SHIFT):
        fired[first:end] = [("shift", side)] * (end - first)
    if any(near):
        _two_of_three(sides, near, fired)
    _trends(values, fired)
    return [one or other for one, other in zip(beyond, fired, strict=True)]


def _trends(values: Sequence[float], fired: list[Fired | None]) -> None:
    steps = [(b > a) - (b < a) for a, b in pairwise(values)]
    trending: set[int] = set()
    for first, end, _ in stretches(steps, TREND - 1):
        trending.update(range(first, end + 1))
    for place in trending:
        # Where one trend meets the next, a point goes the way that the next step goes.
        onward = steps[place] if place + 1 in trending else 0
        fired[place] = ("trend", onward or steps[place - 1])


def _two_of_three(sides: Sequence[int], near: Sequence[bool], fired: list[Fired | None]) -> None:
    for place in range(len(sides) - 2):
        window = slice(place, place + 3)
        side = sides[place]
        if side and sides[window] == [side] * 3 and sum(near[window]) >= NEAR_OF_THREE:
            for one in range(place, place + 3):
                if near[one]:
                    fired[one] = ("two_of_three", side)


def long_runs(sides: Sequence[int], longest: int) -> list[Fired | None]:
    """A shift: the points of every run that is longer than chance allows; those on the line are no part of it."""
    fired: list[Fired | None] = [None] * len(sides)
    places = [place for place, side in enumerate(sides) if side]
    useful = [sides[place] for place in places]
    for first, end, side in stretches(useful, longest + 1):
        for place in places[first:end]:
            fired[place] = ("shift", side)
    return fired


def perla(values: Sequence[float], sides: Sequence[int]) -> list[Fired | None]:
    """Six points on one side of the median, or five that rise or fall; neighbours that are equal count once."""
    fired = long_runs(sides, PERLA_SHIFT - 1)
    firsts = [
        place for place in range(len(values)) if not place or values[place] != values[place - 1]
    ]
    steps = [1 if values[b] > values[a] else -1 for a, b in pairwise(firsts)]
    ends = [*firsts[1:], len(values)]
    for first, end, direction in stretches(steps, PERLA_TREND - 1):
        for place in range(firsts[first], ends[end]):
            fired[place] = fired[place] or ("trend", direction)
    return fired
