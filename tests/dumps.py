"""Everything that a database holds as bytes to search through: a dump and, of SQLite, its files as they are."""

import asyncio
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg

from tests.postgres_programs import PostgresNotFound, find_programs

BLOB = re.compile(rb"X'([0-9A-Fa-f]+)'")


def dump(url: str) -> bytes:
    """The dump of a database, as an operator would make it. Errors: `PostgresNotFound` without pg_dump."""
    if not url.startswith("sqlite:///"):
        return subprocess.run(
            [_program("pg_dump"), "--dbname", url], check=True, capture_output=True
        ).stdout
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        text = "\n".join(connection.iterdump()).encode()
    finally:
        connection.close()
    # Words of the full-text index stand in blobs.
    return text + b"".join(bytes.fromhex(found.decode()) for found in BLOB.findall(text))


def rows_of_postgres(url: str) -> bytes:
    """Every row of every table as text: what a dump says, in a few milliseconds."""

    async def read() -> bytes:
        connection = await asyncpg.connect(url)
        try:
            names = await connection.fetch(
                "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'"
            )
            parts = " UNION ALL ".join(
                f"SELECT string_agg(t::text, E'\\n') AS rows FROM {row['name']} t" for row in names
            )
            found = await connection.fetch(parts) if names else []
            return "\n".join(row["rows"] or "" for row in found).encode()
        finally:
            await connection.close()

    # In a thread of its own, because the caller's thread may be running a loop.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, read()).result()


def raw(url: str) -> bytes:
    """The files of a SQLite database: the database, its log, and what else lies beside them."""
    file = Path(url.removeprefix("sqlite:///"))
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))


def held(url: str) -> bytes:
    """The dump, and of SQLite the files too."""
    return dump(url) + (raw(url) if url.startswith("sqlite:///") else b"")


def hits(haystack: bytes, needles: Iterable[str]) -> list[str]:
    """Which of these are in there, in whatever case."""
    folded = haystack.lower()
    return [needle for needle in needles if needle.lower().encode() in folded]


def restore_into(url: str, source: str) -> None:
    """Make a backup of one database and restore it into an empty one, as an operator would."""
    if source.startswith("sqlite:///"):
        here = sqlite3.connect(source.removeprefix("sqlite:///"))
        there = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            here.backup(there)
        finally:
            here.close()
            there.close()
        return
    psql = [_program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", url]
    subprocess.run(psql, check=True, capture_output=True, input=dump(source))


def _program(name: str) -> str:
    try:
        beside = find_programs() / name
    except PostgresNotFound:
        beside = Path(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise PostgresNotFound(f"There is no {name} beside PostgreSQL's programs or on the path.")
    return found
