"""The two servers, each one uvicorn process as production runs it, and what they cost in CPU and memory."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from benchmarks.product import SECRET

ROOT = Path(__file__).parent.parent
TICK = os.sysconf("SC_CLK_TCK")
NEVER_REACHED = "1000000000"
START_WITHIN = 60.0  # seconds


@dataclass
class Server:
    """A running server."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    cpu_to_first: float = 0.0
    """CPU seconds of the process from its start to its first 200."""

    def cpu(self) -> float:
        """CPU seconds of the process so far, user and system."""
        return cpu_of(self.process.pid)

    def peak_memory(self) -> float:
        """The most memory it ever had, resident, in MB of 1,000,000 bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6

    def stop(self) -> None:
        """Ask it to end, then make it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process, 0 when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def database_cpu(port: int) -> float:
    """CPU seconds of a PostgreSQL on this machine, all its living processes; 0 when it is elsewhere."""
    return sum(map(cpu_of, database_pids(port)))


def database_pids(port: int) -> list[int]:
    """The processes of a PostgreSQL on this machine, none when it is elsewhere.

    The postmaster is the process whose command line has `-p <port>`.
    """
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"postgres") and str(port).encode() in words:
            return [int(folder.name), *_children(int(folder.name))]
    return []


def precise_cpu(pids: Iterable[int]) -> float:
    """CPU microseconds of these processes, all their threads, as the kernel's scheduler counts them."""
    spent = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("[0-9]*"):
            with suppress(OSError):
                spent += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
    return spent / 1000


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(word) for word in text.split()]


def start(name: str, factory: str, database_url: str, path: str, token: str | None) -> Server:
    """Start a server and wait for its first 200 on `path`. Raises `RuntimeError` when it does not come."""
    port = free_port()
    uvicorn = [
        "-m", "uvicorn", factory, "--factory", "--host", "127.0.0.1", "--port", str(port),
        "--loop", "uvloop", "--http", "httptools", "--ws", "none", "--no-access-log",
        "--no-server-header", "--no-proxy-headers", "--log-level", "warning",
    ]  # fmt: skip
    return launch(name, [sys.executable, *uvicorn], port, database_url, path, token)


def start_serve(database_url: str, path: str, token: str | None) -> Server:
    """Start the product by its own command, as production does."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "qi-networks"), "serve"]
    return launch("serve", command, port, database_url, path, token)


def launch(
    name: str, command: list[str], port: int, database_url: str, path: str, token: str | None
) -> Server:
    """Run a command that serves on `port`; see `start`."""
    env = {
        **os.environ,
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "SECRET_KEY": SECRET,
        "ACCESS_LOG": "false",
        "RATE_LIMIT_TOKEN": NEVER_REACHED,  # counted as ever, so its cost is measured
        "RATE_LIMIT_ADDRESS": NEVER_REACHED,
        "DRAIN_SECONDS": "0",
    }
    server = Server(name, subprocess.Popen(command, cwd=ROOT, env=env), port)
    try:
        _await_first(server, path, token)
    except BaseException:
        server.stop()
        raise
    return server


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, token: str | None = None) -> tuple[int, bytes]:
    """One GET on a connection of its own."""
    return send(port, "GET", path, {}, b"", token)


def send(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes, token: str | None
) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body."""
    if token is not None:
        headers = {**headers, "Authorization": f"Bearer {token}"}
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=body or None, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _await_first(server: Server, path: str, token: str | None) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise RuntimeError(f"{server.name} ended at once")
        try:
            status, body = get(server.port, path, token)
        except (OSError, HTTPException):
            time.sleep(0.05)
            continue
        if status != 200:
            raise RuntimeError(f"{server.name} answered {status}: {body[:300]!r}")
        server.cpu_to_first = server.cpu()
        return
    raise RuntimeError(f"{server.name} did not answer within {START_WITHIN:.0f} s")
