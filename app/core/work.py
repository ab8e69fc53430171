"""Work: one transaction, who acts, the clock, the request id - and what is waiting to be written.

Writes are kept back and sent together with the change rows, in one round trip where the database can. A command that
reads what it wrote calls `flush()` first.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, insert, literal, select, update
from sqlalchemy.orm import DeclarativeBase

from app.core.ids import blind_id
from app.core.patient_guard import acknowledged
from app.core.viewer import ANONYMOUS, Viewer
from app.db.database import Build, ChangeRow, Database, Transaction, Write
from app.db.statement import Document
from app.db.types import ID
from app.models import (
    Action,
    Adoption,
    Ask,
    Assessment,
    Attendance,
    CalendarToken,
    Client,
    Decision,
    Duty,
    DutyTerm,
    Feedback,
    Invitation,
    Measure,
    Meeting,
    Member,
    Minutes,
    Network,
    Offer,
    Pairing,
    PdsaCycle,
    Person,
    Report,
    Resource,
    Result,
    SavedSearch,
    SurveyRound,
    Token,
    Vote,
)

T = TypeVar("T")
Model = type[DeclarativeBase]

# The kinds of resource: each write to one of these tables is one row of the change log.
KINDS: dict[str, Model] = {
    "network": Network,
    "member": Member,
    "person": Person,
    "token": Token,
    "invitation": Invitation,
    "client": Client,
    "meeting": Meeting,
    "attendance": Attendance,
    "minutes": Minutes,
    "action": Action,
    "survey_round": SurveyRound,
    "assessment": Assessment,
    "calendar_token": CalendarToken,
    "result": Result,
    "measure": Measure,
    "pdsa_cycle": PdsaCycle,
    "feedback": Feedback,
    "adoption": Adoption,
    "report": Report,
    "saved_search": SavedSearch,
    "resource": Resource,
    "duty": Duty,
    "duty_term": DutyTerm,
    "decision": Decision,
    "vote": Vote,
    "ask": Ask,
    "offer": Offer,
    "pairing": Pairing,
}
# Who wrote one of these may not be named: its stamps are days, and its id tells no time (docs/decisions/0025).
BLIND_KINDS = frozenset({"result", "measure", "pdsa_cycle", "feedback", "adoption", "report"})
KIND_OF = {model.__tablename__: kind for kind, model in KINDS.items()}


class Unrecorded(AssertionError):
    """A command wrote a resource without exactly one change row for it: our mistake, and nothing is committed."""


@dataclass(slots=True)
class Work:
    """One unit of work; made by `perform`, used by commands."""

    tx: Transaction
    viewer: Viewer
    now: datetime
    request_id: str
    new_id: Callable[[], str]
    blind_id: Callable[[], str]
    clock: Callable[[], datetime]
    writes: list[Write] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    touched: set[tuple[str, str]] = field(default_factory=set)
    living: set[str] = field(default_factory=set)
    # What may point at a patient and, its writer says, does not; each change says so (`core.patient_guard`).
    acknowledged: tuple[str, ...] = field(default_factory=acknowledged)

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """Read inside the transaction; see `Reads.fetch`."""
        return await self.tx.fetch(key, build, values)

    def read_clock(self) -> None:
        """Let `now` be now: where a rule is about an instant, once the lock is held that the rule depends on."""
        self.now = self.clock()

    def insert(self, model: Model, values: Mapping[str, Any]) -> None:
        """Add one row; a missing column takes the table's default."""
        names = tuple(values)
        target = _target(model, values)
        self._touch(model, target)
        self.writes.append(
            Write(
                ("insert", model, names),
                lambda: insert(model).values({name: bindparam(name) for name in names}),
                values,
                (model.__tablename__, target),
            )
        )

    def update(
        self, model: Model, row_id: str, values: Mapping[str, Any], *, seen: int | None = None
    ) -> None:
        """Change one row by its id; `seen` is the version it must still have."""
        names = tuple(values)
        self._touch(model, row_id)

        def build() -> Any:
            table: Any = model
            change = update(table).where(table.id == bindparam("row_id"))
            if seen is not None:
                change = change.where(table.version == bindparam("seen_version"))
            return change.values({name: bindparam(f"new_{name}") for name in names})

        given = {f"new_{name}": value for name, value in values.items()}
        self.writes.append(
            Write(
                ("update", model, names, seen is not None),
                build,
                {**given, "row_id": row_id, "seen_version": seen},
                (model.__tablename__, row_id),
            )
        )

    def update_children(
        self, model: Model, match: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        """Change the rows of a table that is no resource whose columns have these values; None matches null."""
        if model.__tablename__ in KIND_OF:
            message = f"{model.__tablename__} rows are changed by id"
            raise Unrecorded(message)
        names, nulls = tuple(values), tuple(name for name, value in match.items() if value is None)

        def build() -> Any:
            table: Any = model
            same = [
                getattr(table, name).is_(None)
                if name in nulls
                else getattr(table, name) == bindparam(name)
                for name in match
            ]
            return (
                update(table)
                .where(*same)
                .values({name: bindparam(f"new_{name}") for name in names})
            )

        given = {f"new_{name}": value for name, value in values.items()}
        key = ("update children", model, tuple(match), nulls, names)
        self.writes.append(
            Write(key, build, {**given, **match}, (model.__tablename__, tuple(match.items())), None)
        )

    def delete(self, model: Model, match: Mapping[str, Any]) -> None:
        """Delete the rows whose columns have these values; a resource is deleted by its id alone."""
        names = tuple(match)
        resource = model.__tablename__ in KIND_OF
        if resource and names != ("id",):
            message = f"{model.__tablename__} rows are deleted by id"
            raise Unrecorded(message)
        if resource:
            self._touch(model, match["id"])

        def build() -> Any:
            table: Any = model
            return delete(table).where(*(getattr(table, name) == bindparam(name) for name in names))

        target = match["id"] if resource else tuple(match.values())
        self.writes.append(
            Write(
                ("delete", model, names),
                build,
                match,
                (model.__tablename__, target),
                1 if resource else None,
            )
        )

    async def insert_many(self, model: Model, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows with the same columns, now, in one round trip where the database can."""
        names = tuple(rows[0])
        await self._write_many(("insert", model, names), rows_of(names, model), model, rows)

    async def update_many(self, model: Model, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change rows that this work has locked, now: each is an `id` and the same columns."""
        names = tuple(name for name in rows[0] if name != "id")

        def build() -> Any:
            table: Any = model
            changed = update(table).where(table.id == bindparam("row_id"))
            return changed.values({name: bindparam(f"new_{name}") for name in names})

        given = [
            {"row_id": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows
        ]
        await self._write_many(("update many", model, names), build, model, rows, given)

    async def delete_many(self, model: Model, rows: Sequence[Mapping[str, Any]]) -> None:
        """Delete rows that this work has locked, now, by their `id`."""

        def build() -> Any:
            table: Any = model
            return delete(table).where(table.id == bindparam("id"))

        await self._write_many(("delete", model, ("id",)), build, model, rows)

    async def _write_many(
        self,
        key: object,
        build: Build,
        model: Model,
        rows: Sequence[Mapping[str, Any]],
        given: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        await self.flush()  # what was written before may be what these refer to
        for row in rows:
            self._touch(model, row["id"])
        await self.tx.write_many(key, build, rows if given is None else given)

    def _touch(self, model: Model, row_id: object) -> None:
        kind = KIND_OF.get(model.__tablename__)
        if kind is not None:
            self.touched.add((kind, str(row_id)))

    async def flush(self) -> None:
        """Send what is waiting, so that a read of this work sees it."""
        writes, self.writes = self.writes, []
        await self.tx.write(writes)

    def who_must_live(self) -> list[Write]:
        """Proof that whoever acts here, and whoever is brought in, was not erased while this was under way.

        Sent with the last writes: an erasure that is not committed yet is waited for, and one that comes later finds
        what was written here. Whom this work itself changes was locked and looked at before.
        """
        people = {*self.living, self.viewer.person_id} - {None}
        return [
            Write("alive", _alive, {"person_id": person_id}, ("person alive", person_id))
            for person_id in sorted(map(str, people))
            if ("person", person_id) not in self.touched
        ]

    def check(self) -> None:
        """The guard: every resource touched has exactly one change row, and nothing else has one."""
        recorded = [
            (change.kind, change.resource_id) for change in self.changes if change.kind != "read"
        ]
        if len(set(recorded)) != len(recorded) or set(recorded) != self.touched:
            odd = sorted(self.touched.symmetric_difference(recorded)) or recorded
            message = f"written and recorded differ: {odd}"
            raise Unrecorded(message)


def _alive() -> Any:
    here = (Person.id == bindparam("person_id", type_=ID), Person.erased_at.is_(None))
    return select(literal(1).label("one")).where(*here).with_for_update(read=True, key_share=True)


def _target(model: Model, values: Mapping[str, Any]) -> object:
    table: Any = model.__table__
    keys = [column.key for column in table.primary_key.columns]
    return values[keys[0]] if len(keys) == 1 else tuple(values[key] for key in keys)


@dataclass(frozen=True, slots=True)
class House:
    """What a command needs from outside: one for each process, and tests bring their own clock and ids."""

    db: Database
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    blind_id: Callable[[], str] = blind_id


async def perform(
    house: House,
    command: Callable[[Work], Awaitable[T]],
    *,
    viewer: Viewer = ANONYMOUS,
    request_id: str | None = None,
) -> T:
    """Run a command in one transaction; when this returns, it is committed.

    The command may run twice (a lost connection, a deadlock), each time with a new `Work`.
    Errors: whatever the command raises, and then nothing is written; `db.errors`.
    """
    request = request_id or house.new_id()

    async def unit(tx: Transaction) -> T:
        work = Work(tx, viewer, house.clock(), request, house.new_id, house.blind_id, house.clock)
        result = await command(work)
        work.check()
        alive = work.who_must_live() if work.changes else []
        await tx.finish([*alive, *work.writes], work.changes)
        return result

    return await house.db.unit(unit)


async def baseline(house: House, load: Callable[[Transaction], Awaitable[T]]) -> T:
    """Write reference data, which is a baseline and not changes: only tables that are no resources."""
    return await house.db.unit(load)


def rows_of(names: Sequence[str], model: Model) -> Build:
    """An insert of these columns, for `Transaction.write_many`."""
    return lambda: insert(model).values({name: bindparam(name) for name in names})
