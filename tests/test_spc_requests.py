"""What Python may ask of `app.spc` that the API does not, and what it is told when it may not."""

import json
from typing import Any

import pytest

from app.spc import Analysis, Point, Refused, Request, analyse

DAYS = [f"2024-{month:02}-01" for month in range(1, 13)]
POINTS = [Point(on, float(number % 5)) for number, on in enumerate(DAYS)]


@pytest.mark.parametrize(
    ("options", "code", "where"),
    [
        ({"chart": "pie"}, "unknown_choice", "/chart"),
        ({"ruleset": "nelson"}, "unknown_choice", "/ruleset"),
        ({"improvement_direction": "up"}, "unknown_choice", "/improvement_direction"),
        ({"points": POINTS * 1_000}, "too_many_points", "/points"),
        ({"points": [Point("2024-01-01", float("nan"))]}, "out_of_range", "/points/0/value"),
        ({"points": [Point("2024-01-01", float("inf"))]}, "out_of_range", "/points/0/value"),
        (
            {"points": [Point("2024-01-01", None, float("nan"))]},
            "out_of_range",
            "/points/0/numerator",
        ),
        ({"target": float("nan")}, "out_of_range", "/target"),
        ({"centre_line": float("inf")}, "out_of_range", "/centre_line"),
        ({"multiply": float("nan")}, "out_of_range", "/multiply"),
        ({"multiply": -1.0}, "out_of_range", "/multiply"),
        ({"rebase_on": ["2024-01-02"]}, "no_such_point", "/rebase_on/0"),
    ],
)
def test_what_may_not_be_asked(options: dict[str, Any], code: str, where: str) -> None:
    given: dict[str, Any] = {"points": POINTS, **options}
    with pytest.raises(Refused) as refused:
        analyse(Request(**given))
    assert (refused.value.code, refused.value.where) == (code, where)


def groups(analysis: Analysis) -> list[tuple[str, int]]:
    return [(group.first, group.count) for group in analysis.groups]


def test_days_without_a_point_begin_a_group_at_the_next_one() -> None:
    """As for a reader who is not shown every point: what was said of the series stays."""
    shown = [POINTS[place] for place in range(12) if place not in (3, 6)]
    asked = Request(
        shown, rebase_on=[DAYS[6], "2025-01-01"], exclude_on=[DAYS[3], DAYS[4]], strict_days=False
    )
    assert groups(analyse(asked)) == [("2024-01-01", 4), ("2024-08-01", 5)]


def test_a_line_that_is_given_is_in_the_units_that_are_plotted() -> None:
    points = [Point(on, None, number % 5, 10) for number, on in enumerate(DAYS)]
    for chart in ("p", "u", "xmr", "run", "i"):
        found = analyse(Request(points, chart, multiply=100, centre_line=20))
        assert {point.centre_line for point in found.points} == {20}
        assert found.points[4].value == 40


def test_a_document_is_json_and_has_the_names_of_the_contract() -> None:
    document = analyse(Request(POINTS, "run", rebase_on=[DAYS[6]])).document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert list(document) == [
        "chart", "ruleset", "status", "summary", "warnings", "points", "groups", "variation", "assurance",
    ]  # fmt: skip
    assert list(document["points"][0]) == [
        "on", "value", "centre_line", "lower_limit", "upper_limit", "group", "signal", "meaning",
    ]  # fmt: skip
    assert list(document["groups"][1]) == [
        "from", "to", "count", "centre_line", "longest_run", "longest_run_max", "crossings", "crossings_min",
        "runs_signal",
    ]  # fmt: skip
    assert [point["group"] for point in document["points"]] == [0] * 6 + [1] * 6
