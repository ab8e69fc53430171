"""The demo's results: three stories whose figures say what they say, tried elsewhere, talked about, decided about."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from typing import Any

import pytest

from app.core.patient_identifiers import identifiers, warnings
from app.reference.demo import read_demo
from app.reference.demo_results import read_demo_results, read_demo_series
from app.reference.load import shipped_text
from tests.demo_world import every, loaded_demo, whose
from tests.house import TestHouse

RESULTS = {result.key: result for result in read_demo_results().results}
EXTRACT = "0c9238fc8ee28802e0a06542e755f862a4a0beee79da36e6c8c52b1515719ca6"
TITLES = {key: str(result.body["title"]) for key, result in RESULTS.items()}
# What the analysis of each public story says of each of its measures: variation, and how its summary begins.
VERDICTS = {
    "nurse-at-the-door": [
        ("improvement_low", "The last 12 months are below the mean: special cause, improvement"),
        (
            "concern_high",
            "The last 8 months are above the upper limit: special cause, concern",
        ),
    ],
    "saturday-surgery": [
        (
            "common_cause",
            "All 36 months vary about the mean as chance alone would have it: common cause",
        ),
        ("common_cause", "The last month shows no signal"),
    ],
    "waits-on-every-desk": [
        ("concern_high", "The last 7 months are above the mean: special cause, concern")
    ],
}


def texts(value: Any) -> Iterator[str]:
    """Every text below a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def test_the_stories_name_no_patient() -> None:
    """Neither refused nor asked about; the guard does find what it looks for in a story that names one."""
    told = list(texts(json.loads(shipped_text("demo_results.json"))))
    assert len(told) > 200
    assert [text for text in told if identifiers(text) or warnings(text)] == []
    assert identifiers("NHS number 943 476 5919")


def test_the_figures_are_those_that_were_published() -> None:
    """Nobody touched the extract since it was cut out (app/reference/README.md); no month is left out or small."""
    digest = sha256(shipped_text("demo_ae_series.csv").encode()).hexdigest()
    assert digest == EXTRACT
    series = read_demo_series()
    used = {measure.series for result in RESULTS.values() for measure in result.measures}
    assert set(series) == used
    for name, rows in series.items():
        assert [row["on"] for row in rows] == sorted({row["on"] for row in rows}), name
        assert (len(rows), rows[0]["on"], rows[-1]["on"]) == (36, "2016-04-01", "2019-03-01")
        assert all(7 < row["numerator"] < row["denominator"] - 7 for row in rows), name


def test_only_members_write_and_practices_are_invented() -> None:
    demo = read_demo()
    codes = {practice.code for practice in demo.practices}
    for result in RESULTS.values():
        inside = {
            spell.person
            for spell in demo.members
            if spell.network == result.network and spell.status == "active"
        }
        assert {result.by, *result.team} <= inside, result.key
        assert result.body["organisation"] in codes
        assert {adoption.organisation for adoption in result.adoptions} <= codes


@pytest.fixture
async def demo(own_url: str) -> AsyncIterator[TestHouse]:
    """The demo as it was loaded on a day in November."""
    async with loaded_demo(own_url) as house:
        yield house


@pytest.mark.anyio
async def test_anybody_reads_three_stories_end_to_end(demo: TestHouse) -> None:
    """What the text says is what the analysis says; charts, figures, cycles, feedback and adoptions are there."""
    anybody = demo.anonymous
    shown = {one["title"]: one for one in await every(anybody, "/v1/results")}
    assert set(shown) == {TITLES[key] for key in VERDICTS}
    assert {shown[TITLES[key]]["outcome"] for key in VERDICTS} == {
        "improved",
        "no_change",
        "abandoned",
    }
    for key, verdicts in VERDICTS.items():
        result = (await anybody.get(f"/v1/results/{shown[TITLES[key]]['id']}")).json()
        assert "figures are real" in result["limitations"]
        assert result["completeness"]["needed"] == []
        assert result["completeness"]["percent"] >= 70
        page = await anybody.get(f"/v1/results/{result['id']}.md")
        assert page.headers["content-type"].startswith("text/markdown")
        assert "figures are real" in page.text
        assert all(said in page.text for _, said in verdicts)
        about = {"result_id": result["id"]}
        measures = await every(anybody, "/v1/measures", **about)
        assert len(measures) == len(verdicts) == len(RESULTS[key].measures)
        for measure, (variation, said) in zip(measures, verdicts, strict=True):
            path = f"/v1/measures/{measure['id']}"
            analysis = (await anybody.get(f"{path}/analysis")).json()
            assert (analysis["status"], analysis["variation"]) == ("ok", variation), key
            assert analysis["summary"].startswith(said)
            # A year since the rebasing is just enough to show, and the answer says that it is short.
            assert analysis["warnings"] == (["short_group"] if measure["rebase"] else [])
            chart = await anybody.get(f"{path}/chart.svg")
            assert chart.status_code == 200
            assert {"svg", "title", "desc"} <= set(re.findall(r"<(\w+)", chart.text))
            assert said in chart.text
            read = (await anybody.get(f"{path}/observations")).json()["observations"]
            assert len(read) == 36
            assert not any(row["suppressed"] for row in read)
        assert len(await every(anybody, "/v1/pdsa-cycles", **about)) == len(RESULTS[key].cycles) > 1
        kinds = {one["kind"] for one in await every(anybody, "/v1/feedback", **about)}
        assert kinds >= {"question", "comment", "thanks", "concern"}


@pytest.mark.anyio
async def test_who_tried_it_adds_up(demo: TestHouse) -> None:
    anybody = demo.anonymous
    for key in VERDICTS:
        (shown,) = [
            one for one in await every(anybody, "/v1/results") if one["title"] == TITLES[key]
        ]
        told, summary = RESULTS[key].adoptions, shown["adoptions"]
        assert summary["organisations"] == len(told)
        for field, counts in (("stage", summary["stages"]), ("effect", summary["effects"])):
            values = [adoption.body[field] for adoption in told]
            assert counts == {name: values.count(name) for name in counts}
        listed = await every(anybody, "/v1/adoptions", result_id=shown["id"])
        assert {one["organisation"]["code"] for one in listed} == {
            adoption.organisation for adoption in told
        }
        assert summary["last_reported_on"] == max(one["last_reported_on"] for one in listed)
    improved = RESULTS["nurse-at-the-door"].adoptions
    assert {one.body["effect"] for one in improved} == {"better", "same", "worse", "unknown"}
    assert len({one.body["stage"] for one in improved}) == 7


@pytest.mark.anyio
async def test_what_is_shared_without_a_name_has_none(demo: TestHouse) -> None:
    """For members, the facilitator and the operator; and a draft is its author's."""
    title, draft = TITLES["two-inhalers-alike"], TITLES["written-plans"]
    for key in ("morgan-bilberrow", "farida-saltmarrow", "opal-teaselby"):
        reader = await whose(demo, key, operator=key == "opal-teaselby")
        found = {one["title"]: one for one in await every(reader, "/v1/results")}
        one = found[title]
        assert (one["authors"], one["organisation"], one["mine"]) == ([], None, False)
        assert (draft in found) is (key == "morgan-bilberrow")
    devi = await whose(demo, "devi-vetchworth")
    mine = {one["title"]: one for one in await every(devi, "/v1/results", mine="true")}
    assert mine[title]["organisation"]["code"] == "DEMO000002"


@pytest.mark.anyio
async def test_a_code_is_in_force_and_a_report_is_decided(demo: TestHouse) -> None:
    farida = await whose(demo, "farida-saltmarrow")
    (network,) = await every(farida, "/v1/networks", slug="kestrelmoor-asthma-network")
    conduct = (await farida.get(f"/v1/networks/{network['id']}/conduct")).json()
    assert conduct["version"] == 1
    assert conduct["text"] == read_demo_results().conduct[0].text
    (report,) = await every(farida, "/v1/reports")
    assert (report["status"], report["reason"]) == ("upheld", "spam")
    told = [one["text"] for one in await every(demo.anonymous, "/v1/feedback")]
    assert len(told) > 10
    assert not any("cabin" in text for text in told), "what was reported is out of sight"
    winston = await whose(demo, "winston-ottermere")
    assert any("cabin" in one["text"] for one in await every(winston, "/v1/feedback"))
