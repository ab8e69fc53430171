"""Holds an answer against the contract: its status is documented, its body fits the schema, its headers are there."""

import re
from functools import cache
from typing import Any

import httpx2
import jsonschema_rs
import orjson

from app.main import describe
from app.web.openapi import contract

Responses = dict[str, Any]


@cache
def document() -> dict[str, Any]:
    """The contract as this tree makes it; another test holds that against the committed one."""
    found: dict[str, Any] = orjson.loads(contract(describe()))
    return found


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path) for path in paths]


def template_of(path: str) -> str | None:
    """The path of the contract that an address belongs to."""
    return next((template for pattern, template in _templates() if pattern.match(path)), None)


@cache
def _validator(reference: str) -> Any:
    schema = {"$ref": reference, "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def check(method: str, response: httpx2.Response) -> None:
    """Raise `AssertionError` for whatever the contract does not say."""
    path = template_of(response.request.url.path)
    where = f"{method} {response.request.url.path} -> {response.status_code}"
    for header in ("x-request-id", "x-correlation-id", "x-content-type-options", "vary"):
        assert header in response.headers, f"{where}: no {header}"
    operation = document()["paths"].get(path, {}).get("get" if method == "HEAD" else method.lower())
    if operation is None:
        assert response.status_code in (204, 400, 404, 405, 406), f"{where}: not in the contract"
        return
    assert path is not None
    documented = operation["responses"].get(str(response.status_code))
    assert documented is not None, f"{where}: undocumented status; {response.text[:300]}"
    content = documented.get("content")
    if content is None or method == "HEAD":
        assert not response.content, f"{where}: a body where there is none"
        return
    media_type = response.headers["content-type"].split(";")[0]
    assert media_type in content, f"{where}: {media_type} is not documented"
    schema = content[media_type].get("schema", {})
    if "$ref" in schema:
        errors = [
            f"{error.instance_path}: {error.message}"
            for error in _validator(schema["$ref"]).iter_errors(response.json())
        ]
        assert not errors, f"{where}: {errors[:3]}"
