"""The measured database: a durable PostgreSQL, migrated by the product's migrations and filled once."""

import asyncio
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import asyncpg

from app.core import words
from app.core.ids import new_id
from app.core.vocabulary import rebuild
from app.core.work import House
from app.db.open import open_database
from app.db.schema import migrate
from app.db.types import day_text, instant_text
from app.models import Base
from benchmarks import results, rows, wheel
from benchmarks.meetings import meeting_rows, spread_meeting_rows
from benchmarks.world import Row, Sizes, World
from tests.postgres import start_postgres

NAME = "benchmark"
BASELINE = "UPDATE installation SET baseline = 'benchmark'"
# The search words are of this release: else the product would make them anew while it is measured.
CURRENT = f"UPDATE search_state SET words_version = {words.VERSION}"
SETTINGS = """
shared_buffers = '512MB'
max_wal_size = '4GB'
checkpoint_timeout = '30min'
jit = off
"""


@contextmanager
def measured_database(url: str | None, sizes: Sizes) -> Iterator[str]:
    """The URL of a filled database: `url` if given (filled when it is empty), else one of our own.

    One of our own is durable - an acknowledged write survives a crash - and gone afterwards.
    """
    if url is not None:
        prepare(url, sizes)
        yield url
        return
    server = start_postgres(durable=True, settings=SETTINGS)
    try:
        server.create_database(NAME)
        prepare(server.url(NAME), sizes)
        yield server.url(NAME)
    finally:
        server.stop()


def prepare(url: str, sizes: Sizes) -> None:
    """Migrate the database, and fill it when it has no networks."""
    migrate(url)
    asyncio.run(_fill(url, sizes))


async def _fill(url: str, sizes: Sizes) -> None:
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetchval("SELECT count(*) FROM network")
        if found:
            say(f"the database holds {found} networks already")
            return
        began = time.perf_counter()
        say(f"making {sizes.networks} networks, {sizes.people} people, {sizes.memberships} spells")
        for table, found in tables(World(sizes)):
            await _copy(connection, table, found)
        await connection.execute(BASELINE)
        await connection.execute(CURRENT)
        await _vocabulary(url)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
        size = await connection.fetchval("SELECT pg_database_size(current_database()) / 1000000")
        say(f"filled in {time.perf_counter() - began:.0f} s, {size} MB")
    finally:
        await connection.close()


def tables(world: World) -> Iterator[tuple[str, Iterable[Row]]]:
    """Every table that is filled, with its rows, in an order in which each finds what it refers to."""
    yield "term", rows.term_rows()
    yield "organisation", rows.organisation_rows(world)
    yield "organisation_parent", wheel.parent_rows(world)
    yield "outcode", rows.outcode_rows()
    yield "place", rows.place_rows()
    yield "person", rows.person_rows(world)
    yield "person_topic", rows.person_topic_rows(world)
    yield "network", rows.network_rows(world)
    yield "network_term", rows.network_term_rows(world)
    yield "member", rows.member_rows(world)
    yield "member_role", rows.member_role_rows(world)
    yield "token", rows.token_rows(world)
    yield "meeting", chain(meeting_rows(world), spread_meeting_rows(world))
    yield "result", results.result_rows(world)
    yield "result_topic", results.topic_rows(world)
    yield "result_author", results.author_rows(world)
    (measure,) = results.measure_rows(world)
    yield "measure", [measure]
    yield "measure_series", results.series_rows(measure["id"])
    yield from wheel.Busy(world).tell()


async def _vocabulary(url: str) -> None:
    """Build what misspelt words are corrected from, as the product's hourly job does."""
    db = open_database(url, Base.metadata, read_connections=1, write_connections=1)
    await db.start()
    try:
        house = House(db, lambda: datetime.now(UTC), new_id)
        say(f"  {await rebuild(house, lambda *_: None)} words are known")
    finally:
        await db.stop()


def prepare_sqlite(path: Path, sizes: Sizes) -> str:
    """The same rows in a SQLite database at `path`, unless it is there; returns its URL."""
    url = f"sqlite:///{path}"
    there = path.exists()
    migrate(url)
    if there:
        return url
    began = time.perf_counter()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        for table, found in tables(World(sizes)):
            connection.execute("BEGIN")
            _insert(connection, table, found)
            connection.execute("COMMIT")
            say(f"  {table}: {time.perf_counter() - began:.0f} s")
        connection.execute(BASELINE)
        connection.execute(CURRENT)
    asyncio.run(_vocabulary(url))
    say(f"filled in {time.perf_counter() - began:.0f} s, {path.stat().st_size / 1e6:.0f} MB")
    return url


def _insert(connection: sqlite3.Connection, table: str, found: Iterable[Row]) -> None:
    source = iter(found)
    first = next(source)
    names = list(first)
    places = ", ".join("?" for _ in names)
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
    connection.executemany(
        statement, (tuple(_stored(row[name]) for name in names) for row in chain([first], source))
    )


def _stored(value: Any) -> Any:
    """A value as the product stores it in SQLite."""
    if isinstance(value, datetime):
        return instant_text(value)
    return day_text(value) if isinstance(value, date) else value


async def _copy(connection: Any, table: str, found: Iterable[Row]) -> None:
    """COPY in batches, so that memory stays small and progress shows."""
    began, count = time.perf_counter(), 0
    source = iter(found)
    first = next(source)
    names = list(first)
    await connection.copy_records_to_table(table, records=[tuple(first.values())], columns=names)
    while batch := list(islice(source, 20_000)):
        records = [tuple(row[name] for name in names) for row in batch]
        await connection.copy_records_to_table(table, records=records, columns=names)
        count += len(records)
        if count % 100_000 == 0:
            say(f"  {table}: {count}")
    say(f"  {table}: {count + 1} rows in {time.perf_counter() - began:.1f} s")


def say(line: str) -> None:
    """Progress, at once."""
    print(line, flush=True)
