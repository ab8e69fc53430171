"""The doors of clients."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching import fetch_client
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.db.types import instant_text
from app.features.clients import commands, queries
from app.features.clients.schemas import (
    ClientCreate,
    ClientCreated,
    ClientPage,
    ClientQuery,
    RegisteredClient,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep, dump
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["clients"], route_class=Door)


def _made(call: Call, row: dict[str, Any], secret: str | None) -> Answer:
    """The new client with its secret; what is kept for a repeated request has none."""
    document = queries.shown({column.key: row[column.key] for column in queries.COLUMNS}) | {
        "scopes": orjson.Fragment(row["scopes"]),
        "expires_at": instant_text(row["expires_at"]),
        "created_at": instant_text(row["created_at"]),
    }
    shown = answers.one(call, document, status=201, location=f"/v1/clients/{row['id']}")
    kept = dump({**document, "secret": None})
    return Answer(dump({**document, "secret": secret}), shown.status, shown.headers, kept)


@router.get("/clients", response_model=ClientPage)
@needs(Scope.TOKENS_READ)
async def list_clients(call: CallDep, params: Annotated[ClientQuery, Query()]) -> Answer:
    """Your own clients that are not revoked, the newest first; never their secrets."""
    sealer = call.rooms.sealer
    page = open_page(
        sealer, f"clients {call.viewer.person_id}", {}, cursor=params.cursor, limit=params.limit
    )
    rows, position = await queries.list_clients(call.rooms.house.db, call.viewer, page)
    cursor = cut(sealer, page, rows)
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/clients", response_model=ClientCreated, status_code=201)
@needs(Scope.TOKENS_WRITE)
async def register_client(call: CallDep, body: ClientCreate) -> Answer:
    """Register a program that acts in your name, at most as widely and as long as the token in hand.

    It gets access tokens of an hour at `POST /oauth/token`: with the secret that is shown this once, or with
    assertions signed by one of the keys in `jwks`, of which only the public half is known here.
    """

    async def command(work: Work) -> Answer:
        row, secret = await commands.register_client(work, body)
        return _made(call, row, secret)

    return await idempotency.run(call, command)


@router.get("/clients/{client_id}", response_model=RegisteredClient)
@needs(Scope.TOKENS_READ)
async def get_client(call: CallDep, client_id: Id) -> Answer:
    """Read one of your own clients, without its secret."""
    document = await queries.one_client(call.rooms.house.db, call.viewer, client_id)
    if document is None:
        raise NotFound
    return answers.one(call, document)


@router.delete("/clients/{client_id}", status_code=204)
@needs(Scope.TOKENS_WRITE)
async def revoke_client(call: CallDep, client_id: Id) -> Answer:
    """Revoke one of your own clients: it gets no more tokens, and the next request with one it has is refused."""

    async def command(work: Work) -> Answer:
        row = await fetch_client(work, client_id)
        answers.if_match(call, row["version"])
        commands.end_client(work, row)
        return answers.gone()

    answer = await idempotency.run(call, command)
    await call.rooms.gatekeeper.forget()
    return answer
