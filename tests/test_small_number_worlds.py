"""The strongest reader: knows how measures hang together, and the rule itself, and goes through every result there is.

Each structure has all the results that its counts can make within a bound (the *worlds*), and each is suppressed. Who
reads one answer knows that it is one of the worlds with that answer. Where a hidden count is the same in all of them,
it is told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product

import pytest

from app.core.number_hiding import Hiding
from app.core.series import Observation
from app.core.small_numbers import Measured, suppress

MONTHS = ("2023-01-01", "2023-02-01", "2023-03-01")
# What is asked for, and the measures; the first counts of the measures are what is asked for, in their order.
World = tuple[tuple[int, ...], list[Measured]]


def month(numerator: int, denominator: int | None = None) -> Measured:
    """A measure of one month."""
    return Measured("month", [Observation(MONTHS[0], numerator, denominator)])


def monthly(*counts: int, of: int | None = None) -> Measured:
    """A measure of three months."""
    return Measured("month", [Observation(on, n, of) for on, n in zip(MONTHS, counts, strict=True)])


def rest(most: int) -> Iterator[World]:
    """A proportion, and how many are left of it."""
    for d in range(1, most):
        for n in range(d + 1):
            yield (n,), [month(n, d), month(d - n)]


def kinds(most: int) -> Iterator[World]:
    """Three kinds of one whole."""
    for d in range(1, most):
        for a, b in product(range(d + 1), repeat=2):
            if a + b <= d:
                yield (a, b, d - a - b), [month(a, d), month(b, d), month(d - a - b, d)]


def kinds_and_total(most: int) -> Iterator[World]:
    """The same as counts alone, and their sum."""
    for (a, b, c), _ in kinds(most):
        yield (a, b, c), [month(a), month(b), month(c), month(a + b + c)]


def two_groups(most: int) -> Iterator[World]:
    """Two groups, and both together."""
    for d, e in product(range(1, most), repeat=2):
        for n, m in product(range(d + 1), range(e + 1)):
            yield (n, m), [month(n, d), month(m, e), month(n + m, d + e)]


def quarter(most: int) -> Iterator[World]:
    """Three months, and their quarter."""
    for counts in product(range(most), repeat=3):
        total = Measured("quarter", [Observation(MONTHS[0], sum(counts), 3 * most)])
        yield counts, [monthly(*counts, of=most), total]


def running(most: int) -> Iterator[World]:
    """Three months, and the total so far."""
    for a, b, c in product(range(most), repeat=3):
        yield (a, b, c), [monthly(a, b, c), monthly(a, a + b, a + b + c)]


STRUCTURES: list[tuple[Callable[[int], Iterator[World]], int, int]] = [
    (rest, 7, 40), (kinds, 7, 20), (kinds_and_total, 5, 16), (two_groups, 5, 11),
    (quarter, 3, 12), (running, 3, 12),
]  # fmt: skip


def told(structure: Callable[[int], Iterator[World]], threshold: int, most: int) -> tuple[int, int]:
    """How many answers there are, and how many hidden counts are the same in all worlds of an answer."""
    worlds: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    hidden: dict[object, list[bool]] = {}
    for counts, measures in structure(most):
        rows = [row for shown in suppress(measures, threshold) for row in shown]
        answer = tuple((row.numerator, row.denominator) for row in rows)
        worlds[answer].append(counts)
        hidden[answer] = [row.suppressed for row in rows[: len(counts)]]
    found = sum(
        gone and len({counts[place] for counts in same}) == 1
        for answer, same in worlds.items()
        for place, gone in enumerate(hidden[answer])
    )
    return len(worlds), found


@pytest.mark.parametrize(("structure", "threshold", "most"), STRUCTURES)
def test_no_answer_leaves_one_world(
    structure: Callable[[int], Iterator[World]], threshold: int, most: int
) -> None:
    answers, found = told(structure, threshold, most)
    assert answers > 1
    assert found == 0


@pytest.mark.parametrize(("structure", "threshold", "most"), STRUCTURES)
def test_without_what_follows_from_relations_some_do(
    structure: Callable[[int], Iterator[World]],
    threshold: int,
    most: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Hiding, "spread", lambda _: None)
    assert told(structure, threshold, most)[1] > 0
