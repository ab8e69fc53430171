"""SQLite through the standard library: one read connection on the loop, three for slow reads, one writer.

Indexed reads run on the event loop: a thread pool makes them six times slower (every step drops the interpreter's
lock). Only what can wait - BEGIN IMMEDIATE, COMMIT, searches - runs in a thread.
"""

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from queue import SimpleQueue
from typing import Any, TypeVar

import orjson

from app.db import chain
from app.db.database import Build, ChangeRow, Transaction, Write
from app.db.errors import Contended, Dangling, DatabaseError, Duplicate, Rejected, Unavailable
from app.db.feed import BUMP, INSERT, change_values
from app.db.search import INDEXED
from app.db.statement import Document, Shapes
from app.db.to_the_end import to_the_end
from app.db.types import day_text, instant_text

T = TypeVar("T")
BUSY_MS = 5000
SEARCHERS = 3  # slow reads at a time: a long search leaves room for others
SEARCHER_KIB = 4096  # of pages that each of them keeps; the system's own cache has the rest
CUTS = 3  # tries to cut the log off, each as long as BUSY_MS: a long search may be reading from it
PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers never wait for the writer
    "PRAGMA synchronous = FULL",  # what was acknowledged survives a power cut
    f"PRAGMA busy_timeout = {BUSY_MS}",  # another process may be writing
    "PRAGMA foreign_keys = ON",  # off by default in SQLite
    "PRAGMA cache_size = -16384",  # 16 MiB a connection
    "PRAGMA temp_store = MEMORY",
)
_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")


def connect(path: str) -> sqlite3.Connection:
    """A connection with the house's settings; transactions are ours alone to open."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.create_function("next_seal", 2, chain.next_seal, deterministic=True)
    return connection


def scrub(path: str, searched: Sequence[str]) -> None:
    """Take out of the files what was deleted or overwritten; `searched` are tables with words for the search.

    The full-text index keeps the words of a row that changed until its segments are merged, pages keep what a row said
    before until something else needs the room, and the log has both until it is cut off.
    """
    connection = connect(path)
    try:
        # A copy of the database in memory could be more than there is.
        connection.execute("PRAGMA temp_store = FILE")
        for table in searched:
            connection.execute(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('optimize')")
        connection.execute("VACUUM")
        for _ in range(CUTS):
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
        raise sqlite3.OperationalError("the log is busy")
    finally:
        connection.close()


def _plain(value: Any) -> Any:
    """A value as SQLite stores it."""
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, list | tuple):
        return orjson.dumps(value).decode()
    return value


@contextmanager
def _house_errors(unique: Mapping[str, str]) -> Iterator[None]:
    """Turn the driver's exceptions into the house's."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        text = str(error)
        if match := _UNIQUE.match(text):
            raise Duplicate(unique.get(match[1], match[1])) from error
        if "FOREIGN KEY" in text:
            raise Dangling(text) from error
        raise Rejected(text) from error
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise Contended(str(error)) from error
        if any(word in str(error) for word in ("disk", "unable to open", "readonly", "full")):
            raise Unavailable(str(error)) from error
        raise DatabaseError(str(error)) from error
    except (OverflowError, UnicodeEncodeError, sqlite3.DataError) as error:
        raise Rejected(str(error)) from error


class SqliteTransaction:
    """The one transaction that may be open in this process."""

    def __init__(
        self, connection: sqlite3.Connection, shapes: Shapes, unique: Mapping[str, str]
    ) -> None:
        """`unique` maps SQLite's column lists to the names of the rules."""
        self._connection = connection
        self._shapes = shapes
        self._unique = unique

    def _run(self, text: str, values: Sequence[Any]) -> sqlite3.Cursor:
        with _house_errors(self._unique):
            return self._connection.execute(text, [_plain(value) for value in values])

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """See `Reads.fetch`."""
        statement = self._shapes.get(key, build)
        return statement.documents(self._run(statement.text, statement.values(values)).fetchall())

    async def write(self, writes: Sequence[Write]) -> None:
        """See `Transaction.write`."""
        for write in writes:
            statement = self._shapes.get(write.key, write.build)
            done = self._run(statement.text, statement.values(write.values))
            touched = done.rowcount if done.description is None else len(done.fetchall())
            if write.rows is not None and touched != write.rows:
                raise Contended(f"{write.target} changed meanwhile")

    async def write_many(
        self, key: object, build: Build, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """See `Transaction.write_many`."""
        statement = self._shapes.get(key, build)
        values = [[_plain(value) for value in statement.values(row)] for row in rows]
        with _house_errors(self._unique):
            self._connection.executemany(statement.text, values)

    async def finish(self, writes: Sequence[Write], changes: Sequence[ChangeRow]) -> None:
        """The writes, then the head, then the change rows: BEGIN IMMEDIATE has already put everybody in line."""
        await self.write(writes)
        if changes:
            head, seal = self._run(BUMP, [len(changes), chain.digest(changes)]).fetchone()
            for position, change in enumerate(changes, head - len(changes) + 1):
                self._run(INSERT, [position, seal, *change_values(change)])


class Sqlite:
    """The embedded database."""

    name = "sqlite"

    def __init__(self, path: str, unique: Mapping[str, str]) -> None:
        """`path` is a file; nothing is opened before `start`."""
        self._path = path
        self._unique = unique
        self._shapes = Shapes("sqlite")
        self._turn = asyncio.Lock()
        self._writing = ThreadPoolExecutor(1, "sqlite-write")
        self._searching = ThreadPoolExecutor(SEARCHERS, "sqlite-read")
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._connections: list[sqlite3.Connection] = []

    async def start(self) -> None:
        """Open the connections."""
        with _house_errors(self._unique):
            self._connections = [connect(self._path) for _ in range(2 + SEARCHERS)]
        self._writer, *readers = self._connections
        for reader in readers:
            reader.execute("PRAGMA query_only = ON")
        self._reader, *searchers = readers
        for searcher in searchers:
            searcher.execute(f"PRAGMA cache_size = -{SEARCHER_KIB}")
            self._idle.put(searcher)

    async def stop(self) -> None:
        """Let the writer finish, then close."""
        async with self._turn:
            self._writing.shutdown()
            self._searching.shutdown()
            for connection in self._connections:
                connection.close()

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """An indexed read, on the loop."""
        statement = self._shapes.get(key, build)
        return self._select(
            self._reader, statement.text, statement.values(values), statement.documents
        )

    async def fetch_slow(
        self, key: object, build: Build, values: Mapping[str, Any]
    ) -> list[Document]:
        """A read that may take long, in a thread of its own on a connection that nobody else uses meanwhile."""

        def run() -> list[Document]:
            # To compile a search takes longer than most of them; it is done here, too.
            statement = self._shapes.get(key, build)
            given = statement.values(values)
            connection = self._idle.get()
            try:
                return self._select(connection, statement.text, given, statement.documents)
            finally:
                self._idle.put(connection)

        return await asyncio.get_running_loop().run_in_executor(self._searching, run)

    def token_stamp(self) -> int:
        """See `Database.token_stamp`: moves with whatever anybody else, the writer included, has committed."""
        (version,) = self._reader.execute("PRAGMA data_version").fetchone()
        return int(version)

    async def forget_tokens(self) -> None:
        """See `Database.forget_tokens`: a commit moves every stamp at once."""

    def _select(
        self,
        connection: sqlite3.Connection,
        text: str,
        values: Sequence[Any],
        documents: Callable[[Any], list[Document]],
    ) -> list[Document]:
        with _house_errors(self._unique):
            rows = connection.execute(text, [_plain(value) for value in values]).fetchall()
        return documents(rows)

    def connections(self) -> dict[str, dict[str, int]]:
        """See `Pooled.connections`. Reads are on the loop, one after the other."""
        busy = int(self._turn.locked())
        waiting = len(self._turn._waiters or ())  # noqa: SLF001 - there is no public word for it
        return {"write": {"size": 1, "busy": busy, "idle": 1 - busy, "waiting": waiting}}

    async def unit(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """See `Database.unit`. A caller that gives up does not stop a unit that has begun."""
        return await to_the_end(self._unit(run))

    async def _unit(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        async with self._turn:
            try:
                return await self._once(run)
            except Contended:
                return await self._once(run)

    async def _once(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        await self._in_thread("BEGIN IMMEDIATE")
        try:
            result = await run(SqliteTransaction(self._writer, self._shapes, self._unique))
            await self._in_thread("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        return result

    async def scrub(self, tables: Sequence[str]) -> None:
        """See `Database.scrub`: the whole file is written anew, and writers wait meanwhile."""

        def run() -> None:
            with _house_errors(self._unique):
                scrub(self._path, [table for table in tables if table in INDEXED])

        async with self._turn:
            await asyncio.get_running_loop().run_in_executor(self._writing, run)

    async def _in_thread(self, text: str) -> None:
        def run() -> None:
            with _house_errors(self._unique):
                self._writer.execute(text)

        await asyncio.get_running_loop().run_in_executor(self._writing, run)
