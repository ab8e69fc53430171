"""`make bench`: the product against the floor, interleaved, with real authentication on.

python -m benchmarks                        everything, as the goals are measured
python -m benchmarks --networks 2000 --rounds 1 --seconds 1   a quick trial
python -m benchmarks --profile W3           where the product's time goes in one workload
"""

import argparse
import asyncio
import json
import platform
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import finding, insight
from benchmarks.equal import check_calendars, check_reading, check_writing
from benchmarks.figures import figures, told
from benchmarks.measure import Bench, Costs, Result, folder, run_costs, run_rounds
from benchmarks.meetings import OCCURRENCES
from benchmarks.profiling import profile
from benchmarks.servers import Server, start, start_serve
from benchmarks.store import measured_database, say
from benchmarks.workloads import GOALS, LIST, TIMES, TITLES, WRITES, Asking, look_up
from benchmarks.world import Sizes, secret_of

MEMORY_MB, START_SECONDS = 110, 2.5
HEAD = (
    "workload                 floor/s product/s  ratio (min - max)    goal            "
    "CPU us a request: floor product | PostgreSQL: floor product"
)
COMPARED = 60  # answers of each workload that are held against each other


def main() -> None:
    """Measure, print the table, write the line."""
    given = _arguments()
    with measured_database(given.database_url, Sizes.of(given.networks)) as url:
        if given.profile:
            print(profile(url, given.profile, given.seconds))
            return
        facts = asyncio.run(look_up(url))
        first, token = f"/v1/networks/{facts['networks'][0]}", secret_of(facts["viewers"][0])
        servers = {
            "floor": start("floor", "benchmarks.floor:make", url, first, None),
            "product": start("product", "benchmarks.product:make", url, first, token),
        }
        try:
            asking = Asking(facts, servers["product"])
            with folder() as path:
                bench = Bench(url, servers, asking, Path(path))
                results = _measured(given, bench)
                sought = {}
                if finding.GOALS.keys() & set(given.workloads):
                    sought = finding.find(bench, given.rounds)
                seen = {}
                if insight.GOALS.keys() & set(given.workloads):
                    seen = insight.measure(bench, facts, given.rounds)
                found = {**_as_a_process(servers["product"]), **_as_served(url, first, token)}
                costs = _calendars(given, bench)
                cpu = figures(bench, facts, max(1, int(given.seconds * 25)))
                found["memory_with_calendars_mb"] = round(servers["product"].peak_memory(), 1)
        finally:
            for server in servers.values():
                server.stop()
    print(
        "\n".join(
            [table(results, costs, found), *told(cpu), *finding.told(sought), *insight.told(seen)]
        )
    )
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "networks": given.networks,
        "rounds": given.rounds,
        "seconds": given.seconds,
        **found,
        "workloads": {result.name: result.summary() for result in results},
        "calendars": costs.summary(),
        "finding": sought,
        "insight": seen,
        "figures_ms": cpu,
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with given.out.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    say(f"written to {given.out}")


def _measured(given: argparse.Namespace, bench: Bench) -> list[Result]:
    """Check that both sides answer the same, then the rounds."""
    sides = (bench.servers["floor"], bench.servers["product"])
    compared = [name for name in given.workloads if name in GOALS]
    for name in compared:
        bench.prepare(name)
        if name in WRITES:
            asked = bench.asking.written(name, 2)
            if name == "W7":
                asked = [asked[0], replace(asked[0], key=asked[1].key)]
            asyncio.run(check_writing(name, bench.url, *sides, asked))
            say(f"{name}: both sides write alike")
        else:
            rows = check_reading(name, *sides, bench.questions[name][:COMPARED])
            say(f"{name}: both sides answer the same, {rows} rows compared")
    return run_rounds(bench, compared, given.rounds, given.seconds)


def _calendars(given: argparse.Namespace, bench: Bench) -> Costs:
    """Calendars by the product alone: their answers are big, so what they take of memory is told apart."""
    rows = check_calendars(bench.servers["product"], bench.asking.calendars())
    say(f"calendars: each has its {rows} occurrences")
    return run_costs(bench, given.rounds, given.seconds)


def _as_a_process(product: Server) -> dict[str, float]:
    """The product's process after all the load."""
    return {
        "memory_mb": round(product.peak_memory(), 1),
        "start_cpu_seconds": round(product.cpu_to_first, 2),
    }


def _as_served(url: str, first: str, token: str) -> dict[str, float]:
    """The same for `qi-networks serve`, which checks the database before it serves."""
    serve = start_serve(url, first, token)
    serve.stop()
    return {"serve_start_cpu_seconds": round(serve.cpu_to_first, 2)}


def table(results: list[Result], costs: Costs, found: dict[str, float]) -> str:
    """The figures as text."""
    lines = [
        "",
        HEAD,
    ]
    for result in results:
        told = result.summary()
        lines.append(
            f"{result.name} {TITLES[result.name]:20s} {told['floor_rps']:8.0f} {told['product_rps']:9.0f}  "
            f"{told['ratio']:.2f} ({told['ratio_min']:.2f} - {told['ratio_max']:.2f})   {told['goal']:.2f} "
            f"{_verdict(told['reached'])} {told['floor_server_us']:24.0f} {told['product_server_us']:7.0f} | "
            f"{told['floor_database_us']:17.0f} {told['product_database_us']:7.0f}"
        )
    lines += _told(costs.summary())
    memory, started = found["memory_mb"], found["start_cpu_seconds"]
    lines += [
        f"peak memory of the product {memory:.0f} MB, goal {MEMORY_MB} {_verdict(memory <= MEMORY_MB)}",
        f"  after calendars too {found['memory_with_calendars_mb']:.0f} MB",
        f"CPU to its first 200 {started:.2f} s, goal {START_SECONDS} {_verdict(started <= START_SECONDS)}",
        f"  with the checks of `qi-networks serve` {found['serve_start_cpu_seconds']:.2f} s",
    ]
    return "\n".join(lines)


def _told(told: dict[str, float]) -> list[str]:
    return [
        f"calendar of {OCCURRENCES} {what:15s} {told[f'{name}_times']:.2f} times the CPU of a list of 50 "
        f"({told[f'{name}_us']:.0f} us, {told[f'{LIST}_us']:.0f} us), goal {TIMES:.0f} "
        f"{_verdict(told[f'{name}_times'] <= TIMES)}"
        for name, what in (("singles", "single meetings"), ("series", "of series"))
    ]


def _verdict(reached: bool) -> str:  # noqa: FBT001 - it is the verdict
    return "reached    " if reached else "NOT REACHED"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.split("\n")[0]
    )
    names = [*GOALS, *finding.GOALS, *insight.GOALS]
    parser.add_argument(
        "--networks", type=int, default=20_000, help="people are 10 times, spells 20 times as many"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--seconds", type=float, default=4.0, help="of load, a side and workload in each round"
    )
    parser.add_argument("--workloads", nargs="+", choices=names, default=names)
    parser.add_argument(
        "--database-url", help="measure on this database; it is filled when it is empty"
    )
    parser.add_argument(
        "--out", type=Path, default=Path(".bench/results.jsonl"), help="a line is added to it"
    )
    parser.add_argument(
        "--profile", choices=sorted(GOALS), help="profile the product in one workload instead"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
