"""From counts to what may be told: ICB by ICB, then a region as the sum of its ICBs."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from app.core.adoption_counts import STAGES
from app.features.coverage.hiding import kept_back, number_of, share_of
from app.features.coverage.queries import KINDS

Row = dict[str, Any]
# By kind of organisation and ICB; the key of what lies in no ICB is None.
Cells = Counter[tuple[str, str | None]]


def _cells(rows: Iterable[Row]) -> Cells:
    return Counter({(row["kind"], row["icb"]): int(row["number"]) for row in rows})


def _of_icb(totals: Cells, covered: Cells, every: Cells, icb: str | None, threshold: int) -> Row:
    return {
        name: share_of(covered[kind, icb], totals[kind, icb], threshold, every=every[kind, icb])
        for kind, name in KINDS.items()
    }


def _reached(
    totals: Cells, covered: Cells, every: Cells, threshold: int
) -> tuple[Row, dict[str | None, Row]]:
    """The figures of the whole patch, and of each ICB in it; `every` are those of all topics together."""
    icbs: list[str | None] = sorted({icb for _, icb in totals}, key=lambda code: code or "")
    parts = {icb: _of_icb(totals, covered, every, icb, threshold) for icb in icbs}
    whole = {
        name: share_of(
            sum(covered[kind, icb] for icb in icbs),
            sum(totals[kind, icb] for icb in icbs),
            threshold,
            parts=(part[name] for part in parts.values()),
        )
        for kind, name in KINDS.items()
    }
    return whole, parts


def _by_topic(totals: Cells, every: Cells, rows: Iterable[Row], threshold: int) -> list[Row]:
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        by_code.setdefault(row["topic"], []).append(row)
    return [
        {
            "code": code,
            "label": found[0]["label"],
            **_reached(totals, _cells(found), every, threshold)[0],
        }
        for code, found in sorted(by_code.items())
    ]


def _spread(counts: dict[str, list[Row]], threshold: int) -> Row:
    """Stages add up to adoptions, ICBs to the patch: what is left out of a part is left out of the sum."""
    by_icb: dict[str | None, Counter[str]] = {}
    for row in counts["stages"]:
        by_icb.setdefault(row["icb"], Counter())[row["stage"]] = int(row["number"])
    summed: Counter[str] = Counter()
    hidden: set[str] = set()
    total_hidden = False
    for cells in by_icb.values():
        summed.update(cells)
        back = kept_back(cells, threshold)
        hidden |= back
        total_hidden |= back == set(cells)
    hidden |= kept_back(summed, threshold)
    total_hidden |= bool(summed) and hidden >= set(summed)
    adopters = [number_of(int(row["number"]), threshold) for row in counts["adopters"]]
    organisations = sum(int(row["number"]) for row in counts["adopters"])
    stages = [
        {
            "stage": stage,
            "value": None if stage in hidden else summed[stage],
            "suppressed": stage in hidden,
        }
        for stage in STAGES
    ]
    adoptions = number_of(summed.total(), threshold)
    if total_hidden:
        adoptions = {"value": None, "suppressed": True}
    return {
        "organisations": number_of(organisations, threshold, parts=adopters),
        "results": number_of(int(counts["taken_up"][0]["number"]), threshold),
        "adoptions": adoptions,
        "stages": stages,
    }


def summed_up(counts: dict[str, list[Row]], threshold: int) -> Row:
    """The document of a patch but for its name."""
    totals = _cells(counts["totals"])
    covered = _cells(counts["covered"])
    every = _cells(counts["every"]) if "every" in counts else covered
    whole, parts = _reached(totals, covered, every, threshold)
    names = {row["code"]: row["name"] for row in counts.get("names", ())}
    of_icbs = [
        {"code": icb, "name": names.get(icb), **part}
        for icb, part in parts.items()
        if icb is not None and "names" in counts
    ]
    return {
        "threshold": threshold,
        **whole,
        "topics": _by_topic(totals, every, counts.get("topics", ()), threshold),
        "icbs": of_icbs,
        "spread": _spread(counts, threshold),
    }
