"""Rounds: floor and product in turn, so that a busy moment of the machine meets both."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from benchmarks.servers import ROOT, Server, database_cpu
from benchmarks.store import say
from benchmarks.workloads import GOALS, LIST, WRITES, Asking, Question, wire

SIDES = ("floor", "product")
CONNECTIONS = 16
WRITES_A_SECOND = 4_000  # more than either side can do: a round must not run out of them


@dataclass
class Taken:
    """What one side did with one workload in one round."""

    rps: float
    server_us: float
    """CPU microseconds of the server process for each request."""
    database_us: float
    """CPU microseconds of PostgreSQL for each request; 0 when unknown."""
    p50_ms: float
    p99_ms: float


@dataclass
class Result:
    """One workload over all rounds."""

    name: str
    rounds: list[dict[str, Taken]] = field(default_factory=list)

    def ratios(self) -> list[float]:
        """Product over floor, one a round."""
        return [each["product"].rps / each["floor"].rps for each in self.rounds]

    def middle(self, side: str, what: str) -> float:
        """The median over the rounds."""
        return float(median(getattr(each[side], what) for each in self.rounds))

    def summary(self) -> dict[str, Any]:
        """For the JSON line."""
        ratios = self.ratios()
        found: dict[str, Any] = {
            "ratio": round(median(ratios), 3),
            "ratio_min": round(min(ratios), 3),
            "ratio_max": round(max(ratios), 3),
            "goal": GOALS[self.name],
            "reached": median(ratios) >= GOALS[self.name],
        }
        for side in SIDES:
            for what in ("rps", "server_us", "database_us", "p50_ms", "p99_ms"):
                found[f"{side}_{what}"] = round(self.middle(side, what), 2)
        return found


class Bench:
    """Both servers, ready to be loaded."""

    def __init__(self, url: str, servers: dict[str, Server], asking: Asking, folder: Path) -> None:
        """`folder` is for the requests; `url` is the database's."""
        self.url = url
        self.port = urlsplit(url).port or 5432
        self.servers = servers
        self.asking = asking
        self.folder = folder
        self.questions: dict[str, list[Question]] = {}

    def prepare(self, name: str) -> None:
        """Draw the questions of a workload, and write the requests of a reading one."""
        if name in WRITES:
            return
        self.questions[name] = self.asking.questions(name)
        for side in SIDES:
            self.write(name, side, self.questions[name])

    def write(self, name: str, side: str, questions: list[Question]) -> Path:
        """Write the requests of one side to a file."""
        path = self.folder / f"{name}-{side}.json"
        port = self.servers[side].port
        path.write_text(
            json.dumps([wire(each, side, port) for each in questions]), encoding="utf-8"
        )
        return path

    def take(self, name: str, side: str, seconds: float) -> Taken:
        """Load one side. Raises `RuntimeError` when an answer was wrong."""
        server, options = self.servers[side], ["--status", "200"]
        path = self.folder / f"{name}-{side}.json"
        if name in WRITES:
            asked = self.asking.written(name, int(WRITES_A_SECOND * seconds))
            path, options = self.write(name, side, asked), ["--status", "201", "--once"]
        cpu, database = server.cpu(), database_cpu(self.port)
        told = subprocess.run(
            [
                sys.executable, "-m", "benchmarks.load", str(path), "--port", str(server.port),
                "--seconds", str(seconds), "--connections", str(CONNECTIONS), *options,
            ],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=seconds + 60,
        )  # fmt: skip
        found = json.loads(told.stdout)
        if found["wrong"] or not found["requests"]:
            raise RuntimeError(f"{name} {side}: {found['wrong'][:1] or 'no answers'}")
        requests = found["requests"]
        return Taken(
            rps=requests / found["seconds"],
            server_us=(server.cpu() - cpu) / requests * 1e6,
            database_us=(database_cpu(self.port) - database) / requests * 1e6,
            p50_ms=found["p50_ms"],
            p99_ms=found["p99_ms"],
        )


@dataclass
class Costs:
    """What calendars cost the product beside a list of 50 meetings: CPU microseconds of server and PostgreSQL."""

    rounds: list[dict[str, float]] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """For the JSON line: the median cost of each, and how often that of the list."""
        middle = {name: median(each[name] for each in self.rounds) for name in self.rounds[0]}
        found: dict[str, Any] = {f"{name}_us": round(cost) for name, cost in middle.items()}
        for name in middle.keys() - {LIST}:
            times = [each[name] / each[LIST] for each in self.rounds]
            found |= {
                f"{name}_times": round(median(times), 2),
                f"{name}_most": round(max(times), 2),
            }
        return found


def run_costs(bench: Bench, rounds: int, seconds: float) -> Costs:
    """The product alone: a list of 50 meetings and calendars of 500 occurrences in turn."""
    asked = bench.asking.calendars()
    for name, questions in asked.items():
        bench.write(name, "product", questions)
        bench.take(name, "product", min(1.0, seconds))
    costs = Costs()
    for number in range(rounds):
        names = list(asked) if number % 2 == 0 else list(asked)[::-1]
        taken = {name: bench.take(name, "product", seconds) for name in names}
        costs.rounds.append(
            {name: each.server_us + each.database_us for name, each in taken.items()}
        )
        told = ", ".join(f"{name} {costs.rounds[-1][name]:.0f} us" for name in asked)
        say(f"  round {number + 1}/{rounds} calendars: {told}")
    return costs


def run_rounds(bench: Bench, names: list[str], rounds: int, seconds: float) -> list[Result]:
    """Warm up, then the rounds; who goes first alternates."""
    results = [Result(name) for name in names]
    for result in results:
        for side in SIDES:
            bench.take(result.name, side, min(1.0, seconds))
    for number in range(rounds):
        for result in results:
            sides = SIDES if number % 2 == 0 else SIDES[::-1]
            result.rounds.append({side: bench.take(result.name, side, seconds) for side in sides})
            floor, product = (result.rounds[-1][side] for side in SIDES)
            say(
                f"  round {number + 1}/{rounds} {result.name}: floor {floor.rps:.0f}, product {product.rps:.0f} "
                f"a second, ratio {product.rps / floor.rps:.2f}"
            )
    return results


def folder() -> TemporaryDirectory[str]:
    """Where requests lie while they are sent."""
    return TemporaryDirectory(prefix="qi-benchmark-")
