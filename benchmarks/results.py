"""Results of the measured world, and one measure with a long series.

Results that anybody reads lie in open networks, written by who facilitates them. One more is for the members of a
network that the viewers are in: the first viewer wrote it, and its measure has 500 months.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import orjson

from app.core.adoption_counts import NO_ADOPTIONS
from app.features.results.commands import search_words
from benchmarks.texts import Writer
from benchmarks.world import BACKSTAGE, BEGAN, VIEWERS, Row, World, versioned

RESULTS, POINTS = 500, 500
SAME = 2_000  # different long texts
# What the list asks for, and what it does not.
KIND, OTHER_KINDS = "project", ("audit", "case_study", "story", "idea", "pdsa")
FIRST = date(2000, 1, 1)


def result_rows(world: World) -> Iterator[Row]:
    """What is shared, the one with the series last. `world.results` notes who wrote which."""
    chance = world.chance
    chance.seed(8)
    lead = {network: person for network, person, role, _ in world.spells if role == "facilitator"}
    shared = [
        place
        for place, network in enumerate(world.networks[:-BACKSTAGE])
        if network["open_inside"] and place in lead
    ]
    world.results = []
    told = [_told(world.writer) for _ in range(SAME)]
    for number, place in enumerate(chance.choices(shared, k=max(RESULTS, world.sizes.results))):
        author = world.people[lead[place]]
        kind = KIND if number < RESULTS else chance.choice(OTHER_KINDS)
        row = _row(world, world.networks[place], author, kind, "public", chance.choice(told))
        world.results.append((_remembered(row), author["id"]))
        yield row
    author = world.people[-VIEWERS]
    row = _row(
        world, world.networks[-BACKSTAGE], author, OTHER_KINDS[0], "network", _told(world.writer)
    )
    world.results.append((_remembered(row), author["id"]))
    yield row


def _remembered(row: Row) -> Row:
    return {name: row[name] for name in ("id", "network_id", "topics")}


def _told(write: Writer) -> Row:
    """The long texts of a result. So many are made as matter to an index, and come again."""
    return {
        name: write.paragraph(20, 60)
        for name in ("problem", "rationale", "what_happened", "learning", "limitations")
    }


def _row(world: World, network: Row, author: Row, kind: str, audience: str, told: Row) -> Row:
    chance, write = world.chance, world.writer
    published = BEGAN + timedelta(days=chance.randrange(700))
    topics = chance.sample(sorted(world.topics), 2)
    practice = author["practice"]
    row: Row = {
        "id": world.blind_id(),
        "network_id": network["id"],
        "organisation_code": practice.code if practice else None,
        "title": write.sentence(chance.randint(4, 9)),
        "summary": write.paragraph(15, 45),
        "kind": kind,
        **told,
        "aim": orjson.dumps({"text": write.sentence(10)}).decode(),
        "change": orjson.dumps({"what": write.paragraph(10, 30)}).decode(),
        "outcome": chance.choice(("improved", "no_change", "worse", "mixed", "abandoned")),
        "contact_ok": True,
        "licence": "CC-BY-4.0",
        "topics": orjson.dumps(topics).decode(),
        "attribution": chance.choices(("named", "organisation", "network_only"), (60, 25, 15))[0],
        "audience": audience,
        "status": "published",
        "published_on": published.date(),
        "listed_on": published.date(),
        "conduct_version": 0,
        "adoption_count": 0,
        "adoption_summary": NO_ADOPTIONS,
        **versioned(published.replace(hour=0, minute=0, second=0, microsecond=0)),
    }
    if row["organisation_code"] is None and row["attribution"] == "organisation":
        row["attribution"] = "named"
    return row | search_words(row, [world.topics[code] for code in topics])


def topic_rows(world: World) -> Iterator[Row]:
    """What the filter looks at."""
    for row, _ in world.results:
        for code in orjson.loads(row["topics"]):
            yield {"result_id": row["id"], "code": code}


def author_rows(world: World) -> Iterator[Row]:
    """Who wrote what."""
    for row, person_id in world.results:
        yield {"result_id": row["id"], "person_id": person_id, "position": 0, "removed": False}


def measure_rows(world: World) -> Iterator[Row]:
    """The one measure."""
    result, _ = world.results[-1]
    yield {
        "id": world.blind_id(),
        "result_id": result["id"],
        "network_id": result["network_id"],
        "position": 0,
        "name": "Seen within a fortnight",
        "kind": "outcome",
        "unit": "%",
        "frequency": "month",
        "chart": "xmr",
        "ruleset": "mdc",
        "improvement_direction": "increase",
        "target": 75.0,
        "rebase": "[]",
        "exclude_on": "[]",
        "multiply": 100.0,
        "screen_moving_ranges": True,
        "observation_count": POINTS,
        "first_on": FIRST,
        "last_on": month(POINTS - 1),
        **versioned(BEGAN.replace(hour=0)),
    }


def series_rows(measure_id: str) -> Iterator[Row]:
    """Its series, as the product keeps it."""
    yield {"measure_id": measure_id, "data": series(POINTS), "smallest": 30.0}


def month(number: int) -> date:
    """The first day of a month, counted from the first of the series."""
    return date(FIRST.year + number // 12, number % 12 + 1, 1)


def series(points: int) -> str:
    """Counts that wander a little, and none of them small."""
    found: list[list[Any]] = [
        [month(n).isoformat(), 60 + n * 37 % 23 + n // 60, 110 + n * 13 % 17, None, None]
        for n in range(points)
    ]
    return orjson.dumps(found).decode()


def days_as_csv(points: int) -> bytes:
    """So many days as a spreadsheet saves them."""
    lines = [
        f"{FIRST + timedelta(days=n)},{60 + n * 37 % 23},{110 + n * 13 % 17},"
        for n in range(points)
    ]
    return "\n".join(["on,numerator,denominator,annotation", *lines, ""]).encode()


def adoption_of(write: Writer, number: int) -> bytes:
    """The body of a report of having tried it."""
    return orjson.dumps(
        {
            "stage": ("testing", "adopted")[number % 2],
            "adaptations": write.paragraph(10, 30),
            "before": {"numerator": 40 + number % 9, "denominator": 120},
            "after": {"numerator": 60, "denominator": 121},
            "effect": "better",
        }
    )
