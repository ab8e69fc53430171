"""A chart shows what the analysis found, and what may not be shown it does not know."""

import random
from typing import Any

import pytest

from app import spc
from app.pictures import Mark, Picture, Subject, draw, picture_of
from app.pictures.picture import CHARTS
from tests.charts import SVG, days, parsed, texts
from tests.test_charts import check

CHANCE = random.Random(7)
PAIRS = [(CHANCE.randint(20, 40), CHANCE.randint(120, 160)) for _ in range(30)]


def analysed(chart: str = "xmr", count: int = 30, **options: Any) -> dict[str, Any]:
    """The public document of a series whose last ten points are better."""
    counts = [
        spc.Point(on, numerator=up + 60 * (i >= 20), denominator=of if chart in ("p", "pp", "u", "up") else None)
        for i, (on, (up, of)) in enumerate(zip(days(count), PAIRS, strict=False))
    ]  # fmt: skip
    given: dict[str, Any] = {"chart": chart, "improvement_direction": "increase"} | options
    return spc.analyse(spc.Request(counts, **given)).document()


@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_is_drawn(chart: str) -> None:
    analysis = analysed(chart)
    svg = draw(picture_of(analysis, Subject(title="Letters sent", unit="letters"), width=360))
    check(svg)
    root = parsed(svg)
    assert (root[1].text or "").startswith(analysis["summary"])
    points = [title.text or "" for title in root.iter(f"{SVG}title")][1:]
    there = [point for point in analysis["points"] if point["value"] is not None]
    missing = [text for text in points if text.endswith("no value")]
    assert len(points) - len(missing) == len(there)


def test_icons_and_lines_are_those_of_the_analysis() -> None:
    analysis = analysed(target=200.0, rebase_on=[days(30)[20]])
    picture = picture_of(
        analysis, Subject(title="Letters", target=200.0, improvement_direction="increase")
    )
    assert picture.variation == analysis["variation"]
    assert picture.assurance == analysis["assurance"] == "fail"
    said = set(texts(parsed(draw(picture))))
    assert "Consistently missed" in said
    assert {"XmR chart. Rules: Making Data Count."} <= said
    assert any(text.startswith("Mean: ") and " from 1 Jan 2022, " in text for text in said)
    assert {each.group for each in picture.points} == {0, 1}
    assert analysis["warnings"] == ["short_group"]
    assert picture.notes[-1].startswith("Fewer than 13 points in a period")
    analysis["warnings"] = ["Something in words.", "no_such_code"]
    assert picture_of(analysis, Subject(title="Letters")).notes[-1] == "Something in words."


def test_too_few_points_have_no_icons() -> None:
    analysis = analysed(count=8)
    assert analysis["status"] == "not_enough_data"
    picture = picture_of(analysis, Subject(title="Letters"))
    assert (picture.variation, picture.assurance) == (None, None)
    assert not {"Variation", "Target"} & set(texts(parsed(draw(picture))))


def test_runs_that_signal_are_dashed_and_said() -> None:
    analysis = analysed("run")
    assert analysis["groups"][0]["runs_signal"]
    svg = draw(picture_of(analysis, Subject(title="Letters")))
    assert "Median, dashed: unusually long or few runs" in set(texts(parsed(svg)))
    assert 'stroke-dasharray="12 4"' in svg
    calm = analysed("run", count=18)
    assert not calm["groups"][0]["runs_signal"]
    assert 'stroke-dasharray="12 4"' not in draw(picture_of(calm, Subject(title="Letters")))


def test_what_is_suppressed_is_a_gap_whether_the_analysis_has_it_or_not() -> None:
    hidden = days(30)[3]
    analysis = analysed()
    figure = f"{analysis['points'][3]['value']:g}"
    with_it = picture_of(analysis, Subject(title="Letters", suppressed=[hidden]))
    analysis["points"] = [point for point in analysis["points"] if point["on"] != hidden]
    without = picture_of(analysis, Subject(title="Letters", suppressed=[hidden]))
    for picture in (with_it, without):
        assert [point.on for point in picture.points] == days(30)
        gap = picture.points[3]
        assert (gap.value, gap.suppressed, gap.group) == (None, True, 0)
        svg = draw(picture)
        assert "1 Apr 2022: not shown: small numbers</title>" in svg
        assert f"1 Apr 2022: {figure}" not in svg
        assert svg.count("<title>1 Apr 2022") == 1


def test_what_the_analysis_does_not_know_is_added() -> None:
    on = days(30)
    subject = Subject(
        title="Letters", subtitle="North", unit="letters", axis="Letters a month", excluded=[on[4]],
        annotations={on[6]: "Post strike"}, marks=[Mark(on[20], "New template")],
    )  # fmt: skip
    picture: Picture = picture_of(analysed(exclude_on=[on[4]]), subject, width=1200, theme="dark")
    svg = draw(picture)
    said = " ".join(texts(parsed(svg)))
    for words in (
        "North",
        "Letters a month",
        "Left out of the limits",
        "Post strike",
        "New template",
    ):
        assert words in said, words
    assert 'width="1200"' in svg
