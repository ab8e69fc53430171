"""The contract of the token endpoint: names and shapes are RFC 6749's, 7009's and 7523's."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from app.core.text import Output, line, whole
from app.web.form import Form

_PRINTABLE = "^[ -~]+$"
_SHORT = Field(min_length=1, max_length=100, pattern=_PRINTABLE)
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

GrantType = Annotated[str, _SHORT, Field(examples=["client_credentials"])]
ClientId = Annotated[str, _SHORT, Field(examples=["018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"])]
ClientSecret = Annotated[str, _SHORT, Field(examples=["qi_client_..."])]
AssertionType = Annotated[str, _SHORT, Field(examples=[JWT_BEARER])]
Assertion = Annotated[
    str,
    Field(
        min_length=1, max_length=8_000, pattern=_PRINTABLE, examples=["eyJhbGciOiJFUzI1NiJ9.e30.AA"]
    ),
]
ScopeText = Annotated[
    str,
    Field(
        min_length=1, max_length=500, pattern=_PRINTABLE, examples=["networks:read members:read"]
    ),
]
TokenText = Annotated[str, _SHORT, Field(examples=["qi_live_..."])]
TokenHint = Annotated[str, _SHORT, Field(examples=["access_token"])]


class Credentials(Form):
    """How a client proves who it is, unless it does so by HTTP Basic: a secret, or a signed assertion."""

    client_id: ClientId | None = None
    client_secret: ClientSecret | None = None
    client_assertion_type: AssertionType | None = Field(
        default=None, description=f"With `client_assertion`: `{JWT_BEARER}`."
    )
    client_assertion: Assertion | None = Field(
        default=None,
        description="A JWT by one of the client's keys: `iss` and `sub` its id, `aud` this address, `jti` new.",
    )


_EXAMPLE = {
    "client_id": "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
    "client_secret": "qi_client_...",
}


class AccessTokenForm(Credentials):
    """What a client asks for: an access token, by its own credentials (RFC 6749, 4.4)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"grant_type": "client_credentials", "scope": "networks:read", **_EXAMPLE}]
        }
    )

    grant_type: GrantType = Field(description="`client_credentials`.")
    scope: ScopeText | None = Field(
        default=None, description="Some of the client's scopes, spaces between; without it, all."
    )


class RevocationForm(Credentials):
    """Which of its access tokens a client gives back (RFC 7009)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": "qi_live_...", **_EXAMPLE}]}
    )

    token: TokenText
    token_type_hint: TokenHint | None = None


class TokenType(StrEnum):
    """How it is sent."""

    BEARER = "Bearer"


class AccessToken(Output):
    """A short access token (RFC 6749, 5.1)."""

    access_token: Annotated[str, line(60, "qi_live_...")]
    token_type: TokenType
    expires_in: Annotated[int, whole(0, 3600, 3600)] = Field(description="Seconds.")
    scope: ScopeText
