"""Pairs: only who asked for it, with somebody they have not met where that can be; and who is told."""

import asyncio
from typing import Any

import networkx as nx
import pytest

from app.core import who_met
from app.features.pairings.matching import MOST_EXACT, drawn
from tests.helping import heard, refused, scene
from tests.house import TestHouse, TestPerson
from tests.mapped import Mapped

pytestmark = pytest.mark.anyio
Groups = set[frozenset[str]]


async def wish(network_id: str, *people: TestPerson) -> None:
    """They ask to be paired."""
    for person in people:
        answer = await person.client.request("PUT", f"/v1/networks/{network_id}/pairing-wishes/me")
        assert (answer.status_code, answer.json()["wished"]) == (200, True), answer.text


async def draw(network_id: str, by: TestPerson) -> Groups:
    """Draw; who is together."""
    answer = await by.client.post(f"/v1/networks/{network_id}/pairings")
    assert answer.status_code == 200, answer.text
    return {frozenset(item["person_ids"]) for item in answer.json()["items"]}


async def listed(network_id: str, by: TestPerson) -> list[dict[str, Any]]:
    """The pairs that somebody reads."""
    answer = await by.client.get(f"/v1/networks/{network_id}/pairings")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


# --- Wishing --------------------------------------------------------------------------------------


async def test_only_who_asked_is_drawn(house: TestHouse) -> None:
    one = await scene(house)
    path = f"/v1/networks/{one.network_id}/pairing-wishes/me"
    assert (await one.mel.client.get(path)).json()["wished"] is False
    await wish(one.network_id, one.mel)
    since = (await one.mel.client.get(path)).json()["from_at"]
    await wish(one.network_id, one.mel)  # twice is once
    assert (await one.mel.client.get(path)).json()["from_at"] == since
    few = await one.fay.client.post(f"/v1/networks/{one.network_id}/pairings")
    assert refused(few) == (409, "too_few_wishes")
    await wish(one.network_id, one.fay)
    assert await draw(one.network_id, one.fay) == {frozenset({one.fay.id, one.mel.id})}
    for _ in range(2):
        assert (await one.mel.client.delete(path)).status_code == 204
    await wish(one.network_id, one.ned)
    assert await draw(one.network_id, one.fay) == {frozenset({one.fay.id, one.ned.id})}


async def test_who_is_no_member_any_more_is_not_drawn(house: TestHouse) -> None:
    """Whoever leaves and comes back asks anew; an observer is not drawn, and asks in vain."""
    one = await scene(house)
    await wish(one.network_id, one.fay, one.mel, one.ned)
    await one.leave(one.mel)
    await one.mel.client.post(f"/v1/networks/{one.network_id}/join", {})
    assert await draw(one.network_id, one.fay) == {frozenset({one.fay.id, one.ned.id})}
    members = {"network_id": one.network_id, "person_id": one.ned.id}
    (spell,) = (await one.fay.client.get("/v1/members", params=members)).json()["items"]
    await one.fay.client.patch(f"/v1/members/{spell['id']}", {"role": "observer"})
    again = await one.fay.client.post(f"/v1/networks/{one.network_id}/pairings")
    assert refused(again) == (409, "too_few_wishes")
    await wish(one.network_id, one.mel)
    assert (await one.mel.client.delete("/v1/me")).status_code == 204
    again = await one.fay.client.post(f"/v1/networks/{one.network_id}/pairings")
    assert refused(again) == (409, "too_few_wishes")


async def test_who_may(house: TestHouse) -> None:
    one = await scene(house)
    await wish(one.network_id, one.fay, one.mel)
    base = f"/v1/networks/{one.network_id}"
    assert (await one.obs.client.request("PUT", f"{base}/pairing-wishes/me")).status_code == 403
    for person in (one.mel, one.obs, one.out):
        answer = await person.client.post(f"{base}/pairings")
        assert answer.status_code == 403
    await draw(one.network_id, one.fay)
    (pair,) = await listed(one.network_id, one.fay)
    for person, sees in ((one.mel, [pair]), (one.ned, []), (one.obs, [])):
        assert await listed(one.network_id, person) == sees
        answer = await person.client.get(f"/v1/pairings/{pair['id']}")
        assert answer.status_code == (200 if sees else 404)
        expected = [(pair["id"], "upsert", 1)] if sees else []
        assert await heard(person.client, one, "pairing") == expected
    assert (await one.out.client.get(f"{base}/pairings")).status_code == 404
    assert (await one.out.client.get(f"{base}/pairing-wishes/me")).status_code == 404
    await one.leave(one.mel)
    assert (await one.mel.client.get(f"/v1/pairings/{pair['id']}")).status_code == 404


async def test_an_export_says_that_one_was_paired(house: TestHouse) -> None:
    one = await scene(house)
    await wish(one.network_id, one.fay, one.mel)
    await draw(one.network_id, one.fay)
    export = await one.mel.client.get("/v1/me/export")
    (pair,) = export.json()["pairings"]
    assert pair["network_id"] == one.network_id
    assert [found["network_id"] for found in export.json()["pairing_wishes"]] == [one.network_id]
    assert one.fay.id not in str(export.json()["pairings"])


# --- Drawing --------------------------------------------------------------------------------------


async def test_who_has_met_is_not_paired_while_there_is_another_way(house: TestHouse) -> None:
    """Of four people three ways to pair; two of them have been, so it is the third."""
    mapped = await Mapped.of(house, 4)
    network_id, ids = mapped.group.network_id, [person.id for person in mapped.people]
    await mapped.meet(0, 1)
    await mapped.meet(2, 3)
    await wish(network_id, *mapped.people)
    straight, crossed = ((0, 2), (1, 3)), ((0, 3), (1, 2))
    ways = [{frozenset(ids[i] for i in pair) for pair in way} for way in (straight, crossed)]
    first, second = [await draw(network_id, mapped.people[0]) for _ in range(2)]
    assert [first, second] in (ways, ways[::-1])
    # Everybody has met everybody: they are paired all the same.
    assert len(await draw(network_id, mapped.people[0])) == 2


@pytest.mark.parametrize("kind", ["chatham", "large", "draft"])
async def test_what_does_not_count_as_having_met(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """0 and 1 met before all, 0 and 2 where it does not count, so that in eight draws they may be paired.

    Were it to count, 0 could only go with 3, whom a wish less keeps out: three people, two who met.
    """
    mapped = await Mapped.of(house, 3)
    network_id, people = mapped.group.network_id, mapped.people
    if kind == "large":
        monkeypatch.setattr(who_met, "MOST_WHO_MET", 1)
    how: dict[str, dict[str, Any]] = {
        "chatham": {"confidentiality": "chatham_house"},
        "large": {},
        "draft": {"status": "tentative", "announce": False},
    }
    await mapped.meet(0, 1, **how[kind])
    strangers: list[list[int]] = []

    def noted(found: list[int]) -> list[tuple[int, ...]]:
        strangers.append(found)
        return drawn(found)

    monkeypatch.setattr("app.features.pairings.commands.drawn", noted)
    await wish(network_id, *people)
    await draw(network_id, people[0])
    assert sorted(one.bit_count() for one in strangers[0]) == [2, 2, 2]


async def test_what_counts_is_seen(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the above."""
    mapped = await Mapped.of(house, 3)
    await mapped.meet(0, 1)
    strangers: list[list[int]] = []

    def noted(found: list[int]) -> list[tuple[int, ...]]:
        strangers.append(found)
        return drawn(found)

    monkeypatch.setattr("app.features.pairings.commands.drawn", noted)
    await wish(mapped.group.network_id, *mapped.people)
    (three,) = await draw(mapped.group.network_id, mapped.people[0])
    assert len(three) == 3
    assert sorted(one.bit_count() for one in strangers[0]) == [1, 1, 2]


async def test_two_draws_at_once_come_one_after_the_other(house: TestHouse) -> None:
    """The second knows of the first: of three ways to pair four people, all are taken by three draws."""
    mapped = await Mapped.of(house, 4)
    network_id = mapped.group.network_id
    await wish(network_id, *mapped.people)
    found = await asyncio.gather(*(draw(network_id, mapped.people[0]) for _ in range(3)))
    assert len({frozenset(groups) for groups in found}) == 3


async def test_the_same_request_again_draws_once(house: TestHouse) -> None:
    one = await scene(house)
    await wish(one.network_id, one.fay, one.mel, one.ned)
    key = {"idempotency-key": "draw-of-november"}
    path = f"/v1/networks/{one.network_id}/pairings"
    first, second = [await one.fay.client.post(path, headers=key) for _ in range(2)]
    assert first.json() == second.json()
    assert len(await listed(one.network_id, one.fay)) == 1


# --- Matching -------------------------------------------------------------------------------------


def strangers_of(graph: Any) -> list[int]:
    """A graph as rows of bits."""
    rows = [0] * len(graph)
    for one, other in graph.edges:
        rows[one] |= 1 << other
        rows[other] |= 1 << one
    return rows


def new_pairs(strangers: list[int], groups: list[tuple[int, ...]]) -> int:
    """How many groups begin with two who have not met."""
    return sum(strangers[group[0]] >> group[1] & 1 for group in groups)


@pytest.mark.parametrize("seed", range(200))
def test_as_many_pairs_have_not_met_as_can_be(seed: int) -> None:
    """As a library of graphs says; on a path of odd cycles too, which a greedy way gets wrong."""
    n = 2 + seed % 23
    graph = nx.gnp_random_graph(n, (seed % 7 + 1) / 12, seed=seed)
    if seed % 10 == 0:
        graph = nx.disjoint_union(nx.cycle_graph(7), nx.lollipop_graph(5, 4))
    strangers = strangers_of(graph)
    groups = drawn(strangers)
    assert sorted(one for group in groups for one in group) == list(range(len(strangers)))
    assert sorted(map(len, groups))[:-1] == [2] * (len(groups) - 1)
    assert new_pairs(strangers, groups) == len(nx.max_weight_matching(graph, maxcardinality=True))


def test_the_third_joins_whom_they_have_not_met() -> None:
    """0 has not met 1, 2 not 3, and 4 not 0 and 1: 4 joins them, or one of the two and the other is over."""
    strangers = strangers_of(nx.Graph([(0, 1), (2, 3), (0, 4), (1, 4)]))
    (three,) = [group for group in drawn(strangers) if len(group) == 3]
    assert set(three) == {0, 1, 4}


def test_a_crowd_is_paired_too() -> None:
    """Beyond the exact way: nobody is left over, and with few ties nobody is with whom they have met."""
    n = MOST_EXACT + 101
    ring = nx.complement(nx.cycle_graph(n))
    strangers = strangers_of(ring)
    groups = drawn(strangers)
    assert sorted(one for group in groups for one in group) == list(range(n))
    assert new_pairs(strangers, groups) == len(groups) == n // 2
