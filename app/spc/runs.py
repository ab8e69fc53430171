"""Runs about the centre line: how long and how many chance allows.

A point on the line is on neither side: it neither adds to a run nor ends one.

Sources: Anhoj and Olesen, Run charts revisited (PLOS ONE 2014); Perla, Provost and Murray, The run chart (BMJ Quality
& Safety 2011); Wald and Wolfowitz, On a test whether two samples are from the same population (1940).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb, log2

PERLA_SHIFT = 6  # so many points on one side are a shift; one fewer is what chance allows


@dataclass(frozen=True, slots=True)
class Runs:
    """What the points did: those `above` and `below`, the longest run, and how often the line was crossed."""

    above: int
    below: int
    longest: int
    crossings: int

    @property
    def useful(self) -> int:
        """Points that are not on the line."""
        return self.above + self.below


@dataclass(frozen=True, slots=True)
class Allowed:
    """What chance allows: runs up to so long, crossings at least and at most so many (None: no bound)."""

    longest: int
    fewest: int
    most: int | None = None


def runs_of(sides: Sequence[int]) -> Runs:
    """Count the runs of a series of sides (1 above, -1 below, 0 on the line)."""
    above = below = longest = length = crossings = before = 0
    for side in sides:
        if side == 0:
            continue
        if side > 0:
            above += 1
        else:
            below += 1
        if side == before:
            length += 1
        else:
            crossings += before != 0
            before, length = side, 1
        longest = max(longest, length)
    return Runs(above, below, longest, crossings)


def anhoej(runs: Runs) -> Allowed | None:
    """Anhoej's limits for so many useful points; None where there is none."""
    useful = runs.useful
    return Allowed(round(log2(useful)) + 3, fewest_crossings(useful)) if useful else None


@lru_cache(maxsize=512)
def fewest_crossings(useful: int) -> int:
    """The 5 % quantile of a binomial distribution of useful - 1 tosses of a fair coin, in whole numbers.

    The least k of which sum(C(n, i), i = 0..k) / 2**n is 1/20 or more.
    """
    tosses = useful - 1
    ways = total = 1  # of no crossing
    wanted, crossings = 1 << tosses, 0
    while 20 * total < wanted:
        ways = ways * (tosses - crossings) // (crossings + 1)
        crossings += 1
        total += ways
    return crossings


def perla(runs: Runs) -> Allowed | None:
    """Perla's limits: of a run five points, of the number of runs what Wald and Wolfowitz's test allows at 5 %."""
    if not runs.useful:
        return None
    if not (
        runs.above and runs.below
    ):  # one run: the test has nothing to say, the length of the run has
        return Allowed(PERLA_SHIFT - 1, 0)
    least, most = run_limits(*sorted((runs.above, runs.below)))
    return Allowed(PERLA_SHIFT - 1, least - 1, most - 1)


@lru_cache(maxsize=512)
def run_limits(fewer: int, more: int) -> tuple[int, int]:
    """The fewest and the most runs that so many points on either side have by chance, 2.5 % cut off at each end.

    Exact, in whole numbers: of the C(n, fewer) orders of the points, counted from each end.
    """
    fortieth = comb(fewer + more, fewer)  # 40 times what is counted is held against it
    return (
        _where_the_tail_ends(_from_few_runs(fewer, more), fortieth),
        _where_the_tail_ends(_from_many_runs(fewer, more), fortieth),
    )


def _where_the_tail_ends(orders_of_runs: Iterator[tuple[int, int]], fortieth: int) -> int:
    counted = 0
    for runs, orders in orders_of_runs:
        counted += orders
        if 40 * counted > fortieth:
            return runs
    raise AssertionError  # all orders together are all of them


def _from_few_runs(a: int, b: int) -> Iterator[tuple[int, int]]:
    """Numbers of runs from 2 on, and how many orders of a and b points (a <= b) have so many.

    2k runs: 2 C(a - 1, k - 1) C(b - 1, k - 1). 2k + 1 runs: that half, split once more on either side.
    """
    product = 1  # C(a - 1, k - 1) C(b - 1, k - 1)
    for k in range(1, a + 1):
        yield 2 * k, 2 * product
        yield 2 * k + 1, product * (a + b - 2 * k) // k
        product = product * (a - k) * (b - k) // (k * k)


def _from_many_runs(a: int, b: int) -> Iterator[tuple[int, int]]:
    """The same from the other end."""
    product = comb(b - 1, a - 1)
    for k in range(a, 0, -1):
        if k < a or a < b:
            yield 2 * k + 1, product * (a + b - 2 * k) // k
        yield 2 * k, 2 * product
        product = product * (k - 1) ** 2 // ((a - k + 1) * (b - k + 1))
