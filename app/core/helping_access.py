"""Who sees what members do for each other: duties and their terms, links. By the manners of `core.meeting_access`.

It is inside a network, for its active members; what moderation hides is for facilitators and operators meanwhile.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from app.core.access import active_networks, viewer_id
from app.core.meeting_access import facilitates
from app.models import Ask, Duty, DutyTerm, Offer, Pairing, Resource


def _inside(rank: str, row: Any) -> ColumnElement[bool]:
    if rank == "anonymous":
        return false()
    if rank == "operator":
        return true()
    shown = row.hidden_on.is_(None)
    return and_(row.network_id.in_(active_networks()), or_(shown, facilitates(rank, row)))


def _part(rank: str, row: Any, whole: Any, of: ColumnElement[bool]) -> ColumnElement[bool]:
    """What belongs to something else is seen where that is."""
    if rank == "operator":
        return true()
    return and_(_inside(rank, row), exists(select(1).where(of, _inside(rank, whole))))


def visible_duty(rank: str, duty: Any = Duty) -> ColumnElement[bool]:
    """A duty of a network that one is an active member of; hidden, that one facilitates."""
    return _inside(rank, duty)


def visible_duty_term(rank: str, term: Any = DutyTerm) -> ColumnElement[bool]:
    """The same of who held a duty that one sees and when, with the note handed over: hidden by itself, or with it."""
    duty = aliased(Duty)
    return _part(rank, term, duty, duty.id == term.duty_id)


def visible_ask(rank: str, ask: Any = Ask) -> ColumnElement[bool]:
    """The same of a request for support."""
    return _inside(rank, ask)


def visible_offer(rank: str, offer: Any = Offer) -> ColumnElement[bool]:
    """The same of an offer to help with a request that one sees: hidden by itself, or with it."""
    ask = aliased(Ask)
    return _part(rank, offer, ask, ask.id == offer.ask_id)


def visible_resource(rank: str, resource: Any = Resource) -> ColumnElement[bool]:
    """The same of a link that the network keeps."""
    return _inside(rank, resource)


def visible_pairing(rank: str, pairing: Any = Pairing) -> ColumnElement[bool]:
    """A pair that one is in, or of a network that one facilitates: who met whom is no affair of all members."""
    if rank == "anonymous":
        return false()
    if rank == "operator":
        return true()
    people = (pairing.first_id, pairing.second_id, pairing.third_id)
    mine = or_(*(person == viewer_id() for person in people))
    inside = pairing.network_id.in_(active_networks())
    return and_(inside, or_(mine, facilitates(rank, pairing)))
