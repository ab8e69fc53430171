"""What measures and adoptions cost: CPU of the statistics by themselves, and of the requests that they are behind.

By themselves, for the goals are of them: a series of 500 points is judged, and drawn. As requests, server and
PostgreSQL together: the same two, ten thousand days as CSV, and a report of having tried something.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from app.core.series import from_text
from app.features.measures.chart_schemas import ChartQuery
from app.features.measures.drawing import drawn
from app.features.measures.series import Seen
from app.features.measures.stored_analysis import Look, analysed_measure
from benchmarks.measure import Bench
from benchmarks.results import adoption_of, days_as_csv, series
from benchmarks.servers import database_cpu, send
from benchmarks.store import say

DAYS = 10_000
# Milliseconds of CPU.
GOALS_MS = {"analysed": 3.0, "drawn": 2.0, "csv": 2_000.0}
TITLES = {
    "analysed": "500 points judged",
    "drawn": "500 points drawn",
    "analysis": "  the analysis as a request",
    "chart": "  the chart as a request",
    "csv": "10,000 observations as CSV",
    "adoption": "an adoption reported",
}


def figures(bench: Bench, facts: dict[str, Any], times: int) -> dict[str, float]:
    """CPU milliseconds of each, the median of five times `times` (of the CSV, of five)."""
    found = {**_by_itself(times), **_as_requests(bench, facts, times)}
    say(", ".join(f"{name} {cost:.2f} ms" for name, cost in found.items()))
    return found


def _middle(times: int, spent: Callable[[], float], do: Callable[[], object]) -> float:
    do()
    rounds = []
    for _ in range(5):
        began = spent()
        for _ in range(times):
            do()
        rounds.append((spent() - began) / times * 1000)
    return round(median(rounds), 3)


def _by_itself(times: int) -> dict[str, float]:
    data = series(500)
    measure = {
        "chart": "xmr", "ruleset": "mdc", "improvement_direction": "increase", "target": 75.0, "baseline_points": None,
        "rebase": "[]", "exclude_on": "[]", "screen_moving_ranges": True, "multiply": 100.0,
        "name": "Seen within a fortnight", "_result_title": "Seen sooner", "unit": "%",
    }  # fmt: skip
    query = ChartQuery()

    def judge() -> Any:
        return analysed_measure(Seen(measure, from_text(data)), Look())

    seen, judged = Seen(measure, from_text(data)), judge()

    def paint() -> str:
        return drawn(seen, judged, [], query)

    return {
        "analysed": _middle(times, time.process_time, judge),
        "drawn": _middle(times, time.process_time, paint),
    }


def _as_requests(bench: Bench, facts: dict[str, Any], times: int) -> dict[str, float]:
    server, about = bench.servers["product"], facts["figures"]
    measure, adoptions = (
        f"/v1/measures/{about['measure']}",
        f"/v1/results/{about['result']}/adoptions",
    )

    def asked(method: str, path: str, token: str, kind: str = "", body: bytes = b"") -> None:
        headers = {"Content-Type": kind} if kind else {}
        status, answer = send(server.port, method, path, headers, body, token)
        if status not in (200, 201):
            raise RuntimeError(f"the product answered {status} to {path}: {answer[:300]!r}")

    def spent() -> float:
        return server.cpu() + database_cpu(bench.port)

    reports = iter(range(10**6))
    reader, author = about["reader"], about["author"]
    found = {
        "analysis": _middle(times, spent, lambda: asked("GET", f"{measure}/analysis", reader)),
        "chart": _middle(times, spent, lambda: asked("GET", f"{measure}/chart.svg", reader)),
        "adoption": _middle(
            times,
            spent,
            lambda: asked(
                "PUT", f"{adoptions}/{about['code']}", reader, "application/json",
                adoption_of(bench.asking.writer, next(reports)),
            ),
        ),
    }  # fmt: skip
    bodies = [days_as_csv(DAYS - number) for number in range(6)]
    found["csv"] = _middle(
        1, spent, lambda: asked("PUT", f"{measure}/observations", author, "text/csv", bodies.pop())
    )
    return found


def told(found: dict[str, float]) -> list[str]:
    """The lines of the table."""
    lines = []
    for name, title in TITLES.items():
        goal = GOALS_MS.get(name)
        verdict = ""
        if goal is not None:
            verdict = f", goal {goal:.0f} " + ("reached" if found[name] <= goal else "NOT REACHED")
        lines.append(f"{title:28s} {found[name]:8.2f} ms of CPU{verdict}")
    return lines
