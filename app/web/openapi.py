"""The contract: what FastAPI makes of the signatures, completed and put into one deterministic form."""

import logging
import re
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

import app as package
from app.core.errors import CATALOGUE
from app.core.viewer import Scope
from app.web.door import Door

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "An error (RFC 9457). `code` is stable; `instance` carries the request id.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "maxLength": 200},
        "title": {"type": "string", "maxLength": 200},
        "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "maxLength": 2000},
        "instance": {"type": "string", "format": "uri", "maxLength": 60},
        "code": {"type": "string", "enum": sorted(CATALOGUE)},
        "errors": {
            "type": "array",
            "maxItems": 50,
            "items": {"$ref": "#/components/schemas/ProblemField"},
        },
        "hosted_at": {"type": "string", "format": "uri", "maxLength": 2000},
    },
    "required": ["type", "title", "status", "detail", "instance", "code", "errors"],
    "examples": [
        {
            "type": "/problems/not_found",
            "title": "There is nothing here that you can see",
            "status": 404,
            "detail": "There is nothing here that you can see",
            "instance": "urn:uuid:018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e",
            "code": "not_found",
            "errors": [],
        }
    ],
}
PROBLEM_FIELD = {
    "type": "object",
    "title": "ProblemField",
    "description": "One thing wrong: where (a JSON pointer, or `?name` for a query parameter), and what.",
    "properties": {
        "pointer": {"type": "string", "maxLength": 500},
        "code": {"type": "string", "maxLength": 100},
        "detail": {"type": "string", "maxLength": 2000},
    },
    "required": ["pointer", "code", "detail"],
    "examples": [{"pointer": "/name", "code": "missing", "detail": "Field required"}],
}
HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "X-Request-ID": (
        "The id of this request, yours if you sent a UUID.",
        {"type": "string", "format": "uuid"},
    ),
    "X-Correlation-ID": (
        "Yours if you sent a UUID, else the request id.",
        {"type": "string", "format": "uuid"},
    ),
    "ETag": (
        "Names what you were shown; send it back in If-None-Match or If-Match.",
        {"type": "string"},
    ),
    "Location": ("Where the new resource is.", {"type": "string", "format": "uri-reference"}),
    "Link": ("The next page, rel=next.", {"type": "string"}),
    "Retry-After": (
        "Seconds to wait.",
        {"type": "integer", "format": "int32", "minimum": 0, "maximum": 3600},
    ),
    "Idempotent-Replayed": (
        "`true` when this answers an Idempotency-Key seen before.",
        {"type": "string", "enum": ["true"]},
    ),
    "Allow": ("The methods of this address.", {"type": "string"}),
    "WWW-Authenticate": ("How to sign in.", {"type": "string"}),
    "Accept-Patch": ("The media type that PATCH reads.", {"type": "string"}),
}
REQUEST_HEADERS = {
    "If-Match": "Do it only if the resource still has this ETag (412 otherwise).",
    "If-None-Match": "Answer 304 if it still has this ETag.",
    "Idempotency-Key": "Up to 255 printable ASCII characters: repeating a request with it repeats the answer, not the effect. Kept for 24 hours.",
}
DESCRIPTION = (
    "Improvement networks in UK primary care: find the one that fits, join, work together. Times are UTC instants; "
    "lists are paged by cursor; errors are problem documents (RFC 9457); every answer carries X-Request-ID."
)
TAGS = [
    {"name": "networks", "description": "Networks and sub-groups."},
    {"name": "members", "description": "Who is in a network, and how they came and went."},
    {"name": "people", "description": "People who chose to be listed, and oneself."},
    {"name": "organisations", "description": "NHS organisations of the Organisation Data Service."},
    {"name": "vocabularies", "description": "Topics and professions."},
    {"name": "tokens", "description": "Bearer tokens: scopes, expiry, shown once."},
    {"name": "changes", "description": "The feed for those who keep a copy."},
    {"name": "service", "description": "The service itself."},
]


def operation_id(route: Any) -> str:
    """CamelCase of the function's name."""
    head, *tail = str(route.name).split("_")
    return head + "".join(part.capitalize() for part in tail)


def doors_of(app: FastAPI) -> list[Door]:
    """Every door of the house."""
    routes = [context.original_route for context in iter_route_contexts(app.routes)]
    return [route for route in routes if isinstance(route, Door)]


def contract(app: FastAPI) -> bytes:
    """The OpenAPI document, byte for byte the same for the same release."""
    # FastAPI warns of a validator that this house has no use for.
    logging.getLogger("fastapi").setLevel(logging.ERROR)
    document = FastAPI.openapi(app)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= {"Problem": PROBLEM, "ProblemField": PROBLEM_FIELD}
    components = document["components"]
    components["securitySchemes"] = {
        "bearerAuth": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of POST /v1/tokens. Scopes: " + ", ".join(Scope),
        }
    }
    components["headers"] = {
        name: {
            "description": text,
            "schema": {**schema, **({"maxLength": 2000} if schema["type"] == "string" else {})},
        }
        for name, (text, schema) in HEADERS.items()
    }
    components["parameters"] = {
        name.replace("-", ""): _request_header(name, text) for name, text in REQUEST_HEADERS.items()
    }
    for door in doors_of(app):
        if door.include_in_schema:
            for method in door.methods or ():
                _complete(document["paths"][door.path][method.lower()], door, method.lower())
    for name, schema in schemas.items():
        if name.endswith("Patch"):  # an absent field stays: there are no defaults
            for field in schema["properties"].values():
                field.pop("default", None)
    document["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    document["tags"] = TAGS
    document["security"] = []
    _tidy(document)
    return orjson.dumps(
        document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    )


def _request_header(name: str, text: str) -> dict[str, Any]:
    longest = 255 if name == "Idempotency-Key" else 2000
    example = '"3-a1B2c3D4e5F6"' if name.startswith("If") else "6f1c0d3e-first-try"
    schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": longest,
        "pattern": "^[ -~]+$",
        "examples": [example],
    }
    return {"name": name, "in": "header", "required": False, "description": text, "schema": schema}


def _complete(operation: dict[str, Any], door: Door, method: str) -> None:
    """Statuses, headers and security that follow from how every door works."""
    scopes = sorted(str(scope) for scope in door.scopes)
    signed = [{"bearerAuth": scopes}]
    operation["operationId"] = operation_id(door)
    operation["security"] = signed if door.sign_in else [{}, *signed]
    if scopes:
        needed = " or ".join(f"`{scope}`" for scope in scopes)
        operation["description"] = f"{operation.get('description', '')}\n\nScope: {needed}.".strip()
    responses = operation["responses"]
    responses.pop("422", None)
    statuses = {400, 401, 406, 422, 500, 503} | ({403} if scopes else set())
    statuses |= {404} if "{" in door.path else set()
    if method != "get":
        statuses |= {403, 404, 409, 413}
    if door.body is not None:
        statuses.add(415)
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        if parameter.get("in") == "query":  # null cannot be sent in a query
            parameter["schema"] = _without_null(parameter["schema"])
    has_etag = method in ("get", "post", "patch") and any(
        code in responses for code in ("200", "201")
    )
    if method in ("patch", "delete") and door.paths:
        statuses.add(412)
        parameters.append({"$ref": "#/components/parameters/IfMatch"})
    if method == "get" and has_etag:
        parameters.append({"$ref": "#/components/parameters/IfNoneMatch"})
        if "304" not in responses:
            responses["304"] = {"description": "You have it already.", "headers": _headers("ETag")}
    if method == "post":
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if door.path == "/v1/changes":
        statuses.add(410)
    for status, answer in responses.items():
        if status.startswith("2"):
            more = ["ETag"] if has_etag else []
            more += ["Link"] if method == "get" and "cursor" in str(parameters) else []
            more += ["Location"] if status == "201" else []
            more += ["Idempotent-Replayed"] if method == "post" else []
            answer["headers"] = _headers(*more)
            answer["description"] = {
                "200": "Done.",
                "201": "Made.",
                "204": "Done; there is nothing to show.",
            }[status]
    for status in sorted(statuses):
        responses[str(status)] = _problem(status)
    if "requestBody" in operation and method == "patch":
        content = operation["requestBody"]["content"]
        content["application/merge-patch+json"] = content.pop("application/json")


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    if len(options) != 1:
        return schema
    rest = {
        name: value for name, value in schema.items() if name not in ("anyOf", "default", "title")
    }
    return {**options[0], **rest}


def _headers(*names: str) -> dict[str, Any]:
    return {
        name: {"$ref": f"#/components/headers/{name}"}
        for name in ("X-Request-ID", "X-Correlation-ID", *names)
    }


def _problem(status: int) -> dict[str, Any]:
    more = {
        401: ["WWW-Authenticate"],
        405: ["Allow"],
        415: ["Accept-Patch"],
        503: ["Retry-After"],
    }.get(status, [])
    titles = [error.title for error in CATALOGUE.values() if error.status == status]
    return {
        "description": titles[0] + "." if titles else "An error.",
        "headers": _headers(*more),
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }


def _tidy(node: Any, key: str = "") -> None:
    """Nullable scalars as type lists, no automatic titles: what generators stumble over (contract.md, section 4)."""
    if isinstance(node, list):
        for item in node:
            _tidy(item)
        return
    if not isinstance(node, dict):
        return
    for name, value in list(node.items()):
        _tidy(value, name)
    if "title" in node and isinstance(node["title"], str) and key != "properties" and key != "info":
        del node["title"]
    options = node.get("anyOf")
    if options is not None and len(options) == 2 and {"type": "null"} in options:  # noqa: PLR2004
        (real,) = [option for option in options if option != {"type": "null"}]
        if "$ref" not in real and isinstance(real.get("type"), str):
            del node["anyOf"]
            node.update({**real, **node, "type": [real["type"], "null"]})
            if "enum" in node:
                node["enum"] = [*node["enum"], None]
    if node.get("default", 0) is None:
        del node["default"]
    if "description" in node and isinstance(node["description"], str):
        node["description"] = re.sub(r"[ \t]+\n", "\n", node["description"])


VERSION = package.__version__
