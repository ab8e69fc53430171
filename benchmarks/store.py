"""The measured database: a durable PostgreSQL, migrated by the product's migrations and filled once."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import asyncpg

from app.db.schema import migrate
from benchmarks import results, rows
from benchmarks.meetings import meeting_rows
from benchmarks.world import Row, Sizes, World
from tests.postgres import start_postgres

NAME = "benchmark"
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
        world = World(sizes)
        await _copy(connection, "term", rows.term_rows())
        await _copy(connection, "organisation", rows.organisation_rows(world))
        await _copy(connection, "outcode", rows.outcode_rows())
        await _copy(connection, "person", rows.person_rows(world))
        await _copy(connection, "network", rows.network_rows(world))
        await _copy(connection, "network_term", rows.network_term_rows(world))
        await _copy(connection, "member", rows.member_rows(world))
        await _copy(connection, "member_role", rows.member_role_rows(world))
        await _copy(connection, "token", rows.token_rows(world))
        await _copy(connection, "meeting", meeting_rows(world))
        await _copy(connection, "result", results.result_rows(world))
        await _copy(connection, "result_topic", results.topic_rows(world))
        await _copy(connection, "result_author", results.author_rows(world))
        (measure,) = results.measure_rows(world)
        await _copy(connection, "measure", [measure])
        await _copy(connection, "measure_series", results.series_rows(measure["id"]))
        await connection.execute("UPDATE installation SET baseline = 'benchmark'")
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
        size = await connection.fetchval("SELECT pg_database_size(current_database()) / 1000000")
        say(f"filled in {time.perf_counter() - began:.0f} s, {size} MB")
    finally:
        await connection.close()


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
