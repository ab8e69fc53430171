"""Random actions with decisions and votes, duties and their terms, requests for support and offers."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
from sqlalchemy import select

from app.db.database import Reads
from app.models import Ask, Decision, Duty, DutyTerm, Offer
from tests.proofs.result_actions import inside

if TYPE_CHECKING:
    from tests.proofs.actions import Stage

Rows = list[dict[str, Any]]
Maybe = httpx2.Response | None
MOST = 8  # of each kind in a trace


async def helped_of(reads: Reads) -> dict[str, Rows]:
    """What there is of them: read as nobody in the house may."""
    statements: dict[str, Any] = {
        "decisions": select(Decision.id, Decision.network_id, Decision.outcome).order_by(
            Decision.id
        ),
        "duties": select(Duty.id, Duty.network_id).order_by(Duty.id),
        "terms": select(DutyTerm.id, DutyTerm.network_id).order_by(DutyTerm.id),
        "asks": select(Ask.id, Ask.network_id, Ask.person_id).order_by(Ask.id),
        "offers": select(Offer.id, Offer.network_id, Offer.person_id).order_by(Offer.id),
    }

    async def read(name: str) -> Rows:
        return await reads.fetch(f"proof helping {name}", lambda: statements[name], {})

    return {name: await read(name) for name in statements}


def _one(stage: "Stage", dice: random.Random, kind: str) -> dict[str, Any] | None:
    found = stage.helped[kind]
    return dice.choice(found) if found else None


async def _propose(stage: "Stage", dice: random.Random) -> Maybe:
    network = stage.network(dice)
    if network is None or len(stage.helped["decisions"]) >= MOST:
        return None
    body = {
        "network_id": network["id"], "title": f"Meet at {dice.randint(1, 23)}", "proposal": "At lunch.",
        "quorum_percent": dice.choice((0, 50)),
    }  # fmt: skip
    return await inside(stage, dice, network["id"]).client.post("/v1/decisions", body)


async def _vote(stage: "Stage", dice: random.Random) -> Maybe:
    decision = _one(stage, dice, "decisions")
    if decision is None:
        return await _propose(stage, dice)
    vote = dice.choice(("agree", "abstain", "disagree", "block"))
    body = {"vote": vote, "reason": f"For {dice.randint(1, 99)} reasons."}
    actor = inside(stage, dice, decision["network_id"])
    return await actor.client.put(f"/v1/decisions/{decision['id']}/vote", body)


async def _settle_decision(stage: "Stage", dice: random.Random) -> Maybe:
    decision = _one(stage, dice, "decisions")
    if decision is None:
        return None
    client = stage.facilitator(dice, decision["network_id"]).client
    path, throw = f"/v1/decisions/{decision['id']}", dice.random()
    if throw < 0.3:
        return await client.patch(path, {"title": f"Meet at {dice.randint(1, 23)}"})
    if throw < 0.5:
        return await client.delete(path)
    outcome = dice.choice(("accepted", "rejected", "withdrawn"))
    return await client.post(f"{path}/close", {"outcome": outcome})


async def _duty(stage: "Stage", dice: random.Random) -> Maybe:
    network = stage.network(dice)
    if network is None or len(stage.helped["duties"]) >= MOST:
        return None
    body = {"network_id": network["id"], "title": f"Seat {dice.randint(1, 99)}", "body": "A board"}
    return await stage.facilitator(dice, network["id"]).client.post("/v1/duties", body)


async def _hold(stage: "Stage", dice: random.Random) -> Maybe:
    duty = _one(stage, dice, "duties")
    if duty is None:
        return await _duty(stage, dice)
    begins = datetime.now(UTC).date() + timedelta(days=400 * dice.randint(0, 5))
    holder = inside(stage, dice, duty["network_id"])
    body = {"person_id": holder.id, "from_on": begins.isoformat()}
    client = stage.facilitator(dice, duty["network_id"]).client
    return await client.post(f"/v1/duties/{duty['id']}/terms", body)


async def _settle_duty(stage: "Stage", dice: random.Random) -> Maybe:
    term, duty = _one(stage, dice, "terms"), _one(stage, dice, "duties")
    if term is not None and dice.random() < 0.4:
        client = stage.facilitator(dice, term["network_id"]).client
        note = {"handover_note": f"Note {dice.randint(1, 99)}"}
        return await client.patch(f"/v1/duty-terms/{term['id']}", note)
    if duty is None:
        return None
    client = stage.facilitator(dice, duty["network_id"]).client
    path, throw = f"/v1/duties/{duty['id']}", dice.random()
    if throw < 0.4:
        return await client.patch(path, {"title": f"Seat {dice.randint(1, 99)}"})
    return await (client.post(f"{path}/end") if throw < 0.7 else client.delete(path))


async def _ask(stage: "Stage", dice: random.Random) -> Maybe:
    network = stage.network(dice)
    if network is None or len(stage.helped["asks"]) >= MOST:
        return None
    body = {"network_id": network["id"], "title": f"Who knows {dice.randint(1, 99)}?"}
    return await inside(stage, dice, network["id"]).client.post("/v1/asks", body)


async def _offer(stage: "Stage", dice: random.Random) -> Maybe:
    ask, offer = _one(stage, dice, "asks"), _one(stage, dice, "offers")
    if offer is not None and dice.random() < 0.3:
        actor = stage.who(offer["person_id"]) or dice.choice(stage.actors)
        return await actor.client.post(f"/v1/offers/{offer['id']}/withdraw")
    if ask is None:
        return await _ask(stage, dice)
    actor = inside(stage, dice, ask["network_id"])
    text = {"text": f"I can, on day {dice.randint(1, 28)}."}
    return await actor.client.post(f"/v1/asks/{ask['id']}/offers", text)


async def _settle_ask(stage: "Stage", dice: random.Random) -> Maybe:
    ask = _one(stage, dice, "asks")
    if ask is None:
        return None
    actor = stage.who(ask["person_id"]) or stage.facilitator(dice, ask["network_id"])
    path, throw = f"/v1/asks/{ask['id']}", dice.random()
    if throw < 0.3:
        return await actor.client.patch(path, {"title": f"Who knows {dice.randint(1, 99)}?"})
    if throw < 0.5:
        return await actor.client.delete(path)
    if throw < 0.7:
        return await actor.client.post(f"{path}/withdraw")
    return await actor.client.post(f"{path}/answer", {"outcome_note": "It helped."})


HELPING_VERBS: dict[str, tuple[Callable[["Stage", random.Random], Awaitable[Maybe]], int]] = {
    "propose": (_propose, 6),
    "vote": (_vote, 14),
    "settle_decision": (_settle_decision, 6),
    "duty": (_duty, 4),
    "hold": (_hold, 8),
    "settle_duty": (_settle_duty, 5),
    "ask": (_ask, 6),
    "offer": (_offer, 8),
    "settle_ask": (_settle_ask, 6),
}
