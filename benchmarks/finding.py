"""What finding costs beside getting one network: suggestions while somebody types, one search over all kinds.

Each request is asked by itself, one after the other on one connection, and its CPU is counted in server and PostgreSQL
together, as the kernel's scheduler has it: so there is a median, and the request that costs most can be named.
"""

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from app.core.words import tokens
from app.reference.load import read_regions, read_towns
from benchmarks.measure import Bench
from benchmarks.servers import database_pids, precise_cpu
from benchmarks.store import say
from benchmarks.texts import FIRST_NAMES, PHRASES, SUBJECTS, Writer

# How often the CPU of W1 each may cost.
GOALS = {"W9": 2.0, "W10": 6.0}
TITLES = {"W9": "suggest", "W10": "search of all kinds"}
JUDGED = Path(__file__).parent.parent / "tests" / "data" / "search"
LEAST, MOST = 2, 8  # letters that were typed so far
SHOWN = 8  # requests that cost most
WARM = 60


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU microseconds of one request, and the wall's."""

    path: str
    cpu: float
    wall: float


def judged() -> list[str]:
    """The searches that the judged queries are, as queries of a URL."""
    codes = {term.label: term.code for term in read_regions()}
    return [
        urlencode(
            {"q": query["q"], "limit": 20}
            | {name: codes.get(value, value) for name, value in query["filters"].items()}
        )
        for name in ("judgements.json", "more_judgements.json")
        for query in orjson.loads((JUDGED / name).read_bytes())["queries"]
    ]


def typed(chance: random.Random) -> list[str]:
    """What was typed so far, 2 to 8 letters: of a subject, a phrase, a place, a practice or a person."""
    writer = Writer(chance)
    towns = [town.name for town in read_towns()]
    sources = (
        lambda: chance.choice(SUBJECTS),
        lambda: chance.choice(PHRASES),
        lambda: chance.choice(towns),
        writer.rare_word,
        lambda: chance.choice(FIRST_NAMES) + " ",
    )
    found = []
    for number in range(400):
        whole = sources[number % len(sources)]().lower()
        begun = whole[: chance.randint(LEAST, MOST)]
        if sum(map(len, tokens(begun))) >= LEAST:
            found.append(begun)
    return found


def questions(bench: Bench) -> dict[str, list[str]]:
    """The paths that are asked, W1 first, which the others are held against."""
    chance = random.Random(3)
    one = [f"/v1/networks/{row_id}" for row_id in bench.asking.facts["networks"]]
    return {
        "W1": chance.sample(one, min(400, len(one))),
        "W9": [f"/v1/suggest?q={quote(begun)}" for begun in typed(chance)],
        "W10": [f"/v1/search?{query}" for query in judged()],
    }


def find(bench: Bench, rounds: int) -> dict[str, Any]:
    """The figures for the JSON line: median and mean CPU, and how often W1's; the dearest requests of each."""
    asked = questions(bench)
    tokens_of = bench.asking.viewers
    costs: dict[str, list[Cost]] = {name: [] for name in asked}
    with_server = bench.servers["product"]
    line = HTTPConnection("127.0.0.1", with_server.port, timeout=60)
    pids = [with_server.process.pid, *database_pids(bench.port)]
    try:
        for paths in asked.values():
            list(costs_of(line, paths[:WARM], tokens_of, pids))
        # The warm questions opened connections: their processes are counted too.
        pids = [with_server.process.pid, *database_pids(bench.port)]
        for _ in range(rounds):
            for name, paths in asked.items():
                costs[name] += costs_of(line, paths, tokens_of, pids)
    finally:
        line.close()
    base = median(cost.cpu for cost in costs["W1"])
    found: dict[str, Any] = {}
    for name, each in costs.items():
        spent = sorted(cost.cpu for cost in each)
        found[name] = {
            "p50_us": round(median(spent)),
            "mean_us": round(sum(spent) / len(spent)),
            "p95_us": round(spent[len(spent) * 95 // 100]),
            "times": round(median(spent) / base, 2),
        }
        dearest = sorted(each, key=lambda cost: -cost.cpu)[:SHOWN]
        say(f"{name}: {found[name]}")
        for cost in dearest if name != "W1" else ():
            say(f"    {cost.cpu:7.0f} us of CPU, {cost.wall:7.0f} us in all: {cost.path}")
    return found


def costs_of(
    line: HTTPConnection, paths: Iterable[str], tokens_of: list[str], pids: list[int]
) -> Iterable[Cost]:
    """Ask one after the other, the tokens in turn. Raises `RuntimeError` where the answer is not 200."""
    for number, path in enumerate(paths):
        headers = {"Authorization": f"Bearer {tokens_of[number % len(tokens_of)]}"}
        before, began = precise_cpu(pids), time.perf_counter()
        line.request("GET", path, headers=headers)
        response = line.getresponse()
        body = response.read()
        wall = time.perf_counter() - began
        if response.status != 200:
            raise RuntimeError(f"the product answered {response.status} to {path}: {body[:300]!r}")
        yield Cost(path, precise_cpu(pids) - before, wall * 1e6)


def told(found: dict[str, Any]) -> list[str]:
    """The lines of the table."""
    lines = []
    for name, goal in GOALS.items() if found else ():
        cost, one = found[name], found["W1"]
        verdict = "reached" if cost["times"] <= goal else "NOT REACHED"
        lines.append(
            f"{name} {TITLES[name]:20s} {cost['times']:.2f} times the CPU of W1 at the median ({cost['p50_us']} us, "
            f"{one['p50_us']} us; mean {cost['mean_us']} us, p95 {cost['p95_us']} us), goal {goal:.0f} {verdict}"
        )
    return lines
