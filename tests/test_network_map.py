"""The map of a network: what ties people, what does not, and who is told."""

from datetime import timedelta
from typing import Any

import networkx as nx
import pytest

from app.core.who_met import MOST_WHO_MET
from tests.house import TestHouse
from tests.mapped import Json, Mapped, degrees, own_ties
from tests.sharing import CODES, edit_result

pytestmark = pytest.mark.anyio


def graphs(found: Json) -> tuple[Any, Any]:
    """The ties of a map in the library of graphs: without a direction, and those that have one."""
    whole, directed = nx.Graph(), nx.DiGraph()
    for one in (whole, directed):
        one.add_nodes_from(node["id"] for node in found["nodes"])
    for tie in found["ties"]:
        whole.add_edge(tie["source"], tie["target"])
        if tie["directed"]:
            directed.add_edge(tie["source"], tie["target"])
    return whole, directed


async def test_every_kind_of_tie(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    await mapped.meet(0, 1, 2)
    await mapped.sub_group(0, 1)
    theirs = await mapped.result(4)
    await mapped.say(0, theirs)
    await mapped.adopt(CODES[1], theirs)  # 2 and 3 represent it
    found = await mapped.map()
    assert found["status"] == "ok"
    assert found["members"] == 10
    assert own_ties(found) == [("feedback", "to"), ("met",), ("met", "sub_group")]
    assert own_ties(await mapped.map(4)) == [
        ("adopted", "from"), ("adopted", "from"), ("feedback", "from")
    ]  # fmt: skip
    assert own_ties(await mapped.map(3)) == [("adopted", "to")]
    assert degrees(found) == [0, 0, 0, 0, 0, 1, 2, 3, 3, 3]
    measures = found["measures"]
    assert (measures["ties"], measures["directed_ties"], measures["isolates"]) == (6, 3, 5)
    assert measures["density"] == 6 / 45
    assert measures["reciprocity"] == 0
    assert (measures["components"], measures["largest_component"], measures["brokers"]) == (6, 5, 1)
    # Of the ties of those who represent a practice two go across: those of 2 and 3 to 4.
    assert measures["cross_organisation_index"] == 1
    assert found["own"] == {
        "id": next(node["id"] for node in found["nodes"] if node["own"]), "degree": 3, "broker": False,
        "component_size": 5,
    }  # fmt: skip
    assert (await mapped.map(4))["own"]["broker"] is True


async def test_fewer_than_ten_are_told_nothing(house: TestHouse) -> None:
    mapped = await Mapped.of(house, 9)
    await mapped.meet(0, 1, 2)
    found = await mapped.map()
    assert (found["status"], found["members"]) == ("not_enough_data", 9)
    assert [found[name] for name in ("nodes", "ties", "measures", "own")] == [None] * 4


async def test_meetings_that_do_not_count(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    await mapped.meet(0, 1, confidentiality="chatham_house")
    await mapped.meet(0, 2, status="tentative", announce=False)
    cancelled = await mapped.meet(0, 3)
    await mapped.group.do(cancelled, "cancel", body={"reason": "Snow"})
    await mapped.meet(0, 4, days_ago=30)
    found = await mapped.map(window_days=30)
    assert (found["measures"]["ties"], found["from_on"]) == (
        0,
        str(mapped.today - timedelta(days=29)),
    )
    assert (await mapped.map(window_days=31))["measures"]["ties"] == 1  # the control


async def test_in_a_large_meeting_not_everybody_meets(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    meeting = await mapped.meet(*range(10))
    others = [await house.person(f"Guest {number}") for number in range(MOST_WHO_MET - 10)]
    for person in others:
        await mapped.group.answer(meeting, person, came=True)
    assert (await mapped.map())["measures"]["ties"] == 45
    await mapped.group.answer(meeting, await house.person("One more"), came=True)
    assert (await mapped.map())["measures"]["ties"] == 0


async def test_an_occurrence_counts_on_the_day_that_it_was_moved_to(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    first = mapped.today - timedelta(days=40)
    series = {"local_start": f"{first}T10:00:00", "recurrence": "FREQ=WEEKLY;COUNT=3"}
    plan = {"title": "Tea", "timezone": "UTC", **series}
    meeting = await mapped.group.plan(plan)
    for number in (0, 1):
        await mapped.group.answer(meeting, mapped.people[number], f"{first}T10:00:00", came=True)
    assert (await mapped.map(window_days=30))["measures"]["ties"] == 0
    assert (await mapped.map(window_days=41))["measures"]["ties"] == 1
    assert (await mapped.map(window_days=40))["measures"]["ties"] == 0


async def test_what_has_no_named_author_ties_nobody(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    for values in (
        {"attribution": "network_only"},
        {"attribution": "organisation"},
        {"audience": "author"},
        {"status": "withdrawn"},
        {"hidden_on": mapped.today},
    ):
        theirs = await mapped.result(4)
        await mapped.say(0, theirs)
        await mapped.adopt(CODES[1], theirs)
        await edit_result(house, theirs, **values)
    named = await mapped.result(5)
    await mapped.say(0, named, attribution="network_only")
    await mapped.say(6, named, attribution="organisation")
    await mapped.adopt(CODES[0], named, "planning")
    await mapped.say(5, named)
    assert (await mapped.map())["measures"]["directed_ties"] == 0
    await mapped.say(0, named)
    assert (await mapped.map())["measures"]["directed_ties"] == 1


async def test_of_sub_groups_those_in_them_alone_see_ties(house: TestHouse) -> None:
    mapped = await Mapped.of(house, visibility="open")
    await mapped.sub_group(1, 2, 3, visibility="restricted")
    await mapped.sub_group(1, 5, visibility="private")
    await mapped.sub_group(1, 6, visibility="confidential")
    assert (await mapped.map(0))["measures"][
        "ties"
    ] == 0  # not even for who facilitates what is above
    assert (await mapped.map(1))["measures"]["ties"] == 3
    operator = await house.person("Olga", operator=True)
    assert (await operator.client.get(mapped.path)).json()["measures"]["ties"] == 3


async def test_the_order_tells_nothing_and_stays(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    first = await mapped.people[0].client.get(mapped.path)
    etag = {"If-None-Match": first.headers["etag"]}
    again = await mapped.people[0].client.get(mapped.path, headers=etag)
    assert again.status_code == 304
    own = set()
    for days in range(30, 60):
        found = await mapped.map(window_days=days)
        own.add(found["own"]["id"])
        assert [node["id"] for node in found["nodes"]] == list(range(1, 11))
    assert len(own) > 5


async def test_as_of_a_day_before(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    yesterday = mapped.today - timedelta(days=1)
    before = await mapped.map(as_of=str(yesterday))
    assert (before["as_of"], before["members"]) == (str(yesterday), 0)
    refused = await mapped.map(status=422, as_of=str(mapped.today + timedelta(days=2)))
    assert [(e["pointer"], e["code"]) for e in refused["errors"]] == [("?as_of", "in_the_future")]


async def test_who_is_no_member_finds_nothing(house: TestHouse) -> None:
    mapped = await Mapped.of(house, visibility="open")
    stranger = await house.person("Cat")
    answer = await stranger.client.get(mapped.path)
    never = await stranger.client.get(mapped.path.replace(mapped.group.network_id, stranger.id))
    assert answer.status_code == never.status_code == 404
    leaving = await mapped.member(mapped.group.network_id, 1)
    await mapped.people[1].client.delete(f"/v1/members/{leaving}")
    assert (await mapped.people[1].client.get(mapped.path)).status_code == 404
    assert (await house.anonymous.get(mapped.path)).status_code == 401


async def test_measures_are_of_what_is_told(house: TestHouse) -> None:
    """The ties that are listed give the measures, by the library of graphs."""
    mapped = await Mapped.of(house, 12)
    for numbers in ((0, 1, 2), (2, 3, 4), (4, 5), (6, 7, 8)):
        await mapped.meet(*numbers)
    mine, theirs = await mapped.result(0), await mapped.result(3)
    await mapped.say(3, mine)
    await mapped.say(0, theirs)
    await mapped.say(9, theirs)
    found = await mapped.map()
    whole, directed = graphs(found)
    told = found["measures"]
    assert told["density"] == pytest.approx(nx.density(whole), abs=1e-9)
    assert told["directed_density"] == pytest.approx(nx.density(directed), abs=1e-9)
    assert told["reciprocity"] == pytest.approx(nx.reciprocity(directed), abs=1e-9)
    assert told["brokers"] == len(set(nx.articulation_points(whole))) > 1
    assert told["components"] == nx.number_connected_components(whole)
    assert {n["id"]: n["degree"] for n in found["nodes"]} == dict(whole.degree)


async def test_graphml_is_the_same_map(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    await mapped.meet(0, 1, 4)
    theirs = await mapped.result(4)
    for number in (0, 9):
        await mapped.say(number, theirs)
    found = await mapped.map()
    answer = await mapped.people[0].client.get(f"{mapped.path}.graphml")
    assert answer.headers["content-type"] == "application/graphml+xml"
    assert answer.headers["content-disposition"].endswith('.graphml"')
    read = nx.parse_graphml(answer.text, node_type=int)
    whole, directed = graphs(found)
    assert isinstance(read, nx.DiGraph)
    assert nx.utils.graphs_equal(nx.Graph(list(read.edges)), nx.Graph(list(whole.edges)))
    pointed = {(a, b) for a, b, kinds in read.edges(data="kinds") if "feedback" in kinds.split()}
    assert pointed == set(directed.edges)
    assert len(pointed) == 2
    assert dict(read.nodes(data=True)) == {
        node["id"]: {"degree": node["degree"], "own": node["own"]} for node in found["nodes"]
    }
    assert (read.graph["network_id"], read.graph["members"]) == (mapped.group.network_id, 10)
    known = {"If-None-Match": answer.headers["etag"]}
    again = await mapped.people[0].client.get(f"{mapped.path}.graphml", headers=known)
    assert again.status_code == 304


async def test_graphml_of_few_has_no_node(house: TestHouse) -> None:
    mapped = await Mapped.of(house, 9)
    answer = await mapped.people[0].client.get(f"{mapped.path}.graphml")
    read = nx.parse_graphml(answer.text)
    assert (len(read), read.graph["status"]) == (0, "not_enough_data")
