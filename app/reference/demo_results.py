"""The results of the demo's networks: one that improved things, one that changed nothing, one that was given up.

Plain data like the rest of the demo (`app.reference.demo`). The stories are invented; their figures are real ones of
departments that are not named (demo_ae_series.csv). What people send is kept as they would send it to the API.
"""

import csv
import json
from dataclasses import dataclass
from typing import Any

from app.reference.load import shipped_text

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoMeasure:
    """A measure, and the name of its series."""

    series: str
    body: Body


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to feedback."""

    by: str
    days_ago: int
    text: str


@dataclass(frozen=True, slots=True)
class DemoFeedback:
    """What somebody said; `attribution` None is what the API takes by itself."""

    by: str
    days_ago: int
    kind: str
    text: str
    attribution: str | None
    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class DemoAdoption:
    """What somebody reported of their organisation."""

    by: str
    organisation: str
    days_ago: int
    body: Body


@dataclass(frozen=True, slots=True)
class DemoResult:
    """A result that was published so many days before the loading; a draft where `days_ago` is None.

    `team` are its other authors. Publishing accepts `conduct_version` of the network's
    code; None where it was accepted before.
    """

    key: str
    network: str
    by: str
    team: tuple[str, ...]
    days_ago: int | None
    conduct_version: int | None
    body: Body
    measures: tuple[DemoMeasure, ...]
    cycles: tuple[Body, ...]
    feedback: tuple[DemoFeedback, ...]
    adoptions: tuple[DemoAdoption, ...]


@dataclass(frozen=True, slots=True)
class DemoConduct:
    """A code of conduct of a network's own, and who accepted it by itself."""

    network: str
    days_ago: int
    text: str
    accepted_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """Feedback on a result (its place there) that was reported, and what was decided."""

    by: str
    days_ago: int
    result: str
    feedback: int
    reason: str
    detail: str
    decided_by: str
    decided_days_ago: int
    decision: str
    note: str
    hide: bool


@dataclass(frozen=True, slots=True)
class DemoResults:
    """All that the demo's networks share."""

    conduct: tuple[DemoConduct, ...]
    results: tuple[DemoResult, ...]
    reports: tuple[DemoReport, ...]


def read_demo_results() -> DemoResults:
    """Return what the invented networks share."""
    found = json.loads(shipped_text("demo_results.json"))
    return DemoResults(
        tuple(
            DemoConduct(**one | {"accepted_by": tuple(one["accepted_by"])})
            for one in found["conduct"]
        ),
        tuple(_result(one) for one in found["results"]),
        tuple(DemoReport(**one) for one in found["reports"]),
    )


def read_demo_series() -> dict[str, list[Body]]:
    """Return the real series that illustrate the results, by name: observations in order of day."""
    found: dict[str, list[Body]] = {}
    for row in csv.DictReader(shipped_text("demo_ae_series.csv").splitlines(), strict=True):
        counts = {name: int(row[name]) for name in ("numerator", "denominator")}
        found.setdefault(row["series"], []).append({"on": row["on"], **counts})
    return found


def _result(entry: Body) -> DemoResult:
    given = dict(entry)
    parts = {
        "team": tuple(given.pop("with")),
        "measures": tuple(DemoMeasure(**one) for one in given["measures"]),
        "cycles": tuple(given["cycles"]),
        "feedback": tuple(_feedback(one) for one in given["feedback"]),
        "adoptions": tuple(DemoAdoption(**one) for one in given["adoptions"]),
    }
    return DemoResult(**given | parts)


def _feedback(entry: Body) -> DemoFeedback:
    return DemoFeedback(**entry | {"answers": tuple(Answered(**one) for one in entry["answers"])})
