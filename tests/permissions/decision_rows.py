"""The rows of decisions and votes, and the decisions themselves: inside a network, for its active members."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from app.core.changes import Told, create
from app.core.work import House, Work, perform
from tests.permissions import meeting_oracle, oracle
from tests.permissions.cast import cast_of, mark
from tests.permissions.facts import Actor, Facts, Helped
from tests.permissions.meeting_world import TRIED
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]
VOTES = ("facilitator", "member")


async def decide_together(house: House, facts: Facts) -> None:
    """In each network a decision with a ballot, and one without, straight into the tables."""

    async def command(work: Work) -> None:
        for key in TRIED:
            here = cast_of(facts.nets[key])
            keeper = f"{key}: facilitator"
            author = f"{key}: member" if "member" in here else keeper
            voted = _write(work, facts, Helped("", "decision", key, author, of="voted"))
            _write(work, facts, Helped("", "decision", key, keeper, of="free"))
            _write(work, facts, Helped("", "vote", key, keeper, of=voted.id))

    await perform(house, command)


def _write(work: Work, facts: Facts, one: Helped) -> Helped:
    one.id, word = work.new_id(), mark(66_000 + len(facts.helped))
    one.marks = {"said": word}
    person_id, network_id = facts.people[one.person].id, facts.nets[one.net].id
    rows: dict[str, Json] = {
        "decision": {
            "title": f"Do {word}", "proposal": f"We {word}", "quorum_percent": 50, "status": "open",
            "closes_at": work.now + timedelta(days=30), "created_by": person_id,
        },
        "vote": {"decision_id": one.of, "person_id": person_id, "vote": "agree", "reason": f"For {word}"},
    }  # fmt: skip
    row = {"id": one.id, "network_id": network_id, **rows[one.kind]}
    action = {"decision": "decision.proposed", "vote": "vote.cast"}[one.kind]
    create(work, action, row, Told(network_id=network_id, tier=2, outer=False))
    facts.marks[word] = (one.kind, one.id, "said")
    facts.helped.append(one)
    return one


def _towards(facts: Facts, kind: str = "decision") -> Iterator[tuple[str, Actor, Helped]]:
    for one in facts.helped:
        if one.kind == kind:
            for label, actor in personas(facts, facts.nets[one.net]):
                yield label, actor, one


def _there(facts: Facts, actor: Actor, one: Helped) -> Outcome | None:
    return None if meeting_oracle.sees_help(facts, actor, one) else refused("not_found")


def _votes(facts: Facts, actor: Actor, key: str) -> bool:
    spell = oracle.membership(facts, actor, facts.nets[key])
    return spell is not None and spell.role in VOTES


def _keeps(facts: Facts, actor: Actor, one: Helped) -> bool:
    """Facilitators, operators, who proposed it."""
    runs = actor.operates or meeting_oracle.leads(facts, actor, one.net)
    return runs or (actor.person is not None and actor.person == one.person)


def _looked(facts: Facts, actor: Actor, one: Helped, end: Outcome | None) -> tuple[str, ...]:
    net = facts.nets[one.net]
    return (net.id,) if end is None and oracle.recorded(facts, actor, net) else ()


def _decision(facts: Facts, actor: Actor, one: Helped, document: Json) -> str:
    """What is wrong with a decision as this actor reads it."""
    ballots = [vote.person for vote in facts.helped if vote.of == one.id]
    verbs = ["update", "delete"] if _keeps(facts, actor, one) and not ballots else []
    verbs += ["vote"] if _votes(facts, actor, one.net) else []
    verbs += ["close"] if _keeps(facts, actor, one) else []
    closed = facts.nets[one.net].archived or "decisions:write" not in actor.scopes
    may = [
        spell for spell in facts.spells.values()
        if spell.net == one.net and spell.status == "active" and spell.role in VOTES
    ]  # fmt: skip
    expected = {
        "id": one.id,
        "created_by": facts.people[one.person].id,
        "actions": [] if closed else verbs,
        "my_vote": "agree" if actor.person in ballots else None,
    }
    wrong = [name for name, value in expected.items() if document[name] != value]
    tally = (document["tally"]["cast"], document["tally"]["electorate"])
    return str(wrong) if wrong else "" if tally == (len(ballots), len(may)) else f"tally {tally}"


@rows_of("getDecision")
def get_decision(facts: Facts) -> Iterator[Cell]:
    """Active members see them."""
    for label, actor, one in _towards(facts):
        end = oracle.gate(actor, "decisions:read") or _there(facts, actor, one)
        yield Cell(
            "getDecision", label, one.net, actor, "GET", f"/v1/decisions/{one.id}", end or (200, None), one.of,
            check=partial(_decision, facts, actor, one), ghost=one.id, recorded=_looked(facts, actor, one, end),
        )  # fmt: skip


@rows_of("listDecisions")
def list_decisions(facts: Facts) -> Iterator[Cell]:
    """Of one network, what one sees."""
    for key in TRIED:
        net = facts.nets[key]
        every = [one for one in facts.helped if one.net == key and one.kind == "decision"]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "decisions:read")
            seen = {one.id for one in every if meeting_oracle.sees_help(facts, actor, one)}
            for status, expected in (("open", seen), ("closed", set[str]())):
                recorded = not end and expected and oracle.recorded(facts, actor, net)
                yield Cell(
                    "listDecisions", label, key, actor, "GET", "/v1/decisions", end or (200, None), status,
                    params={"network_id": net.id, "status": status, "limit": 100},
                    recorded=(net.id,) if recorded else (), check=partial(_listed, expected),
                )  # fmt: skip


def _listed(expected: set[str], document: Json) -> str:
    return same_sets({item["id"] for item in document["items"]}, expected, {})


@rows_of("createDecision")
def create_decision(facts: Facts) -> Iterator[Cell]:
    """Facilitators and members propose."""
    for key in TRIED:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "decisions:write") or oracle.there(facts, actor, net)
            end = end or (None if _votes(facts, actor, key) else refused("forbidden"))
            end = end or oracle.still_open(net)
            body = {"network_id": net.id, "title": "Wednesdays", "proposal": "At lunch."}
            yield Cell(
                "createDecision", label, key, actor, "POST", "/v1/decisions", end or (201, None), "", body,
                ghost=net.id,
            )  # fmt: skip


def _changed(
    facts: Facts, operation: str, method: str, after: str = "", json: Json | None = None
) -> Iterator[Cell]:
    for label, actor, one in _towards(facts):
        end = oracle.gate(actor, "decisions:write") or _there(facts, actor, one)
        end = end or (None if _keeps(facts, actor, one) else refused("forbidden"))
        end = end or oracle.still_open(facts.nets[one.net])
        if not end and not after and one.of == "voted":
            end = (409, "decision_voted")
        good = (204, None) if method == "DELETE" else (200, None)
        yield Cell(
            operation, label, one.net, actor, method, f"/v1/decisions/{one.id}{after}", end or good, one.of, json,
            ghost=one.id, recorded=() if method == "DELETE" else _looked(facts, actor, one, end),
        )  # fmt: skip


@rows_of("updateDecision")
def update_decision(facts: Facts) -> Iterator[Cell]:
    """Who proposed it and facilitators, while nobody has voted."""
    yield from _changed(facts, "updateDecision", "PATCH", json={"title": "Thursdays"})


@rows_of("deleteDecision")
def delete_decision(facts: Facts) -> Iterator[Cell]:
    """The same."""
    yield from _changed(facts, "deleteDecision", "DELETE")


@rows_of("closeDecision")
def close_decision(facts: Facts) -> Iterator[Cell]:
    """The same, whoever voted."""
    yield from _changed(facts, "closeDecision", "POST", "/close", {"outcome": "withdrawn"})


@rows_of("castVote")
def cast_vote(facts: Facts) -> Iterator[Cell]:
    """Facilitators and members; no operator by that right."""
    for label, actor, one in _towards(facts):
        end = oracle.gate(actor, "decisions:write") or _there(facts, actor, one)
        end = end or (None if _votes(facts, actor, one.net) else refused("forbidden"))
        end = end or oracle.still_open(facts.nets[one.net])
        yield Cell(
            "castVote", label, one.net, actor, "PUT", f"/v1/decisions/{one.id}/vote", end or (200, None), one.of,
            {"vote": "disagree"}, ghost=one.id,
        )  # fmt: skip


@rows_of("listVotes")
def list_votes(facts: Facts) -> Iterator[Cell]:
    """Whoever sees the decision."""
    for label, actor, one in _towards(facts):
        end = oracle.gate(actor, "decisions:read") or _there(facts, actor, one)
        ballots = {vote.id for vote in facts.helped if vote.of == one.id}
        yield Cell(
            "listVotes", label, one.net, actor, "GET", f"/v1/decisions/{one.id}/votes", end or (200, None), one.of,
            check=partial(_listed, ballots), ghost=one.id, recorded=_looked(facts, actor, one, end),
        )  # fmt: skip


@rows_of("getVote")
def get_vote(facts: Facts) -> Iterator[Cell]:
    """The same."""
    for label, actor, one in _towards(facts, "vote"):
        end = oracle.gate(actor, "decisions:read") or _there(facts, actor, one)
        yield Cell(
            "getVote", label, one.net, actor, "GET", f"/v1/votes/{one.id}", end or (200, None), ghost=one.id,
            recorded=_looked(facts, actor, one, end),
        )  # fmt: skip
