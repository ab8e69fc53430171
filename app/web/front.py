"""The front of the house: one ASGI application around everything.

It finds the door, gives every answer its ids and headers, turns every error into a problem document - also the ones
nobody thought of, because a server that lets an exception out drops the connection of an innocent next request - and
writes the access log.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from app.core import errors
from app.core.errors import HouseError
from app.db.errors import DatabaseError, Rejected
from app.web.call import Answer, Call, ClientGone, Rooms
from app.web.door import Door
from app.web.problems import from_database, problem

Send = Callable[[dict[str, Any]], Awaitable[None]]
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
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
LOGGABLE = re.compile(rf"{UUID.pattern}|[A-Z0-9]{{3,10}}")  # an id, or the code of an organisation
SINGLE = (b"authorization", b"content-type", b"content-length", b"idempotency-key", b"if-match")

log = logging.getLogger("qi_networks.access")
faults = logging.getLogger("qi_networks.errors")
sign_ins = logging.getLogger("qi_networks.sign_in")


class Doors:
    """Finds the door for a path: a tree of segments, so that the last of many costs what the first does."""

    def __init__(self, doors: Iterable[Door]) -> None:
        """Build the tree; two doors may not share a path and method."""
        self._tree: dict[str | None, Any] = {}
        self._words: set[str] = set()
        for door in doors:
            node = self._tree
            for segment in door.path.strip("/").split("/"):
                self._words.add(segment)
                node = node.setdefault(None if segment.startswith("{") else segment, {})
            for method in door.methods or ():
                if method in node.setdefault("/", {}):
                    message = f"two doors for {method} {door.path}"
                    raise ValueError(message)
                node["/"][method] = door

    def find(self, path: str) -> tuple[dict[str, Door], list[str]]:
        """The doors by method and the values in the path. Errors: `NotFound`."""
        node, values = self._tree, []
        for segment in path[1:].split("/"):
            inner = node.get(segment)
            if inner is None and segment:
                inner = node.get(None)
                values.append(segment)
            if inner is None:
                raise errors.NotFound("There is no such address.")
            node = inner
        found = node.get("/")
        if found is None:
            raise errors.NotFound("There is no such address.")
        return found, values

    def loggable(self, path: str) -> str:
        """The path without what is neither of ours nor an id: somebody may have put a name or a token there."""
        parts = path[:200].split("/")
        return "/".join(
            part if not part or part in self._words or LOGGABLE.fullmatch(part) else "*"
            for part in parts
        )


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
        self.rooms = rooms
        self.doors = Doors(doors)
        self._lifespan = lifespan
        self._new_request_id = new_request_id
        self._origins = rooms.settings.cors_origins.encode().split()

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
        request_id = self._new_request_id()
        call: Call | None = None
        headers: dict[bytes, bytes] = {}
        ids = [(b"x-request-id", request_id.encode()), (b"x-correlation-id", request_id.encode())]
        try:
            headers = _headers(scope["headers"])
            request_id, correlation_id = self._ids(headers, request_id)
            ids = [
                (b"x-request-id", request_id.encode()),
                (b"x-correlation-id", correlation_id.encode()),
            ]
            _single(scope["headers"])
            _readable(headers)
            method = scope["method"]
            call = Call(
                self.rooms, "GET" if method == "HEAD" else method, scope["path"], scope["query_string"],
                headers, receive, request_id, correlation_id,
            )  # fmt: skip
            answer = await self._answer(call, scope)
        except ClientGone:
            return
        except HouseError as error:
            answer = problem(error, request_id)
        except DatabaseError as error:
            if isinstance(error, Rejected) or from_database(error).status >= 500:  # noqa: PLR2004
                _fault(request_id, error)
            answer = problem(from_database(error), request_id)
        except Exception as error:  # noqa: BLE001 - the outermost layer: see the module's docstring
            _fault(request_id, error)
            answer = problem(
                errors.InternalError("The error has been noted under this request id."), request_id
            )
        await self._send(scope, send, answer, headers, ids)
        if self.rooms.settings.access_log:
            path = self.doors.loggable(scope["path"])
            _log_access(scope["method"], path, call, answer, request_id, began)

    def _ids(self, headers: dict[bytes, bytes], fresh: str) -> tuple[str, str]:
        """The caller's request and correlation ids where they are UUIDs, else our own."""
        request = headers.get(b"x-request-id", b"").decode("latin-1")
        correlation = headers.get(b"x-correlation-id", b"").decode("latin-1")
        request = request.lower() if UUID.fullmatch(request) else fresh
        return request, correlation.lower() if UUID.fullmatch(correlation) else request

    async def _answer(self, call: Call, scope: dict[str, Any]) -> Answer:
        if b"%" in scope.get("raw_path", b""):
            raise errors.NotFound("There is no such address.")
        doors, values = self.doors.find(call.path)
        door = doors.get(call.method)
        if door is None:
            methods = sorted({*doors, "OPTIONS", *(["HEAD"] if "GET" in doors else [])})
            if call.method == "OPTIONS":
                return self._options(call, methods)
            raise errors.MethodNotAllowed(allow=", ".join(methods))
        call.viewer = await self.rooms.gatekeeper.viewer(
            call.headers.get(b"authorization"), call.request_id
        )
        answer = await door.answer(call, values)
        answer.headers.append((b"cache-control", door.cache))
        return answer

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

    async def _send(
        self,
        scope: dict[str, Any],
        send: Send,
        answer: Answer,
        headers: dict[bytes, bytes],
        ids: list[tuple[bytes, bytes]],
    ) -> None:
        out = [*answer.headers, *ids, *SECURITY, VARY]
        if not any(name == b"content-security-policy" for name, _ in answer.headers):
            out.append(STRICT_CSP)
        origin = headers.get(b"origin")
        if origin is not None and (self._origins == [b"*"] or origin in self._origins):
            allowed = b"*" if self._origins == [b"*"] else origin
            out += [
                (b"access-control-allow-origin", allowed),
                (b"access-control-expose-headers", EXPOSED),
            ]
        if answer.status not in (204, 304):
            out.append((b"content-length", str(len(answer.body)).encode()))
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.start", "status": answer.status, "headers": out})
        await send({"type": "http.response.body", "body": body})


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    return dict(raw)


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


def _fault(request_id: str, error: Exception) -> None:
    """A fault for the operator: where it happened, without values that a request brought."""
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    cause = type(error.__cause__).__name__ if error.__cause__ else None
    line = {
        "request_id": request_id,
        "error": type(error).__name__,
        "cause": cause,
        "at": places[-8:],
    }
    faults.error(json.dumps(line))
    faults.debug("%s", request_id, exc_info=error)  # has values: never above DEBUG


def _log_access(
    method: str, path: str, call: Call | None, answer: Answer, request_id: str, began: float
) -> None:
    """Path without query: queries may hold names. No address, no person, no token."""
    line = {
        "request_id": request_id,
        "method": method,
        "path": path,
        "status": answer.status,
        "bytes": len(answer.body),
        "ms": round((time.perf_counter() - began) * 1000, 2),
        "token_id": call.viewer.token_id if call is not None else None,
    }
    log.info(json.dumps(line))


def log_to_stderr() -> None:
    """All logs as JSON lines, without a prefix."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for logger in (log, faults, sign_ins):
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
