"""The same world in two databases, id for id and instant for instant, and questions about it; all from one seed."""

import random
from collections.abc import Callable, Iterator
from typing import Any, Final

from app.reference.load import read_regions
from app.reference.search_words import read_synonyms
from tests.reference import load_small
from tests.two_worlds.test_two_worlds import given_secrets
from tests.two_worlds.world import World

SEED: Final = 20261123
NETWORKS, RESULTS, MEETINGS, PEOPLE = 60, 40, 40, 12
READERS: Final = ("nobody", "Stranger", "Member 1", "Member 5", "Keeper", "Olga")
TOPICS: Final = (
    "asthma",
    "copd",
    "diabetes",
    "hypertension",
    "dementia",
    "patient-safety",
    "access",
)
PROFESSIONS: Final = ("gp", "practice-nurse", "clinical-pharmacist")
VISIBILITIES: Final = ("open", "open", "restricted", "private", "confidential")
# What is no ordinary word: other scripts, accents, apostrophes, codes, punctuation, sizes.
ODD: Final = (
    "Tŷ Henry", "Llŷn", "King's", "O’Brien", "Ysbyty Gwynedd", "محمد", "שלום", "糖尿病", "Ωmega", "naïve", "ﬁrst",
    "Ｗｏｕｎｄ", "T2DM", "A81001", "TS18", "8am", "e-Consult", "SPC/run-charts", "100%", "under_score", "straße",
    "İstanbul", "e\u0301clair", "👩‍⚕️ nurse", "C++", "24/7",
)  # fmt: skip
PLAIN: Final = """
    practice care network team people working together learn safer prescribing inhaler review recall register blood
    pressure home monitoring same day access continuity frailty falls wound dressing cancer referral screening
    vaccination children winter greener antibiotic opioid pain triage telephone appointment receptionist"""
PLACES: Final = ("54.57,-1.31", "53.2,-4.1", "51.5,-0.1")


def _told(chance: random.Random) -> list[str]:
    """Every word and phrase that texts are made of."""
    synonyms = [text for entry in read_synonyms() for text in (entry.term, *entry.same_as)]
    return [*PLAIN.split(), *PLAIN.split(), *ODD, *chance.sample(sorted(set(synonyms)), 80)]


def text(chance: random.Random, told: list[str], most: int) -> str:
    """A sentence of these."""
    return " ".join(chance.choice(told) for _ in range(chance.randint(2, most)))


async def fill(world: World) -> list[str]:
    """Make the world; returns its texts. The same calls in the same order, whatever the database."""
    chance = random.Random(SEED)
    told = _told(chance)
    texts: list[str] = []

    def say(most: int) -> str:
        texts.append(text(chance, told, most))
        return texts[-1]

    with given_secrets(world):
        await load_small(world.house.app.rooms.house)
        await world.person("Olga", operator=True)
        for name in ("Keeper", "Stranger", *(f"Member {n}" for n in range(PEOPLE))):
            await world.person(name, listed=chance.random() < 0.7)
            about = {
                "display_name": f"{name} {say(2)}"[:80],
                "bio": say(8),
                "skills": [say(2)[:60]],
            }
            more = {"interests": chance.sample(TOPICS, 2), "profession": chance.choice(PROFESSIONS)}
            await world.act(name, "PATCH", "/v1/me", {**about, **more, "region": "Y63"})
        await _networks(world, chance, say)
        await _meetings_and_results(world, chance, say)
    return texts


async def _networks(world: World, chance: random.Random, say: Any) -> None:
    regions = [region.code for region in read_regions()]
    for number in range(NETWORKS):
        body = {
            "name": say(4)[:120], "purpose": say(20), "aims": [say(8), say(8)], "member_offer": say(6),
            "topics": chance.sample(TOPICS, chance.randint(0, 3)), "professions": [chance.choice(PROFESSIONS)],
            "region": chance.choice(regions), "place": say(2)[:60], "join_policy": "open",
        }  # fmt: skip
        if number % 3:
            body |= {"latitude": 54.5 + number / 97, "longitude": -1.3 - number / 89}
        if number % 4 == 0:
            body |= {"resourcing": say(6), "charter": {"leadership": say(4)}}
        await world.network(f"n{number}", "Keeper", **body)
        await world.join(f"n{number}", *{f"Member {number % PEOPLE}": 0, "Member 1": 0})
        rule = {
            "visibility": chance.choice(VISIBILITIES),
            "join_policy": chance.choice(("open", "request", "invite")),
        }
        await world.edit(f"n{number}", "Keeper", **rule)
    await world.act("Keeper", "POST", "/v1/networks/{n7}/archive", {"closing_note": "Done."})


async def _meetings_and_results(world: World, chance: random.Random, say: Any) -> None:
    for number in range(MEETINGS):
        rule = chance.choice(("open", "members", "chatham_house"))
        place = {"latitude": 54.5 + number / 83, "longitude": -1.3, "place": say(3)[:60]}
        await world.meeting(
            f"m{number}", "Keeper", f"n{number % 7}", title=say(4)[:120], description=say(10), confidentiality=rule,
            status=chance.choice(("confirmed", "tentative")), mode="hybrid", place_private=number % 4 == 0, **place,
        )  # fmt: skip
    for number in range(RESULTS):
        body = {
            "network_id": f"{{n{8 + number % 20}}}", "kind": "story", "title": say(5)[:120], "summary": say(20),
            "problem": say(10), "aim": {"text": say(5)}, "change": {"what": say(8)}, "learning": say(12),
            "outcome": "improved", "licence": "CC-BY-4.0", "topics": chance.sample(TOPICS, 1),
            "audience": chance.choice(("public", "public", "network")), "attribution": "network_only",
        }  # fmt: skip
        made = await world.act("Keeper", "POST", "/v1/results", body)
        if number % 5:
            await world.act(
                "Keeper", "POST", f"/v1/results/{made['id']}/publish", {"conduct_version": 0}
            )


def _slipped(chance: random.Random, word: str) -> str:
    at = chance.randrange(max(len(word) - 1, 1))
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            word[:at] + "q" + word[at:],
        )
    )


def _words(chance: random.Random, texts: list[str]) -> str:
    """What somebody may type of a text: words of it, begun, misspelt, of two texts, in another case, or odd."""
    words = chance.choice(texts).split() or ["care"]
    start = chance.randrange(len(words))
    some = words[start : start + chance.randint(1, 4)]
    ways: dict[str, Callable[[], list[str]]] = {
        "as it is": lambda: some,
        "begun": lambda: [*some[:-1], some[-1][: max(2, len(some[-1]) // 2)]],
        "misspelt": lambda: [_slipped(chance, some[0]), *some[1:]],
        "two texts": lambda: [*some, *chance.choice(texts).split()[:2]],
        "shouted": lambda: [word.upper() for word in some],
        "asked": lambda: ["people", "who", "like", *some],
        "odd": lambda: [chance.choice(ODD)],
        "same": lambda: [chance.choice(read_synonyms()).term],
    }
    return " ".join(ways[chance.choice(list(ways))]()) or "care"


def questions(texts: list[str], count: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Who asks, which address, with what: two of three search everything, others a list or suggestions."""
    chance = random.Random(SEED + 1)
    for _ in range(count):
        reader, limit = chance.choice(READERS), chance.choice((2, 5, 20))
        given: dict[str, Any] = {"q": _words(chance, texts)[:200], "limit": limit}
        path = chance.choice(
            ("/v1/search",) * 10
            + ("/v1/networks", "/v1/meetings", "/v1/results", "/v1/organisations", "/v1/suggest")
        )
        if path == "/v1/suggest":
            yield reader, path, {"q": given["q"]}
            continue
        if path == "/v1/search":
            if chance.random() < 0.5:
                given |= _filters(chance)
            if "near" in given and chance.random() < 0.3:
                given |= {"sort": "distance"}
            if len(given) > 2 and chance.random() < 0.2:
                given.pop("q")
        yield reader, path, given


def _filters(chance: random.Random) -> dict[str, Any]:
    every: dict[str, Callable[[], Any]] = {
        "kinds": lambda: chance.choice(("network", "result", "meeting", "organisation")),
        "topic": lambda: chance.choice(TOPICS),
        "profession": lambda: chance.choice(PROFESSIONS),
        "region": lambda: "Y63",
        "open_to_join": lambda: chance.choice(("true", "false")),
        "near": lambda: chance.choice(PLACES),
    }
    names = chance.sample(list(every), chance.randint(1, 2))
    found = {name: every[name]() for name in names}
    if found.keys() <= {"kinds"}:
        found["topic"] = chance.choice(TOPICS)
    return {**found, **({"within_km": chance.choice((5, 50, 1000))} if "near" in found else {})}
