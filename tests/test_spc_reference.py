"""Every case of the reference packages, through the API and in Python: lines, flags, verdicts, within 1e-9.

What the API does not take (a centre line that is given, subgroups) goes through `app.spc` alone.
"""

import csv
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from app.spc import (
    Refused,
    Request,
    analyse,
    analyse_subgroups,
    lines,
    numbers,
    rules,
    runs,
    subgroups,
)
from app.spc import analysis as analysis_module
from app.spc.preparing import RATIOS, series_of
from app.spc.runs import Runs, anhoej
from tests.house import TestHouse
from tests.spc_reference import (
    DATA,
    PLOT_THE_DOTS,
    Compared,
    Json,
    as_request,
    cases,
    dots_request,
    same,
    shewhart_request,
    unlike_dots,
    unlike_shewhart,
)

SUBGROUPED = ("xbar", "s")


def dots() -> list[Json]:
    return [case for name in PLOT_THE_DOTS for case in cases(name) if "expected" in case]


def shewhart() -> list[Json]:
    found = cases("qicharts2_reference")
    return [case for case in found if case["options"]["chart"] not in SUBGROUPED]


def unlike_near(case: Json, request: Request) -> list[str]:
    """The lines at two standard deviations, which decide what is near a limit and are not told, that differ."""
    series = series_of(request, "anhoej")
    lower: list[float | None] = []
    upper: list[float | None] = []
    for first, end in pairwise([*series.starts, len(series.on)]):
        part = analysis_module._part(request, "anhoej", series, first, end)
        factor = request.multiply if request.chart in RATIOS else 1
        lower += analysis_module._times(part.lines.near_lower, factor)
        upper += analysis_module._times(part.lines.near_upper, factor)
    expected = case["expected"]["points"]
    near = [
        *zip(lower, expected["lcl_95"], strict=True),
        *zip(upper, expected["ucl_95"], strict=True),
    ]
    return [f"near: {ours}, not {theirs}" for ours, theirs in near if not same(ours, theirs)]


def unlike_in_python() -> dict[str, list[str]]:
    """The cases that differ, and in what."""
    found = {}
    compared = Compared()
    for case in dots():
        document = analyse(as_request(dots_request(case))).document()
        found[case["id"]] = unlike_dots(case, document, compared)
    for case in shewhart():
        request = as_request(shewhart_request(case), centre_line=case["options"]["cl"])
        found[case["id"]] = unlike_shewhart(case, analyse(request).document(), compared)
        found[case["id"]] += unlike_near(case, request)
    return {case: unlike for case, unlike in found.items() if unlike}


@pytest.mark.anyio
async def test_plot_the_dots_through_the_api(house: TestHouse) -> None:
    compared = Compared()
    for case in dots():
        answer = await house.anonymous.post("/v1/analysis", dots_request(case))
        assert answer.status_code == 200, (case["id"], answer.text)
        assert unlike_dots(case, answer.json(), compared) == [], case["id"]
    assert (compared.cases, compared.points, compared.figures) == (155, 4_392, 17_568)


@pytest.mark.anyio
async def test_what_plot_the_dots_refuses_is_refused(house: TestHouse) -> None:
    (case,) = [case for name in PLOT_THE_DOTS for case in cases(name) if "error" in case]
    answer = await house.anonymous.post("/v1/analysis", dots_request(case))
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, "/baseline_points")
    assert error["code"] == "baseline_too_short"


@pytest.mark.anyio
async def test_control_charts_and_run_charts_through_the_api(house: TestHouse) -> None:
    compared = Compared()
    for case in shewhart():
        if case["options"]["cl"] is not None:
            continue
        answer = await house.anonymous.post("/v1/analysis", shewhart_request(case))
        assert answer.status_code == 200, (case["id"], answer.text)
        assert unlike_shewhart(case, answer.json(), compared) == [], case["id"]
    assert (compared.cases, compared.points) == (174, 4_528)


def subgrouped() -> list[Json]:
    """The cases of Xbar and S charts, with the days that they go through Python with."""
    found = cases("qicharts2_reference")
    return [case for case in found if case["options"]["chart"] in SUBGROUPED]


def unlike_subgroups() -> dict[str, list[str]]:
    """The cases of subgroups that differ, and in what."""
    found, compared = {}, Compared()
    for case in subgrouped():
        groups: dict[int, list[float]] = {}
        for group, y in zip(case["input"]["subgroup"], case["input"]["y"], strict=True):
            groups.setdefault(group, []).append(y)
        named = [(f"2020-01-{group:02}", numbers) for group, numbers in groups.items()]
        document = analyse_subgroups(case["options"]["chart"], named).document()
        found[case["id"]] = unlike_shewhart(case, document, compared)
    assert compared.points == 60
    return {case: unlike for case, unlike in found.items() if unlike}


def test_subgroups_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [case["id"] for case in subgrouped()] == ["s_5", "xbar_var", "s_var"]
    assert unlike_subgroups() == {}
    for broken in (
        lambda _: 1.0,
        lambda size: 1 - 1 / (4 * size),
    ):  # a textbook's approximation is not enough
        monkeypatch.setattr(subgroups, "c4", broken)
        assert len(unlike_subgroups()) == 3
    with pytest.raises(Refused, match="two numbers"):
        analyse_subgroups("s", [("2020-01-01", [1.0])])
    with pytest.raises(Refused, match="xbar, s"):
        analyse_subgroups("p", [])
    assert analyse_subgroups("xbar", []).status == "not_enough_data"


def test_everything_in_python() -> None:
    assert len(dots()) + len(shewhart()) == 330
    assert unlike_in_python() == {}


def test_the_references_cover_every_rule() -> None:
    kinds = Counter(
        kind for case in dots() for kind in case["expected"]["points"]["special_cause_type"]
    )
    assert len(kinds) == 9, kinds
    charts = Counter(case["options"]["chart"] for case in shewhart())
    assert set(charts) == {"run", "i", "mr", "p", "pp", "u", "up", "c", "g", "t"}


# Each breaks one thing, and some case has to notice.
BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "2.66 of an XmR chart": lambda m: m.setattr(lines, "XMR", 2.6596),
    "1.128 of an I chart": lambda m: m.setattr(lines, "D2", 3 / 2.66),
    "what is screened out": lambda m: m.setattr(numbers, "SCREEN", 3.5),
    "the moving ranges' limit": lambda m: m.setattr(lines, "SCREEN", 3.268),
    "the power of a t chart": lambda m: m.setattr(lines, "NELSON", 3.61),
    "seven points of a shift": lambda m: m.setattr(rules, "SHIFT", 8),
    "seven points of a trend": lambda m: m.setattr(rules, "TREND", 6),
    "two of three": lambda m: m.setattr(rules, "NEAR_OF_THREE", 3),
    "near limits": lambda m: m.setattr(lines, "NEAR", 1.9),
    "the longest run": lambda m: m.setattr(runs, "log2", lambda useful: useful / 5),
    "short groups": lambda m: m.setattr(analysis_module, "SHORT_GROUP", 12),
    "screening": lambda m: m.setattr(
        lines,
        "mean_moving_range",
        lambda of, *, screen: numbers.mean_moving_range(of, screen=not screen),
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_constant_is_noticed(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BROKEN[what](monkeypatch)
    assert unlike_in_python() != {}


def test_anhoej_s_limits_are_those_of_r() -> None:
    with (DATA / "anhoej_critical_values.csv").open() as file:
        table = [
            tuple(int(row[name]) for name in ("n_useful", "longest_run_max", "crossings_min"))
            for row in csv.DictReader(file)
        ]
    ours = []
    for useful in range(1, 301):
        allowed = anhoej(Runs(useful, 0, 0, 0))
        assert allowed is not None
        ours.append((useful, allowed.longest, allowed.fewest))
    assert ours == table
