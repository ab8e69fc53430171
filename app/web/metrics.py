"""What a worker counts of itself, and how Prometheus reads it.

Plain integers in plain dictionaries: a request costs about a microsecond here, and three with the usual client library
(docs/decisions/0017).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

# Seconds; the last bucket is all the rest.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MEDIA_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
NO_OPERATION = "none"  # an address or a method that is not there
Sample = tuple[Mapping[str, str], float]


@dataclass(slots=True)
class Tally:
    """The answers of one operation."""

    statuses: list[int] = field(default_factory=lambda: [0] * 6)  # by the first digit
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0

    def add(self, status: int, seconds: float) -> None:
        """One answer more."""
        self.statuses[status // 100] += 1
        self.buckets[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


@dataclass(slots=True)
class Metrics:
    """All that a worker counts."""

    operations: dict[str, Tally] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)  # by reason
    jobs: Counter[tuple[str, str]] = field(default_factory=Counter)  # by job and outcome
    in_flight: Callable[[], int] = int

    def operation(self, name: str) -> Tally:
        """The tally of an operation."""
        return self.operations.setdefault(name, Tally())

    def job(self, name: str, outcome: str) -> None:
        """A job has run."""
        self.jobs[name, outcome] += 1


def requests(metrics: Metrics) -> Iterator[str]:
    """The lines of requests, refusals and jobs."""
    tallies = sorted(metrics.operations.items())
    yield from family(
        "qi_requests_total",
        "counter",
        "Requests answered, by operation and class of status.",
        [
            ({"operation": name, "status": f"{digit}xx"}, count)
            for name, tally in tallies
            for digit, count in enumerate(tally.statuses)
            if count
        ],
    )
    yield from _histogram(tallies)
    yield from family(
        "qi_requests_refused_total",
        "counter",
        "Requests refused before anybody looked at what they ask, by reason.",
        [({"reason": reason}, count) for reason, count in sorted(metrics.refused.items())],
    )
    yield from family(
        "qi_job_runs_total",
        "counter",
        "Runs of jobs, by outcome.",
        [
            ({"job": job, "outcome": outcome}, count)
            for (job, outcome), count in sorted(metrics.jobs.items())
        ],
    )


def _histogram(tallies: list[tuple[str, Tally]]) -> Iterator[str]:
    name = "qi_request_seconds"
    yield f"# HELP {name} Time from the request's head to its answer, by operation."
    yield f"# TYPE {name} histogram"
    for operation, tally in tallies:
        total = 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), tally.buckets, strict=True):
            total += count
            yield f'{name}_bucket{{operation="{operation}",le="{bound}"}} {total}'
        yield f'{name}_sum{{operation="{operation}"}} {tally.seconds:.6f}'
        yield f'{name}_count{{operation="{operation}"}} {total}'


def family(name: str, kind: str, said: str, samples: Sequence[Sample]) -> Iterator[str]:
    """One metric; values of labels are ours, never a client's."""
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        spelt = ",".join(f'{label}="{text}"' for label, text in labels.items())
        yield f"{name}{{{spelt}}} {value}" if spelt else f"{name} {value}"
