"""The rows of measures: whoever sees the result reads them, small numbers apart, and its authors write them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import oracle, result_oracle
from tests.permissions.facts import Actor, Facts, Shared
from tests.permissions.meeting_world import TRIED
from tests.permissions.oracle import Outcome
from tests.permissions.result_world import FIGURES, SMALL_AT, shared_towards
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]


def _as_read(actor: Actor, facts: Facts, one: Shared, item: Json) -> str:
    """What is wrong with a measure as this actor reads it."""
    expected: Json = {
        "id": one.measure_id,
        "result_id": one.id,
        "network_id": facts.nets[one.net].id,
        "name": f"Of {one.marks['measure']}",
        "observation_count": len(FIGURES),
    }
    if "actions" in item:
        may = result_oracle.wrote(actor, one) and "results:write" in actor.scopes
        verbs = ["update", "delete", "write_observations"]
        expected["actions"] = verbs if may and not facts.nets[one.net].archived else []
    wrong = [name for name, value in expected.items() if item[name] != value]
    return f"{one.key}: {wrong}" if wrong else ""


def _read(
    facts: Facts, operation: str, after: str = "", check: Any = None, *kinds: str
) -> Iterator[Cell]:
    """GET by whoever sees the result."""
    for label, actor, one in shared_towards(facts, *kinds):
        end = oracle.gate(actor, "results:read", sign_in=False)
        end = end or result_oracle.there(facts, actor, one)
        looked = end is None and result_oracle.recorded(facts, actor, one)
        yield Cell(
            operation, label, one.net, actor, "GET", f"/v1/measures/{one.measure_id}{after}", end or (200, None),
            one.kind, ghost=one.measure_id, recorded=(facts.nets[one.net].id,) if looked else (),
            check=partial(check, actor, facts, one) if check else None,
        )  # fmt: skip


@rows_of("getMeasure")
def get_measure(facts: Facts) -> Iterator[Cell]:
    """Of every kind of result."""
    yield from _read(facts, "getMeasure", "", _as_read)


def _figures(actor: Actor, _facts: Facts, one: Shared, document: Json) -> str:
    """Small numbers are for authors: not for facilitators, not for operators."""
    mine = result_oracle.wrote(actor, one)
    wrong = []
    for at, (given, told) in enumerate(zip(FIGURES, document["observations"], strict=True)):
        shown = mine or at not in SMALL_AT
        if (told["numerator"], told["suppressed"]) != (given[1] if shown else None, not shown):
            wrong.append(told["on"])
    return f"{one.key}: {wrong}" if wrong else ""


@rows_of("listObservations")
def list_observations(facts: Facts) -> Iterator[Cell]:
    """The figures that this actor may read."""
    yield from _read(facts, "listObservations", "/observations", _figures)


def _analysis(actor: Actor, _facts: Facts, one: Shared, document: Json) -> str:
    """Made of what is read, and of nothing else."""
    mine = result_oracle.wrote(actor, one)
    shown = [row[0] for at, row in enumerate(FIGURES) if mine or at not in SMALL_AT]
    wrong = [point["on"] for point in document["points"]] != shown
    return f"{one.key}: {len(document['points'])} points" if wrong else ""


@rows_of("getMeasureAnalysis")
def get_measure_analysis(facts: Facts) -> Iterator[Cell]:
    """The verdict."""
    yield from _read(facts, "getMeasureAnalysis", "/analysis", _analysis)


@rows_of("getMeasureChartSvg")
def get_measure_chart_svg(facts: Facts) -> Iterator[Cell]:
    """The chart."""
    yield from _read(facts, "getMeasureChartSvg", "/chart.svg")


@rows_of("getMeasureChartPng")
def get_measure_chart_png(facts: Facts) -> Iterator[Cell]:
    """The chart as pixels, which take long to draw: of results that few people see."""
    yield from _read(facts, "getMeasureChartPng", "/chart.png", None, "kept")


@rows_of("listMeasures")
def list_measures(facts: Facts) -> Iterator[Cell]:
    """Of a network, and of one result."""
    for key in TRIED:
        net = facts.nets[key]
        every = [one for one in facts.results.values() if one.net == key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "results:read", sign_in=False)
            seen = [] if end else [o for o in every if result_oracle.sees(facts, actor, o)]
            ways: list[tuple[str, Json, list[Shared]]] = [
                ("all", {"network_id": net.id}, seen),
                ("latest", {"network_id": net.id, "sort": "-updated_on"}, seen),
                ("process", {"network_id": net.id, "kind": "process"}, []),
            ]
            ways += [
                (one.kind, {"result_id": one.id}, [one] if one in seen else []) for one in every
            ]
            for variant, params, found in ways:
                looked = found and oracle.recorded(facts, actor, net)
                yield Cell(
                    "listMeasures", label, key, actor, "GET", "/v1/measures", end or (200, None), variant,
                    params={**params, "limit": 100}, recorded=(net.id,) if looked else (),
                    check=partial(_list, facts, actor, found),
                )  # fmt: skip


def _list(facts: Facts, actor: Actor, expected: list[Shared], document: Json) -> str:
    items = {item["id"]: item for item in document["items"]}
    wrong = same_sets(set(items), {one.measure_id for one in expected}, {})
    return wrong or next(
        filter(None, (_as_read(actor, facts, one, items[one.measure_id]) for one in expected)), ""
    )


def _written(
    facts: Facts, operation: str, method: str, after: str, done: Outcome, json: Json | None
) -> Iterator[Cell]:
    """What the authors of the result alone do."""
    for label, actor, one in shared_towards(facts):
        end = oracle.gate(actor, "results:write") or result_oracle.keeps(facts, actor, one)
        yield Cell(
            operation, label, one.net, actor, method, f"/v1/measures/{one.measure_id}{after}", end or done, one.kind,
            json, ghost=one.measure_id,
        )  # fmt: skip


@rows_of("createMeasure")
def create_measure(facts: Facts) -> Iterator[Cell]:
    """By authors."""
    for label, actor, one in shared_towards(facts):
        end = oracle.gate(actor, "results:write") or result_oracle.keeps(facts, actor, one)
        yield Cell(
            "createMeasure", label, one.net, actor, "POST", "/v1/measures", end or (201, None), one.kind,
            {"result_id": one.id, "name": "Another"}, ghost=one.id,
        )  # fmt: skip


@rows_of("updateMeasure")
def update_measure(facts: Facts) -> Iterator[Cell]:
    """By authors."""
    yield from _written(facts, "updateMeasure", "PATCH", "", (200, None), {"target": 5})


@rows_of("deleteMeasure")
def delete_measure(facts: Facts) -> Iterator[Cell]:
    """By authors; of a story the last one too."""
    yield from _written(facts, "deleteMeasure", "DELETE", "", (204, None), None)


@rows_of("putObservations")
def put_observations(facts: Facts) -> Iterator[Cell]:
    """By authors."""
    body = {"observations": [{"on": "2024-01-01", "numerator": 3, "denominator": 80}]}
    yield from _written(facts, "putObservations", "PUT", "/observations", (200, None), body)
