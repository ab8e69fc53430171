"""The parts of the contract that no signature says: problem documents, headers, what every operation may answer."""

from typing import Any

from app.core.error_catalogue import CATALOGUE
from app.core.errors import OAuthRequestInvalid
from app.core.viewer import OPENS, Scope
from app.web.problems import MOST_ERRORS

DESCRIPTION = (
    "Improvement networks in UK primary care: find the one that fits, join, work together. Times are UTC instants; "
    "lists are paged by cursor; errors are problem documents (RFC 9457). Every answer carries X-Request-ID and "
    "X-Correlation-ID: send UUIDs of your own and they come back. Wherever GET is answered, HEAD is too."
)
TAGS = [
    {"name": "networks", "description": "Networks and sub-groups."},
    {"name": "wheel", "description": "How a network is doing: the five Cs in numbers."},
    {"name": "members", "description": "Who is in a network, and how they came and went."},
    {
        "name": "meetings",
        "description": "Meetings and series of networks: planned, gathered for, recorded, followed up.",
    },
    {"name": "minutes", "description": "What was said and decided: written, published, corrected."},
    {"name": "actions", "description": "What members took on, who has it and until when."},
    {
        "name": "duties",
        "description": "For whom a network speaks where, who does it, whose turn is next.",
    },
    {"name": "decisions", "description": "What members decide together: proposals and ballots."},
    {"name": "pairings", "description": "Members who are drawn to get to know each other."},
    {"name": "asks", "description": "Requests for support, offers, and whom a request may suit."},
    {"name": "results", "description": "What somebody tried and what happened, after SQUIRE 2.0."},
    {"name": "pdsa-cycles", "description": "Plan, do, study, act: the small tests on the way."},
    {"name": "feedback", "description": "Questions, comments, thanks and concerns, and answers."},
    {"name": "adoptions", "description": "Who tried a result too, and what happened there."},
    {
        "name": "conduct",
        "description": "What a network expects of who shares there, and accepting it.",
    },
    {"name": "resources", "description": "Links that a network keeps: what for, which licence."},
    {"name": "charter", "description": "How members have agreed to work, and accepting it."},
    {"name": "reports", "description": "Content that should not be there: hidden, decided on."},
    {
        "name": "surveys",
        "description": "What members think of their network, asked in rounds: anonymous, from five answers on.",
    },
    {
        "name": "assessments",
        "description": "How a group of members judged their network together, in conversation.",
    },
    {
        "name": "measures",
        "description": "Series of figures, and what is signal and what is chance in them.",
    },
    {
        "name": "calendars",
        "description": "Meetings as iCalendar, and addresses that calendar programs subscribe to.",
    },
    {"name": "invitations", "description": "Invitations to an address: links that work once."},
    {"name": "people", "description": "People who chose to be listed, and oneself."},
    {"name": "organisations", "description": "NHS organisations of the Organisation Data Service."},
    {"name": "places", "description": "Postcodes and towns of Great Britain, and where they are."},
    {
        "name": "coverage",
        "description": "How far networks, and what was tried in them, have come across a patch.",
    },
    {"name": "vocabularies", "description": "Topics and professions."},
    {
        "name": "search",
        "description": "One search over everything, with the reasons why something was found.",
    },
    {
        "name": "saved-searches",
        "description": "Searches that one comes back to, and what is new in them.",
    },
    {"name": "tokens", "description": "Bearer tokens: scopes, expiry, shown once."},
    {
        "name": "clients",
        "description": "Programs with short access tokens (OAuth 2.0 client credentials).",
    },
    {"name": "changes", "description": "The feed for those who keep a copy."},
    {"name": "audit", "description": "Who did what, for those who answer for it."},
    {"name": "service", "description": "The service itself."},
]
SECURITY_SCHEMES = {
    "bearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "description": (
            "A token of POST /v1/tokens, or the JWT of an OpenID Connect issuer that this installation trusts: its "
            "frontend signs people in with the issuer (authorisation code flow with PKCE) and sends on what it gets; "
            "docs/sign-in.md. Who signs in has all scopes but `members:provision` and `operate`, unless the "
            "installation says otherwise. Scopes: " + ", ".join(Scope)
        ),
        "x-scopes": {str(scope): opens for scope, opens in OPENS.items()},
    }
}

_REQUEST_ID = "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"
PROBLEM_EXAMPLE = {
    "type": "/problems/not_found",
    "title": "There is nothing here that you can see",
    "status": 404,
    "detail": "There is nothing here that you can see",
    "instance": f"urn:uuid:{_REQUEST_ID}",
    "code": "not_found",
    "errors": [],
}
FIELD_EXAMPLE = {"pointer": "/name", "code": "missing", "detail": "Field required"}


# What a person reads may have any character that is no control; a header has printable ASCII.
READABLE = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
_PRINTABLE = "^[ -~]*$"


def _text(longest: int, example: str, **more: str) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, "examples": [example], **more}


PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457). `code` is stable; `instance` carries the request id.",
    "properties": {
        "type": _text(200, "/problems/not_found", format="uri-reference"),
        "title": _text(200, "There is nothing here that you can see", pattern=READABLE),
        "status": {
            "type": "integer",
            "format": "int32",
            "minimum": 400,
            "maximum": 599,
            "examples": [404],
        },
        "detail": _text(2000, "There is nothing here that you can see", pattern=READABLE),
        "instance": _text(60, f"urn:uuid:{_REQUEST_ID}", format="uri"),
        "code": {"type": "string", "enum": sorted(CATALOGUE), "examples": ["not_found"]},
        "errors": {
            "type": "array",
            "maxItems": MOST_ERRORS,
            "items": {"$ref": "#/components/schemas/ProblemField"},
        },
        "hosted_at": {
            **_text(2000, "https://example.org/kent", format="uri"),
            "description": "With `hosted_elsewhere`: where that network is to be joined.",
        },
    },
    "required": ["type", "title", "status", "detail", "instance", "code", "errors"],
    "examples": [PROBLEM_EXAMPLE],
}
PROBLEM_FIELD = {
    "type": "object",
    "description": (
        "One thing wrong: where (a JSON pointer, `?name` for a query parameter, `#cell=line,column` of CSV, or a "
        "header), and what."
    ),
    "properties": {
        "pointer": _text(500, "/name", pattern="^([/?]|#cell=|[A-Z]|$)"),
        "code": _text(100, "missing", pattern="^[a-z0-9_]+$"),
        "detail": _text(2000, "Field required", pattern=READABLE),
    },
    "required": ["pointer", "code", "detail"],
    "examples": [FIELD_EXAMPLE],
}

# Headers of answers. A required one is on every answer that declares it.
_UUID = {**_text(36, _REQUEST_ID, format="uuid")}
_QUOTA = '"token";q=1200;w=60'
_SECONDS = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 3600, "examples": [2]}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "The id of this request, yours if you sent a UUID.",
        "required": True,
        "schema": _UUID,
    },
    "X-Correlation-ID": {
        "description": "Yours if you sent a UUID, else the request id.",
        "required": True,
        "schema": _UUID,
    },
    "ETag": {
        "description": "Names what you were shown; send it back in If-None-Match or If-Match.",
        "required": True,
        "schema": _text(200, '"3-a1B2c3D4e5F6"', pattern=_PRINTABLE),
    },
    "Location": {
        "description": "Where the new resource is.",
        "required": True,
        "schema": _text(2000, f"/v1/networks/{_REQUEST_ID}", format="uri-reference"),
    },
    "Link": {
        "description": "The next page, rel=next; absent on the last one.",
        "schema": _text(
            8000,
            '<https://qi.example.org/v1/networks?cursor=AYf3kQ_x>; rel="next"',
            pattern=_PRINTABLE,
        ),
    },
    "RateLimit-Policy": {
        "description": (
            "How much this caller may ask: the policy that counts them, its quota `q`, its window `w` in seconds. "
            "On every answer that is counted; absent where the operator set no limit."
        ),
        "schema": _text(200, _QUOTA, pattern=_PRINTABLE),
    },
    "RateLimit": {
        "description": "How much is left of it, `r`, and in how many seconds it is whole again, `t`.",
        "schema": _text(200, '"token";r=1199;t=60', pattern=_PRINTABLE),
    },
    "Content-Disposition": {
        "description": "The name to keep the download under.",
        "required": True,
        "schema": _text(
            1_000, 'attachment; filename="qi-networks-export.json"', pattern=_PRINTABLE
        ),
    },
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": _SECONDS},
    "Idempotent-Replayed": {
        "description": "`true` when this answers an Idempotency-Key seen before.",
        "schema": {"type": "string", "enum": ["true"], "examples": ["true"]},
    },
    "WWW-Authenticate": {
        "description": "How to sign in.",
        "required": True,
        "schema": _text(200, 'Bearer realm="qi-networks"', pattern=_PRINTABLE),
    },
    "Accept-Patch": {
        "description": "The media type that PATCH reads here.",
        "schema": _text(200, "application/merge-patch+json", pattern=_PRINTABLE),
    },
    "Accept-Post": {
        "description": "The media type that POST reads here.",
        "schema": _text(200, "application/json", pattern=_PRINTABLE),
    },
    "Access-Control-Allow-Origin": {
        "description": "Where CORS_ORIGINS allows the Origin of the request: that origin, or `*`.",
        "schema": _text(2000, "https://qi.example.org", pattern=_PRINTABLE),
    },
}
REQUEST_HEADERS = {
    "If-Match": "Do it only if the resource still has this ETag (412 otherwise).",
    "If-None-Match": "Answer 304 if it still has this ETag.",
    "Idempotency-Key": (
        "Up to 255 printable ASCII characters: a request repeated with it within 24 hours repeats the answer, "
        "not the effect."
    ),
}

# Errors: the component of each status, and the headers it carries besides the ids.
PROBLEM_RESPONSES = {
    400: "BadRequest",
    401: "Unauthenticated",
    403: "Forbidden",
    404: "NotFound",
    406: "NotAcceptable",
    408: "RequestTimeout",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "PayloadTooLarge",
    415: "UnsupportedMediaType",
    421: "MisdirectedRequest",
    422: "Invalid",
    428: "PreconditionRequired",
    429: "TooManyRequests",
    500: "ServerError",
    503: "Unavailable",
}
_PROBLEM_HEADERS = {
    401: ("WWW-Authenticate",),
    415: ("Accept-Patch", "Accept-Post"),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
_ON_ALL = (
    "X-Request-ID",
    "X-Correlation-ID",
    "RateLimit-Policy",
    "RateLimit",
    "Access-Control-Allow-Origin",
)


def header_references(*names: str) -> dict[str, Any]:
    """The headers of one answer: the ids on every one, the limits where it is counted, what browsers ask for."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_ON_ALL, *names)}


def problem_responses() -> dict[str, Any]:
    """One response for each status of an error; it names the codes that come with it."""
    found = {}
    for status, name in PROBLEM_RESPONSES.items():
        kinds = [
            error
            for error in CATALOGUE.values()
            if error.status == status and not issubclass(error, OAuthRequestInvalid)
        ]
        lines = [f"- `{kind.code}`: {kind.title}." for kind in kinds]
        example = {
            **PROBLEM_EXAMPLE,
            "type": f"/problems/{kinds[0].code}",
            "title": kinds[0].title,
            "status": status,
            "detail": kinds[0].title,
            "code": kinds[0].code,
        }
        found[name] = {
            "description": "\n".join(lines),
            "headers": header_references(*_PROBLEM_HEADERS.get(status, ())),
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {kinds[0].code: {"value": example}},
                }
            },
        }
    return found


# Of every operation that writes and takes free text.
ACKNOWLEDGE = {
    "name": "acknowledge_warnings",
    "in": "query",
    "required": False,
    "description": (
        "Whoever sends this says that what was warned of (`possible_patient_data`: a date of birth, a full postcode, a "
        "person with their age) is none of a patient's. The change is recorded with the kinds, never with the text. "
        "Numbers of patients (`patient_identifier`) are refused all the same."
    ),
    "schema": {"type": "boolean", "default": False, "examples": [True]},
}


def request_headers() -> dict[str, Any]:
    """The headers that requests may carry, as parameters."""
    return {
        name.replace("-", ""): {
            "name": name,
            "in": "header",
            "required": False,
            "description": text,
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": 255 if name == "Idempotency-Key" else 2000,
                "pattern": "^[ -~]+$",
                "examples": ['"3-a1B2c3D4e5F6"' if name.startswith("If") else "6f1c0d3e-first-try"],
            },
        }
        for name, text in REQUEST_HEADERS.items()
    }
