"""What is shared without a name, in two worlds that differ in who wrote it.

Hal and Ivy write in the one world, Lea and Max the same, at the same instants, in the other. All four belong to the
same network, each to an organisation of their own; what others say to it is the same in both.
"""

from typing import Any

from app.core.work import baseline, rows_of
from app.db.database import Transaction
from app.models import Organisation, Term
from tests.two_worlds.world import BEGINNING, World

THE_ONES, THE_OTHERS = ("Hal", "Ivy"), ("Lea", "Max")
# A fellow member, a facilitator, an observer, a former member, a stranger, an operator, a facilitator of another
# network, and nobody.
READERS = ("Ben", "Ada", "Obs", "Eva", "Cat", "Olga", "Dan", "nobody")
AT = {
    "Hal": "A81001",
    "Ivy": "A81002",
    "Lea": "A81003",
    "Max": "A81004",
    "Ben": "A81005",
    "Cat": "A81006",
}
SAYING: dict[str, Any] = {
    "summary": "We called people the day before.", "topics": ["diabetes"], "problem": "One in three missed it.",
    "aim": {"text": "One in six by April."}, "change": {"what": "We called them."}, "outcome": "no_change",
    "licence": "CC-BY-4.0", "network_id": "{dale}",
}  # fmt: skip


def author(world: World, number: int = 0) -> str:
    """Who writes in this world."""
    return (THE_ONES if world.fuller else THE_OTHERS)[number]


async def beginning(world: World) -> None:
    """Who is there, and where they work."""
    blank = dict.fromkeys(
        ("valid_from", "valid_to", "address", "postcode", "latitude", "longitude", "region")
    )
    organisations = [
        {
            **blank, "code": code, "name": f"Practice {code}", "kind": "gp_practice", "ods_roles": '["RO76"]',
            "active": True, "parents": "[]", "successors": "[]", "updated_at": BEGINNING, "search_name": "",
            "search_topics": "", "search_purpose": "", "search_front": "", "search_inside": "",
        }
        for code in AT.values()
    ]  # fmt: skip
    terms = [{"vocabulary": "topic", "code": "diabetes", "label": "Diabetes", "grouping": "All"}]

    async def load(tx: Transaction) -> None:
        await tx.write_many("terms", rows_of(list(terms[0]), Term), terms)
        await tx.write_many("places", rows_of(list(organisations[0]), Organisation), organisations)

    await baseline(world.house.app.rooms.house, load)
    for name in ("Ada", "Dan", "Ben", "Obs", "Eva", "Cat", *THE_ONES, *THE_OTHERS):
        await world.person(name, organisation_code=AT.get(name))
    await world.person("Olga", operator=True)
    await world.network("dale", "Ada")
    await world.network("mill", "Dan")
    await world.join("dale", "Ben", "Obs", "Eva", *THE_ONES, *THE_OTHERS)
    await world.spell("Ada", "Obs_in_dale", "edit", {"role": "observer"})
    await world.spell("Eva", "Eva_in_dale", "end")


async def written(world: World, key: str, **more: Any) -> None:
    """A result that is published, called `key` from now on."""
    one, two = author(world), author(world, 1)
    body = {**SAYING, "title": key.title(), "kind": "story", "attribution": "network_only", **more}
    body |= {"author_ids": [world.people[two]], "organisation": AT[one]}
    world.ids[key] = (await world.act(one, "POST", "/v1/results", body))["id"]
    await world.act(one, "POST", f"/v1/results/{{{key}}}/publish", {"conduct_version": 0})


async def sharing(world: World) -> None:
    """What they write, change, take back; and drafts of which nobody else knows."""
    one, two = author(world), author(world, 1)
    await written(world, "quiet", audience="network")
    await written(world, "loud", audience="public")
    # Where the organisation is told it is the same in both worlds.
    await written(world, "placed", audience="public", attribution="network_only")
    shown = {"attribution": "organisation", "organisation": AT["Ben"]}
    await world.act(two, "PATCH", "/v1/results/{placed}", shown)
    draft = {**SAYING, "title": "Not yet", "kind": "story"}
    world.ids["draft"] = (await world.act(one, "POST", "/v1/results", draft))["id"]
    await world.act(one, "PATCH", "/v1/results/{draft}", {"title": "Still not"})
    await world.act(two, "PATCH", "/v1/results/{quiet}", {"learning": "It takes longer."})
    await written(world, "taken", audience="public")
    await world.act(two, "POST", "/v1/results/{taken}/withdraw", {"reason": "Wrong figures."})
    # One of those who wrote it leaves it, and one leaves the network: in both worlds both do.
    await world.act(two, "PATCH", "/v1/results/{loud}", {"author_ids": [world.people[one]]})
    for name in ("Ivy", "Max"):
        await world.spell(name, f"{name}_in_dale", "end")


def writes(world: World) -> list[tuple[str, str, Any]]:
    """Requests that touch what is hidden, each with a body that is right or almost right."""
    found: list[tuple[str, str, Any]] = []
    for key in ("quiet", "loud", "placed", "draft", "taken"):
        result = f"/v1/results/{world.ids[key]}"
        found += [
            ("PATCH", result, body)
            for body in (
                {"title": "Mine"}, {"attribution": "named"}, {"organisation": AT["Hal"]},
                {"author_ids": [world.people["Hal"]]}, {"author_ids": [world.people["Lea"]]},
            )
        ]  # fmt: skip
        found += [
            ("DELETE", result, None),
            ("POST", f"{result}/publish", {}),
            ("POST", f"{result}/publish", {"conduct_version": 0}),
            ("POST", f"{result}/withdraw", {}),
        ]
    return found
