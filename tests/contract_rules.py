"""The rules of the contract, so that generated clients are clean: each yields what breaks it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from tests.contract import FORM, PROBLEM, resolved, validator

Json = dict[str, Any]
Rule = Callable[[Json], Iterator[str]]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# At the root: health, the contract and its pages, as operators and browsers look for them.
AT_THE_ROOT = (
    "/", "/livez", "/readyz", "/_ping", "/_status", "/metrics", "/openapi.json", "/docs",
    "/guides/{name}", "/problems", "/problems/{code}", "/oauth/token", "/oauth/revoke",
)  # fmt: skip
# As the NHS API platform spells them.
CAMEL = {"releaseId", "commitId", "responseCode"}
# Everybody calls these by a verb, and there is one of each.
VERBS = ("/v1/search", "/v1/suggest")
NO_PLURAL = (
    "coverage",
    "people",
    "me",
    "map",
    "wheel",
    "vote",  # one's own
    "new",
    "history",
    "member-history",
    "audit",
    "export",
    "attendance",
    "feedback",
    "conduct",
    "charter",
    "lifecycle",
    "engagement",
    "quiet",
    "calendar",
    "chart",
)
FILES = (".md", ".ics", ".svg", ".png", ".graphml")
# The resource is named by a secret, which has no place in an address, and is all that one needs to come in.
BY_SECRET = ("/v1/invitations/accept", "/v1/invitations/look")
# Nothing is kept, nothing is told but what was sent: no account is needed.
KEEPS_NOTHING = ("/v1/analysis",)
# Words that generated code stumbles over in Swift, TypeScript or Python.
RESERVED = {"ValidationError", "Error", "Type", "Data", "Response", "Client", "Any", "Object"}


def operations(contract: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and operation."""
    for path, item in contract["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def walk(node: Any, place: str = "") -> Iterator[tuple[str, Json]]:
    """Every object of the document but those inside examples, with its place."""
    if isinstance(node, dict):
        yield place, node
        for name, value in node.items():
            if name not in ("examples", "enum", "default") or place.endswith("/properties"):
                yield from walk(value, f"{place}/{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{place}/{index}")


def kinds(schema: Json) -> set[str]:
    """The types of a schema, as a set."""
    found = schema.get("type", [])
    return {found} if isinstance(found, str) else set(found) if isinstance(found, list) else set()


def schemas(contract: Json) -> Iterator[tuple[str, Json]]:
    """Every schema that has a type."""
    for place, node in walk(contract):
        if kinds(node) and "/securitySchemes" not in place:
            yield place, node


def bodies(contract: Json) -> Iterator[tuple[str, str, Json]]:
    """Place, media type and media type object of every body, asked for or answered."""
    for path, method, operation in operations(contract):
        where = f"{method} {path}"
        for media, body in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{where} request", media, body
        for status, answer in operation["responses"].items():
            for media, body in resolved(answer).get("content", {}).items():
                yield f"{where} {status}", media, body


# --- The rules ------------------------------------------------------------------------------------


def ids_are_camel_case_and_unique(contract: Json) -> Iterator[str]:
    seen: set[str] = set()
    for path, method, operation in operations(contract):
        name = operation.get("operationId", "")
        if not re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) or name in seen:
            yield f"{method} {path}: {name!r}"
        seen.add(name)


def components_have_clean_names(contract: Json) -> Iterator[str]:
    for name in contract["components"]["schemas"]:
        if not re.fullmatch("[A-Z][A-Za-z]*", name) or name in RESERVED:
            yield name


def every_component_is_used(contract: Json) -> Iterator[str]:
    text = orjson.dumps(contract).decode()
    for kind in ("schemas", "headers", "parameters", "responses"):
        for name in contract["components"][kind]:
            if f'"#/components/{kind}/{name}"' not in text:
                yield f"{kind} {name}"


def operations_are_described(contract: Json) -> Iterator[str]:
    for path, method, operation in operations(contract):
        for name in ("summary", "description", "tags", "security", "responses"):
            if not operation.get(name):
                yield f"{method} {path}: no {name}"
        if (
            len(operation.get("summary", "")) > 100
            or "_" in operation.get("summary", "").split("`")[0]
        ):
            yield f"{method} {path}: {operation['summary']!r} is no summary"


def tags_are_described_and_used(contract: Json) -> Iterator[str]:
    described = [tag["name"] for tag in contract["tags"]]
    used = {tag for _, _, operation in operations(contract) for tag in operation.get("tags", [])}
    yield from sorted(used.symmetric_difference(described))


def bodies_have_examples(contract: Json) -> Iterator[str]:
    for place, media, body in bodies(contract):
        if not body.get("examples") and not resolved(body["schema"]).get("examples"):
            yield f"{place} {media}"


def leaves_have_examples(contract: Json) -> Iterator[str]:
    for place, schema in schemas(contract):
        leaf = kinds(schema) & {"string", "integer", "number"} and "enum" not in schema
        if leaf and not schema.get("examples"):
            yield place
    for name, schema in contract["components"]["schemas"].items():
        if not schema.get("examples"):
            yield name


def examples_are_valid(contract: Json) -> Iterator[str]:
    for place, schema in schemas(contract):
        given = schema.get("examples", []) + ([schema["default"]] if "default" in schema else [])
        for example in given:
            for error in validator(schema).iter_errors(example):
                yield f"{place}: {error.message}"


def values_are_bounded(contract: Json) -> Iterator[str]:
    needed = {
        "string": {"maxLength"},
        "array": {"maxItems", "items"},
        "integer": {"format", "minimum", "maximum"},
        "number": {"format", "minimum", "maximum"},
    }
    for place, schema in schemas(contract):
        for kind in kinds(schema) & set(needed):
            missing = needed[kind] - set(schema)
            if missing and not {"enum", "const"} & set(schema):
                yield f"{place}: no {sorted(missing)}"


def whole_numbers_are_kept_exactly(contract: Json) -> Iterator[str]:
    """Bounds are whole numbers themselves, and within what every reader of JSON keeps (RFC 7493)."""
    for place, schema in schemas(contract):
        bounds = [schema.get(name) for name in ("minimum", "maximum")]
        for bound in bounds if "integer" in kinds(schema) else []:
            if not isinstance(bound, int) or abs(bound) > 2**53 - 1:
                yield f"{place}: {bound}"


def null_is_no_union_of_scalars(contract: Json) -> Iterator[str]:
    for place, node in walk(contract):
        options = node.get("anyOf", [])
        if {"type": "null"} in options and any(
            "$ref" not in option for option in options if option != {"type": "null"}
        ):
            yield place
        if "/parameters/" in place and options:
            yield place


def names_are_snake_case(contract: Json) -> Iterator[str]:
    for place, node in walk(contract):
        if node.get("in") in ("query", "path") and not re.fullmatch(
            "[a-z]+(_[a-z]+)*", node["name"]
        ):
            yield f"{place}: {node['name']}"
        if place.endswith("/properties"):
            for name in node.keys() - CAMEL:
                if not re.fullmatch("[a-z]+(_[a-z]+)*", name):
                    yield f"{place}: {name}"


def paths_are_plural_nouns(contract: Json) -> Iterator[str]:
    """One verb is allowed: at the end of the resource it concerns, by POST alone."""
    for path, item in contract["paths"].items():
        if path in AT_THE_ROOT or path == "/v1" or path in VERBS:
            continue
        ending = next((end for end in FILES if path.endswith(end)), "")
        first, *segments = path.removeprefix("/").removesuffix(ending).split("/")
        if first != "v1":
            yield path
        for index, segment in enumerate(segments):
            if re.fullmatch(r"\{[a-z_]+\}", segment):
                continue
            noun = segment.endswith("s") or segment in NO_PLURAL
            verb = index == len(segments) - 1 and set(item) & set(METHODS) == {"post"}
            verb = (
                verb
                and index > 0
                and segments[index - 1].startswith(("{", "attendance", "conduct", "charter"))
            )
            verb = verb or path in BY_SECRET
            if not re.fullmatch("[a-z]+(-[a-z]+)*", segment) or not (noun or verb):
                yield f"{path}: {segment}"


def errors_are_problem_documents(contract: Json) -> Iterator[str]:
    """Those of OAuth say the same and more, in plain JSON: RFC 6749 (5.2) wants it so."""
    everywhere = {PROBLEM: {"$ref": "#/components/schemas/Problem"}}
    oauth = {"application/json": {"$ref": "#/components/schemas/OAuthProblem"}}
    for path, method, operation in operations(contract):
        wanted = oauth if path.startswith("/oauth/") else everywhere
        for status, answer in operation["responses"].items():
            content = resolved(answer).get("content", {})
            found = {media: body["schema"] for media, body in content.items()}
            if status[0] in "45" and found != wanted:
                yield f"{method} {path} {status}: {found}"


def answers_promise_their_headers(contract: Json) -> Iterator[str]:
    by_status = {
        "201": {"Location"},
        "304": {"ETag"},
        "401": {"WWW-Authenticate"},
        "429": {"Retry-After"},
        "503": {"Retry-After"},
    }
    for path, method, operation in operations(contract):
        for status, answer in operation["responses"].items():
            needed = {"X-Request-ID", "X-Correlation-ID"} | by_status.get(status, set())
            headers = resolved(answer).get("headers", {})
            missing = {
                name for name in needed if not resolved(headers.get(name, {})).get("required")
            }
            if missing:
                yield f"{method} {path} {status}: no {sorted(missing)}"


def limits_are_told(contract: Json) -> Iterator[str]:
    """Every answer may say where the caller stands; what is counted may be refused."""
    for path, method, operation in operations(contract):
        for status, answer in operation["responses"].items():
            missing = {"RateLimit", "RateLimit-Policy"} - set(resolved(answer).get("headers", {}))
            if missing:
                yield f"{method} {path} {status}: no {sorted(missing)}"
        counted = path not in ("/livez", "/readyz", "/_ping", "/_status", "/metrics")
        if counted is not ({"421", "429"} <= set(operation["responses"])):
            yield f"{method} {path}: counted, or refused without being counted"


def input_is_closed_and_output_whole(contract: Json) -> Iterator[str]:
    """What comes in has no unknown fields; what goes out has every field."""
    for name, schema in contract["components"]["schemas"].items():
        if schema.get("type") != "object" or name.endswith(("Problem", "Form")):
            continue
        closed = schema.get("additionalProperties") is False
        whole = set(schema["properties"]) == set(schema.get("required", []))
        if not closed and not whole:
            yield name
        if closed != name.endswith(("Create", "Patch")) and not (closed or whole):
            yield name
    for place, media, body in bodies(contract):
        if place.endswith("request"):
            schema = resolved(body["schema"])
            if media == "text/csv":  # no document: its reader names what it does not know
                continue
            closed = schema.get("additionalProperties") is False
            if closed == (media == FORM):  # RFC 6749 (3.2): unknown fields of a form are ignored
                yield f"{place} {media} takes unknown fields, or a form does not"


def patches_are_merge_patches(contract: Json) -> Iterator[str]:
    for place, media, body in bodies(contract):
        if not place.endswith("request"):
            continue
        if (media == "application/merge-patch+json") != place.startswith("patch"):
            yield f"{place}: {media}"
        schema = resolved(body["schema"])
        if place.startswith("patch") and (
            schema.get("required")
            or any("default" in field for field in schema["properties"].values())
        ):
            yield f"{place}: a patch has neither required fields nor defaults"


def security_says_who_may(contract: Json) -> Iterator[str]:
    flow = contract["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    scopes, ways = set(flow["scopes"]), {"bearerAuth", "oauth2"}
    for path, method, operation in operations(contract):
        if path.startswith("/oauth/"):
            if operation["security"] != [{"clientAuth": []}]:
                yield f"{method} {path}: a client proves who it is"
            continue
        for way in operation["security"]:
            if set(way) - ways or set(way.get("oauth2", [])) - scopes or way.get("bearerAuth"):
                yield f"{method} {path}: {way}"
        open_to_all = {*BY_SECRET, *KEEPS_NOTHING}
        if method != "get" and path not in open_to_all and {} in operation["security"]:
            yield f"{method} {path} is open to all"
