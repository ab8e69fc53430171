"""What an export has of help: duties that one wrote down or held. Of others nothing."""

from typing import Any

from sqlalchemy import bindparam, case, or_, select
from sqlalchemy.types import Integer

from app.core import access
from app.core.helping_access import visible_ask, visible_duty, visible_duty_term, visible_offer
from app.models import Ask, Duty, DutyTerm, Offer, Pairing, PairingWish


def _me() -> Any:
    return access.viewer_id()


def _some(statement: Any) -> Any:
    return statement.limit(bindparam("take", type_=Integer))


def _where_seen(seen: Any, column: Any) -> Any:
    return case((seen, column), else_=None).label(column.key)


def duties(rank: str) -> Any:
    """Every duty that one wrote down; what it says only where one reads it today."""
    seen = visible_duty(rank)
    said = [_where_seen(seen, column) for column in (Duty.title, Duty.body, Duty.detail)]
    columns = (Duty.id, Duty.network_id, *said, Duty.created_at, Duty.ended_on)
    mine = Duty.created_by == _me()
    return _some(select(*columns).where(mine).order_by(Duty.id.desc()))


def duty_terms(rank: str) -> Any:
    """Every term that one held a duty for, with the note handed over where one reads it today."""
    note = _where_seen(visible_duty_term(rank), DutyTerm.handover_note)
    columns = (
        *(DutyTerm.id, DutyTerm.network_id, DutyTerm.duty_id, DutyTerm.from_on, DutyTerm.to_on),
        note,
    )
    mine = DutyTerm.person_id == _me()
    return _some(select(*columns).where(mine).order_by(DutyTerm.id.desc()))


def asks(rank: str) -> Any:
    """Every request for support of one's own; what it says only where one reads it today."""
    seen = visible_ask(rank)
    said = [_where_seen(seen, column) for column in (Ask.title, Ask.detail, Ask.outcome_note)]
    columns = (Ask.id, Ask.network_id, *said, Ask.status, Ask.created_at)
    return _some(select(*columns).where(Ask.person_id == _me()).order_by(Ask.id.desc()))


def offers(rank: str) -> Any:
    """Every offer of one's own; what it says only where one reads it today."""
    text = _where_seen(visible_offer(rank), Offer.text)
    columns = (Offer.id, Offer.network_id, Offer.ask_id, text, Offer.status, Offer.created_at)
    return _some(select(*columns).where(Offer.person_id == _me()).order_by(Offer.id.desc()))


def pairing_wishes(_rank: str) -> Any:
    """Every network where one asked to be paired."""
    columns = (PairingWish.network_id, PairingWish.from_at)
    mine = PairingWish.person_id == _me()
    return _some(select(*columns).where(mine).order_by(PairingWish.network_id))


def pairings(_rank: str) -> Any:
    """Every draw that put one in a pair; with whom is theirs as well, and is not told."""
    columns = (Pairing.id, Pairing.network_id, Pairing.drawn_at)
    people = (Pairing.first_id, Pairing.second_id, Pairing.third_id)
    mine = or_(*(person == _me() for person in people))
    return _some(select(*columns).where(mine).order_by(Pairing.id.desc()))


PARTS = {
    "duties": duties,
    "duty_terms": duty_terms,
    "asks": asks,
    "offers": offers,
    "pairing_wishes": pairing_wishes,
    "pairings": pairings,
}
