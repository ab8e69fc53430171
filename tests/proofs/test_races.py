"""Two people decide at the same instant: a rule of the network holds for both together."""

import asyncio
from collections import Counter

import httpx2
import pytest
from sqlalchemy import func, select

from app.core import fetching
from app.core.work import Work
from app.db.database import Reads, fetch_one
from app.features.networks import member_commands
from app.models import Member
from tests.house import TestHouse, TestPerson
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import Figures, scaled
from tests.proofs.whole import half_written

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
NEW = {"name": "A network of two", "purpose": "To be left by both.", "join_policy": "open"}


async def leave(person: TestPerson, spell_id: str) -> httpx2.Response:
    """Leave."""
    return await person.client.delete(f"/v1/members/{spell_id}")


async def step_down(person: TestPerson, spell_id: str) -> httpx2.Response:
    """Become a plain member."""
    return await person.client.patch(f"/v1/members/{spell_id}", {"role": "member"})


WAYS_TO_GO = ((leave, leave), (leave, step_down), (step_down, leave))
WAYS_TO_DECIDE = (("approve", "approve"), ("approve", "decline"), ("decline", "approve"))


def outcome(answer: httpx2.Response) -> str:
    """The status, and the code of a problem."""
    code = f" {answer.json()['code']}" if answer.status_code >= 400 else ""
    return f"{answer.status_code}{code}"


async def network_of_two(ada: TestPerson, ben: TestPerson) -> tuple[str, str, str]:
    """A network with two facilitators; its id and their spells."""
    network_id = (await ada.client.post("/v1/networks", NEW)).json()["id"]
    hers = (await ada.client.get("/v1/members", params={"network_id": network_id})).json()
    his = (await ben.client.post(f"/v1/networks/{network_id}/join", {})).json()
    made = await ada.client.patch(f"/v1/members/{his['id']}", {"role": "facilitator"})
    assert made.status_code == 200, made.text
    return network_id, hers["items"][0]["id"], his["id"]


async def facilitators(reads: Reads, network_id: str) -> int:
    """How many active facilitators a network has."""
    build = lambda: select(func.count().label("rows")).where(  # noqa: E731
        Member.network_id == network_id, Member.role == "facilitator", Member.status == "active"
    )
    row = await fetch_one(reads, ("proof facilitators", network_id), build, {})
    assert row is not None
    return int(row["rows"])


async def test_last_facilitator(figures: Figures, new_database: NewDatabase) -> None:
    """50 pairs of facilitators leave or step down at the same instant: one stays, who is told why."""
    async with TestHouse.over(new_database(), write_connections=8) as house:
        reads = house.app.rooms.house.db
        ada, ben = await house.person("Ada"), await house.person("Ben")
        pairs, outcomes = scaled(50, 6), Counter[str]()
        for index in range(pairs):
            network_id, hers, his = await network_of_two(ada, ben)
            ways = WAYS_TO_GO[index % 3]
            answers = await asyncio.gather(ways[0](ada, hers), ways[1](ben, his))
            outcomes.update(outcome(answer) for answer in answers)
            assert await facilitators(reads, network_id) == 1
        assert await half_written(reads) == []
    figures.tell(pairs=pairs, outcomes=dict(outcomes))
    assert outcomes["409 last_facilitator"] == pairs
    assert sum(count for name, count in outcomes.items() if name[0] == "2") == pairs


async def test_last_facilitator_control(
    figures: Figures, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """Without the lock and the version check both may go.

    SQLite's one writer stands in for both, so there the control takes away the rule.
    """
    if engine == "postgresql":
        lockless, update = fetching._network, Work.update
        monkeypatch.setattr(fetching, "_network", lambda rank, **_: lockless(rank, lock=False))
        monkeypatch.setattr(Work, "update", lambda *given, **_: update(*given))
    else:

        async def nobody(_work: Work, _network_id: str) -> bool:
            return False

        monkeypatch.setattr(member_commands, "is_last_facilitator", nobody)
    both_gone = 0
    async with TestHouse.over(new_database(), write_connections=8) as house:
        ada, ben = await house.person("Ada"), await house.person("Ben")
        for _ in range(200):
            network_id, hers, his = await network_of_two(ada, ben)
            await asyncio.gather(leave(ada, hers), leave(ben, his))
            both_gone += await facilitators(house.app.rooms.house.db, network_id) == 0
            if both_gone:
                break
    figures.tell(both_gone=both_gone)
    assert both_gone > 0


async def test_one_decision(figures: Figures, new_database: NewDatabase) -> None:
    """50 requests that two facilitators answer at once, with yes and yes, or with yes and no: one answer counts."""
    async with TestHouse.over(new_database(), write_connections=8) as house:
        reads = house.app.rooms.house.db
        ada, ben, eve = [await house.person(name) for name in ("Ada", "Ben", "Eve")]
        requests, outcomes = scaled(50, 6), Counter[str]()
        for index in range(requests):
            network_id, _, _ = await network_of_two(ada, ben)
            path = f"/v1/networks/{network_id}"
            await ada.client.patch(path, {"join_policy": "request"})
            spell = (await eve.client.post(f"{path}/join", {})).json()
            verbs = WAYS_TO_DECIDE[index % 3]
            answers = await asyncio.gather(
                *(
                    person.client.post(f"/v1/members/{spell['id']}/{verb}")
                    for person, verb in zip((ada, ben), verbs, strict=True)
                )
            )
            outcomes.update(outcome(answer) for answer in answers)
            done = [answer.status_code for answer in answers if answer.status_code < 300]
            assert len(done) == 1
            members = (await ada.client.get(path)).json()["member_count"]
            assert members == (3 if done == [200] else 2)
        assert await half_written(reads) == []
    figures.tell(requests=requests, outcomes=dict(outcomes))
