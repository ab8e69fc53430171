"""Load = authorise, for commands about results: as in `core.fetching_meetings`, the network's lock first.

The lock of the network's row orders everything that happens to its results: edits, feedback, adoptions and their sums.
"""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.errors import NotFound
from app.core.fetching import facts, require, sight_member_network
from app.core.result_access import authored, visible_result
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Result, ResultAuthor

Row = dict[str, Any]


def _result(rank: str) -> Any:
    return select(*facts(Result), authored(rank).label("_authored")).where(
        Result.id == bindparam("result_id", type_=ID), visible_result(rank)
    )


async def sight_result(work: Work, result_id: str) -> tuple[Row, Row]:
    """A visible result and its network, both locked by the network's lock; `_authored`: the viewer wrote it.

    Errors: `NotFound`.
    """
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "result_id": result_id}
    key = ("fetch result", rank)
    found = await fetch_one(work, key, lambda: _result(rank), values)
    if found is None:
        raise NotFound
    network = await sight_member_network(work, found["network_id"])
    # Again, now that nobody else can change it.
    row = await fetch_one(work, key, lambda: _result(rank), values)
    if row is None:
        raise NotFound
    return row, network


async def fetch_result(work: Work, result_id: str, action: str) -> tuple[Row, Row]:
    """A visible result, its network, and the right to `action`: `self` is who wrote it.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await sight_result(work, result_id)
    require(work, action, network, about=work.viewer.person_id if row["_authored"] else None)
    return row, network


def _authorships() -> Any:
    return select(ResultAuthor.person_id, ResultAuthor.position, ResultAuthor.removed).where(
        ResultAuthor.result_id == bindparam("result_id", type_=ID)
    )


async def authorships(work: Work, result_id: str) -> list[Row]:
    """Everybody who ever was an author of a loaded result, with their place: who began it has 0."""
    return await work.fetch("authorships", _authorships, {"result_id": result_id})
