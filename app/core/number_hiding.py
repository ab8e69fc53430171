"""What else is hidden so that no small number can be worked out from what is left.

Two rules over the relations of a result, until neither finds anything:
1. *Closure.* Where a part or the total of a relation is hidden at a period, so are all numerators and values of that
   frequency in it (of a running total the total alone); a denominator where a denominator is hidden, or where else
   only one number of the relation would be; where only finer periods are left to hide, the largest of them.
2. *Audit.* A reader who knows every relation, and of each hidden number whether it is small, bounds what it can be.
   Where one is left, everything in its relations is hidden, denominators too.
It is deterministic: the same numbers are hidden whoever asks and whatever else they asked.
Source: docs/decisions/0029-small-numbers.md.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from math import inf

from app.core.number_relations import (
    MULTIPLIERS,
    RANKS,
    Frame,
    Period,
    Point,
    Relation,
    Term,
    relations,
    tells,
)
from app.core.series import Observation

# Beyond these a result shows no numbers at all: relations looked at (a second or two), points of all measures.
_MOST_STEPS = 100_000
MOST_POINTS_FOLLOWED = 50_000
# In all periods together. Days that are called quarters make periods that overlap: a square of what is there.
_MOST_IN_PERIODS = 250_000
_SUMMED_AT_ONCE = 16  # figures that are as quick to add up as one relation is to look at
_MOST_PASSES = 30
ROUNDING = 1e-6  # figures that differ by less are equal, as they are rounded to six decimals

Unknown = tuple[str, int, int]  # n, d or v of a point
# Unknowns with their signs, and what is known: signs and unknowns plus known are 0.
Equation = tuple[dict[Unknown, int], float]


class TooMuch(Exception):
    """More hangs together than is worth following."""


class Hiding:
    """The numbers of one result, and which of them are hidden so far.

    `hidden` are points without numerator and value, `whole` those of them without denominator too.
    """

    def __init__(
        self, measures: Sequence[tuple[str, Sequence[Observation]]], threshold: int
    ) -> None:
        """`measures`: frequency and series in order of day, each."""
        self.series = [observations for _, observations in measures]
        self.ranks = [RANKS[frequency] for frequency, _ in measures]
        self.threshold = threshold
        self.hidden: set[Point] = set()
        self.whole: set[Point] = set()
        self.bounds: dict[Unknown, tuple[float, float]] = {}
        self.frames = [Frame(rank, self.ranks, self.series) for rank in sorted(set(self.ranks))]
        self.too_much = sum(map(_size_of, self.frames)) > _MOST_IN_PERIODS
        self.periods_of = [] if self.too_much else [_periods_of(frame) for frame in self.frames]
        self.known: dict[int, list[Relation]] = {}
        self.waiting: list[tuple[int, str]] = []
        self.seen: set[tuple[int, str]] = set()
        self.steps = 0

    def begin(self, at: Point, *, whole: bool) -> None:
        """Hide a small number; `whole` where the denominator is one too."""
        row = self.series[at.measure][at.at]
        if row.numerator is not None and 0 < row.numerator < self.threshold + 1:
            self.bounds["n", at.measure, at.at] = (min(1, row.numerator), self.threshold)
        elif row.denominator is not None and not whole:
            most = row.denominator - min(1, row.denominator - (row.numerator or 0))
            self.bounds["n", at.measure, at.at] = (row.denominator - self.threshold, most)
        if whole:
            self.bounds["d", at.measure, at.at] = (1, self.threshold)
        self._hide(at, whole=whole)

    def spread(self) -> None:
        """Hide all that would give hidden numbers away."""
        if self.too_much:
            self._hide_all()
            return
        try:
            self._close()
            while self._audit():
                self._close()
        except TooMuch:
            self._hide_all()

    # --- Closure -----------------------------------------------------------------------------------

    def _hide(self, at: Point, *, whole: bool = False) -> bool:
        """Hide a point, and look at all periods it belongs to; whether that is anything new."""
        if at in self.whole or (at in self.hidden and not whole):
            return False
        self.hidden.add(at)
        if whole:
            self.whole.add(at)
        for number, periods in enumerate(self.periods_of):
            for key in periods.get(at, ()):
                heappush(self.waiting, (number, key))
        return True

    def _hide_all(self) -> None:
        for m, observations in enumerate(self.series):
            for at in range(len(observations)):
                self.hidden.add(Point(m, at))
                self.whole.add(Point(m, at))

    def _close(self) -> None:
        while self.waiting:
            number, key = heappop(self.waiting)
            if self.waiting and self.waiting[0] == (number, key):
                continue
            self.seen.add((number, key))
            frame = self.frames[number]
            period = frame.periods[key]
            for relation in self._relations(number):
                if self._holds(frame, period, relation):
                    self._keep(frame, period, relation)

    def _relations(self, number: int) -> list[Relation]:
        if number not in self.known:
            touched = {
                key
                for at, keys in self.periods_of[number].items()
                if at in self.hidden
                for key in keys
            }
            self.known[number] = relations(self.frames[number], touched)
        return self.known[number]

    def _holds(self, frame: Frame, period: Period, relation: Relation) -> bool:
        terms = (*relation.parts, relation.total)
        summed = sum(len(period.points.get(term.measure, ())) for term in terms)
        self.steps += 1 + summed // _SUMMED_AT_ONCE
        if self.steps > _MOST_STEPS:
            raise TooMuch
        total = frame.number(period, relation.total)
        if total is None:
            return False
        figures = [frame.number(period, part) for part in relation.parts]
        if relation.rate:
            count = figures[0]
            denominator = frame.number(period, Term(relation.parts[0].measure, "d"))
            return count is not None and any(
                tells(total, k, denominator, count) for k in MULTIPLIERS
            )
        if any(figure is None for figure in figures):
            return False
        return abs(sum(figure or 0 for figure in figures) - total) < ROUNDING

    def _gone(self, frame: Frame, period: Period, term: Term) -> set[Point]:
        gone = self.whole if term.kind == "d" else self.hidden
        return {at for at in frame.points(period, term) if at in gone}

    def _keep(self, frame: Frame, period: Period, relation: Relation) -> None:
        """Hide what the first rule says of one relation at one period."""
        terms = (*relation.parts, relation.total)
        gone = {term: self._gone(frame, period, term) for term in terms}
        if not any(gone.values()):
            return
        if relation.rate or relation.running:
            self._keep_total(frame, period, relation, gone)
            return
        a_denominator = any(gone[term] for term in terms if term.kind == "d")
        for term in terms:
            if term.measure in frame.own and (term.kind != "d" or a_denominator):
                self._hide(frame.points(period, term)[0], whole=term.kind == "d")
        if len(set().union(*(self._gone(frame, period, term) for term in terms))) == 1:
            self._hide_one_more(frame, period, terms)

    def _keep_total(
        self, frame: Frame, period: Period, relation: Relation, gone: dict[Term, set[Point]]
    ) -> None:
        if any(gone[part] for part in relation.parts):
            self._hide(frame.points(period, relation.total)[0])
        elif not relation.rate:
            self._hide_one_more(frame, period, relation.parts)

    def _hide_one_more(self, frame: Frame, period: Period, terms: Sequence[Term]) -> None:
        """Hide the largest finer count, else every denominator."""
        counts = [
            at for term in terms if term.kind != "d" for at in frame.points(period, term)
            if at not in self.hidden
        ]  # fmt: skip
        if counts:
            self._hide(max(counts, key=self._size))
            return
        for term in terms:
            if term.kind == "d":
                for at in frame.points(period, term):
                    self._hide(at, whole=True)

    def _size(self, at: Point) -> tuple[float, int, int]:
        row = self.series[at.measure][at.at]
        figure = row.value if row.numerator is None else row.numerator
        return figure or 0, -at.measure, -at.at

    # --- Audit -------------------------------------------------------------------------------------

    def _audit(self) -> bool:
        """Hide more where a hidden number could be worked out; whether anything was."""
        equations = list(self._equations())
        bounds = _narrowed([equation for equation, _ in equations], self.bounds)
        told = {unknown for unknown, (low, high) in bounds.items() if high - low < 1}
        more = False
        for (signs, _), points in equations:
            if told & set(signs):
                for at in sorted(points):
                    more = self._hide(at, whole=True) or more
        return more

    def _equations(self) -> Iterator[tuple[Equation, set[Point]]]:
        for number, key in sorted(self.seen):
            frame = self.frames[number]
            period = frame.periods[key]
            for relation in self._relations(number):
                if relation.rate or not self._holds(frame, period, relation):
                    continue
                signs: dict[Unknown, int] = {}
                known = 0.0
                points: set[Point] = set()
                signed = [(part, 1) for part in relation.parts] + [(relation.total, -1)]
                for term, sign in signed:
                    for at in frame.points(period, term):
                        points.add(at)
                        known += sign * self._said(at, term.kind, sign, signs)
                if signs:
                    yield (signs, known), points

    def _said(self, at: Point, kind: str, sign: int, signs: dict[Unknown, int]) -> float:
        """What readers see of a figure; what they do not see is noted as unknown."""
        m, place = at
        row = self.series[m][place]
        if kind == "p":
            kind = "v" if row.numerator is None else "n"
        known = 0.0
        for part, figure, gone, factor in (
            ("n", row.numerator, at in self.hidden, {"n": 1, "c": -1}.get(kind, 0)),
            ("d", row.denominator, at in self.whole, {"d": 1, "c": 1}.get(kind, 0)),
            ("v", row.value, at in self.hidden, {"v": 1}.get(kind, 0)),
        ):
            if factor and gone:
                signs[part, m, place] = signs.get((part, m, place), 0) + sign * factor
            elif factor:
                known += factor * (figure or 0)
        return known


def _size_of(frame: Frame) -> int:
    return sum(len(places) for one in frame.periods.values() for places in one.points.values())


def _periods_of(frame: Frame) -> dict[Point, list[str]]:
    found: dict[Point, list[str]] = {}
    for key, period in frame.periods.items():
        for m, places in period.points.items():
            for at in places:
                found.setdefault(Point(m, at), []).append(key)
        for m, at in period.before.items():
            found.setdefault(Point(m, at), []).append(key)
    return found


def _narrowed(
    equations: Sequence[Equation], bounds: dict[Unknown, tuple[float, float]]
) -> dict[Unknown, tuple[float, float]]:
    """How far each unknown can be told; what has no bounds yet lies between 0 and anything."""
    narrowed = dict(bounds)
    for _ in range(_MOST_PASSES):
        changed = False
        for signs, known in equations:
            reach = {
                unknown: _times(
                    sign, narrowed.get(unknown, (-inf if unknown[0] == "v" else 0, inf))
                )
                for unknown, sign in signs.items()
                if sign
            }
            for unknown, sign in signs.items():
                if not sign:
                    continue
                low = known + sum(span[0] for other, span in reach.items() if other != unknown)
                high = known + sum(span[1] for other, span in reach.items() if other != unknown)
                told = sorted((-low / sign, -high / sign))
                had = narrowed.get(unknown, (-inf if unknown[0] == "v" else 0, inf))
                now = (max(had[0], told[0]), min(had[1], told[1]))
                if now != had:
                    narrowed[unknown] = now
                    reach[unknown] = _times(sign, now)
                    changed = True
        if not changed:
            break
    return narrowed


def _times(sign: int, span: tuple[float, float]) -> tuple[float, float]:
    low, high = span[0] * sign, span[1] * sign
    return (low, high) if low <= high else (high, low)
