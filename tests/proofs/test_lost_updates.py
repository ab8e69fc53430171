"""Who edits what they have read loses nobody's edit: If-Match is honoured inside the transaction of the edit."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.house import Client, TestHouse
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import SEED, Figures, scaled

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
CLIENTS = 20
NEW = {"name": "A register", "purpose": "To be appended to.", "join_policy": "open"}


@dataclass
class Register:
    """A text that clients append to, one character for each edit, each character once."""

    path: str
    checked: bool
    text: str = "resourcing"
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    async def append(self, client: Client, mark: str, dice: random.Random) -> None:
        """Read, think, write; with If-Match again until it is done, without it once."""
        while True:
            read = await client.get(self.path)
            await asyncio.sleep(dice.uniform(0, 0.002))
            text = (read.json()[self.text] or "") + mark
            headers = {"If-Match": read.headers["etag"]} if self.checked else {}
            wrote = await client.patch(self.path, {self.text: text}, headers=headers)
            self.answers[wrote.status_code] += 1
            if wrote.status_code == 200:
                self.acknowledged.append(mark)
            if wrote.status_code != 412:
                return
            await asyncio.sleep(dice.uniform(0, 0.05))


async def race(house: TestHouse, edits: int, *, checked: bool) -> tuple[Register, str]:
    """Twenty clients append at once, each so many times. Returns the register and its final text."""
    ada = await house.person("Ada")
    made = await ada.client.post("/v1/networks", NEW)
    register = Register(f"/v1/networks/{made.json()['id']}", checked)

    async def client(number: int) -> None:
        dice = random.Random(f"{SEED} {number}")
        for index in range(edits):
            mark = chr(0x4E00 + number * edits + index)
            await register.append(ada.client, mark, dice)

    async def passer_by() -> None:
        """Joins and leaves: counts move the version, and must not stand in the way of an edit."""
        eve = await house.person("Eve")
        for _ in range(edits):
            spell = (await eve.client.post(f"{register.path}/join", {})).json()
            await eve.client.delete(f"/v1/members/{spell['id']}")

    await asyncio.gather(passer_by(), *(client(number) for number in range(CLIENTS)))
    return register, (await ada.client.get(register.path)).json()["resourcing"]


async def test_lost_updates(figures: Figures, new_database: NewDatabase) -> None:
    """20 clients, 50 edits each: the text has every acknowledged edit once."""
    async with TestHouse.over(new_database(), write_connections=8) as house:
        register, text = await race(house, scaled(50, 5), checked=True)
    figures.tell(
        clients=CLIENTS, acknowledged=len(register.acknowledged), lost=len(set(register.acknowledged) - set(text)),
        answers={str(status): count for status, count in sorted(register.answers.items())},
    )  # fmt: skip
    assert register.answers.keys() == {200, 412}
    assert sorted(text) == sorted(register.acknowledged)
    assert len(text) == CLIENTS * scaled(50, 5)


async def test_lost_updates_control(figures: Figures, new_database: NewDatabase) -> None:
    """Without If-Match the same clients lose each other's edits."""
    async with TestHouse.over(new_database(), write_connections=8) as house:
        register, text = await race(house, scaled(20, 5), checked=False)
    lost = len(set(register.acknowledged) - set(text))
    figures.tell(clients=CLIENTS, acknowledged=len(register.acknowledged), lost=lost)
    assert register.answers.keys() == {200}
    assert lost > 0, "nobody was in anybody's way: the race is no race"


async def made(ada: Client, network_id: str, kind: str) -> tuple[str, str]:
    """The path of a meeting, of minutes or of an action, and its field that is appended to."""
    plan = {"title": "A round", "starts_at": "2030-04-09T12:30:00Z", "announce": True}
    meeting = (await ada.post("/v1/meetings", {**plan, "network_id": network_id})).json()["id"]
    if kind == "meetings":
        return f"/v1/meetings/{meeting}", "description"
    body = {"minutes": {"text": "-"}, "actions": {"title": "A task"}}[kind]
    row = (await ada.post(f"/v1/{kind}", {**body, "meeting_id": meeting})).json()["id"]
    return f"/v1/{kind}/{row}", {"minutes": "text", "actions": "detail"}[kind]


@pytest.mark.parametrize("kind", ["meetings", "minutes", "actions"])
async def test_lost_updates_of_meetings(
    figures: Figures, new_database: NewDatabase, kind: str
) -> None:
    """The same of a meeting, of its minutes and of what came of it."""
    edits = scaled(20, 2)
    async with TestHouse.over(new_database(), write_connections=8) as house:
        ada = await house.person("Ada")
        network_id = (await ada.client.post("/v1/networks", NEW)).json()["id"]
        path, field_name = await made(ada.client, network_id, kind)
        register = Register(path, checked=True, text=field_name)

        async def client(number: int) -> None:
            dice = random.Random(f"{SEED} {number}")
            for index in range(edits):
                mark = chr(0x4E00 + number * edits + index)
                await register.append(ada.client, mark, dice)

        await asyncio.gather(*(client(number) for number in range(CLIENTS)))
        text = (await ada.client.get(path)).json()[field_name].removeprefix("-")
    figures.tell(
        kind=kind, clients=CLIENTS, acknowledged=len(register.acknowledged),
        lost=len(set(register.acknowledged) - set(text)),
    )  # fmt: skip
    assert register.answers.keys() == {200, 412}
    assert sorted(text) == sorted(register.acknowledged)
    assert len(text) == CLIENTS * edits
