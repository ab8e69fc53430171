"""Organisations as the database keeps them: read them all, compare, write only what differs.

Nothing here makes change rows: organisations are a baseline, and no resource of the change feed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import bindparam, delete, select, update

from app import models
from app.core import words
from app.core.json_columns import json_text, plain
from app.core.work import rows_of
from app.db.database import Reads, Transaction
from app.reference.load import Organisation, Parent

T = TypeVar("T")
Report = Callable[[str, int, int], None]

CHUNK: Final = 500  # rows in one statement: far below the statement timeout, often enough to show
COLUMNS: Final = (
    "code", "name", "kind", "ods_roles", "active", "valid_from", "valid_to", "address", "postcode",
    "latitude", "longitude", "region", "parents", "search_name", "search_front", "updated_at",
)  # fmt: skip
EMPTY: Final = {
    "successors": "[]", "search_topics": "", "search_purpose": "", "search_inside": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """One organisation as it is in the database, and the words it is found by."""

    organisation: Organisation
    words: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a comparison came to, in organisations."""

    added: int
    changed: int
    unchanged: int


def search_words(organisation: Organisation, pcns: Mapping[str, str]) -> tuple[str, str]:
    """Return the words of the name, and those of the address and of the networks it is in today.

    Code and postcode count as names: whoever types one of them means this organisation. The
    postcode is there as two words and as one, since people write it both ways. `pcns` are the
    names of the primary care networks by code.
    """
    postcode = organisation.postcode or ""
    name = f"{organisation.name} {organisation.code} {postcode} {postcode.replace(' ', '')}"
    networks = [pcns.get(code, "") for code in _current_pcns(organisation)]
    return words.document(name), words.document(" ".join([organisation.address or "", *networks]))


def _current_pcns(organisation: Organisation) -> list[str]:
    of_today = {
        p.code for p in organisation.parents if p.relationship == "pcn" and p.valid_to is None
    }
    return sorted(of_today)


def in_order(parents: Iterable[Parent]) -> tuple[Parent, ...]:
    """Sort parents by relationship, first day and code, as they are kept and shown."""
    return tuple(sorted(parents, key=lambda p: (p.relationship, p.valid_from or date.min, p.code)))


async def read_stored(reads: Reads) -> dict[str, Stored]:
    """Return every organisation of the database, by code."""
    rows = await reads.fetch("stored organisations", _everything, {})
    return {row["code"]: _stored(row) for row in rows}


async def write_differences(
    tx: Transaction,
    now: datetime,
    stored: Mapping[str, Stored],
    wanted: Iterable[Organisation],
    report: Report,
) -> Counts:
    """Insert what is new and update what differs, in chunks; what is the same is not touched.

    `stored` must have been read in the same transaction. Parents have to be `in_order`. Practices
    that are not among `wanted` get the words of a primary care network that is called otherwise;
    they are not counted.
    """
    wanted = list(wanted)
    pcns = _named_pcns(before.organisation for before in stored.values())
    renamed = {code: name for code, name in _named_pcns(wanted).items() if pcns.get(code) != name}
    pcns |= renamed
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    moved: list[Organisation] = []
    unchanged = 0
    for organisation in wanted:
        before = stored.get(organisation.code)
        found_by = search_words(organisation, pcns)
        if before == Stored(organisation, found_by):
            unchanged += 1
            continue
        row = _row(organisation, found_by, now)
        if before is None:
            added.append({**row, **EMPTY})
        else:
            changed.append({f"new_{name}": value for name, value in row.items()})
        if before is None or _current(organisation) != _current(before.organisation):
            moved.append(organisation)
    total, done = len(added) + len(changed), 0
    for key, build, rows in (
        ("add organisations", rows_of((*COLUMNS, *EMPTY), models.Organisation), added),
        ("change organisations", _change, changed),
    ):
        for chunk in chunks(rows):
            await tx.write_many(key, build, chunk)
            done += len(chunk)
            report("organisations", done, total)
    await _write_parents(tx, stored, moved)
    if renamed:
        told = {one.code for one in wanted}
        others = [before for code, before in stored.items() if code not in told]
        await _write_words(tx, others, pcns)
    return Counts(len(added), len(changed), unchanged)


def _named_pcns(organisations: Iterable[Organisation]) -> dict[str, str]:
    return {o.code: o.name for o in organisations if o.kind == "pcn"}


async def _write_words(tx: Transaction, others: Sequence[Stored], pcns: Mapping[str, str]) -> None:
    """Make the words of these anew where they differ."""
    found = [(other, search_words(other.organisation, pcns)) for other in others]
    rows = [
        {"of_code": other.organisation.code, "new_name": words[0], "new_front": words[1]}
        for other, words in found
        if words != other.words
    ]
    for chunk in chunks(rows):
        await tx.write_many("change words", _change_words, chunk)


async def _write_parents(
    tx: Transaction, stored: Mapping[str, Stored], moved: Sequence[Organisation]
) -> None:
    """Put the current parents of these organisations in the place of the ones before."""
    known = [{"of_code": o.code} for o in moved if o.code in stored]
    for chunk in chunks(known):
        await tx.write_many("forget parents", _forget_parents, chunk)
    insert = rows_of(("code", "parent_code", "relationship"), models.OrganisationParent)
    for chunk in chunks([row for organisation in moved for row in _current(organisation)]):
        await tx.write_many("add parents", insert, chunk)


def chunks(rows: Sequence[T]) -> Iterator[list[T]]:
    """Cut rows into lists of `CHUNK` at most."""
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _row(organisation: Organisation, found_by: tuple[str, str], now: datetime) -> dict[str, Any]:
    parents = [
        {
            "code": parent.code,
            "relationship": parent.relationship,
            "valid_from": _day_text(parent.valid_from),
            "valid_to": _day_text(parent.valid_to),
        }
        for parent in organisation.parents
    ]
    return {
        **{name: getattr(organisation, name) for name in _PLAIN},
        "ods_roles": json_text(organisation.ods_roles),
        "parents": json_text(parents),
        "search_name": found_by[0],
        "search_front": found_by[1],
        "updated_at": now,
    }


_PLAIN = (
    "code", "name", "kind", "active", "valid_from", "valid_to", "address", "postcode", "latitude",
    "longitude", "region",
)  # fmt: skip


def _stored(row: dict[str, Any]) -> Stored:
    parents = plain(row["parents"])
    organisation = Organisation(
        **{name: row[name] for name in _PLAIN if name not in ("valid_from", "valid_to")},
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        ods_roles=tuple(plain(row["ods_roles"])),
        parents=tuple(
            Parent(
                parent["code"],
                parent["relationship"],
                _day(parent["valid_from"]),
                _day(parent["valid_to"]),
            )
            for parent in parents
        ),
    )
    return Stored(organisation, (row["search_name"], row["search_front"]))


def _current(organisation: Organisation) -> list[dict[str, Any]]:
    """Return the rows of the parents that hold today: those without a last day, each once."""
    pairs = {(p.code, p.relationship) for p in organisation.parents if p.valid_to is None}
    return [
        {"code": organisation.code, "parent_code": code, "relationship": relationship}
        for code, relationship in sorted(pairs)
    ]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _everything() -> Any:
    table: Any = models.Organisation
    return select(*(getattr(table, name) for name in COLUMNS if name != "updated_at"))


def _change() -> Any:
    table: Any = models.Organisation
    return (
        update(table)
        .where(table.code == bindparam("new_code"))
        .values({name: bindparam(f"new_{name}") for name in COLUMNS if name != "code"})
    )


def _change_words() -> Any:
    table: Any = models.Organisation
    return (
        update(table)
        .where(table.code == bindparam("of_code"))
        .values(search_name=bindparam("new_name"), search_front=bindparam("new_front"))
    )


def _forget_parents() -> Any:
    return delete(models.OrganisationParent).where(
        models.OrganisationParent.code == bindparam("of_code")
    )
