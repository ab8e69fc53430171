"""The door of an analysis that needs no stored measure."""

from fastapi import APIRouter

from app.features.measures.analysis_schemas import (
    MOST_VALUES,
    AnalysisRequest,
    SeriesAnalysis,
    analysed,
    request_of,
)
from app.web import answers, idempotency
from app.web.call import Answer, CallDep
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["measures"], route_class=Door)


@router.post("/analysis", response_model=SeriesAnalysis)
@needs(sign_in=False, most_values=MOST_VALUES)
async def analyse_series(call: CallDep, body: AnalysisRequest) -> Answer:
    """Say what is signal and what is chance in a series that is sent along; nothing is kept, and no account is needed.

    The charts, the rules and how to read the verdict: the guide to statistics. Below 12 points the status is
    `not_enough_data`; the numbers are there all the same.
    """
    idempotency.look_at_key(call)
    return answers.one(call, analysed(request_of(body)).document())
