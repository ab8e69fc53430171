"""What the demo's members do together: it holds together, and there is something to see of each kind."""

from collections.abc import AsyncIterator

import pytest

from app.reference.demo import read_demo
from app.reference.demo_together import read_demo_together
from tests.demo_world import every, loaded_demo, whose
from tests.house import Client, TestHouse

TOLD = read_demo_together()
HEALTHY = "kestrelmoor-asthma-network"


@pytest.fixture
async def demo(own_url: str) -> AsyncIterator[TestHouse]:
    """The demo as it was loaded on a day in November."""
    async with loaded_demo(own_url) as house:
        yield house


async def inside(demo: TestHouse) -> tuple[Client, str]:
    """A member of the healthy network, and its id."""
    reader = await whose(demo, "morgan-bilberrow")
    (network,) = await every(reader, "/v1/networks", slug=HEALTHY)
    return reader, network["id"]


def test_nobody_from_outside_is_in_it() -> None:
    """Who votes, holds, asks, offers, answers or is paired belongs to the network, and votes once."""
    active = {
        (spell.network, spell.person)
        for spell in read_demo().members
        if spell.status == "active" and spell.role != "observer"
    }
    who = {(one.network, person) for one in TOLD.accepted for person in one.by}
    who |= {(one.network, vote[0]) for one in TOLD.decisions for vote in one.votes}
    who |= {(one.network, term.person) for one in TOLD.duties for term in one.terms}
    who |= {(one.network, offer[0]) for one in TOLD.asks for offer in one.offers}
    who |= {(one.network, person) for one in TOLD.surveys for person in one.by}
    who |= {(one.network, person) for one in TOLD.pairs for person in one.by}
    who |= {(one.network, one.by) for one in TOLD.decisions}
    who |= {(one.network, one.by) for one in TOLD.duties}
    who |= {(one.network, one.by) for one in TOLD.asks}
    who |= {(one.network, one.by) for one in (*TOLD.assessments, *TOLD.resources)}
    assert who <= active
    for decision in TOLD.decisions:
        voters = [vote[0] for vote in decision.votes]
        assert len(voters) == len(set(voters)), decision.body["title"]


@pytest.mark.anyio
async def test_decisions_of_each_kind(demo: TestHouse) -> None:
    reader, network_id = await inside(demo)
    listed = await every(reader, "/v1/decisions", network_id=network_id)
    told = {one["title"]: one for one in listed}
    outcomes = sorted(str(one["outcome"]) for one in listed)
    assert outcomes == ["None", "adopted", "adopted"]
    blocked = told["Count relievers issued, not relievers asked for"]
    found = (await reader.get(f"/v1/decisions/{blocked['id']}")).json()["tally"]
    counted = {
        name: found[name] for name in ("agree", "abstain", "disagree", "block", "quorum_met")
    }
    assert counted == {"agree": 9, "abstain": 2, "disagree": 0, "block": 1, "quorum_met": True}
    (waits,) = [one for one in listed if one["status"] == "open"]
    assert waits["title"] == "Share our recall letter with all practices of the place"


@pytest.mark.anyio
async def test_what_is_carried_asked_and_kept(demo: TestHouse) -> None:
    reader, network_id = await inside(demo)
    duties = await every(reader, "/v1/duties", network_id=network_id)
    held = {one["title"]: [who["display_name"] for who in one["holders"]] for one in duties}
    assert held == {
        "Speaks for practices on respiratory care": [],
        "Sits with the patients' group": ["Saoirse Wrenfold"],
    }, "the first is due: its last term is over"
    asks = await every(reader, "/v1/asks", network_id=network_id)
    assert sorted(one["status"] for one in asks) == ["answered", "answered", "open"]
    links = await every(reader, "/v1/resources", network_id=network_id)
    assert {one["licence"] for one in links} == {"CC-BY-4.0", "CC0-1.0"}
    facilitator = await whose(demo, "farida-saltmarrow")
    pairs = await every(facilitator, f"/v1/networks/{network_id}/pairings")
    assert sorted(len(one["person_ids"]) for one in pairs) == [2, 2, 2, 3]
    (own,) = await every(reader, f"/v1/networks/{network_id}/pairings")
    assert own in pairs, "a member reads the pair they are in"


@pytest.mark.anyio
async def test_how_it_goes(demo: TestHouse) -> None:
    reader, network_id = await inside(demo)
    (survey,) = await every(reader, f"/v1/networks/{network_id}/survey-rounds")
    assert survey["state"] == "closed"
    results = (await reader.get(f"/v1/survey-rounds/{survey['id']}/results")).json()
    assert results["respondents"] == len(TOLD.surveys[0].by) == 12
    given = [answers["purpose_clear"] for answers in TOLD.surveys[0].answers]
    first = next(one for one in results["questions"] if one["code"] == "purpose_clear")
    assert first["mean"] == pytest.approx(sum(given) / len(given))
    (kept,) = await every(reader, f"/v1/networks/{network_id}/assessments")
    assert kept["levels"]["cooperative_structure"]["level"] == 2
