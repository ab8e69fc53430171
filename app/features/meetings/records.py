"""What hangs on the occurrences of a meeting - answers, minutes, actions - when the meeting under it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import Integer, Text, bindparam, select, union

from app.core.changes import Told, change_many
from app.core.errors import TooManyRecords
from app.core.fetching import facts
from app.core.seating import told_of_attendance
from app.core.telling import told_of_action, told_of_minutes
from app.core.work import Model, Work
from app.db.types import ID
from app.models import Action, Attendance, Minutes

Row = dict[str, Any]
RECORDS: dict[str, Model] = {"attendance": Attendance, "minutes": Minutes, "action": Action}
ON, OFF = "on", "off"
MOST_RECORDS = 10_000  # that one edit takes along: all of it is one transaction


@dataclass(frozen=True, slots=True)
class Shift:
    """What becomes of records: `keys` of occurrences that go elsewhere, to the meeting `to` if it is another one.

    `since` is the first key that is concerned. `veil` says that who answered goes out of members' sight (`on`) or
    comes into it (`off`), and `reach` who else hears of the minutes, because they do.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    to: str | None = None
    since: str = ""
    veil: str | None = None
    reach: Mapping[str, Any] | None = None

    @property
    def hides(self) -> bool:
        """Who answered goes out of members' sight."""
        return self.veil == ON


def veil(meeting: Mapping[str, Any], *, hidden: bool) -> str | None:
    """How it changes whether who answered is hidden."""
    if bool(meeting["attendance_hidden"]) == hidden:
        return None
    return ON if hidden else OFF


def _keys() -> Any:
    meeting_id = bindparam("meeting_id", type_=ID)
    found = union(
        *(select(model.occurrence).where(model.meeting_id == meeting_id) for model in _models())
    ).subquery()
    return select(found.c.occurrence)


def _models() -> list[Any]:
    return list(RECORDS.values())


async def recorded_keys(work: Work, meeting: Mapping[str, Any]) -> set[str]:
    """The occurrences of a locked meeting that anything hangs on; '' is not one of a series."""
    rows = await work.fetch("recorded keys", _keys, {"meeting_id": meeting["id"]})
    found = {row["occurrence"] for row in rows}
    return found - {""} if meeting["recurrence"] is not None else found


def _rows(model: Any) -> Any:
    return (
        select(*(column for column in facts(model) if not isinstance(column.type, Text)))
        .where(
            model.meeting_id == bindparam("meeting_id", type_=ID),
            model.occurrence >= bindparam("since"),
        )
        .order_by(model.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update()
    )


async def shift_records(work: Work, meeting: Mapping[str, Any], shift: Shift) -> None:
    """Take what hangs on the occurrences of a locked meeting along, each with its own change row.

    Errors: `TooManyRecords`.
    """
    moves = shift.to is not None or any(old != new for old, new in shift.keys.items())
    if not (moves or shift.veil or shift.reach is not None):
        return
    await work.flush()
    left = MOST_RECORDS
    for kind, model in RECORDS.items():
        values = {"meeting_id": meeting["id"], "since": shift.since, "most": left + 1}
        rows = await work.fetch(("records", kind), partial(_rows, model), values)
        left -= len(rows)
        if left < 0:
            raise TooManyRecords
        taken = [(row, _moved(row, shift)) for row in rows if _concerned(kind, row, shift)]
        if moves:
            taken.sort(key=_without_collision)
            await _write(work, f"{kind}.moved", taken, shift)
        else:
            await _write(work, f"{kind}.retold", [(row, {}) for row, _ in taken], shift)


def _moved(row: Row, shift: Shift) -> dict[str, Any]:
    found = {"occurrence": shift.keys.get(row["occurrence"], row["occurrence"])}
    return found if shift.to is None else {**found, "meeting_id": shift.to}


def _concerned(kind: str, row: Row, shift: Shift) -> bool:
    key = row["occurrence"]
    if key in shift.keys and (shift.to is not None or shift.keys[key] != key):
        return True
    if shift.to is not None:
        return False
    if kind == "attendance":
        return shift.hides
    if kind == "action":  # who owns it, wrote it down or did it
        return shift.veil is not None
    return shift.reach is not None and row["published_at"] is not None


def _without_collision(edit: tuple[Row, Mapping[str, Any]]) -> tuple[bool, list[int]]:
    """In an order in which no row takes the place of one that is still there: up from the last, down from the first."""
    row, values = edit
    up = values["occurrence"] > row["occurrence"]
    return (not up, [-ord(c) if up else ord(c) for c in row["occurrence"]])


def _counted_on(kind: str, row: Row) -> Row:
    """An action, its outer version level with its own: who read it whole may read it from outside after this.

    The versions that they are told rise all the same, as the feed promises.
    """
    return {**row, "outer_version": row["version"]} if kind == "action" else row


async def _write(
    work: Work, action: str, edits: list[tuple[Row, dict[str, Any]]], shift: Shift
) -> None:
    """Each row once in the change log: what was recorded in this work already (a promotion) is only completed."""
    kind = action.split(".", 1)[0]
    known = {change.resource_id for change in work.changes if change.kind == kind}
    fresh = [(_counted_on(kind, row), values) for row, values in edits if row["id"] not in known]

    def told(row: Mapping[str, Any]) -> Told:
        if kind == "attendance":
            found = told_of_attendance(row, hidden=shift.hides)
            return replace(found, reach="member") if shift.hides else found
        if kind == "action":
            return told_of_action(row)
        published = row["published_at"] is not None
        return told_of_minutes(row, published=published, **(shift.reach or {}))

    await change_many(work, action, fresh, told)
    again = [(row, values) for row, values in edits if row["id"] in known]
    if again and again[0][1]:
        await work.update_many(
            RECORDS[kind], [{"id": row["id"], **values} for row, values in again]
        )
    if again and shift.hides:
        ids = {row["id"] for row, _ in again}
        work.changes[:] = [
            replace(change, reach="member") if change.resource_id in ids else change
            for change in work.changes
        ]
