"""A file of the Organisation Data Service goes into the database: whole, once, and only what differs.

Absence closes nothing: an organisation that the file does not name stays as it is. What the file
does not speak of (other relationships, coordinates, sometimes the region) stays as well.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import bindparam, select

from app.core.vocabulary import note_due
from app.core.work import House, baseline, rows_of
from app.db.database import Transaction, fetch_one
from app.exchange.ods.parse import SPEAKS_OF, FileKind, parse_organisations, parse_partnerships
from app.exchange.ods.pcn import Partnership
from app.exchange.ods.stored import (
    Counts,
    Report,
    Stored,
    in_order,
    read_stored,
    write_differences,
)
from app.models import ImportRun, Installation
from app.reference.load import Organisation, Parent, read_organisations, read_outcodes

SMALLEST_SHARE: Final = 0.8
Point = tuple[float, float]


class SmallerThanBefore(Exception):
    """A file has far fewer rows than the last one of its kind: it may have been cut off."""

    def __init__(self, kind: FileKind, rows: int, before: int) -> None:
        """Say how many there are and how many there were."""
        super().__init__(
            f"This {kind} file has {rows:,} rows, the last one imported had {before:,}: it may be "
            "incomplete. Nothing was imported; use --force if the file is right."
        )
        self.rows = rows
        self.before = before


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; `added`, `changed` and `unchanged` count organisations.

    `unknown_parents` are the codes that the file names as parents and nobody knows: they are kept
    as codes. `unknown_practices` are in no file so far and have a partnership: these rows are left
    out until they are. Both sorted, each code once.
    """

    rows: int
    added: int
    changed: int
    unchanged: int
    unknown_parents: tuple[str, ...]
    unknown_practices: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Places:
    """Where postcodes are, from the shipped data: exactly, or the centre of their first half."""

    postcodes: Mapping[str, Point]
    outcodes: Mapping[str, Point]


@cache
def shipped_places() -> Places:
    """Read where postcodes are."""
    return Places(
        {
            o.postcode: (o.latitude, o.longitude)
            for o in read_organisations()
            if o.postcode and o.latitude is not None and o.longitude is not None
        },
        {o.outcode: (o.latitude, o.longitude) for o in read_outcodes()},
    )


@dataclass(frozen=True, slots=True)
class _File:
    """What one file says; one of the two lists is empty."""

    kind: FileKind
    rows: int
    digest: str
    told: list[Organisation]
    partnerships: list[Partnership]


async def import_file(
    house: House, path: Path, kind: FileKind, *, force: bool = False, report: Report
) -> ImportReport:
    """Import one file in one transaction; the same file again changes nothing.

    The file is read and checked whole first. `report` is called with ("rows read", done, total) and
    ("organisations", done, total).
    Errors: OdsFileError with the line; `SmallerThanBefore` when it has fewer than 80 % of the rows
    of the last file of its kind, unless `force`; OSError; `app.db.errors`. Then nothing is written.
    """
    began = time.perf_counter()
    file = _read(path, kind)
    report("rows read", file.rows, file.rows)
    places = shipped_places()

    async def load(tx: Transaction) -> tuple[Counts, list[Organisation], set[str]]:
        # Two imports wait for each other here, so that each compares with what the other wrote.
        await tx.fetch("lock for import", _lock, {})
        if not force:
            await _refuse_smaller(tx, file)
        stored = await read_stored(tx)
        wanted = [
            *(_merged(organisation, stored, kind, places) for organisation in file.told),
            *_in_networks(file.partnerships, stored),
        ]
        now = house.clock()
        counts = await write_differences(tx, now, stored, wanted, report)
        run = {
            "id": house.new_id(),
            "kind": kind,
            "at": now,
            "rows": file.rows,
            "digest": file.digest,
        }
        await note_due(tx)
        await tx.write_many("add import", rows_of(tuple(run), ImportRun), [run])
        return counts, wanted, stored.keys() | {organisation.code for organisation in wanted}

    counts, wanted, known = await baseline(house, load)
    above = {p.code for o in wanted for p in o.parents if p.relationship in SPEAKS_OF[kind]}
    return ImportReport(
        rows=file.rows,
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        unknown_parents=tuple(sorted(above - known)),
        unknown_practices=tuple(sorted({p.practice_code for p in file.partnerships} - known)),
        seconds=time.perf_counter() - began,
    )


def _read(path: Path, kind: FileKind) -> _File:
    content = path.read_bytes()
    told = [] if kind == "pcn-partners" else parse_organisations(content, kind)
    partnerships = parse_partnerships(content) if kind == "pcn-partners" else []
    digest = hashlib.sha256(content).hexdigest()
    return _File(kind, len(told) + len(partnerships), digest, told, partnerships)


async def _refuse_smaller(tx: Transaction, file: _File) -> None:
    last = await fetch_one(tx, "last import", _last_import, {"kind": file.kind})
    if last is not None and file.rows < last["rows"] * SMALLEST_SHARE:
        raise SmallerThanBefore(file.kind, file.rows, last["rows"])


def _merged(
    told: Organisation, stored: Mapping[str, Stored], kind: FileKind, places: Places
) -> Organisation:
    """Return what should be stored of one row: what the file tells, and what it does not tell."""
    found = stored.get(told.code)
    before = found.organisation if found is not None else None
    kept = before.parents if before is not None else ()
    point = _point(told, before, places)
    return replace(
        told,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        region=told.region or _region_above(told, stored) or (before.region if before else None),
        parents=in_order(
            [*told.parents, *(p for p in kept if p.relationship not in SPEAKS_OF[kind])]
        ),
    )


def _region_above(told: Organisation, stored: Mapping[str, Stored]) -> str | None:
    """Return the region of the first parent that has one: the PCN file names no region."""
    regions = (
        stored[parent.code].organisation.region for parent in told.parents if parent.code in stored
    )
    return next((region for region in regions if region), None)


def _point(told: Organisation, before: Organisation | None, places: Places) -> Point | None:
    """Return where an organisation is; the files have no coordinates.

    What is known stays while the postcode stays. Else it is the place of the new postcode, exact
    where the shipped data has it, or the centre of its outcode, or at last what was known: a known
    coordinate never becomes null.
    """
    known: Point | None = None
    if before is not None and before.latitude is not None and before.longitude is not None:
        known = before.latitude, before.longitude
    postcode = told.postcode
    if postcode is None or (known and before is not None and before.postcode == postcode):
        return known
    outcode = postcode.split(" ")[0]
    moved_nearby = before is not None and (before.postcode or "").split(" ")[0] == outcode
    return (
        places.postcodes.get(postcode)
        or (known if moved_nearby else None)
        or places.outcodes.get(outcode)
        or known
    )


def _in_networks(
    partnerships: Iterable[Partnership], stored: Mapping[str, Stored]
) -> Iterable[Organisation]:
    """Yield the practices that the file names and we know, with the networks it tells."""
    told: dict[str, list[Parent]] = {}
    for row in partnerships:
        parent = Parent(row.pcn_code, "pcn", row.valid_from, row.valid_to)
        told.setdefault(row.practice_code, []).append(parent)
    for code, parents in told.items():
        if code in stored:
            practice = stored[code].organisation
            others = [
                p for p in practice.parents if p.relationship not in SPEAKS_OF["pcn-partners"]
            ]
            yield replace(practice, parents=in_order([*parents, *others]))


def _lock() -> Any:
    return select(Installation.id).where(Installation.id == 1).with_for_update()


def _last_import() -> Any:
    return (
        select(ImportRun.rows)
        .where(ImportRun.kind == bindparam("kind"))
        .order_by(ImportRun.at.desc(), ImportRun.id.desc())
        .limit(1)
    )
