"""Whether a worker may go on using what it keeps of tokens, on PostgreSQL.

A worker keeps token rows only while one connection of its own listens and holds a shared advisory lock: its lease. What
ends a token sends a notification (also triggers do, so that SQL by hand counts) and then waits for the lock to itself.
It gets it when every worker has heard, forgotten, and let go. So once the answer to a revocation is out, no worker uses
what it knew before; a notification alone would be as late as the network. A worker that cannot be reached keeps no row
longer than `LONGEST`, and nobody waits for it longer than that.
"""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg

CHANNEL = "qi_tokens"  # the triggers of migration 0002 send to it too
LONGEST = 1.0  # seconds that anybody keeps a row
RETRY = 1.0  # seconds before a lost connection is tried again
PAUSE = 0.05  # seconds without a lease after news: whoever sent them is on their way to the lock
_TRY = 0.1  # seconds that the lock is waited for before all are told once more
TRIES = round(LONGEST / _TRY)
_LOCK = "20809, 1"  # "QI": two numbers that name the lock within a database
TAKE = f"SELECT pg_advisory_lock_shared({_LOCK})"
LET_GO = f"SELECT pg_advisory_unlock_shared({_LOCK})"
TELL = f"SELECT pg_notify('{CHANNEL}', '')"
WAIT = (
    f"BEGIN; SET LOCAL lock_timeout = '{round(_TRY * 1000)}ms'; "
    f"SELECT pg_advisory_xact_lock({_LOCK}); COMMIT"
)
SETTINGS = {
    "application_name": "qi-networks tokens",
    "statement_timeout": "0",
    "lock_timeout": "0",
}

# What a kept row depends on: a change to one of these columns, or a row that goes before its time, is told to all.
_WATCHED = {
    "token": "revoked_at, scopes, expires_at, network_id",
    "client": "revoked_at, expires_at",
    "person": "operator, erased_at",
}


def ddl(database: str) -> list[str]:
    """The statements that make a database tell of the end of tokens, whoever ends them."""
    if database != "postgresql":
        return []  # every commit is noticed there
    tell = "EXECUTE FUNCTION tell_of_tokens()"
    return [
        (
            "CREATE FUNCTION tell_of_tokens() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_notify('{CHANNEL}', ''); RETURN NULL; END $$"
        ),
        *(
            f"CREATE TRIGGER {table}_told AFTER UPDATE OF {columns} ON {table} "
            f"FOR EACH STATEMENT {tell}"
            for table, columns in _WATCHED.items()
        ),
        (
            "CREATE TRIGGER token_gone AFTER DELETE ON token FOR EACH ROW "
            f"WHEN (OLD.expires_at IS NULL OR OLD.expires_at > now()) {tell}"
        ),
        f"CREATE TRIGGER client_gone AFTER DELETE ON client FOR EACH STATEMENT {tell}",
    ]


def ddl_drop(database: str) -> list[str]:
    """The inverse of `ddl`."""
    return [] if database != "postgresql" else ["DROP FUNCTION tell_of_tokens() CASCADE"]


class Lease:
    """One worker's right to keep token rows."""

    def __init__(self, url: str) -> None:
        """`url` as for `Postgres`; nothing is opened before the first `stamp`."""
        self._url = url
        self._watch: asyncio.Task[None] | None = None
        self._told = asyncio.Event()
        self._heard = 0
        self._held = False

    def stamp(self) -> int | None:
        """A number that stays the same while what was looked up under it may be used; None: keep nothing."""
        if self._watch is None:
            self._watch = asyncio.create_task(self._keep_watching())
        return self._heard if self._held else None

    async def stop(self) -> None:
        """Give it up."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    async def _keep_watching(self) -> None:
        while True:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await self._watch_once()
            await asyncio.sleep(RETRY)

    async def _watch_once(self) -> None:
        """Hold the lease until the connection is lost, letting go whenever something was told."""
        connection = await asyncpg.connect(
            self._url, server_settings=SETTINGS, statement_cache_size=0, timeout=5
        )
        try:
            connection.add_termination_listener(self._forget)
            await connection.add_listener(CHANNEL, self._forget)
            while not connection.is_closed():
                await connection.execute(TAKE)
                self._held = not self._told.is_set()  # somebody may be waiting already
                await self._told.wait()
                self._told.clear()
                await connection.execute(LET_GO)
                await asyncio.sleep(PAUSE)
        finally:
            self._forget()
            connection.terminate()

    def _forget(self, *_: Any) -> None:
        """Called by the driver the moment a notification is read, or the connection is lost."""
        self._held = False
        self._heard += 1
        self._told.set()
