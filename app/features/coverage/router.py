"""The door of coverage."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from app.core.viewer import Scope
from app.features.coverage import queries, table
from app.features.coverage.schemas import Coverage, CoverageFormat, CoverageQuery
from app.features.coverage.summing import summed_up
from app.web import answers
from app.web.call import Answer, CallDep, dump
from app.web.door import Door, needs, wanted

router = APIRouter(prefix="/v1", tags=["coverage"], route_class=Door)
CSV_TYPE = (b"content-type", b"text/csv; charset=utf-8; header=present")
CSV_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            "application/json": {},
            "text/csv": {
                "schema": {
                    "type": "string",
                    "maxLength": 1_000_000,
                    "pattern": f"^{table.HEAD}",
                    "examples": [
                        f"{table.HEAD}\r\nicb,QHM,NHS NORTH EAST AND NORTH CUMBRIA,practices,402,83,0.206,false\r\n"
                    ],
                }
            },
        }
    }
}


@router.get("/coverage", response_model=Coverage, responses=CSV_ANSWER)
@needs(Scope.NETWORKS_READ)
async def get_coverage(call: CallDep, params: Annotated[CoverageQuery, Query()]) -> Answer:
    """Say how far networks have come across a board or a region.

    Practices and primary care networks with at least one member, by topic, and how widely public results were taken up.
    As JSON or as CSV. Aggregates alone, the same for everybody; small numbers are left out, with what would give them
    away. Networks of which not everybody reads the front do not count.
    """
    db, threshold = call.rooms.house.db, call.rooms.settings.small_number_threshold
    name = await queries.name_of(db, params)
    found = summed_up(await queries.counted(db, params), threshold)
    kind, code = ("region", params.region) if params.icb is None else ("icb", params.icb)
    document = {"patch": {"kind": kind, "code": code, "name": name}, "topic": params.topic, **found}
    as_csv = params.format is CoverageFormat.CSV
    if params.format is None:
        as_csv = wanted(call, b"text/csv") > wanted(call, b"application/json")
    if not as_csv:
        return answers.document(call, dump(document))
    return answers.document(call, table.written(document).encode(), CSV_TYPE)
