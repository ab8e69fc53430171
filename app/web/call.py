"""A call - one request as the house sees it - and an answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson
from fastapi import Depends

from app.core.errors import BodyTimedOut, PayloadTooLarge
from app.core.seal import Sealer
from app.core.viewer import ANONYMOUS, Viewer
from app.core.work import House
from app.settings import Settings
from app.web.identity import Gatekeeper
from app.web.metrics import Metrics

INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(slots=True)
class Answer:
    """What goes back. `kept_body` is what an idempotent replay answers with, when that differs (no secrets)."""

    body: bytes = b""
    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    kept_body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Rooms:
    """What every call may use."""

    house: House
    sealer: Sealer
    settings: Settings
    contract: Callable[[], bytes]  # made when first asked for
    gatekeeper: Gatekeeper
    metrics: Metrics = field(default_factory=Metrics)
    kept: dict[str, Any] = field(
        default_factory=dict
    )  # facts that never change while a process runs


class ClientGone(Exception):
    """The client closed the connection before its request was whole."""


@dataclass(slots=True)
class Call:
    """One request."""

    rooms: Rooms
    method: str
    path: str
    query: bytes
    headers: dict[bytes, bytes]
    receive: Receive
    request_id: str
    correlation_id: str
    head: bool = False  # asked for by HEAD: `method` is GET all the same
    viewer: Viewer = ANONYMOUS
    raw_body: bytes | None = None

    async def body(self) -> bytes:
        """The whole body. Errors: `PayloadTooLarge`; `BodyTimedOut`; `ClientGone`."""
        if self.raw_body is None:
            limit = self.rooms.settings.body_limit
            declared = self.headers.get(b"content-length", b"0")
            if not declared.isdigit() or int(declared[:20]) > limit:
                raise PayloadTooLarge(f"The body may have {limit} bytes.")
            seconds = self.rooms.settings.body_timeout
            try:
                async with asyncio.timeout(seconds or None):
                    self.raw_body = await self._arrived(limit)
            except TimeoutError:
                raise BodyTimedOut(f"The body has {seconds} seconds to arrive.") from None
        return self.raw_body

    async def _arrived(self, limit: int) -> bytes:
        parts, size = [], 0
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise PayloadTooLarge(f"The body may have {limit} bytes.")
            if not message.get("more_body"):
                return b"".join(parts)

    def url(self, path: str) -> str:
        """An absolute address of ours."""
        return self.rooms.settings.base_url + path


def _by_the_door() -> Call:
    """Stands in for FastAPI's injection: `Door` binds the call itself."""
    raise AssertionError


CallDep = Annotated[Call, Depends(_by_the_door)]


def dump(document: object, *, indent: bool = False) -> bytes:
    """JSON bytes, in one line unless people read them."""
    return orjson.dumps(document, option=INDENTED if indent else None)
