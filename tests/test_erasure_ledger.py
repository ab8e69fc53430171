"""The ledger of erasures: who was erased after a backup was made is erased again when it is restored."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.exchange.privacy import ledger
from app.exchange.privacy.ledger import Entry, LedgerFault
from app.settings import Settings
from tests.dumps import held, hits, restore_into
from tests.house import TestHouse
from tests.postgres import PostgresServer
from tests.privacy_story import ERASE, TRACES, counts, story

pytestmark = pytest.mark.anyio
NOBODY = "01900000-0000-7000-8000-00000000dead"


@pytest.fixture
def restored_url(
    engine: str, postgres: PostgresServer, tmp_path: Path, worker_id: str
) -> Iterator[str]:
    """An empty database for a backup."""
    if engine == "sqlite":
        (tmp_path / "elsewhere").mkdir()
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'restored.db'}"
        return
    name = f"restored_{worker_id}"
    postgres.create_database(name)
    yield postgres.url(name)
    postgres.drop_database(name)


async def test_a_restored_backup_erases_again(own_url: str, restored_url: str) -> None:
    async with TestHouse.over(own_url) as house:
        zora, _, networks = await story(house)
        before = await counts(house.anonymous, networks)
    restore_into(restored_url, own_url)
    async with TestHouse.over(own_url) as house:
        answer = await house.anonymous.delete(
            ERASE, headers={"Authorization": f"Bearer {zora.token}"}
        )
        assert answer.status_code == 204
        entries = ledger.read(ledger.lines_of(await ledger.entries_in(house.app.rooms.house.db)))
    assert [entry.person_id for entry in entries] == [zora.id]
    assert hits(held(restored_url), TRACES) == list(TRACES)  # everything is back

    async with TestHouse.over(restored_url) as house:
        inside = house.app.rooms.house
        tried = await ledger.replay(inside, entries, dry_run=True)
        assert (tried.erased, tried.already) == ((zora.id,), ())
        assert hits(held(restored_url), TRACES) == list(TRACES)
        done = await ledger.replay(inside, entries)
        assert (done.erased, done.already, done.unknown, done.unled) == ((zora.id,), (), (), ())
        assert await counts(house.anonymous, networks) == before
        again = await ledger.replay(inside, entries)
        assert (again.erased, again.already) == ((), (zora.id,))
        assert [one.person_id for one in await ledger.entries_in(inside.db)] == [zora.id]
    assert hits(held(restored_url), [*TRACES, zora.token]) == []


async def test_nothing_stops_a_replay(house: TestHouse) -> None:
    """The last facilitator of a network and an only operator were erased before, so they are again."""
    olga = await house.person("Olga", operator=True)
    made = await olga.client.post("/v1/networks", {"name": "Hers", "purpose": "To lead."})
    at = "2026-01-02T03:04:05.000000Z"
    done = await ledger.replay(
        house.app.rooms.house, [Entry(olga.id, at), Entry(NOBODY, at), Entry(olga.id, at)]
    )
    assert done.unled == (made.json()["id"],)
    assert (done.erased, done.already, done.unknown) == ((olga.id,), (olga.id,), (NOBODY,))
    assert (await olga.client.get("/v1/me")).status_code == 401
    noted = {
        one.person_id: one.erased_at for one in await ledger.entries_in(house.app.rooms.house.db)
    }
    assert noted[NOBODY] == at


async def test_the_file_is_written_with_the_erasure(own_url: str, tmp_path: Path) -> None:
    """Beside a SQLite file, or where the setting says; PostgreSQL has none of its own accord."""
    chosen = tmp_path / "kept" / "ledger"
    chosen.parent.mkdir()
    wanted: tuple[tuple[dict[str, Any], Path], ...] = (
        ({}, Path(own_url.removeprefix("sqlite:///") + ".erasures")),
        ({"erasure_ledger": str(chosen)}, chosen),
    )
    for settings, file in wanted:
        async with TestHouse.over(own_url, **settings) as house:
            ada = await house.person("Ada")
            assert (await ada.client.delete(ERASE)).status_code == 204
        if own_url.startswith("sqlite") or settings:
            assert ledger.read(file.read_text())[-1].person_id == ada.id
        else:
            assert ledger.file_of(Settings(database_url=own_url)) is None
    # The file that was new has everybody, not the last one alone.
    assert len(ledger.read(chosen.read_text())) == 2


async def test_a_file_that_cannot_be_written_stops_no_erasure(
    own_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is brought into step later, and nothing is in it twice."""
    missing = tmp_path / "not yet" / "ledger"
    async with TestHouse.over(own_url, erasure_ledger=str(missing)) as house:
        ada = await house.person("Ada")
        assert (await ada.client.delete(ERASE)).status_code == 204
        (line,) = [json.loads(record.message) for record in caplog.records]
        told = (line["event"], line["job"], line["error"])
        assert told == ("job_failed", "erasure", "FileNotFoundError")
        missing.parent.mkdir()
        db, settings = house.app.rooms.house.db, house.app.rooms.settings
        assert await ledger.keep_in_step(db, settings) == 1
        assert await ledger.keep_in_step(db, settings) == 0
    assert [one.person_id for one in ledger.read(missing.read_text())] == [ada.id]


def test_a_ledger_that_is_none_is_refused_by_line() -> None:
    good = f"2026-01-02T03:04:05.000000Z {NOBODY}\n"
    assert ledger.read(good + "\n" + good) == [Entry(NOBODY, good[:27])]
    for bad in (
        "nonsense",
        "yesterday " + NOBODY,
        "2026-01-02T03:04:05Z 12",
        good.strip() + " more",
    ):
        with pytest.raises(LedgerFault, match="line 2"):
            ledger.read(good + bad + "\n")
