"""The ledger of erasures: ids and instants alone, in the database and in a file that no backup takes back in time.

A restored backup has everybody again who was erased after it was made. The file says who, so that they are erased
again (`replay`) before the database is served.
"""

import fcntl
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from app.core.errors import NotFound
from app.core.viewer import HOUSE
from app.core.work import House, Work, perform
from app.db.database import Database, fetch_one
from app.db.schema import sqlite_file
from app.db.types import ID, instant_from_text, instant_text
from app.exchange.privacy.erasing import Erased, erase_person
from app.exchange.privacy.holdings import erasure_of, lock_person
from app.models import (
    Action,
    Adoption,
    Ask,
    Attendance,
    CalendarToken,
    CharterAcceptance,
    Client,
    ConductAcceptance,
    Duty,
    DutyTerm,
    Erasure,
    Feedback,
    Idempotency,
    Identity,
    Invitation,
    Measure,
    MeasureSeries,
    Member,
    NameWord,
    Network,
    Offer,
    Pairing,
    PairingWish,
    PdsaCycle,
    Person,
    PersonTopic,
    Resource,
    Result,
    ResultTopic,
    SavedSearch,
    SearchGap,
    SearchWord,
    Token,
    Vote,
)
from app.settings import Settings

# Where something of a person was, so where remnants of it may be.
TABLES = tuple(
    model.__tablename__
    for model in (
        *(Person, PersonTopic, Identity, Member, Token, Client, Invitation, Network),
        *(CalendarToken, SavedSearch, Attendance, Action, Duty, DutyTerm, Ask, Offer, Idempotency),
        *(Pairing, PairingWish),
        CharterAcceptance,
        Resource,
        *(
            Result,
            ResultTopic,
            Measure,
            MeasureSeries,
            PdsaCycle,
            Feedback,
            Adoption,
            ConductAcceptance,
        ),
        *(NameWord, SearchWord, SearchGap),
        Vote,
    )
)


class LedgerFault(Exception):
    """A ledger that cannot be read: which line, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person, and when they were erased (RFC 3339)."""

    person_id: str
    erased_at: str


def file_of(settings: Settings) -> Path | None:
    """Where the ledger's file is: ERASURE_LEDGER, else beside a SQLite file, else nowhere."""
    if settings.erasure_ledger is not None:
        return Path(settings.erasure_ledger)
    database = sqlite_file(settings.database_url)
    return None if database is None else Path(f"{database}.erasures")


def lines_of(entries: Iterable[Entry]) -> str:
    """Entries as the file has them: an instant and an id in a line."""
    return "".join(f"{entry.erased_at} {entry.person_id}\n" for entry in entries)


def read(text: str) -> list[Entry]:
    """The entries of a ledger, each person once. Errors: `LedgerFault`."""
    found: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            erased_at, person_id = words
            instant_from_text(erased_at)
            found.setdefault(_id(person_id), Entry(_id(person_id), erased_at))
        except ValueError:
            raise LedgerFault(f"line {number} is not an instant and an id") from None
    return list(found.values())


def _id(text: str) -> str:
    return str(UUID(text))


def append(file: Path, entries: Iterable[Entry]) -> int:
    """Write what the file does not have at its end, to the disk. Returns how many. Errors: `OSError`, `LedgerFault`."""
    file.touch(mode=0o600)
    with file.open("a+") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.seek(0)
        known = {entry.person_id for entry in read(opened.read())}
        new = [entry for entry in entries if entry.person_id not in known]
        opened.write(lines_of(new))
        opened.flush()
        os.fsync(opened.fileno())
    return len(new)


def _all() -> Any:
    return select(Erasure.person_id, Erasure.erased_at).order_by(
        Erasure.erased_at, Erasure.person_id
    )


async def entries_in(db: Database) -> list[Entry]:
    """The ledger as the database has it, the oldest first."""
    rows = await db.fetch("erasures", _all, {})
    return [Entry(row["person_id"], row["erased_at"]) for row in rows]


async def keep_in_step(db: Database, settings: Settings) -> int:
    """Bring the file up to the database. Returns how many lines were missing. Errors: `OSError`, `LedgerFault`."""
    file = file_of(settings)
    entries = await entries_in(db)
    return append(file, entries) if file is not None and entries else 0


async def scrub_after(house: House, lately: timedelta) -> None:
    """Scrub once more where somebody was erased lately: it may not have worked, or the server ended before."""
    since = instant_text(house.clock() - lately)
    if any(entry.erased_at >= since for entry in await entries_in(house.db)):
        await house.db.scrub(TABLES)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did, or would do: ids by what became of them."""

    erased: tuple[str, ...]
    already: tuple[str, ...]
    unknown: tuple[str, ...]
    unled: tuple[str, ...]


def _person() -> Any:
    return select(Person.erased_at).where(Person.id == bindparam("person_id", type_=ID))


async def replay(house: House, entries: Iterable[Entry], *, dry_run: bool = False) -> Replayed:
    """Erase everybody again who is in a ledger, each in a transaction of its own; doing it twice changes nothing.

    Nothing stops it: a network may be without a facilitator afterwards (`unled`), the installation without an
    operator. The unknown were made after the backup; they are noted all the same. Run it before the database is
    served.
    """
    erased: list[str] = []
    already: list[str] = []
    unknown: list[str] = []
    unled: list[str] = []
    for entry in entries:
        row = await fetch_one(house.db, "erased?", _person, {"person_id": entry.person_id})
        kind = unknown if row is None else already if row["erased_at"] else erased
        kind.append(entry.person_id)
        if dry_run:
            continue

        async def command(work: Work, entry: Entry = entry) -> Erased | None:
            try:
                held = await lock_person(work, entry.person_id)
            except NotFound:
                if await erasure_of(work, entry.person_id) is None:
                    values = {
                        "person_id": entry.person_id,
                        "erased_at": instant_from_text(entry.erased_at),
                    }
                    work.insert(Erasure, values)
                return None
            return await erase_person(work, held)

        done = await perform(house, command, viewer=HOUSE)
        unled += done.unled if done is not None else ()
    if erased and not dry_run:
        await house.db.scrub(TABLES)
    return Replayed(tuple(erased), tuple(already), tuple(unknown), tuple(unled))
