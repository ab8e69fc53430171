"""Reading the whole log again and doing the sum of its seals: whether a byte of it was edited, added or taken away.

Whoever may write the table may also write all its seals anew. A seal that was noted elsewhere (`expect`) cannot be
made to fit: the rows up to it are then the ones that were there when it was noted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, Integer, Text, bindparam, func, select, type_coerce

from app.db import chain
from app.db.database import Reads, fetch_one
from app.db.errors import Contended, DatabaseError, Unavailable
from app.models import Change, FeedHead

Report = Callable[[str, int, int], None]
AT_ONCE = 5_000  # rows
WHAT = "Rows of the log"


class ChainBroken(Exception):
    """The log is not as it was written; says where, in one sentence."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A log that is whole: the rows looked at, how many of them are older than the chain, and where it ends."""

    rows: int
    unsealed: int
    first: int
    last: int
    seal: str


@dataclass(slots=True)
class _Sum:
    """How far the sum is: the position and seal reached, and the transaction in hand (its seal, its rows so far)."""

    position: int
    seal: str
    expect: str | None
    seen: bool = False
    unsealed: int = 0
    of: str | None = None
    begun: int = 0
    rows: Any = None

    def add(self, row: dict[str, Any]) -> None:
        """Take the next row. Errors: `ChainBroken`."""
        if row["seq"] != self.position + 1:
            raise ChainBroken(f"Position {self.position + 1} of the log is missing.")
        if row["seal"] != self.of:
            self.close()
        self.position = row["seq"]
        if row["seal"] is None:
            if self.seal:
                raise ChainBroken(f"Position {self.position} of the log has no seal.")
            self.unsealed += 1
            return
        if self.of is None:
            self.of, self.begun, self.rows = row["seal"], self.position, sha256()
        self.rows.update(_line(row))

    def close(self) -> None:
        """End the transaction in hand: its seal must be the one that its rows give. Errors: `ChainBroken`."""
        if self.of is None:
            return
        self.seal = chain.next_seal(self.seal, self.rows.hexdigest())
        if self.seal != self.of:
            where = (
                f"position {self.begun}"
                if self.begun == self.position
                else f"positions {self.begun} to {self.position}"
            )
            raise ChainBroken(f"The log was edited at {where}: its rows do not give their seal.")
        self.seen = self.seen or self.seal == self.expect
        self.of = None


def _line(row: dict[str, Any]) -> bytes:
    """The row as it was sealed; SQLite keeps truth as 0 or 1, and whatever else somebody puts there."""
    outside = row["outside"]
    row["outside"] = {0: False, 1: True}.get(outside, outside)
    try:
        return chain.line_of(row)
    except (TypeError, KeyError, ValueError):
        raise ChainBroken(
            f"The log was edited at position {row['seq']}: it holds what no row of ours holds."
        ) from None


def _head() -> Any:
    """The head, and beside it the rows that there are, in one snapshot."""
    first = select(func.min(Change.seq)).scalar_subquery()
    last = select(func.max(Change.seq)).scalar_subquery()
    return select(
        FeedHead.seq, FeedHead.kept_from, FeedHead.seal, FeedHead.kept_seal,
        first.label("first"), last.label("last"),
    ).where(FeedHead.id == 1)  # fmt: skip


def _rows() -> Any:
    # As they are kept, without what answers make of them: a JSON column as text, SQLite's truth as a number.
    raw = {"fields": Text, "outside": Integer}
    columns = [
        type_coerce(column, raw[column.key]).label(column.key) if column.key in raw else column
        for column in Change.__table__.columns
    ]
    return (
        select(*columns)
        .where(Change.seq > bindparam("after", type_=BigInteger), Change.seq <= bindparam("last"))
        .order_by(Change.seq)
        .limit(bindparam("take", type_=Integer))
    )


def _end_of() -> Any:
    return select(func.max(Change.seq).label("seq")).where(Change.seal == bindparam("since"))


async def verify(
    db: Reads, report: Report, *, since: str | None = None, expect: str | None = None
) -> Verified:
    """Do the sum over the log, from its first row or behind the seal `since`; `expect` must be among its seals.

    Others may write meanwhile. Errors: `ChainBroken`.
    """
    while True:
        head = await _read_head(db)
        try:
            return await _verify(db, head, report, since, expect)
        except ChainBroken:
            # Unless the log was shortened under our hands: then once more, from its new first row.
            if (await _read_head(db))["kept_from"] == head["kept_from"]:
                raise


async def _read_head(db: Reads) -> dict[str, Any]:
    head = await fetch_one(db, "head of chain", _head, {})
    if head is None:
        raise ChainBroken("The head of the log is missing.")
    return head


async def _verify(
    db: Reads, head: dict[str, Any], report: Report, since: str | None, expect: str | None
) -> Verified:
    done = await _beginning(db, head, since, expect)
    first, last = done.position + 1, head["seq"]
    while done.position < last:
        values = {"after": done.position, "last": last, "take": AT_ONCE}
        try:
            rows = await db.fetch("rows of chain", _rows, values)
        except (Contended, Unavailable):
            raise
        except DatabaseError as error:  # text that is not UTF-8, a page that is no page
            raise ChainBroken(f"The log cannot be read behind {done.position}: {error}.") from error
        if not rows:
            raise ChainBroken(f"Position {done.position + 1} of the log is missing.")
        for row in rows:
            done.add(row)
        report(WHAT, done.position - first + 1, last - first + 1)
    done.close()
    if done.seal != head["seal"]:
        raise ChainBroken("The head of the log has another seal than its last row.")
    if expect is not None and not done.seen:
        raise ChainBroken(f"The log has no seal {expect}: what led to it was written anew.")
    return Verified(last - first + 1, done.unsealed, first, last, done.seal)


async def _beginning(
    db: Reads, head: dict[str, Any], since: str | None, expect: str | None
) -> _Sum:
    """Where the sum begins, when the head fits the rows that there are. Errors: `ChainBroken`."""
    first, last = head["kept_from"], head["seq"]
    there = (head["first"] or first, head["last"] or first - 1)
    if there != (first, last):
        said = f"The head counts positions {first} to {last}, the log has {there[0]} to {there[1]}"
        raise ChainBroken(f"{said}: rows are missing or were added.")
    if since is None or since == head["kept_seal"]:
        return _Sum(first - 1, head["kept_seal"], expect, seen=expect == head["kept_seal"])
    row = await fetch_one(db, "end of seal", _end_of, {"since": since})
    if row is None or row["seq"] is None:
        raise ChainBroken(f"The log has no seal {since}: what led to it was written anew.")
    return _Sum(row["seq"], since, expect, seen=expect == since)
