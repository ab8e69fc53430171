"""The analysis and the charts of a stored measure."""

import random
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.core.series import Observation
from app.core.small_numbers import Measured, suppress
from app.features.measures.series import smallest_count
from tests.house import TestHouse
from tests.measured import Study, counted, months

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


async def _analysis(study: Study, **params: str) -> Json:
    answer = await study.author.client.get(f"{study.path}/analysis", params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_the_analysis_is_that_of_a_series_that_is_sent_along(house: TestHouse) -> None:
    """The same answer, member for member, as POST /v1/analysis gives to the same figures and settings."""
    settings: Json = {
        "chart": "xmr", "ruleset": "mdc", "improvement_direction": "increase", "target": 60.0, "baseline_points": 12,
        "exclude_on": ["2020-03-01"], "multiply": 100.0, "screen_moving_ranges": False,
    }  # fmt: skip
    study = await Study.of(house, rebase=[{"on": "2021-07-01", "reason": "New staff"}], **settings)
    points = counted(36)
    await study.observe(points)
    stored = await _analysis(study)
    sent = {**settings, "points": points, "rebase_on": ["2021-07-01"]}
    same = await study.author.client.post("/v1/analysis", sent)
    assert stored == same.json()
    assert stored["status"] == "ok"
    assert len(stored["groups"]) == 2


async def test_a_chart_or_a_ruleset_may_be_asked_for(house: TestHouse) -> None:
    """A chart brings its own rules; a ruleset that does not go with the measure's chart brings its chart."""
    study = await Study.of(house)
    await study.observe(counted(20))
    for params, chart, ruleset in (
        ({}, "xmr", "mdc"),
        ({"chart": "run"}, "run", "anhoej"),
        ({"chart": "p"}, "p", "anhoej"),
        ({"chart": "p", "ruleset": "mdc"}, "p", "mdc"),
        ({"ruleset": "anhoej"}, "xmr", "anhoej"),
        ({"ruleset": "perla"}, "run", "perla"),
    ):
        found = await _analysis(study, **params)
        assert (found["chart"], found["ruleset"]) == (chart, ruleset), params
    wrong = await study.author.client.get(
        f"{study.path}/analysis", params={"chart": "xmr", "ruleset": "perla"}
    )
    assert wrong.json()["errors"][0]["pointer"] == "?ruleset"


async def test_what_is_stored_always_gives_a_chart(house: TestHouse) -> None:
    """A p chart without denominators falls back to a run chart and says so; asked for, it is refused."""
    study = await Study.of(house, chart="p", rebase=[{"on": "2020-06-15", "reason": "Moved"}])
    await study.observe([{"on": day, "value": at % 5} for at, day in enumerate(months(14))])
    found = await _analysis(study)
    assert (found["chart"], found["ruleset"]) == ("run", "anhoej")
    assert {"chart_not_possible", "rebase_without_point"} <= set(found["warnings"])
    assert [group["from"] for group in found["groups"]] == ["2020-01-01", "2020-07-01"]
    asked = await study.author.client.get(f"{study.path}/analysis", params={"chart": "p"})
    assert (asked.status_code, asked.json()["errors"][0]["pointer"]) == (422, "?chart")
    picture = await study.author.client.get(f"{study.path}/chart.svg")
    assert "cannot be made of these figures" in picture.text


async def test_settings_that_do_not_fit_are_left_out_and_named(house: TestHouse) -> None:
    """A baseline too short for the rules asked for, a ratio too large to plot, a day that has no point."""
    study = await Study.of(house, chart="i", baseline_points=5, exclude_on=["2019-01-01"])
    rows = counted(15)
    rows[4] |= {"numerator": 999_999_999, "denominator": 1e-8}
    await study.observe(rows)
    found = await _analysis(study, chart="xmr")
    assert {"baseline_not_used", "points_left_out", "excluded_without_point"} <= set(
        found["warnings"]
    )
    assert len(found["points"]) == 14


async def test_without_figures_there_is_a_chart_all_the_same(house: TestHouse) -> None:
    """Which says that there is nothing yet."""
    study = await Study.of(house)
    found = await _analysis(study)
    assert (found["status"], found["points"]) == ("not_enough_data", [])
    assert (await study.author.client.get(f"{study.path}/chart.svg")).status_code == 200


HOSTILE = '</title><script>alert(1)</script> & " onload="x" ]]>'


async def test_the_chart_is_a_picture_and_nothing_else(house: TestHouse) -> None:
    """Hostile words stay words; it has a title and a description; the header names no author's words."""
    study = await Study.of(
        house,
        name=HOSTILE,
        unit="<b>%</b>",
        target=50,
        improvement_direction="increase",
        rebase=[{"on": "2020-09-01", "reason": HOSTILE}],
    )
    rows = counted(24)
    rows[5]["annotation"] = HOSTILE
    await study.observe(rows)
    client = study.author.client
    for params in ({}, {"width": "360"}, {"width": "1600", "theme": "dark", "chart": "run"}):
        answer = await client.get(f"{study.path}/chart.svg", params=params)
        assert answer.headers["content-type"] == "image/svg+xml"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["content-disposition"] == (
            f'inline; filename="chart-{study.measure_id[:8]}.svg"'
        )
        root = ET.fromstring(answer.text)  # noqa: S314 - our own answer is what is tested
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert {"title", "desc"} <= names
        assert not names & {"script", "b", "foreignObject", "a", "image"}
        assert not [name for one in root.iter() for name in one.attrib if name.startswith("on")]
        known = {"If-None-Match": answer.headers["etag"]}
        again = await client.get(f"{study.path}/chart.svg", params=params, headers=known)
        assert again.status_code == 304
    for wrong in ({"width": "359"}, {"width": "1601"}, {"theme": "sepia"}, {"scale": "2"}):
        answer = await client.get(f"{study.path}/chart.svg", params=wrong)
        assert answer.status_code == 422, wrong


async def test_a_png_of_the_chart(house: TestHouse) -> None:
    """As large as it was asked for; known by what it is made of."""
    study = await Study.of(house)
    await study.observe(counted(24))
    client = study.author.client
    params = {"width": "400", "scale": "1"}
    answer = await client.get(f"{study.path}/chart.png", params=params)
    assert answer.headers["content-type"] == "image/png"
    assert answer.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(answer.content[16:20]) == 400
    known = {"If-None-Match": answer.headers["etag"]}
    again = await client.get(f"{study.path}/chart.png", params=params, headers=known)
    assert again.status_code == 304
    finer = await client.get(f"{study.path}/chart.png", params={"width": "400"}, headers=known)
    assert int.from_bytes(finer.content[16:20]) == 800


async def test_cycles_and_rebasings_stand_on_the_time_line(house: TestHouse) -> None:
    """Cycles by the day on which they began, rebasings with their reasons."""
    study = await Study.of(house, rebase=[{"on": "2020-09-01", "reason": "We moved house"}])
    await study.observe(counted(24))
    cycle = {
        "result_id": study.result_id,
        "title": "A new recall letter",
        "started_on": "2020-05-11",
    }
    made = await study.author.client.post("/v1/pdsa-cycles", cycle)
    assert made.status_code == 201, made.text
    picture = await study.author.client.get(f"{study.path}/chart.svg")
    assert "We moved house" in picture.text
    assert "PDSA 1: A new recall letter" in picture.text


def test_the_smallest_count_says_whether_anything_is_suppressed() -> None:
    """It is kept beside the series, so that the others of the result are read only where something is small."""
    rng = random.Random(5)
    hidden = 0
    for _ in range(3_000):
        series = []
        for on in months(rng.randrange(4)):
            numerator: float | None = rng.choice([None, 0, rng.randrange(30), rng.random() * 30])
            denominator: float | None = None
            if numerator is not None and rng.random() < 0.7:
                denominator = numerator + rng.choice([0, rng.randrange(30), rng.random() * 20]) or 9
            value = rng.random() if numerator is None else None
            series.append(Observation(on, numerator, denominator, value))
        threshold = rng.randrange(12)
        shown = suppress([Measured("month", series)], threshold)
        smallest = smallest_count(series)
        small = smallest is not None and smallest < threshold + 1 and threshold > 0
        assert any(row.suppressed for row in shown[0]) is small, (series, threshold)
        hidden += small
    assert 500 < hidden < 2_500
