"""Measures: what a result is measured by, who makes them, and who reads them."""

from typing import Any

import pytest

from tests.house import TestHouse
from tests.measured import Study, counted

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


async def _items(client: Any, **params: str) -> list[Json]:
    answer = await client.get("/v1/measures", params=params)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def test_a_measure_is_made_with_what_suits_most(house: TestHouse) -> None:
    """A name will do: an XmR chart by Making Data Count, monthly, of an outcome, and no claim which way is better."""
    study = await Study.of(house)
    found = (await study.author.client.get(study.path)).json()
    expected = {
        "kind": "outcome", "frequency": "month", "chart": "xmr", "ruleset": "mdc", "multiply": 1, "position": 0,
        "improvement_direction": "neutral", "target": None, "baseline_points": None, "rebase": [], "exclude_on": [],
        "screen_moving_ranges": True, "observation_count": 0, "first_on": None, "last_on": None,
        "result_id": study.result_id, "actions": ["update", "delete", "write_observations"], "version": 1,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert found["id"][14] == "4"  # an id that tells no time
    run = await study.add(chart="run")
    assert (run["ruleset"], run["position"]) == ("anhoej", 1)


async def test_a_measure_of_a_draft_is_for_its_authors(house: TestHouse) -> None:
    """As the draft itself: in the list, by its id, its figures, its analysis, its chart, and the feed."""
    study = await Study.of(house)
    await study.observe(counted(15))
    operator = await house.person("Ola Operator", operator=True)
    for client in (study.group.fay.client, operator.client, house.anonymous):
        for what in ("", "/observations", "/analysis", "/chart.svg", "/chart.png"):
            assert (await client.get(study.path + what)).status_code == 404, what
        assert await _items(client, result_id=study.result_id) == []
    feed = (await operator.client.get("/v1/changes", params={"limit": "100"})).json()
    assert study.measure_id not in {item["id"] for item in feed["items"]}
    assert [one["id"] for one in await _items(study.author.client, result_id=study.result_id)] == [
        study.measure_id
    ]


async def test_a_published_measure_is_read_and_not_written_by_others(house: TestHouse) -> None:
    """Members read it; none but authors change it, give it figures or delete it."""
    study = await Study.of(house)
    await study.observe(counted(15))
    await study.publish()
    fay = study.group.fay.client
    read = (await fay.get(study.path)).json()
    assert read["actions"] == []
    assert read["observation_count"] == 15
    refused = [
        await fay.patch(study.path, {"name": "Mine"}),
        await fay.delete(study.path),
        await fay.put(f"{study.path}/observations", {"observations": []}),
        await fay.post("/v1/measures", {"result_id": study.result_id, "name": "Another"}),
    ]
    assert [answer.json()["code"] for answer in refused] == ["forbidden"] * 4
    assert (await fay.get(study.path)).json() == read


async def test_a_public_result_shows_its_measures_to_everybody(house: TestHouse) -> None:
    """Where its network is open."""
    study = await Study.of(house)
    await study.observe(counted(15))
    await study.publish(audience="public")
    assert len(await _items(house.anonymous, result_id=study.result_id)) == 1
    for what in ("", "/observations", "/analysis", "/chart.svg"):
        assert (await house.anonymous.get(study.path + what)).status_code == 200, what


async def test_a_patch_changes_what_it_names(house: TestHouse) -> None:
    """A chart brings its own rules; null clears; the same again is no change; If-Match is honoured."""
    study = await Study.of(house, target=90, rebase=[{"on": "2020-06-01", "reason": "New staff"}])
    client = study.author.client
    first = await client.get(study.path)
    second = await client.patch(study.path, {"chart": "run", "target": None, "name": "Seen"})
    found = second.json()
    assert (found["chart"], found["ruleset"], found["target"]) == ("run", "anhoej", None)
    assert (found["name"], found["version"]) == ("Seen", 2)
    same = await client.patch(study.path, {"name": "Seen", "chart": "run"})
    assert same.json()["version"] == 2
    stale = await client.patch(
        study.path, {"name": "Lost"}, headers={"If-Match": first.headers["etag"]}
    )
    assert stale.status_code == 412
    perla = await client.patch(study.path, {"ruleset": "perla"})
    assert perla.json()["ruleset"] == "perla"
    own = await client.patch(study.path, {"ruleset": None})
    assert own.json()["ruleset"] == "anhoej"


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"chart": "xmr", "ruleset": "perla"}, "/ruleset", "ruleset_not_for_chart"),
        ({"chart": "run", "ruleset": "mdc"}, "/ruleset", "ruleset_not_for_chart"),
        ({"baseline_points": 5}, "/baseline_points", "baseline_too_short"),
        ({"rebase": [{"on": "2020-01-01", "reason": "a"}] * 2}, "/rebase/1/on", "duplicate"),
        ({"rebase": [{"on": "2020-01-01"}]}, "/rebase/0/reason", "missing"),
        ({"multiply": 0}, "/multiply", "greater_than_equal"),
        ({"chart": "pie"}, "/chart", "enum"),
        ({"target": 1e16}, "/target", "less_than_equal"),
    ],
)
async def test_what_cannot_be_drawn_is_refused(
    house: TestHouse, wrong: Json, pointer: str, code: str
) -> None:
    """When it is made and when it is changed, by the field."""
    study = await Study.of(house)
    body = {"result_id": study.result_id, "name": "Wrong", **wrong}
    for answer in (
        await study.author.client.post("/v1/measures", body),
        await study.author.client.patch(study.path, wrong),
    ):
        assert answer.status_code == 422, answer.text
        assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (
            pointer,
            code,
        )
    assert (await study.author.client.get(study.path)).json()["version"] == 1


async def test_a_result_has_twenty_measures_at_most(house: TestHouse) -> None:
    """In the order of their places; one that goes makes room."""
    study = await Study.of(house)
    for number in range(19):
        await study.add(name=f"Number {number}")
    one_more = {"result_id": study.result_id, "name": "One more"}
    answer = await study.author.client.post("/v1/measures", one_more)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_measures")
    listed = await _items(study.author.client, result_id=study.result_id, limit="100")
    assert [one["position"] for one in listed] == list(range(20))
    first = await study.author.client.get(
        "/v1/measures", params={"result_id": study.result_id, "limit": "15"}
    )
    rest = {"result_id": study.result_id, "limit": "15", "cursor": first.json()["next_cursor"]}
    second = (await study.author.client.get("/v1/measures", params=rest)).json()
    assert [one["id"] for one in (*first.json()["items"], *second["items"])] == [
        one["id"] for one in listed
    ]
    assert (await study.author.client.delete(study.path)).status_code == 204
    assert (await study.author.client.post("/v1/measures", one_more)).status_code == 201


async def test_filters_of_the_list(house: TestHouse) -> None:
    """By network, by kind, by the day of the last change; the latest first."""
    study = await Study.of(house)
    process = await study.add(kind="process")
    mine = {"network_id": study.group.network_id}
    client = study.author.client
    assert len(await _items(client, **mine)) == 2
    assert [one["id"] for one in await _items(client, kind="process", **mine)] == [process["id"]]
    day = process["updated_on"]
    since = await _items(client, updated_since=f"{day}T23:59:59Z", **mine)
    assert len(since) == 2  # an instant counts as its day: no time of day can be asked for
    assert await _items(client, updated_since="2100-01-01T00:00:00Z", **mine) == []
    assert len(await _items(client, sort="-updated_on", **mine)) == 2


async def test_who_saw_a_measure_hears_that_it_is_gone(house: TestHouse) -> None:
    """By the feed; the last measure of a published project stays, of a story it may go."""
    study = await Study.of(house)
    other = await study.add(name="Another")
    await study.publish()
    fay = study.group.fay.client
    before = (await fay.get("/v1/changes", params={"limit": "100"})).json()["next_cursor"]
    assert (await study.author.client.delete(f"/v1/measures/{other['id']}")).status_code == 204
    feed = (await fay.get("/v1/changes", params={"cursor": before})).json()
    assert (other["id"], "gone") in {(item["id"], item["op"]) for item in feed["items"]}
    last = await study.author.client.delete(study.path)
    assert (last.status_code, last.json()["code"]) == (409, "result_incomplete")
    story = await Study.of(house, result={"kind": "story"})
    await story.publish()
    assert (await story.author.client.delete(story.path)).status_code == 204


async def test_a_measure_of_a_draft_goes_in_silence(house: TestHouse) -> None:
    """Nobody but its authors hears of it."""
    study = await Study.of(house)
    assert (await study.author.client.delete(study.path)).status_code == 204
    for person, hears in ((study.author, True), (study.group.fay, False)):
        feed = (await person.client.get("/v1/changes", params={"limit": "100"})).json()
        gone = {item["id"] for item in feed["items"] if item["op"] == "gone"}
        assert (study.measure_id in gone) is hears
