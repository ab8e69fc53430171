"""The door of the audit."""

import struct
from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import refuse
from app.core.fetching import fetch_network
from app.core.paging import open_page
from app.core.viewer import Scope
from app.core.work import Work, perform
from app.features.audit import queries
from app.features.audit.schemas import AuditPage, AuditQuery
from app.web import answers
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["audit"], route_class=Door)
_POSITION = struct.Struct(
    ">Q"
)  # of one length: else it would tell how much happens where one may not look


@router.get("/audit", response_model=AuditPage)
@needs(Scope.AUDIT_READ)
async def list_audit(call: CallDep, params: Annotated[AuditQuery, Query()]) -> Answer:
    """Who did what, the newest first: operators everything, facilitators what happened in their network.

    Facilitators name their network (`network_id`), and see each look of an operator inside it. What happens in a
    sub-group is in the audit of the sub-group. An operator who reads the audit of a private or confidential network
    is on record for that too.
    """
    sealer, viewer = call.rooms.sealer, call.viewer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    bound_to = open_page(
        sealer, f"audit {viewer.person_id}", given, cursor=None, limit=params.limit
    ).bound_to
    before = None
    if params.cursor is not None:
        (before,) = _POSITION.unpack(sealer.open(params.cursor, bound_to))
    if not viewer.operator:
        await _require(call, params.network_id)
    rows, last = await queries.list_audit(call.rooms.house.db, viewer, params, before)
    if viewer.operator:
        named = [params.network_id] if params.network_id else [row["network_id"] for row in rows]
        await note_operator_read(call, [one for one in named if one is not None], "listAudit")
    cursor = None if last is None else sealer.seal(_POSITION.pack(last), bound_to)
    return answers.page(call, rows, cursor)


async def _require(call: Call, network_id: str | None) -> None:
    """The right to the audit of this network. Errors: `Invalid` for none; `NotFound`; `Forbidden`."""
    if network_id is None:
        raise refuse(
            "?network_id", "missing", "Say which network: only operators read the audit of all."
        )

    async def command(work: Work) -> None:
        await fetch_network(work, network_id, "network.read_audit", lock=False)

    await perform(call.rooms.house, command, viewer=call.viewer, request_id=call.request_id)
