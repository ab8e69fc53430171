"""The load: sixteen keep-alive connections, each sending its next request when the last was answered.

A process of its own (`python -m benchmarks.load`), on bare asyncio protocols over uvloop: it has to
cost far less than the server it measures. Requests are made beforehand; of an answer only the
status and the length are read.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import uvloop

_LENGTH = b"\r\ncontent-length: "


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Iterator[bytes], expected: bytes, until: float) -> None:
        """`requests` is shared by all callers; `expected` is the status that is right."""
        self.requests = requests
        self.expected = expected
        self.until = until
        self.times: list[float] = []
        self.bytes = 0
        self.wrong: list[str] = []
        self.done = asyncio.get_running_loop().create_future()
        self._kept = b""

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self.transport = transport
        self._next()

    def _next(self) -> None:
        self._began = time.perf_counter()
        request = next(self.requests, None) if self._began < self.until else None
        if request is None:
            self.transport.close()
        else:
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Wait for the whole answer, note its time, go on."""
        if self._kept:
            data = self._kept + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._kept = data
            return
        at = data.find(_LENGTH, 0, end) + len(_LENGTH)
        stop = data.find(b"\r\n", at)
        if len(data) < end + 4 + int(data[at:stop]):
            self._kept = data
            return
        self._kept = b""
        self.times.append(time.perf_counter() - self._began)
        self.bytes += len(data)
        if data[9:12] != self.expected and len(self.wrong) < 5:
            self.wrong.append(data[:2000].decode("latin-1"))
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """Over: in order when there was nothing more to ask."""
        if self._kept or error is not None:
            self.wrong.append(f"connection lost: {error}")
        self.done.set_result(None)


async def run(
    port: int, requests: list[bytes], seconds: float, connections: int, *, repeat: bool, status: str
) -> dict[str, object]:
    """Load the server; returns what was measured."""
    loop = asyncio.get_running_loop()
    source = cycle(requests) if repeat else iter(requests)
    began = time.perf_counter()
    made = [
        await loop.create_connection(
            lambda: Caller(source, status.encode(), began + seconds), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    callers = [caller for _, caller in made]
    await asyncio.gather(*(caller.done for caller in callers))
    took = time.perf_counter() - began
    times = sorted(each for caller in callers for each in caller.times)
    return {
        "requests": len(times),
        "seconds": took,
        "megabytes": sum(caller.bytes for caller in callers) / 1e6,
        "p50_ms": times[len(times) // 2] * 1000 if times else None,
        "p99_ms": times[len(times) * 99 // 100] * 1000 if times else None,
        "wrong": [wrong for caller in callers for wrong in caller.wrong],
        "own_cpu": time.process_time(),
    }


def main() -> None:
    """Read the requests - a JSON list of texts - and print what was measured as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requests", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--status", default="200")
    parser.add_argument("--once", action="store_true", help="send each request once")
    given = parser.parse_args()
    requests = [text.encode() for text in json.loads(given.requests.read_text(encoding="utf-8"))]
    load = run(
        given.port,
        requests,
        given.seconds,
        given.connections,
        repeat=not given.once,
        status=given.status,
    )
    print(json.dumps(uvloop.run(load)))


if __name__ == "__main__":
    main()
