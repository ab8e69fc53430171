"""From a request to its verdict.

The rules of a group are read on the points that count: those with a value that are not excluded. What is excluded is
still held against the limits, as the reference package does, and is no part of a run or a trend.
"""

from collections.abc import Sequence

from app.spc import rules
from app.spc.lines import Lines, Material, lines
from app.spc.part import Part
from app.spc.preparing import RATIOS, Series, ruleset_of, series_of
from app.spc.runs import Allowed, Runs, anhoej, perla, runs_of
from app.spc.sentences import summarise
from app.spc.series import ENOUGH, Analysis, Group, Judged, Request
from app.spc.verdict import COMMON_CAUSE, assurance_of, meaning_of, variation_of

# How much figures differ: neither way is better by itself, and a target of the figures says nothing of it.
OF_SPREAD = frozenset({"mr", "s"})
# Groups below this are told of, as NHSRplotthedots does (whose message says 12).
SHORT_GROUP = 13


def analyse(request: Request) -> Analysis:
    """Say for every point whether it is signal or noise, and for the whole what that means.

    Below 12 points the status is `not_enough_data`; the numbers are there all the same. Errors: `Refused`, with a
    code and the place in the request.
    """
    ruleset = ruleset_of(request)
    series = series_of(request, ruleset)
    factor = request.multiply if request.chart in RATIOS else 1.0
    parts = [
        _part(request, ruleset, series, first, end)
        for first, end in zip(series.starts, [*series.starts[1:], len(series.on)], strict=False)
    ]
    return tell(request, ruleset, parts, factor, _warnings(request, series, parts))


def tell(
    request: Request, ruleset: str, parts: Sequence[Part], factor: float, warnings: list[str]
) -> Analysis:
    """The verdict on groups that were judged; everything that is plotted is multiplied by `factor`."""
    used = sum(len(part.used) for part in parts)
    direction = "neutral" if request.chart in OF_SPREAD else request.improvement_direction
    variation = variation_of(parts, direction)
    assurance = assurance_of(parts, request, factor)
    points: list[Judged] = []
    for number, part in enumerate(parts):
        points += _judged(part, number, factor, direction)
    return Analysis(
        request.chart,
        ruleset,
        "ok" if used >= ENOUGH else "not_enough_data",
        summarise(parts, request, variation, assurance),
        warnings,
        points,
        [_group(part, factor) for part in parts],
        variation,
        assurance,
    )


def _part(request: Request, ruleset: str, series: Series, first: int, end: int) -> Part:
    """Judge the points from `first` up to `end`."""
    chart, excluded = request.chart, series.excluded
    values = series.values[first:end]
    counting: Sequence[int] = range(end - first)
    if excluded:
        counting = [place for place in counting if first + place not in excluded]
    if chart == "mr":
        values = _ranges(values, set(counting))
    used: Sequence[int] = counting
    if None in values:
        used = [place for place in counting if values[place] is not None]
    factor = request.multiply if chart in RATIOS else 1.0
    material = Material(
        values,
        _baseline(counting, used, request.baseline_points),
        series.counts[first:end],
        series.sizes[first:end],
        screen=request.screen_moving_ranges,
        centre=None if request.centre_line is None else request.centre_line / factor,
    )
    return judge(
        chart, ruleset, series.on[first:end], values, counting, used, lines(chart, material)
    )


def _ranges(values: Sequence[float | None], counting: set[int]) -> list[float | None]:
    """The step of each point from the one before that counts; what follows a gap has none."""
    found: list[float | None] = []
    before: float | None = None
    for place, value in enumerate(values):
        found.append(None if value is None or before is None else abs(value - before))
        if place in counting:
            before = value
    return found


def _baseline(counting: Sequence[int], used: Sequence[int], points: int | None) -> Sequence[int]:
    """The first so many points that have a value, with the gaps between them."""
    if points is None or points >= len(used):
        return counting
    return [place for place in counting if place <= used[points - 1]]


def judge(
    chart: str,
    ruleset: str,
    on: Sequence[str],
    values: Sequence[float | None],
    counting: Sequence[int],
    used: Sequence[int],
    drawn: Lines,
) -> Part:
    """Read the rules of a ruleset on one group."""
    measured = [value for place in used if (value := values[place]) is not None]
    sides = rules.sides_of(measured, drawn.centre)
    runs = runs_of(sides)
    beyond = rules.outside(values, drawn.lower, drawn.upper)
    fired_of_used = [beyond[place] for place in used]
    near: list[bool] = []
    allowed: Allowed | None = None
    signal: bool | None = None
    if ruleset == "mdc":
        close = rules.outside(values, drawn.near_lower, drawn.near_upper)
        near = [bool(close[place] and not beyond[place]) for place in used]
        fired_of_used = rules.making_data_count(measured, sides, fired_of_used, near)
    else:
        allowed = (perla if ruleset == "perla" else anhoej)(runs)
        signal = chart != "mr" and _breaks(runs, allowed)
        if ruleset == "perla":
            fired_of_used = rules.perla(measured, sides)
        elif signal and allowed:
            longer = rules.long_runs(sides, allowed.longest)
            fired_of_used = [one or other for one, other in zip(fired_of_used, longer, strict=True)]
    fired = beyond
    for place, one in zip(used, fired_of_used, strict=True):
        fired[place] = one
    return Part(on, values, drawn, counting, used, sides, near, runs, allowed, signal, fired)


def _breaks(runs: Runs, allowed: Allowed | None) -> bool:
    if allowed is None:
        return False
    if runs.longest > allowed.longest or runs.crossings < allowed.fewest:
        return True
    return allowed.most is not None and runs.crossings > allowed.most


def _judged(part: Part, number: int, factor: float, direction: str) -> list[Judged]:
    """The points of a group as they are told: multiplied."""
    drawn, values = part.lines, part.values
    centre, lower, upper = drawn.centre, drawn.lower, drawn.upper
    if factor != 1:
        centre = None if centre is None else centre * factor
        values, lower, upper = (_times(line, factor) for line in (values, lower, upper))
    rows = zip(part.on, values, lower, upper, part.fired, strict=True)
    return [
        Judged(on, value, centre, low, high, number, None, COMMON_CAUSE)
        if fired is None
        else Judged(on, value, centre, low, high, number, fired[0], meaning_of(fired, direction))
        for on, value, low, high, fired in rows
    ]


def _times(line: Sequence[float | None], factor: float) -> list[float | None]:
    return [None if number is None else number * factor for number in line]


def _group(part: Part, factor: float) -> Group:
    runs, allowed, centre = part.runs, part.allowed, part.lines.centre
    return Group(
        first=part.on[0],
        last=part.on[-1],
        count=len(part.counting),
        centre_line=None if centre is None else centre * factor,
        longest_run=runs.longest if runs.useful else None,
        longest_run_max=allowed.longest if allowed else None,
        crossings=runs.crossings if runs.useful else None,
        crossings_min=allowed.fewest if allowed else None,
        runs_signal=part.signal,
    )


def _warnings(request: Request, series: Series, parts: Sequence[Part]) -> list[str]:
    found = []
    if any(len(part.used) < SHORT_GROUP for part in parts):
        found.append("short_group")
    baseline = request.baseline_points
    if baseline is not None and any(len(part.used) < baseline for part in parts):
        found.append("baseline_not_complete")
    if request.multiply != 1 and series.on and not any(series.sizes):
        found.append("nothing_to_multiply")
    return found
