"""Where the change feed stands when a list is read: a list and the feed from there on have no hole between them."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import ColumnElement, select

from app.db.database import Reads, fetch_one
from app.db.statement import Document
from app.models import FeedHead


def feed_head() -> ColumnElement[int]:
    """The feed's position in the snapshot of the list itself; label it `_head`."""
    return select(FeedHead.seq).where(FeedHead.id == 1).scalar_subquery()


def _head() -> Any:
    return select(FeedHead.seq).where(FeedHead.id == 1)


async def head(reads: Reads) -> int:
    """The feed's position now."""
    row = await fetch_one(reads, "feed head", _head, {})
    return int(row["seq"]) if row else 0


async def with_position(
    reads: Reads, fetch: Callable[[], Awaitable[list[Document]]]
) -> tuple[list[Document], int]:
    """Run a list whose rows carry `_head`; takes it off them and returns it beside them.

    An empty list has no row to carry it: then the position is read first and the list once more, because a row that
    is committed between a list and a later look at the position would be in neither.
    """
    rows = await fetch()
    if not rows:
        before = await head(reads)
        rows = await fetch()
        if not rows:
            return rows, before
    position = int(rows[0]["_head"])
    for row in rows:
        del row["_head"]
    return rows, position
