"""Load = authorise, for commands about duties: as in `core.fetching_follow_up`, with the network locked."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from app.core import access
from app.core.changes import Told
from app.core.errors import NotFound
from app.core.fetching import facts, sight_member_network
from app.core.helping_access import (
    visible_ask,
    visible_duty,
    visible_duty_term,
    visible_offer,
    visible_resource,
)
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Ask, Duty, DutyTerm, Offer, Resource

Row = dict[str, Any]


def told_inside(network_id: str, **more: Any) -> Told:
    """Every active member: nothing of this is told outside."""
    return Told(network_id=network_id, tier=access.INSIDE, outer=False, **more)


async def fetch_duty(work: Work, duty_id: str) -> tuple[Row, Row]:
    """A visible duty and its network, both locked; the caller asks `require` what it needs. Errors: `NotFound`."""
    return await _in_network(work, Duty, visible_duty, duty_id)


async def fetch_duty_term(work: Work, term_id: str) -> tuple[Row, Row]:
    """The same of a term."""
    return await _in_network(work, DutyTerm, visible_duty_term, term_id)


async def fetch_ask(work: Work, ask_id: str) -> tuple[Row, Row]:
    """The same of a request for support."""
    return await _in_network(work, Ask, visible_ask, ask_id)


async def fetch_offer(work: Work, offer_id: str) -> tuple[Row, Row]:
    """The same of an offer."""
    return await _in_network(work, Offer, visible_offer, offer_id)


async def fetch_resource(work: Work, resource_id: str) -> tuple[Row, Row]:
    """The same of a link."""
    return await _in_network(work, Resource, visible_resource, resource_id)


async def _in_network(
    work: Work, model: Any, visible: Callable[[str], ColumnElement[bool]], row_id: str
) -> tuple[Row, Row]:
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "row_id": row_id}

    def build() -> Any:
        here = model.id == bindparam("row_id", type_=ID)
        return select(*facts(model)).where(here, visible(rank))

    key = ("fetch helping", model, rank)
    found = await fetch_one(work, key, build, values)
    if found is None:
        raise NotFound
    network = await sight_member_network(work, found["network_id"])
    # Again, now that nobody else can change it.
    row = await fetch_one(work, key, build, values)
    if row is None:
        raise NotFound
    return row, network
