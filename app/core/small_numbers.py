"""Small numbers: what readers who are no authors of a result see of its counts.

A count of 1 to the threshold (7) can point at a person. So a numerator is left out where it is one, or where what is
left of the denominator is; the denominator stays, but where it is such a number too. Then whatever would give it away
again: see `app.core.number_relations` for how numbers of one result hang together, and `_Hiding` for what is hidden
for it. Values (measurements) are no counts: they stay, but where they repeat a count that is hidden. What cannot be
known is what authors write in words.
Source: docs/decisions/0029-small-numbers.md; docs/small-numbers.md.
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.core.number_hiding import MOST_POINTS_FOLLOWED, Hiding
from app.core.number_relations import Point
from app.core.series import Observation


class Measured(NamedTuple):
    """One measure of a result: its frequency (day, week, month, quarter, year, event) and its series in order."""

    frequency: str
    observations: Sequence[Observation]


class Figures(NamedTuple):
    """Before or after an adoption: figures of one organisation over one period."""

    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    suppressed: bool = False


def is_small(count: float | None, threshold: int) -> bool:
    """Whether a count is one to leave out: more than 0 and, rounded down, no more than the threshold."""
    return count is not None and 0 < count < threshold + 1


def is_told_apart(numerator: float, denominator: float | None, threshold: int) -> bool:
    """Whether a numerator or its complement is small, or the denominator is a small number of people."""
    if 0 < numerator < threshold + 1:
        return True
    if denominator is None:
        return False
    small_group = 0 < denominator < threshold + 1 and denominator == int(denominator)
    return small_group or 0 < denominator - numerator < threshold + 1


def suppress(measures: Sequence[Measured], threshold: int) -> list[Sequence[Observation]]:
    """The series of all measures of one result, in the same order, as readers who are no authors see them.

    Pass all measures of the result, whichever is asked for: what one of them shows may be what another hides. A
    hidden point has neither numerator nor value, `suppressed` is true, day and annotation stay; the denominator stays,
    or is None where it is small or would give the numerator away. A series that nothing is hidden of is returned as it
    is, the same object. A threshold of 0 hides nothing.
    """
    if not threshold:
        return [measure.observations for measure in measures]
    small = [_small_points(measure.observations, threshold) for measure in measures]
    if not any(small):
        return [measure.observations for measure in measures]
    if len(measures) == 1:
        return [_shown(measures[0].observations, small[0])]
    if sum(len(measure.observations) for measure in measures) > MOST_POINTS_FOLLOWED:
        return [
            _shown(measure.observations, dict.fromkeys(range(len(measure.observations)), True))
            for measure in measures
        ]
    hiding = Hiding([(measure.frequency, measure.observations) for measure in measures], threshold)
    for m, points in enumerate(small):
        for at, whole in points.items():
            hiding.begin(Point(m, at), whole=whole)
    hiding.spread()
    hidden: list[dict[int, bool]] = [{} for _ in measures]
    for point in hiding.hidden:
        hidden[point.measure][point.at] = point in hiding.whole
    return [
        _shown(measure.observations, gone) for measure, gone in zip(measures, hidden, strict=True)
    ]


def suppress_pair(
    before: Figures | None, after: Figures | None, threshold: int
) -> tuple[Figures | None, Figures | None]:
    """The figures of one adoption as everybody but who reported them sees them, both by the same rule.

    A value beside a numerator that is hidden is hidden as well; one without a numerator stays.
    """
    pair = [before, after]
    if not threshold:
        return before, after
    hidden = [
        half is not None
        and half.numerator is not None
        and is_told_apart(half.numerator, half.denominator, threshold)
        for half in pair
    ]
    shown = [
        _half(half, threshold) if gone else half for half, gone in zip(pair, hidden, strict=True)
    ]
    return shown[0], shown[1]


def _half(half: Figures | None, threshold: int) -> Figures | None:
    if half is None:
        return None
    kept = None if _is_small_group(half.denominator, threshold) else half.denominator
    return Figures(None, kept, None, suppressed=True)


def _is_small_group(denominator: float | None, threshold: int) -> bool:
    return is_small(denominator, threshold) and denominator == int(denominator or 0)


def _small_points(observations: Sequence[Observation], threshold: int) -> dict[int, bool]:
    """Where the small numbers are, and whether the denominator is one."""
    return {
        at: _is_small_group(row[2], threshold)
        for at, row in enumerate(observations)
        if row[1] is not None and is_told_apart(row[1], row[2], threshold)
    }


def _shown(observations: Sequence[Observation], gone: dict[int, bool]) -> Sequence[Observation]:
    """A series without these points; of those that say so, the denominator goes too."""
    if not gone:
        return observations
    shown = list(observations)
    for at, whole in gone.items():
        row = shown[at]
        denominator = None if whole else row.denominator
        shown[at] = Observation(row.on, None, denominator, None, row.annotation, suppressed=True)
    return shown
