"""The doors of privacy: what is kept of oneself, and having it erased."""

import asyncio

from fastapi import APIRouter

from app.core.changes import record_look_at_person
from app.core.errors import NotFound
from app.core.viewer import Scope
from app.core.work import Work, perform
from app.exchange.privacy import ledger
from app.exchange.privacy.erasing import erase_person
from app.exchange.privacy.export import export
from app.exchange.privacy.holdings import lock_person
from app.exchange.privacy.schemas import Export
from app.web import answers
from app.web.call import Answer, Call, CallDep, dump
from app.web.door import Door, needs
from app.web.logs import note_failed_job

router = APIRouter(prefix="/v1", tags=["people"], route_class=Door)
PATIENCE = 10.0  # seconds that an answer waits for remnants to go
_RUNNING: set[asyncio.Task[None]] = set()  # the loop itself keeps a task only weakly
DOWNLOAD = (b"content-disposition", b'attachment; filename="qi-networks-export.json"')


@router.get("/me/export", response_model=Export)
@needs(Scope.ACCOUNT_READ)
async def export_me(call: CallDep) -> Answer:
    """Take everything that is kept about you, as one JSON document; each part says what it is.

    Secrets are not kept, and of other people there are ids at most. That it was taken is put on record.
    """
    house = call.rooms.house
    document = await export(house.db, call.viewer, house.clock())
    if document is None:
        raise NotFound
    person_id = str(call.viewer.person_id)

    async def command(work: Work) -> None:
        record_look_at_person(work, person_id, "exportMe")

    await perform(house, command, viewer=call.viewer, request_id=call.request_id)
    return Answer(dump(document), 200, [answers.JSON, DOWNLOAD])


@router.delete("/me", status_code=204)
@needs(Scope.ACCOUNT_WRITE)
async def erase_me(call: CallDep) -> Answer:
    """Have yourself erased, for good: who you are goes at once, what you did stays under a name that says nothing.

    Your tokens, clients and sign-ins end, open invitations and requests are declined, and whatever held your name
    shows "Former member" and four characters. Memberships stay, so that counts stay right; as a facilitator you become
    a member. Hand over, archive or delete first what only you lead: 409 `last_facilitator` says which networks.
    """

    async def command(work: Work) -> None:
        held = await lock_person(work, str(work.viewer.person_id))
        answers.if_match(call, held.person["version"])
        await erase_person(work, held)

    await perform(call.rooms.house, command, viewer=call.viewer, request_id=call.request_id)
    await call.rooms.gatekeeper.forget()
    await _afterwards(call)
    return answers.gone()


async def _afterwards(call: Call) -> None:
    """Remnants in the files, and the ledger's file: waited for in a small database, in a large one they go on.

    The hourly job does what did not work now.
    """
    task = asyncio.create_task(_clear_away(call))
    _RUNNING.add(task)
    task.add_done_callback(_RUNNING.discard)
    await asyncio.wait({task}, timeout=PATIENCE)


async def _clear_away(call: Call) -> None:
    try:
        await ledger.keep_in_step(call.rooms.house.db, call.rooms.settings)
        await call.rooms.house.db.scrub(ledger.TABLES)
    except Exception as error:  # noqa: BLE001 - the erasure is committed, whatever happens now
        note_failed_job("erasure", error)
