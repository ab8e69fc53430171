"""PostgreSQL through asyncpg: a read pool without transactions, and a small write pool.

The write pool is small because every commit holds the feed's counter row while it is flushed: more writers only wait
there (measured: eight are slower than three).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any, TypeVar

import asyncpg

from app.db.database import Build, ChangeRow, Transaction, Write
from app.db.errors import (
    Contended,
    Dangling,
    DatabaseError,
    Duplicate,
    Rejected,
    Unavailable,
    Unsure,
)
from app.db.feed import postgresql_tail, postgresql_values
from app.db.lease import LONGEST, TELL, TRIES, WAIT, Lease
from app.db.pool import Pool
from app.db.statement import MAX_SHAPES, Document, Shapes
from app.db.to_the_end import to_the_end
from app.db.types import day_text, instant_text

T = TypeVar("T")
WAIT_FOR_CONNECTION = 5.0  # seconds
SETTINGS = {
    "application_name": "qi-networks",
    "timezone": "UTC",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # to start a worker takes longer than any of our statements
    # A statement is planned once for each connection: every shape has its index whatever is asked, and planning takes
    # as long as reading a page.
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": "10s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}
_PLACEHOLDER = re.compile(r"\$(\d+)")


async def _prepare(connection: Any) -> None:
    """Ids, instants and days as the house's text, not as objects that would be formatted again."""

    def instant(value: str) -> str:
        # "2026-01-02 03:04:05.5+00" -> "2026-01-02T03:04:05.500000Z"; the session's zone is UTC.
        if len(value) == 29:  # noqa: PLR2004 - full width, nine in ten: a page of 100 has hundreds of instants
            return f"{value[:10]}T{value[11:26]}Z"
        body = value[:-3]
        fraction = "000000"[len(body) - 20 :] if len(body) > 19 else ".000000"  # noqa: PLR2004 - width without fraction
        return f"{body[:10]}T{body[11:]}{fraction}Z"

    def encode_instant(value: datetime | str) -> str:
        return value if isinstance(value, str) else instant_text(value)

    def encode_day(value: date | str) -> str:
        return value if isinstance(value, str) else day_text(value)

    for name, encoder, decoder in (
        ("uuid", str, str),
        ("timestamptz", encode_instant, instant),
        ("date", encode_day, str),
    ):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=encoder, decoder=decoder, format="text"
        )


# What the driver raises, in the order in which it is looked at, and what the house calls it.
_CONTENDED = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
_REJECTED = (
    asyncpg.DataError,
    asyncpg.CheckViolationError,
    asyncpg.CharacterNotInRepertoireError,
)
_UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


def _ours(error: BaseException) -> DatabaseError | None:
    """The house's error for one of the driver's, None for anything else."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return Duplicate(error.constraint_name or "")
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        return Dangling(error.constraint_name or "")
    if isinstance(error, _CONTENDED):
        return Contended(str(error))
    if isinstance(error, _REJECTED):
        return Rejected(str(error))
    if isinstance(error, _UNAVAILABLE):
        return Unavailable(str(error) or type(error).__name__)
    return DatabaseError(str(error)) if isinstance(error, asyncpg.PostgresError) else None


class _HouseErrors:
    """`with _house_errors:` turns the driver's exceptions into the house's. Plain, for it is around every statement."""

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise ours from theirs."""
        if error is not None and (ours := _ours(error)) is not None:
            raise ours from error


_house_errors = _HouseErrors()


class PostgresTransaction:
    """One open transaction on one connection of the write pool."""

    def __init__(self, connection: Any, shapes: Shapes, merged: dict[object, str]) -> None:
        """`merged` keeps the text of merged writes by their shapes."""
        self._connection = connection
        self._shapes = shapes
        self._merged = merged

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """See `Reads.fetch`."""
        statement = self._shapes.get(key, build)
        with _house_errors:
            rows = await self._connection.fetch(statement.text, *statement.values(values))
        return statement.documents(rows)

    async def write(self, writes: Sequence[Write]) -> None:
        """See `Transaction.write`."""
        for write in writes:
            statement = self._shapes.get(write.key, write.build)
            with _house_errors:
                done = await self._connection.execute(
                    statement.text, *statement.values(write.values)
                )
            if write.rows is not None and int(done.rsplit(" ", 1)[-1]) != write.rows:
                raise Contended(f"{write.target} changed meanwhile")

    async def write_many(
        self, key: object, build: Build, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """See `Transaction.write_many`."""
        statement = self._shapes.get(key, build)
        with _house_errors:
            await self._connection.executemany(
                statement.text, [statement.values(row) for row in rows]
            )

    async def finish(self, writes: Sequence[Write], changes: Sequence[ChangeRow]) -> None:
        """One data-modifying statement: the writes, then the head, then the change rows.

        One round trip instead of one for each (0.84 of the bare floor against 0.63). A statement may not touch
        one row twice, so writes to a row that comes again later go ahead of it.
        """
        last = {write.target: index for index, write in enumerate(writes)}
        early = [write for index, write in enumerate(writes) if last[write.target] != index]
        together = [write for index, write in enumerate(writes) if last[write.target] == index]
        if early:
            await self.write(early)
        if not changes:
            await self.write(together)
            return
        statements = [self._shapes.get(write.key, write.build) for write in together]
        shape = (tuple(write.key for write in together), tuple(write.rows for write in together))
        text = self._merged.get(shape)
        if text is None:
            if len(self._merged) >= MAX_SHAPES:
                self._merged.pop(next(iter(self._merged)))
            text = self._merged[shape] = _merge(
                [s.text for s in statements], [w.rows for w in together]
            )
        values = [v for s, w in zip(statements, together, strict=True) for v in s.values(w.values)]
        with _house_errors:
            rows = await self._connection.fetch(text, *values, *postgresql_values(changes))
        if len(rows) != len(changes):
            raise Contended("a row changed meanwhile")


async def _commit(connection: Any) -> None:
    """COMMIT; a connection lost here leaves the outcome unknown."""
    try:
        with _house_errors:
            done = await connection.execute("COMMIT")
    except Unavailable as error:
        raise Unsure(str(error)) from error
    # PostgreSQL says ROLLBACK, and raises nothing, where a statement before had failed.
    if done != "COMMIT":
        raise DatabaseError("the transaction had failed and was rolled back")


async def _roll_back(connection: Any) -> None:
    """ROLLBACK; a connection that was lost has been rolled back, and the pool asks again of one that comes back."""
    with suppress(asyncpg.PostgresError, *_UNAVAILABLE):
        await connection.execute("ROLLBACK")


async def others_in(url: str) -> bool:
    """Whether a process of this service, besides our own, is connected to that database."""
    found = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1"
    with _house_errors:
        connection = await asyncpg.connect(url, timeout=WAIT_FOR_CONNECTION)
        try:
            return await connection.fetchval(found, SETTINGS["application_name"]) is not None
        finally:
            await connection.close()


def _moved(text: str, by: int) -> str:
    """A statement with its parameters numbered from further on."""
    return _PLACEHOLDER.sub(lambda match: f"${int(match[1]) + by}", text)


def _merge(texts: Sequence[str], rows: Sequence[int | None]) -> str:
    """Several single-row writes and the feed's tail as one statement, parameters numbered through."""
    parts, offset = [], 0
    for index, text in enumerate(texts):
        highest = max((int(number) for number in _PLACEHOLDER.findall(text)), default=0)
        moved = _moved(text, offset)
        tells = " RETURNING " in moved or moved.startswith("SELECT ")
        returning = "" if tells else " RETURNING 1 AS one"
        parts.append(f"w{index} AS ({moved}{returning})")
        offset += highest
    conditions = [
        f"(SELECT count(*) FROM w{index}) {'>= 0' if count is None else f'= {count}'}"
        for index, count in enumerate(rows)
    ]
    return "WITH " + ", ".join([*parts, postgresql_tail(offset + 1, conditions)])


class Postgres:
    """The production database."""

    name = "postgresql"

    def __init__(self, url: str, *, read_connections: int, write_connections: int) -> None:
        """`url` is `postgresql://...`; nothing is opened before `start`."""
        self._url = url
        self._shapes = Shapes("postgresql")
        self._merged: dict[object, str] = {}
        self._reads, self._writes = [
            Pool(self._connect, size, WAIT_FOR_CONNECTION)
            for size in (read_connections, write_connections)
        ]
        self._lease = Lease(url)
        self.token_stamp = self._lease.stamp

    async def _connect(self) -> Any:
        connection = await asyncpg.connect(
            self._url,
            statement_cache_size=MAX_SHAPES,
            max_cached_statement_lifetime=0,
            server_settings=SETTINGS,
            timeout=WAIT_FOR_CONNECTION,
        )
        await _prepare(connection)
        return connection

    async def start(self) -> None:
        """Open both pools; refuses a database that is not UTF-8."""
        with _house_errors:
            connection = await self._reads.take()
            try:
                encoding = await connection.fetchval("SHOW server_encoding")
            finally:
                self._reads.give(connection)
        if encoding != "UTF8":
            raise DatabaseError(
                f"the database is encoded as {encoding}; create it with ENCODING 'UTF8'"
            )

    async def stop(self) -> None:
        """Close both pools, at most five seconds after asking."""
        await asyncio.gather(self._lease.stop(), self._reads.close(5), self._writes.close(5))

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """One SELECT in autocommit, tried once more when the connection was gone."""
        statement = self._shapes.get(key, build)
        given = statement.values(values)
        try:
            rows = await self._fetch(statement.text, given)
        except Unavailable:
            rows = await self._fetch(statement.text, given)
        return statement.documents(rows)

    fetch_slow = fetch

    async def _fetch(self, text: str, values: Sequence[Any]) -> Any:
        with _house_errors:
            connection = await self._reads.take()
            try:
                return await connection.fetch(text, *values)
            finally:
                self._reads.give(connection)

    async def forget_tokens(self) -> None:
        """See `Database.forget_tokens`, and `lease`. Never fails: after `LONGEST` nobody uses anything from before."""
        try:
            for _ in range(TRIES):
                with suppress(Contended):
                    await self._tell_and_wait()
                    return
        except DatabaseError:
            await asyncio.sleep(LONGEST)

    async def _tell_and_wait(self) -> None:
        """Errors: `Contended` when a worker has not let go so far; `DatabaseError`."""
        with _house_errors:
            connection = await self._writes.take()
        try:
            with _house_errors:
                await connection.execute(TELL)
                await connection.execute(WAIT)
        except BaseException:
            await _roll_back(connection)
            raise
        finally:
            self._writes.give(connection)

    async def scrub(self, tables: Sequence[str]) -> None:
        """See `Database.scrub`: dead rows go, and with them the samples of values that the planner keeps."""
        with _house_errors:
            connection = await self._writes.take()
            try:
                for table in tables:
                    await connection.execute(f'VACUUM (ANALYZE) "{table}"')
            finally:
                self._writes.give(connection)

    def connections(self) -> dict[str, dict[str, int]]:
        """See `Pooled.connections`."""
        return {"read": self._reads.figures(), "write": self._writes.figures()}

    async def unit(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """See `Database.unit`. A caller that gives up does not stop a unit that has begun."""
        return await to_the_end(self._unit(run))

    async def _unit(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        try:
            return await self._once(run)
        except Unsure:
            raise
        except (Unavailable, Contended):
            return await self._once(run)

    async def _once(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        with _house_errors:
            connection = await self._writes.take()
        try:
            with _house_errors:
                await connection.execute("BEGIN")
            try:
                result = await run(PostgresTransaction(connection, self._shapes, self._merged))
                await _commit(connection)
            except BaseException:
                await _roll_back(connection)
                raise
            return result
        finally:
            self._writes.give(connection)
