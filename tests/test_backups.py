"""Backups of SQLite: made under load, whole or not at all, and nobody is told a wrong word after a restore."""

import asyncio
import os
import shutil
import signal
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import SECRET_KEY, free_port, run, running
from tests.house import TestHouse
from tests.raw import raw

NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks in our patch."}
TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
)


@pytest.fixture
def database(templates: dict[str, str], tmp_path: Path) -> Path:
    """A migrated SQLite database."""
    file = tmp_path / "served.db"
    shutil.copy(templates["sqlite"], file)
    return file


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def rows(file: Path) -> dict[str, list[Any]]:
    """Every row of every table, but the epoch and what SQLite keeps for the search."""
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute(TABLES) if "_fts" not in name]
        found = {
            name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names
        }
        found["feed_head"] = [str(connection.execute("SELECT seq, seal FROM feed_head").fetchall())]
    return found


async def live(url: str, names: tuple[str, ...] = ("Ada", "Ben")) -> dict[str, Any]:
    """People with a network; a cursor of the feed and their tokens."""
    async with TestHouse.over(url) as house:
        people = [await house.person(name) for name in names]
        await people[0].client.post("/v1/networks", NEW)
        first = await people[0].client.get("/v1/networks")
        return {
            "cursor": first.json()["changes_cursor"],
            "people": {name: (one.id, one.token) for name, one in zip(names, people, strict=True)},
        }


async def status_with(url: str, token: str, cursor: str) -> tuple[int, str | None]:
    async with TestHouse.over(url) as house:
        answer = await house.http.get(
            "/v1/changes", params={"cursor": cursor}, headers={"Authorization": f"Bearer {token}"}
        )
        return answer.status_code, answer.json().get("code")


async def erase(url: str, person_id: str, token: str) -> None:
    async with TestHouse.over(url) as house:
        answer = await house.http.delete("/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 204, (person_id, answer.text)


def test_there_and_back(database: Path, tmp_path: Path) -> None:
    """The same rows; old cursors begin again; whoever was erased since is erased again."""
    url, kept = url_of(database), tmp_path / "kept.db"
    lived = asyncio.run(live(url))
    before = rows(database)
    said = run("backup", str(kept), DATABASE_URL=url)
    assert said.returncode == 0, said.stderr
    assert f"{kept} has {kept.stat().st_size:,} bytes. The log is whole: " in said.stdout
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert rows(kept) == before
    assert sorted(path.name for path in tmp_path.glob("kept.db*")) == ["kept.db"]

    person_id, token = lived["people"]["Ben"]
    ada = lived["people"]["Ada"][1]
    assert asyncio.run(status_with(url, ada, lived["cursor"]))[0] == 200
    asyncio.run(erase(url, person_id, token))
    Path(f"{database}.erasures").unlink(missing_ok=True)  # the database itself knows of it as well
    said = run("restore", str(kept), DATABASE_URL=url)
    assert said.returncode == 0, said.stderr
    assert "Erased again: 1 people." in said.stdout
    assert asyncio.run(status_with(url, ada, lived["cursor"])) == (410, "resync_required")
    assert asyncio.run(status_with(url, token, lived["cursor"]))[0] == 401
    ((name, ledger),) = asyncio.run(
        raw(
            url,
            f"SELECT display_name, (SELECT count(*) FROM erasure) FROM person WHERE id = '{person_id}'",
        )
    )
    assert name.startswith("Former member ")
    assert ledger == 1
    assert run("audit", "verify", DATABASE_URL=url).returncode == 0
    (aside,) = tmp_path.glob("served.db.replaced-*")
    assert aside.name in said.stderr
    after = rows(database)
    for table in ("network", "organisation", "member_role", "network_purpose"):
        assert after[table] == before[table]
    assert not list(tmp_path.glob("*.restoring*"))
    assert b"Ben" not in database.read_bytes()


def test_an_unserved_place_needs_no_database(database: Path, tmp_path: Path) -> None:
    """A new machine has the backup and nothing else; without erasures the rows are the same."""
    asyncio.run(live(url_of(database)))
    kept, new = tmp_path / "kept.db", tmp_path / "new" / "qi.db"
    new.parent.mkdir()
    assert run("backup", str(kept), DATABASE_URL=url_of(database)).returncode == 0
    assert run("restore", str(kept), DATABASE_URL=url_of(new)).returncode == 0
    assert rows(new) == rows(database)
    ((epoch,),) = asyncio.run(raw(url_of(new), "SELECT epoch FROM feed_head"))
    assert [(epoch,)] != asyncio.run(raw(url_of(database), "SELECT epoch FROM feed_head"))
    assert sorted(path.name for path in new.parent.iterdir()) == ["qi.db"]


def refuse_to_restore(file: Path, target: Path, *words: str) -> None:
    """Refused in one sentence, and nothing is there that was not there before."""
    before = {path: path.read_bytes() for path in target.parent.iterdir() if path.is_file()}
    said = run("restore", str(file), DATABASE_URL=url_of(target))
    assert said.returncode == 1, said.stdout
    for word in words:
        assert word in said.stderr, said.stderr
    assert "Traceback" not in said.stderr
    after = {path: path.read_bytes() for path in target.parent.iterdir() if path.is_file()}
    assert set(after) == set(before)
    same = {path for path in before if path != target}
    assert {path: after[path] for path in same} == {path: before[path] for path in same}
    assert rows(target)  # still a database


def test_what_is_no_good_backup_is_refused(database: Path, tmp_path: Path) -> None:
    asyncio.run(live(url_of(database)))
    kept = tmp_path / "kept.db"
    assert run("backup", str(kept), DATABASE_URL=url_of(database)).returncode == 0
    again = run("backup", str(kept), DATABASE_URL=url_of(database))
    assert (again.returncode, "is there already" in again.stderr) == (1, True)

    refuse_to_restore(tmp_path / "nothing.db", database, "There is no file")
    words = tmp_path / "words.db"
    words.write_text("not a database at all, but long enough to look at" * 20)
    refuse_to_restore(words, database, "no backup of QI Networks")
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE something (id INTEGER)")
    refuse_to_restore(other, database, "no backup of QI Networks")
    for name, edit, said in (
        ("newer", "UPDATE alembic_version SET version_num = '9999'", "does not know"),
        ("edited", "UPDATE change SET action = 'person.updated' WHERE seq = 2", "was edited at position 2"),
        ("loose", "DELETE FROM person", "refers to nothing in person"),
    ):  # fmt: skip
        bad = tmp_path / f"{name}.db"
        shutil.copy(kept, bad)
        with closing(sqlite3.connect(bad)) as connection, connection:
            connection.execute(edit)
        refuse_to_restore(bad, database, said)
    torn = tmp_path / "torn.db"
    torn.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    refuse_to_restore(torn, database)
    other_page = tmp_path / "page.db"
    data = bytearray(kept.read_bytes())
    data[8192:12288] = os.urandom(4096)
    other_page.write_bytes(data)
    refuse_to_restore(other_page, database)


def test_an_older_backup_is_migrated(tmp_path: Path, database: Path) -> None:
    """A backup of the release before becomes one of this release on the way."""
    from app.db.schema import migrate

    old = tmp_path / "old.db"
    migrate(url_of(old), "0001")
    said = run("restore", str(old), DATABASE_URL=url_of(database))
    assert said.returncode == 0, said.stderr
    assert "The backup is at migration 0001" in said.stderr
    assert run("audit", "verify", DATABASE_URL=url_of(database)).returncode == 0
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            ("0001",)
        ]


@contextmanager
def served(file: Path) -> Iterator[str]:
    """The service over this file; its address."""
    port = free_port()
    settings = {"DATABASE_URL": url_of(file), "SECRET_KEY": SECRET_KEY, "PORT": str(port)}
    with running("serve", **settings, ACCESS_LOG="false") as server:
        address = f"http://127.0.0.1:{port}"
        server.wait_until_it_answers(f"{address}/livez")
        yield address
        with suppress(ProcessLookupError):
            server.stop(signal.SIGTERM)


def test_a_database_that_is_served_is_not_replaced(database: Path, tmp_path: Path) -> None:
    asyncio.run(live(url_of(database)))
    kept = tmp_path / "kept.db"
    with served(database):
        assert run("backup", str(kept), DATABASE_URL=url_of(database)).returncode == 0
        said = run("restore", str(kept), DATABASE_URL=url_of(database))
        assert (said.returncode, "Stop the service first" in said.stderr) == (1, True), said.stderr
        assert not list(tmp_path.glob("*.restoring*"))
        done = run("restored", DATABASE_URL=url_of(database))
        assert (done.returncode, "Stop the service first" in done.stderr) == (1, True), done.stderr
    assert run("restore", str(kept), DATABASE_URL=url_of(database)).returncode == 0


def test_a_backup_under_load_is_one_moment(database: Path, tmp_path: Path) -> None:
    """While others write as fast as they can, each backup is whole: log and resources fit, and it does not starve."""
    url = url_of(database)

    async def busy() -> list[Path]:
        made: list[Path] = []
        async with TestHouse.over(url) as house:
            ada = await house.person("Ada")
            stop = asyncio.Event()

            async def write() -> int:
                count = 0
                while not stop.is_set():
                    assert (await ada.client.post("/v1/networks", NEW)).status_code == 201
                    count += 1
                return count

            writing = asyncio.create_task(write())
            for number in range(3):
                file = tmp_path / f"kept{number}.db"
                said = await asyncio.to_thread(run, "backup", str(file), DATABASE_URL=url)
                assert said.returncode == 0, said.stderr
                made.append(file)
            stop.set()
            assert await writing > 20
        return made

    counts = []
    for file in asyncio.run(busy()):
        with closing(sqlite3.connect(file)) as connection:
            ((seq, changes, networks),) = connection.execute(
                "SELECT (SELECT seq FROM feed_head), (SELECT count(*) FROM change), (SELECT count(*) FROM network)"
            ).fetchall()
            created = "SELECT count(*) FROM change WHERE action = 'network.created'"
            assert connection.execute(created).fetchone() == (networks,)
        assert seq == changes
        counts.append(networks)
    assert counts == sorted(set(counts)), "nothing was written meanwhile"
    new = tmp_path / "new.db"
    assert run("restore", str(file), DATABASE_URL=url_of(new)).returncode == 0
    assert rows(new) == rows(file)
