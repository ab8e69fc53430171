"""The doors of a measure's figures: replaced, read, judged, drawn."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.core import csv_text
from app.core.errors import NotFound
from app.core.fetching_parts import fetch_measure
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.measures.analysis_schemas import MOST_VALUES as MOST_ANALYSED
from app.features.measures.analysis_schemas import SeriesAnalysis
from app.features.measures.chart_schemas import ChartQuery, LookQuery, PictureQuery
from app.features.measures.drawing import cycles_of, drawn
from app.features.measures.hidden import Kept
from app.features.measures.observation_schemas import (
    CSV_ANSWER,
    MOST_VALUES,
    Observations,
    ObservationsPut,
    RangeQuery,
    SeriesFormat,
    SeriesQuery,
    SeriesWritten,
)
from app.features.measures.series import (
    Range,
    Row,
    Seen,
    given_series,
    replace_series,
    seen_series,
    within,
)
from app.features.measures.stored_analysis import Look, analysed_measure
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.csv_body import CsvText
from app.web.door import Door, needs, wanted
from app.web.drawn import PNG, SVG, named, png_answer, svg_answer
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["measures"], route_class=Door)
CSV_TYPE = (b"content-type", b"text/csv; charset=utf-8; header=present")


def _days(params: RangeQuery) -> Range:
    first, last = params.from_, params.to
    return (
        None if first is None else first.isoformat(),
        None if last is None else last.isoformat(),
    )


def _in_short(measure: Row) -> dict[str, Any]:
    return {
        "measure_id": measure["id"],
        "count": measure["observation_count"],
        "first_on": measure["first_on"],
        "last_on": measure["last_on"],
        "version": measure["version"],
    }


async def figures_read(call: Call, measure_id: str) -> Seen | None:
    """A measure with its figures as the caller reads them; None when it is not there for them."""
    house, threshold = call.rooms.house, call.rooms.settings.small_number_threshold
    kept: Kept = call.rooms.kept.setdefault("hidden figures", Kept())
    return await seen_series(house.db, call.viewer, measure_id, threshold, kept)


async def _seen(call: Call, measure_id: str, operation: str) -> Seen:
    """Errors: `NotFound`."""
    seen = await figures_read(call, measure_id)
    if seen is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [seen.measure["network_id"]], operation)
    return seen


@router.put("/measures/{measure_id}/observations", response_model=SeriesWritten)
@needs(Scope.RESULTS_WRITE, most_values=MOST_VALUES)
async def put_observations(
    call: CallDep,
    measure_id: Id,
    params: Annotated[RangeQuery, Query()],
    body: ObservationsPut | CsvText,
) -> Answer:
    """Replace the figures of a measure, or those of the days from `from` to `to`, as an author: all of it or nothing.

    JSON, or CSV whose first line names its columns: on, numerator, denominator, value, annotation. What is wrong is
    named by row: `/observations/3/numerator`, or `#cell=5,2` for line 5, column 2.
    """
    days = _days(params)
    given = given_series(body, days)

    async def command(work: Work) -> Answer:
        row, result, _ = await fetch_measure(work, measure_id)
        answers.if_match(call, row["version"])
        measure = await replace_series(work, row, result, given, days)
        return answers.one(call, _in_short(measure))

    return await idempotency.run(call, command)


@router.get(
    "/measures/{measure_id}/observations", response_model=Observations, responses=CSV_ANSWER
)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def list_observations(
    call: CallDep, measure_id: Id, params: Annotated[SeriesQuery, Query()]
) -> Answer:
    """Read the figures of a measure, as JSON or as CSV.

    Small numbers are for the authors of the result: for everybody else a numerator of 1 to 7 is left out, and one that
    leaves 1 to 7 of its denominator, and what would give it away.
    """
    seen = await _seen(call, measure_id, "listObservations")
    rows = within(seen.observations, _days(params))
    as_csv = params.format is SeriesFormat.CSV
    if params.format is None:
        as_csv = wanted(call, b"text/csv") > wanted(call, b"application/json")
    if as_csv:
        text = csv_text.write(rows, suppressed=any(row.suppressed for row in rows))
        etag = answers.etag_of(seen.measure["version"], text.encode())
        answer = answers.tagged(call, text.encode(), etag, CSV_TYPE)
        return named(answer, measure_id, "observations", "csv", "attachment")
    document = {**_in_short(seen.measure), "observations": [row._asdict() for row in rows]}
    return named(answers.one(call, document), measure_id, "observations", "json")


@router.get("/measures/{measure_id}/analysis", response_model=SeriesAnalysis)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache", most_values=MOST_ANALYSED)
async def get_measure_analysis(
    call: CallDep, measure_id: Id, params: Annotated[LookQuery, Query()]
) -> Answer:
    """Say what is signal and what is chance in a measure: the shape is that of POST /v1/analysis.

    Made of the figures that you read. `warnings` says what of the measure's settings did not fit them.
    """
    seen = await _seen(call, measure_id, "getMeasureAnalysis")
    analysis = analysed_measure(seen, Look(params.chart, params.ruleset))
    return answers.cached(call, analysis.document())


async def _svg(call: Call, measure_id: str, params: ChartQuery, operation: str) -> str:
    seen = await _seen(call, measure_id, operation)
    analysis = analysed_measure(seen, Look(params.chart, params.ruleset))
    cycles = await cycles_of(call.rooms.house.db, call.viewer, seen.measure["result_id"])
    return drawn(seen, analysis, cycles, params)


@router.get("/measures/{measure_id}/chart.svg", responses=SVG)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def get_measure_chart_svg(
    call: CallDep, measure_id: Id, params: Annotated[ChartQuery, Query()]
) -> Answer:
    """Draw a measure as SVG, with the PDSA cycles and rebasings of its time line."""
    svg = await _svg(call, measure_id, params, "getMeasureChartSvg")
    return svg_answer(call, svg, measure_id, "chart")


@router.get("/measures/{measure_id}/chart.png", responses=PNG)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def get_measure_chart_png(
    call: CallDep, measure_id: Id, params: Annotated[PictureQuery, Query()]
) -> Answer:
    """Draw a measure as PNG, for documents and slides that take no SVG."""
    svg = await _svg(call, measure_id, params, "getMeasureChartPng")
    return await png_answer(call, svg, params.scale, measure_id, "chart")
