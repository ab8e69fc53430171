"""Two worlds that differ in who it was, walked by everybody else: what both tell, held against each other."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from tests.permissions.facts import Facts
from tests.permissions.runner import Trial
from tests.two_worlds.readings import Transcript, differences
from tests.two_worlds.test_two_worlds import given_secrets, ids_of
from tests.two_worlds.world import World

# A seal is a sum over everything that was written: it differs wherever anything does (docs/decisions/0022).
SEAL = re.compile(rb'"seal":"[0-9a-f]{64}"')
# How busy the service is: seconds and bytes, for operators.
MEASURED = ("GET /metrics", "HEAD /metrics")
Ids = dict[str, list[str]]
Live = Callable[[World], Awaitable[None]]
Writes = Callable[[World], list[tuple[str, str, Any]]]
ANYTHING = ("",)


@asynccontextmanager
async def two_worlds(
    pair: tuple[str, str], shapes: dict[str, Any], live: Live, **settings: Any
) -> AsyncIterator[tuple[list[World], Ids]]:
    """Both worlds after what happens in them, and every id there is, which is the same in both."""
    async with AsyncExitStack() as stack:
        worlds = [
            await stack.enter_async_context(World.over(url, fuller=fuller, **settings))
            for url, fuller in zip(pair, (False, True), strict=True)
        ]
        for world in worlds:
            db: Any = world.house.app.rooms.house.db
            db._shapes = shapes.setdefault(db.name, db._shapes)
            with given_secrets(world):
                await live(world)
        ids = await ids_of(worlds[1])
        assert ids == await ids_of(worlds[0])
        yield worlds, ids


async def _told(
    world: World, reader: str, ids: Ids, writes: Writes, only: tuple[str, ...]
) -> Transcript:
    trial, transcript = Trial(world.house, Facts()), Transcript(world, reader, ids, only=only)
    await transcript.everything({})
    async with trial.undoing():
        for method, path, json in writes(world):
            await transcript.try_out(method, path, json)
    transcript.lines = {
        asked: (line[0], SEAL.sub(b"", line[1]), line[2])
        for asked, line in transcript.lines.items()
        if not asked.startswith(MEASURED)
    }
    return transcript


async def told(
    worlds: list[World], reader: str, ids: Ids, writes: Writes, only: tuple[str, ...]
) -> list[Transcript]:
    """What each world tells a reader, by everything that they may ask or try; nothing that they try is kept."""
    sheets = []
    for world in worlds:
        with given_secrets(world):
            sheets.append(await _told(world, reader, ids, writes, only))
    return sheets


async def compare(
    pair: tuple[str, str],
    readers: tuple[str, ...],
    shapes: dict[str, Any],
    live: Live,
    writes: Writes,
    only: tuple[str, ...] = ANYTHING,
    **settings: Any,
) -> tuple[int, list[str]]:
    """How many answers were compared, and those that differ."""
    asked, found = 0, []
    async with two_worlds(pair, shapes, live, **settings) as (worlds, ids):
        for reader in readers:
            sheets = await told(worlds, reader, ids, writes, only)
            asked += len(sheets[0].lines)
            found += differences(*sheets)
    return asked, found
