"""What breaks clients between two contracts: an answer that says less or other, a request that asks for more.

It follows docs/contributing.md, "What counts as compatible". Bounds count as well as names: a request may not be
bounded closer than before, an answer not wider. Source of the rules: RFC 9413, section 4, and Zalando's guidelines
on compatibility.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
# New values of these may come at any time, and clients ignore what they do not know.
OPEN = frozenset({"ChangeKind", "ErrorCode", "NetworkAction", "Scope"})
METHODS = ("get", "put", "post", "delete", "patch")
LEAST = ("minimum", "minLength", "minItems")
MOST = ("maximum", "maxLength", "maxItems")


class Breaks:
    """Walks the old contract and the new one side by side."""

    def __init__(self, old: Json, new: Json) -> None:
        """Take the two documents."""
        self.old, self.new = old, new
        self._entered: set[tuple[str, str, bool]] = set()

    def __iter__(self) -> Iterator[str]:
        """What breaks, as sentences."""
        for path, item in self.old["paths"].items():
            for method in METHODS:
                if method in item:
                    where = f"{method.upper()} {path}"
                    now = self.new["paths"].get(path, {}).get(method)
                    if now is None:
                        yield f"{where} is gone"
                    else:
                        yield from self._operation(where, item[method], now)

    def _operation(self, where: str, old: Json, new: Json) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{where} is now called {new['operationId']}"
        if {} in old["security"] and {} not in new["security"]:
            yield f"{where} asks for a token now"
        yield from self._parameters(where, old, new)
        asked = old.get("requestBody", {}), new.get("requestBody", {})
        if asked[1].get("required") and not asked[0].get("required"):
            yield f"{where} asks for a body now"
        for media, body in asked[0].get("content", {}).items():
            now = asked[1].get("content", {}).get(media)
            if now is None:
                yield f"{where} takes no {media} any more"
            else:
                yield from self._schema(f"{where} body", body["schema"], now["schema"], asked=True)
        yield from self._answers(where, old["responses"], new["responses"])

    def _answers(self, where: str, old: Json, new: Json) -> Iterator[str]:
        for status, answer in old.items():
            if status[0] != "2":
                continue
            if status not in new:
                yield f"{where} does not answer {status} any more"
                continue
            was, now = _resolved(answer, self.old), _resolved(new[status], self.new)
            for name in set(was.get("headers", {})) - set(now.get("headers", {})):
                yield f"{where} {status} has no {name} any more"
            for media, body in was.get("content", {}).items():
                there = now.get("content", {}).get(media)
                if there is None:
                    yield f"{where} {status} is no {media} any more"
                elif media.endswith("json"):  # a page is for people
                    yield from self._schema(
                        f"{where} {status}", body["schema"], there["schema"], asked=False
                    )

    def _parameters(self, where: str, old: Json, new: Json) -> Iterator[str]:
        was, now = _parameters(old, self.old), _parameters(new, self.new)
        for key, parameter in was.items():
            if key not in now:
                yield f"{where} knows no {key} any more"
            else:
                place = f"{where} {key}"
                yield from self._schema(place, parameter["schema"], now[key]["schema"], asked=True)
        for key, parameter in now.items():
            if parameter.get("required") and not was.get(key, {}).get("required"):
                yield f"{where} asks for {key} now"

    def _schema(self, where: str, old: Json, new: Json, *, asked: bool) -> Iterator[str]:
        names = old.get("$ref", ""), new.get("$ref", "")
        if names[0]:
            where = f"{names[0].rsplit('/', 1)[-1]} ({'asked' if asked else 'answered'})"
            if (*names, asked) in self._entered:
                return
            self._entered.add((*names, asked))
        was, now = _resolved(old, self.old), _resolved(new, self.new)
        yield from _kinds(where, was, now, asked=asked)
        yield from _values(where, names[0], was, now, asked=asked)
        yield from _bounds(where, was, now, asked=asked)
        if "items" in was and "items" in now:
            yield from self._schema(f"{where}[]", was["items"], now["items"], asked=asked)
        yield from self._fields(where, was, now, asked=asked)
        real = [_not_null(side) for side in (was, now)]
        if real[0] and real[1]:
            yield from self._schema(where, real[0], real[1], asked=asked)

    def _fields(self, where: str, was: Json, now: Json, *, asked: bool) -> Iterator[str]:
        before, after = was.get("properties", {}), now.get("properties", {})
        for name, schema in before.items():
            if name not in after:
                yield f"{where}: {name} is gone"
            else:
                yield from self._schema(f"{where}.{name}", schema, after[name], asked=asked)
        required = set(was.get("required", [])), set(now.get("required", []))
        for name in sorted(required[1] - required[0] if asked else required[0] - required[1]):
            if asked or name in after:
                yield f"{where}: {name} is {'required now' if asked else 'not always there'}"


def _resolved(node: Json, document: Json) -> Json:
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _parameters(operation: Json, document: Json) -> dict[str, Json]:
    found = [_resolved(parameter, document) for parameter in operation.get("parameters", [])]
    return {f"{parameter['in']} {parameter['name']}": parameter for parameter in found}


def _types(schema: Json) -> set[str]:
    if "anyOf" in schema:
        return {kind for option in schema["anyOf"] for kind in _types(option)}
    found = schema.get("type", [])
    return {found} if isinstance(found, str) else set(found)


def _not_null(schema: Json) -> Json | None:
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    return options[0] if len(options) == 1 else None


def _kinds(where: str, was: Json, now: Json, *, asked: bool) -> Iterator[str]:
    narrow, wide = (now, was) if asked else (was, now)
    more = _types(wide) - _types(narrow)
    if "anyOf" in was or "anyOf" in now:  # a reference beside null: the reference is looked into
        more &= {"null"}
    if more:
        yield f"{where} is {sorted(_types(now))}, was {sorted(_types(was))}"


def _values(where: str, name: str, was: Json, now: Json, *, asked: bool) -> Iterator[str]:
    before, after = was.get("enum"), now.get("enum")
    is_open = name.rsplit("/", 1)[-1] in OPEN or where.endswith("(answered).code")
    if asked:
        lost = set(before or ()) - set(after) if after is not None and before else set()
        if lost or (after is not None and before is None):
            yield f"{where} does not take {sorted(map(str, lost)) or 'every value'} any more"
    elif before is not None and not is_open:
        new = set(after) - set(before) if after is not None else {"any value"}
        if new:
            yield f"{where} may be {sorted(map(str, new))} now"


def _bounds(where: str, was: Json, now: Json, *, asked: bool) -> Iterator[str]:
    for bound in (*LEAST, *MOST):
        before, after = was.get(bound), now.get(bound)
        if before == after:
            continue
        narrower = before is None or (
            after is not None and (after > before if bound in LEAST else after < before)
        )
        if narrower == asked:
            yield f"{where}: {bound} is {after}, was {before}"
    before, after = was.get("pattern"), now.get("pattern")
    if asked and after is not None and before != after:
        yield f"{where}: the pattern is {after}, was {before}"
