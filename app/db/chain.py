"""The seals that chain the change log: each transaction's seal covers its rows and the seal before it.

    digest = SHA-256 of the transaction's rows in order, each one line of JSON and a line feed
    seal   = SHA-256 of the seal before and the digest, both as lower-case hexadecimal; the first one before is empty

A line holds every column but the position, which the order gives, and the seal itself: names sorted, null left out (so
that a column that a later release adds leaves the seals of today as they are), no blanks, instants as the house writes
them, UTF-8. Whoever has the rows can do the sum with any JSON library.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any

import orjson

from app.db.database import CHANGE_COLUMNS, ChangeRow
from app.db.types import instant_text

SEALED = tuple(sorted(CHANGE_COLUMNS))
_values = attrgetter(*SEALED)


def line(values: Iterable[Any]) -> bytes:
    """One row, its values in the order of `SEALED`. Raises `TypeError` for what no row of ours holds."""
    kept = {name: value for name, value in zip(SEALED, values, strict=True) if value is not None}
    at = kept["at"]
    if isinstance(at, datetime):
        kept["at"] = instant_text(at)
    return orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE)


def digest(changes: Iterable[ChangeRow]) -> str:
    """Of the rows of one transaction, in order."""
    return sha256(b"".join([line(_values(change)) for change in changes])).hexdigest()


def next_seal(before: str, of_rows: str) -> str:
    """The seal after `before` for a transaction with this digest; PostgreSQL does the same sum in `feed.py`."""
    return sha256((before + of_rows).encode()).hexdigest()


def line_of(row: Mapping[str, Any]) -> bytes:
    """The same of a row as the database gives it back. Raises `TypeError`."""
    return line(row.get(name) for name in SEALED)
