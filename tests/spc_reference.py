"""Cases of the reference packages, and what an analysis differs in from them."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app.spc import Point, Request

Json = dict[str, Any]
DATA = Path(__file__).parent / "data" / "spc"
PLOT_THE_DOTS = ("nhsrplotthedots_reference", "nhsrplotthedots_ae_reference")
CLOSE = 1e-9
SIGMA = ("above_upper_limit", "below_lower_limit")
# What the packages call a rule, begun.
SIGNALS = {
    "Common Cause": None,
    "Above UCL": "above_upper_limit",
    "Below LCL": "below_lower_limit",
    "7 Point Trend": "trend",
    "2 in 3": "two_of_three",
    "7 Points": "shift",
}
RUNS = {
    "count": "n_obs",
    "longest_run": "longest_run",
    "longest_run_max": "longest_run_max",
    "crossings": "n_crossings",
    "crossings_min": "n_crossings_min",
    "runs_signal": "runs_signal",
}


@dataclass
class Compared:
    """How much was held against a reference."""

    cases: int = 0
    points: int = 0
    figures: int = 0


@cache
def cases(name: str) -> list[Json]:
    """All cases of one file."""
    text = gzip.decompress((DATA / f"{name}.json.gz").read_bytes())
    found: list[Json] = json.loads(text)["cases"]
    return found


def dots_request(case: Json) -> Json:
    """A case of NHSRplotthedots as a body of POST /v1/analysis."""
    options, given = case["options"], case["input"]
    return {
        "chart": "xmr",
        "ruleset": "mdc",
        "improvement_direction": options["improvement_direction"],
        "points": [
            {"on": on, "value": value}
            for on, value in zip(given["dates"], given["values"], strict=True)
        ],
        "target": options["target"],
        "baseline_points": options["fix_after_n_points"],
        "rebase_on": options["rebase_dates"] or [],
        "screen_moving_ranges": options["screen_outliers"],
    }


def shewhart_request(case: Json) -> Json:
    """A case of qicharts2 as a body, but for a centre line that is given; its points get days of their own."""
    options, given = case["options"], case["input"]
    days = [(date(2020, 1, 1) + timedelta(days=7 * n)).isoformat() for n in range(len(given["y"]))]
    points: list[Json] = [{"on": on, "value": y} for on, y in zip(days, given["y"], strict=True)]
    if given["n"] is not None:
        points = [
            {"on": on, "numerator": y, "denominator": n}
            for on, y, n in zip(days, given["y"], given["n"], strict=True)
        ]
    return {
        "chart": options["chart"],
        "ruleset": "anhoej",
        "points": points,
        "baseline_points": options["freeze"],
        "rebase_on": [days[split] for split in options["part"] or []],
        "exclude_on": [days[place - 1] for place in options["exclude"] or []],
        "multiply": options["multiply"],
        "screen_moving_ranges": options["screened_mr"],
    }


def as_request(body: Json, **more: Any) -> Request:
    """The same for Python."""
    points = [Point(**point) for point in body["points"]]
    return Request(**{**body, "points": points}, **more)


def same(ours: float | None, theirs: float | None) -> bool:
    """Equal within 1e-9, of what is larger than 1 as a share; what does not exist is not 0."""
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return abs(ours - theirs) <= CLOSE * max(1.0, abs(theirs))


def _figures(
    points: list[Json], expected: Mapping[str, Any], names: Mapping[str, str], compared: Compared
) -> Iterator[str]:
    for place, point in enumerate(points):
        compared.points += 1
        for ours, theirs in names.items():
            compared.figures += 1
            if not same(point[ours], expected[theirs][place]):
                yield f"point {place}: {ours} {point[ours]}, not {expected[theirs][place]}"


def _signal(theirs: str) -> str | None:
    return next(ours for begun, ours in SIGNALS.items() if theirs.startswith(begun))


def unlike_dots(case: Json, document: Json, compared: Compared) -> list[str]:
    """What differs from NHSRplotthedots: lines, flags, meanings, icons, warnings."""
    compared.cases += 1
    expected = case["expected"]["points"]
    names = {"value": "y", "centre_line": "mean_col", "lower_limit": "lpl", "upper_limit": "upl"}
    found = list(_figures(document["points"], expected, names, compared))
    for place, point in enumerate(document["points"]):
        said = (point["on"], point["group"], point["signal"], point["meaning"])
        theirs = (
            expected["x"][place],
            expected["rebase_group"][place],
            _signal(expected["special_cause_type"][place]),
            expected["point_type"][place].removeprefix("special_cause_"),
        )
        if said != theirs:
            found.append(f"point {place}: {said}, not {theirs}")
    counts = [group["count"] for group in document["groups"]]
    if counts != [group["n"] for group in case["expected"]["summary"]]:
        found.append(f"groups of {counts}")
    icons = case["expected"]["icons"]
    warnings = [code for code in document["warnings"] if code != "baseline_not_complete"]  # ours
    verdict = (document["variation"], document["assurance"], warnings)
    warned = ["short_group"] if case.get("warnings") else []
    if verdict != (icons["variation"], icons.get("assurance"), warned):
        found.append(f"{verdict}, not {icons} with {warned}")
    return found


def unlike_shewhart(case: Json, document: Json, compared: Compared) -> list[str]:
    """What differs from qicharts2: lines, sigma signals, runs."""
    compared.cases += 1
    expected = case["expected"]["points"]
    names = {"value": "y", "centre_line": "cl", "lower_limit": "lcl", "upper_limit": "ucl"}
    found = list(_figures(document["points"], expected, names, compared))
    for place, point in enumerate(document["points"]):
        if (point["signal"] in SIGMA) != expected["sigma_signal"][place]:
            found.append(f"point {place}: {point['signal']}")
        if point["group"] + 1 != expected["part"][place]:
            found.append(f"point {place}: in group {point['group']}")
        group = document["groups"][point["group"]]
        for ours, theirs in RUNS.items():
            if group[ours] != expected[theirs][place]:
                found.append(f"point {place}: {ours} {group[ours]}, not {expected[theirs][place]}")
    return found
