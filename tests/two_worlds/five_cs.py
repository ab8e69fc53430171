"""What members do without their name, in two worlds that differ in who it was: nothing that counts people may move.

Hal does it in the one world, Lea in the other. Hal has done what bears his name in both, Lea never has: were any of it
counted, Lea would be one more who takes part, and Hal would not. Kay and Leo come to a confidential network in the same
way: Kay works where somebody of an open network does, Leo where nobody does.
"""

from typing import Any

from app.core.survey_questions import QUESTIONS
from app.core.work import baseline, rows_of
from app.db.database import Transaction
from app.models import Organisation, OrganisationParent, Term
from tests.two_worlds.world import BEGINNING, World

# A fellow member, a facilitator, an observer, a former member, a stranger, an operator, a facilitator of another
# network, and nobody.
READERS = ("Ben", "Ada", "Obs", "Eva", "Cat", "Olga", "Dan", "nobody")
MORE = tuple(f"More {number}" for number in range(5))
# What is computed of a network, and what its members do together.
ONLY = (
    "/v1/networks/{network_id}", "/v1/indicators", "/v1/coverage", "/v1/decisions", "/v1/votes", "/v1/duties",
    "/v1/duty-terms", "/v1/resources", "/v1/survey-rounds", "/v1/assessments", "/v1/asks", "/v1/offers",
)  # fmt: skip
AT = {
    "Hal": "A81001", "Lea": "A81001", "Ben": "A81002", "Kay": "A81002", "Leo": "A81004", "More 0": "A81003",
}  # fmt: skip
FIRST = "2026-02-18T12:30:00"  # has been
SERIES = {"local_start": FIRST, "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=6"}
SAYING: dict[str, Any] = {
    "summary": "We called people the day before.", "topics": ["diabetes"], "problem": "One in three missed it.",
    "aim": {"text": "One in six by April."}, "change": {"what": "We called them."}, "outcome": "no_change",
    "licence": "CC-BY-4.0", "kind": "story",
}  # fmt: skip


def doer(world: World) -> str:
    """Who does it in this world."""
    return "Hal" if world.fuller else "Lea"


async def beginning(world: World) -> None:
    """Who is there, where they work, and what Hal does by name in both worlds."""
    await _reference(world)
    names = (
        "Ada",
        "Dan",
        "Ben",
        "Obs",
        "Eva",
        "Cat",
        "Kim",
        "Hal",
        "Lea",
        "Kay",
        "Leo",
        "Zoe",
        *MORE,
    )
    for name in names:
        await world.person(name, organisation_code=AT.get(name), listed=name in ("Kay", "Leo"))
    await world.person("Olga", operator=True)
    await world.network("dale", "Ada", topics=["diabetes"])
    await world.network("mill", "Dan")
    await world.network("cave", "Kim", visibility="confidential", topics=["diabetes"])
    await world.join("dale", "Ben", "Obs", "Eva", "Zoe", "Hal", "Lea", *MORE)
    await world.join("mill", *MORE)
    await world.spell("Ada", "Obs_in_dale", "edit", {"role": "observer"})
    await world.spell("Ada", "Zoe_in_dale", "edit", {"role": "facilitator"})
    await world.spell("Eva", "Eva_in_dale", "end")
    await world.network("cellar", "Zoe", parent_id="{dale}", visibility="confidential")
    await world.network("attic", "Ada", parent_id="{dale}")
    await world.join("attic", "Hal", "Ben")
    proposal = {"network_id": "{dale}", "title": "Cake", "proposal": "Cake for all"}
    world.ids["cake"] = (await world.act("Ada", "POST", "/v1/decisions", proposal))["id"]
    await world.act("Hal", "PUT", "/v1/decisions/{cake}/vote", {"vote": "agree"})
    for key in ("vault", "round"):
        rule = {"confidentiality": "chatham_house"} if key == "vault" else {}
        await world.meeting(key, "Ada", "dale", **SERIES, **rule)
    await _recorded(world, "round", "Ada", "Ben", "Hal")


async def _reference(world: World) -> None:
    blank = dict.fromkeys(
        ("valid_from", "valid_to", "address", "postcode", "latitude", "longitude")
    )
    kinds = {**dict.fromkeys(sorted(set(AT.values())), "gp_practice"), "QE1": "icb"}
    organisations = [
        {
            **blank, "code": code, "name": f"Body {code}", "kind": kind, "ods_roles": '["RO76"]', "active": True,
            "parents": "[]", "successors": "[]", "updated_at": BEGINNING, "search_name": "", "search_topics": "",
            "search_purpose": "", "search_front": "", "search_inside": "", "region": "scotland",
        }
        for code, kind in kinds.items()
    ]  # fmt: skip
    parents = [
        {"code": code, "parent_code": "QE1", "relationship": "icb"} for code in sorted(set(AT.values()))
    ]  # fmt: skip
    terms = [{"vocabulary": "topic", "code": "diabetes", "label": "Diabetes", "grouping": "All"}]

    async def load(tx: Transaction) -> None:
        for name, model, rows in (
            ("terms", Term, terms), ("places", Organisation, organisations), ("parents", OrganisationParent, parents),
        ):  # fmt: skip
            await tx.write_many(name, rows_of(list(rows[0]), model), rows)

    await baseline(world.house.app.rooms.house, load)


async def _recorded(world: World, key: str, *names: str) -> None:
    came = [{"person_id": world.people[name], "came": True} for name in names]
    record = {"occurrence": FIRST, "people": came}
    await world.act("Ada", "POST", f"/v1/meetings/{{{key}}}/attendance/record", record)


async def _shared(world: World, by: str, key: str, **more: Any) -> None:
    body = {**SAYING, "network_id": "{dale}", "title": key.title(), "audience": "public", **more}
    world.ids[key] = (await world.act(by, "POST", "/v1/results", body))["id"]
    await world.act(by, "POST", f"/v1/results/{{{key}}}/publish", {"conduct_version": 0})


async def unnamed(world: World) -> None:
    """Whoever it is comes under the Rule and does what was agreed there, shares, answers, thanks, reports, accepts."""
    one = doer(world)
    await _recorded(world, "vault", one, "Ben")
    task = {"meeting_id": "{vault}", "title": "To ring them", "owner_id": f"{{{one}}}"}
    task["occurrence"] = FIRST
    world.ids["task"] = (await world.act("Ada", "POST", "/v1/actions", task))["id"]
    await world.act(one, "POST", "/v1/actions/{task}/complete")
    await _shared(world, one, "quiet", attribution="network_only")
    await _shared(world, "Ben", "named", attribution="named")
    asked: dict[str, Any] = {"kind": "question", "text": "Who called?", "result_id": "{quiet}"}
    asked = await world.act("Ben", "POST", "/v1/feedback", asked)
    answer = {
        "kind": "comment",
        "text": "We did.",
        "answer_to": asked["id"],
        "result_id": "{quiet}",
    }
    await world.act(one, "POST", "/v1/feedback", answer)
    thanks = {"kind": "thanks", "text": "Thanks.", "attribution": "network_only"}
    thanks["result_id"] = "{named}"
    await world.act(one, "POST", "/v1/feedback", thanks)
    path = f"/v1/results/{{named}}/adoptions/{AT['Hal']}"
    await world.act(one, "PUT", path, {"stage": "adopted", "effect": "better"})
    charter = {"communication": "Monthly"}
    await world.act("Ada", "PUT", "/v1/networks/{dale}/charter", charter)
    await world.act(one, "POST", "/v1/networks/{dale}/charter/accept", {"version": 1})
    await world.join_by_invitation("cellar", "Zoe", one)
    await world.join_by_invitation("cave", "Kim", "Kay" if world.fuller else "Leo")


async def surveys(world: World) -> None:
    """Who answers; what those answer who are of one mind, so that nothing is told; and how few they are."""
    one, ones = doer(world), 1 if world.fuller else 5
    told = {"Ben": 1, "Obs": 2, "More 0": 3, "More 1": 4, one: 5}
    await surveyed(world, "dale", "Ada", told)
    await surveyed(world, "dale", "Ada", dict.fromkeys(("Ben", "Obs", "Ada", *MORE[:2]), ones))
    await surveyed(world, "mill", "Dan", dict.fromkeys(MORE[: 4 if world.fuller else 2], 3))


async def surveyed(world: World, network: str, leading: str, answers: dict[str, int]) -> str:
    """A round that these people answer, each with one number to every question; it closes. Returns its id."""
    body = {"title": "How are we doing?", "closes_at": "2099-05-01T09:00:00Z"}
    made = await world.act(leading, "POST", f"/v1/networks/{{{network}}}/survey-rounds", body)
    path = f"/v1/survey-rounds/{made['id']}"
    minutes = world.given.minutes
    for name, choice in answers.items():
        chosen = {question.code: choice for question in QUESTIONS}
        await world.act(name, "POST", f"{path}/responses", {"answers": chosen})
    # However many answered, what comes next comes at the same instant.
    world.given.minutes = minutes + 10 if not world.given.hidden else minutes
    await world.act(leading, "POST", f"{path}/close")
    return str(made["id"])


async def hidden(world: World) -> None:
    """A proposal with a vote, a duty held, a request and an offer, each reported and hidden by a facilitator."""
    one, about = doer(world), {"network_id": "{dale}"}
    made = {}
    proposal = {"title": "Zebras", "proposal": "Blue zebras", **about}
    made["decision"] = (await world.act("Ada", "POST", "/v1/decisions", proposal))["id"]
    await world.act(one, "PUT", f"/v1/decisions/{made['decision']}/vote", {"vote": "agree"})
    duty = {"title": "Zebras", "body": "The zoo", **about}
    made["duty"] = (await world.act("Ada", "POST", "/v1/duties", duty))["id"]
    term = {"person_id": f"{{{one}}}", "from_on": "2026-01-01", "to_on": "2026-12-31"}
    await world.act("Ada", "POST", f"/v1/duties/{made['duty']}/terms", term)
    ask = {"title": "Zebras", "skills": ["Zebras"], **about}
    made["ask"] = (await world.act(one, "POST", "/v1/asks", ask))["id"]
    for kind, key in made.items():
        report = {"content_kind": kind, "content_id": key, "reason": "spam", "detail": "Zebras"}
        reported = (await world.act("Obs", "POST", "/v1/reports", report))["id"]
        await world.act("Zoe", "POST", f"/v1/reports/{reported}/hide")
