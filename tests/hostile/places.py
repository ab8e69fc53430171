"""Where a hostile value goes: every leaf of a body, every query parameter, as the contract has them."""

import re
from collections.abc import Iterator
from typing import Any

from tests.contract import resolved
from tests.targets import Json

Way = tuple[str | int, ...]


def alternatives(schema: Json) -> list[Json]:
    """What a schema may be besides null."""
    options = [resolved(option) for option in schema.get("anyOf", [schema])]
    return [resolved(option) for option in options if option != {"type": "null"}]


def leaves(schema: Json, way: Way = ()) -> Iterator[Way]:
    """The ways to every value in a body that is no container: `("links", 0, "url")`."""
    for option in alternatives(resolved(schema)):
        kind = option.get("type")
        if kind == "object":
            for name, field in option["properties"].items():
                yield from leaves(field, (*way, name))
        elif kind == "array" or "array" in (kind or ()):
            yield from leaves(option["items"], (*way, 0))
        else:
            yield way


def example(schema: Json) -> Any:
    """A right value for a schema of the contract."""
    (first, *_) = alternatives(resolved(schema))
    if "examples" in first:
        return first["examples"][0]
    return [example(first["items"])]


def having(schema: Json, body: Any, way: Way, value: object) -> Any:
    """The body with this value in this place, and right values around it."""
    if not way:
        return value
    step, *rest = way
    (first, *_) = alternatives(resolved(schema))
    if isinstance(step, int):
        return [having(first["items"], example(first["items"]), tuple(rest), value)]
    inner = body.get(step) if isinstance(body, dict) else None
    field = first["properties"][step]
    if rest and inner is None:
        inner = example(field)
    return {**body, step: having(field, inner, tuple(rest), value)}


def pointer(way: Way) -> str:
    """The JSON pointer of a place."""
    return "".join(f"/{step}" for step in way)


_WHOLE = re.compile("-?(0|[1-9][0-9]{0,18})")
_REAL = re.compile(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")


def read_parameter(schema: Json, text: str) -> object:
    """What a query parameter says to somebody who knows its schema; the text itself where it says nothing."""
    kind = schema.get("type")
    if kind == "array":
        return [text]
    if kind == "integer" and _WHOLE.fullmatch(text):
        return int(text)
    if kind == "number" and _REAL.fullmatch(text):
        return float(text)
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text
