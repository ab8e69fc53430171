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
# At the practices of who writes, in the one world and in the other; nobody looks through their eyes.
COLLEAGUES = ("Gus", "Liv")
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
    "Gus": "A81001",
    "Liv": "A81003",
}
SERIES = [
    {"on": f"2025-{month:02}-01", "numerator": numerator, "denominator": 40 + month}
    for month, numerator in enumerate((12, 3, 14, 9, 20, 2, 17, 11, 15, 8, 13, 21), 1)
]
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
        for code in sorted(set(AT.values()))
    ]  # fmt: skip
    terms = [{"vocabulary": "topic", "code": "diabetes", "label": "Diabetes", "grouping": "All"}]

    async def load(tx: Transaction) -> None:
        await tx.write_many("terms", rows_of(list(terms[0]), Term), terms)
        await tx.write_many("places", rows_of(list(organisations[0]), Organisation), organisations)

    await baseline(world.house.app.rooms.house, load)
    others = ("Ada", "Dan", "Ben", "Obs", "Eva", "Cat")
    for name in (*others, *THE_ONES, *THE_OTHERS, *COLLEAGUES):
        await world.person(name, organisation_code=AT.get(name))
    await world.person("Olga", operator=True)
    await world.network("dale", "Ada")
    await world.network("mill", "Dan")
    await world.join("dale", "Ben", "Obs", "Eva", *THE_ONES, *THE_OTHERS, *COLLEAGUES)
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
    draft = {**SAYING, "title": "Not yet", "kind": "story", "author_ids": [world.people[two]]}
    world.ids["draft"] = (await world.act(one, "POST", "/v1/results", draft))["id"]
    await world.act(one, "PATCH", "/v1/results/{draft}", {"title": "Still not"})
    await world.act(two, "PATCH", "/v1/results/{quiet}", {"learning": "It takes longer."})
    await written(world, "taken", audience="public")
    for key in ("quiet", "loud", "draft", "taken"):
        await _measured(world, key)
    for key in ("quiet", "loud"):
        await _talked_about(world, key)
    await world.act(two, "POST", "/v1/results/{taken}/withdraw", {"reason": "Wrong figures."})
    # One of those who wrote it leaves it, and one leaves the network and is erased: in both worlds both do.
    await world.act(two, "PATCH", "/v1/results/{loud}", {"author_ids": [world.people[one]]})
    for name in ("Ivy", "Max"):
        await world.spell(name, f"{name}_in_dale", "end")
        await world.act(name, "DELETE", "/v1/me")


async def _measured(world: World, key: str) -> None:
    """A measure with small numbers and a cycle: one begins, the other goes on."""
    one, two, about = author(world), author(world, 1), {"result_id": f"{{{key}}}"}
    measure = {"name": "Missed", "chart": "p", "improvement_direction": "decrease", **about}
    world.ids[f"{key} measure"] = (await world.act(one, "POST", "/v1/measures", measure))["id"]
    path = f"/v1/measures/{world.ids[f'{key} measure']}"
    await world.act(two, "PUT", f"{path}/observations", {"observations": SERIES})
    rebase = [{"on": "2025-07-01", "reason": "We began to call."}]
    await world.act(two, "PATCH", path, {"target": 0.2, "rebase": rebase})
    cycle = {"plan": "To ask around", "started_on": "2025-03-01", **about}
    world.ids[f"{key} cycle"] = (await world.act(two, "POST", "/v1/pdsa-cycles", cycle))["id"]
    path = f"/v1/pdsa-cycles/{world.ids[f'{key} cycle']}"
    await world.act(one, "PATCH", path, {"study": "It took longer.", "decision": "adapt"})


async def _talked_about(world: World, key: str) -> None:
    """Questions that authors answer, thanks without a name, a colleague's report and one that counts."""
    one, two, about = author(world), author(world, 1), {"result_id": f"{{{key}}}"}
    asked = {"kind": "question", "text": "Who called?", **about}
    asked = await world.act("Ben", "POST", "/v1/feedback", asked)
    for number, name in enumerate((one, two)):
        said = {"kind": "comment", "text": f"We did {number}.", "answer_to": asked["id"], **about}
        world.ids[f"{key} answer {number}"] = (await world.act(name, "POST", "/v1/feedback", said))[
            "id"
        ]
    thanks = {"kind": "thanks", "text": "A fine thing.", "attribution": "network_only", **about}
    world.ids[f"{key} thanks"] = (await world.act(two, "POST", "/v1/feedback", thanks))["id"]
    edit = {"text": "A very fine thing."}
    await world.act(two, "PATCH", f"/v1/feedback/{{{key} thanks}}", edit)
    colleague = COLLEAGUES[0 if world.fuller else 1]
    for name, effect in (("Ben", "better"), (colleague, "worse"), (colleague, "same")):
        path = f"/v1/results/{{{key}}}/adoptions/{AT[name]}"
        figures = {"numerator": 5, "denominator": 60}
        await world.act(
            name, "PUT", path, {"stage": "testing", "effect": effect, "before": figures}
        )


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
        for code in (AT["Hal"], AT["Lea"], AT["Ben"], AT["Cat"]):
            found.append(("PUT", f"{result}/adoptions/{code}", {"stage": "adopted"}))
        about = {"result_id": world.ids[key]}
        found += [
            ("POST", "/v1/feedback", {"kind": "comment", "text": "Who wrote it?", **about}),
            ("POST", "/v1/measures", {"name": "Mine", **about}),
            ("POST", "/v1/pdsa-cycles", {"plan": "Mine", **about}),
        ]
    for key in ("quiet", "loud", "draft", "taken"):
        measure = f"/v1/measures/{world.ids[f'{key} measure']}"
        cycle = f"/v1/pdsa-cycles/{world.ids[f'{key} cycle']}"
        found += [
            ("PATCH", measure, {"name": "Mine"}),
            ("PUT", f"{measure}/observations", {"observations": SERIES}),
            ("DELETE", measure, None),
            ("PATCH", cycle, {"study": "Mine"}),
            ("DELETE", cycle, None),
        ]
    for key in ("quiet", "loud"):
        for said in ("answer 0", "answer 1", "thanks"):
            feedback = f"/v1/feedback/{world.ids[f'{key} {said}']}"
            found += [("PATCH", feedback, {"text": "Mine"}), ("DELETE", feedback, None)]
    return found
