"""What members of a network do together, all of it inside: it may happen several times, a little different each time.

Decisions, duties, requests for support, links, a charter, a survey, an assessment.
"""

from typing import Any

from tests.two_worlds.five_cs import surveyed
from tests.two_worlds.world import World

CS = (
    "common_purpose", "cooperative_structure", "critical_mass", "collective_intelligence", "community_building",
)  # fmt: skip


async def together(world: World, network: str, leading: str, *others: str) -> None:
    """All of it; the first of the others does what a member may, and all of them answer, vote and accept."""
    number, member = len(world.hidden), others[0]
    about: dict[str, Any] = {"network_id": f"{{{network}}}"}
    inside = f"/v1/networks/{{{network}}}"
    charter = await world.act(
        leading, "PUT", f"{inside}/charter", {"communication": f"Zebras {number}"}
    )
    for name in others:
        await world.act(name, "POST", f"{inside}/charter/accept", {"version": charter["version"]})
    await _decided(world, about, number, leading, others)
    await _carried(world, about, number, leading, member)
    await _helped(world, about, number, leading, member)
    link = {"title": f"Zebras {number}", "url": f"https://example.org/zebra/{number}", **about}
    await world.act(member, "POST", "/v1/resources", link)
    await surveyed(world, network, leading, dict.fromkeys((leading, *others), number % 5 + 1))
    found = {
        "held_on": "2026-03-01", "participants": len(others) + 1, "notes": "Zebras",
        "levels": {c: {"lowest": 2, "highest": 4, "notes": f"Zebras {number}"} for c in CS},
    }  # fmt: skip
    await world.act(leading, "POST", f"{inside}/assessments", found)


async def _decided(
    world: World, about: dict[str, Any], number: int, leading: str, others: tuple[str, ...]
) -> None:
    proposal = {"title": f"Zebras {number}", "proposal": "Blue zebras for all", **about}
    made = await world.act(others[0], "POST", "/v1/decisions", proposal)
    path = f"/v1/decisions/{made['id']}"
    block = {"vote": "block", "reason": f"Not {number} zebras"}
    vote = await world.act(leading, "PUT", f"{path}/vote", block)
    world.hidden.append(vote["id"])
    for name in others:
        await world.act(name, "PUT", f"{path}/vote", {"vote": "agree"})
    if number % 2:
        await world.act(leading, "POST", f"{path}/close", {"outcome": "rejected"})


async def _carried(
    world: World, about: dict[str, Any], number: int, leading: str, member: str
) -> None:
    duty = {"title": f"Zebras {number}", "body": "The zoo", **about}
    duty = await world.act(leading, "POST", "/v1/duties", duty)
    term = {"person_id": f"{{{member}}}", "from_on": "2026-01-01", "to_on": "2026-12-31"}
    term = await world.act(leading, "POST", f"/v1/duties/{duty['id']}/terms", term)
    note = {"handover_note": "Feed the zebras"}
    await world.act(member, "PATCH", f"/v1/duty-terms/{term['id']}", note)
    if number % 2:
        await world.act(leading, "POST", f"/v1/duties/{duty['id']}/end")


async def _helped(
    world: World, about: dict[str, Any], number: int, leading: str, member: str
) -> None:
    ask = {"title": f"Zebras {number}", "skills": ["Zebras"], "topics": ["copd"], **about}
    ask = await world.act(member, "POST", "/v1/asks", ask)
    offer = await world.act(leading, "POST", f"/v1/asks/{ask['id']}/offers", {"text": "Zebras"})
    if number % 2:
        answer = {"helped_by": [offer["id"]], "outcome_note": "Zebras"}
        await world.act(member, "POST", f"/v1/asks/{ask['id']}/answer", answer)
