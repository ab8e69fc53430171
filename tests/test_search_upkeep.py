"""The words that rows are found by are made anew for a new release, and the spelling vocabulary when it is due."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from app.core import vocabulary, words
from app.core.work import House
from app.db.database import Transaction
from app.db.search import COLUMNS
from app.jobs.search_upkeep import _take_turn
from app.jobs.words_anew import WORDS_OF, bring_up_to_date, make_words_anew
from app.main import create_app
from app.models import Change, Network, Person, SearchState
from app.settings import Settings
from tests.house import SECRET, TestHouse
from tests.reference import quiet

pytestmark = pytest.mark.anyio
NEW = {
    "name": "Asthma in the valley",
    "purpose": "Fewer asthma attacks in our patch.",
    "visibility": "open",
}


@pytest.fixture
async def own(own_url: str) -> AsyncIterator[TestHouse]:
    async with TestHouse.over(own_url) as house:
        ada = await house.person("Ada", listed=True, search_name=words.document("Ada"))
        network = (await ada.client.post("/v1/networks", NEW)).json()
        meeting = {
            "network_id": network["id"],
            "title": "Inhaler clinic",
            "starts_at": "2030-04-09T12:30:00Z",
            "announce": True,
        }
        assert (await ada.client.post("/v1/meetings", meeting)).status_code == 201
        result = {
            "network_id": network["id"],
            "title": "What we tried",
            "summary": "Spacers for all.",
        }
        await ada.client.post("/v1/results", result)
        yield house


async def everything(house: House) -> dict[str, list[bytes]]:
    found = {}
    for model in (*WORDS_OF, Change):
        name = model.__tablename__
        key = model.seq if model is Change else model.id
        build = partial(_all_of, model, key)
        rows = await house.db.fetch(("all to find by", name), build, {})
        found[name] = [orjson.dumps(row) for row in rows]
    return found


def _all_of(model: Any, key: Any) -> Any:
    return select(*model.__table__.columns).order_by(key)


async def set_state(house: House, **values: Any) -> None:
    async def run(tx: Transaction) -> None:
        await tx.write_many(
            ("state of upkeep", tuple(values)), lambda: update(SearchState).values(values), [{}]
        )

    await house.db.unit(run)


async def wipe(house: House) -> None:
    """As if another release had made the words."""

    async def run(tx: Transaction) -> None:
        for model in WORDS_OF:
            other = partial(update(model).values, dict.fromkeys(COLUMNS, "wother"))
            await tx.write_many(("wipe", model.__tablename__), other, [{}])

    await house.db.unit(run)


async def test_words_are_what_commands_make_them_and_nothing_else_moves(own: TestHouse) -> None:
    house = own.app.rooms.house
    before = await everything(house)
    assert await make_words_anew(house, quiet) == 0, "commands and the job agree"
    await wipe(house)
    await set_state(house, words_version=1)
    assert (await own.anonymous.get("/v1/networks?q=valley")).json()["items"] == []
    await bring_up_to_date(house, quiet)
    assert await everything(house) == before
    assert (await vocabulary.state_of(house.db))["words_version"] == words.VERSION
    assert (await own.anonymous.get("/v1/networks?q=valley")).json()["items"] != []
    assert {"network", "person", "meeting", "result"} == {
        name for name, rows in before.items() if rows
    } - {"change"}


async def test_what_is_edited_meanwhile_keeps_its_own_words(own: TestHouse) -> None:
    house = own.app.rooms.house
    await wipe(house)

    async def edit(tx: Transaction) -> None:
        await tx.write_many(
            "edit meanwhile",
            lambda: update(Network).values(version=99, search_name="wedited"),
            [{}],
        )

    edited = asyncio.Event()

    def report(_what: str, _done: int, _total: int) -> None:
        edited.set()

    class Slow:
        """A database in which somebody edits between the reading and the writing."""

        def __getattr__(self, name: str) -> Any:
            return getattr(house.db, name)

        async def fetch_slow(self, *given: Any) -> Any:
            rows = await house.db.fetch_slow(*given)
            if not edited.is_set():
                await house.db.unit(edit)
            return rows

    await make_words_anew(House(Slow(), house.clock, house.new_id), report)
    (row,) = await house.db.fetch(
        "edited row", lambda: select(Network.search_name, Network.version), {}
    )
    assert row == {"search_name": "wedited", "version": 99}


def _at(instant: datetime) -> datetime:
    return instant


async def test_one_of_several_servers_does_it_and_only_when_it_is_due(own_url: str) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    async with TestHouse.over(own_url, clock=lambda: now) as own:
        house = own.app.rooms.house
        await set_state(house, words_version=words.VERSION)
        assert await _take_turn(house), "it never was"
        assert not await _take_turn(house)
        await house.db.unit(vocabulary.note_due)
        assert await _take_turn(house), "it is due"
    for later, version, due in (
        (timedelta(minutes=59), words.VERSION, False),
        (timedelta(hours=1), words.VERSION, True),
        (timedelta(hours=1, minutes=5), 1, False),
        (timedelta(hours=1, minutes=11), 1, True),
    ):
        async with TestHouse.over(own_url, clock=partial(_at, now + later)) as own:
            await set_state(own.app.rooms.house, words_version=version)
            assert await _take_turn(own.app.rooms.house) is due, later


async def test_a_server_does_it(
    own: TestHouse, own_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "app.jobs.search_upkeep.keep_search_ready.__kwdefaults__", {"every": 60.0, "settle": 0.0}
    )
    app = create_app(Settings(database_url=own_url), SECRET)
    house = own.app.rooms.house
    assert await vocabulary.uses_of(house.db, ["asthma"]) == {}
    async with app._lifespan(), asyncio.timeout(30):
        while not await vocabulary.uses_of(house.db, ["asthma"]):  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)


async def test_an_erasure_has_the_vocabulary_made_anew(own: TestHouse) -> None:
    house = own.app.rooms.house
    bea = await own.person("Bea")
    await vocabulary.rebuild(house, quiet)
    assert (await vocabulary.state_of(house.db))["built_at"] is not None
    answer = await bea.client.delete("/v1/me")
    assert answer.status_code == 204, answer.text
    assert (await vocabulary.state_of(house.db))["built_at"] is None
    assert await house.db.fetch("still there", lambda: select(Person.id), {})
