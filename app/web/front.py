"""The front of the house: one ASGI application around everything.

It refuses what comes too often or for another host, finds the door, gives every answer its ids and headers, turns every
error into a problem document - also the ones nobody thought of, because a server that lets an exception out drops the
connection of an innocent next request - counts, and writes the access log.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from app.core import errors
from app.core.errors import HouseError
from app.db.errors import DatabaseError, Rejected
from app.web import logs
from app.web.call import Answer, Call, ClientGone, Receive, Rooms
from app.web.client_address import Addresses, neighbourhood
from app.web.door import HEALTH, Door
from app.web.doors import UUID, Doors
from app.web.flight import Flight
from app.web.hosts import Hosts
from app.web.metrics import NO_OPERATION, Tally
from app.web.openapi import operation_id
from app.web.problems import OAUTH, as_oauth_error, from_database, problem
from app.web.quota import Quota

Header = tuple[bytes, bytes]
Send = Callable[[dict[str, Any]], Awaitable[None]]
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
STRICT_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
VARY = (b"vary", b"Authorization, Accept, Origin")
EXPOSED = b"ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID, X-Correlation-ID"
SENDABLE = b"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-ID, X-Correlation-ID"
CONDITION = re.compile(rb"[ -~]{1,2000}")
SINGLE = (
    b"host",
    b"authorization",
    b"content-type",
    b"content-length",
    b"idempotency-key",
    b"if-match",
)
# What stands in a query as a name or a value and looks like a token of ours, or like one of an issuer.
TOKEN_IN_QUERY = re.compile(rb"(?<![\w-])(?:qi_[a-z]{2,10}_[\w-]{20}|eyJ[\w-]{10,}\.[\w-]{10})")
ALWAYS = frozenset({"/livez", "/_ping", "/metrics"})  # however busy the service is
CLOSE = (b"connection", b"close")
# Refusals that are counted and put in the log.
REFUSALS = (
    errors.RateLimited, errors.Overloaded, errors.RequestTimedOut, errors.BodyTimedOut, errors.HostRefused,
    errors.TokenInAddress, errors.InvalidToken, errors.InvitationNotValid, errors.CalendarNotValid,
)  # fmt: skip
# A secret that opens nothing was perhaps guessed: that counts like a token that is no good.
GUESSES = (errors.InvitationNotValid, errors.CalendarNotValid)


@dataclass(slots=True)
class Asked:
    """A request on its way through the front."""

    scope: dict[str, Any]
    request_id: str
    correlation_id: str
    headers: dict[bytes, bytes] = field(default_factory=dict)
    call: Call | None = None
    door: Door | None = None
    marks: list[Header] = field(default_factory=list)  # how much is left to this caller
    guessed: bool = False  # a secret that opens nothing


class Front:
    """The ASGI application."""

    def __init__(
        self,
        rooms: Rooms,
        doors: Iterable[Door],
        lifespan: Callable[[], Any],
        new_request_id: Callable[[], str],
    ) -> None:
        """`lifespan` is an async context manager around the time of serving."""
        all_doors, settings = list(doors), rooms.settings
        self.rooms = rooms
        self.doors = Doors(all_doors)
        self.stopping = False  # then every answer says that it is the last one on its connection
        self.flight = Flight(settings.concurrency_limit, settings.request_timeout)
        rooms.metrics.in_flight = lambda: self.flight.count
        self._lifespan = lifespan
        self._new_request_id = new_request_id
        self._origins = settings.cors_origins.encode().split()
        self._hosts = Hosts(settings)
        self._addresses = Addresses(settings.trusted_proxies)
        self._by_token = Quota("token", settings.rate_limit_token)
        self._by_address = Quota("address", settings.rate_limit_address)
        self._failures = Quota("failures", settings.rate_limit_failures)
        self._names = {id(door): operation_id(door) for door in all_doors}
        self._tallies = {key: rooms.metrics.operation(name) for key, name in self._names.items()}
        self._no_operation: Tally = rooms.metrics.operation(NO_OPERATION)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Any, send: Send) -> None:
        await receive()
        try:
            async with self._lifespan():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except DatabaseError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        began = time.perf_counter()
        fresh = self._new_request_id()
        asked = Asked(scope, fresh, fresh)
        task: Any = asyncio.current_task()
        try:
            answer = await self._answer(asked, receive, task)
        except ClientGone:
            return
        except asyncio.CancelledError:
            if not self.flight.took_too_long(task):
                raise
            answer = self._refuse(errors.RequestTimedOut(), asked)
        except HouseError as error:
            answer = self._refuse(error, asked)
        except DatabaseError as error:
            if isinstance(error, Rejected) or from_database(error).status >= 500:  # noqa: PLR2004 - a status is known by its number
                logs.note_fault(asked.request_id, error)
            answer = problem(from_database(error), asked.request_id)
        except Exception as error:  # noqa: BLE001 - the outermost layer: see the module's docstring
            logs.note_fault(asked.request_id, error)
            told = errors.InternalError("The error has been noted under this request id.")
            answer = problem(told, asked.request_id)
        if answer.status == 401 or asked.guessed:  # noqa: PLR2004 - a status is known by its number
            answer = self._failed_sign_in(answer, asked)
        await self._send(send, answer, asked)
        tally = self._no_operation if asked.door is None else self._tallies[id(asked.door)]
        tally.add(answer.status, time.perf_counter() - began)
        if self.rooms.settings.access_log:
            line = self._line(asked)
            line["status"] = answer.status
            logs.note_request(began, len(answer.body), line)

    async def _answer(self, asked: Asked, receive: Receive, task: Any) -> Answer:
        """Errors: whatever stands in the way, in the order in which it is looked at."""
        scope = asked.scope
        raw, path, query = scope["headers"], scope["path"], scope["query_string"]
        headers = asked.headers = dict(raw)
        self._ids(asked)
        if len(headers) != len(raw):
            _single(raw)
        _readable(headers)
        if path not in HEALTH:
            self._hosts.check(headers.get(b"host"))
        if query and TOKEN_IN_QUERY.search(unquote_to_bytes(query)):
            raise errors.TokenInAddress
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        call = asked.call = Call(
            self.rooms, method, path, query, headers,
            receive if method == "GET" else self._patient(receive),
            asked.request_id, asked.correlation_id, head=scope["method"] == "HEAD",
        )  # fmt: skip
        if b"%" in scope.get("raw_path", b""):
            raise errors.NotFound("There is no such address.")
        doors, values = self.doors.find(path)
        door = asked.door = doors.get(method)
        if door is None:
            methods = sorted({*doors, "OPTIONS", *(["HEAD"] if "GET" in doors else [])})
            if method == "OPTIONS":
                return self._options(call, methods)
            raise errors.MethodNotAllowed(allow=", ".join(methods))
        if path in ALWAYS:
            return await self._serve(asked, call, door, values)
        self.flight.enter(task)
        try:
            return await self._serve(asked, call, door, values)
        finally:
            self.flight.leave(task)

    async def _serve(self, asked: Asked, call: Call, door: Door, values: list[str]) -> Answer:
        if self.stopping and call.path == "/readyz":
            raise errors.Stopping
        if not door.form:
            call.viewer = await self.rooms.gatekeeper.viewer(
                call.headers.get(b"authorization"), call.request_id
            )
        if call.path not in HEALTH:
            self._count(asked, call)
        answer = await door.answer(call, values)
        answer.headers.append((b"cache-control", door.cache))
        return answer

    def _count(self, asked: Asked, call: Call) -> None:
        """One request of this token; without one, of this address: many people of the NHS share one.

        Errors: `RateLimited`.
        """
        key = call.viewer.token_id or call.viewer.person_id
        if key is not None:
            self._take(asked, self._by_token, key)
        elif self._by_address.limit:
            self._take(asked, self._by_address, neighbourhood(self._addresses.of(asked.scope)))

    def _take(self, asked: Asked, quota: Quota, key: str) -> None:
        if not quota.limit:
            return
        standing = quota.hit(key)
        asked.marks = quota.headers(standing)
        if standing.left < 0:
            raise errors.RateLimited(
                f"The limit is {quota.limit} in {quota.window} seconds.",
                retry_after=str(standing.seconds),
            )

    def _failed_sign_in(self, answer: Answer, asked: Asked) -> Answer:
        """Count credentials that were no good against their address; a good token from there is none the worse."""
        tried = b"authorization" in asked.headers or (asked.door and not asked.door.sign_in)
        if not tried or not self._failures.limit:
            return answer
        try:
            self._take(asked, self._failures, neighbourhood(self._addresses.of(asked.scope)))
        except errors.RateLimited as error:
            return self._refuse(error, asked)
        return answer

    def _refuse(self, error: HouseError, asked: Asked) -> Answer:
        asked.guessed = isinstance(error, GUESSES)
        if isinstance(error, REFUSALS):
            self.rooms.metrics.refused[error.code] += 1
            logs.note_refusal(error.code, self._line(asked))
        return problem(error, asked.request_id)

    def _line(self, asked: Asked) -> dict[str, Any]:
        """What every line of the log has. Path without query: queries may hold names. No person, no token."""
        nameless = asked.door is not None and asked.door.nameless
        line = {
            "request_id": asked.request_id,
            "method": asked.scope["method"][:20],
            "path": self.doors.loggable(asked.scope["path"]),
            "operation": NO_OPERATION if asked.door is None else self._names[id(asked.door)],
            "token_id": None if asked.call is None or nameless else asked.call.viewer.token_id,
        }
        if self.rooms.settings.log_client_address and not nameless:
            line["client"] = self._addresses.of(asked.scope)
        return line

    def _patient(self, receive: Receive) -> Receive:
        """A body that has yet to arrive keeps nobody else from being served."""

        async def arrive() -> dict[str, Any]:
            self.flight.waiting += 1
            try:
                return await receive()
            finally:
                self.flight.waiting -= 1

        return arrive

    def _ids(self, asked: Asked) -> None:
        """The caller's request and correlation ids where they are UUIDs, else our own."""
        request = asked.headers.get(b"x-request-id")
        if request is not None and UUID.fullmatch(request):
            asked.request_id = request.decode().lower()
        correlation = asked.headers.get(b"x-correlation-id")
        given = correlation is not None and UUID.fullmatch(correlation)
        asked.correlation_id = given[0].decode().lower() if given else asked.request_id

    def _options(self, call: Call, methods: list[str]) -> Answer:
        allow = ", ".join(methods).encode()
        headers = [(b"allow", allow)]
        if b"access-control-request-method" in call.headers:
            headers += [
                (b"access-control-allow-methods", allow),
                (b"access-control-allow-headers", SENDABLE),
                (b"access-control-max-age", b"600"),
            ]
        return Answer(b"", 204, headers)

    async def _send(self, send: Send, answer: Answer, asked: Asked) -> None:
        if asked.scope["path"].startswith(OAUTH):
            answer = as_oauth_error(answer)
        request_id = asked.request_id.encode()
        same = asked.correlation_id is asked.request_id
        correlation_id = request_id if same else asked.correlation_id.encode()
        ids = ((b"x-request-id", request_id), (b"x-correlation-id", correlation_id))
        out = [*answer.headers, *asked.marks, *ids, *SECURITY, VARY]
        for name, _ in answer.headers:
            if name == STRICT_CSP[0]:
                break
        else:
            out.append(STRICT_CSP)
        origin = asked.headers.get(b"origin")
        if origin is not None and (self._origins == [b"*"] or origin in self._origins):
            allowed = b"*" if self._origins == [b"*"] else origin
            out += [
                (b"access-control-allow-origin", allowed),
                (b"access-control-expose-headers", EXPOSED),
            ]
        if answer.status not in (204, 304):
            out.append((b"content-length", str(len(answer.body)).encode()))
        if self.stopping or answer.status == 408:  # noqa: PLR2004 - the rest of its body may still come
            out.append(CLOSE)
        body = b"" if asked.scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.start", "status": answer.status, "headers": out})
        await send({"type": "http.response.body", "body": body})


def _single(raw: list[tuple[bytes, bytes]]) -> None:
    """Refuse a header given twice where two readers might take different ones."""
    for name in SINGLE:
        if sum(1 for given, _ in raw if given == name) > 1:
            raise errors.BadRequest(f"The header {name.decode()} may be given once.")


def _readable(headers: dict[bytes, bytes]) -> None:
    """Refuse a condition that names no ETag of anybody's, instead of taking it for one that does not match."""
    for name in (b"if-match", b"if-none-match"):
        value = headers.get(name)
        if value is not None and not CONDITION.fullmatch(value):
            raise errors.BadRequest(
                f"The header {name.decode()} has 1 to 2000 printable ASCII characters."
            )
