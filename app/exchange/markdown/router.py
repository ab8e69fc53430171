"""The door of results as text."""

from functools import partial
from typing import Any

from fastapi import APIRouter

from app.core.errors import NotFound
from app.core.text import Id
from app.core.viewer import Scope
from app.exchange.markdown.document import EXAMPLE, LONGEST, MEDIA_TYPE, written
from app.exchange.markdown.parts import parts_of
from app.features.measures.series_router import figures_read
from app.features.results.queries import one_result
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["results"], route_class=Door)
TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "string",
                    "maxLength": LONGEST,
                    "pattern": "^# ",
                    "examples": [EXAMPLE],
                }
            }
        }
    }
}
_TYPE = (b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode())


@router.get("/results/{result_id}.md", responses=TEXT)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def get_result_text(call: CallDep, result_id: Id) -> Answer:
    """One result as a text to read, print and cite: Markdown in the order of SQUIRE 2.0.

    With its measures and what their figures say, PDSA cycles, and who tried it too, all as you may read them. What
    people wrote is text there, and no markup.
    """
    db = call.rooms.house.db
    document = await one_result(db, call.viewer, result_id)
    if document is None:
        raise NotFound
    parts = await parts_of(db, call.viewer, document, partial(figures_read, call))
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getResultText")
    text = written(document, parts, call.url(f"/v1/results/{result_id}"))
    return answers.document(call, text.encode(), _TYPE)
