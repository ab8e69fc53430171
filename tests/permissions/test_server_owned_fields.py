"""Fields that the server owns: no body sets them, whoever sends it, and no answer has more than the contract says."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.models import Base
from tests.contract import document, resolved
from tests.house import TestHouse
from tests.permissions.facts import Actor, Facts
from tests.permissions.runner import Trial
from tests.proofs.figures import Figures
from tests.targets import Json, Operation, Targets, operations

# Only who wrote what was reported appeals.
FOR_ITS_AUTHOR = frozenset({"appealDecision"})
pytestmark = [pytest.mark.anyio, pytest.mark.prove]
TABLES = ("network", "member", "person", "token", "client", "invitation")
# Values that would do harm, by the last word of a field's name; for the rest, `true`.
HARM: dict[str, Any] = {
    "id": "01900000-0000-7000-8000-00000000dead", "at": "2020-01-01T00:00:00Z", "version": 999, "count": 999,
    "status": "active", "role": "facilitator", "tier": "inside", "hash": "0" * 64, "scopes": ["operate"],
}  # fmt: skip


def owned() -> list[str]:
    """Every field of every answer, every column of every resource, and what others try."""
    answers = {
        name
        for schema in document()["components"]["schemas"].values()
        for name in schema.get("properties", {})
    }
    columns = {column.name for table in TABLES for column in Base.metadata.tables[table].columns}
    return sorted(
        answers | columns | {"created_by", "seq", "__proto__", "_tier", "person.operator"}
    )


def within(schema: Json) -> Iterator[tuple[str, Json, bool]]:
    """The objects in a body: the field, the object's schema, and whether the field is a list of them."""
    for name, field in schema["properties"].items():
        for option in [field, *field.get("anyOf", [])]:
            inner = resolved(option)
            several = "items" in inner
            inner = resolved(inner.get("items", inner))
            if "properties" in inner:
                yield name, inner, several


def bodies(targets: Targets, operation: Operation) -> Iterator[tuple[str, Json]]:
    """Bodies with one field too many, each with a pointer to it."""
    right = targets.body(operation)
    for name in owned():
        value = HARM.get(name.rsplit("_", 1)[-1], True)
        if name not in operation.body["properties"]:
            yield f"/{name}", {**right, name: value}
        for field, schema, several in within(operation.body):
            if name not in schema["properties"]:
                inner = {**schema["examples"][0], name: value}
                where = f"/{field}/0/{name}" if several else f"/{field}/{name}"
                yield where, {**right, field: [inner] if several else inner}


async def test_no_body_sets_what_the_server_owns(
    reference_house: TestHouse, figures: Figures
) -> None:
    """As somebody who may do everything: whatever is refused is refused for the field alone."""
    targets = await Targets.made(reference_house)
    trial, tried = Trial(reference_house, Facts()), 0
    somebody = Actor("operator", targets.operator.id, token=targets.operator.token)
    async with trial.undoing():
        for operation in operations():
            if operation.media_type is None or operation.form:
                continue
            path = targets.path(operation)
            right = await trial.send(somebody, operation.method, path, targets.body(operation))
            # The body itself is right; at most the state stands in its way, or that it comes without If-Match.
            state = (403,) if operation.name in FOR_ITS_AUTHOR else (409, 428)
            assert right.status < 300 or right.status in state, (operation.name, right.body)
            for pointer, body in bodies(targets, operation):
                trial.written.clear()
                reply = await trial.send(somebody, operation.method, path, body)
                tried += 1
                assert reply.status == 422, (operation.name, pointer, reply.status)
                errors = [(error["pointer"], error["code"]) for error in reply.json["errors"]]
                assert errors == [(pointer, "extra_forbidden")], (operation.name, errors)
                assert not trial.written
    figures.tell(bodies=tried, accepted=0)
    assert tried > 1_000


def beyond(schema: Json, value: Any, at: str = "") -> list[str]:
    """Fields of an answer that its schema does not name."""
    schema = resolved(schema)
    for option in schema.get("anyOf", []):
        if value is not None and option != {"type": "null"}:
            return beyond(option, value, at)
    if isinstance(value, list):
        return [one for item in value for one in beyond(schema["items"], item, f"{at}/0")]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    known = schema["properties"]
    found = [f"{at}/{name}" for name in value.keys() - known.keys()]
    return found + [
        one
        for name in value.keys() & known.keys()
        for one in beyond(known[name], value[name], f"{at}/{name}")
    ]


async def test_no_answer_has_more_than_the_contract_says(reference_house: TestHouse) -> None:
    targets = await Targets.made(reference_house)
    trial, looked = Trial(reference_house, Facts()), 0
    actors = [Actor(one.id, one.id, token=one.token) for one in (targets.operator, targets.other)]
    async with trial.undoing():
        for operation in operations():
            answer = operation.spec["responses"].get("200", operation.spec["responses"].get("201"))
            content = resolved(answer or {}).get("content", {}).get("application/json", {})
            if not content or operation.form or operation.name == "getContract":
                continue
            for actor in actors:
                body = targets.body(operation) if operation.media_type else None
                reply = await trial.send(actor, operation.method, targets.path(operation), body)
                if reply.status < 300:
                    looked += 1
                    assert beyond(content["schema"], reply.json) == [], operation.name
    assert looked > 30
    assert beyond({"properties": {"a": {}}}, {"a": 1, "b": 2}) == ["/b"]
