"""What random people do with results and with what belongs to them; each verb as in `actions`."""

import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx2
from sqlalchemy import select

from app.core.work import Work, perform
from app.db.database import Reads
from app.models import Adoption, Feedback, Measure, PdsaCycle, Report, Result, ResultAuthor, Term
from tests.house import TestHouse
from tests.sharing import CODES, organisations

if TYPE_CHECKING:
    from tests.house import TestPerson
    from tests.proofs.actions import Stage

MOST_RESULTS = 8
Maybe = httpx2.Response | None
Rows = list[dict[str, Any]]
SAYING: dict[str, Any] = {
    "summary": "We called people the day before.", "topics": ["diabetes"], "problem": "One in three missed it.",
    "aim": {"text": "One in six by April."}, "change": {"what": "We called them."}, "outcome": "no_change",
    "licence": "CC-BY-4.0", "kind": "story",
}  # fmt: skip
AUDIENCES = ("network", "network", "public", "public", "author")
ATTRIBUTIONS = ("named", "organisation", "network_only", "network_only")


async def practices(house: TestHouse) -> tuple[str, ...]:
    """Where people work, and a topic to write about."""

    async def command(work: Work) -> None:
        term = {"vocabulary": "topic", "code": "diabetes", "label": "Diabetes", "grouping": "All"}
        if not await work.fetch(("proof terms",), lambda: select(Term.code), {}):
            work.insert(Term, term)

    await organisations(house, *CODES[:8])
    await perform(house.app.rooms.house, command)
    return CODES[:8]


def _results() -> Any:
    return select(
        Result.id, Result.network_id, Result.status, Result.audience, Result.attribution, Result.hidden_on
    ).order_by(Result.created_at, Result.id)  # fmt: skip


def _authors() -> Any:
    return select(ResultAuthor.result_id, ResultAuthor.person_id).where(
        ResultAuthor.removed.is_(False)
    )


def _parts(model: Any) -> Any:
    columns = [model.id, model.result_id]
    columns += [model.author_id, model.answer_to] if model is Feedback else []
    columns += [model.reported_by] if model is Adoption else []
    return select(*columns).order_by(model.id)


def _reports() -> Any:
    return select(Report.id, Report.network_id, Report.status, Report.hides).order_by(Report.id)


PARTS: dict[str, Any] = {
    "measures": Measure, "cycles": PdsaCycle, "feedback": Feedback, "adoptions": Adoption
}  # fmt: skip
REPORTED_OF_RESULTS = {
    "feedback": "feedback", "adoption": "adoptions", "measure": "measures", "pdsa_cycle": "cycles"
}  # fmt: skip


async def shared_of(reads: Reads) -> dict[str, Rows]:
    """What there is of results: read as nobody in the house may."""
    found = {
        "results": await reads.fetch("proof results", _results, {}),
        "authors": await reads.fetch("proof authors", _authors, {}),
        "reports": await reads.fetch("proof reports", _reports, {}),
    }
    for name, model in PARTS.items():
        found[name] = await reads.fetch(f"proof {name}", partial(_parts, model), {})
    return found


def _result(stage: "Stage", dice: random.Random) -> dict[str, Any] | None:
    """A result, mostly one that others see."""
    every = stage.shared["results"]
    shown = [one for one in every if one["status"] == "published"]
    found = shown if shown and dice.random() < 0.7 else every
    return dice.choice(found) if found else None


def inside(stage: "Stage", dice: random.Random, network_id: str) -> "TestPerson":
    """Somebody who belongs to the network; seldom anybody."""
    inside = {
        s["person_id"]
        for s in stage.spells
        if (s["network_id"], s["status"]) == (network_id, "active")
    }
    found = [one for one in (*stage.actors, *stage.mortals) if one.id in inside]
    return dice.choice(found if found and dice.random() < 0.95 else stage.actors)


def _author(stage: "Stage", dice: random.Random, result: dict[str, Any]) -> "TestPerson":
    """One of its authors; seldom anybody."""
    found = [
        stage.who(one["person_id"])
        for one in stage.shared["authors"]
        if one["result_id"] == result["id"]
    ]
    known = [one for one in found if one is not None]
    return dice.choice(known if known and dice.random() < 0.95 else stage.actors)


async def _write_up(stage: "Stage", dice: random.Random) -> Maybe:
    network = stage.network(dice)
    if network is None or len(stage.shared["results"]) >= MOST_RESULTS:
        return None
    body = {
        **SAYING, "title": f"What we tried {dice.randint(1, 999)}", "network_id": network["id"],
        "audience": dice.choice(AUDIENCES), "attribution": dice.choice(ATTRIBUTIONS),
        "organisation": dice.choice(CODES[:8]),
    }  # fmt: skip
    client = inside(stage, dice, network["id"]).client
    made = await client.post("/v1/results", body)
    if made.status_code == 201 and dice.random() < 0.6:
        await client.post(f"/v1/results/{made.json()['id']}/publish", {"conduct_version": 0})
    return made


async def _edit_result(stage: "Stage", dice: random.Random) -> Maybe:
    result = _result(stage, dice)
    if result is None:
        return None
    team = {inside(stage, dice, result["network_id"]).id for _ in range(dice.randint(1, 3))}
    body: dict[str, Any] = dice.choice(
        (
            {"title": f"What we tried {dice.randint(1, 999)}"},
            {"limitations": f"Few people {dice.randint(1, 999)}"},
            {"audience": dice.choice(AUDIENCES)},
            {"audience": dice.choice(AUDIENCES)},
            {"attribution": dice.choice(ATTRIBUTIONS)},
            {"organisation": dice.choice(CODES[:8])},
            {"author_ids": sorted(team)},
            {"author_ids": sorted(team), "audience": dice.choice(AUDIENCES)},
        )
    )
    return await _author(stage, dice, result).client.patch(f"/v1/results/{result['id']}", body)


async def _settle_result(stage: "Stage", dice: random.Random) -> Maybe:
    result = _result(stage, dice)
    if result is None:
        return None
    client, path = _author(stage, dice, result).client, f"/v1/results/{result['id']}"
    if result["status"] == "published":
        return await client.post(f"{path}/withdraw", {"reason": "Wrong figures."})
    if dice.random() < 0.2:
        return await client.delete(path)
    return await client.post(f"{path}/publish", {"conduct_version": 0})


async def _measure(stage: "Stage", dice: random.Random) -> Maybe:
    """A measure: made, filled, or deleted."""
    result = _result(stage, dice)
    if result is None:
        return None
    client, number = _author(stage, dice, result).client, dice.randint(1, 999)
    here = [m for m in stage.shared["measures"] if m["result_id"] == result["id"]]
    if not here:
        body = {"name": f"Missed {number}", "result_id": result["id"]}
        return await client.post("/v1/measures", body)
    path = f"/v1/measures/{dice.choice(here)['id']}"
    if dice.random() < 0.2:
        return await client.delete(path)
    series = [{"on": "2024-01-01", "numerator": number % 9, "denominator": 80}]
    return await client.put(f"{path}/observations", {"observations": series})


async def _cycle(stage: "Stage", dice: random.Random) -> Maybe:
    """A PDSA cycle: begun, written on, or deleted."""
    result = _result(stage, dice)
    if result is None:
        return None
    client, number = _author(stage, dice, result).client, dice.randint(1, 999)
    here = [c for c in stage.shared["cycles"] if c["result_id"] == result["id"]]
    if not here:
        body = {"plan": f"To ask {number}", "result_id": result["id"]}
        return await client.post("/v1/pdsa-cycles", body)
    path = f"/v1/pdsa-cycles/{dice.choice(here)['id']}"
    if dice.random() < 0.3:
        return await client.delete(path)
    return await client.patch(path, {"study": f"It took {number} days."})


async def _say(stage: "Stage", dice: random.Random) -> Maybe:
    """Feedback: given, answered, edited, taken back."""
    said, number = stage.shared["feedback"], dice.randint(1, 999)
    if said and dice.random() < 0.4:
        one = dice.choice(said)
        author = stage.who(one["author_id"]) or dice.choice(stage.actors)
        path = f"/v1/feedback/{one['id']}"
        if dice.random() < 0.5:
            return await author.client.delete(path)
        new = dice.choice(({"text": f"Thanks {number}"}, {"attribution": "network_only"}))
        return await author.client.patch(path, new)
    result = _result(stage, dice)
    if result is None:
        return None
    here = [f["id"] for f in said if (f["result_id"], f["answer_to"]) == (result["id"], None)]
    body: dict[str, Any] = {
        "result_id": result["id"], "kind": "comment", "text": f"Thanks {number}",
        "attribution": dice.choice((None, "named", "organisation", "network_only")),
    }  # fmt: skip
    if here and dice.random() < 0.5:
        body["answer_to"] = dice.choice(here)
    actor = _author if dice.random() < 0.3 else _anybody
    return await actor(stage, dice, result).client.post("/v1/feedback", body)


def _anybody(stage: "Stage", dice: random.Random, result: dict[str, Any]) -> "TestPerson":
    return inside(stage, dice, result["network_id"])


async def _adopt(stage: "Stage", dice: random.Random) -> Maybe:
    """Report that one's organisation tried it, or take such a report back."""
    tried = stage.shared["adoptions"]
    if tried and dice.random() < 0.25:
        one = dice.choice(tried)
        actor = stage.who(one["reported_by"]) or dice.choice(stage.actors)
        return await actor.client.delete(f"/v1/adoptions/{one['id']}")
    result = _result(stage, dice)
    if result is None:
        return None
    actor = inside(stage, dice, result["network_id"])
    code = stage.works_at.get(actor.id) or dice.choice(CODES[:8])
    body = {
        "stage": dice.choice(("planning", "testing", "adopted")),
        "effect": dice.choice(("better", "same", "worse")),
    }
    return await actor.client.put(f"/v1/results/{result['id']}/adoptions/{code}", body)


async def _moderate(stage: "Stage", dice: random.Random) -> Maybe:
    """Report a result or feedback, and look into reports: hide, show, decide."""
    reports, open_ = stage.shared["reports"], [
        one for one in stage.shared["reports"] if one["status"] == "open"
    ]  # fmt: skip
    if reports and dice.random() < 0.6:
        one = dice.choice(open_ or reports)
        client = stage.facilitator(dice, one["network_id"]).client
        path = f"/v1/reports/{one['id']}"
        verb = dice.choice(("unhide" if one["hides"] else "hide", "decide"))
        verdict = {"decision": dice.choice(("upheld", "dismissed")), "note": "We looked."}
        return await client.post(f"{path}/{verb}", verdict if verb == "decide" else None)
    return await _report(stage, dice)


async def _report(stage: "Stage", dice: random.Random) -> Maybe:
    """Report something of some kind, a result as often as all the others together."""
    kinds = {
        "meeting": stage.meetings, "minutes": stage.minutes, "action": stage.todos,
        **{kind: stage.shared[rows] for kind, rows in REPORTED_OF_RESULTS.items()},
        **{kind: stage.helped[f"{kind}s"] for kind in ("decision", "ask", "offer")},
        "duty": stage.helped["duties"], "duty_term": stage.helped["terms"],
    }  # fmt: skip
    there = [kind for kind, rows in kinds.items() if rows]
    kind = dice.choice(there) if there and dice.random() < 0.5 else "result"
    found = _result(stage, dice) if kind == "result" else dice.choice(kinds[kind])
    if found is None:
        return None
    of = {one["id"]: one["network_id"] for one in stage.shared["results"]}
    network_id = found.get("network_id") or of[found["result_id"]]
    reason = dice.choice(("patient_data", "offensive"))
    body = {"content_kind": kind, "content_id": found["id"], "reason": reason}
    return await inside(stage, dice, network_id).client.post("/v1/reports", body)


RESULT_VERBS: dict[str, tuple[Callable[["Stage", random.Random], Awaitable[Maybe]], int]] = {
    "write_up": (_write_up, 14),
    "edit_result": (_edit_result, 16),
    "settle_result": (_settle_result, 10),
    "measure": (_measure, 6),
    "cycle": (_cycle, 4),
    "say": (_say, 12),
    "adopt": (_adopt, 12),
    "moderate": (_moderate, 10),
}
