"""The figures of a measure: read as far as the viewer may read them, and replaced."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from app.core import access, csv_text
from app.core import series as core
from app.core.changes import change
from app.core.result_access import authored, visible_measure
from app.core.series import Observation
from app.core.small_numbers import Measured, suppress
from app.core.telling_of_results import told_of_part
from app.core.viewer import Viewer
from app.core.work import Work
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.features.measures.hidden import Hidden, Kept, State, hide, what_is_hidden
from app.features.measures.observation_schemas import ObservationsPut
from app.features.measures.queries import COLUMNS
from app.models import Measure, MeasureSeries, Result
from app.web.csv_body import CsvText

Row = dict[str, Any]
DAYS = frozenset({"first_on", "last_on"})
Range = tuple[str | None, str | None]  # first and last day, both included


@dataclass(slots=True)
class Seen:
    """A measure with its figures as one viewer reads them."""

    measure: Row
    observations: Sequence[Observation]

    @property
    def suppressed(self) -> list[str]:
        """The days whose figures are left out for this viewer."""
        return [row.on for row in self.observations if row.suppressed]


def smallest_count(observations: Iterable[Observation]) -> float | None:
    """The smallest number of people or events above 0 that a series tells; None where it tells of none.

    It looks at what `core.small_numbers` looks at: numerator, what is left of the denominator, a whole denominator.
    """
    smallest: float | None = None
    for _, numerator, denominator, _, _, _ in observations:
        if numerator is None:
            continue
        counts = [numerator]
        if denominator is not None:
            counts.append(denominator - numerator)
            counts += [denominator] if denominator == int(denominator) else []
        for count in counts:
            if count > 0 and (smallest is None or count < smallest):
                smallest = count
    return smallest


# --- Reading --------------------------------------------------------------------------------------


def _least(measure: Any) -> Any:
    """The smallest count of all measures of the same result."""
    other, figures = aliased(Measure), aliased(MeasureSeries)
    return (
        select(func.min(figures.smallest))
        .join(other, other.id == figures.measure_id)
        .where(other.result_id == measure.result_id)
        .scalar_subquery()
    )


def _one(rank: str) -> Any:
    return (
        select(
            *COLUMNS,
            MeasureSeries.data.label("_data"),
            Result.title.label("_result_title"),
            authored(rank, Measure.result_id).label("_authored"),
            _least(Measure).label("_least"),
        )
        .join(Result, Result.id == Measure.result_id)
        .outerjoin(MeasureSeries, MeasureSeries.measure_id == Measure.id)
        .where(Measure.id == bindparam("measure_id", type_=ID), visible_measure(rank))
    )


def _every(rank: str, *more: Any) -> Any:
    return (
        select(Measure.id, Measure.version, *more)
        .join(MeasureSeries, MeasureSeries.measure_id == Measure.id)
        .where(Measure.result_id == bindparam("result_id", type_=ID), visible_measure(rank))
        .order_by(Measure.position, Measure.id)
    )


async def seen_series(
    reads: Reads, viewer: Viewer, measure_id: str, threshold: int, kept: Kept
) -> Seen | None:
    """A measure and its figures as this viewer reads them; None when it is not there for them.

    Authors read all of it. For everybody else small numbers are left out, and what gives them away: of that the other
    measures of the result decide, which are read only where there is a small number in any of them, and once for each
    state that they are in (`kept`).
    """
    rank = viewer.rank
    values = {**access.values(viewer), "measure_id": measure_id}
    row = await fetch_one(reads, ("measure and series", rank), lambda: _one(rank), values)
    if row is None:
        return None
    data, least = row.pop("_data"), row.pop("_least")
    if row.pop("_authored") or least is None or least >= threshold + 1:
        return Seen(row, _observations(data))
    whole = _observations(data)
    values = {**access.values(viewer), "result_id": row["result_id"]}
    state = _state(
        await reads.fetch(("versions of series of result", rank), lambda: _every(rank), values),
        threshold,
    )
    hidden = kept.get(state)
    if hidden is None or (measure_id, row["version"]) not in state:
        columns = (Measure.frequency, MeasureSeries.data)
        every = await reads.fetch(
            ("series of result", rank), lambda: _every(rank, *columns), values
        )
        hidden = await kept.find(_state(every, threshold), partial(_worked_out, every, threshold))
        figures = {one["id"]: one["data"] for one in every}
        if measure_id not in figures:
            return None  # deleted between two looks
        whole = _observations(figures[measure_id])
    return Seen(row, hide(whole, hidden.get(measure_id, {})))


def _state(every: Sequence[Row], threshold: int) -> State:
    """What the figures of a result, and so what is hidden of them, depend on."""
    return (threshold, *((one["id"], one["version"]) for one in every))


def _worked_out(every: Sequence[Row], threshold: int) -> Hidden:
    """What is hidden of each measure of a result. Many figures take seconds: for a thread."""
    series = {one["id"]: core.from_text(one["data"]) for one in every}
    measured = [Measured(one["frequency"], series[one["id"]]) for one in every]
    shown = suppress(measured, threshold)
    return {
        measure_id: what_is_hidden(of_one) for measure_id, of_one in zip(series, shown, strict=True)
    }


def _observations(data: str | None) -> list[Observation]:
    return [] if data is None else core.from_text(data)


def within(observations: Sequence[Observation], days: Range) -> Sequence[Observation]:
    """Those of the days that are asked for."""
    first, last = days
    if first is None and last is None:
        return observations
    return [
        row
        for row in observations
        if (first is None or row.on >= first) and (last is None or row.on <= last)
    ]


# --- Replacing ------------------------------------------------------------------------------------


def given_series(body: ObservationsPut | CsvText, days: Range) -> list[Observation]:
    """What was sent, clean and in order, all within the days that it is to replace.

    Errors: `Invalid`, with pointers into the JSON, or to the cells of the CSV.
    """
    if isinstance(body, CsvText):
        return csv_text.read(body.content, *days)
    given = [
        Observation(one.on.isoformat(), one.numerator, one.denominator, one.value, one.annotation)
        for one in body.observations
    ]
    return core.checked(given, *days)


def _stored() -> Any:
    return select(MeasureSeries.data).where(
        MeasureSeries.measure_id == bindparam("measure_id", type_=ID)
    )


async def replace_series(
    work: Work, row: Row, result: Row, given: Sequence[Observation], days: Range
) -> Row:
    """Put what was given in the place of a loaded measure's series, or of its days. Returns the measure as it is now.

    Errors: `Invalid` where the series would have too many points.
    """
    found = await fetch_one(work, "stored series", _stored, {"measure_id": row["id"]})
    before = found["data"] if found else None
    whole = core.replaced(_observations(before), given, *days)
    data = core.to_text(whole)
    if data == (before or "[]"):
        return row
    figures = {"data": data, "smallest": smallest_count(whole)}
    if found:
        work.update_children(MeasureSeries, {"measure_id": row["id"]}, figures)
    else:
        work.insert(MeasureSeries, {"measure_id": row["id"], **figures})
    follows = {
        "observation_count": len(whole),
        "first_on": whole[0].on if whole else None,
        "last_on": whole[-1].on if whole else None,
    }
    values: Row = {name: new for name, new in follows.items() if row[name] != new}
    for name in DAYS & values.keys():
        values[name] = values[name] and date.fromisoformat(values[name])
    told = told_of_part(result)
    new = change(work, "measure.observed", row, values, told, also=("observations",))
    return {**row, **new, **follows}
