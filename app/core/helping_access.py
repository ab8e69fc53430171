"""Who sees what members do for each other: duties and their terms, links. By the manners of `core.meeting_access`.

It is inside a network, for its active members; what moderation hides is for facilitators and operators meanwhile.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from app.core.access import active_networks
from app.core.meeting_access import facilitates
from app.models import Ask, Duty, DutyTerm, Offer, Resource


def _inside(rank: str, row: Any) -> ColumnElement[bool]:
    if rank == "anonymous":
        return false()
    if rank == "operator":
        return true()
    shown = row.hidden_on.is_(None)
    return and_(row.network_id.in_(active_networks()), or_(shown, facilitates(rank, row)))


def visible_duty(rank: str, duty: Any = Duty) -> ColumnElement[bool]:
    """A duty of a network that one is an active member of; hidden, that one facilitates."""
    return _inside(rank, duty)


def visible_duty_term(rank: str, term: Any = DutyTerm) -> ColumnElement[bool]:
    """The same of who held a duty and when, with the note handed over: hidden or not by itself."""
    return _inside(rank, term)


def visible_ask(rank: str, ask: Any = Ask) -> ColumnElement[bool]:
    """The same of a request for support."""
    return _inside(rank, ask)


def visible_offer(rank: str, offer: Any = Offer) -> ColumnElement[bool]:
    """The same of an offer to help: hidden or not by itself."""
    return _inside(rank, offer)


def visible_resource(rank: str, resource: Any = Resource) -> ColumnElement[bool]:
    """The same of a link that the network keeps."""
    return _inside(rank, resource)
