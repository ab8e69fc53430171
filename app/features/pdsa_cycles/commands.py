"""Writing down, changing and deleting PDSA cycles, as an author of the result."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, literal, select

from app.core.changes import change, create, remove
from app.core.errors import refuse
from app.core.errors_of_results import CycleNumberTaken, TooManyCycles
from app.core.fetching_results import fetch_result
from app.core.telling_of_results import part_is_gone, saw, told_of_part
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.pdsa_cycles.schemas import MOST_CYCLES, PdsaCycleCreate, PdsaCyclePatch
from app.models import PdsaCycle

Row = dict[str, Any]


def _numbers() -> Any:
    return select(
        func.count(literal(1)).label("count"),
        func.max(PdsaCycle.number).label("last"),
    ).where(PdsaCycle.result_id == bindparam("result_id", type_=ID))


def _numbered() -> Any:
    return select(PdsaCycle.id).where(
        PdsaCycle.result_id == bindparam("result_id", type_=ID),
        PdsaCycle.number == bindparam("number"),
    )


async def create_cycle(work: Work, body: PdsaCycleCreate) -> str:
    """Write a cycle down. Returns its id.

    Errors: `NotFound`, `Forbidden` for who is no author, `NetworkArchived`; `Invalid` for the days; `TooManyCycles`;
    `CycleNumberTaken`.
    """
    result, _ = await fetch_result(work, body.result_id, "result.update")
    _in_order(body.started_on, body.ended_on)
    there = await fetch_one(work, "cycle numbers", _numbers, {"result_id": body.result_id})
    count, last = (there["count"], there["last"] or 0) if there else (0, 0)
    if count >= MOST_CYCLES:
        raise TooManyCycles
    number = last + 1 if body.number is None else body.number
    if body.number is not None:
        await _is_free(work, body.result_id, number)
    row = {
        **_columns(body.model_dump()),
        "id": work.blind_id(),
        "network_id": result["network_id"],
        "number": number,
        "title": body.title or f"Cycle {number}",
    }
    create(work, "pdsa_cycle.created", row, told_of_part(result))
    return str(row["id"])


def _columns(given: Row) -> Row:
    return {("do_text" if name == "do" else name): value for name, value in given.items()}


def _in_order(started: date | None, ended: date | None) -> None:
    if started is not None and ended is not None and ended < started:
        raise refuse("/ended_on", "ends_before_it_begins", "It ends before it starts.")


async def _is_free(work: Work, result_id: str, number: int) -> None:
    values = {"result_id": result_id, "number": number}
    if await fetch_one(work, "cycle numbered", _numbered, values) is not None:
        raise CycleNumberTaken


async def update_cycle(work: Work, row: Row, result: Row, body: PdsaCyclePatch) -> None:
    """Change what is said of a loaded cycle. Errors: `Invalid` for the days; `CycleNumberTaken`."""
    given = _columns(body.model_dump(include=body.model_fields_set))
    new = {name: value for name, value in given.items() if row[name] != _as_read(value)}
    if not new:
        return
    days = [new.get(name, _day(row[name])) for name in ("started_on", "ended_on")]
    _in_order(days[0], days[1])
    if "number" in new:
        await _is_free(work, row["result_id"], new["number"])
    change(work, "pdsa_cycle.updated", row, new, told_of_part(result))


def _as_read(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


async def delete_cycle(work: Work, row: Row, result: Row, network: Row) -> None:
    """Delete a loaded cycle; whoever saw it hears that it is gone."""
    seen = await saw(work, network, result)
    remove(work, "pdsa_cycle.deleted", row, told_of_part(result, **seen))
    part_is_gone(work, result, seen)
