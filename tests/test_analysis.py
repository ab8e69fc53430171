"""POST /v1/analysis: what is taken, what is refused and where, and what is said in which case."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import orjson
import pytest

from tests.house import TestHouse

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
QUIET = [52, 48, 51, 47, 53, 49, 50, 52, 47, 51, 49, 48]


def monthly(values: list[Any], first: int = 2020) -> list[Json]:
    """Points of the months from January on."""
    return [
        {"on": f"{first + n // 12}-{n % 12 + 1:02}-01", "value": value}
        for n, value in enumerate(values)
    ]


def counted(pairs: list[tuple[Any, Any]]) -> list[Json]:
    return [
        {"on": f"2020-{n + 1:02}-01", "numerator": numerator, "denominator": denominator}
        for n, (numerator, denominator) in enumerate(pairs)
    ]


async def analysed(house: TestHouse, points: list[Json], **options: Any) -> Json:
    answer = await house.anonymous.post("/v1/analysis", {"points": points, **options})
    assert answer.status_code == 200, answer.text
    document: Json = answer.json()
    return document


async def test_a_shift_is_said_in_a_sentence(house: TestHouse) -> None:
    document = await analysed(
        house,
        monthly([*QUIET, *(value + 4 for value in QUIET[:7])]),
        improvement_direction="increase",
        baseline_points=12,
        target=40,
    )
    assert document["summary"] == (
        "The last 7 months are above the mean: special cause, improvement; "
        "the target of 40 will be met every time unless something changes."
    )
    assert (document["chart"], document["ruleset"], document["status"]) == ("xmr", "mdc", "ok")
    assert [point["signal"] for point in document["points"][12:]] == ["shift"] * 7
    assert (document["variation"], document["assurance"]) == ("improvement_high", "pass")
    assert document["warnings"] == []
    (group,) = document["groups"]
    assert (group["from"], group["to"], group["count"]) == ("2020-01-01", "2021-07-01", 19)
    assert group["longest_run_max"] is group["crossings_min"] is group["runs_signal"] is None


async def test_nothing_is_needed_but_points(house: TestHouse) -> None:
    document = await analysed(house, monthly(QUIET))
    assert document["summary"] == (
        "All 12 months vary about the mean as chance alone would have it: common cause."
    )
    assert document["warnings"] == ["short_group"]
    assert {point["meaning"] for point in document["points"]} == {"common_cause"}


async def test_below_twelve_points_the_numbers_are_there_all_the_same(house: TestHouse) -> None:
    for count in (0, 1, 2, 11):
        document = await analysed(house, monthly(QUIET[:count]), chart="i")
        assert document["status"] == "not_enough_data"
        assert len(document["points"]) == count
        limits = [point["upper_limit"] for point in document["points"]]
        assert all(limit is not None for limit in limits) == (count != 1)
    eleven = await analysed(house, monthly(QUIET[:11]))
    assert "11 points" in eleven["summary"]
    assert eleven["groups"][0]["centre_line"] == sum(QUIET[:11]) / 11
    # What has no value, or is left out, is no point that counts.
    for more in ({"exclude_on": ["2020-03-01"]}, {}):
        points = monthly(QUIET if more else [*QUIET[:11], None])
        assert (await analysed(house, points, **more))["status"] == "not_enough_data"


async def test_points_come_in_any_order(house: TestHouse) -> None:
    points = monthly([*QUIET, 70, 20])
    in_order = await analysed(house, points)
    assert await analysed(house, points[::-1]) == in_order
    assert [point["on"] for point in in_order["points"]] == [point["on"] for point in points]


async def test_a_gap_is_a_gap(house: TestHouse) -> None:
    document = await analysed(house, monthly([*QUIET, None, *QUIET]), chart="run")
    gap = document["points"][12]
    assert (gap["value"], gap["signal"], gap["meaning"]) == (None, None, "common_cause")
    assert gap["centre_line"] == document["points"][0]["centre_line"]
    empty = await analysed(house, [{"on": "2020-01-01", "value": None}], chart="xmr")
    assert empty["groups"][0]["centre_line"] is None
    assert empty["summary"].startswith("There are no points to look at yet")


async def test_null_is_as_good_as_nothing(house: TestHouse) -> None:
    with_nulls = [{**p, "numerator": None, "denominator": None} for p in monthly(QUIET)]
    options = {"ruleset": None, "target": None, "baseline_points": None}
    assert await analysed(house, with_nulls, **options) == await analysed(house, monthly(QUIET))


async def test_ratios_are_multiplied_and_values_are_not(house: TestHouse) -> None:
    points: list[Json] = [
        *monthly([25.0] * 11),
        {"on": "2020-12-01", "numerator": 1, "denominator": 4},
    ]
    document = await analysed(house, points, multiply=100, screen_moving_ranges=False)
    assert {point["value"] for point in document["points"]} == {25}
    warned = await analysed(house, monthly(QUIET), multiply=100)
    assert warned["warnings"] == ["short_group", "nothing_to_multiply"]
    assert warned["points"][0]["value"] == 52
    p = await analysed(house, counted([(1, 4)] * 12), chart="p", multiply=100, target=90)
    assert (p["points"][0]["value"], p["points"][0]["centre_line"]) == (25, 25)


async def test_a_baseline_that_is_not_full_yet_takes_what_there_is(house: TestHouse) -> None:
    whole = await analysed(house, monthly(QUIET))
    document = await analysed(house, monthly(QUIET), baseline_points=24)
    assert document["points"] == whole["points"]
    assert document["warnings"] == ["short_group", "baseline_not_complete"]


async def test_groups_begin_where_they_are_told_to(house: TestHouse) -> None:
    document = await analysed(
        house,
        monthly([*QUIET, *(value + 20 for value in QUIET)]),
        rebase_on=["2021-01-01", "2020-01-01", "2021-01-01"],
    )
    assert [group["from"] for group in document["groups"]] == ["2020-01-01", "2021-01-01"]
    assert [point["group"] for point in document["points"]] == [0] * 12 + [1] * 12
    assert document["summary"].startswith("All 12 months since 2021-01-01 vary")


async def test_what_is_left_out_is_shown_and_counts_for_nothing(house: TestHouse) -> None:
    points = monthly([*QUIET, 500, *QUIET])
    document = await analysed(house, points, exclude_on=["2021-01-01"])
    assert document["points"][12]["signal"] == "above_upper_limit"
    assert document["points"][0]["centre_line"] == sum(QUIET) / 12
    assert document["groups"][0]["count"] == 24
    assert document["variation"] == "common_cause"
    assert document["summary"].startswith("All 24 points vary")  # a month is missing among them


async def test_a_moving_range_is_neither_better_nor_worse(house: TestHouse) -> None:
    document = await analysed(
        house, monthly([*QUIET, 90]), chart="mr", improvement_direction="increase", target=3
    )
    assert document["points"][0]["value"] is None
    last = document["points"][-1]
    assert (last["signal"], last["meaning"]) == ("above_upper_limit", "neutral_high")
    assert (document["variation"], document["assurance"]) == ("neutral_high", None)
    assert document["groups"][0]["runs_signal"] is False


# --- What is refused ------------------------------------------------------------------------------

GOOD = monthly(QUIET)


def _with(place: int, **point: Any) -> list[Json]:
    return [*GOOD[:place], {"on": GOOD[place]["on"], **point}, *GOOD[place + 1 :]]


REFUSED: list[tuple[Json, str, str]] = [
    ({"points": [*GOOD, GOOD[3]]}, "/points/12/on", "duplicate"),
    ({"points": GOOD, "baseline_points": 11}, "/baseline_points", "baseline_too_short"),
    ({"points": GOOD, "chart": "run", "baseline_points": 1}, "/baseline_points", "baseline_too_short"),
    ({"points": GOOD, "rebase_on": ["2020-02-01", "2020-02-02"]}, "/rebase_on/1", "no_such_point"),
    ({"points": GOOD, "exclude_on": ["2019-02-01"]}, "/exclude_on/0", "no_such_point"),
    ({"points": _with(4, value=1, numerator=1)}, "/points/4", "value_and_count"),
    ({"points": _with(4, value=1, denominator=1)}, "/points/4", "value_and_count"),
    ({"points": _with(4, denominator=1)}, "/points/4/denominator", "denominator_alone"),
    ({"points": _with(4)}, "/points/4", "no_figure"),
    ({"points": _with(4, numerator=1, denominator=0)}, "/points/4/denominator", "zero_denominator"),
    ({"points": GOOD, "chart": "p"}, "/points/0/value", "numerator_missing"),
    ({"points": counted([(1, 2), (1, None)]), "chart": "u"}, "/points/1/denominator", "denominator_missing"),
    ({"points": counted([(1, 2), (None, 3)]), "chart": "up"}, "/points/1/denominator", "denominator_alone"),
    ({"points": counted([(1, 2), (1, 0)]), "chart": "pp"}, "/points/1/denominator", "zero_denominator"),
    ({"points": counted([(1, 2), (3, 2)]), "chart": "p"}, "/points/1/numerator", "numerator_above_denominator"),
    ({"points": _with(4, value=-1), "chart": "c"}, "/points/4/value", "out_of_range"),
    ({"points": _with(4, value=-0.5), "chart": "t"}, "/points/4/value", "out_of_range"),
    ({"points": _with(4, value=1.5), "chart": "c"}, "/points/4/value", "not_a_count"),
    ({"points": _with(4, numerator=1.5), "chart": "g"}, "/points/4/numerator", "not_a_count"),
    ({"points": counted([(1, 2)]), "chart": "t"}, "/points/0/denominator", "denominator_not_used"),
    ({"points": _with(4, numerator=1e15, denominator=0.001)}, "/points/4/numerator", "out_of_range"),
    ({"points": _with(4, numerator=-1)}, "/points/4/numerator", "greater_than_equal"),
    ({"points": _with(4, value=1.1e15)}, "/points/4/value", "less_than_equal"),
    ({"points": _with(4, value="12")}, "/points/4/value", "float_type"),
    ({"points": _with(4, value=True)}, "/points/4/value", "float_type"),
    ({"points": [{"value": 1}]}, "/points/0/on", "missing"),
    ({"points": [{"on": "2020-02-30", "value": 1}]}, "/points/0/on", "no_such_day"),
    ({"points": [{"on": "January", "value": 1}]}, "/points/0/on", "day_format"),
    ({}, "/points", "missing"),
    ({"points": GOOD, "chart": "pie"}, "/chart", "enum"),
    ({"points": GOOD, "improvement_direction": "up"}, "/improvement_direction", "enum"),
    ({"points": GOOD, "multiply": 0}, "/multiply", "greater_than_equal"),
    ({"points": GOOD, "colour": "red"}, "/colour", "extra_forbidden"),
    *[
        ({"points": GOOD, "chart": chart, "ruleset": ruleset}, "/ruleset", "ruleset_not_for_chart")
        for chart, ruleset in [
            *product(("run", "mr", "g", "t"), ("mdc",)),
            *product(("xmr", "i", "mr", "p", "pp", "u", "up", "c", "g", "t"), ("perla",)),
        ]
    ],
]  # fmt: skip


@pytest.mark.parametrize(("body", "pointer", "code"), REFUSED)
async def test_what_is_wrong_is_said_with_its_place(
    house: TestHouse, body: Json, pointer: str, code: str
) -> None:
    answer = await house.anonymous.post("/v1/analysis", body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        (pointer, code)
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
async def test_what_is_no_number_is_no_json(house: TestHouse, number: str) -> None:
    body = f'{{"points": [{{"on": "2020-01-01", "value": {number}}}]}}'.encode()
    answer = await house.anonymous.request(
        "POST", "/v1/analysis", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)


async def test_no_number_is_too_large_to_be_answered(house: TestHouse) -> None:
    """Whatever is taken is answered with numbers, never with an infinity or a fault."""
    extremes = [1e15, -1e15, 0, 5e-324, 1e-300, 999_999_999_999_999, 1, -1]
    charts = ("xmr", "i", "mr", "run", "t", "c", "g")
    for chart in charts:
        values = [abs(int(one)) if chart in ("c", "g") else one for one in extremes * 2]
        values = [abs(one) if chart == "t" else one for one in values]
        document = await analysed(house, monthly(values), chart=chart, multiply=1e9, target=-1e15)
        assert document["points"][0]["centre_line"] is not None
    pairs = [(0, 1e-9), (1e-9, 1e-9), (0, 1e15), (1e15, 1e15), (5e-324, 1), (1, 1e15)] * 2
    for chart in ("p", "pp", "u", "up", "xmr", "run"):
        document = await analysed(
            house, counted(pairs), chart=chart, multiply=1e9, improvement_direction="decrease"
        )
        assert document["points"][0]["centre_line"] is not None
    rates = [(1e6, 1e-9), (0, 1e15), (1, 1)] * 4
    for chart in ("u", "up"):
        await analysed(house, counted(rates), chart=chart, multiply=1e9)


async def test_as_many_points_as_there_may_be(house: TestHouse) -> None:
    days = [(date(2000, 1, 1) + timedelta(days=n)).isoformat() for n in range(10_001)]
    points = [{"on": on, "numerator": n % 7, "denominator": 9} for n, on in enumerate(days)]
    document = await analysed(house, points[:-1], chart="p", ruleset="mdc")
    assert len(document["points"]) == 10_000
    answer = await house.anonymous.post("/v1/analysis", {"points": points, "chart": "p"})
    assert answer.json()["errors"][0]["code"] == "too_long"
    everywhere = {"rebase_on": days[:1_000], "exclude_on": days[:10_000]}
    document = await analysed(house, points[:-1], chart="run", ruleset="perla", **everywhere)
    assert document["status"] == "not_enough_data"


async def test_it_is_the_same_for_whoever_asks(house: TestHouse) -> None:
    person = await house.person("Ada Reader")
    body = {"points": GOOD}
    mine = await person.client.post("/v1/analysis", body)
    nobody_s = await house.anonymous.post("/v1/analysis", body)
    assert mine.content == nobody_s.content
    assert orjson.loads(mine.content)["status"] == "ok"
    refused = await house.anonymous.post(
        "/v1/analysis", body, headers={"Authorization": "Bearer no"}
    )
    assert refused.status_code == 401
