"""Load = authorise, for commands about what belongs to a result: a measure, a cycle, feedback, an adoption."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from app.core import access
from app.core.errors import NotFound
from app.core.fetching import facts, require
from app.core.fetching_results import sight_result
from app.core.result_access import visible_cycle, visible_measure
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Measure, PdsaCycle

Row = dict[str, Any]


async def sight_part(
    work: Work, model: Any, visible: Callable[[str], ColumnElement[bool]], part_id: str
) -> tuple[Row, Row, Row]:
    """A row of `model` that is `visible`, its result and their network, all locked by the network's lock.

    The caller asks `require` what it needs. Errors: `NotFound`.
    """
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "part_id": part_id}

    def build() -> Any:
        here = model.id == bindparam("part_id", type_=ID)
        return select(*facts(model)).where(here, visible(rank))

    key = ("fetch part", model, rank)
    found = await fetch_one(work, key, build, values)
    if found is None:
        raise NotFound
    result, network = await sight_result(work, found["result_id"])
    # Again, now that nobody else can change it.
    row = await fetch_one(work, key, build, values)
    if row is None:
        raise NotFound
    return row, result, network


async def fetch_measure(work: Work, measure_id: str) -> tuple[Row, Row, Row]:
    """A visible measure, its result and its network, and the right to change it. Errors: as `_fetch_part`."""
    return await _fetch_part(work, Measure, visible_measure, measure_id)


async def fetch_cycle(work: Work, cycle_id: str) -> tuple[Row, Row, Row]:
    """The same of a PDSA cycle."""
    return await _fetch_part(work, PdsaCycle, visible_cycle, cycle_id)


async def _fetch_part(
    work: Work, model: Any, visible: Callable[[str], ColumnElement[bool]], part_id: str
) -> tuple[Row, Row, Row]:
    """What the authors of a result keep with it, as one of them.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, result, network = await sight_part(work, model, visible, part_id)
    about = work.viewer.person_id if result["_authored"] else None
    require(work, "result.update", network, about=about)
    return row, result, network
