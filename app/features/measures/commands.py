"""Making, changing and deleting measures, as the authors of their result."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select

from app.core.changes import change, create, remove
from app.core.errors import refuse
from app.core.errors_of_results import ResultIncomplete, TooManyMeasures
from app.core.fetching_results import fetch_result
from app.core.json_columns import json_text, plain
from app.core.result_requirements import UNMEASURED
from app.core.telling_of_results import part_is_gone, saw, told_of_part
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.measures.analysis_schemas import analysed
from app.features.measures.schemas import MOST_MEASURES, MeasureCreate, MeasurePatch
from app.models import Measure, MeasureSeries
from app.spc.preparing import ruleset_of
from app.spc.series import Request

Row = dict[str, Any]
JSON_FIELDS = ("rebase", "exclude_on")


def _others() -> Any:
    return select(
        func.count(Measure.id).label("count"), func.max(Measure.position).label("last")
    ).where(Measure.result_id == bindparam("result_id", type_=ID))


async def _measures_of(work: Work, result_id: str) -> Row:
    """How many measures a result has, and the place of the last."""
    row = await fetch_one(work, "measures of result", _others, {"result_id": result_id})
    return row or {"count": 0, "last": None}


async def create_measure(work: Work, body: MeasureCreate) -> str:
    """Give a result a measure. Returns its id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived` for the result; `TooManyMeasures`; `Invalid` for a ruleset that
    does not go with the chart, a baseline too short for it, or a day that is rebased on twice.
    """
    result, _ = await fetch_result(work, body.result_id, "result.update")
    others = await _measures_of(work, body.result_id)
    if others["count"] >= MOST_MEASURES:
        raise TooManyMeasures
    given = body.model_dump(mode="json")
    if given["position"] is None:
        given["position"] = 0 if others["last"] is None else min(others["last"] + 1, 1_000)
    row: Row = {
        **_columns(given),
        "id": work.blind_id(),
        "network_id": result["network_id"],
        "observation_count": 0,
        "first_on": None,
        "last_on": None,
    }
    _refuse_what_cannot_be_drawn(row)
    create(work, "measure.created", row, told_of_part(result))
    work.insert(MeasureSeries, {"measure_id": row["id"], "data": "[]", "smallest": None})
    return str(row["id"])


def _columns(given: Mapping[str, Any]) -> Row:
    """The fields of a body as columns, with the chart's own ruleset where none is named beside a chart."""
    columns = dict(given)
    if columns.get("ruleset") is None and ("chart" in columns or "ruleset" in columns):
        columns["ruleset"] = None if "chart" not in columns else _own_ruleset(columns["chart"])
    if "rebase" in columns:
        columns["rebase"] = json_text(_in_order(columns["rebase"]))
    if "exclude_on" in columns:
        columns["exclude_on"] = json_text(sorted(set(columns["exclude_on"])))
    return columns


def _own_ruleset(chart: str) -> str:
    """The rules that are meant where none are named."""
    return ruleset_of(Request(points=(), chart=chart))


def _in_order(rebase: list[Row]) -> list[Row]:
    """Errors: `Invalid` for a day given twice."""
    seen: set[str] = set()
    for place, one in enumerate(rebase):
        if one["on"] in seen:
            raise refuse(f"/rebase/{place}/on", "duplicate", "This day is there already.")
        seen.add(one["on"])
    return sorted(rebase, key=lambda one: str(one["on"]))


def _refuse_what_cannot_be_drawn(row: Mapping[str, Any]) -> None:
    """Whether chart, ruleset and baseline go together, whatever the figures will be. Errors: `Invalid`."""
    analysed(
        Request(
            points=(),
            chart=row["chart"],
            ruleset=row["ruleset"],
            baseline_points=row["baseline_points"],
        )
    )


def update_measure(work: Work, row: Row, result: Row, body: MeasurePatch) -> None:
    """Change what is said of a loaded measure. Errors: `Invalid`, as when it is made."""
    given = body.model_dump(mode="json", include=body.model_fields_set)
    if given.get("ruleset", "") is None and "chart" not in given:
        given["chart"] = row["chart"]
    columns = _columns(given)
    before = {name: plain(row[name]) if name in JSON_FIELDS else row[name] for name in columns}
    after = {name: plain(new) if name in JSON_FIELDS else new for name, new in columns.items()}
    values = {name: new for name, new in columns.items() if before[name] != after[name]}
    if not values:
        return
    _refuse_what_cannot_be_drawn({**row, **values})
    change(work, "measure.updated", row, values, told_of_part(result))


async def delete_measure(work: Work, row: Row, result: Row, network: Row) -> None:
    """Delete a loaded measure with its figures; whoever saw it hears that it is gone.

    Errors: `ResultIncomplete` for the last one of a published result that has to have one.
    """
    if result["status"] == "published" and result["kind"] not in UNMEASURED:
        others = await _measures_of(work, result["id"])
        if others["count"] <= 1:
            raise ResultIncomplete(
                "It is published: replace its last measure before you delete it."
            )
    work.delete(MeasureSeries, {"measure_id": row["id"]})
    seen = await saw(work, network, result)
    remove(work, "measure.deleted", row, told_of_part(result, **seen))
    part_is_gone(work, result, seen)
