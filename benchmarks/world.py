"""The measured world, decided from a seed: who there is, which networks, and who is in which.

The proportions are those of the service that is hoped for: most networks are open to be found, a
few are private or confidential, one in forty is big, one in ten is a sub-group.
"""

import base64
import hashlib
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.core.access import tiers
from app.core.words import tokens
from app.reference.load import (
    nhs_england_regions,
    read_organisations,
    read_professions,
    read_topics,
    shipped_text,
)
from benchmarks.texts import Writer

BEGAN = datetime(2023, 1, 9, 9, tzinfo=UTC)
VIEWERS = 16  # people who look at networks and are in none but the two backstage ones
BACKSTAGE = 2
LISTED = 20  # one network in so many says what a listed one says of itself
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows there are: 370,000 that are searched, where nobody asks for fewer."""

    networks: int = 20_000
    people: int = 200_000
    memberships: int = 400_000
    meetings: int = 100_000
    results: int = 50_000

    @classmethod
    def of(cls, networks: int) -> "Sizes":
        """The usual proportions."""
        return cls(networks, networks * 10, networks * 20, networks * 5, networks * 5 // 2)


def listed_networks() -> list[Row]:
    """The networks that ship with the product, as their own pages describe them."""
    found: list[Row] = orjson.loads(shipped_text("listed_networks.json"))
    return found


def secret_of(person_id: str) -> str:
    """The token of a measured person: made from their id, so that nothing has to be kept."""
    digest = hashlib.sha256(f"benchmark {person_id}".encode()).digest()
    return f"qi_live_{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@dataclass
class World:
    """Everything decided, and the rows made of it one table at a time."""

    sizes: Sizes
    seed: int = 1
    networks: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    spells: list[tuple[int, int, str, str]] = field(default_factory=list)
    """Network, person (both positions), role, status; in the order in which they began."""
    results: list[tuple[Row, str]] = field(default_factory=list)
    """What is shared, and who wrote it, once their rows were made."""
    active: list[tuple[str, datetime, str, str]] = field(default_factory=list)
    """Id, beginning, role and person of the active spells, once their rows were made."""

    def __post_init__(self) -> None:
        """Decide who is in which network."""
        self.chance = random.Random(self.seed)
        self.writer = Writer(self.chance)
        self.topics = {term.code: term.label for term in read_topics()}
        self.codes = sorted(self.topics)
        self.professions = [term.code for term in read_professions()]
        self.organisations = list(read_organisations())
        self.regions = sorted(nhs_england_regions())
        self.practices = [
            row for row in self.organisations if row.latitude and row.region in self.regions
        ]
        self.icb_names = {row.code: row.name for row in self.organisations if row.kind == "icb"}
        self.icbs = {
            row.code: [parent.code for parent in row.parents if parent.relationship == "icb"]
            for row in self.organisations
        }
        self.listed = listed_networks()
        self.people = [self._person(number) for number in range(self.sizes.people)]
        self._gather()
        self.networks = self._networks()

    def id_at(self, at: datetime) -> str:
        """A UUIDv7 of that time."""
        stamp = int(at.timestamp() * 1000)
        number = stamp << 80 | 0x7 << 76 | self.chance.getrandbits(12) << 64 | 0b10 << 62
        return str(uuid.UUID(int=number | self.chance.getrandbits(62)))

    def blind_id(self) -> str:
        """A UUIDv4, which tells no time."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def _person(self, number: int) -> Row:
        practice = self.chance.choice(self.practices)
        at = BEGAN + timedelta(minutes=number, microseconds=self.chance.randrange(10**6))
        return {
            "id": self.id_at(at),
            "at": at,
            "display_name": self.writer.person_name(),
            "practice": practice if self.chance.random() < 0.7 else None,
            "region": practice.region,
            "listed": self.chance.random() < 0.2,
            "interests": self.chance.sample(self.codes, self.chance.randint(0, 3)),
        }

    def _gather(self) -> None:
        """Who is in which network: one in forty has 100 to 160 members, the others share the rest."""
        count, people = self.sizes.networks, self.sizes.people - VIEWERS
        big = max(1, count // 40)
        size = [self.chance.randint(100, 160) for _ in range(big)]
        rest = max(0, self.sizes.memberships - sum(size))
        weights = [self.chance.expovariate(1) for _ in range(count - big)]
        share = rest / sum(weights)
        size += [max(1, round(weight * share)) for weight in weights]
        self.chance.shuffle(size)
        for network, members in enumerate(size):
            chosen = self.chance.sample(range(people), min(members, people // 2))
            for place, person in enumerate(chosen):
                role = "facilitator" if place == 0 or self.chance.random() < 0.03 else "member"
                status = "active"
                if place and role == "member":
                    status = self.chance.choices(
                        ("active", "requested", "invited", "left"), (94, 2, 2, 2)
                    )[0]
                self.spells.append((network, person, role, status))
        self.chance.shuffle(self.spells)
        for person in range(people, self.sizes.people):
            for backstage in range(count, count + BACKSTAGE):
                self.spells.append((backstage, person, "member", "active"))

    def _networks(self) -> list[Row]:
        counts = [0] * self.sizes.networks
        shown: list[list[Row]] = [[] for _ in counts]
        for network, person, role, status in self.spells[: -VIEWERS * BACKSTAGE]:
            counts[network] += status == "active"
            who = self.people[person]
            if role == "facilitator" and who["listed"]:
                card = {"person_id": who["id"], "display_name": who["display_name"]}
                shown[network].append(card)
        made: list[Row] = []
        for number, members in enumerate(counts):
            parent = None
            if number > 100 and self.chance.random() < 0.1:
                parent = self.chance.choice(made)
                parent = parent if parent["depth"] == 0 else None
            made.append(self._network(number, members, shown[number], parent))
        return made + [self._backstage(len(made) + number) for number in range(BACKSTAGE)]

    def _backstage(self, number: int) -> Row:
        """A network that nobody finds, for the viewers to be in: their rights take a look-up."""
        hidden = {"visibility": "confidential", "region": None, "latitude": None, "longitude": None}
        silent: Row = {
            "name": "Qq",
            "purpose": "Qq",
            "aims": [],
            "topics": [],
            "member_offer": None,
        }
        silent |= {"engagement_strategy": None, "resourcing": None, "charter": None, "place": None}
        own = self._network(number, VIEWERS, [], None)
        alone = {"archived_at": None, "host_code": None, "host_name": None, "slug": f"qq-{number}"}
        return own | hidden | silent | alone | tiers("confidential", [])

    def _network(self, number: int, members: int, shown: list[Row], parent: Row | None) -> Row:
        chance, write = self.chance, self.writer
        at = BEGAN + timedelta(minutes=number * 5, microseconds=chance.randrange(10**6))
        practice = chance.choice(self.practices)
        visibility = chance.choices(
            ("open", "restricted", "private", "confidential"), (70, 20, 7, 3)
        )[0]
        write.choose_subjects()
        name, purpose = write.network_name(), write.paragraph(15, 45)
        if number % LISTED == 0:
            # Another of its kind: what people type finds it.
            like = self.listed[number // LISTED % len(self.listed)]
            name = f"{like['name']} {write.rare_word().capitalize()}"
            purpose = like["purpose"]
        row_id = self.id_at(at)
        placed = chance.random() < 0.85
        row: Row = {
            "id": row_id,
            "name": name,
            "slug": f"{'-'.join(tokens(name))}-{number}"[-100:].lstrip("-"),
            "purpose": purpose,
            "visibility": visibility,
            "join_policy": chance.choices(("open", "request", "invite"), (55, 35, 10))[0],
            "kind": chance.choice(("learning", "learning", "developmental", "advocacy", "social")),
            "meets": chance.choice(("virtual", "face_to_face", "hybrid", None)),
            "lifecycle_stage": chance.choice(("formation", "maturation", "sustainability")),
            "aims": [write.sentence(chance.randint(8, 14)) for _ in range(chance.randint(1, 4))],
            "topics": chance.sample(sorted(self.topics), chance.randint(1, 4)),
            "professions": chance.sample(self.professions, chance.randint(0, 4)),
            "icbs": self.icbs[practice.code],
            "footprint": [org.code for org in chance.sample(self.practices, 3)],
            "links": [{"platform": "website", "url": f"https://example.org/{number}"}],
            "charter": {"leadership": write.paragraph(8, 20), "communication": write.sentence(12)},
            "facilitators": shown,
            "member_offer": write.paragraph(10, 30) if chance.random() < 0.7 else None,
            "engagement_strategy": write.paragraph(10, 30),
            "resourcing": write.paragraph(8, 20),
            "size_target": chance.choice((12, 20, 40, 100)),
            "region": practice.region,
            "place": practice.name.title() if placed else None,
            "latitude": practice.latitude + chance.gauss(0, 0.02)
            if placed and practice.latitude
            else None,
            "longitude": practice.longitude + chance.gauss(0, 0.03)
            if placed and practice.longitude
            else None,
            "host_code": practice.code if chance.random() < 0.5 else None,
            "hosted_at": None,
            "verified": None,
            "parent_id": parent["id"] if parent else None,
            "root_id": parent["id"] if parent else row_id,
            "depth": 1 if parent else 0,
            **tiers(visibility, [parent["visibility"]] if parent else []),
            "member_count": members,
            "closing_note": None,
            "archived_at": at + timedelta(days=90) if chance.random() < 0.03 else None,
            "edition": 1,
            "name_version": 1,
            "name_updated_at": at,
            **versioned(at),
        }
        row["host_name"] = practice.name if row["host_code"] else None
        return row


def versioned(at: datetime) -> Row:
    """The columns of a row that was never edited."""
    stamps = dict.fromkeys(("created_at", "updated_at", "outer_updated_at"), at)
    return {"version": 1, "outer_version": 1, **stamps}
