"""How long others wait on SQLite while somebody's search takes long, with the data that PostgreSQL is measured with.

`python -m benchmarks.waiting FILE`: the file is filled when it is not there. The dearest questions are asked one after
another; meanwhile a network is got, and a rare word searched, each again and again, and the longest of each is told,
beside the longest of the same without anybody searching: what a busy machine does to them.
"""

import argparse
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from benchmarks.servers import Server, start
from benchmarks.store import prepare_sqlite, say
from benchmarks.world import Sizes, secret_of

LONGEST_MS = 50.0
PAUSE = 0.004
# Words of every second row, beginnings of thousands, questions that nothing answers whole, half the country.
DEAREST = (
    "/v1/search?q=improvement&limit=20",
    "/v1/search?q=practice+patient+care&limit=20",
    "/v1/search?q=pr&limit=20",
    "/v1/search?q=primary+care+community+measure+zebra&limit=20",
    "/v1/search?q=a&near=52.5,-1.5&within_km=1000&limit=20",
    "/v1/networks?q=practice&limit=100",
    "/v1/networks?near=52.5,-1.5&within_km=1000&limit=100",
    "/v1/results?q=care+improvement&limit=20",
    "/v1/meetings?q=team&limit=20",
    "/v1/people?q=jo&limit=20",
    "/v1/organisations?q=surgery&limit=20",
    "/v1/suggest?q=pr",
    "/v1/suggest?q=me",
    "/v1/search?q=improvment+diabets&limit=20",
)


def _ask(port: int, paths: Iterable[str], token: str, pause: float) -> Iterator[tuple[str, float]]:
    """Milliseconds until each was answered."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        for path in paths:
            began = time.perf_counter()
            line.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            response = line.getresponse()
            body = response.read()
            if response.status not in (200, 503):  # 503: given up after ten seconds
                raise RuntimeError(f"{response.status} to {path}: {body[:300]!r}")
            yield path, (time.perf_counter() - began) * 1000
            time.sleep(pause)


class Probe(threading.Thread):
    """Asks the same again and again until it is told to stop."""

    def __init__(self, name: str, port: int, path: str, token: str) -> None:
        """`name` is for the table."""
        super().__init__(name=name, daemon=True)
        self.over = threading.Event()
        self.took: list[tuple[float, float]] = []
        self._given = (port, path, token)

    def run(self) -> None:
        """Note when each answer came, and how long it took."""
        port, path, token = self._given

        def again() -> Iterator[str]:
            while not self.over.is_set():
                yield path

        for _, took in _ask(port, again(), token, PAUSE):
            self.took.append((time.perf_counter(), took))

    def stop(self) -> list[float]:
        """What each took."""
        self.over.set()
        self.join(30)
        return [took for _, took in self.took]


def _probes(server: Server, quick: str, token: str) -> list[Probe]:
    rare = "/v1/search?q=allendale&limit=5"
    probes = [
        Probe("one network", server.port, quick, token),
        Probe("rare word", server.port, rare, token),
    ]
    for probe in probes:
        probe.start()
    return probes


def _told(what: str, probes: list[Probe]) -> dict[str, float]:
    longest = {}
    for probe in probes:
        took = sorted(probe.stop())
        longest[probe.name] = took[-1]
        say(
            f"  {what}, {probe.name}: {len(took)} asked, half within {median(took):.1f} ms, "
            f"99 % within {took[len(took) * 99 // 100]:.1f} ms, longest {took[-1]:.1f} ms"
        )
    return longest


def measure(url: str, quick: str, token: str, rounds: int) -> dict[str, float]:
    """The longest wait of each probe, in milliseconds."""
    server = start("product", "benchmarks.product:make", url, quick, token)
    try:
        # Statements are compiled and pages read once before: that is told as what the first of each took.
        for path, took in _ask(server.port, DEAREST, token, 0):
            say(f"  first {took:7.0f} ms: {path}")
        probes = _probes(server, quick, token)
        time.sleep(3)
        _told("alone", probes)
        probes = _probes(server, quick, token)
        slowest: dict[str, float] = {}
        for _ in range(rounds):
            for path, took in _ask(server.port, DEAREST, token, 0):
                slowest[path] = max(took, slowest.get(path, 0))
        longest = _told("meanwhile", probes)
        for path, took in sorted(slowest.items(), key=lambda each: -each[1]):
            say(f"  {took:7.0f} ms: {path}")
        say(f"  peak memory {server.peak_memory():.0f} MB")
    finally:
        server.stop()
    return longest


def main() -> None:
    """Measure, and say whether nobody waited longer than 50 ms."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--networks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    url = prepare_sqlite(given.file, Sizes.of(given.networks))
    with closing(sqlite3.connect(given.file)) as reading:
        (network,) = reading.execute("SELECT id FROM network WHERE outer_tier = 1").fetchone()
        (viewer,) = reading.execute("SELECT person_id FROM token WHERE name = 'viewer'").fetchone()
    longest = measure(url, f"/v1/networks/{network}", secret_of(viewer), given.rounds)
    for name, took in longest.items():
        verdict = "reached" if took <= LONGEST_MS else "NOT REACHED"
        print(f"{name}: waited {took:.0f} ms at most, goal {LONGEST_MS:.0f} {verdict}")


if __name__ == "__main__":
    main()
