"""What ships is loaded at a start, once, whole or not at all; what was imported later stays."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.work import House
from app.exchange.ods.importer import import_file
from app.exchange.ods.load import load_baseline
from tests.house import TestHouse
from tests.ods_samples import FILES, SAMPLES, epraccur
from tests.reference import (
    everything,
    load_small,
    quiet,
    small_organisations,
    small_reference,
)

pytestmark = pytest.mark.anyio
DENSHAM = "A81001"
EPRACCUR = SAMPLES / FILES["epraccur"]


@pytest.fixture
async def fresh(own_url: str) -> AsyncIterator[TestHouse]:
    """The service over a database of this test's own, with the small reference data."""
    async with TestHouse.over(own_url) as house:
        await load_small(house.app.rooms.house)
        yield house


@pytest.fixture
def rooms(fresh: TestHouse) -> House:
    """What loads take."""
    return fresh.app.rooms.house


KILLED = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from app.core.ids import new_id
from app.core.work import House
from app.db.open import open_database
from app.exchange.ods.importer import import_file
from app.exchange.ods.load import load_baseline
from app.models import Base
from tests.reference import small_reference

url, what, path, stage = sys.argv[1:]

def die(now, done, total):
    if now == stage and done == total:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    db = open_database(url, Base.metadata, read_connections=1, write_connections=1)
    await db.start()
    house = House(db, lambda: datetime.now(UTC), new_id)
    if what == "baseline":
        await load_baseline(house, die, small_reference())
    else:
        await import_file(house, Path(path), what, report=die)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("what", "stage"),
    [("baseline", "organisations"), ("baseline", "vocabularies"), ("epraccur", "organisations")],
)
async def test_killed_in_the_middle_is_as_if_never_begun(
    own_url: str, what: str, stage: str
) -> None:
    async with TestHouse.over(own_url) as house:
        if what != "baseline":
            await load_small(house.app.rooms.house)
        before = await everything(house.app.rooms.house)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        KILLED,
        own_url,
        what,
        str(EPRACCUR),
        stage,
        cwd=Path(__file__).parent.parent,
    )
    assert await process.wait() == -signal.SIGKILL
    async with TestHouse.over(own_url) as house:
        rooms = house.app.rooms.house
        assert await everything(rooms) == before
        loaded = await load_small(rooms)
        assert loaded.loaded is (what == "baseline")
        assert (await import_file(rooms, EPRACCUR, "epraccur", report=quiet)).added == 258


async def test_a_start_with_nothing_to_load_leaves_all_alone(rooms: House) -> None:
    before = await everything(rooms)
    again = await load_small(rooms)
    assert (again.loaded, again.added) == (False, 0)
    assert await everything(rooms) == before


async def test_another_baseline_changes_what_differs_and_closes_nothing(rooms: House) -> None:
    shipped = dict(small_organisations())
    gone = shipped.pop("A81002")
    shipped[DENSHAM] = replace(
        shipped[DENSHAM], name="THE NEW SURGERY", latitude=None, longitude=None
    )
    shipped["A81999"] = replace(shipped[DENSHAM], code="A81999")
    data = replace(small_reference("another"), organisations=shipped.values)
    before = await everything(rooms)
    report = await load_baseline(rooms, quiet, data)
    assert (report.added, report.changed) == (1, 1)
    after = await everything(rooms)
    assert len(after["organisation"]) == len(before["organisation"]) + 1
    assert any(gone.code in row for row in after["organisation"])
    lost = set(before["organisation"]) - set(after["organisation"])
    (new,) = [
        row for row in after["organisation"] if f'"code":"{DENSHAM}"' in row and '"name"' in row
    ]
    assert len(lost) == 1
    assert "THE NEW SURGERY" in new
    assert str(small_organisations()[DENSHAM].latitude) in new


async def test_what_was_imported_later_is_not_overwritten_by_what_ships(
    rooms: House, fresh: TestHouse, tmp_path: Path
) -> None:
    told = tmp_path / "told.csv"
    told.write_bytes(epraccur(c2="AS IMPORTED", c15="26A", c16="20240101"))
    await import_file(rooms, told, "epraccur", report=quiet)
    path = f"/v1/organisations/{DENSHAM}"
    imported = (await fresh.anonymous.get(path)).json()
    older = replace(
        small_reference("older"),
        organisations=lambda: [
            *small_organisations().values(),
            replace(small_organisations()[DENSHAM], code="A81999"),
        ],
    )
    report = await load_baseline(rooms, quiet, older)
    assert (report.added, report.changed) == (1, 0)
    assert (await fresh.anonymous.get(path)).json() == imported
    assert (await import_file(rooms, told, "epraccur", report=quiet)).unchanged == 1
    # The other way round: what ships is newer than the import, and wins.
    newer = replace(older, digest="newer", as_of=datetime.now(UTC) + timedelta(days=1))
    assert (await load_baseline(rooms, quiet, newer)).changed == 1
    assert (await fresh.anonymous.get(path)).json()["name"] == "THE DENSHAM SURGERY"


async def test_all_that_ships_is_loaded_and_served(own_url: str) -> None:
    async with TestHouse.over(own_url) as house:
        rooms = house.app.rooms.house
        report = await load_baseline(rooms, quiet)
        assert (report.added, report.outcodes, report.towns, report.terms) == (
            8241,
            2996,
            3170,
            150,
        )
        assert (await load_baseline(rooms, quiet)).loaded is False
        found = await house.anonymous.get("/v1/organisations", params={"near": "S1", "limit": 100})
        assert len(found.json()["items"]) == 100
