"""Statements straight into a database, past the house: what somebody with the database's password can do."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import asyncpg

from app.db.schema import sqlite_path


async def raw(url: str, *statements: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run statements in one transaction; the rows of the last one. `?` holds the place of a value."""
    run = _on_sqlite if url.startswith("sqlite") else _on_postgresql
    return await run(url, statements, values)


async def _on_sqlite(
    url: str, statements: Sequence[str], values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    with closing(sqlite3.connect(sqlite_path(url))) as connection, connection:
        for statement in statements:
            rows = connection.execute(statement, tuple(values)).fetchall()
    return rows


async def _on_postgresql(
    url: str, statements: Sequence[str], values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    rows: list[Any] = []
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for statement in statements:
                rows = await connection.fetch(_numbered(statement), *values)
    finally:
        await connection.close()
    return [tuple(row) for row in rows]


def _numbered(statement: str) -> str:
    numbers = iter(range(1, 100))
    return re.sub(r"\?", lambda _: f"${next(numbers)}", statement)
