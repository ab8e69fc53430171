"""The service as a process of its own, as `qi-networks serve` runs it, to be killed without warning.

Run as `python -m tests.proofs.server early`, it answers writes before it has done them: the control.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from tests.house import SECRET, WITHOUT_LIMITS
from tests.secrets_issued import logs

ROOT = Path(__file__).parents[2]
SERVE = (sys.executable, "-c", "from app.cli.main import main; main()", "serve")
SERVE_EARLY = (sys.executable, "-m", "tests.proofs.server", "early")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One server process over a migrated database."""

    url: str
    command: tuple[str, ...] = SERVE
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What clients call."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it is ready to serve."""
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "SECRET_KEY": SECRET,
            "PORT": str(self.port),
            "ACCESS_LOG": "true",
            "ALLOWED_HOSTS": "*",
            "DRAIN_SECONDS": "0",
            **{name.upper(): str(limit) for name, limit in WITHOUT_LIMITS.items()},
            **self.settings,
        }
        # Its log is searched for secrets at the end of the run (`tests.secrets_issued`).
        with (logs.file or Path(os.devnull)).open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=log
            )
        deadline = time.monotonic() + 60
        while not self._ready():
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}"
            assert time.monotonic() < deadline, "the server takes too long to start"
            time.sleep(0.05)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def kill(self) -> None:
        """End it with SIGKILL: it has no time for a last word."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def end(self) -> None:
        """Ask it to end, with the workers that it may have."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def stop(self) -> None:
        """End it, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.kill()


class Early:
    """Answers every PATCH with 200 at once, and does it some time after."""

    def __init__(self, app: Any) -> None:
        """`app` is the application that does it."""
        self.app = app
        self.waiting: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["method"] != "PATCH":
            await self.app(scope, receive, send)
            return
        message = await receive()

        async def later() -> None:
            await asyncio.sleep(0.05)

            async def body() -> dict[str, Any]:
                return dict(message)

            async def nowhere(_message: dict[str, Any]) -> None:
                pass

            await self.app(scope, body, nowhere)

        task = asyncio.create_task(later())
        self.waiting.add(task)
        task.add_done_callback(self.waiting.discard)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


def serve_early() -> None:
    """Serve with `Early` in front."""
    from app.cli.serve import from_environment
    from app.cli.server import configure

    config = configure(lambda: Early(from_environment()), factory=True)
    config.host, config.port = "127.0.0.1", int(os.environ["PORT"])
    uvicorn.Server(config).run()


if __name__ == "__main__" and sys.argv[1:] == ["early"]:
    serve_early()
