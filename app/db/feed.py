"""The change log's one way in.

The position is one counter row, bumped last before COMMIT: whoever holds it makes everybody behind it wait until its
rows are visible, so positions become visible in order and without holes. A sequence does not (a reader passes a number
whose row is committed later and never sees it). The chain's seal moves in the same statement (`chain.py`).
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from app.db import chain
from app.db.database import CHANGE_COLUMNS as COLUMNS
from app.db.database import ChangeRow

change_values = attrgetter(*COLUMNS)  # `astuple` copies every value: a tenth of a join
_TYPES = {
    "at": "timestamptz",
    "resource_id": "text",
    "network_id": "uuid",
    "person_id": "uuid",
    "reach_network_id": "uuid",
    "actor_id": "uuid",
    "tier": "smallint",
    "outside": "boolean",
    "version": "bigint",
    "outer_version": "bigint",
    "name_version": "bigint",
    "fields": "json",
    "token_id": "uuid",
}

# `next_seal` is `chain.next_seal`, which every connection of ours knows.
BUMP = (
    "UPDATE feed_head SET seq = seq + ?, seal = next_seal(seal, ?) WHERE id = 1 RETURNING seq, seal"
)
INSERT = (
    f"INSERT INTO change (seq, seal, {', '.join(COLUMNS)}) "
    f"VALUES ({', '.join('?' * (len(COLUMNS) + 2))})"
)


def postgresql_tail(first: int, conditions: Sequence[str]) -> str:
    """The CTE that bumps the head and inserts the rows; parameters start at `$first`.

    `conditions` refer to the writes before it, which makes PostgreSQL run those to the end first: the head is
    locked last.
    """
    arrays = ", ".join(
        f"${first + 2 + index}::{_TYPES.get(name, 'text')}[]" for index, name in enumerate(COLUMNS)
    )
    names = ", ".join(COLUMNS)
    picked = ", ".join(f"v.{name}" for name in COLUMNS)
    where = " AND ".join(["id = 1", *conditions])
    seal = f"encode(sha256(convert_to(seal || ${first + 1}::text, 'UTF8')), 'hex')"
    return (
        f"head AS (UPDATE feed_head SET seq = seq + ${first}::bigint, seal = {seal} WHERE {where} "
        "RETURNING seq, seal) "
        f"INSERT INTO change (seq, seal, {names}) "
        f"SELECT head.seq - ${first}::bigint + v.position, head.seal, {picked} "
        f"FROM head, unnest({arrays}) WITH ORDINALITY AS v({names}, position) RETURNING seq"
    )


def postgresql_values(changes: Sequence[ChangeRow]) -> list[Any]:
    """The values for `postgresql_tail`: how many, their digest, then one array a column."""
    return [
        len(changes),
        chain.digest(changes),
        *(list(column) for column in zip(*map(change_values, changes), strict=True)),
    ]
