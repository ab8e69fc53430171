"""Holds an answer against the contract: its status is documented, its body fits the schema, its headers are there."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx2
import jsonschema_rs
import orjson

from app.main import describe
from app.web.openapi import contract

PROBLEM = "application/problem+json"
FORM = "application/x-www-form-urlencoded"
# What any answer may carry; all others must be declared.
COMMON = frozenset((
    "cache-control", "content-length", "content-security-policy", "content-type", "cross-origin-resource-policy",
    "referrer-policy", "strict-transport-security", "vary", "x-content-type-options", "x-frame-options",
    "connection", "access-control-allow-origin", "access-control-expose-headers", "x-robots-tag",
))  # fmt: skip
ALWAYS = (
    "x-request-id",
    "x-correlation-id",
    "x-content-type-options",
    "content-security-policy",
    "vary",
)
# Statuses of an address or method that the contract does not have, and of a request that is not read so far.
OUTSIDE = (204, 400, 401, 404, 405, 421)


@cache
def document() -> dict[str, Any]:
    """The contract as this tree makes it; another test holds that against the committed one."""
    found: dict[str, Any] = orjson.loads(contract(describe()))
    return found


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    # Of two that an address fits into, the one that says more of it.
    paths = sorted(document()["paths"], key=lambda path: (path.count("{"), -len(path)))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in paths]


def template_of(path: str) -> str | None:
    """The path of the contract that an address belongs to."""
    return next((template for pattern, template in _templates() if pattern.fullmatch(path)), None)


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference of the contract refers to; anything else comes back as it is."""
    while "$ref" in node:
        target: Any = document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


@cache
def _reference_validator(reference: str) -> Any:
    schema = {"$ref": reference, "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def validator(schema: dict[str, Any]) -> Any:
    """A validator of one schema of the contract, formats included."""
    if set(schema) == {"$ref"}:
        return _reference_validator(schema["$ref"])
    refers = "$ref" in orjson.dumps(schema).decode()
    whole = {**schema, "components": document()["components"]} if refers else schema
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def check(method: str, response: httpx2.Response) -> None:
    """Raise `AssertionError` for whatever the contract does not say."""
    path = response.request.url.path
    faults = faults_of(method, path, response.status_code, response.headers, response.content)
    where = f"{method} {path} -> {response.status_code}"
    assert not faults, f"{where}: {faults[:3]}; {response.text[:300]}"


def faults_of(
    method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
) -> list[str]:
    """Whatever the contract does not say of this answer; header names are lower case."""
    found = [f"no {name}" for name in ALWAYS if name not in headers]
    operations = document()["paths"].get(template_of(path), {})
    known = {"HEAD": "get", **{name.upper(): name for name in operations}}
    operation = operations.get(known.get(method))
    if operation is None:
        if status not in OUTSIDE:
            return [*found, "an answer where the contract has nothing"]
        return found + ([] if status == 204 else _problem_faults(status, headers, body))
    documented = operation["responses"].get(str(status))
    if documented is None:
        return [*found, "undocumented status"]
    documented = resolved(documented)
    found += _header_faults(documented, headers)
    content = documented.get("content")
    if method == "HEAD" or content is None:
        return found + (["a body where there is none"] if body else [])
    media_type = headers.get("content-type", "").split(";")[0]
    if media_type not in content:
        return [*found, f"{media_type!r} is not documented"]
    return found + _body_faults(content[media_type]["schema"], media_type, status, body)


def _header_faults(documented: dict[str, Any], headers: Mapping[str, str]) -> list[str]:
    declared = {
        name.lower(): resolved(header) for name, header in documented.get("headers", {}).items()
    }
    found = [
        f"no {name}, which is promised"
        for name, header in declared.items()
        if header.get("required") and name not in headers
    ]
    found += [f"{name} is not declared" for name in headers if name not in {*declared, *COMMON}]
    for name, header in declared.items():
        schema = header["schema"]
        if name in headers:
            sent = int(headers[name]) if schema["type"] == "integer" else headers[name]
            found += [f"{name}: {error.message}" for error in validator(schema).iter_errors(sent)]
    return found


def _body_faults(schema: dict[str, Any], media_type: str, status: int, body: bytes) -> list[str]:
    if not media_type.endswith("json"):
        return []
    value = orjson.loads(body)
    found = [
        f"{error.instance_path}: {error.message}" for error in validator(schema).iter_errors(value)
    ]
    if media_type == PROBLEM and value.get("status") != status:
        found.append(f"a problem of status {value.get('status')}")
    return found


def _problem_faults(status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Where the contract has no operation there are problem documents all the same."""
    if headers.get("content-type") != PROBLEM:
        return [f"{headers.get('content-type')!r} instead of a problem document"]
    if not body:  # HEAD
        return []
    return _body_faults({"$ref": "#/components/schemas/Problem"}, PROBLEM, status, body)
