"""The token endpoint: access tokens for clients, and taking them back."""

from enum import StrEnum

from fastapi import APIRouter

from app.core.errors import UnsupportedGrantType
from app.core.text import Output
from app.features.clients.authentication import Proven, authenticate
from app.features.clients.issuing import give_back, granted, issue
from app.features.clients.oauth_schemas import (
    AccessToken,
    AccessTokenForm,
    Credentials,
    RevocationForm,
    TokenType,
)
from app.web import answers
from app.web.call import Answer, Call, CallDep, dump
from app.web.door import Door, needs

router = APIRouter(prefix="/oauth", tags=["clients"], route_class=Door)
TOKEN = "/oauth/token"  # noqa: S105 - an address


class RevocationStatus(StrEnum):
    """What became of it."""

    DONE = "done"


class Revocation(Output):
    """The token opens nothing any more, whatever it was; clients ignore this body."""

    status: RevocationStatus


async def _proven(call: Call, form: Credentials) -> Proven:
    house, base = call.rooms.house, call.rooms.settings.base_url
    return await authenticate(
        house.db,
        call.headers.get(b"authorization"),
        form,
        frozenset({base, base + TOKEN, base + call.path}),
        house.clock(),
    )


@router.post("/token", response_model=AccessToken)
@needs(sign_in=False)
async def issue_access_token(call: CallDep, body: AccessTokenForm) -> Answer:
    """Get an access token as a client (OAuth 2.0, `client_credentials`).

    The client proves who it is by `client_secret_basic`, `client_secret_post` or `private_key_jwt`. The token lives an
    hour at most, never longer than the client, and opens what `scope` names of the client's scopes. A client has up to
    50 of them; a new one ends the oldest. Here, and at `/oauth/revoke`, errors are those of RFC 6749 (5.2).
    """
    proven = await _proven(call, body)
    if body.grant_type != "client_credentials":
        raise UnsupportedGrantType
    scopes = granted(proven.client, body.scope)
    secret, seconds = await issue(call.rooms.house, proven, scopes)
    answer = {
        "access_token": secret,
        "token_type": TokenType.BEARER,
        "expires_in": seconds,
        "scope": " ".join(scopes),
    }
    return Answer(dump(answer), 200, [answers.JSON])


@router.post("/revoke", response_model=Revocation)
@needs(sign_in=False)
async def give_back_access_token(call: CallDep, body: RevocationForm) -> Answer:
    """Give an access token back (RFC 7009): the next request with it is refused.

    The client proves who it is as for getting one. A token that is not this client's is left as it is, and the answer
    does not tell.
    """
    proven = await _proven(call, body)
    if await give_back(call.rooms.house, proven, body.token):
        await call.rooms.gatekeeper.forget()
    return Answer(dump({"status": RevocationStatus.DONE}), 200, [answers.JSON])
