"""The doors of tokens."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching import fetch_token
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.db.types import instant_text
from app.features.accounts import commands, queries
from app.features.accounts.schemas import Token, TokenCreate, TokenCreated, TokenPage, TokenQuery
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep, dump
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["tokens"], route_class=Door)


def _made(call: Call, row: dict[str, Any], secret: str) -> Answer:
    """The new token with its secret; what is kept for a repeated request has none.

    Rendered from the row in hand, because an operator cannot read the token of another person.
    """
    document = {column.key: row[column.key] for column in queries.COLUMNS} | {
        "scopes": orjson.Fragment(row["scopes"]),
        "expires_at": instant_text(row["expires_at"]),
        "created_at": instant_text(row["created_at"]),
    }
    shown = answers.one(call, document, status=201, location=f"/v1/tokens/{row['id']}")
    kept = dump({**document, "secret": None})
    return Answer(dump({**document, "secret": secret}), shown.status, shown.headers, kept)


@router.get("/tokens", response_model=TokenPage)
@needs(Scope.TOKENS_READ)
async def list_tokens(call: CallDep, params: Annotated[TokenQuery, Query()]) -> Answer:
    """Your own tokens that are not revoked, the newest first; never their secrets."""
    sealer = call.rooms.sealer
    page = open_page(
        sealer, f"tokens {call.viewer.person_id}", {}, cursor=params.cursor, limit=params.limit
    )
    rows, position = await queries.list_tokens(call.rooms.house.db, call.viewer, page)
    cursor = cut(sealer, page, rows)
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/tokens", response_model=TokenCreated, status_code=201)
@needs(Scope.TOKENS_WRITE)
async def create_token(call: CallDep, body: TokenCreate) -> Answer:
    """Make a token, at most as wide and as long as the one in hand. Its secret is shown this once.

    A token with `members:provision` is bound to one network, which its person facilitates; the first one is made by
    an operator. An operator may make tokens for other people (`person_id`).
    """

    async def command(work: Work) -> Answer:
        row, secret = await commands.mint_token(work, body)
        return _made(call, row, secret)

    return await idempotency.run(call, command)


@router.get("/tokens/{token_id}", response_model=Token)
@needs(Scope.TOKENS_READ)
async def get_token(call: CallDep, token_id: Id) -> Answer:
    """Read one of your own tokens, without its secret."""
    document = await queries.one_token(call.rooms.house.db, call.viewer, token_id)
    if document is None:
        raise NotFound
    return answers.one(call, document)


@router.delete("/tokens/{token_id}", status_code=204)
@needs(Scope.TOKENS_WRITE)
async def revoke_token(call: CallDep, token_id: Id) -> Answer:
    """Revoke one of your own tokens: the next request with it is refused."""

    async def command(work: Work) -> Answer:
        row = await fetch_token(work, token_id)
        answers.if_match(call, row["version"])
        commands.end_token(work, row)
        return answers.gone()

    answer = await idempotency.run(call, command)
    await call.rooms.gatekeeper.forget()
    return answer
