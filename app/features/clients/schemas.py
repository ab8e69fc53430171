"""The contract of clients."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.text import Cursor, Day, Id, Input, Limit, Name, Output, UtcDateTime, Version, line
from app.core.viewer import Scope

ClientName = Annotated[Name, Field(examples=["Calendar of the practice"])]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=40)]
KeyId = Annotated[
    str, Field(strict=True, min_length=1, max_length=100, pattern="^[!-~]+$", examples=["2026-03"])
]
_BASE64URL = "^[A-Za-z0-9_-]+$"
Coordinate = Annotated[
    str,
    Field(
        strict=True,
        min_length=43,
        max_length=43,
        pattern=_BASE64URL,
        examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
    ),
]


class KeyType(StrEnum):
    """The family of a key (RFC 7517)."""

    RSA = "RSA"
    EC = "EC"
    OKP = "OKP"


class KeyCurve(StrEnum):
    """The curve of a key that has one."""

    P_256 = "P-256"
    ED25519 = "Ed25519"


class KeyUse(StrEnum):
    """What a key is for."""

    SIG = "sig"


class KeyAlgorithm(StrEnum):
    """What assertions are signed with. EdDSA and Ed25519 are two names of one (RFC 9864)."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"
    ED25519 = "Ed25519"


class KeyOperation(StrEnum):
    """What may be done with a public key of ours."""

    VERIFY = "verify"


class PublicKeyCreate(Input):
    """A public signing key (RFC 7517): RSA of 2048 to 4096 bits, P-256 or Ed25519. A private part is refused."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
            ]
        }
    )

    kty: KeyType = Field(examples=["OKP"])
    crv: KeyCurve | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    n: Annotated[
        str,
        Field(
            strict=True, min_length=342, max_length=683, pattern=_BASE64URL, examples=["t" * 342]
        ),
    ] | None = None  # fmt: skip
    e: Annotated[
        str, Field(strict=True, min_length=4, max_length=4, pattern="^AQAB$", examples=["AQAB"])
    ] | None = None  # fmt: skip
    kid: KeyId | None = Field(
        default=None, description="Its name in assertions; without it, its thumbprint (RFC 7638)."
    )
    alg: KeyAlgorithm | None = Field(
        default=None, description="Only this algorithm; else all that the key is good for."
    )
    use: KeyUse | None = None
    key_ops: Annotated[list[KeyOperation], Field(max_length=1)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> "PublicKeyCreate":
        needs = {
            KeyType.RSA: (None, ("n", "e")),
            KeyType.EC: (KeyCurve.P_256, ("x", "y")),
            KeyType.OKP: (KeyCurve.ED25519, ("x",)),
        }
        curve, parts = needs[self.kty]
        given = {name for name in ("n", "e", "x", "y") if getattr(self, name) is not None}
        if self.crv is not curve or given != set(parts):
            wanted = ", ".join(parts if curve is None else (f"crv {curve}", *parts))
            raise PydanticCustomError(
                "public_key", "A key of the type {kty} has {parts} and nothing else",
                {"kty": str(self.kty), "parts": wanted},
            )  # fmt: skip
        return self


class KeySetCreate(Input):
    """A set of public keys (RFC 7517)."""

    keys: Annotated[list[PublicKeyCreate], Field(min_length=1, max_length=5)]


class ClientCreate(Input):
    """A program that shall act in one's own name: with a secret, or with public keys."""

    name: ClientName
    scopes: Scopes = Field(description="Not more than the token in hand has.")
    expires_at: UtcDateTime | None = Field(
        default=None,
        description="Not later than the token in hand; without it, in 365 days or with the token in hand.",
    )
    network_id: Id | None = Field(
        default=None,
        description="With `members:provision`, and only then: the network that the client provisions.",
    )
    jwks: KeySetCreate | None = Field(
        default=None,
        description="With it the client has no secret: it signs assertions (`private_key_jwt`).",
    )

    @model_validator(mode="after")
    def _bound_to_a_network(self) -> "ClientCreate":
        if (Scope.MEMBERS_PROVISION in self.scopes) != (self.network_id is not None):
            code, message = "network_id", "members:provision and network_id are given together"
            raise PydanticCustomError(code, message)
        return self


class RegisteredClient(Output):
    """A client, without its secret: `hint` is how the secret ends; `key_ids` names the public keys instead."""

    id: Id
    person_id: Id
    name: ClientName
    hint: Annotated[str, line(16, "x7Qk")] | None
    key_ids: Annotated[list[KeyId], Field(max_length=5)]
    scopes: Scopes
    network_id: Id | None
    expires_at: UtcDateTime
    last_used_on: Day | None
    created_at: UtcDateTime
    version: Version


class ClientCreated(RegisteredClient):
    """A new client with its secret, which nobody can read again."""

    secret: Annotated[str, line(60, "qi_client_...")] | None = Field(
        description="Keep it: it is shown this once, and null in the answer to a repeated request, or with keys."
    )


class ClientPage(Output):
    """A page of clients, the newest first. Follow `changes_cursor` with GET /v1/changes to stay in step."""

    items: Annotated[list[RegisteredClient], Field(max_length=100)]
    next_cursor: Cursor | None
    changes_cursor: Cursor


class ClientQuery(Input):
    """Paging of the list."""

    cursor: Cursor | None = None
    limit: Limit = 20
