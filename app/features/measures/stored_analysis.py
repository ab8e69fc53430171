"""The analysis of a stored measure, as its authors set it up or as the request asks for it.

A stored series changes, and readers who are no authors have less of it: so what was set up may not fit what there is.
Where that is so the answer says it in `warnings` and gives what can be given; only what the request itself asks for is
refused. Which goes before which: docs/measures.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import refuse
from app.core.json_columns import plain
from app.core.series import points
from app.features.measures.analysis_schemas import AnalysisWarning, Chart, Ruleset
from app.features.measures.series import Seen
from app.spc.analysis import analyse
from app.spc.preparing import SMALLEST_DENOMINATOR, ruleset_of
from app.spc.series import LARGEST, Analysis, Point, Refused, Request

# What a ruleset that does not go with the chart of a measure is read on, where no chart is asked for.
CHART_OF = {"mdc": "xmr", "perla": "run"}


@dataclass(frozen=True, slots=True)
class Look:
    """What a request asks for instead of what is stored."""

    chart: Chart | None = None
    ruleset: Ruleset | None = None


def analysed_measure(seen: Seen, look: Look) -> Analysis:
    """The verdict on the figures that this viewer reads.

    Errors: `Invalid` for a chart that is asked for and cannot be made of them, or a ruleset that does not go with it.
    """
    measure = seen.measure
    chart, ruleset = _chart_and_ruleset(measure, look)
    rebase_on = [one["on"] for one in plain(measure["rebase"])]
    exclude_on: list[str] = plain(measure["exclude_on"])
    request = Request(
        points=points(seen.observations),
        chart=chart,
        ruleset=ruleset,
        improvement_direction=measure["improvement_direction"],
        target=measure["target"],
        baseline_points=measure["baseline_points"],
        rebase_on=rebase_on,
        screen_moving_ranges=measure["screen_moving_ranges"],
        exclude_on=exclude_on,
        multiply=measure["multiply"],
        strict_days=False,
    )
    analysis, warnings = _as_far_as_it_goes(request, asked_for=look.chart is not None)
    days = {point.on for point in request.points}
    if not days.issuperset(rebase_on):
        warnings.append(AnalysisWarning.REBASE_WITHOUT_POINT)
    if not days.issuperset(exclude_on):
        warnings.append(AnalysisWarning.EXCLUDED_WITHOUT_POINT)
    if seen.suppressed:
        warnings.append(AnalysisWarning.SMALL_NUMBERS_LEFT_OUT)
    return replace(analysis, warnings=[*analysis.warnings, *map(str, warnings)])


def _chart_and_ruleset(measure: dict[str, Any], look: Look) -> tuple[str, str]:
    """Errors: `Invalid` where both are asked for and do not go together."""
    chart = str(look.chart or measure["chart"])
    if look.ruleset is None:
        stored = look.chart is None or look.chart == measure["chart"]
        return chart, measure["ruleset"] if stored else ruleset_of(Request((), chart=chart))
    ruleset = str(look.ruleset)
    try:
        return chart, ruleset_of(Request((), chart=chart, ruleset=ruleset))
    except Refused as refused:
        if look.chart is None:
            return CHART_OF[ruleset], ruleset
        raise refuse("?ruleset", refused.code, f"{refused.detail}.") from None


def _as_far_as_it_goes(
    request: Request, *, asked_for: bool
) -> tuple[Analysis, list[AnalysisWarning]]:
    """The analysis, with what had to be left out of the request for it.

    Errors: `Invalid` where the chart that cannot be made was `asked_for`.
    """
    warnings: list[AnalysisWarning] = []
    while True:
        try:
            return analyse(request), warnings
        except Refused as refused:
            if refused.where == "/baseline_points" and request.baseline_points is not None:
                warnings.append(AnalysisWarning.BASELINE_NOT_USED)
                request = replace(request, baseline_points=None)
            elif len(possible := _possible(request.points)) < len(request.points):
                warnings.append(AnalysisWarning.POINTS_LEFT_OUT)
                request = replace(request, points=possible)
            elif asked_for:
                raise refuse("?chart", refused.code, f"{refused.detail}.") from None
            elif request.chart != Chart.RUN:
                warnings.append(AnalysisWarning.CHART_NOT_POSSIBLE)
                request = replace(request, chart="run", ruleset="anhoej")
            else:
                raise


def _possible(given: Sequence[Point]) -> list[Point]:
    """The points that can be plotted: a ratio may be too large to be one."""
    return [
        point
        for point in given
        if point.denominator is None
        or point.numerator is None
        or (
            point.denominator >= SMALLEST_DENOMINATOR
            and point.numerator / point.denominator <= LARGEST
        )
    ]
