"""`qi-networks` as somebody types it: in a process of its own, in an environment that holds only what a test says."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tests.secrets_issued import logs, note_printed

PROGRAM = str(Path(sys.executable).parent / "qi-networks")
SETTINGS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "SECRETS_DIR",
    "HOST",
    "PORT",
    "PUBLIC_URL",
    "ACCESS_LOG",
    "OIDC_ISSUERS",
)
LONG_ENOUGH = 120.0  # seconds; a machine may be busy
SECRET_KEY = "only for tests, and long enough for them"


def environment(settings: dict[str, str]) -> dict[str, str]:
    """This process's environment with these settings and no others."""
    rest = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**rest, **settings}


def free_port() -> int:
    """A port of the loopback that nobody uses at the moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    done = subprocess.run(
        [PROGRAM, *words],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=LONG_ENOUGH,
        check=False,
    )
    note_printed(done.stdout)
    logs.add(done.stderr)
    return done


@dataclass
class Server:
    """A server that runs, and what it wrote so far."""

    process: subprocess.Popen[str]
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    wrote: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, pattern: str, *, times: int = 1) -> None:
        """Until that many lines, of stdout or stderr, match; fails when the server ends before or takes too long."""

        def there() -> bool:
            lines = [*self.out, *self.err]
            found = sum(1 for line in lines if re.search(pattern, line)) >= times
            return found or self.process.poll() is not None

        with self.wrote:
            self.wrote.wait_for(there, LONG_ENOUGH)
        assert self.process.poll() is None, "".join(self.err)
        assert there(), f"nothing like {pattern} in {LONG_ENOUGH} s"

    def wait_until_it_answers(self, address: str) -> None:
        """Until this address answers 200; fails when the server ends before or takes too long."""
        until = time.monotonic() + LONG_ENOUGH
        while time.monotonic() < until:
            assert self.process.poll() is None, "".join(self.err)
            try:
                if get(address)[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        message = f"{address} did not answer in {LONG_ENOUGH} s"
        raise AssertionError(message)

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Send the signal and return the exit status."""
        self.process.send_signal(with_signal)
        return self.process.wait(LONG_ENOUGH)

    def token(self, word: str) -> str:
        """The token on the line that begins with this word."""
        (line,) = [line for line in self.out if line.startswith(f"{word} ")]
        return line.split(" ", 1)[1].rstrip("\n")

    def curls(self) -> list[str]:
        """The lines to copy."""
        return [line.rstrip("\n") for line in self.out if line.startswith("curl ")]


@contextmanager
def running(*words: str, **settings: str) -> Iterator[Server]:
    """Start a server; it is gone afterwards, whatever happens."""
    with reading(
        subprocess.Popen(
            [PROGRAM, *words],
            env={"DRAIN_SECONDS": "0", **environment(settings)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    ) as server:
        yield server


@contextmanager
def reading(process: subprocess.Popen[str]) -> Iterator[Server]:
    """Read what a process that was just started writes; it is gone afterwards, whatever happens."""
    server = Server(process)

    def read(stream: Any, lines: list[str]) -> None:
        for line in stream:
            with server.wrote:
                lines.append(line)
                server.wrote.notify_all()
        with server.wrote:
            server.wrote.notify_all()

    readers = [
        threading.Thread(target=read, args=(process.stdout, server.out)),
        threading.Thread(target=read, args=(process.stderr, server.err)),
    ]
    for reader in readers:
        reader.start()
    try:
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for reader in readers:
            reader.join()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        note_printed("".join(server.out))
        logs.add("".join(server.err))


def curl(line: str) -> Any:
    """Do what a printed line says, as curl would: the JSON of the answer."""
    program, *words = shlex.split(line)
    assert program == "curl"
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    return get(words[-1], headers)[1]


def get(address: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Status and JSON of an address."""
    request = urllib.request.Request(address, headers=headers or {})  # noqa: S310 - our own
    try:
        with urllib.request.urlopen(request, timeout=LONG_ENOUGH) as answer:  # noqa: S310
            return answer.status, orjson.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, orjson.loads(error.read())


def bearer(token: str) -> dict[str, str]:
    """The header of a token."""
    return {"Authorization": f"Bearer {token}"}
