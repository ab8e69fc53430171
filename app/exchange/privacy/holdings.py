"""Where something of a person is kept: the rows that an erasure looks at, locked in the house's order."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, false, func, or_, select

from app.core.errors import NotFound
from app.core.fetching import facts
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID, among
from app.features.networks.spells import OPEN
from app.models import (
    Adoption,
    CalendarToken,
    Client,
    Erasure,
    Identity,
    Invitation,
    Member,
    Network,
    Person,
    Result,
    ResultAuthor,
    SavedSearch,
    Token,
    Vote,
)

Row = dict[str, Any]
OWNED = {
    "spells": Member,
    "tokens": Token,
    "clients": Client,
    "calendar_tokens": CalendarToken,
    "saved_searches": SavedSearch,
    "votes": Vote,
}


def _person_id() -> Any:
    return bindparam("person_id", type_=ID)


def _networks() -> Any:
    spells = select(Member.network_id).where(
        Member.person_id == _person_id(), among(Member.status, OPEN)
    )
    wrote = (
        select(Result.network_id)
        .join(ResultAuthor, ResultAuthor.result_id == Result.id)
        .where(ResultAuthor.person_id == _person_id())
    )
    tried = select(Adoption.network_id).where(Adoption.reported_by == _person_id())
    theirs = [Network.id.in_(one.scalar_subquery()) for one in (spells, wrote, tried)]
    found = select(*facts(Network)).where(or_(*theirs))
    return found.order_by(Network.depth, Network.id).with_for_update()


def _person() -> Any:
    return select(*facts(Person)).where(Person.id == _person_id()).with_for_update()


@dataclass(frozen=True, slots=True)
class Held:
    """A person's row, and by their ids the networks with something of theirs: all locked.

    That is an open spell, a result that they wrote, an adoption that they reported.
    """

    person: Row
    networks: dict[str, Row]


async def lock_person(work: Work, person_id: str) -> Held:
    """Lock a person with what their open spells are in. Errors: `NotFound` for nobody, and for who was erased."""
    values = {"person_id": person_id}
    await work.fetch("networks of person", _networks, values)
    person = await fetch_one(work, "person to erase", _person, values)
    # Again, now that nobody can bring the person into another one.
    networks = await work.fetch("networks of person", _networks, values)
    if person is None or person["erased_at"] is not None:
        raise NotFound
    return Held(person, {network["id"]: network for network in networks})


def _operators() -> Any:
    found = select(Person.id).where(Person.operator.is_(True), Person.erased_at.is_(None))
    return found.order_by(Person.id).with_for_update()


async def is_last_operator(work: Work, person_id: str) -> bool:
    """Whether nobody else operates this installation; whoever could stop doing so waits."""
    return [row["id"] for row in await work.fetch("all operators", _operators, {})] == [person_id]


def _owned(model: Any) -> Any:
    return select(*facts(model)).where(model.person_id == _person_id()).order_by(model.id)


async def owned(work: Work, person_id: str, what: str) -> list[Row]:
    """Every row of a kind in `OWNED` that is the person's, whatever became of it."""
    model = OWNED[what]
    return await work.fetch((what, "of person"), lambda: _owned(model), {"person_id": person_id})


def _identities() -> Any:
    return select(Identity.issuer, Identity.subject).where(Identity.person_id == _person_id())


async def identities_of(work: Work, person_id: str) -> list[Row]:
    """The sign-ins of a person."""
    return await work.fetch("identities of person", _identities, {"person_id": person_id})


def _invitations() -> Any:
    known = or_(Invitation.accepted_by == _person_id(), Invitation.address == bindparam("email"))
    to_person = and_(Invitation.address.is_not(None), known)
    from_person = and_(Invitation.message.is_not(None), Invitation.invited_by == _person_id())
    found = select(*facts(Invitation), func.coalesce(to_person, false()).label("_to_person"))
    found = found.where(or_(to_person, from_person))
    return found.order_by(Invitation.network_id, Invitation.id).with_for_update()


async def invitations_about(work: Work, person_id: str, email: str | None) -> list[Row]:
    """Invitations that still know an address of the person's (`_to_person`), or what the person wrote with one.

    An address of theirs is the one that they accepted by, or their own e-mail.
    """
    values = {"person_id": person_id, "email": email}
    return await work.fetch("invitations about person", _invitations, values)


def _erasure() -> Any:
    return select(Erasure.erased_at).where(Erasure.person_id == _person_id())


async def erasure_of(work: Work, person_id: str) -> str | None:
    """When the ledger says that a person was erased, or None."""
    row = await fetch_one(work, "erasure", _erasure, {"person_id": person_id})
    return None if row is None else str(row["erased_at"])
