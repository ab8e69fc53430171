"""Rows of the measured world, one generator for each table, as the database takes them."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.core import words
from app.core.tokens import hash_of
from app.core.viewer import PERSONAL_SCOPES
from app.features.networks.settling import search_words
from app.reference.load import read_outcodes, read_professions, read_topics, read_towns
from benchmarks.world import BEGAN, VIEWERS, Row, World, secret_of, versioned

JOINERS = 2_000
PLANNERS = 500


def text(value: Any) -> str | None:
    """JSON text."""
    return None if value is None else orjson.dumps(value).decode()


def organisation_rows(world: World) -> Iterator[Row]:
    """The shipped organisations."""
    for org in world.organisations:
        yield {
            "code": org.code, "name": org.name, "kind": org.kind, "ods_roles": text(list(org.ods_roles)),
            "active": org.active, "valid_from": org.valid_from, "valid_to": org.valid_to,
            "address": org.address, "postcode": org.postcode, "latitude": org.latitude,
            "longitude": org.longitude, "region": org.region, "parents": "[]", "successors": "[]",
            "updated_at": BEGAN, **searched(search_name=words.document(org.name)),
        }  # fmt: skip


def term_rows() -> Iterator[Row]:
    """The shipped topics and professions."""
    for vocabulary, terms in (("topic", read_topics()), ("profession", read_professions())):
        for term in terms:
            yield {
                "vocabulary": vocabulary,
                "code": term.code,
                "label": term.label,
                "grouping": term.group,
            }


def outcode_rows() -> Iterator[Row]:
    """The shipped outcodes."""
    for row in read_outcodes():
        yield {
            "outcode": row.outcode,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "precision_km": row.p90_km,
        }


def place_rows() -> Iterator[Row]:
    """The shipped towns."""
    for town in read_towns():
        yield {**asdict(town), "key": " ".join(words.tokens(town.name)), "kind": "town"}


def searched(**found: str) -> Row:
    """The search columns."""
    names = ("search_name", "search_topics", "search_purpose", "search_front", "search_inside")
    return {**dict.fromkeys(names, ""), **found}


def person_rows(world: World) -> Iterator[Row]:
    """Everybody."""
    for who in world.people:
        practice = who["practice"]
        interests = who["interests"]
        bio = world.writer.sentence(12) if who["listed"] else None
        yield {
            "id": who["id"],
            "display_name": who["display_name"],
            "profession": world.chance.choice(world.professions),
            "organisation_code": practice.code if practice else None,
            "region": who["region"],
            "interests": text(interests), "skills": "[]", "bio": bio, "links": "[]",
            "listed": who["listed"], "registrations": "[]", "external_ids": "[]",
            "email": None, "email_key": None, "operator": False,
            **versioned(who["at"]),
            **searched(
                search_name=words.document(who["display_name"]),
                search_topics=words.document(" ".join(world.topics[code] for code in interests)),
                search_front=words.document(bio or ""),
            ),
        }  # fmt: skip


def person_topic_rows(world: World) -> Iterator[Row]:
    """What people are interested in, as filters look at it."""
    for who in world.people:
        for code in who["interests"]:
            yield {"person_id": who["id"], "code": code}


def network_rows(world: World) -> Iterator[Row]:
    """Every network with its search words."""
    json_columns = (
        "aims", "topics", "professions", "icbs", "footprint", "links", "charter", "facilitators",
    )  # fmt: skip
    for network in world.networks:
        row = network | {name: text(network[name]) for name in json_columns}
        yield row | search_words(network, world.topics | world.icb_names)


def network_term_rows(world: World) -> Iterator[Row]:
    """What filters look at."""
    fields = {"topics": "topic", "professions": "profession", "icbs": "icb"}
    for network in world.networks:
        for name, kind in fields.items():
            for code in network[name]:
                yield {"network_id": network["id"], "field": kind, "code": code}


def member_rows(world: World) -> Iterator[Row]:
    """Every spell, in the order in which they began."""
    for number, (network, person, role, status) in enumerate(world.spells):
        micro = world.chance.randrange(10**6)
        at = BEGAN + timedelta(days=100, seconds=number * 30, microseconds=micro)
        active = status == "active"
        row_id = world.id_at(at)
        if active:
            world.active.append((row_id, at, role, world.people[person]["id"]))
        yield {
            "id": row_id,
            "network_id": world.networks[network]["id"],
            "person_id": world.people[person]["id"],
            "role": role, "status": status, "representing": None,
            "offer": world.writer.sentence(10) if world.chance.random() < 0.3 else None,
            "message": "May I join?" if status == "requested" else None,
            "added_by": world.people[person]["id"],
            "joined_at": at if active else None,
            "ended_at": at + timedelta(days=9) if status == "left" else None,
            "ended_by": None, "reason": None, **versioned(at),
        }  # fmt: skip


def member_role_rows(world: World) -> Iterator[Row]:
    """One role for each active spell that `member_rows` gave."""
    for member_id, at, role, person_id in world.active:
        yield {
            "id": world.id_at(at),
            "member_id": member_id,
            "role": role,
            "from_at": at,
            "to_at": None,
            "by_id": person_id,
        }


def token_rows(world: World) -> Iterator[Row]:
    """Tokens for the viewers, for people who will join or plan, and for one member of each big network."""
    holders: dict[str, str] = {who["id"]: "viewer" for who in world.people[-VIEWERS:]}
    covered = set()
    for network, person, role, status in world.spells:
        big = world.networks[network]["member_count"] >= 100
        if big and network not in covered and role == "member" and status == "active":
            covered.add(network)
            holders.setdefault(world.people[person]["id"], "member")
    some = world.chance.sample(world.people[:-VIEWERS], min(JOINERS, len(world.people) // 2))
    for who in some:
        holders.setdefault(who["id"], "joiner")
    leads = [person for _, person, role, _ in world.spells if role == "facilitator"]
    for person in world.chance.sample(leads, min(PLANNERS, len(leads))):
        holders.setdefault(world.people[person]["id"], "planner")
    scopes = text(sorted(PERSONAL_SCOPES))
    today = datetime.now(UTC).date()
    for person_id, name in holders.items():
        secret = secret_of(person_id)
        yield {
            "id": world.id_at(BEGAN), "person_id": person_id, "name": name,
            "secret_hash": hash_of(secret), "hint": secret[-4:], "scopes": scopes,
            "network_id": None, "expires_at": None, "revoked_at": None, "last_used_on": today,
            "demo": False, **versioned(BEGAN),
        }  # fmt: skip
