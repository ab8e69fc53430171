"""Who reported content, and who accepted a code of conduct, is told to nobody: by nothing that anybody may ask or try.

Two worlds differ in nothing but who it was. Everybody else walks every operation of the contract in both, and is
answered with the same bytes.
"""

from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import exists, false, select

from app.core import hiding
from app.features.audit import queries as audit_queries
from app.features.moderation import commands
from app.features.moderation import queries as reports
from app.models import Person, Report
from tests.permissions.facts import Facts
from tests.permissions.runner import Trial
from tests.proofs.figures import SCALE, Figures
from tests.two_worlds import reporting
from tests.two_worlds.readings import Transcript, differences
from tests.two_worlds.test_chatham_house import MEASURED, SEAL
from tests.two_worlds.test_two_worlds import SHAPES, given_secrets, ids_of
from tests.two_worlds.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.prove]


def _hals() -> Any:
    """A report is Hal's: what differs between the worlds."""
    return exists(select(1).where(Person.id == Report.reporter_id, Person.display_name == "Hal"))


# While counts are small: those who might see most.
FEW = ("Ben", "Zoe", "Olga")


async def told(
    world: World, reader: str, ids: dict[str, list[str]], only: tuple[str, ...]
) -> Transcript:
    """What a reader is told, by everything that they may ask or try; nothing that they try is kept."""
    trial, transcript = Trial(world.house, Facts()), Transcript(world, reader, ids, only=only)
    await transcript.everything({})
    async with trial.undoing():
        for method, path, json in reporting.writes(world):
            await transcript.try_out(method, path, json)
    transcript.lines = {
        asked: (line[0], SEAL.sub(b"", line[1]), line[2])
        for asked, line in transcript.lines.items()
        if not asked.startswith(MEASURED)
    }
    return transcript


async def compare(
    pair: tuple[str, str],
    readers: tuple[str, ...],
    shapes: dict[str, Any],
    only: tuple[str, ...] = ("",),
) -> tuple[int, list[str]]:
    """How many answers were compared, and those that differ."""
    async with AsyncExitStack() as stack:
        worlds = [
            await stack.enter_async_context(World.over(url, fuller=fuller))
            for url, fuller in zip(pair, (False, True), strict=True)
        ]
        for world in worlds:
            db: Any = world.house.app.rooms.house.db
            db._shapes = shapes.setdefault(db.name, db._shapes)
            with given_secrets(world):
                await reporting.beginning(world)
                await reporting.reporting(world)
        ids = await ids_of(worlds[1])
        assert ids == await ids_of(worlds[0])
        asked, found = 0, []
        for reader in readers:
            sheets = []
            for world in worlds:
                with given_secrets(world):
                    sheets.append(await told(world, reader, ids, only))
            asked += len(sheets[0].lines)
            found += differences(*sheets)
        return asked, found


async def test_no_reporter_is_told(pair: tuple[str, str], figures: Figures) -> None:
    readers = reporting.READERS if SCALE >= 1 else FEW
    asked, found = await compare(pair, readers, SHAPES)
    figures.tell(readers=len(readers), answers=asked, different=len(found))
    assert not found, f"{len(found)} of {asked} differ\n" + "\n".join(f[:400] for f in found[:8])
    assert asked > 300 * len(readers)


@pytest.mark.parametrize(
    ("guard", "reader"), [("mine", "Zoe"), ("audit", "Olga"), ("service", "Zoe")]
)
async def test_a_broken_guard_is_seen(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, guard: str, reader: str
) -> None:
    """The controls: lift what hides who it was, and the worlds differ."""
    if guard == "mine":  # everybody is told that it was who reported
        monkeypatch.setattr(reports, "mine", lambda *_: _hals())
    elif guard == "audit":
        monkeypatch.setattr(audit_queries, "blind", false)
    else:  # the service signs with the reporter's name

        async def signed(work: Any, network: Any, row: Any, **_: Any) -> None:
            await hiding.follow(work, network, row)

        monkeypatch.setattr(commands, "follow", signed)
    only = ("/v1/reports", "/v1/audit")
    _, found = await compare(pair, (reader,), {}, only)
    assert found, "nobody noticed"
