"""The chart of a stored measure, with its cycles of change and rebasings below the days."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.json_columns import plain
from app.core.result_access import visible_cycle
from app.core.viewer import Viewer
from app.db.database import Reads
from app.db.types import ID
from app.features.measures.analysis_schemas import AnalysisWarning
from app.features.measures.chart_schemas import ChartQuery
from app.features.measures.series import Seen
from app.models import PdsaCycle
from app.pictures.chart import draw
from app.pictures.from_analysis import Subject, picture_of
from app.pictures.picture import Mark
from app.spc.series import Analysis

# What the warnings that only stored measures have say below a chart; of the others the chart itself knows.
SAID: dict[str, str] = {
    AnalysisWarning.CHART_NOT_POSSIBLE: "The chart that was chosen cannot be made of these figures.",
    AnalysisWarning.BASELINE_NOT_USED: "The baseline is too short for these rules and was not used.",
    AnalysisWarning.POINTS_LEFT_OUT: "Points too large to be plotted are left out.",
    AnalysisWarning.REBASE_WITHOUT_POINT: "Limits begin anew at the first point after the day that was set.",
    AnalysisWarning.EXCLUDED_WITHOUT_POINT: "A day that is to be left out has no point here.",
    AnalysisWarning.SMALL_NUMBERS_LEFT_OUT: "Small numbers are left out, of lines and limits too.",
}


def _cycles(rank: str) -> Any:
    return (
        select(PdsaCycle.number, PdsaCycle.title, PdsaCycle.started_on)
        .where(
            PdsaCycle.result_id == bindparam("result_id", type_=ID),
            PdsaCycle.started_on.is_not(None),
            visible_cycle(rank),
        )
        .order_by(PdsaCycle.number)
    )


async def cycles_of(reads: Reads, viewer: Viewer, result_id: str) -> list[dict[str, Any]]:
    """The PDSA cycles of a result that have a day on which they began."""
    values = {**access.values(viewer), "result_id": result_id}
    rank = viewer.rank
    return await reads.fetch(("cycles to draw", rank), lambda: _cycles(rank), values)


def drawn(seen: Seen, analysis: Analysis, cycles: list[dict[str, Any]], query: ChartQuery) -> str:
    """The SVG of a measure as its viewer reads it."""
    measure = seen.measure
    marks = [Mark(one["started_on"], f"PDSA {one['number']}: {one['title']}") for one in cycles]
    marks += [Mark(one["on"], one["reason"], "rebase") for one in plain(measure["rebase"])]
    subject = Subject(
        title=measure["name"],
        subtitle=measure["_result_title"],
        unit=measure["unit"] or "",
        target=measure["target"],
        improvement_direction=measure["improvement_direction"],
        annotations={row.on: row.annotation for row in seen.observations if row.annotation},
        suppressed=seen.suppressed,
        excluded=plain(measure["exclude_on"]),
        marks=marks,
    )
    document = analysis.document()
    picture = picture_of(document, subject, width=query.width, theme=query.theme.value)
    picture.notes = [*picture.notes, *(SAID[code] for code in analysis.warnings if code in SAID)]
    return draw(picture)
