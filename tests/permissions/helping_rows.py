"""The rows of what members do for each other, and that itself: inside a network, for its active members."""

from collections.abc import Iterator
from dataclasses import replace
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


async def help_each_other(house: House, facts: Facts) -> None:
    """In each network a duty that somebody holds, and one that nobody held, straight into the tables."""

    async def command(work: Work) -> None:
        for key in TRIED:
            here = cast_of(facts.nets[key])
            author = f"{key}: member" if "member" in here else f"{key}: facilitator"
            held = _write(work, facts, Helped("", "duty", key, author, of="held"))
            _write(work, facts, Helped("", "duty", key, f"{key}: facilitator", of="free"))
            holder = f"{key}: observer" if "observer" in here else author
            _write(work, facts, Helped("", "duty_term", key, holder, of=held.id))
            ask = _write(work, facts, Helped("", "ask", key, author, of="offered"))
            _write(work, facts, Helped("", "ask", key, author, of="bare"))
            _write(work, facts, Helped("", "offer", key, f"{key}: facilitator", of=ask.id))

    await perform(house, command)


def _write(work: Work, facts: Facts, one: Helped) -> Helped:
    one.id, word = work.new_id(), mark(75_000 + len(facts.helped))
    one.marks = {"said": word}
    person_id, network_id = facts.people[one.person].id, facts.nets[one.net].id
    rows: dict[str, Json] = {
        "duty": {
            "title": f"Speaks {word}", "body": "The board", "detail": None, "term_months": 12, "ended_on": None,
            "created_by": person_id,
        },
        "duty_term": {
            "duty_id": one.of, "person_id": person_id, "from_on": work.now.date(), "to_on": None,
            "handover_note": f"Know {word}",
        },
        "ask": {
            "person_id": person_id, "title": f"Who {word}", "detail": None, "skills": "[]", "topics": "[]",
            "needed_by_on": None, "status": "open", "answered_at": None, "outcome_note": None,
        },
        "offer": {"ask_id": one.of, "person_id": person_id, "text": f"I {word}", "status": "open"},
    }  # fmt: skip
    row = {"id": one.id, "network_id": network_id, **rows[one.kind]}
    create(work, f"{one.kind}.created", row, Told(network_id=network_id, tier=2, outer=False))
    facts.marks[word] = (one.kind, one.id, "said")
    facts.helped.append(one)
    return one


def _towards(facts: Facts, kind: str) -> Iterator[tuple[str, Actor, Helped]]:
    for one in facts.helped:
        if one.kind == kind:
            for label, actor in personas(facts, facts.nets[one.net]):
                yield label, actor, one


def _there(facts: Facts, actor: Actor, one: Helped) -> Outcome | None:
    return None if meeting_oracle.sees_help(facts, actor, one) else refused("not_found")


def _runs(facts: Facts, actor: Actor, one: Helped) -> bool:
    return actor.operates or meeting_oracle.leads(facts, actor, one.net)


def _own(facts: Facts, actor: Actor, one: Helped) -> bool:
    return _runs(facts, actor, one) or (actor.person is not None and actor.person == one.person)


def _looked(facts: Facts, actor: Actor, one: Helped, end: Outcome | None) -> tuple[str, ...]:
    net = facts.nets[one.net]
    return (net.id,) if end is None and oracle.recorded(facts, actor, net) else ()


def _duty(facts: Facts, actor: Actor, one: Helped, document: Json) -> str:
    """What is wrong with a duty as this actor reads it."""
    holders = [term.person for term in facts.helped if term.of == one.id]
    expected: Json = {"id": one.id, "created_by": facts.people[one.person].id}
    verbs = ["update"] if _own(facts, actor, one) else []
    verbs += ["appoint", "end"] if _runs(facts, actor, one) else []
    verbs += ["delete"] if _own(facts, actor, one) and not holders else []
    closed = facts.nets[one.net].archived or "members:write" not in actor.scopes
    expected["actions"] = [] if closed else verbs
    wrong = [name for name, value in expected.items() if document[name] != value]
    cards = {card["id"] for card in document["holders"]}
    return str(wrong) if wrong else same_sets(cards, {facts.people[who].id for who in holders}, {})


@rows_of("getDuty")
def get_duty(facts: Facts) -> Iterator[Cell]:
    """Active members see them."""
    for label, actor, one in _towards(facts, "duty"):
        end = oracle.gate(actor, "members:read") or _there(facts, actor, one)
        yield Cell(
            "getDuty", label, one.net, actor, "GET", f"/v1/duties/{one.id}", end or (200, None), one.of,
            check=partial(_duty, facts, actor, one), ghost=one.id, recorded=_looked(facts, actor, one, end),
        )  # fmt: skip


@rows_of("getDutyTerm")
def get_duty_term(facts: Facts) -> Iterator[Cell]:
    """The same of terms."""
    for label, actor, one in _towards(facts, "duty_term"):
        end = oracle.gate(actor, "members:read") or _there(facts, actor, one)
        yield Cell(
            "getDutyTerm", label, one.net, actor, "GET", f"/v1/duty-terms/{one.id}", end or (200, None),
            ghost=one.id, recorded=_looked(facts, actor, one, end),
        )  # fmt: skip


@rows_of("listDuties")
def list_duties(facts: Facts) -> Iterator[Cell]:
    """Of one network, what one sees."""
    for key in TRIED:
        net = facts.nets[key]
        every = [one for one in facts.helped if one.net == key and one.kind == "duty"]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "members:read")
            seen = {one.id for one in every if meeting_oracle.sees_help(facts, actor, one)}
            recorded = not end and seen and oracle.recorded(facts, actor, net)
            yield Cell(
                "listDuties", label, key, actor, "GET", "/v1/duties", end or (200, None),
                params={"network_id": net.id, "limit": 100}, recorded=(net.id,) if recorded else (),
                check=partial(_listed, seen),
            )  # fmt: skip


def _listed(expected: set[str], document: Json) -> str:
    return same_sets({item["id"] for item in document["items"]}, expected, {})


@rows_of("listDutyTerms")
def list_duty_terms(facts: Facts) -> Iterator[Cell]:
    """Of a duty that one sees."""
    for label, actor, one in _towards(facts, "duty"):
        end = oracle.gate(actor, "members:read") or _there(facts, actor, one)
        expected = {term.id for term in facts.helped if term.of == one.id}
        yield Cell(
            "listDutyTerms", label, one.net, actor, "GET", f"/v1/duties/{one.id}/terms", end or (200, None),
            one.of, check=partial(_listed, expected), ghost=one.id, recorded=_looked(facts, actor, one, end),
        )  # fmt: skip


@rows_of("createDuty")
def create_duty(facts: Facts) -> Iterator[Cell]:
    """Facilitators and members write them down."""
    for key in TRIED:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "members:write") or oracle.there(facts, actor, net)
            spell = oracle.membership(facts, actor, net)
            writes = spell is not None and spell.role in ("facilitator", "member")
            end = end or (None if writes else refused("forbidden")) or oracle.still_open(net)
            body = {"network_id": net.id, "title": "Speaks for us", "body": "A board"}
            yield Cell(
                "createDuty", label, key, actor, "POST", "/v1/duties", end or (201, None), json=body, ghost=net.id
            )  # fmt: skip


def _changed(
    facts: Facts, operation: str, kind: str, request: tuple[str, str, Json | None], *, own: bool
) -> Iterator[Cell]:
    """What facilitators may, and who it is of where `own`."""
    method, path, body = request
    for label, actor, one in _towards(facts, kind):
        may = _own(facts, actor, one) if own else _runs(facts, actor, one)
        end = oracle.gate(actor, "members:write") or _there(facts, actor, one)
        end = end or (None if may else refused("forbidden"))
        end = end or oracle.still_open(facts.nets[one.net])
        good = {"DELETE": 204, "POST": 200 if path.endswith("/end") else 201}.get(method, 200)
        if not end and method == "DELETE" and one.of == "held":
            end = (409, "duty_has_terms")
        looked = _looked(facts, actor, one, end) if method != "DELETE" else ()
        yield Cell(
            operation, label, one.net, actor, method, path.format(one.id), end or (good, None),
            one.of if kind == "duty" else "", body, ghost=one.id, recorded=looked,
        )  # fmt: skip


@rows_of("updateDuty")
def update_duty(facts: Facts) -> Iterator[Cell]:
    """Who wrote it down, and facilitators."""
    request = ("PATCH", "/v1/duties/{}", {"title": "Other"})
    yield from _changed(facts, "updateDuty", "duty", request, own=True)


@rows_of("deleteDuty")
def delete_duty(facts: Facts) -> Iterator[Cell]:
    """The same, while nobody ever held it."""
    yield from _changed(facts, "deleteDuty", "duty", ("DELETE", "/v1/duties/{}", None), own=True)


@rows_of("endDuty")
def end_duty(facts: Facts) -> Iterator[Cell]:
    """Facilitators."""
    yield from _changed(facts, "endDuty", "duty", ("POST", "/v1/duties/{}/end", None), own=False)


@rows_of("createDutyTerm")
def create_duty_term(facts: Facts) -> Iterator[Cell]:
    """Facilitators, to an active member."""
    for cell in _changed(
        facts, "createDutyTerm", "duty", ("POST", "/v1/duties/{}/terms", None), own=False
    ):
        person_id = facts.people[f"{cell.target}: facilitator"].id
        yield replace(cell, json={"person_id": person_id, "from_on": "2030-01-01"})


@rows_of("updateDutyTerm")
def update_duty_term(facts: Facts) -> Iterator[Cell]:
    """Who holds it writes the note, and facilitators."""
    request = ("PATCH", "/v1/duty-terms/{}", {"handover_note": "Ask for the papers"})
    yield from _changed(facts, "updateDutyTerm", "duty_term", request, own=True)


@rows_of("listAsks")
def list_asks(facts: Facts) -> Iterator[Cell]:
    """Of one network, what one sees."""
    for key in TRIED:
        net = facts.nets[key]
        every = [one for one in facts.helped if one.net == key and one.kind == "ask"]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "members:read")
            seen = {one.id for one in every if meeting_oracle.sees_help(facts, actor, one)}
            recorded = not end and seen and oracle.recorded(facts, actor, net)
            yield Cell(
                "listAsks", label, key, actor, "GET", "/v1/asks", end or (200, None),
                params={"network_id": net.id, "limit": 100}, recorded=(net.id,) if recorded else (),
                check=partial(_listed, seen),
            )  # fmt: skip


def _read(facts: Facts, operation: str, kind: str, path: str) -> Iterator[Cell]:
    """What active members see."""
    for label, actor, one in _towards(facts, kind):
        end = oracle.gate(actor, "members:read") or _there(facts, actor, one)
        yield Cell(
            operation, label, one.net, actor, "GET", path.format(one.id), end or (200, None),
            one.of if kind == "ask" else "", ghost=one.id, recorded=_looked(facts, actor, one, end),
        )  # fmt: skip


def _of_ones_own(
    facts: Facts, operation: str, kind: str, request: tuple[str, str, Json | None]
) -> Iterator[Cell]:
    """What one may with what is one's own, as long as one is a member."""
    method, path, body = request
    for label, actor, one in _towards(facts, kind):
        end = oracle.gate(actor, "members:write") or _there(facts, actor, one)
        end = end or (None if actor.person == one.person else refused("forbidden"))
        end = end or oracle.still_open(facts.nets[one.net])
        if not end and method == "DELETE" and one.of == "offered":
            end = (409, "ask_has_offers")
        yield Cell(
            operation, label, one.net, actor, method, path.format(one.id),
            end or (204 if method == "DELETE" else 200, None), one.of if kind == "ask" else "", body, ghost=one.id,
        )  # fmt: skip


@rows_of("createAsk")
def create_ask(facts: Facts) -> Iterator[Cell]:
    """As duties: facilitators and members."""
    for cell in create_duty(facts):
        body = {"network_id": cell.json["network_id"], "title": "Who knows?"}
        yield replace(cell, operation="createAsk", path="/v1/asks", json=body)


@rows_of("createOffer")
def create_offer(facts: Facts) -> Iterator[Cell]:
    """Members other than who asked; facilitators made one to the first already."""
    for label, actor, one in _towards(facts, "ask"):
        spell = oracle.membership(facts, actor, facts.nets[one.net])
        writes = spell is not None and spell.role in ("facilitator", "member")
        end = oracle.gate(actor, "members:write") or _there(facts, actor, one)
        end = end or (None if writes else refused("forbidden"))
        end = end or oracle.still_open(facts.nets[one.net])
        if not end and actor.person == one.person:
            end = (409, "own_ask")
        if not end and one.of == "offered" and actor.person == f"{one.net}: facilitator":
            end = (409, "already_offered")
        yield Cell(
            "createOffer", label, one.net, actor, "POST", f"/v1/asks/{one.id}/offers", end or (201, None), one.of,
            {"text": "I do"}, ghost=one.id,
        )  # fmt: skip


for _operation, _kind, _path in (
    ("getAsk", "ask", "/v1/asks/{}"),
    ("listOffers", "ask", "/v1/asks/{}/offers"),
    ("listMatches", "ask", "/v1/asks/{}/matches"),
    ("getOffer", "offer", "/v1/offers/{}"),
):
    rows_of(_operation)(partial(_read, operation=_operation, kind=_kind, path=_path))
for _operation, _kind, _request in (
    ("updateAsk", "ask", ("PATCH", "/v1/asks/{}", {"title": "Who else?"})),
    ("deleteAsk", "ask", ("DELETE", "/v1/asks/{}", None)),
    ("withdrawAsk", "ask", ("POST", "/v1/asks/{}/withdraw", None)),
    ("answerAsk", "ask", ("POST", "/v1/asks/{}/answer", {"outcome_note": "We began"})),
    ("withdrawOffer", "offer", ("POST", "/v1/offers/{}/withdraw", None)),
):
    _own_rows: Any = partial(_of_ones_own, operation=_operation, kind=_kind, request=_request)
    rows_of(_operation)(_own_rows)
