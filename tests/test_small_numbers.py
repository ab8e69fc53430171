"""Small numbers: nobody who is no author works out a count that can point at a person, whatever else they read.

The attacker is `tests/small_number_solver.py`. That it can win is shown without the second rule, without the rule for
complements, and without rates.
"""

import time
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.core import number_hiding, series, small_numbers
from app.core.series import Observation
from app.core.small_numbers import Figures, Measured, suppress, suppress_pair
from app.settings import Settings
from tests.proofs.figures import scaled
from tests.small_number_solver import day, made, months, recovered, seen_rates, small_and_shown

Numbers = tuple[float | None, float | None]


def of_month(*rows: Numbers) -> Measured:
    """A monthly measure of numerators and denominators."""
    days = months(len(rows))
    return Measured("month", [Observation(on, n, d) for on, (n, d) in zip(days, rows, strict=True)])


def shown(*measures: Measured, threshold: int = 7) -> list[list[Numbers]]:
    """The numerators and denominators that readers see."""
    return [
        [(row.numerator, row.denominator) for row in rows] for rows in suppress(measures, threshold)
    ]


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (0, 80, (0, 80)),
        (1, 80, (None, 80)),
        (7, 80, (None, 80)),
        (8, 80, (8, 80)),
        (72, 80, (72, 80)),
        (73, 80, (None, 80)),
        (79, 80, (None, 80)),
        (80, 80, (80, 80)),
        (0, None, (0, None)),
        (1, None, (None, None)),
        (7, None, (None, None)),
        (8, None, (8, None)),
        (0.5, 80, (None, 80)),
        (7.9, 80, (None, 80)),
        (3, 5, (None, None)),  # a group of five people
        (0, 5, (None, None)),
        (5, 5, (None, None)),
        (12, 5, (None, None)),
        (12, 1.25, (12, 1.25)),  # per 1,000 days: no people
        (3, 1.25, (None, 1.25)),
        (90, 80, (90, 80)),
    ],
)
def test_a_small_count_or_complement_is_hidden(
    numerator: float, denominator: float | None, expected: Numbers
) -> None:
    row = Observation("2024-01-01", numerator, denominator, None, "New letter")
    ((after,),) = suppress([Measured("month", [row])], 7)
    assert (after.numerator, after.denominator) == expected
    assert after.suppressed == (expected[0] is None)
    assert (after.on, after.value, after.annotation) == ("2024-01-01", None, "New letter")


def test_values_stay_and_what_has_nothing_small_is_the_same_object() -> None:
    values = Measured("month", [Observation(on, value=3) for on in months(3)])
    counts = of_month((20, 80), (30, 80))
    after = suppress([values, counts], 7)
    assert after[0] is values.observations
    assert after[1] is counts.observations
    small = of_month((3, 80), (30, 80))
    assert suppress([small], 0)[0] is small.observations


def test_the_threshold_is_a_setting() -> None:
    assert Settings().small_number_threshold == 7
    assert shown(of_month((9, 80)), threshold=10) == [[(None, 80)]]
    for wrong in (1, -1, 101):
        with pytest.raises(ValidationError):
            Settings(small_number_threshold=wrong)


# --- What would give it away -----------------------------------------------------------------------

COUNTS = [(5, 100), (40, 110), (30, 120), (55, 130)]


def test_the_rest_in_another_measure_is_hidden() -> None:
    rest = of_month(*[((d - n), None) for n, d in COUNTS])
    assert shown(of_month(*COUNTS), rest)[1] == [
        (None, None), (70, None), (90, None), (75, None),
    ]  # fmt: skip


def test_parts_of_the_whole_are_hidden_and_its_size_stays() -> None:
    much = of_month((60, 100), (30, 110), (50, 120), (41, 130))
    some = of_month((35, 100), (40, 110), (40, 120), (34, 130))
    after = shown(of_month(*COUNTS), much, some)
    assert [rows[0] for rows in after] == [(None, 100)] * 3
    assert all(row[0] is not None for rows in after for row in rows[1:])


def test_the_quarter_is_hidden_where_a_month_is_and_the_other_months_stay() -> None:
    year = [(5, 100), (40, 100), (30, 100), (50, 100), (60, 100), (70, 100)]
    quarters = Measured(
        "quarter",
        [Observation("2023-01-01", 75, 300), Observation("2023-04-01", 180, 300)],
    )
    after = shown(of_month(*year), quarters)
    assert after[1] == [(None, 300), (180, 300)]
    assert after[0] == [(None, 100), *year[1:]]


def test_one_month_is_hidden_where_the_quarter_is_and_no_month() -> None:
    monthly = Measured(
        "month", [Observation(on, n) for on, n in zip(months(3), (98, 99, 100), strict=True)]
    )
    quarter = Measured("quarter", [Observation("2023-01-01", 297, 300)])
    assert shown(monthly, quarter) == [[(98, None), (99, None), (None, None)], [(None, 300)]]


def test_a_year_may_be_the_months_of_two_measures() -> None:
    women = of_month(*[(20 + n, None) for n in range(12)])
    men = of_month((4, None), *[(30 + n, None) for n in range(11)])
    total = sum((row.numerator or 0) for m in (women, men) for row in m.observations)
    year = Measured("year", [Observation("2023-01-01", total)])
    assert shown(women, men, year)[2] == [(None, None)]
    other = Measured("year", [Observation("2023-01-01", total + 1)])
    assert shown(women, men, other)[2] == [(total + 1, None)]


def test_a_running_total_ends_where_a_month_is_hidden() -> None:
    counts = [20, 30, 5, 40]
    total = of_month((20, None), (50, None), (55, None), (95, None))
    after = shown(of_month(*[(n, None) for n in counts]), total)
    assert after == [
        [(20, None), (30, None), (None, None), (40, None)],
        [(20, None), (50, None), (None, None), (None, None)],
    ]


def test_a_nought_that_is_hidden_is_not_told_by_another() -> None:
    """Nobody of a small group: hidden with the group, so the total so far and the percentage are too."""
    nobody = of_month((0, 1), (0, 3))
    so_far = of_month((0, None), (0, None))
    rate = Measured("month", [Observation(on, value=0) for on in months(2)])
    assert all(row.suppressed for rows in suppress([nobody, so_far, rate], 7) for row in rows)
    parts = of_month((0, 1), (30, 90), (0, 90)), of_month((20, None), (0, None), (40, None))
    total = of_month((20, None), (30, None), (40, None))
    assert [row[0] for row in shown(*parts, total)] == [(None, None)] * 3


def test_what_is_now_and_then_nothing_has_nothing_to_do_with_it() -> None:
    """A relation that holds because nothing was added is none where something was."""
    screened, missed = of_month(*COUNTS), of_month(*[(d - n, d) for n, d in COUNTS])
    falls = Measured(
        "month", [Observation(on, n) for on, n in zip(months(4), (0, 0, 9, 0), strict=True)]
    )
    assert suppress([screened, missed, falls], 7)[2] is falls.observations


def test_the_same_as_a_percentage_is_hidden() -> None:
    rates = [
        Observation(on, value=round(100 * n / d, 1))
        for on, (n, d) in zip(months(4), COUNTS, strict=True)
    ]
    waits = [Observation(on, value=n) for on, n in zip(months(4), (31.5, 28, 30, 27), strict=True)]
    after = suppress([of_month(*COUNTS), Measured("month", rates), Measured("month", waits)], 7)
    assert [row.suppressed for row in after[1]] == [True, False, False, False]
    assert after[2] is waits


def test_who_went_on_hides_of_how_many() -> None:
    invited = of_month((47, 50), (30, 60), (35, 70))
    came = of_month((20, 47), (15, 30), (20, 35))
    assert shown(invited, came) == [
        [(None, 50), (30, 60), (35, 70)],
        [(None, None), (15, 30), (20, 35)],
    ]


def test_measures_that_have_nothing_to_do_with_it_stay() -> None:
    random = Random(7)
    others = [
        of_month(*[(random.randint(20, 70), random.randint(90, 140)) for _ in range(12)])
        for _ in range(3)
    ]
    small = of_month(*[(random.randint(1, 7), random.randint(90, 140)) for _ in range(12)])
    after = suppress([small, *others], 7)
    assert all(row.suppressed for row in after[0])
    assert [rows is other.observations for rows, other in zip(after[1:], others, strict=True)] == [
        True
    ] * 3


def test_days_of_one_month_are_one_period() -> None:
    ends = [
        Observation(on, n)
        for on, n in zip(("2023-01-31", "2023-02-28", "2023-03-31"), (95, 70, 90), strict=True)
    ]
    after = suppress([of_month(*COUNTS[:3]), Measured("month", ends)], 7)
    assert [row.suppressed for row in after[1]] == [True, False, False]


# --- The attacker ----------------------------------------------------------------------------------


def attack(seeds: Sequence[int]) -> tuple[int, int, int]:
    """How many hidden counts there were in so many results, how many were told, how many small ones stood there."""
    hidden = told = open_ = 0
    for seed in seeds:
        story = made(seed)
        after = suppress(story.measures, 7)
        hidden += sum(row.suppressed for rows in after for row in rows)
        told += len(recovered(story, after, 7, labelled=False))
        told += len(recovered(story, after, 7, labelled=True))
        told += len(seen_rates(story, after))
        open_ += small_and_shown(after, 7)
    return hidden, told, open_


@pytest.mark.prove
def test_the_attacker_recovers_nothing() -> None:
    """4,000 results at full count, each attacked knowing less and knowing more."""
    count = scaled(4_000)
    hidden, told, open_ = attack(range(count))
    assert (told, open_) == (0, 0)
    assert hidden > count


def test_the_attacker_wins_without_what_follows_from_relations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(number_hiding.Hiding, "spread", lambda _: None)
    _, told, _ = attack(range(40))
    assert told > 20


def test_the_attacker_wins_without_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight kinds of one each: nothing of them is shown but of how many, and that is enough."""
    eight = [of_month((1, 8)) for _ in range(8)]
    assert all(rows == [(None, None)] for rows in shown(*eight))
    monkeypatch.setattr(number_hiding.Hiding, "_audit", lambda _: False)
    assert all(rows == [(None, 8)] for rows in shown(*eight))


def test_the_attacker_wins_without_the_rule_for_complements(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def numerators_alone(numerator: float, _denominator: float | None, threshold: int) -> bool:
        return 0 < numerator < threshold + 1

    monkeypatch.setattr(small_numbers, "is_told_apart", numerators_alone)
    stories = [made(seed) for seed in range(60)]
    assert sum(small_and_shown(suppress(story.measures, 7), 7) for story in stories) > 20


# --- What it promises ------------------------------------------------------------------------------


def test_the_same_numbers_hide_the_same_points_again() -> None:
    for seed in range(20):
        measures = made(seed).measures
        assert suppress(measures, 7) == suppress(made(seed).measures, 7)


def test_a_higher_threshold_hides_all_that_a_lower_one_hides_of_small_numbers() -> None:
    for seed in range(40):
        measures = made(seed).measures
        low, high = suppress(measures, 5), suppress(measures, 10)
        for measure, less, more in zip(measures, low, high, strict=True):
            for row, one, other in zip(measure.observations, less, more, strict=True):
                if row.numerator is not None and small_numbers.is_told_apart(
                    row.numerator, row.denominator, 5
                ):
                    assert one.suppressed
                    assert other.suppressed


numbers = st.none() | st.integers(0, 20) | st.floats(0, 20)


@given(st.lists(st.lists(st.tuples(st.integers(0, 40), numbers), max_size=6), max_size=4))
def test_nothing_but_hiding_happens(tables: list[list[tuple[int, float | None]]]) -> None:
    measures = [
        Measured(frequency, [Observation(day(at * 9), n, (n + extra) or 1 if extra is not None else None)
                             for at, (n, extra) in enumerate(rows)])
        for frequency, rows in zip(("month", "day", "week", "event"), tables, strict=False)
    ]  # fmt: skip
    for measure, rows in zip(measures, suppress(measures, 7), strict=True):
        for before, after in zip(measure.observations, rows, strict=True):
            if after.suppressed:
                assert after.numerator is None
                assert after.value is None
                assert after.denominator in (None, before.denominator)
            else:
                assert after == before
                assert not small_numbers.is_told_apart(before.numerator or 0, before.denominator, 7)


def test_what_is_analysed_is_what_is_seen() -> None:
    rows = suppress([of_month((5, 100), (40, 110), (98, 100), (55, 130))], 7)[0]
    assert [point.on for point in series.points(rows)] == ["2023-02-01", "2023-04-01"]
    assert all(None not in (p.numerator, p.denominator) for p in series.points(rows))


def test_what_is_too_much_to_follow_is_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    related = [of_month(*COUNTS), of_month(*[(d - n, None) for n, d in COUNTS])]
    monkeypatch.setattr(number_hiding, "_MOST_STEPS", 3)
    assert all(row == (None, None) for rows in shown(*related) for row in rows)
    monkeypatch.setattr(small_numbers, "MOST_POINTS_FOLLOWED", 7)
    assert all(row == (None, None) for rows in shown(*related) for row in rows)


def test_figures_of_an_adoption() -> None:
    before, after = Figures(5, 80, 6.25), Figures(40, 80, 50)
    assert suppress_pair(before, after, 7) == (Figures(None, 80, None, suppressed=True), after)
    assert suppress_pair(None, Figures(76, 80), 7) == (None, Figures(None, 80, suppressed=True))
    assert suppress_pair(Figures(2, 4), None, 7) == (Figures(suppressed=True), None)
    assert suppress_pair(Figures(value=3), Figures(0, 80), 7) == (Figures(value=3), Figures(0, 80))
    assert suppress_pair(before, after, 0) == (before, after)


# --- What it costs ---------------------------------------------------------------------------------


def cost(measures: Sequence[Measured]) -> float:
    """Milliseconds of CPU, the best of five."""
    best = 1e9
    for _ in range(5):
        began = time.process_time()
        suppress(measures, 7)
        best = min(best, time.process_time() - began)
    return best * 1000


def test_one_measure_costs_next_to_nothing() -> None:
    random = Random(1)
    rows = [Observation(day(n), random.randint(0, 150), 160) for n in range(500)]
    assert cost([Measured("day", rows)]) < 2  # 0.07 ms where this was written


def test_the_largest_result_is_bounded() -> None:
    random = Random(1)
    large = [
        Measured("day", [Observation(day(n), random.randint(0, 90), 100) for n in range(2_400)])
        for _ in range(20)
    ]
    began = time.process_time()
    suppress(large, 7)
    assert time.process_time() - began < 20  # 2 s where this was written
