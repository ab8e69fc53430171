"""The doors of calendar tokens."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.db.types import instant_text
from app.exchange.calendar_tokens import commands, queries
from app.exchange.calendar_tokens.schemas import (
    CalendarToken,
    CalendarTokenCreate,
    CalendarTokenCreated,
    CalendarTokenPage,
    CalendarTokenQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep, dump
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["calendars"], route_class=Door)


def _made(call: Call, row: dict[str, Any], secret: str) -> Answer:
    """The new calendar token with its address; what is kept for a repeated request has none."""
    document = queries.shown({column.key: row[column.key] for column in queries.COLUMNS}) | {
        "created_at": instant_text(row["created_at"]),
    }
    location = f"/v1/calendar-tokens/{row['id']}"
    shown = answers.one(call, document, status=201, location=location)
    address = call.url(f"/v1/calendars/{secret}.ics")
    addresses = {"address": address, "webcal": f"webcal://{address.partition('://')[2]}"}
    kept = dump({**document, "address": None, "webcal": None})
    return Answer(dump({**document, **addresses}), shown.status, shown.headers, kept)


@router.get("/calendar-tokens", response_model=CalendarTokenPage)
@needs(Scope.TOKENS_READ)
async def list_calendar_tokens(
    call: CallDep, params: Annotated[CalendarTokenQuery, Query()]
) -> Answer:
    """Your own calendar tokens that are not revoked, the newest first; never their addresses."""
    sealer, about = call.rooms.sealer, f"calendar tokens {call.viewer.person_id}"
    page = open_page(sealer, about, {}, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_calendar_tokens(call.rooms.house.db, call.viewer, page)
    cursor = cut(sealer, page, rows)
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/calendar-tokens", response_model=CalendarTokenCreated, status_code=201)
@needs(Scope.TOKENS_WRITE)
async def create_calendar_token(call: CallDep, body: CalendarTokenCreate) -> Answer:
    """Make an address that a calendar can subscribe to without signing in. It is shown this once.

    Whoever has the address reads that one feed and nothing else: what you may read at that moment, never by an
    operator's rights. It ends when you revoke it, when nobody used it for 180 days, and with you. A person has 20 at
    most (409 `too_many_calendars`). The token in hand needs `meetings:read` too.
    """

    async def command(work: Work) -> Answer:
        row, secret = await commands.make_calendar_token(work, body)
        return _made(call, row, secret)

    return await idempotency.run(call, command)


@router.get("/calendar-tokens/{calendar_token_id}", response_model=CalendarToken)
@needs(Scope.TOKENS_READ)
async def get_calendar_token(call: CallDep, calendar_token_id: Id) -> Answer:
    """Read one of your own calendar tokens, without its address."""
    db = call.rooms.house.db
    document = await queries.one_calendar_token(db, call.viewer, calendar_token_id)
    if document is None:
        raise NotFound
    return answers.one(call, document)


@router.delete("/calendar-tokens/{calendar_token_id}", status_code=204)
@needs(Scope.TOKENS_WRITE)
async def revoke_calendar_token(call: CallDep, calendar_token_id: Id) -> Answer:
    """Revoke one of your own calendar tokens: the next request with its address is refused."""

    async def command(work: Work) -> Answer:
        row = await commands.fetch_calendar_token(work, calendar_token_id)
        answers.if_match(call, row["version"])
        commands.end_calendar_token(work, row)
        return answers.gone()

    return await idempotency.run(call, command)
