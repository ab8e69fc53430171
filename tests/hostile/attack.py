"""One attacker: sends, counts, and holds every answer and the database to what was promised."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import func, select

from app.db.database import Database, fetch_one
from app.models import Base, Change
from tests.contract import validator
from tests.house import TestPerson
from tests.targets import Json, Operation, Targets
from tests.wire import Headers, Reply, send

JSON = (b"content-type", b"application/json")
LONGEST = 5.0  # seconds for one request, on a machine that has much else to do
SEVERAL = 25  # refused requests before somebody looks what they wrote
POISON = ("evil.example", "other.example")  # hosts that requests claim and no answer repeats


# Made of what everybody may read, when somebody looks for a word that is not among them: nothing that was asked to be
# written.
DERIVED = ("search_word", "search_gap", "search_state")


def rows_of_every_table() -> Any:
    """How many rows each table has; of the log without what an operator read, which reads may add."""
    counts = {
        table.name: select(func.count()).select_from(table)
        for table in Base.metadata.sorted_tables
        if table.name not in DERIVED
    }
    counts["change"] = counts["change"].where(Change.kind != "read")
    return select(*(count.scalar_subquery().label(name) for name, count in counts.items()))


async def snapshot(db: Database) -> Json:
    """The counts now."""
    row = await fetch_one(db, "rows of every table", rows_of_every_table, {})
    assert row is not None
    return row


@cache
def _validator(schema_id: int) -> Any:
    return validator(_SCHEMAS[schema_id])


_SCHEMAS: dict[int, Json] = {}


def fits(schema: Json, value: object) -> bool:
    """Whether the contract takes this value."""
    _SCHEMAS[id(schema)] = schema  # kept, so that the id stays its own
    return bool(_validator(id(schema)).is_valid(value))


@dataclass
class Attack:
    """What was thrown, and what went wrong."""

    targets: Targets
    requests: int = 0
    inputs: set[str] = field(default_factory=set)
    operations: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    rows: Json = field(default_factory=dict)
    unlooked: int = 0
    slowest: tuple[float, str] = (0.0, "")

    @property
    def db(self) -> Database:
        """The database that must stay as it is."""
        return self.targets.house.app.rooms.house.db

    async def begin(self) -> None:
        """Count what is there."""
        self.rows = await snapshot(self.db)

    async def throw(
        self,
        operation: Operation,
        what: str,
        target: bytes | None = None,
        *,
        headers: Headers = (),
        body: bytes | Sequence[bytes] = b"",
        caller: TestPerson | None = None,
        anonymous: bool = False,
        right: bool = True,
    ) -> Reply:
        """One request; `right` says whether it may be done at all. Faults are kept, not raised."""
        who = caller or self.targets.operator
        token = [] if anonymous else [(b"authorization", f"Bearer {who.token}".encode())]
        aim = target if target is not None else self.targets.path(operation).encode()
        if right and self.unlooked:  # it may be done, which must not hide what others wrote
            self.faults += [
                f"before {operation.name}, {what}: {it}" for it in await self._written()
            ]
        began = time.perf_counter()
        reply = await send(self.targets.house.app, operation.method, aim, [*token, *headers], body)
        self.slowest = max(self.slowest, (time.perf_counter() - began, f"{operation.name}, {what}"))
        self.requests += 1
        self.inputs.add(what)
        self.operations.add(operation.name)
        self.statuses[reply.status] += 1
        found = reply.faults()
        if not right and reply.status < 400:
            found.append(f"{reply.status}: let in")
        said = reply.body.decode("utf-8", "replace") + str(reply.headers)
        found += [f"repeats {word}" for word in POISON if word in said]
        found += [f"a line break in {n}" for n, v in reply.headers.items() if set(v) & set("\r\n")]
        if operation.writes:
            found += await self._nothing_written(operation, reply, right=right)
        self.note(operation, what, found, reply)
        return reply

    def note(self, operation: Operation, what: str, found: Sequence[str], reply: Reply) -> None:
        """Keep what went wrong, with enough to do it again."""
        where = f"{operation.name}, {what}: {reply.method} {reply.path[:100]!r} -> {reply.status}"
        said = reply.body[:300] if reply.status != 422 else reply.body[-300:]
        self.faults += [f"{where}: {fault[:200]}; {said!r}" for fault in found]

    async def _nothing_written(
        self, operation: Operation, reply: Reply, *, right: bool
    ) -> list[str]:
        """What a refused request wrote all the same. One that was done may have used up what it was aimed at."""
        if reply.status < 400:
            if operation.parameters("path") and operation.method != "PATCH":
                await self.targets.renew()
            self.rows, self.unlooked = await snapshot(self.db), 0
            return []
        self.unlooked += 1
        return [] if self.unlooked < SEVERAL and not right else await self._written()

    async def _written(self) -> list[str]:
        """Which tables have other counts than when somebody looked last."""
        before, self.rows = self.rows, await snapshot(self.db)
        several, self.unlooked = self.unlooked, 0
        changed = {
            name: (old, self.rows[name]) for name, old in before.items() if old != self.rows[name]
        }
        return [f"wrote {changed}, or one of the {several} before it"] if changed else []

    async def end(self) -> None:
        """Nothing more was written than what `throw` allowed for; reads may only have been put on record."""
        now = await snapshot(self.db)
        for name, old in self.rows.items():
            if old != now[name]:
                self.faults.append(f"{name}: {old} rows before, {now[name]} after")
        assert not self.faults, "\n".join(
            [f"{len(self.faults)} faults in {self.requests} requests", *self.faults[:25]]
        )
        assert self.slowest[0] < LONGEST, self.slowest

    def figures(self) -> dict[str, object]:
        """What was done, to be told."""
        return {
            "inputs": len(self.inputs),
            "operations": len(self.operations),
            "requests": self.requests,
            "slowest": [round(self.slowest[0], 3), self.slowest[1]],
            "server_errors": sum(n for status, n in self.statuses.items() if status >= 500),
            "statuses": dict(sorted(self.statuses.items())),
        }
