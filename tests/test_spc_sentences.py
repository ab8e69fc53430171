"""The sentence: right in every case, one sentence, plain."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spc import Analysis, Point, Request, analyse
from app.spc.sentences import spacing

QUIET = [52, 48, 51, 47, 53, 49, 50, 52, 47, 51, 49, 48]
MONTHS = [f"{2020 + n // 12}-{n % 12 + 1:02}-01" for n in range(60)]


def request(values: Sequence[float], **options: Any) -> Request:
    points = [Point(on, value) for on, value in zip(MONTHS, values, strict=False)]
    return replace(Request(points, improvement_direction="increase"), **options)


def said(values: Sequence[float], **options: object) -> str:
    return analyse(request(values, **options)).summary


FIXED = {"baseline_points": 12}
RUN = {"chart": "run", "ruleset": "anhoej"}
PERLA = {"chart": "run", "ruleset": "perla"}
CHANCE = "All 12 months vary about the mean as chance alone would have it: common cause"
MIXED = (
    "The median is crossed 19 times, where chance alone crosses it 14 times at most, as when two processes are mixed: "
    "special cause, neither improvement nor concern."
)
CASES: list[tuple[Sequence[float], Mapping[str, object], str]] = [
    ([], {}, "There are no points to look at yet: 12 or more are needed."),
    ([5], {}, "There is only 1 point so far: too few to tell signal from chance, which takes 12 or more."),
    (QUIET[:8], {}, "There are only 8 points so far: too few to tell signal from chance, which takes 12 or more."),
    (QUIET, {}, "All 12 months vary about the mean as chance alone would have it: common cause."),
    (QUIET, RUN, "All 12 months vary about the median as chance alone would have it: common cause."),
    (QUIET, {"chart": "g"}, "All 12 months vary about the median as chance alone would have it: common cause."),
    (QUIET, {"chart": "t"}, "All 12 months vary about the centre line as chance alone would have it: common cause."),
    ([7] * 14, {}, "All 14 months lie on the mean: common cause."),
    ([7] * 14, RUN, "All 14 months lie on the median: common cause."),
    ([*QUIET, 90], FIXED, "The last month is above the upper limit: special cause, improvement."),
    ([*QUIET, 90, 80], FIXED, "The last 2 months are above the upper limit: special cause, improvement."),
    ([*QUIET, 9], FIXED, "The last month is below the lower limit: special cause, concern."),
    ([*QUIET, 9], {**FIXED, "improvement_direction": "decrease"},
     "The last month is below the lower limit: special cause, improvement."),
    ([*QUIET, 9], {**FIXED, "improvement_direction": "neutral"},
     "The last month is below the lower limit: special cause, neither improvement nor concern."),
    ([*QUIET, *[51] * 7], FIXED, "The last 7 months are above the mean: special cause, improvement."),
    ([*QUIET, *[49] * 9], FIXED, "The last 11 months are below the mean: special cause, concern."),
    ([*QUIET, 45, 46, 47, 48, 49, 50, 51], FIXED,
     "The last 7 months rise without a break: special cause, improvement."),
    ([*QUIET, 54, 53, 52, 51, 50, 49, 48], FIXED, "The last 7 months fall without a break: special cause, concern."),
    ([*QUIET, 57, 51, 57], FIXED, "2 of the last 3 months are close to the upper limit: special cause, improvement."),
    ([*QUIET, 42, 42, 42], FIXED, "All of the last 3 months are close to the lower limit: special cause, concern."),
    ([*QUIET, 90, 50], FIXED, "The last month shows no signal, while 1 point before it is special cause."),
    ([*QUIET, *[51] * 7, 49], FIXED, "The last month shows no signal, while 7 points before it are special cause."),
    ([1] * 12 + [2] * 12, RUN, "The last 12 months are above the median: special cause, improvement."),
    ([1] * 6 + [3] * 5 + [1] * 5 + [3] * 6, RUN,
     "The median is crossed 3 times, where chance alone crosses it 7 times or more: special cause, improvement."),
    ([1, 1, 1, 3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 1], PERLA | {"centre_line": 2},
     "The centre line is crossed twice, where chance alone crosses it 3 times or more: special cause, concern."),
    ([1, 1, 3, 1, 1, 1, 3, 3, 2, 3, 3, 2, 3, 3, 2], PERLA | {"centre_line": 2},
     "The last month shows no signal, while 6 points before it are special cause."),
    ([1, 1, 3, 1, 1, 1, 3, 3, 2, 3, 3, 2, 3, 3], PERLA | {"centre_line": 2},
     "The last 8 months are on or above the centre line: special cause, improvement."),
    ([1, 3] * 10, PERLA, MIXED),
    ([*QUIET, 46, 47, 47, 48, 49, 51], PERLA, "The last 6 months rise without a break: special cause, improvement."),
    (QUIET, {"target": 90}, f"{CHANCE}; the target of 90 will not be met unless something changes."),
    (QUIET, {"target": 50.5}, f"{CHANCE}; the target of 50.5 will be met at some times and missed at others."),
    (QUIET, {"target": 90, "improvement_direction": "decrease"},
     f"{CHANCE}; the target of 90 will be met every time unless something changes."),
    (QUIET, {"target": 90, "improvement_direction": "neutral"},
     "All 12 months vary about the mean as chance alone would have it: common cause."),
    (QUIET, {"target": 90, **RUN}, "All 12 months vary about the median as chance alone would have it: common cause."),
    ([*QUIET, *QUIET], {"rebase_on": ["2021-01-01"]},
     "All 12 months since 2021-01-01 vary about the mean as chance alone would have it: common cause."),
    ([*QUIET, 50], {"rebase_on": ["2021-01-01"], "target": 4},
     "The one point since 2021-01-01 has nothing to be held against: common cause."),
]  # fmt: skip


@pytest.mark.parametrize(("values", "options", "sentence"), CASES)
def test_what_is_said(
    values: Sequence[float], options: Mapping[str, object], sentence: str
) -> None:
    assert said(values, **options) == sentence


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (["2024-02-28", "2024-02-29", "2024-03-01"], "day"),
        (["2024-02-26", "2024-03-04", "2024-03-11"], "week"),
        (["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"], "month"),
        (["2024-01-15", "2024-02-15", "2024-03-15"], "month"),
        (["2024-01-01", "2024-04-01", "2024-07-01", "2024-10-01", "2025-01-01"], "quarter"),
        (["2023-04-01", "2024-04-01", "2025-04-01"], "year"),
        (["2024-01-01", "2024-01-15"], "point"),
        (["2024-01-01", "2024-02-01", "2024-04-01"], "point"),
        (["2024-01-05", "2024-01-08", "2024-01-09"], "point"),
        (["2024-01-05"], "point"),
    ],
)
def test_points_are_called_what_their_days_say(days: list[str], name: str) -> None:
    assert spacing(days) == name


CHARTS = st.sampled_from(
    [("xmr", "mdc"), ("xmr", "anhoej"), ("i", "mdc"), ("mr", "anhoej"), ("c", "mdc"), ("g", "anhoej"),
     ("t", "anhoej"), ("run", "anhoej"), ("run", "perla")]
)  # fmt: skip


def agrees(analysis: Analysis, sentence: str) -> bool:
    """Whether the sentence says what the verdict says."""
    kind = analysis.variation.partition("_")[0]
    if analysis.status != "ok":
        return "special cause" not in sentence
    if kind in ("improvement", "concern"):
        return f"special cause, {kind}" in sentence
    if kind == "neutral":
        return "special cause, neither improvement nor concern" in sentence
    return "special cause, " not in sentence


@given(
    st.lists(st.one_of(st.integers(0, 12), st.none()), max_size=40),
    CHARTS,
    st.sampled_from(["increase", "decrease", "neutral"]),
    st.one_of(st.none(), st.integers(-5, 20)),
    st.sets(st.integers(0, 39), max_size=3),
    st.sets(st.integers(0, 39), max_size=5),
)
def test_one_plain_sentence_that_agrees_with_the_verdict(
    values: list[float],
    way: tuple[str, str],
    direction: str,
    target: float | None,
    rebased: set[int],
    excluded: set[int],
) -> None:
    asked = request(
        values,
        chart=way[0],
        ruleset=way[1],
        improvement_direction=direction,
        target=target,
        rebase_on=[MONTHS[place] for place in rebased if place < len(values)],
        exclude_on=[MONTHS[place] for place in excluded if place < len(values)],
    )
    analysis = analyse(asked)
    sentence = analysis.summary
    assert re.fullmatch(r"[A-Z0-9][^.!?]*(\d\.\d[^.!?]*)*\.", sentence), sentence
    assert not re.search(r"None|nan|  | 1 (points|months)|\{|\}", sentence), sentence
    assert agrees(analysis, sentence), (analysis.variation, sentence)
    if analysis.status == "ok" and analysis.assurance is None:
        assert "target" not in sentence


def test_a_sentence_that_does_not_agree_is_noticed() -> None:
    analysis = analyse(request([*QUIET, 90], **FIXED))
    assert agrees(analysis, analysis.summary)
    assert not agrees(analysis, "All 12 months vary about the mean: common cause.")
    assert not agrees(replace(analysis, variation="concern_high"), analysis.summary)
