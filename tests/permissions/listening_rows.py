"""The rows of surveys and assessments, and these themselves: inside a network, led by facilitators, answered by all."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import orjson

from app.core.changes import Told, create
from app.core.survey_questions import CHOICES, QUESTIONS
from app.core.work import House, Work, perform
from app.models import SurveyCount, SurveyPart
from tests.permissions import meeting_oracle, oracle
from tests.permissions.cast import mark
from tests.permissions.charter_rows import noted, read_inside
from tests.permissions.facts import Actor, Facts, Helped
from tests.permissions.meeting_world import TRIED
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, personas, rows_of, same_sets
from tests.targets import ASSESSED

Json = dict[str, Any]
DAYS = {"planned": (5, 6), "open": (-1, 1), "closed": (-3, -2)}  # from today


async def listen(house: House, facts: Facts) -> None:
    """In each network a round that is planned, one that is open, one that is closed, and an assessment."""

    async def command(work: Work) -> None:
        for key in TRIED:
            for state in DAYS:
                _write(
                    work, facts, Helped("", "survey_round", key, f"{key}: facilitator", of=state)
                )
            _write(work, facts, Helped("", "assessment", key, f"{key}: facilitator"))

    await perform(house, command)


def _write(work: Work, facts: Facts, one: Helped) -> None:
    one.id, word = work.new_id(), mark(68_000 + len(facts.helped))
    one.marks = {"said": word}
    network_id = facts.nets[one.net].id
    row: Json = {
        "id": one.id, "network_id": network_id, "created_by": facts.people[one.person].id
    }  # fmt: skip
    if one.kind == "survey_round":
        opens, closes = (work.now + timedelta(days=days) for days in DAYS[one.of])
        row |= {
            "title": f"How {word}",
            "questions_version": 1,
            "opens_at": opens,
            "closes_at": closes,
        }
    else:
        levels = {c: {**_LEVEL, "notes": f"On {word}"} for c in ASSESSED["levels"]}
        row |= {
            "held_on": work.now.date(),
            "participants": 5,
            "levels": orjson.dumps(levels).decode(),
        }
        row |= {"notes": f"We {word}", "hidden_on": None}
    create(work, f"{one.kind}.created", row, Told(network_id=network_id, tier=2, outer=False))
    if one.kind == "survey_round":
        for question in QUESTIONS:
            for choice in CHOICES:
                place = {"round_id": one.id, "question": question.code, "choice": choice}
                work.insert(SurveyCount, {**place, "count": 0})
        work.insert(SurveyPart, {"round_id": one.id, "marks": ""})
    facts.marks[word] = (one.kind, one.id, "said")
    facts.helped.append(one)


_LEVEL = {"level": 2, "lowest": 2, "highest": 4, "range": 2, "target": None}


def _towards(facts: Facts, kind: str) -> Iterator[tuple[str, Actor, Helped]]:
    for one in facts.helped:
        if one.kind == kind:
            for label, actor in personas(facts, facts.nets[one.net]):
                yield label, actor, one


def _there(facts: Facts, actor: Actor, one: Helped) -> Outcome | None:
    return None if meeting_oracle.sees_help(facts, actor, one) else refused("not_found")


def _leads(facts: Facts, actor: Actor, one: Helped) -> bool:
    return actor.operates or meeting_oracle.leads(facts, actor, one.net)


def _changes(facts: Facts, actor: Actor, one: Helped) -> Outcome | None:
    """What stands in the way of a facilitator's or an operator's edit."""
    end = oracle.gate(actor, "networks:write") or _there(facts, actor, one)
    end = end or (None if _leads(facts, actor, one) else refused("forbidden"))
    return end or oracle.still_open(facts.nets[one.net])


def _round(facts: Facts, actor: Actor, one: Helped, document: Json) -> str:
    """What is wrong with a round as this actor reads it."""
    net, expected = facts.nets[one.net], []
    if not net.archived and "networks:write" in actor.scopes and _leads(facts, actor, one):
        expected = ["update", *{"open": ["close"], "planned": ["delete"]}.get(one.of, [])]
    answers = "members:write" in actor.scopes and oracle.membership(facts, actor, net) is not None
    if one.of == "open" and answers and not net.archived:
        expected.append("answer")
    expected += ["read_results"] if one.of == "closed" else []
    shown = (document["state"], document["actions"], document["created_by"])
    wanted = (one.of, expected, facts.people[one.person].id)
    return "" if shown == wanted else f"{shown}, not {wanted}"


def _assessment(facts: Facts, actor: Actor, one: Helped, document: Json) -> str:
    """The same of an assessment."""
    may = "networks:write" in actor.scopes and _leads(facts, actor, one)
    expected = ["update", "delete"] if may and not facts.nets[one.net].archived else []
    return "" if document["actions"] == expected else f"{document['actions']}, not {expected}"


def _one(facts: Facts, kind: str, operation: str, path: str, check: Any) -> Iterator[Cell]:
    for label, actor, one in _towards(facts, kind):
        end = oracle.gate(actor, "networks:read") or _there(facts, actor, one)
        yield Cell(
            operation, label, one.net, actor, "GET", path.format(one.id), end or (200, None), one.of, ghost=one.id,
            check=partial(check, facts, actor, one), recorded=noted(facts, actor, facts.nets[one.net], end),
        )  # fmt: skip


@rows_of("getSurveyRound")
def get_survey_round(facts: Facts) -> Iterator[Cell]:
    """Active members see them."""
    yield from _one(facts, "survey_round", "getSurveyRound", "/v1/survey-rounds/{}", _round)


@rows_of("getAssessment")
def get_assessment(facts: Facts) -> Iterator[Cell]:
    """The same."""
    yield from _one(facts, "assessment", "getAssessment", "/v1/assessments/{}", _assessment)


def _list(facts: Facts, kind: str, operation: str, after: str) -> Iterator[Cell]:
    for key in TRIED:
        net = facts.nets[key]
        every = {one.id for one in facts.helped if one.net == key and one.kind == kind}
        for label, actor in personas(facts, net):
            end = read_inside(facts, actor, net)
            yield Cell(
                operation, label, key, actor, "GET", f"/v1/networks/{net.id}/{after}", end or (200, None),
                ghost=net.id, check=partial(_listed, every), recorded=noted(facts, actor, net, end),
            )  # fmt: skip


def _listed(expected: set[str], document: Json) -> str:
    return same_sets({item["id"] for item in document["items"]}, expected, {})


@rows_of("listSurveyRounds")
def list_survey_rounds(facts: Facts) -> Iterator[Cell]:
    """All of a network's."""
    yield from _list(facts, "survey_round", "listSurveyRounds", "survey-rounds")


@rows_of("listAssessments")
def list_assessments(facts: Facts) -> Iterator[Cell]:
    """The same."""
    yield from _list(facts, "assessment", "listAssessments", "assessments")


def _create(facts: Facts, operation: str, after: str, body: Json) -> Iterator[Cell]:
    for key in TRIED:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            inside = oracle.membership(facts, actor, net) is not None or actor.operates
            end = oracle.gate(actor, "networks:write") or (None if inside else refused("not_found"))
            leads = actor.operates or meeting_oracle.leads(facts, actor, key)
            end = end or (None if leads else refused("forbidden"))
            end = end or oracle.still_open(net) or oracle.lives_here(net)
            yield Cell(
                operation, label, key, actor, "POST", f"/v1/networks/{net.id}/{after}", end or (201, None), "", body,
                ghost=net.id, recorded=noted(facts, actor, net, end),
            )  # fmt: skip


@rows_of("createSurveyRound")
def create_survey_round(facts: Facts) -> Iterator[Cell]:
    """Facilitators and operators."""
    body = {
        "title": "Again", "opens_at": "2090-01-01T00:00:00Z", "closes_at": "2090-02-01T00:00:00Z"
    }  # fmt: skip
    yield from _create(facts, "createSurveyRound", "survey-rounds", body)


@rows_of("createAssessment")
def create_assessment(facts: Facts) -> Iterator[Cell]:
    """The same."""
    yield from _create(facts, "createAssessment", "assessments", ASSESSED)


def _change(
    facts: Facts, kind: str, operation: str, method: str, path: str, *, body: Json | None = None,
    states: dict[str, str] | None = None,
) -> Iterator[Cell]:  # fmt: skip
    """`states` are the codes that say why a round in a state is not for this."""
    for label, actor, one in _towards(facts, kind):
        end = _changes(facts, actor, one)
        if end is None and one.of in (states or {}):
            end = refused((states or {})[one.of])
        gone = method == "DELETE"
        recorded = () if gone else noted(facts, actor, facts.nets[one.net], end)
        yield Cell(
            operation, label, one.net, actor, method, path.format(one.id), end or (204 if gone else 200, None), one.of,
            body, ghost=one.id, recorded=recorded,
        )  # fmt: skip


@rows_of("updateSurveyRound")
def update_survey_round(facts: Facts) -> Iterator[Cell]:
    """Its title, at any time."""
    yield from _change(
        facts, "survey_round", "updateSurveyRound", "PATCH", "/v1/survey-rounds/{}", body={"title": "How now?"}
    )  # fmt: skip


@rows_of("closeSurveyRound")
def close_survey_round(facts: Facts) -> Iterator[Cell]:
    """One that is open."""
    states = dict.fromkeys(("planned", "closed"), "survey_closed")
    yield from _change(
        facts, "survey_round", "closeSurveyRound", "POST", "/v1/survey-rounds/{}/close", states=states
    )  # fmt: skip


@rows_of("deleteSurveyRound")
def delete_survey_round(facts: Facts) -> Iterator[Cell]:
    """One that has not opened."""
    states = dict.fromkeys(("open", "closed"), "survey_opened")
    yield from _change(
        facts, "survey_round", "deleteSurveyRound", "DELETE", "/v1/survey-rounds/{}", states=states
    )  # fmt: skip


@rows_of("updateAssessment")
def update_assessment(facts: Facts) -> Iterator[Cell]:
    """Facilitators and operators."""
    yield from _change(
        facts, "assessment", "updateAssessment", "PATCH", "/v1/assessments/{}", body={"participants": 6}
    )  # fmt: skip


@rows_of("deleteAssessment")
def delete_assessment(facts: Facts) -> Iterator[Cell]:
    """The same."""
    yield from _change(facts, "assessment", "deleteAssessment", "DELETE", "/v1/assessments/{}")


@rows_of("answerSurveyRound")
def answer_survey_round(facts: Facts) -> Iterator[Cell]:
    """Every active member, observers too; no operator by that right."""
    for label, actor, one in _towards(facts, "survey_round"):
        net = facts.nets[one.net]
        end = oracle.gate(actor, "members:write") or _there(facts, actor, one)
        member = oracle.membership(facts, actor, net) is not None
        end = end or (None if member else refused("forbidden")) or oracle.still_open(net)
        end = end or (None if one.of == "open" else refused("survey_closed"))
        yield Cell(
            "answerSurveyRound", label, one.net, actor, "POST", f"/v1/survey-rounds/{one.id}/responses",
            end or (204, None), one.of, {"answers": {"purpose_clear": 4}}, ghost=one.id,
        )  # fmt: skip


@rows_of("listSurveyResults")
def list_survey_results(facts: Facts) -> Iterator[Cell]:
    """Active members, once it is closed; nobody answered these, and nothing is told."""
    for label, actor, one in _towards(facts, "survey_round"):
        end = oracle.gate(actor, "networks:read") or _there(facts, actor, one)
        end = end or (None if one.of == "closed" else refused("survey_open"))
        yield Cell(
            "listSurveyResults", label, one.net, actor, "GET", f"/v1/survey-rounds/{one.id}/results",
            end or (200, None), one.of, ghost=one.id, check=_nothing_told,
            recorded=noted(facts, actor, facts.nets[one.net], end),
        )  # fmt: skip


def _nothing_told(document: Json) -> str:
    told = [one["code"] for one in document["questions"] if one["status"] == "ok"]
    return "" if not told and document["respondents"] is None else f"{told} told"
