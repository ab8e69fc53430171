"""What the contract says of the token endpoint that no signature says: its errors, and how clients prove themselves."""

from typing import Any

from app.core.error_catalogue import CATALOGUE
from app.core.errors import OAuthRequestInvalid
from app.core.viewer import OPENS
from app.web.openapi_parts import (
    PROBLEM,
    PROBLEM_EXAMPLE,
    PROBLEM_RESPONSES,
    READABLE,
    header_references,
)
from app.web.problems import OAUTH_ERRORS

CLIENT_AUTH: dict[str, Any] = {
    "oauth2": {
        "type": "oauth2",
        "description": (
            "The access token of a client, good for an hour at most. It goes where any bearer token goes. JWTs, of "
            "issuers and as assertions of clients, are verified as RFC8725 asks."
        ),
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth/token",
                "scopes": {str(scope): opens for scope, opens in OPENS.items()},
            }
        },
    },
    "clientAuth": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": (
            "Of the token endpoint alone: HTTP Basic with the client's id and secret, each form-encoded "
            "(`client_secret_basic`). Instead of the header the form may carry `client_id` and `client_secret` "
            "(`client_secret_post`), or `client_assertion` (`private_key_jwt`); never two of them."
        ),
    },
}
_EXAMPLE = {
    **PROBLEM_EXAMPLE,
    "type": "/problems/invalid_client",
    "title": "The client did not prove who it is",
    "detail": "The client did not prove who it is",
    "status": 401,
    "code": "invalid_client",
    "error": "invalid_client",
    "error_description": "The client did not prove who it is",
}
# With a name of its own: what has none is named after its field, and `Error` is a word of Swift's.
OAUTH_ERROR_CODE: dict[str, Any] = {
    "type": "string",
    "description": "The codes of RFC 6749 (5.2).",
    "enum": sorted(OAUTH_ERRORS),
    "examples": ["invalid_client"],
}
OAUTH_PROBLEM: dict[str, Any] = {
    **PROBLEM,
    "description": "A problem document that clients of OAuth can read too (RFC 6749, 5.2).",
    "properties": {
        **PROBLEM["properties"],
        "error": {"$ref": "#/components/schemas/OAuthErrorCode"},
        "error_description": {
            "type": "string",
            "maxLength": 2000,
            "pattern": READABLE,
            "examples": ["The client did not prove who it is"],
        },
    },
    "required": [*PROBLEM["required"], "error", "error_description"],
    "examples": [_EXAMPLE],
}
_HEADERS = {
    401: ("WWW-Authenticate",),
    415: ("Accept-Post",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
STATUSES = frozenset(PROBLEM_RESPONSES) - {403, 404, 409, 410, 412, 428}


def oauth_responses() -> dict[str, Any]:
    """One response for each status of an error of the token endpoint."""
    found = {}
    for status in sorted(STATUSES):
        alike = [kind for kind in CATALOGUE.values() if kind.status == status]
        kinds = [kind for kind in alike if issubclass(kind, OAuthRequestInvalid)] or alike
        found[f"OAuth{PROBLEM_RESPONSES[status]}"] = {
            "description": "\n".join(f"- `{kind.code}`: {kind.title}." for kind in kinds),
            "headers": header_references(*_HEADERS.get(status, ())),
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/OAuthProblem"}}
            },
        }
    return found
