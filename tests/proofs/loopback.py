"""The service on a real port of 127.0.0.1, in a thread of this process, as `serve` sets it up."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from app.cli.server import configure
from app.main import create_app
from app.settings import Settings
from tests.house import SECRET, WITHOUT_LIMITS

Asgi = Callable[..., Any]


@contextmanager
def served(url: str, wrap: Callable[[Any], Asgi] = lambda app: app) -> Iterator[str]:
    """Serve a migrated database; gives the address. `wrap` may break the application."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        settings = Settings(
            database_url=url, access_log=False, port=port, allowed_hosts="*", **WITHOUT_LIMITS
        )
        server = uvicorn.Server(configure(wrap(create_app(settings, SECRET))))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server takes too long to start"
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive(), "the server did not stop"
