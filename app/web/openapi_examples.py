"""An example for every schema, made of the examples of its fields: an example written by hand goes stale."""

from typing import Any

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"
SHOWN = 3  # fields of a body in which none is required, such as a patch


def add_examples(schemas: dict[str, Schema]) -> None:
    """Give every component without `examples` one, in place; fields must be in the order they were declared in."""
    for schema in schemas.values():
        if "examples" not in schema:
            schema["examples"] = [_example(schema, schemas)]


def _example(schema: Schema, schemas: dict[str, Schema]) -> Any:
    """A valid value, as long as every text has an example of its own."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].removeprefix(REFERENCE)], schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas)
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind in ("array", "object"):
        return _container(kind, schema, schemas)
    return {"boolean": True, "string": "text"}.get(kind, schema.get("minimum", 0))


def _container(kind: str, schema: Schema, schemas: dict[str, Schema]) -> Any:
    if kind == "array":
        return [_example(schema["items"], schemas)]
    fields: Schema = schema.get("properties", {})
    return {name: _example(fields[name], schemas) for name in _shown_fields(schema)}


def _shown_fields(schema: Schema) -> list[str]:
    """Every field of an answer; of a request what is required, or else the first few."""
    fields = list(schema.get("properties", {}))
    if schema.get("additionalProperties", True):
        return fields
    required = schema.get("required", [])
    return [name for name in fields if name in required] or fields[:SHOWN]
