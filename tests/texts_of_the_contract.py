"""Every text that the contract lets a client write, and what a patient's number looks like in each."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from tests.contract import resolved
from tests.hostile.places import Way, alternatives, having, pointer
from tests.targets import Json, Operation, Targets, operations
from tests.wire import Headers, Reply, send

GUARDED = "x-patient-identifiers"
# Strings that are no text: what they may be is narrower than a patient's number, or nobody but a program makes them.
NO_TEXT = {
    "uuid": "an id",
    "date": "a day",
    "date-time": "an instant",
}
NO_TEXT_BY_PATTERN = {
    "^[A-Z0-9]{3,10}$": "a code of an organisation: refused unless it is a known one",
    "^[a-z0-9]+(-[a-z0-9]+)*$": "a code of a vocabulary: refused unless it is a known one",
    "^(me|[0-9a-f": "an id, or oneself",
    "^(20[0-9]{2}|2100)-": "an instant of a place",
    "^[A-Za-z0-9_-]+$": "a cursor, or a part of a public key: made by programs, sealed or checked",
    "^AQAB$": "a part of a public key",
    "^[!-~]+$": "the name of a public key: made by the program that holds the other half",
    "^[ -~]+$": "a field of the token endpoint, which keeps none of them",
    "^[a-z]+(_[a-z]+)*[.]": "the name of an action of the audit",
    "^(-?[0-9]{1,2}": "a point or a postcode to search from",
    "^-?[0-9]{1,3}(\\.[0-9]{1,10})?,-?[0-9]{1,3}": "a box to search in: degrees",
    "^(RRULE:)?": "a rule of recurrence",
    "^[A-Za-z][A-Za-z0-9_+-]*(/": "a time zone: refused unless it is a known one",
}


class Text(NamedTuple):
    """One place where an operation reads a text."""

    operation: Operation
    schema: Json
    way: Way  # in the body
    parameter: str | None  # or in the query

    @property
    def pointer(self) -> str:
        """How a problem names it."""
        return pointer(self.way) if self.parameter is None else f"?{self.parameter}"

    def __str__(self) -> str:
        return f"{self.operation.name} {self.pointer}"


def strings(schema: Json, way: Way = ()) -> Iterator[tuple[Way, Json]]:
    """Every string in a schema that is none of a few words."""
    for option in alternatives(resolved(schema)):
        kind = option.get("type") or ""
        if kind == "object":
            for name, field in option["properties"].items():
                yield from strings(field, (*way, name))
        elif "array" in kind:
            yield from strings(option["items"], (*way, 0))
        elif "string" in kind and "enum" not in option:
            yield way, option


def texts() -> Iterator[Text]:
    """Every string that a request may bring, but for ids in paths and headers."""
    for operation in operations():
        if operation.media_type is not None:
            for way, schema in strings(operation.body):
                yield Text(operation, schema, way, None)
        for parameter in operation.parameters("query"):
            for _, schema in strings(parameter["schema"]):
                yield Text(operation, schema, (), parameter["name"])


def guarded() -> list[Text]:
    """Those in which patients are looked for."""
    return [text for text in texts() if GUARDED in text.schema]


def spelt(text: Text, digits: str) -> str:
    """A patient's number as this text could have it."""
    apart = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if text.schema.get("format") == "email":
        return f"{digits}@example.org"
    if text.schema.get("format") == "uri":
        return f"https://example.org/{apart}"
    return (
        f"ward-{apart}"
        if " " in text.schema["pattern"] or "\\" not in text.schema["pattern"]
        else f"Seen: {apart}"
    )


async def write(
    targets: Targets, text: Text, value: str, headers: Headers = (), query: str = ""
) -> Reply:
    """Send a request that is right but for this value in this place; it is refused before an id is looked for."""
    operation = text.operation
    named = {each["name"]: each["schema"]["examples"][0] for each in operation.parameters("path")}
    path = targets.path(
        operation, **{name: targets.ids.get(name, any_one) for name, any_one in named.items()}
    )
    body = b""
    sent = [(b"authorization", f"Bearer {targets.operator.token}".encode()), *headers]
    if operation.media_type is not None:
        document: Any = targets.body(operation)
        if text.parameter is None:
            document = having(operation.body, document, text.way, value)
        body = orjson.dumps(document)
        sent.append((b"content-type", operation.media_type.encode()))
    if text.parameter is not None:
        query = f"{text.parameter}={quote(value)}{'&' if query else ''}{query}"
    target = f"{path}?{query}" if query else path
    return await send(targets.house.app, operation.method, target.encode(), sent, body)
