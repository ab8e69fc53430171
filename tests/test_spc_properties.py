"""What must hold of every series, and the rules once more, written down slowly."""

from itertools import combinations, groupby, pairwise
from math import comb, isclose
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from app.spc import Analysis, Point, Request, analyse, rules
from app.spc.numbers import mean, mean_moving_range, median
from app.spc.runs import Runs, anhoej, fewest_crossings, perla, run_limits, runs_of

DAYS = [f"{2000 + n // 12}-{n % 12 + 1:02}-01" for n in range(600)]
SERIES = st.lists(st.integers(-50, 50), min_size=2, max_size=60)
FLIPPED = {"above_upper_limit": "below_lower_limit", "below_lower_limit": "above_upper_limit"}
OPPOSITE = {"increase": "decrease", "decrease": "increase", "neutral": "neutral"}
PLAIN = st.sampled_from(
    [("xmr", "mdc"), ("xmr", "anhoej"), ("i", "mdc"), ("i", "anhoej"), ("run", "anhoej"), ("run", "perla")]
)  # fmt: skip
DIRECTIONS = st.sampled_from(["increase", "decrease", "neutral"])


def series(values: list[float]) -> list[Point]:
    return [Point(on, value) for on, value in zip(DAYS, values, strict=False)]


def look(values: list[float], way: tuple[str, str], direction: str = "neutral") -> Analysis:
    return analyse(Request(series(values), *way, direction))


def signals(analysis: Analysis) -> list[str | None]:
    return [point.signal for point in analysis.points]


def is_clear(analysis: Analysis) -> bool:
    """Whether no point lies on a limit, to which side of which rounding would decide."""
    for point in analysis.points:
        for limit in (point.lower_limit, point.upper_limit):
            if limit is not None and point.centre_line is not None and point.value is not None:
                near = point.centre_line + (limit - point.centre_line) * 2 / 3
                if min(abs(point.value - limit), abs(point.value - near)) < 1e-6:
                    return False
    return True


@given(SERIES, PLAIN, DIRECTIONS, st.randoms())
def test_the_order_of_points_does_not_matter(
    values: list[float], way: tuple[str, str], direction: str, random: Random
) -> None:
    points = series([value / 7 for value in values])
    shuffled = points.copy()
    random.shuffle(shuffled)
    one, other = (analyse(Request(given, *way, direction)) for given in (points, shuffled))
    assert one == other


@given(SERIES, PLAIN, st.integers(-1000, 1000))
def test_moving_the_whole_series_moves_its_lines(
    values: list[float], way: tuple[str, str], by: int
) -> None:
    before = look(values, way)
    assume(is_clear(before))
    after = look([value + by for value in values], way)
    assert signals(after) == signals(before)
    for old, new in zip(before.points, after.points, strict=True):
        assert old.centre_line is not None
        assert new.centre_line is not None
        assert isclose(new.centre_line, old.centre_line + by, abs_tol=1e-9)


@given(SERIES, PLAIN, st.integers(-20, 20))
def test_stretching_the_series_stretches_its_lines(
    values: list[float], way: tuple[str, str], power: int
) -> None:
    times = 2.0**power  # exactly
    before, after = look(values, way), look([value * times for value in values], way)
    assert signals(after) == signals(before)
    assert after.summary == before.summary
    for old, new in zip(before.points, after.points, strict=True):
        for ours, theirs in zip(new[2:5], old[2:5], strict=True):
            assert (ours is None) == (theirs is None)
            assert ours is None or theirs is None or ours == theirs * times


@given(SERIES, PLAIN, DIRECTIONS)
def test_upside_down_it_means_the_same_the_other_way(
    values: list[float], way: tuple[str, str], direction: str
) -> None:
    one = look(values, way, direction)
    other = look([-value for value in values], way, OPPOSITE[direction])
    assert [FLIPPED.get(str(signal), signal) for signal in signals(one)] == signals(other)
    assert one.groups[0].runs_signal == other.groups[0].runs_signal
    if direction != "neutral":
        assert [p.meaning for p in one.points] == [p.meaning for p in other.points]
        assert one.variation.partition("_")[0] == other.variation.partition("_")[0]


@given(SERIES, PLAIN)
def test_the_direction_changes_what_a_signal_means_and_nothing_else(
    values: list[float], way: tuple[str, str]
) -> None:
    up, down, neither = (look(values, way, direction) for direction in OPPOSITE)
    assert signals(up) == signals(down) == signals(neither)
    assert up.groups == down.groups == neither.groups
    swapped = {"improvement": "concern", "concern": "improvement", "common_cause": "common_cause"}
    assert [swapped[point.meaning] for point in up.points] == [p.meaning for p in down.points]
    high = {"improvement": "neutral_high", "concern": "neutral_low", "common_cause": "common_cause"}
    assert [high[point.meaning] for point in up.points] == [p.meaning for p in neither.points]
    for point in up.points:
        assert (point.signal is None) == (point.meaning == "common_cause")


@given(SERIES.filter(lambda values: len(values) >= 14), PLAIN)
def test_what_comes_after_a_baseline_moves_no_line(
    values: list[float], way: tuple[str, str]
) -> None:
    request = Request(series(values), *way, baseline_points=12)
    shorter = Request(series(values[:-1]), *way, baseline_points=12)
    assert [point[1:5] for point in analyse(request).points[:-1]] == [
        point[1:5] for point in analyse(shorter).points
    ]


@given(SERIES, PLAIN, st.data())
def test_what_is_left_out_moves_no_line(
    values: list[float], way: tuple[str, str], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(values)))
    more = [*values[:place], 10_000, *values[place:]]
    left_out = analyse(Request(series(more), *way, exclude_on=[DAYS[place]]))
    without = look(values, way)
    assert left_out.points[0][2:5] == without.points[0][2:5]
    kept = [signal for at, signal in enumerate(signals(left_out)) if at != place]
    assert kept == signals(without)
    assert left_out.groups[0].longest_run == without.groups[0].longest_run


@given(SERIES, SERIES, PLAIN)
def test_groups_know_nothing_of_each_other(
    first: list[float], second: list[float], way: tuple[str, str]
) -> None:
    points = series([*first, *second])
    both = analyse(Request(points, *way, rebase_on=[DAYS[len(first)]]))
    ours = [point[1:5] + point[6:] for point in both.points]
    alone = [point[1:5] + point[6:] for part in (first, second) for point in look(part, way).points]
    assert ours == alone


# --- The rules once more --------------------------------------------------------------------------


def slowly(values: list[float], sides: list[int], near: list[bool]) -> list[str | None]:
    """Making Data Count's rules 2 to 4 for each point, by looking at every window that it is in."""

    def windows(place: int, length: int) -> list[range]:
        firsts = range(max(0, place - length + 1), min(place, len(values) - length) + 1)
        return [range(first, first + length) for first in firsts]

    def moves(window: range) -> bool:
        steps = [values[b] - values[a] for a, b in pairwise(window)]
        return all(step > 0 for step in steps) or all(step < 0 for step in steps)

    def same_side(window: range) -> bool:
        return {sides[one] for one in window} in ({1}, {-1})

    def judged(place: int) -> str | None:
        if any(moves(window) for window in windows(place, 7)):
            return "trend"
        close = [w for w in windows(place, 3) if same_side(w) and sum(near[one] for one in w) >= 2]
        if near[place] and close:
            return "two_of_three"
        return "shift" if any(same_side(window) for window in windows(place, 7)) else None

    return [judged(place) for place in range(len(values))]


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=40))
def test_four_rules_written_down_slowly(values: list[float]) -> None:
    sides = rules.sides_of(values, 0)
    near = [abs(value) >= 3 for value in values]
    nowhere: list[rules.Fired | None] = [None] * len(values)
    fired = rules.making_data_count(values, sides, nowhere, near)
    assert [one and one[0] for one in fired] == slowly(values, sides, near)
    beyond: list[rules.Fired | None] = [rules.ABOVE if value == 4 else None for value in values]
    first = rules.making_data_count(values, sides, beyond, near)
    assert all(one == rules.ABOVE for one, value in zip(first, values, strict=True) if value == 4)


@given(st.lists(st.integers(-1, 1), max_size=40))
def test_runs_written_down_slowly(sides: list[int]) -> None:
    useful = [side for side in sides if side]
    lengths = [len(list(run)) for _, run in groupby(useful)]
    runs = runs_of(sides)
    assert (runs.above, runs.below) == (useful.count(1), useful.count(-1))
    assert runs.longest == max(lengths, default=0)
    assert runs.crossings == max(len(lengths) - 1, 0)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=30))
def test_perla_s_rules_written_down_slowly(values: list[float]) -> None:
    sides = rules.sides_of(values, 0)
    fired = rules.perla(values, sides)
    useful = [place for place, side in enumerate(sides) if side]
    for place, one in enumerate(fired):
        runs = [
            useful[a : a + 6]
            for a in range(len(useful))
            if place in useful[a : a + 6] and a + 6 <= len(useful)
        ]
        shift = any(len({sides[at] for at in run}) == 1 for run in runs)
        assert ((one and one[0]) == "shift") == shift
        if not shift:
            assert (one is not None) == _in_a_trend(values, place)


def _in_a_trend(values: list[float], place: int) -> bool:
    """Whether a stretch around the place, equal neighbours taken as one, rises or falls over five points."""
    for first in range(place + 1):
        for end in range(place + 1, len(values) + 1):
            points = [value for value, _ in groupby(values[first:end])]
            if len(points) >= 5 and points in (sorted(points), sorted(points, reverse=True)):
                return True
    return False


def test_every_order_of_few_points_counted() -> None:
    for above in range(1, 8):
        for below in range(above, 8):
            total = above + below
            counts: dict[int, int] = {}
            for places in combinations(range(total), above):
                runs = len(list(groupby([at in places for at in range(total)])))
                counts[runs] = counts.get(runs, 0) + 1
            least, most = run_limits(above, below)
            orders = comb(total, above)
            at_most = [
                sum(n for runs, n in counts.items() if runs <= k) for k in (least - 1, least)
            ]
            at_least = [sum(n for runs, n in counts.items() if runs >= k) for k in (most + 1, most)]
            assert 40 * at_most[0] <= orders < 40 * at_most[1], (above, below)
            assert 40 * at_least[0] <= orders < 40 * at_least[1], (above, below)


def test_limits_of_runs_that_are_printed_in_papers() -> None:
    """Of the table of the run-chart papers those that are exact; it counts runs, we count crossings."""
    printed = {10: (3, 9), 14: (4, 12), 24: (8, 18), 30: (11, 21)}
    assert {n: run_limits(n // 2, n // 2) for n in printed} == printed
    allowed = perla(Runs(5, 5, 3, 4))
    assert allowed is not None
    assert (allowed.longest, allowed.fewest, allowed.most) == (5, 2, 8)
    one_side = perla(Runs(9, 0, 9, 0))
    assert one_side is not None
    assert (one_side.fewest, one_side.most) == (0, None)
    assert perla(Runs(0, 0, 0, 0)) is anhoej(Runs(0, 0, 0, 0)) is None


def test_the_binomial_quantile_is_the_least_that_is_enough() -> None:
    for useful in [*range(1, 200), 500, 999, 1000]:
        crossings = fewest_crossings(useful)
        below = sum(comb(useful - 1, k) for k in range(crossings))
        assert 20 * below < 2 ** (useful - 1) <= 20 * (below + comb(useful - 1, crossings))


@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=50))
def test_means_lie_among_their_numbers(values: list[float]) -> None:
    average, middle = mean(values), median(values)
    assert average is not None
    assert middle is not None
    slack = 1e-15 * max(abs(value) for value in values)
    assert min(values) - slack <= average <= max(values) + slack
    assert sum(value < middle for value in values) <= len(values) / 2
    assert sum(value > middle for value in values) <= len(values) / 2


@given(st.floats(-1e15, 1e15), st.integers(1, 50))
def test_equal_numbers_lie_on_their_mean(value: float, count: int) -> None:
    assert mean([value] * count) == value
    assert mean_moving_range([value] * (count + 1), screen=False) == 0
    assert mean_moving_range([value] * (count + 1), screen=True) is None
