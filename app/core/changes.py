"""`record()`: the one place a change row is made, and the three verbs that write a resource and record it.

Who is told of a change: whoever sees the resource now and has the tier of what changed; besides, whoever `reach` names,
for what went out of sight; and the person it concerns.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from app.core.access import INSIDE, NAME, SELF
from app.core.audit_access import NO_REQUEST
from app.core.days import midnight
from app.core.work import BLIND_KINDS, KINDS, Model, Work
from app.db.database import ChangeRow


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of a change; see `models.Change` for the words.

    `outer` says whether somebody outside can see what changed: it moves the outer version.
    """

    network_id: str | None = None
    person_id: str | None = None
    tier: int = 0
    outer: bool = True
    reach: str | None = None
    reach_network_id: str | None = None
    scope: str | None = None


# For many rows at once: the same for all of them, or told from each.
ToldOfEach = Told | Callable[[Mapping[str, Any]], Told]


def _of(told: ToldOfEach, row: Mapping[str, Any]) -> Told:
    return told if isinstance(told, Told) else told(row)


def told_of_network(row: Mapping[str, Any], tier: int, **more: Any) -> Told:
    """Who hears of a change to fields of this tier of a network."""
    return Told(network_id=row["id"], tier=tier, outer=tier <= row["parent_tier"], **more)


def record(  # noqa: PLR0913 - one argument for each column that differs
    work: Work,
    action: str,
    resource_id: str,
    told: Told,
    *,
    version: int,
    outer_version: int,
    name_version: int | None = None,
    op: str = "upsert",
    fields: tuple[str, ...] = (),
) -> None:
    """Write one row of the change log; `action` is `kind.past_tense`, `fields` are names, never values."""
    work.changes.append(
        ChangeRow(
            at=work.now,
            kind=action.split(".", 1)[0],
            resource_id=resource_id,
            network_id=told.network_id,
            person_id=told.person_id,
            op=op,
            action=action,
            tier=told.tier,
            outside=told.outer,
            version=version,
            outer_version=outer_version,
            name_version=name_version,
            reach=told.reach,
            reach_network_id=told.reach_network_id or told.network_id,
            scope=told.scope,
            actor_id=work.viewer.person_id,
            request_id=work.request_id,
            fields=orjson.dumps([*fields, *work.acknowledged]).decode(),
            token_id=work.viewer.token_id,
        )
    )


def stamp(work: Work, kind: str) -> datetime:
    """The time that a row of this kind is stamped with: of what may have an author who is not named, the day."""
    if kind not in BLIND_KINDS:
        return work.now
    return midnight(work.now)


def _stamp(work: Work, action: str) -> datetime:
    return stamp(work, action.split(".", 1)[0])


def _model(action: str) -> Model:
    return KINDS[action.split(".", 1)[0]]


def record_read(work: Work, network_id: str, operation: str) -> None:
    """Write that the viewer looked inside a network; the feed never shows it, the audit does."""
    told = Told(network_id=network_id, tier=INSIDE, outer=False)
    record(
        work, "read.network", network_id, told, version=0, outer_version=0, op="read", fields=(operation,)
    )  # fmt: skip


def record_look_at_person(work: Work, person_id: str, operation: str) -> None:
    """Write that everything kept of a person was read; for the audit, as above."""
    told = Told(person_id=person_id, tier=SELF, outer=False)
    record(
        work, "read.person", person_id, told, version=0, outer_version=0, op="read", fields=(operation,)
    )  # fmt: skip


def create(work: Work, action: str, values: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Insert a resource at version 1 and record it. Returns the row."""
    now = _stamp(work, action)
    row = {
        **values,
        "version": 1,
        "outer_version": 1,
        "created_at": now,
        "updated_at": now,
        "outer_updated_at": now,
    }
    work.insert(_model(action), row)
    name_version = values.get("name_version")
    record(work, action, row["id"], told, version=1, outer_version=1, name_version=name_version)
    return row


async def create_many(
    work: Work, action: str, rows: Sequence[Mapping[str, Any]], told: ToldOfEach
) -> None:
    """Insert resources of one kind and the same columns at version 1, and record each."""
    now = _stamp(work, action)
    beginning = {
        "version": 1,
        "outer_version": 1,
        "created_at": now,
        "updated_at": now,
        "outer_updated_at": now,
    }
    if rows:
        await work.insert_many(_model(action), [{**row, **beginning} for row in rows])
    for row in rows:
        record(work, action, row["id"], _of(told, row), version=1, outer_version=1)


async def change_many(
    work: Work,
    action: str,
    edits: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    told: ToldOfEach,
) -> None:
    """Update resources that this work has locked, each with the same columns; and record each."""
    inside, outside = [], []  # each is written at once, and has the same columns
    now = _stamp(work, action)
    for row, values in edits:
        new = {"id": row["id"], **values, "version": row["version"] + 1, "updated_at": now}
        if _of(told, row).outer:
            outer = {"outer_version": row["outer_version"] + 1, "outer_updated_at": now}
            outside.append({**new, **outer})
        else:
            inside.append(new)
    for rows in (inside, outside):
        if rows:
            await work.update_many(_model(action), rows)
    for row, values in edits:
        telling = _of(told, row)
        record(
            work,
            action,
            row["id"],
            telling,
            version=row["version"] + 1,
            outer_version=row["outer_version"] + telling.outer,
            fields=tuple(values),
        )


async def remove_many(
    work: Work, action: str, rows: Sequence[Mapping[str, Any]], told: ToldOfEach
) -> None:
    """Delete resources that this work has locked and record that each is gone."""
    if rows:
        await work.delete_many(_model(action), [{"id": row["id"]} for row in rows])
    for row in rows:
        _record_gone(work, action, row, _of(told, row))


def change(
    work: Work,
    action: str,
    row: Mapping[str, Any],
    values: Mapping[str, Any],
    told: Told,
    *,
    op: str = "upsert",
    also: Sequence[str] = (),
) -> dict[str, Any]:
    """Update a loaded resource (a network with all its versions) and record it. Returns what was written.

    `also` names fields that changed beside the row's own columns.
    """
    now = _stamp(work, action)
    new = {**values, "version": row["version"] + 1, "updated_at": now}
    if told.outer:
        new |= {"outer_version": row["outer_version"] + 1, "outer_updated_at": now}
        if told.tier == NAME and "name_version" in row:
            new |= {"name_version": row["name_version"] + 1, "name_updated_at": now}
    work.update(_model(action), row["id"], new, seen=row["version"])
    record(
        work,
        action,
        row["id"],
        told,
        version=new["version"],
        outer_version=new.get("outer_version", row["outer_version"]),
        name_version=new.get("name_version", row.get("name_version")),
        op=op,
        fields=(*(name for name in values if not name.startswith("search_")), *also),
    )
    return new


def change_by_service(
    work: Work, action: str, row: Mapping[str, Any], values: Mapping[str, Any], told: Told
) -> None:
    """The same where the service acts because of somebody who stays unnamed.

    The change row has no actor, token or request, the day alone, and nothing of what they acknowledged, which is about
    their own words; stamps that are instants stay as they are.
    """
    kind = action.split(".", 1)[0]
    new = {**values, "version": row["version"] + 1}
    if kind in BLIND_KINDS:
        new["updated_at"] = stamp(work, kind)
    if told.outer:
        new["outer_version"] = row["outer_version"] + 1
    work.update(_model(action), row["id"], new, seen=row["version"])
    record(
        work,
        action,
        row["id"],
        told,
        version=new["version"],
        outer_version=new.get("outer_version", row["outer_version"]),
    )
    work.changes[-1] = replace(
        work.changes[-1],
        at=midnight(work.now),
        actor_id=None,
        token_id=None,
        request_id=NO_REQUEST,
        fields=orjson.dumps([*values]).decode(),
    )


def remove(work: Work, action: str, row: Mapping[str, Any], told: Told) -> None:
    """Delete a loaded resource and record that it is gone."""
    work.delete(_model(action), {"id": row["id"]})
    _record_gone(work, action, row, told)


def _record_gone(work: Work, action: str, row: Mapping[str, Any], told: Told) -> None:
    record(
        work,
        action,
        row["id"],
        told,
        version=row["version"] + 1,
        outer_version=row["outer_version"] + 1,
        name_version=row["name_version"] + 1 if "name_version" in row else None,
        op="gone",
    )
