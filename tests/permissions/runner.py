"""Tries cells. Every write runs to its last statement and is then undone, so that each cell meets the same world."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from sqlalchemy import select

from app.db.database import Build, ChangeRow, Transaction, Write
from app.db.statement import Document
from tests.house import TestHouse
from tests.permissions import meeting_oracle, oracle, result_oracle
from tests.permissions.facts import Actor, Facts
from tests.permissions.table import GHOST, Cell
from tests.wire import Reply, send

T = TypeVar("T")
MARK = re.compile(r"zq\d{5}x")
INSTANCE = re.compile(rb'"instance":"[^"]*"')
PER_REQUEST = ("x-request-id", "x-correlation-id")


class Undone(Exception):
    """Carries the result of a unit of work past its rollback."""


@dataclass
class Watched:
    """A transaction that notes what it writes."""

    tx: Transaction
    noted: list[Write]

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """As the transaction does."""
        return await self.tx.fetch(key, build, values)

    async def write(self, writes: Sequence[Write]) -> None:
        """As the transaction does."""
        self.noted += writes
        await self.tx.write(writes)

    async def write_many(
        self, key: object, build: Build, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """As the transaction does."""
        self.noted += [Write(key, build, row, ("many", row.get("id"))) for row in rows]
        await self.tx.write_many(key, build, rows)

    async def finish(self, writes: Sequence[Write], changes: Sequence[ChangeRow]) -> None:
        """As the transaction does."""
        self.noted += [write for write in writes if write.key != "alive"]  # which is a question
        self.noted += [_look(change) for change in changes if change.kind == "read"]
        await self.tx.finish(writes, changes)


def _look(change: ChangeRow) -> Write:
    """An operator's look inside or somebody's export, which is a row of the log alone, noted like a write."""
    values = {"network_id": change.network_id or change.resource_id}
    return Write("look", select, values, ("read", change.resource_id))


@dataclass
class Trial:
    """A world to try cells on."""

    house: TestHouse
    facts: Facts
    written: list[Write] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    tried: int = 0
    seen: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    ghosts: dict[tuple[str, ...], tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)

    @asynccontextmanager
    async def undoing(self) -> AsyncIterator[None]:
        """While this lasts, nothing is committed; `written` has what would have been."""
        db = self.house.app.rooms.house.db
        unit = db.unit

        async def undone(run: Callable[[Transaction], Awaitable[T]]) -> T:
            async def to_the_end(tx: Transaction) -> None:
                noted: list[Write] = []
                result = await run(Watched(tx, noted))
                self.written += noted
                raise Undone(result)

            try:
                await unit(to_the_end)
            except Undone as carried:
                result: T = carried.args[0]
                return result
            raise AssertionError("a unit ended without its result")

        async def nothing(_tables: Sequence[str]) -> None:
            """What is undone leaves no remnants."""

        scrub = db.scrub
        setattr(db, "unit", undone)  # noqa: B010 - a protocol's method, taken over for a while
        setattr(db, "scrub", nothing)  # noqa: B010 - as above
        try:
            yield
        finally:
            setattr(db, "unit", unit)  # noqa: B010 - as above
            setattr(db, "scrub", scrub)  # noqa: B010 - as above

    def start(self) -> None:
        """Count from nothing."""
        self.tried, self.wrong, self.seen = 0, [], {}

    async def run(self, cells: Iterable[Cell]) -> None:
        """Try them all, and note what is wrong."""
        async with self.undoing():
            for cell in cells:
                self.tried += 1
                personas, targets = self.seen.setdefault(cell.operation, (set(), set()))
                personas.add(cell.persona)
                targets.add(cell.target)
                wrong = await self._try(cell)
                if wrong:
                    self.wrong.append(f"{cell.name}: {wrong}")

    async def run_heads(self, cells: Iterable[Cell]) -> None:
        """HEAD for each address that GET was tried at: the same without a body."""
        tried = set()
        async with self.undoing():
            for cell in cells:
                key = (cell.actor, cell.path)
                if key in tried:
                    continue
                tried.add(key)
                self.tried += 1
                heads, body = [], b""
                for method in ("GET", "HEAD"):
                    self.written.clear()
                    reply = await self.send(cell.actor, method, cell.path, None, cell.params)
                    looks = len(self.written)
                    _, body, headers = _bare(reply)
                    heads.append((reply.status, headers, looks))
                    headers.pop("link", None)
                if heads[0] != heads[1] or body:
                    self.wrong.append(f"HEAD of {cell.name}: {heads}")

    async def _try(self, cell: Cell) -> str:
        self.written.clear()
        reply = await self.send(
            cell.actor, cell.method, cell.path, cell.json, cell.params, cell.form
        )
        if (reply.status, reply.code) != cell.expected:
            return f"{reply.status} {reply.code}, expected {cell.expected[0]} {cell.expected[1]}"
        if faults := reply.faults():
            return f"not as the contract has it: {faults[:3]}"
        if reply.status >= 400:
            if self.written:
                return f"refused, and wrote {[write.target for write in self.written]}"
            return await self._like_a_ghost(cell, reply)
        text = reply.body.decode(errors="replace").replace("\r\n ", "")  # as calendars fold it
        document = await self._all_pages(cell, reply)
        wrong = cell.check(document) if cell.check else ""
        return wrong or self._looks(cell) or self._leaks(cell, text)

    async def send(
        self,
        actor: Actor,
        method: str,
        path: str,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request as this actor."""
        headers = []
        if actor.token is not None:
            headers.append((b"authorization", f"Bearer {actor.token}".encode()))
        if json is not None:
            kind = b"application/merge-patch+json" if method == "PATCH" else b"application/json"
            headers.append((b"content-type", kind))
        target = f"{path}?{urlencode(params)}" if params else path
        body = b"" if json is None else orjson.dumps(json)
        if form is not None:
            headers.append((b"content-type", b"application/x-www-form-urlencoded"))
            body = urlencode(form).encode()
        return await send(self.house.app, method, target.encode(), headers, body)

    async def _all_pages(self, cell: Cell, reply: Reply) -> Any:
        """The document; of a list, with the items of every page."""
        media_type = reply.headers.get("content-type", "")
        if media_type.startswith("text/calendar"):
            return reply.body.decode()
        if not media_type.startswith("application/json"):
            return None
        document = reply.json
        page = document
        while cell.method == "GET" and page.get("has_more", page.get("next_cursor")):
            params = {**cell.params, "cursor": page["next_cursor"]}
            page = (await self.send(cell.actor, "GET", cell.path, None, params)).json
            document["items"] += page["items"]
        return document

    async def _like_a_ghost(self, cell: Cell, reply: Reply) -> str:
        """What is not there answers byte for byte like what never was."""
        if cell.ghost is None or reply.code not in ("not_found", "unknown_reference"):
            return ""
        path, json = cell.path.replace(cell.ghost, GHOST), cell.json
        if json is not None:
            json = orjson.loads(orjson.dumps(json).replace(cell.ghost.encode(), GHOST.encode()))
        key = (cell.method, path, str(json), str(cell.params), cell.actor.label)
        if key not in self.ghosts:
            never_was = await self.send(cell.actor, cell.method, path, json, cell.params)
            self.ghosts[key] = _bare(never_was)
        return "" if _bare(reply) == self.ghosts[key] else "unlike what never was"

    def _looks(self, cell: Cell) -> str:
        """Reads write nothing but an operator's look inside; each look is written."""
        looks = [write for write in self.written if write.target[0] == "read"]
        if {look.values["network_id"] for look in looks} != set(cell.recorded):
            return f"looks on record {len(looks)}, expected {len(cell.recorded)}"
        own = (("saved_search", cell.moves),)
        rest = [w.target for w in self.written if w.target[0] != "read" and w.target not in own]
        return f"a read wrote {rest}" if cell.method == "GET" and rest else ""

    def _leaks(self, cell: Cell, text: str) -> str:
        """No secret word in any answer but to whom it may be told."""
        for word in set(MARK.findall(text)) - cell.typed:
            about = self.facts.marks.get(word)
            told = about is not None and (
                about[1:] == (cell.introduces, "display_name")
                or about[1:] in ((cell.opens, "name"), (cell.opens, "purpose"))
            )
            if about and not told and not self._may_read(cell.eyes or cell.actor, word):
                return f"told {about}"
        return ""

    def _may_read(self, actor: Actor, word: str) -> bool:
        kind, key, field = self.facts.marks[word]
        if kind in result_oracle.KINDS:
            return result_oracle.may_read_mark(self.facts, actor, key)
        if field == "display_name" and result_oracle.named_as_author(self.facts, actor, key):
            return True
        if kind in meeting_oracle.KINDS:
            return meeting_oracle.may_read_mark(self.facts, actor, kind, key, field)
        return oracle.may_read_mark(self.facts, actor, word)


def _bare(reply: Reply) -> tuple[int, bytes, dict[str, str]]:
    headers = {n: v for n, v in reply.headers.items() if n not in PER_REQUEST}
    return reply.status, INSTANCE.sub(b"", reply.body), headers
