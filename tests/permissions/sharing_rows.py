"""The rows of PDSA cycles, feedback and adoptions: who sees the result reads them, who wrote each changes it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import oracle, result_oracle
from tests.permissions.cast import icb
from tests.permissions.facts import Actor, Facts, Shared
from tests.permissions.meeting_oracle import leads
from tests.permissions.meeting_world import TRIED
from tests.permissions.oracle import Outcome, refused
from tests.permissions.result_world import WITH_PARTS, shared_towards
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]
PATHS = {"pdsa_cycle": "/v1/pdsa-cycles", "feedback": "/v1/feedback", "adoption": "/v1/adoptions"}


def _recorded(facts: Facts, actor: Actor, one: Shared, end: Outcome | None) -> tuple[str, ...]:
    looked = end is None and result_oracle.recorded(facts, actor, one)
    return (facts.nets[one.net].id,) if looked else ()


def _facilitates(actor: Actor, one: Shared) -> bool:
    """Who gave the feedback and reported the adoption."""
    return actor.person == f"{one.net}: facilitator"


def _as_read(actor: Actor, one: Shared, kind: str, item: Json) -> str:
    """Whose it is, is told to them alone."""
    expected: Json = {"id": result_oracle.part_id(one, kind), "result_id": one.id}
    if kind != "pdsa_cycle":
        expected["mine"] = _facilitates(actor, one)
    if kind == "feedback":
        named = item["author"] is not None
        return "" if named == _facilitates(actor, one) else "names who said it"
    wrong = [name for name, value in expected.items() if item[name] != value]
    return f"{one.key}: {wrong}" if wrong else ""


def _read(facts: Facts, operation: str, kind: str) -> Iterator[Cell]:
    for label, actor, one in shared_towards(facts, *WITH_PARTS):
        end = oracle.gate(actor, "results:read", sign_in=False)
        end = end or result_oracle.there(facts, actor, one)
        found = result_oracle.part_id(one, kind)
        yield Cell(
            operation, label, one.net, actor, "GET", f"{PATHS[kind]}/{found}", end or (200, None), one.kind,
            ghost=found, recorded=_recorded(facts, actor, one, end), check=partial(_as_read, actor, one, kind),
        )  # fmt: skip


def _list(facts: Facts, operation: str, kind: str) -> Iterator[Cell]:
    for key in TRIED:
        net = facts.nets[key]
        every = [facts.results[f"{key}: {name}"] for name in WITH_PARTS]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "results:read", sign_in=False)
            seen = [] if end else [o for o in every if result_oracle.sees(facts, actor, o)]
            ids = {result_oracle.part_id(one, kind) for one in seen}
            looked = seen and oracle.recorded(facts, actor, net)
            yield Cell(
                operation, label, key, actor, "GET", PATHS[kind], end or (200, None), "all",
                params={"network_id": net.id, "limit": 100}, recorded=(net.id,) if looked else (),
                check=partial(_listed, ids),
            )  # fmt: skip


def _listed(expected: set[str], document: Json) -> str:
    return same_sets({item["id"] for item in document["items"]}, expected, {})


@rows_of("getPdsaCycle")
def get_pdsa_cycle(facts: Facts) -> Iterator[Cell]:
    """Whoever sees the result."""
    yield from _read(facts, "getPdsaCycle", "pdsa_cycle")


@rows_of("getFeedback")
def get_feedback(facts: Facts) -> Iterator[Cell]:
    """Whoever sees the result, and nobody learns who said it."""
    yield from _read(facts, "getFeedback", "feedback")


@rows_of("getAdoption")
def get_adoption(facts: Facts) -> Iterator[Cell]:
    """Whoever sees the result, and nobody learns who reported it."""
    yield from _read(facts, "getAdoption", "adoption")


@rows_of("listPdsaCycles")
def list_pdsa_cycles(facts: Facts) -> Iterator[Cell]:
    """Of the results that one sees."""
    yield from _list(facts, "listPdsaCycles", "pdsa_cycle")


@rows_of("listFeedback")
def list_feedback(facts: Facts) -> Iterator[Cell]:
    """Of the results that one sees."""
    yield from _list(facts, "listFeedback", "feedback")


@rows_of("listAdoptions")
def list_adoptions(facts: Facts) -> Iterator[Cell]:
    """Of the results that one sees."""
    yield from _list(facts, "listAdoptions", "adoption")


def _kept(
    facts: Facts, operation: str, method: str, kind: str, json: Json | None = None
) -> Iterator[Cell]:
    """What authors of the result do with cycles, and who gave feedback or reported with theirs."""
    done: Outcome = (204, None) if method == "DELETE" else (200, None)
    for label, actor, one in shared_towards(facts, *WITH_PARTS):
        end = oracle.gate(actor, "results:write") or result_oracle.there(facts, actor, one)
        own = result_oracle.wrote(actor, one) if kind == "pdsa_cycle" else _facilitates(actor, one)
        end = end or (None if own else refused("forbidden"))
        end = end or oracle.still_open(facts.nets[one.net])
        found = result_oracle.part_id(one, kind)
        yield Cell(
            operation, label, one.net, actor, method, f"{PATHS[kind]}/{found}", end or done, one.kind, json,
            ghost=found,
        )  # fmt: skip


@rows_of("updatePdsaCycle")
def update_pdsa_cycle(facts: Facts) -> Iterator[Cell]:
    """Authors of the result."""
    yield from _kept(facts, "updatePdsaCycle", "PATCH", "pdsa_cycle", {"act": "Again"})


@rows_of("deletePdsaCycle")
def delete_pdsa_cycle(facts: Facts) -> Iterator[Cell]:
    """Authors of the result."""
    yield from _kept(facts, "deletePdsaCycle", "DELETE", "pdsa_cycle")


@rows_of("updateFeedback")
def update_feedback(facts: Facts) -> Iterator[Cell]:
    """Who gave it, facilitators not."""
    yield from _kept(facts, "updateFeedback", "PATCH", "feedback", {"text": "Thanks."})


@rows_of("deleteFeedback")
def delete_feedback(facts: Facts) -> Iterator[Cell]:
    """Who gave it, facilitators not."""
    yield from _kept(facts, "deleteFeedback", "DELETE", "feedback")


@rows_of("deleteAdoption")
def delete_adoption(facts: Facts) -> Iterator[Cell]:
    """Who reported it last."""
    yield from _kept(facts, "deleteAdoption", "DELETE", "adoption")


@rows_of("createPdsaCycle")
def create_pdsa_cycle(facts: Facts) -> Iterator[Cell]:
    """Authors of the result, in every state that it is in."""
    for label, actor, one in shared_towards(facts):
        end = oracle.gate(actor, "results:write") or result_oracle.keeps(facts, actor, one)
        yield Cell(
            "createPdsaCycle", label, one.net, actor, "POST", "/v1/pdsa-cycles", end or (201, None), one.kind,
            {"result_id": one.id, "plan": "To ask"}, ghost=one.id,
        )  # fmt: skip


@rows_of("giveFeedback")
def give_feedback(facts: Facts) -> Iterator[Cell]:
    """Whoever sees a published result and is signed in."""
    for label, actor, one in shared_towards(facts):
        end = oracle.gate(actor, "results:write") or result_oracle.there(facts, actor, one)
        end = end or oracle.still_open(facts.nets[one.net]) or _published(one)
        yield Cell(
            "giveFeedback", label, one.net, actor, "POST", "/v1/feedback", end or (201, None), one.kind,
            {"result_id": one.id, "kind": "thanks", "text": "Well done."}, ghost=one.id,
        )  # fmt: skip


def _published(one: Shared) -> Outcome | None:
    return None if one.status == "published" else refused("result_not_published")


@rows_of("reportAdoption")
def report_adoption(facts: Facts) -> Iterator[Cell]:
    """Facilitators and operators for an organisation that nobody here belongs to; and not for the authors' own."""
    for label, actor, one in shared_towards(facts):
        net = facts.nets[one.net]
        told = one.attribution != "network_only"
        for variant, code in (("other", icb(net.number + 1)), ("own", one.organisation)):
            end = oracle.gate(actor, "results:write") or result_oracle.there(facts, actor, one)
            if variant == "own" and not (actor.operates or leads(facts, actor, one.net)):
                continue  # somebody may belong there
            if not (actor.operates or leads(facts, actor, one.net)):
                end = end or (403, "not_your_organisation")
            end = end or oracle.still_open(net) or _published(one)
            if variant == "own" and told:
                end = end or refused("own_organisation")
            yield Cell(
                "reportAdoption", label, one.net, actor, "PUT", f"/v1/results/{one.id}/adoptions/{code}",
                end or (201, None), f"{variant} {one.kind}", {"stage": "planning"}, ghost=one.id,
            )  # fmt: skip
