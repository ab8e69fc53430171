"""The listed facilitators that a network shows: a copy of names, kept in step with the people and their roles.

A copy is only right if nobody's name changes while it is made: whoever makes one locks the people in it for sharing,
whoever changes a name locks the person against that (`fetching.fetch_self`).
"""

from typing import Any

from sqlalchemy import and_, bindparam, select

from app.core.access import FRONT
from app.core.changes import change, told_of_network
from app.core.json_columns import json_text, plain
from app.core.work import Work
from app.db.types import ID
from app.models import Member, Person


def _listed() -> Any:
    return (
        select(Person.id.label("person_id"), Person.display_name, Person.listed)
        .join(
            Member,
            and_(
                Member.person_id == Person.id,
                Member.status == "active",
                Member.role == "facilitator",
            ),
        )
        .where(Member.network_id == bindparam("network_id", type_=ID))
        .order_by(Member.joined_at, Member.id)
        .with_for_update(read=True, of=Person)
    )


async def listed_facilitators(work: Work, network: dict[str, Any]) -> dict[str, Any]:
    """The `facilitators` column of a locked network if it is no longer right, else nothing."""
    await work.flush()
    rows = await work.fetch("facilitators to list", _listed, {"network_id": network["id"]})
    listed = [row for row in rows if row.pop("listed")]
    fresh = json_text(listed)
    return {} if fresh == json_text(plain(network["facilitators"])) else {"facilitators": fresh}


async def refresh_facilitators(work: Work, network: dict[str, Any]) -> None:
    """After a facilitator's name or wish to be listed changed: the column and one change row, if it differs."""
    values = await listed_facilitators(work, network)
    if values:
        change(
            work, "network.facilitators_updated", network, values, told_of_network(network, FRONT)
        )
