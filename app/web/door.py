"""The door: FastAPI describes an operation, `Door` runs it.

A router function is declared with FastAPI's decorators, which make the contract from its signature. At start `Door`
reads the same signature once and binds path, query and body itself: a strict JSON reader, no silent coercion, unknown
and repeated names refused, in a tenth to a third of the time (docs/decisions/0009).
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from types import UnionType
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin
from urllib.parse import unquote_to_bytes

from fastapi import params as fastapi_params
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.core.errors import (
    FieldError,
    InsufficientScope,
    Invalid,
    InvalidCursor,
    InvalidJson,
    NotAcceptable,
    NotFound,
    OAuthRequestInvalid,
    Unauthenticated,
    UnsupportedMediaType,
    refuse,
)
from app.core.patient_guard import asking
from app.core.viewer import Scope
from app.web.acknowledgement import Acknowledgement, parted, takes_free_text
from app.web.call import Answer, Call
from app.web.csv_body import MEDIA_TYPE as CSV
from app.web.csv_body import CsvText, read_csv
from app.web.form import MEDIA_TYPE as FORM
from app.web.form import Form, parse_form
from app.web.strict_json import MAX_NODES, JsonRefused, parse_json

Query = TypeVar("Query", bound=BaseModel)
Endpoint = Callable[..., Awaitable[Answer]]
Cache = Literal["no-store", "private, no-cache", "public, max-age=3600"]
# For any host and as often as you like: probes call by address, and a probe that is refused stops what works.
HEALTH = frozenset({"/livez", "/readyz", "/_ping", "/_status", "/metrics"})
LONGEST_POINTER = 500  # an unknown name may have any length
MERGE_PATCH = b"application/merge-patch+json"
# What a caller needs for each operation, as its function was marked: scopes, sign_in, cache, most_values, nameless.
_NEEDS: dict[Endpoint, tuple[frozenset[Scope], bool, bytes, int, bool]] = {}
_WEIGHT = re.compile(rb"q=(0(?:\.[0-9]{0,3})?)")


def needs(
    *scopes: Scope,
    sign_in: bool = True,
    cache: Cache = "no-store",
    most_values: int = MAX_NODES,
    nameless: bool = False,
) -> Callable[[Endpoint], Endpoint]:
    """What a caller needs to come in: one of these scopes if they carry a token, and a token if `sign_in`.

    `most_values` are those that the JSON of a body may hold: more for what takes whole series. Of what is `nameless`
    the log says neither by which token nor from where it was done.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        _NEEDS[endpoint] = (frozenset(scopes), sign_in, cache.encode(), most_values, nameless)
        return endpoint

    return mark


def _field_errors(error: ValidationError, prefix: str) -> tuple[FieldError, ...]:
    """Pydantic's findings, without echoing what was sent."""
    found = []
    for item in error.errors(include_url=False, include_input=False, include_context=False)[:20]:
        place = "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in item["loc"])
        pointer = (prefix + place)[:LONGEST_POINTER] if place else ""  # "" is the body as a whole
        found.append(FieldError(pointer, item["type"], item["msg"]))
    return tuple(found)


class QueryReader(Generic[Query]):
    """Reads a query string into its model."""

    def __init__(self, model: type[Query]) -> None:
        """`model` forbids extra fields; its list fields may be repeated."""
        self.model = model
        self.lists = {
            name
            for name, field in model.model_fields.items()
            if list in (get_origin(field.annotation), *map(get_origin, get_args(field.annotation)))
        }
        self.empty: Query | None = None
        if not any(field.is_required() for field in model.model_fields.values()):
            self.empty = model.model_validate({})

    def read(self, query: bytes) -> Query:
        """Errors: `Invalid` naming the parameter."""
        if not query and self.empty is not None:
            return self.empty
        given: dict[str, Any] = {}
        for pair in query.split(b"&"):
            if not pair:
                continue
            raw_name, _, raw_value = pair.partition(b"=")
            try:
                name = unquote_to_bytes(raw_name.replace(b"+", b" ")).decode()
                value = unquote_to_bytes(raw_value.replace(b"+", b" ")).decode()
            except UnicodeDecodeError:
                raise refuse("?", "invalid_text", "The query string is not UTF-8.") from None
            if name in self.lists:
                given.setdefault(name, []).append(value)
            elif name in given:
                raise refuse(
                    f"?{name[:60]}", "repeated_parameter", "This parameter may be given once."
                )
            else:
                given[name] = value
        try:
            return self.model.model_validate(given)
        except ValidationError as error:
            if any(item["loc"][:1] == ("cursor",) for item in error.errors()):
                raise InvalidCursor from None
            raise Invalid(
                "A query parameter is not right.", errors=_field_errors(error, "?")
            ) from None


ACKNOWLEDGED = QueryReader(Acknowledgement)


class Door(APIRoute):
    """One operation."""

    def __init__(self, path: str, endpoint: Endpoint, **options: Any) -> None:
        """Describe it to FastAPI, and read its signature for ourselves."""
        if isinstance(options.get("response_model"), DefaultPlaceholder):
            options["response_model"] = None  # else FastAPI takes `Answer` for the model
        super().__init__(path, endpoint, **options)
        needed = _NEEDS[endpoint]
        self.scopes, self.sign_in, self.cache, self.most_values, self.nameless = needed
        declared = (options.get("responses") or {}).get(200, {}).get("content", {})
        self.media_types = [name.encode() for name in declared] or [b"application/json"]
        self.run = endpoint
        self.paths: dict[str, TypeAdapter[Any]] = {}
        self.query: QueryReader[BaseModel] | None = None
        self.body: type[BaseModel] | None = None
        self.no_body: BaseModel | None = None  # what a body that may be left out stands for
        self.form = (
            False  # of OAuth: its caller is a client, who brings other credentials than a token
        )
        self.csv = False  # the body may be CSV instead of JSON: `body: Model | CsvText`
        for name, parameter in inspect.signature(endpoint, eval_str=True).parameters.items():
            annotation = parameter.annotation
            if name in self.param_convertors:
                self.paths[name] = TypeAdapter(annotation)
            elif any(isinstance(extra, fastapi_params.Query) for extra in get_args(annotation)[1:]):
                self.query = QueryReader(get_args(annotation)[0])
            elif isinstance(annotation, UnionType):
                self.body, self.csv = get_args(annotation)[0], CsvText in get_args(annotation)
            elif inspect.isclass(annotation) and issubclass(annotation, BaseModel):
                self.body, self.form = annotation, issubclass(annotation, Form)
                self.no_body = None if parameter.default is parameter.empty else parameter.default
        read = [self.body, *([self.query.model] if self.query else [])]
        # Whether it asks about what may point at a patient.
        self.asks = "GET" not in (self.methods or ()) and any(map(takes_free_text, read))

    async def answer(self, call: Call, path_values: list[str]) -> Answer:
        """Let the caller in, bind what the function takes, run it."""
        viewer = call.viewer
        if viewer.person_id is None:
            if self.sign_in:
                raise Unauthenticated
        elif self.scopes and not (self.scopes & viewer.scopes):
            needed = " or ".join(sorted(self.scopes))
            raise InsufficientScope(f"This needs a token with the scope {needed}.")
        _check_accept(call, self.media_types)
        if not self.asks:
            return await self._run(call, path_values)
        said, call.query = parted(call.query)
        with asking(acknowledged=ACKNOWLEDGED.read(said).acknowledge_warnings):
            return await self._run(call, path_values)

    async def _run(self, call: Call, path_values: list[str]) -> Answer:
        given: dict[str, Any] = {"call": call}
        for (name, adapter), value in zip(self.paths.items(), path_values, strict=True):
            try:
                given[name] = adapter.validate_python(value)
            except ValidationError:
                raise NotFound from None
        if self.query is not None:
            given["params"] = self.query.read(call.query)
        elif call.query:
            name = call.query.split(b"=", 1)[0].decode("ascii", "replace")[:60]
            raise refuse(
                f"?{name}", "unknown_parameter", "This operation takes no query parameters."
            )
        if self.body is not None:
            given["body"] = await self._body(call, self.body)
        elif call.method != "GET" and (await call.body()):
            raise refuse("", "unexpected_body", "This operation takes no body.")
        return await self.run(**given)

    async def _body(self, call: Call, model: type[BaseModel]) -> BaseModel:
        """Errors: `UnsupportedMediaType`, `InvalidJson`, `Invalid`."""
        content_type = call.headers.get(b"content-type", b"")
        media_type = content_type.split(b";", 1)[0].strip().lower()
        taken = [MERGE_PATCH if call.method == "PATCH" else b"application/json"]
        taken = [FORM] if self.form else [*taken, CSV] if self.csv else taken
        fits = not content_type or media_type in taken
        if self.no_body is not None and fits and not await call.body():
            return self.no_body
        if media_type not in taken:
            names = [name.decode() for name in taken]
            said = f"Send Content-Type: {' or '.join(names)}."
            raise UnsupportedMediaType(said, accept=", ".join(names))
        if call.headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise UnsupportedMediaType("Send the body without Content-Encoding.")
        if media_type == CSV:
            return read_csv(content_type, await call.body())
        if self.form:
            return _form(await call.body(), model)
        try:
            data = parse_json(await call.body(), max_nodes=self.most_values)
        except JsonRefused as refused:
            found = FieldError(refused.pointer, refused.code, refused.detail)
            if refused.code == "invalid_json":
                raise InvalidJson(refused.detail, errors=(found,)) from None
            raise Invalid(refused.detail, errors=(found,)) from None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            raise Invalid(
                "Something in the body is not right.", errors=_field_errors(error, "/")
            ) from None


def _form(body: bytes, model: type[BaseModel]) -> BaseModel:
    """Errors: `OAuthRequestInvalid`."""
    try:
        return model.model_validate(parse_form(body))
    except ValidationError as error:
        found = _field_errors(error, "/")
        raise OAuthRequestInvalid("Something in the form is not right.", errors=found) from None


def _check_accept(call: Call, offered: list[bytes]) -> None:
    """Errors: `NotAcceptable` where the Accept header lets in nothing that this door offers."""
    if not any(wanted(call, media_type) for media_type in offered):
        raise NotAcceptable(f"Answers are {b' or '.join(offered).decode()}.")


def wanted(call: Call, offered: bytes) -> float:
    """How much the Accept header wants this media type: 1 as much as can be, 0 not at all."""
    accept = call.headers.get(b"accept", b"").strip()
    if accept in (b"", b"*/*", offered):
        return 1.0
    wildcards = {b"*/*": 0, offered.split(b"/")[0] + b"/*": 1, offered: 2}
    best, weight = -1, 0.0
    for choice in accept.lower().split(b","):
        media_range, *parameters = (part.strip() for part in choice.split(b";"))
        rank = wildcards.get(media_range, -1)
        if rank > best:  # the most specific range decides (RFC 9110, 12.5.1)
            best, weight = rank, min(map(_weight, parameters), default=1.0)
    return weight


def _weight(parameter: bytes) -> float:
    """What `q=0.5` says; 1 for any other parameter."""
    found = _WEIGHT.fullmatch(parameter)
    return float(found[1]) if found else 1.0
