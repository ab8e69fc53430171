"""All rows of one network, as plain dictionaries: what the recomputation looks at, and how a history gets in."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import JSON, Boolean, Integer, Text, bindparam, cast, select

from app.db.schema import sqlite_path
from app.db.types import ID, JsonText, day_text, instant_text
from app.models import Base
from tests.house import TestHouse

Row = dict[str, Any]
Rows = dict[str, list[Row]]
# Tables that name their network, and tables that belong to a row of another.
OF_NETWORK = (
    "network_term", "network_purpose", "charter_version", "charter_acceptance", "member", "meeting",
    "attendance", "result", "feedback", "adoption", "decision", "vote", "duty", "duty_term", "ask",
    "offer", "action", "survey_round",
)  # fmt: skip
BELOW = {
    "member_role": ("member_id", "member"),
    "meeting_exception": ("meeting_id", "meeting"),
    "result_topic": ("result_id", "result"),
    "result_author": ("result_id", "result"),
    "survey_count": ("round_id", "survey_round"),
}
LONG_AGO = datetime(2015, 1, 1, 9, tzinfo=UTC)


async def _fetch(house: TestHouse, name: str, column: str, value: str) -> list[Row]:
    table = Base.metadata.tables[name]
    columns = [
        cast(found, Text).label(found.name) if isinstance(found.type, JsonText) else found
        for found in table.columns
        if not found.name.startswith("search_")
    ]

    def statement() -> Any:
        return select(*columns).where(table.c[column] == bindparam("value", type_=ID))

    return await house.app.rooms.house.db.fetch(
        ("wheel oracle", name, column), partial(statement), {"value": value}
    )


async def read(house: TestHouse, network_id: str) -> Rows:
    """Every row that the wheel of this network may look at; spells of its sub-groups under `sub_member`."""
    rows = {name: await _fetch(house, name, "network_id", network_id) for name in OF_NETWORK}
    for name, (column, above) in BELOW.items():
        rows[name] = []
        for row in rows[above]:
            rows[name] += await _fetch(house, name, column, row["id"])
    rows["network"] = await _fetch(house, "network", "id", network_id)
    rows["subgroup"] = await _fetch(house, "network", "parent_id", network_id)
    rows["sub_member"] = []
    for row in rows["subgroup"]:
        rows["sub_member"] += await _fetch(house, "member", "network_id", row["id"])
    rows["person"] = []
    for person_id in sorted({row["person_id"] for row in rows["member"]}):
        rows["person"] += await _fetch(house, "person", "id", person_id)
    return rows


def filled(name: str, given: Row) -> Row:
    """A row of a table with something in every column that wants it, and nothing in the others."""
    found: Row = {}
    for column in Base.metadata.tables[name].columns:
        if column.name in given:
            found[column.name] = given[column.name]
        elif column.name.startswith("search_"):
            found[column.name] = ""
        elif column.nullable:
            found[column.name] = None
        else:
            found[column.name] = _something(column)
    assert set(given) <= set(found), set(given) - set(found)
    return found


def _something(column: Any) -> Any:
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer):
        return 1
    if isinstance(column.type, JSON | JsonText):
        return "[]"
    if column.name.endswith("_at"):
        return LONG_AGO
    return ""


async def insert(url: str, rows: Iterable[tuple[str, Row]]) -> None:
    """Write the rows past the house in one transaction."""
    # In the order in which each finds what it refers to.
    every: dict[str, list[Row]] = {table.name: [] for table in Base.metadata.sorted_tables}
    for name, given in rows:
        every[name].append(filled(name, given))
    tables = {name: found for name, found in every.items() if found}
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(sqlite_path(url))) as connection, connection:
            for name, found in tables.items():
                names = list(found[0])
                statement = f"INSERT INTO {name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
                connection.executemany(
                    statement, [tuple(map(_stored, row.values())) for row in found]
                )
        return
    server = await asyncpg.connect(url)
    try:
        async with server.transaction():
            for name, found in tables.items():
                records = [tuple(row.values()) for row in found]
                await server.copy_records_to_table(name, records=records, columns=list(found[0]))
    finally:
        await server.close()


def _stored(value: Any) -> Any:
    """A value as the product stores it in SQLite."""
    if isinstance(value, datetime):
        return instant_text(value)
    return day_text(value) if isinstance(value, date) else value
