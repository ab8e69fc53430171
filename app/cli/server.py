"""The HTTP server around the application: uvicorn, set up in one place for `serve` and `demo`."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.logs import now

KEEP_ALIVE = 75  # seconds; longer than the 60 of common proxies, so that they close first
GRACE = 20  # seconds that running requests get when the server is stopped
# Bytes of a request line and its headers, to within one read from the socket. The parser itself keeps any number.
LONGEST_HEAD = 65_536
HEAD_WITHIN = 10.0  # seconds until they have arrived


class BoundedHeads(HttpToolsProtocol):
    """Hangs up on a client whose headers do not end, before they fill the memory or hold a connection for ever."""

    arrived = 0  # bytes of the read at hand
    head: int | None = (
        None  # bytes of a head that has begun and not ended, but for the read that it began in
    )

    patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # of TCP, as uvicorn narrows it
        """Somebody has come, and is to say what for."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self._head_is_here()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self.patience = self.loop.call_later(HEAD_WITHIN, self.transport.close)

    def _head_is_here(self) -> None:
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None

    def on_message_begin(self) -> None:
        """A request begins."""
        self.head = -self.arrived
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its headers have ended."""
        self.head = None
        self._head_is_here()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Parse, and count what belongs to a head that goes on."""
        self.arrived = len(data)
        super().data_received(data)
        if self.head is None or self.transport.is_closing():
            return
        self.head += len(data)
        if self.head > LONGEST_HEAD:
            self.send_400_response("The headers of the request are too long.")
        elif self.patience is None:
            self._wait_for_head()


class ServerLine(logging.Formatter):
    """What the server itself has to say, as a JSON line like the rest, without values of a request."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; of an exception only its kind."""
        line: dict[str, Any] = {
            "at": now(),
            "level": record.levelname.lower(),
            "event": "server",
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line)


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": ServerLine}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"uvicorn": {"handlers": ["stderr"], "propagate": False}},
}


def configure(
    application: Callable[..., Any] | str, *, factory: bool = False, workers: int = 1
) -> uvicorn.Config:
    """How the server runs: the ASGI application or, with `factory`, what makes it; by name for several workers."""
    return uvicorn.Config(
        application,
        factory=factory,
        workers=workers,
        loop="auto",  # uvloop wherever there is one
        http=BoundedHeads,
        ws="none",
        lifespan="on",
        proxy_headers=False,  # they are believed only by who sits behind a proxy
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        server_header=False,
        date_header=True,
        access_log=False,  # the front writes its own
        log_level="warning",
        log_config=LOGGING,
    )
