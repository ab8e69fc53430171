"""What is left of somebody erased: that they lead nothing, and that a token of before does not make them anew.

An issuer's token goes on after the person was erased, and a first sign-in makes a person of its claims: the next
request of an open frontend would bring the name back. So a hash of the sign-in is kept for as long as such a token may
live; what was issued later is somebody who signs in again on purpose.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, select

from app.core.work import Work
from app.db.database import Reads, fetch_one
from app.db.types import ID, instant_from_text
from app.models import Person, UsedAssertion

OUTLIVES = timedelta(days=8)  # an issuer's token lives seven days at most (`core.issuers`)
CLOCKS = timedelta(seconds=30)  # that an issuer's may be ahead of ours


def _mark(issuer: str, subject: str) -> str:
    return sha256(f"erased\n{issuer}\n{subject}".encode()).hexdigest()


def mark_sign_in(work: Work, issuer: str, subject: str) -> None:
    """Note that this sign-in belonged to somebody who is erased now; replaces an older note."""
    mark = _mark(issuer, subject)
    work.delete(UsedAssertion, {"id": mark})
    work.insert(UsedAssertion, {"id": mark, "expires_at": work.now + OUTLIVES})


def _marked() -> Any:
    return select(UsedAssertion.expires_at).where(UsedAssertion.id == bindparam("mark"))


async def issued_before_erasure(
    reads: Reads, issuer: str, subject: str, issued_at: datetime
) -> bool:
    """Whether a token of this sign-in is from before its person was erased."""
    row = await fetch_one(reads, "erased sign-in", _marked, {"mark": _mark(issuer, subject)})
    if row is None:
        return False
    return issued_at <= instant_from_text(row["expires_at"]) - OUTLIVES + CLOCKS


def _erased_at() -> Any:
    return select(Person.erased_at).where(Person.id == bindparam("person_id", type_=ID))


async def is_erased(work: Work, person_id: str) -> bool:
    """Whether a person was erased."""
    row = await fetch_one(work, "erased at", _erased_at, {"person_id": person_id})
    return row is not None and row["erased_at"] is not None
