"""What the rest of the house sees of a database: reads outside a transaction, and units of work inside one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar, runtime_checkable

from sqlalchemy.sql import ClauseElement

from app.db.statement import Document

T = TypeVar("T")
Build = Callable[[], ClauseElement]


@dataclass(frozen=True, slots=True)
class Write:
    """One insert, update or delete of one row, waiting to be sent.

    `target` names the row; `rows` is how many rows it must touch, None for any number.
    """

    key: object
    build: Build
    values: Mapping[str, Any]
    target: tuple[str, object]
    rows: int | None = 1


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row of the change log, without its position: that is given at the last moment."""

    at: Any
    kind: str
    resource_id: str
    network_id: str | None
    person_id: str | None
    op: str
    action: str
    tier: int
    outside: bool
    version: int
    outer_version: int
    name_version: int | None
    reach: str | None
    reach_network_id: str | None
    scope: str | None
    actor_id: str | None
    request_id: str
    fields: str
    token_id: str | None


CHANGE_COLUMNS = tuple(field.name for field in fields(ChangeRow))


class Reads(Protocol):
    """Anything that can run a SELECT: a database, or the transaction that is open."""

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """Run one statement; `build` makes it the first time this `key` is seen."""


class Transaction(Reads, Protocol):
    """One unit of work in the database."""

    async def write(self, writes: Sequence[Write]) -> None:
        """Send these writes now, in order. Raises `Contended` when one touches another number of rows than it must."""

    async def write_many(
        self, key: object, build: Build, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Run one statement for many rows: imports and baselines."""

    async def finish(self, writes: Sequence[Write], changes: Sequence[ChangeRow]) -> None:
        """Send the last writes and the change rows; the feed position is taken last of all."""


class Database(Reads, Protocol):
    """One installation's database."""

    name: str

    async def start(self) -> None:
        """Open the connections. Raises `Unavailable`."""

    async def stop(self) -> None:
        """Close them, letting what runs finish."""

    async def fetch_slow(
        self, key: object, build: Build, values: Mapping[str, Any]
    ) -> list[Document]:
        """Like `fetch`, for searches and exports: never in the way of quick reads."""

    def token_stamp(self) -> int | None:
        """The same as before as long as what was read of tokens then may be used; None: use nothing from before."""

    async def forget_tokens(self) -> None:
        """Return when no process uses what it read of tokens before; for who has committed the end of one."""

    async def unit(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `run` in one transaction and commit; once again on a lost connection or contention."""

    async def scrub(self, tables: Sequence[str]) -> None:
        """Leave nothing in files, indexes and statistics of what was deleted from or overwritten in these tables."""


@runtime_checkable
class Pooled(Protocol):
    """A database that tells how busy its connections are."""

    def connections(self) -> dict[str, dict[str, int]]:
        """By pool: `size`, the most there may be, `busy`, `idle`, and `waiting`, who stand in line for one."""


async def fetch_one(
    reads: Reads, key: object, build: Build, values: Mapping[str, Any]
) -> Document | None:
    """The first row, or None."""
    rows = await reads.fetch(key, build, values)
    return rows[0] if rows else None
