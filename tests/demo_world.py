"""The demo as tests read it: loaded on a day in November, by whoever it is that looks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Text, select

from app.exchange.demo.load import SYSTEM, load_demo
from app.models import Person
from tests.house import Client, TestHouse
from tests.reference import load_small, quiet

LOADED = datetime(2026, 11, 23, 9, tzinfo=UTC)


@asynccontextmanager
async def loaded_demo(url: str) -> AsyncIterator[TestHouse]:
    """A house with the demo in an empty database."""
    async with TestHouse.over(url, clock=lambda: LOADED) as house:
        await load_small(house.app.rooms.house)
        await load_demo(house.app.rooms.house, quiet)
        yield house


async def whose(house: TestHouse, key: str, **more: Any) -> Client:
    """The client of an invented person."""
    found = await house.app.rooms.house.db.fetch("people", _people, {})
    (person_id,) = [
        row["id"] for row in found if f'"{key}"' in row["known"] and SYSTEM in row["known"]
    ]
    return Client(house.http, await house.token(person_id, **more))


def _people() -> Any:
    return select(Person.id, Person.external_ids.cast(Text).label("known"))


async def every(client: Client, path: str, **params: Any) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await client.get(path, params={**params, "limit": 100, **cursor})).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
