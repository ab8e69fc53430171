"""The contract: what FastAPI makes of the signatures, completed and put into one deterministic form."""

import logging
import re
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

import app as package
from app.web.csv_body import SCHEMA as CSV_SCHEMA
from app.web.door import HEALTH, Door
from app.web.openapi_examples import add_examples
from app.web.openapi_oauth import CLIENT_AUTH, OAUTH_ERROR_CODE, OAUTH_PROBLEM, oauth_responses
from app.web.openapi_parts import (
    ACKNOWLEDGE,
    DESCRIPTION,
    HEADERS,
    PROBLEM,
    PROBLEM_FIELD,
    PROBLEM_RESPONSES,
    SECURITY_SCHEMES,
    TAGS,
    header_references,
    problem_responses,
    request_headers,
)

__all__ = ["DESCRIPTION", "VERSION", "contract", "doors_of", "operation_id"]
VERSION = package.__version__
FORM = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
VALUES = ("examples", "default", "enum")  # what stands there is no schema
NULL = {"type": "null"}
UNTAGGED = ("Health", "Ping", "Status", "Export")  # of this moment, for nobody to keep
TAGGED = {
    "text/calendar", "text/markdown", "image/svg+xml", "image/png", "application/graphml+xml",
}  # fmt: skip
# Answers that say under which name to keep them.
FILES = ("/export", "/observations", ".ics", ".svg", ".png", ".graphml")
DONE = {"200": "Done.", "201": "Made.", "204": "Done; there is nothing to show."}


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
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError", "CsvText"):
        schemas.pop(name, None)
    schemas |= {
        "Problem": PROBLEM,
        "ProblemField": PROBLEM_FIELD,
        "OAuthProblem": OAUTH_PROBLEM,
        "OAuthErrorCode": OAUTH_ERROR_CODE,
    }
    components |= {
        "securitySchemes": SECURITY_SCHEMES | CLIENT_AUTH,
        "headers": HEADERS,
        "parameters": request_headers() | {"AcknowledgeWarnings": ACKNOWLEDGE},
        "responses": problem_responses() | oauth_responses(),
    }
    for door in doors_of(app):
        if door.include_in_schema:
            for method in door.methods or ():
                _complete(document["paths"][door.path][method.lower()], door, method.lower())
    for name, schema in schemas.items():
        if name.endswith("Form") and "properties" in schema:  # null cannot be sent in one
            properties = schema["properties"]
            schema["properties"] = {n: _without_null(p) for n, p in properties.items()}
        if name.endswith("Patch"):  # an absent field stays: there are no defaults
            for field in schema["properties"].values():
                field.pop("default", None)
    document["info"]["license"] = {"name": "MIT", "identifier": "MIT"}
    document["tags"] = TAGS
    document["security"] = []
    document = _tidy(document)
    add_examples(document["components"]["schemas"])
    return orjson.dumps(document, option=FORM)


def _complete(operation: dict[str, Any], door: Door, method: str) -> None:
    """Statuses, headers and security that follow from how every door works."""
    _describe(operation, door)
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        if parameter.get("in") == "query":  # null cannot be sent in a query
            parameter["schema"] = _without_null(parameter["schema"])
    if door.asks:
        parameters.append({"$ref": "#/components/parameters/AcknowledgeWarnings"})
    _answer(operation["responses"], door, method, parameters)
    if "requestBody" in operation and method == "patch":
        content = operation["requestBody"]["content"]
        content["application/merge-patch+json"] = content.pop("application/json")
    if door.csv:
        content = operation["requestBody"]["content"]
        content["application/json"]["schema"] = content["application/json"]["schema"]["anyOf"][0]
        content["text/csv"] = {"schema": CSV_SCHEMA}
    if door.form:
        content = operation["requestBody"]["content"]
        content["application/x-www-form-urlencoded"] = content.pop("application/json")


def _answer(responses: dict[str, Any], door: Door, method: str, parameters: list[Any]) -> None:
    """What comes back, with its headers; and the request headers that go with it."""
    responses.pop("422", None)
    if b"application/json" not in door.media_types:
        del responses["200"]["content"]["application/json"]
    etag = not door.form and _sends_etag(responses)
    more = ["ETag"] if etag else []
    more += ["Link"] if method == "get" and "'cursor'" in str(parameters) else []
    named = door.path.endswith(FILES) and method == "get"
    more += ["Content-Disposition"] if named else []
    more += ["Idempotent-Replayed"] if method == "post" and not door.form else []
    for done, answer in responses.items():
        sent = [*more, "Location"] if done == "201" else more
        # Nothing has no ETag.
        sent = [name for name in sent if name != "ETag"] if done == "204" else sent
        answer |= {"headers": header_references(*sent), "description": DONE[done]}
    if _must_match(door, method):
        parameters.append({**request_headers()["IfMatch"], "required": True})
    elif _changes_one(door, method):
        parameters.append({"$ref": "#/components/parameters/IfMatch"})
    if method == "post" and not door.form:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if method == "get" and etag:
        parameters.append({"$ref": "#/components/parameters/IfNoneMatch"})
        responses["304"] = {
            "description": "You have it already.",
            "headers": header_references("ETag"),
        }
    for status in _errors(door, method):
        name = ("OAuth" if door.form else "") + PROBLEM_RESPONSES[status]
        responses[str(status)] = {"$ref": f"#/components/responses/{name}"}


def _describe(operation: dict[str, Any], door: Door) -> None:
    """The docstring's first sentence is the summary; scopes are said in words and as security."""
    scopes = sorted(str(scope) for scope in door.scopes)
    # Any bearer token, or the scope by client credentials: one of several scopes is enough.
    either = [{"bearerAuth": []}, *({"oauth2": [scope]} for scope in scopes)]
    signed = [{"clientAuth": []}] if door.form else either
    said = operation.get("description", "")
    operation["operationId"] = operation_id(door)
    operation["security"] = signed if door.sign_in or door.form else [{}, *signed]
    operation["summary"] = re.split(r"(?<=[a-z)`*'])[.;:](?:\s|$)", said, maxsplit=1)[0].strip()
    if scopes:
        needed = " or ".join(f"`{scope}`" for scope in scopes)
        operation["description"] = f"{said}\n\nScope: {needed}."


def _changes_one(door: Door, method: str) -> bool:
    """One versioned resource is changed, deleted or published, so If-Match is honoured; a wish has no version."""
    if door.path.endswith("/pairing-wishes/me"):
        return False
    return method in ("patch", "put", "delete") or door.path.endswith("/publish")


def _must_match(door: Door, method: str) -> bool:
    """Several people write the same text, so it is not changed without If-Match."""
    return method == "patch" and door.path == "/v1/minutes/{minutes_id}"


def _sends_etag(responses: dict[str, Any]) -> bool:
    """One resource, a file, or a list that is the same for everybody has an ETag; pages and health have none."""
    if TAGGED & set(responses.get("200", {}).get("content", {})):
        return True
    for status in ("200", "201"):
        schema = responses.get(status, {}).get("content", {}).get("application/json", {})
        name = schema.get("schema", {}).get("$ref", "/Contract").rsplit("/", 1)[-1]
        if schema and not name.endswith("Page") and name not in UNTAGGED:
            return True
    return False


def _errors(door: Door, method: str) -> list[int]:
    """The statuses of errors that this operation may answer with."""
    statuses = {400, 401, 406, 422, 500, 503} | ({403} if door.scopes else set())
    statuses |= set() if door.path in HEALTH else {421, 429}
    statuses |= {404} if door.paths else set()
    if method != "get":
        statuses |= {403, 404, 408, 409, 413}
    if door.body is not None:
        statuses.add(415)
    if _changes_one(door, method):
        statuses.add(412)
    if _must_match(door, method):
        statuses.add(428)
    if door.path == "/v1/changes":
        statuses.add(410)
    if door.path == "/v1/audit":  # a network of its query
        statuses.add(404)
    if door.path.endswith("/results"):  # of a survey round that is still open
        statuses |= {409} if door.path.startswith("/v1/survey-rounds/") else set()
    if door.form:
        statuses -= {403, 404, 409}
    return sorted(statuses)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in schema.get("anyOf", []) if option != NULL]
    if len(options) != 1:
        return schema
    rest = {
        name: value for name, value in schema.items() if name not in ("anyOf", "default", "title")
    }
    return {**options[0], **rest}


def _tidy(node: Any, key: str = "") -> Any:
    """Nullable scalars as type lists, no automatic titles: what generators of clients stumble over."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {name: value if name in VALUES else _tidy(value, name) for name, value in node.items()}
    if isinstance(node.get("title"), str) and key != "info":
        del node["title"]
    if node.get("type") == "integer":  # FastAPI writes every bound as a float
        node |= {bound: int(node[bound]) for bound in ("minimum", "maximum") if bound in node}
    options = node.get("anyOf", [])
    others = [option for option in options if option != NULL]
    if NULL in options and len(others) == 1:
        real = others[0]
        if "$ref" not in real and isinstance(real.get("type"), str):
            del node["anyOf"]
            node = {**real, **node, "type": [real["type"], "null"]}
            if "enum" in node:
                node["enum"] = [*node["enum"], None]
    if node.get("default", 0) is None:
        del node["default"]
    return node
