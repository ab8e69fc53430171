"""How the numbers of one result hang together: which of them are sums of others, found in the numbers themselves.

Nobody declares that one measure is the rest of another, or a year the total of its months, and readers know it all the
same. So a relation counts as known where the numbers say so: at one period it holds exactly, and of the periods
looked at (24 at most) it holds in at least half, noughts counted and not counted. One that is true holds in all of
them, so it is found where one of them has all its figures and a total that is not 0; what is 0 throughout is taken to
be the same. Looked for, within one frequency: two numbers that are equal; a number
that is the sum of two to four others, of neighbours in the order of measures, or of all others of its kind; a running
total; a value that is a rate of counts to within half a count. Numbers of finer frequencies take part as their sums
over the period, so a quarter may be the sum of its months or of the months of two measures.
Source: docs/decisions/0029-small-numbers.md.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import NamedTuple

from app.core.series import Observation

RANKS = {"event": 0, "day": 0, "week": 1, "month": 2, "quarter": 3, "year": 4}
_MONTHS = {2: 1, 3: 3, 4: 12}
# Periods that a relation is tried on; the latter for many measures.
_SAMPLE, _SMALLER_SAMPLE = 24, 12
_MANY = 8
_MOST_PARTS = 4
_MOST_FOR_FOUR = 12  # measures up to which sums of four are looked for
HALF_OF_ONE = 0.5  # what is nearer to a count than this rounds to it
MULTIPLIERS = (1, 100, 1_000, 10_000, 100_000)  # of rates
_DIGITS = 6  # figures are equal when they are to so many decimals
_UNIT = 10**_DIGITS  # tables count in these, so that sums are exact


class Term(NamedTuple):
    """A column of numbers: measure and kind.

    Kinds: n numerator, d denominator, c their difference, v value; p the numerator or value of the period before, which
    is 0 at the first.
    """

    measure: int
    kind: str


Table = dict[Term, int]  # one period, in millionths


class Relation(NamedTuple):
    """The parts add up to the total; for a rate, the total is the part over its denominator, times something."""

    parts: tuple[Term, ...]
    total: Term
    rate: bool = False

    @property
    def running(self) -> bool:
        """Whether the total is that of the period before and something more."""
        return any(part.kind == "p" for part in self.parts)


class Point(NamedTuple):
    """One observation: which measure, and the how-manieth of its series."""

    measure: int
    at: int


class Period(NamedTuple):
    """One period of one frequency: the observations of each measure that belong to it.

    A measure of this frequency has one of them, one of a finer frequency any number. `before` has those of the
    period before.
    """

    points: dict[int, Sequence[int]]
    before: dict[int, int]


class Frame:
    """The periods of one frequency, with the numbers of every measure that has any in them."""

    def __init__(
        self, rank: int, ranks: Sequence[int], series: Sequence[Sequence[Observation]]
    ) -> None:
        """`ranks` of all measures, by their order; `series` in order of day."""
        self.series = series
        self.own = {m for m, other in enumerate(ranks) if other == rank}
        finer = [m for m, other in enumerate(ranks) if other < rank]
        keys = [
            _keys(rank, series, self.own)[m] if m in self.own else [] for m in range(len(series))
        ]
        self.periods: dict[str, Period] = {}
        for m in sorted(self.own):
            for at, key in enumerate(keys[m]):
                period = self.periods.setdefault(key, Period({}, {}))
                period.points[m] = [at]
                if at:
                    period.before[m] = at - 1
        days = {m: [row.on for row in series[m]] for m in finer}
        for key, period in self.periods.items() if finer else ():
            end = _end(rank, key)
            for m in finer:
                low, high = bisect_left(days[m], key), bisect_right(days[m], end)
                if low < high:
                    period.points[m] = range(low, high)

    def number(self, period: Period, term: Term) -> float | None:
        """The figure of a column in a period; of a finer measure the sum. None where any is missing."""
        series = self.series[term.measure]
        if term.kind == "p":
            if term.measure not in period.points:
                return None
            before = period.before.get(term.measure)
            return 0.0 if before is None else _counted(series[before])
        total = 0.0
        for at in period.points.get(term.measure, ()):
            figure = _figure(series[at], term.kind)
            if figure is None:
                return None
            total += figure
        return round(total, _DIGITS) if term.measure in period.points else None

    def points(self, period: Period, term: Term) -> list[Point]:
        """The observations that a figure is made of."""
        if term.kind == "p":
            before = period.before.get(term.measure)
            return [] if before is None else [Point(term.measure, before)]
        return [Point(term.measure, at) for at in period.points[term.measure]]


def _figure(row: Observation, kind: str) -> float | None:
    if kind == "v":
        return row.value
    if kind == "d":
        return row.denominator
    if kind == "n" or row.numerator is None or row.denominator is None:
        return row.numerator if kind == "n" else None
    return row.denominator - row.numerator


def _counted(row: Observation) -> float | None:
    return row.value if row.numerator is None else row.numerator


def _keys(
    rank: int, series: Sequence[Sequence[Observation]], own: set[int]
) -> dict[int, list[str]]:
    """The first day of each observation's period; the day itself where two would fall into one."""
    keys = {m: [_start(rank, row.on) for row in series[m]] for m in own}
    if any(len(set(of_one)) < len(of_one) for of_one in keys.values()):
        return {m: [row.on for row in series[m]] for m in own}
    return keys


def _start(rank: int, on: str) -> str:
    if rank == 0:
        return on
    if rank == RANKS["week"]:
        day = date.fromisoformat(on)
        return (day - timedelta(day.weekday())).isoformat()
    if rank == RANKS["quarter"]:
        return f"{on[:5]}{(int(on[5:7]) - 1) // 3 * 3 + 1:02}-01"
    return f"{on[:7]}-01"


def _end(rank: int, start: str) -> str:
    """The last day of a period, or one after it that no month has."""
    if rank == RANKS["week"]:
        return (date.fromisoformat(start) + timedelta(6)).isoformat()
    months = int(start[:4]) * 12 + int(start[5:7]) - 1 + _MONTHS[rank]
    before = date(months // 12, months % 12 + 1, 1).isoformat()
    # Weeks and days that begin before the next period does; a period that begins within a month ends within one.
    return before[:8] + "00" if start[8:] == "01" else before[:8] + start[8:]


# --- Looking for them ------------------------------------------------------------------------------


def relations(frame: Frame, hidden: set[str]) -> list[Relation]:
    """What holds between the numbers of these periods, tried above all on those with something to hide."""
    size = _SAMPLE if len(frame.series) <= _MANY else _SMALLER_SAMPLE
    sample = set(frame.periods)
    if len(sample) > size:
        sample = {*_spread(sorted(hidden), size // 2), *_spread(sorted(frame.periods), size // 2)}
    tables = [_table(frame, frame.periods[key]) for key in sorted(sample)]
    tried = {relation for table in tables for relation in _sums(table, frame.own)}
    tried.update(_always_nothing(frame, tables))
    found = [relation for relation in tried if _known(relation, tables)]
    return sorted([*found, *_rates(frame, tables)])


def _known(relation: Relation, tables: Sequence[Table]) -> bool:
    """In at least half of the periods in which not all figures are 0, and of those in which none is."""
    some = some_held = every = every_held = 0
    for table in tables:
        total = table.get(relation.total)
        figures = [table.get(part) for part in relation.parts]
        if total is None or None in figures:
            continue
        holds = sum(figure or 0 for figure in figures) == total
        if total or any(figures):
            some += 1
            some_held += holds
        if total and all(figures):
            every += 1
            every_held += holds
    return 2 * some_held >= some and 2 * every_held >= every


def _spread(keys: Sequence[str], count: int) -> list[str]:
    """So many of them, evenly; all where there are no more."""
    if len(keys) <= count:
        return list(keys)
    return [keys[at * len(keys) // count] for at in range(count)]


def _table(frame: Frame, period: Period) -> Table:
    table: Table = {}
    for m in (*sorted(frame.own), *(m for m in sorted(period.points) if m not in frame.own)):
        if m in period.points:
            for kind in "ndcv" + ("p" if m in frame.own else ""):
                figure = frame.number(period, Term(m, kind))
                if figure is not None:
                    table[Term(m, kind)] = round(figure * _UNIT)
    return table


def _sums(table: Table, own: set[int]) -> Iterator[Relation]:
    """Every relation that holds in one period and whose total is not 0; parts may be."""
    by_figure: dict[int, list[Term]] = {}
    terms = [term for term in table if term.kind != "p"]
    for term in terms:
        if table[term]:
            by_figure.setdefault(table[term], []).append(term)
    for same in by_figure.values():
        yield from _equal(same, own)
    for parts in _groups(terms):
        totals = by_figure.get(sum(table[part] for part in parts))
        if not totals:
            continue
        measures = {part.measure for part in parts}
        for total in totals:
            if total.measure not in measures and own & {*measures, total.measure}:
                yield Relation(tuple(sorted(parts)), total)
    yield from _running(table, terms)


def _equal(same: Sequence[Term], own: set[int]) -> Iterator[Relation]:
    for one, other in combinations(same, 2):
        if one.measure != other.measure and (one.measure in own or other.measure in own):
            total, part = (one, other) if one.measure in own else (other, one)
            yield Relation((part,), total)


def _always_nothing(frame: Frame, tables: Sequence[Table]) -> Iterator[Relation]:
    """What is 0 wherever it is there: of those each is taken to be the same as the others."""
    there = {term for table in tables for term in table if term.kind != "p"}
    nothing = [term for term in sorted(there) if not any(table.get(term) for table in tables)]
    yield from _equal(nothing, frame.own)


def _running(table: Table, terms: Sequence[Term]) -> Iterator[Relation]:
    for before, earlier in table.items():
        for kind in "nv" if before.kind == "p" else "":
            total = Term(before.measure, kind)
            for part in terms if table.get(total) else ():
                if part.measure != before.measure and table[part] == table[total] - earlier:
                    yield Relation((part, before), total)


def _groups(terms: Sequence[Term]) -> Iterator[tuple[Term, ...]]:
    """The parts that are tried as a sum: two of any kind, three or four of one kind, neighbours, all but one."""
    for one, other in combinations(terms, 2):
        if one.measure != other.measure:
            yield one, other
    for kinds in ("nv", "d", "c"):
        alike = sorted(term for term in terms if term.kind in kinds)
        most = _MOST_PARTS if len(alike) <= _MOST_FOR_FOUR else _MOST_PARTS - 1
        for count in range(3, most + 1):
            yield from combinations(alike, count)
        for low in range(len(alike)):
            for high in range(low + _MOST_PARTS + 1, len(alike) + 1):
                yield tuple(alike[low:high])
            if len(alike) > _MOST_PARTS + 1:
                yield tuple(alike[:low] + alike[low + 1 :])


def _rates(frame: Frame, tables: Sequence[Table]) -> Iterator[Relation]:
    """Values that tell a count to within a half: it, or its share of the denominator, times a round number."""
    pairs: Counter[tuple[Term, Term, int]] = Counter()
    tried: Counter[tuple[Term, Term]] = Counter()
    for table in tables:
        for value in [t for t in table if t.kind == "v" and t.measure in frame.own]:
            for count in [t for t in table if t.kind in "nc"]:
                tried[count, value] += 1
                whole = table.get(Term(count.measure, "d"))
                denominator = None if whole is None else whole / _UNIT
                for multiplier in MULTIPLIERS:
                    if tells(table[value] / _UNIT, multiplier, denominator, table[count] / _UNIT):
                        pairs[count, value, multiplier] += 1
    known = {
        Relation((count,), value, rate=True)
        for (count, value, _), times in pairs.items()
        if 2 * times >= tried[count, value]
    }
    yield from sorted(known)


def tells(value: float, multiplier: float, denominator: float | None, count: float) -> bool:
    """Whether a value gives a count away once it is rounded."""
    if multiplier == 1 and abs(value - count) < HALF_OF_ONE:
        return True
    return denominator is not None and abs(value / multiplier * denominator - count) < HALF_OF_ONE
