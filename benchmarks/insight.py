"""What insight costs: the wheel of a network of 5,000, and how far an ICB of 400 practices is covered.

Each request is asked by itself, and its CPU counted in server and PostgreSQL together; W1 is told beside it.
"""

import random
from http.client import HTTPConnection
from statistics import median
from typing import Any

from benchmarks.finding import WARM, costs_of
from benchmarks.measure import Bench
from benchmarks.servers import database_pids
from benchmarks.store import say

# Milliseconds of CPU of one request, server and database together.
GOALS = {"W11": 300.0, "W12": 150.0}
TITLES = {"W11": "wheel, 5,000 members", "W12": "coverage, 400 practices"}
TIMES = 5  # requests of each in a round


def measure(bench: Bench, facts: dict[str, Any], rounds: int) -> dict[str, Any]:
    """The figures for the JSON line: the median CPU of each in milliseconds, and how often W1's."""
    network_id, reader = facts["wheel"]
    one = [f"/v1/networks/{row_id}" for row_id in facts["networks"]]
    asked = {
        "W1": (random.Random(4).sample(one, min(WARM, len(one))), bench.asking.viewers),
        "W11": ([f"/v1/networks/{network_id}/wheel"] * TIMES, [reader]),
        "W12": ([f"/v1/coverage?icb={facts['icb']}"] * TIMES, bench.asking.viewers),
    }
    spent: dict[str, list[float]] = {name: [] for name in asked}
    server = bench.servers["product"]
    line = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        for turn in range(rounds + 1):
            # The first turn is to warm up; it opens connections, whose processes count from then on.
            pids = [server.process.pid, *database_pids(bench.port)]
            for name, (paths, tokens) in asked.items():
                costs = list(costs_of(line, paths, tokens, pids))
                if turn:
                    spent[name] += [cost.cpu for cost in costs]
    finally:
        line.close()
    base = median(spent["W1"])
    found = {
        name: {
            "cpu_ms": round(median(each) / 1000, 2),
            "most_ms": round(max(each) / 1000, 2),
            "times": round(median(each) / base, 1),
        }
        for name, each in spent.items()
    }
    say(f"insight: {found}")
    return found | {"practices": facts["practices"]}


def told(found: dict[str, Any]) -> list[str]:
    """The lines of the table."""
    lines = []
    for name, goal in GOALS.items() if found else ():
        cost = found[name]
        verdict = "reached" if cost["cpu_ms"] <= goal else "NOT REACHED"
        lines.append(
            f"{name} {TITLES[name]:24s} {cost['cpu_ms']:.0f} ms of CPU at the median (most {cost['most_ms']:.0f} ms, "
            f"{cost['times']:.0f} times W1), goal {goal:.0f} {verdict}"
        )
    return lines
