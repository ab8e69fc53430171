"""Reports, an accepted code of conduct and charter, in two worlds that differ in who reported and who accepted.

Hal does it in the one world, Lea the same, at the same instants, in the other: both are members of the same network.
"""

from typing import Any

from app.core.work import baseline, rows_of
from app.db.database import Transaction
from app.models import Term
from tests.two_worlds.world import World

THE_ONE, THE_OTHER = "Hal", "Lea"
# The author of the result, a facilitator who planned the meeting and one who did not, an observer, a former member, a
# stranger, an operator, a facilitator of another network, and nobody.
READERS = ("Ben", "Ada", "Zoe", "Obs", "Eva", "Cat", "Olga", "Dan", "nobody")


def reporter(world: World) -> str:
    """Who reports in this world."""
    return THE_ONE if world.fuller else THE_OTHER


async def beginning(world: World) -> None:
    """Who is there, and what there is to report."""
    terms = [{"vocabulary": "topic", "code": "diabetes", "label": "Diabetes", "grouping": "All"}]

    async def load(tx: Transaction) -> None:
        await tx.write_many("terms", rows_of(list(terms[0]), Term), terms)

    await baseline(world.house.app.rooms.house, load)
    for name in ("Ada", "Zoe", "Dan", "Ben", "Obs", "Eva", "Cat", THE_ONE, THE_OTHER):
        await world.person(name)
    await world.person("Olga", operator=True)
    await world.network("dale", "Ada")
    await world.network("mill", "Dan")
    await world.join("dale", "Zoe", "Ben", "Obs", "Eva", THE_ONE, THE_OTHER)
    await world.spell("Ada", "Obs_in_dale", "edit", {"role": "observer"})
    await world.spell("Ada", "Zoe_in_dale", "edit", {"role": "facilitator"})
    await world.spell("Eva", "Eva_in_dale", "end")
    await world.act("Ada", "PUT", "/v1/networks/{dale}/charter", {"leadership": "We take turns."})
    for key in ("first", "second", "third"):
        await _written(world, key)
    for key in ("spring", "summer"):
        await world.meeting(key, "Ada", "dale", announce=True, confidentiality="open")
    asked: dict[str, Any] = {"network_id": "{dale}", "title": "Ask around"}
    world.ids["errand"] = (await world.act("Ben", "POST", "/v1/actions", asked))["id"]


async def _written(world: World, key: str) -> None:
    """A result of Ben's that everybody reads."""
    body: dict[str, Any] = {
        "summary": "We called people the day before.", "problem": "One in three missed it.", "title": key.title(),
        "aim": {"text": "One in six by April."}, "change": {"what": "We called them."}, "outcome": "no_change",
        "licence": "CC-BY-4.0", "topics": ["diabetes"], "network_id": "{dale}", "kind": "story", "audience": "public",
    }  # fmt: skip
    world.ids[key] = (await world.act("Ben", "POST", "/v1/results", body))["id"]
    await world.act("Ben", "POST", f"/v1/results/{{{key}}}/publish", {"conduct_version": 0})


async def reporting(world: World) -> None:
    """One accepts the code and reports; others hide, show, decide, appeal."""
    who = reporter(world)
    await world.act(who, "POST", "/v1/networks/{dale}/conduct/accept", {"version": 0})
    await world.act(who, "POST", "/v1/networks/{dale}/charter/accept", {"version": 1})
    for key, kind, reason in (
        ("first", "result", "patient_data"), ("second", "result", "patient_data"), ("third", "result", "unsafe"),
        ("spring", "meeting", "patient_data"), ("summer", "meeting", "spam"), ("errand", "action", "patient_data"),
        ("dale", "network", "other"), ("Ben", "person", "other"),
    ):  # fmt: skip
        body = {"content_kind": kind, "content_id": f"{{{key}}}", "reason": reason, "detail": "So"}
        world.ids[f"{key} report"] = (await world.act(who, "POST", "/v1/reports", body))["id"]
    again = {"content_kind": "result", "content_id": "{first}", "reason": "patient_data"}
    await world.act(who, "POST", "/v1/reports", again)
    await _done(world, "Zoe", "first", "decide", {"decision": "upheld", "note": "Take it out."})
    await _done(world, "Ben", "first", "appeal", {"text": "It is invented."})
    await _done(world, "Ada", "second", "decide", {"decision": "dismissed"})
    await _done(world, "Zoe", "third", "hide")
    await _done(world, "Zoe", "summer", "hide")
    await _done(world, "Zoe", "summer", "unhide")


async def _done(world: World, by: str, key: str, verb: str, body: Any = None) -> None:
    await world.act(by, "POST", f"/v1/reports/{world.ids[f'{key} report']}/{verb}", body)


def writes(world: World) -> list[tuple[str, str, Any]]:
    """Requests that touch what was reported, each with a body that is right or almost right."""
    found: list[tuple[str, str, Any]] = [
        ("POST", "/v1/networks/" + world.ids["dale"] + "/conduct/accept", {"version": 0}),
        ("PUT", "/v1/networks/" + world.ids["dale"] + "/conduct", {"text": "Be kind."}),
        ("POST", "/v1/networks/" + world.ids["dale"] + "/charter/accept", {"version": 1}),
        ("PUT", "/v1/networks/" + world.ids["dale"] + "/charter", {"leadership": "We take turns."}),
    ]
    for key, kind in (("first", "result"), ("second", "result"), ("spring", "meeting")):
        report = f"/v1/reports/{world.ids[f'{key} report']}"
        content = {"content_kind": kind, "content_id": world.ids[key]}
        found += [
            ("POST", f"{report}/hide", None),
            ("POST", f"{report}/unhide", None),
            ("POST", f"{report}/decide", {"decision": "upheld"}),
            ("POST", f"{report}/decide", {"decision": "dismissed"}),
            ("POST", f"{report}/appeal", {"text": "No"}),
            ("POST", "/v1/reports", {**content, "reason": "patient_data"}),
            ("POST", "/v1/reports", {**content, "reason": "spam"}),
        ]
    return found
