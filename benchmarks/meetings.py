"""Meetings of the measured world, and what is asked of them.

Every network has some, of the last year and of the next; half of them are for everybody, where the network is. Two
networks that the viewers belong to have 500 occurrences each in the year to come: one as single meetings, one as
series. Planning is asked for by facilitators of networks that anybody finds.
"""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson

from app.core.recurrence import expand
from app.core.wall_time import instant_of, local_text
from app.features.meetings.telling import search_words
from benchmarks.texts import Writer
from benchmarks.world import BACKSTAGE, Row, World, versioned

OCCURRENCES = 500
SERIES, ZONE = 10, "Europe/London"
MODES = ("virtual", "virtual", "face_to_face", "hybrid")


def agenda(chance: random.Random, write: Writer) -> list[Row]:
    """Four points."""
    return [
        {
            "title": write.sentence(4),
            "minutes": chance.choice((10, 15, 20)),
            "presenter": write.person_name(),
            "detail": None,
            "chatham_house": False,
        }
        for _ in range(4)
    ]


def meeting_rows(world: World) -> Iterator[Row]:
    """The occurrences of the year to come, in both networks, begun at the same times of day."""
    world.chance.seed(7)
    singles, several = world.networks[-BACKSTAGE:][:2]
    today = datetime.now(UTC).replace(hour=12, minute=30, second=0, microsecond=0, tzinfo=None)
    for number in range(OCCURRENCES):
        start = today + timedelta(days=1 + number * 360 // OCCURRENCES)
        yield _row(world, singles, start, None)
    each = OCCURRENCES // SERIES
    for number in range(SERIES):
        rule = f"FREQ=WEEKLY;COUNT={each}"
        yield _row(world, several, today + timedelta(days=1 + number % 7), rule)


def spread_meeting_rows(world: World) -> Iterator[Row]:
    """Single meetings of the other networks; agendas come again, for nobody searches them."""
    world.chance.seed(9)
    chance = world.chance
    today = datetime.now(UTC).replace(hour=12, minute=30, second=0, microsecond=0, tzinfo=None)
    agendas = [orjson.dumps(agenda(chance, world.writer)).decode() for _ in range(200)]
    for _ in range(world.sizes.meetings):
        network = chance.choice(world.networks[:-BACKSTAGE])
        start = today + timedelta(days=chance.randint(-365, 365), minutes=30 * chance.randrange(12))
        row = _row(world, network, start, None, chance.choice(agendas))
        at = network["latitude"], network["longitude"]
        met = {"latitude": at[0], "longitude": at[1]} if row["mode"] != "virtual" else {}
        yield row | met | {"confidentiality": chance.choice(("open", "members"))}


def _row(
    world: World, network: Row, start: datetime, rule: str | None, points: str | None = None
) -> Row:
    chance, write = world.chance, world.writer
    local, mode = local_text(start), chance.choice(MODES)
    series = expand(rule, local, ZONE)
    first, last = (datetime.fromtimestamp(series.starts[index], UTC) for index in (0, -1))
    assert first == instant_of(start, ZONE).at
    planned = datetime.now(UTC)
    row: Row = {
        "id": world.id_at(planned),
        "network_id": network["id"],
        "title": write.sentence(chance.randint(3, 7)),
        "description": write.paragraph(15, 45),
        "starts_at": first,
        "local_start": local,
        "timezone": ZONE,
        "duration_minutes": 60,
        "recurrence": rule,
        "excluded": "[]",
        "begins_at": first,
        "ends_at": last + timedelta(hours=1),
        "mode": mode,
        "place": None if mode == "virtual" else write.sentence(4),
        "place_private": False,
        "latitude": None,
        "longitude": None,
        "join_url": None if mode == "face_to_face" else f"https://example.org/{local}",
        "status": "confirmed",
        "announced_at": planned,
        "cancel_reason": None,
        "capacity": None,
        "confidentiality": "members",
        "attendance_hidden": False,
        "agenda": points or orjson.dumps(agenda(chance, write)).decode(),
        "sequence": 0,
        "follows_id": None,
        **versioned(planned),
    }
    return row | search_words(row)


def plan_of(chance: random.Random, write: Writer, network_id: str) -> bytes:
    """The body of one meeting that is planned and announced."""
    start = datetime(2027, 1, 1, 12, 30, tzinfo=UTC) + timedelta(days=chance.randrange(700))
    return orjson.dumps(
        {
            "network_id": network_id,
            "title": write.sentence(chance.randint(3, 7)),
            "description": write.paragraph(15, 45),
            "starts_at": start.isoformat().replace("+00:00", "Z"),
            "duration_minutes": 60,
            "mode": chance.choice(MODES),
            "place": write.sentence(4),
            "join_url": "https://example.org/join",
            "capacity": 30,
            "agenda": agenda(chance, write),
            "status": "confirmed",
        }
    )


def events_in(body: bytes) -> int:
    """How many occurrences a calendar has: single ones, and those that rules count; zones' rules have no end."""
    counts = [int(found) for found in re.findall(rb"\nRRULE:[^\r]*COUNT=(\d+)", body)]
    return body.count(b"BEGIN:VEVENT") - len(counts) + sum(counts)
