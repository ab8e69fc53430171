"""What goes into the text of a result besides itself: its network, measures with their verdict, and cycles."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.result_access import visible_cycle, visible_measure
from app.core.viewer import Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.features.measures.series import Seen
from app.features.measures.stored_analysis import Look, analysed_measure
from app.models import Measure, Network, PdsaCycle

Row = dict[str, Any]
Figures = Callable[[str], Awaitable[Seen | None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """As this viewer reads them; `verdicts` are sentences by the id of a measure."""

    network: str | None
    measures: list[Row]
    verdicts: dict[str, str]
    cycles: list[Row]


def _network(rank: str) -> Any:
    return select(Network.name).where(
        Network.id == bindparam("network_id", type_=ID), access.visible_network(rank)
    )


def _measures(rank: str) -> Any:
    return (
        select(
            Measure.id, Measure.name, Measure.kind, Measure.operational_definition, Measure.numerator_definition,
            Measure.denominator_definition, Measure.exclusions, Measure.source, Measure.unit, Measure.frequency,
            Measure.target, Measure.improvement_direction, Measure.observation_count, Measure.first_on, Measure.last_on,
        )
        .where(Measure.result_id == bindparam("result_id", type_=ID), visible_measure(rank))
        .order_by(Measure.position, Measure.id)
    )  # fmt: skip


def _cycles(rank: str) -> Any:
    return (
        select(
            PdsaCycle.number, PdsaCycle.title, PdsaCycle.started_on, PdsaCycle.ended_on, PdsaCycle.plan,
            PdsaCycle.prediction, PdsaCycle.do_text, PdsaCycle.study, PdsaCycle.act, PdsaCycle.decision,
        )
        .where(PdsaCycle.result_id == bindparam("result_id", type_=ID), visible_cycle(rank))
        .order_by(PdsaCycle.number)
    )  # fmt: skip


async def _verdicts(measures: list[Row], figures: Figures) -> dict[str, str]:
    """What the figures of each say, as far as this viewer reads them; for most results there are one or two."""
    found = {}
    for one in measures:
        if one["observation_count"]:
            seen = await figures(one["id"])
            if seen is not None:
                found[one["id"]] = analysed_measure(seen, Look()).summary
    return found


async def parts_of(reads: Reads, viewer: Viewer, result: Row, figures: Figures) -> Parts:
    """What belongs to a result that this viewer was shown; `figures` reads a measure's series as they may."""
    rank = viewer.rank
    values = {**access.values(viewer), "result_id": result["id"]}
    measures = await reads.fetch(("measures in text", rank), lambda: _measures(rank), values)
    cycles = await reads.fetch(("cycles in text", rank), lambda: _cycles(rank), values)
    verdicts = await _verdicts(measures, figures)
    where = {**access.values(viewer), "network_id": result["network_id"]}
    network = await fetch_one(reads, ("network in text", rank), lambda: _network(rank), where)
    return Parts(network["name"] if network else None, measures, verdicts, cycles)
