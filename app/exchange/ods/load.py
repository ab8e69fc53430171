"""The data that ships with the product goes into the database: at the first start, and when it changed.

The rule for organisations: newer data wins. What an import told of after `AS_OF` stays as the
import left it, and the shipped files only fill in what it cannot know (coordinates, a region, the
relationships that its kind of file does not speak of). Everything else becomes what is shipped.
An organisation that is no longer shipped stays: absence closes nothing.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update

from app.core.vocabulary import note_due
from app.core.words import tokens
from app.core.work import House, baseline, rows_of
from app.db.database import Transaction, Write, fetch_one
from app.db.types import INSTANT
from app.exchange.ods.parse import SPEAKS_OF, FileKind
from app.exchange.ods.stored import (
    Report,
    Stored,
    chunks,
    in_order,
    read_stored,
    write_differences,
)
from app.models import Base, ImportRun, Installation, Outcode, Place, Term
from app.reference import load as shipped
from app.reference.load import Organisation, Relationship
from app.reference.roles import OrganisationKind

# The day the shipped organisations are of, and how this module makes rows of the files (search
# words above all). Whoever changes either raises it, so that the next start loads again.
AS_OF: Final = datetime(2024, 2, 1, tzinfo=UTC)
REVISION: Final = 3
FILES: Final = (
    "organisations.csv",
    "outcodes.csv",
    "places.csv",
    "topics.json",
    "professions.json",
)

# Which file tells an organisation of this kind; a practice's PCN comes from another one.
FILE_OF: Final = MappingProxyType[OrganisationKind, FileKind](
    {
        "gp_practice": "epraccur",
        "prescribing_cost_centre": "epraccur",
        "pcn": "pcn",
        "trust": "etr",
    }
)


@dataclass(frozen=True, slots=True)
class Shipped:
    """The reference data to load, and a digest that stands for all of it."""

    digest: str
    organisations: Callable[[], Iterable[Organisation]] = shipped.read_organisations
    outcodes: Callable[[], Iterable[shipped.Outcode]] = shipped.read_outcodes
    towns: Callable[[], Iterable[shipped.Town]] = shipped.read_towns
    topics: Callable[[], Iterable[shipped.Term]] = shipped.read_topics
    professions: Callable[[], Iterable[shipped.Term]] = shipped.read_professions
    as_of: datetime = AS_OF


@dataclass(frozen=True, slots=True)
class BaselineReport:
    """What a load did; `loaded` is False when the database had this data already."""

    loaded: bool
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    outcodes: int = 0
    towns: int = 0
    terms: int = 0
    seconds: float = 0.0


def shipped_data() -> Shipped:
    """Return what ships with this release. Reads the files once for their digest (5 ms)."""
    digest = hashlib.sha256(f"{REVISION} {AS_OF}".encode())
    for name in FILES:
        digest.update(shipped.shipped_text(name).encode())
    return Shipped(digest.hexdigest())


async def load_baseline(
    house: House, report: Report, data: Shipped | None = None
) -> BaselineReport:
    """Bring the reference data of the database up to `data`, or to what ships with this release.

    One transaction: a start that is killed while it loads leaves the database as it was, and the
    next start loads again. A database that has this data already is left alone (one query).
    `report` is called with ("organisations", "outcodes", "towns" or "vocabularies", done, total).
    Errors: `app.db.errors`.
    """
    began = time.perf_counter()
    data = data or shipped_data()
    if await _holds(house, data.digest):
        return BaselineReport(loaded=False, seconds=time.perf_counter() - began)
    organisations = [replace(o, parents=in_order(o.parents)) for o in data.organisations()]

    async def load(tx: Transaction) -> BaselineReport:
        row = await fetch_one(tx, "lock installation", _locked_installation, {})
        if row is not None and row["baseline"] == data.digest:  # another process was faster
            return BaselineReport(loaded=False)
        stored = await read_stored(tx)
        runs = await tx.fetch("imports since", _imports_since, {"since": data.as_of})
        imported: frozenset[FileKind] = frozenset(run["kind"] for run in runs)
        wanted = {code: before.organisation for code, before in stored.items()} | {
            o.code: _wanted(o, stored.get(o.code), imported) for o in organisations
        }
        counts = await write_differences(tx, house.clock(), stored, wanted.values(), report)
        outcodes = await _load_outcodes(tx, data, report)
        towns = await _load_towns(tx, data, report)
        terms = await _load_terms(tx, data, report)
        await note_due(tx)
        await tx.write_many("set baseline", _set_baseline, [{"digest": data.digest}])
        return BaselineReport(
            loaded=True,
            added=counts.added,
            changed=counts.changed,
            unchanged=counts.unchanged,
            outcodes=outcodes,
            towns=towns,
            terms=terms,
        )

    return replace(await baseline(house, load), seconds=time.perf_counter() - began)


async def _holds(house: House, digest: str) -> bool:
    row = await fetch_one(house.db, "installation baseline", _installation, {})
    return row is not None and row["baseline"] == digest


def _wanted(
    told: Organisation, before: Stored | None, imported: frozenset[FileKind]
) -> Organisation:
    """Return what should be stored of one shipped organisation: see the module's rule."""
    if before is None:
        return told
    kept = before.organisation
    own = FILE_OF.get(told.kind)
    files = imported & {own, "pcn-partners"}
    spoken: frozenset[Relationship] = frozenset().union(*(SPEAKS_OF[kind] for kind in files))
    base, other = (kept, told) if own in imported else (told, kept)
    place = base if base.latitude is not None else other
    return replace(
        base,
        latitude=place.latitude,
        longitude=place.longitude,
        region=base.region or other.region,
        parents=in_order(
            [
                *(parent for parent in kept.parents if parent.relationship in spoken),
                *(parent for parent in told.parents if parent.relationship not in spoken),
            ]
        ),
    )


async def _load_outcodes(tx: Transaction, data: Shipped, report: Report) -> int:
    """Put the shipped outcodes in the place of the stored ones."""
    rows = [
        {
            "outcode": o.outcode,
            "latitude": o.latitude,
            "longitude": o.longitude,
            "precision_km": o.p90_km,
        }
        for o in data.outcodes()
    ]
    return await _replaced(tx, Outcode, "outcodes", rows, report)


async def _load_towns(tx: Transaction, data: Shipped, report: Report) -> int:
    """Put the shipped towns in the place of the stored ones."""
    rows = [
        {**asdict(town), "key": " ".join(tokens(town.name)), "kind": "town"}
        for town in data.towns()
    ]
    return await _replaced(tx, Place, "towns", rows, report)


async def _replaced(
    tx: Transaction, model: type[Base], what: str, rows: list[dict[str, Any]], report: Report
) -> int:
    """Put these rows in the place of all that the table has."""
    table = model.__tablename__
    await tx.write([Write(f"clear {what}", lambda: delete(model), {}, (table, ""), None)])
    done = 0
    for chunk in chunks(rows):
        await tx.write_many(f"add {what}", rows_of(tuple(chunk[0]), model), chunk)
        done += len(chunk)
        report(what, done, len(rows))
    return len(rows)


async def _load_terms(tx: Transaction, data: Shipped, report: Report) -> int:
    """Put the shipped vocabularies in the place of the stored ones."""
    rows = [
        {"vocabulary": name, "code": term.code, "label": term.label, "grouping": term.group}
        for name, terms in (("topic", data.topics()), ("profession", data.professions()))
        for term in terms
    ]
    await tx.write([Write("clear terms", lambda: delete(Term), {}, ("term", ""), None)])
    if rows:
        await tx.write_many("add terms", rows_of(tuple(rows[0]), Term), rows)
    report("vocabularies", len(rows), len(rows))
    return len(rows)


def _installation() -> Any:
    return select(Installation.baseline).where(Installation.id == 1)


def _locked_installation() -> Any:
    return _installation().with_for_update()


def _set_baseline() -> Any:
    return update(Installation).where(Installation.id == 1).values(baseline=bindparam("digest"))


def _imports_since() -> Any:
    return select(ImportRun.kind).where(ImportRun.at > bindparam("since", type_=INSTANT)).distinct()
