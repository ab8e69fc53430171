"""`make bench` in small: both sides answer alike, all workloads run, and a difference would be noticed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.equal import difference, plain
from benchmarks.figures import GOALS_MS
from benchmarks.insight import GOALS as INSIGHT
from benchmarks.workloads import GOALS
from tests.postgres import PostgresServer

ROOT = Path(__file__).parent.parent


def test_a_small_run_measures_every_workload(postgres: PostgresServer, tmp_path: Path) -> None:
    postgres.create_database("small_benchmark")
    out = tmp_path / "results.jsonl"
    options = ["--networks", "400", "--rounds", "1", "--seconds", "0.2", "--out", str(out)]
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "--database-url",
        postgres.url("small_benchmark"),
    ]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    postgres.drop_database("small_benchmark")
    assert done.returncode == 0, done.stdout + done.stderr
    line = json.loads(out.read_text())
    assert set(line["workloads"]) == set(GOALS)
    assert all(each["product_rps"] > 0 for each in line["workloads"].values())
    assert all(cost > 0 for cost in line["figures_ms"].values())
    assert set(line["figures_ms"]) >= set(GOALS_MS)
    assert all(line["insight"][name]["cpu_ms"] > 0 for name in INSIGHT)
    assert line["memory_mb"] > 0
    assert line["start_cpu_seconds"] > 0


@pytest.mark.parametrize(
    ("ours", "theirs", "where"),
    [
        ({"a": 1}, {"a": 2}, "/a: 1 and 2"),
        ({"a": 1}, {"b": 1}, "fields"),
        ({"items": [{"x": 1}, {"x": 2}]}, {"items": [{"x": 1}]}, "2 and 1 items"),
        ({"items": [{"x": 1}]}, {"items": [{"x": None}]}, "/items/0/x"),
        ({"at": "2026-01-01T00:00:00Z"}, {"at": "2026-01-01T00:00:01+00:00"}, "/at"),
    ],
)
def test_a_difference_between_the_sides_is_noticed(
    ours: object, theirs: object, where: str
) -> None:
    assert where in str(difference(plain(ours), plain(theirs)))


def test_the_same_said_in_another_form_is_the_same() -> None:
    ours = {"at": "2026-01-01T09:00:00.500000Z", "km": 1.23456789, "next_cursor": "x"}
    theirs = {"at": "2026-01-01T09:00:00.5+00:00", "km": 1.234567891}
    assert difference(plain(ours), plain(theirs)) is None
