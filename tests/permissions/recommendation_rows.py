"""The rows of recommendations: what one could come into and reads the front of, ordered by what speaks for it."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net
from tests.permissions.oracle import FRONT
from tests.permissions.table import Cell, everybody, rows_of

PATH = "/v1/me/recommendations"
LEAST = 5


def _offered(facts: Facts, actor: Actor, net: Net) -> bool:
    """Open to them, at the top or below what they are in, and they never had to do with it."""
    if net.archived or facts.spell(actor.person, net.key) is not None:
        return False
    if net.parent is not None and not oracle.membership(facts, actor, facts.nets[net.parent]):
        return False
    comes_in = net.policy != "invite" or net.elsewhere
    return comes_in and oracle.tier(facts, actor, net) >= FRONT


def _points(facts: Facts, actor: Actor, net: Net) -> dict[str, int]:
    """What speaks for it."""
    said = facts.people[actor.person or ""].columns
    alike = {
        spell.person
        for spell in facts.spells.values()
        if spell.net == net.key
        and spell.status == "active"
        and spell.person != actor.person
        and facts.people[spell.person].columns["profession"] == said["profession"]
    }
    points = {
        "interests": 4 * (said["interests"] == f'["{net.body["topics"][0]}"]'),
        "profession": 3 * (said["profession"] in net.body["professions"]),
        "place": int(said["region"] == net.body["region"]),
        "like_roles": 2 * (len(alike) >= LEAST),
    }
    return {name: count for name, count in points.items() if count}


@rows_of("listRecommendations")
def list_recommendations(facts: Facts) -> Iterator[Cell]:
    """Networks of which one reads the front, each for reasons that are true, and no others; in one order."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "networks:read")

        def check(found: dict[str, Any], actor: Actor = actor) -> str:
            about = {
                n.id: _points(facts, actor, n)
                for n in facts.nets.values()
                if _offered(facts, actor, n)
            }
            scores = {one: sum(points.values()) for one, points in about.items() if points}
            expected = sorted(scores, key=lambda one: (scores[one], one), reverse=True)
            names = {n.id: n.key for n in facts.nets.values()}
            told = [item["network"]["id"] for item in found["items"]]
            if told != expected:
                return (
                    f"{[names[one] for one in told]}, expected {[names[one] for one in expected]}"
                )
            for item in found["items"]:
                codes = {reason["code"] for reason in item["reasons"]}
                if codes != set(about[item["network"]["id"]]):
                    return f"{names[item['network']['id']]} for {sorted(codes)}"
            return ""

        yield Cell(
            "listRecommendations", label, net.key, actor, "GET", PATH, end or (200, None), "all",
            params={"limit": "100"}, check=check,
        )  # fmt: skip
