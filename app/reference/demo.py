"""What an empty demo database is filled with: real networks as listings, and an invented world.

Plain data, no database. Everything has a stable `key` (or code), nothing has an id, and the order
is that of the files, so that the same demo comes out each time.

The practices of the demo have the codes DEMO000001 and up, which the Organisation Data Service
cannot issue: since April 2020 every new code has five characters, letters and digits in turn
(G7H8J), and of the older shapes none has ten characters; the longest, those of branch surgeries,
have nine (a letter and eight digits). So no code of the demo can ever be that of a real practice.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.reference.load import Organisation, shipped_text

Persona = Literal["operator", "facilitator", "member"]

PRACTICE_ROLES: Final = ("RO177", "RO76")


@dataclass(frozen=True, slots=True)
class Link:
    """Where else a network can be found."""

    platform: str
    url: str


@dataclass(frozen=True, slots=True)
class Charter:
    """What members have agreed on, in the four fields of a network's charter."""

    leadership: str
    purpose_and_direction: str
    communication: str
    knowledge_and_learning: str


@dataclass(frozen=True, slots=True)
class ListedNetwork:
    """A real network that lives elsewhere; it has no members here and nobody can join it here.

    `place` is where it works, in words. Coordinates (WGS84 degrees) are the median of the active
    GP practices in its `icbs`, None without ICBs. `hosted_at` is None where no address is known;
    `source` is the page read, None where there was none. `verified` says how sure the facts are.
    """

    slug: str
    name: str
    purpose: str
    kind: str
    topics: tuple[str, ...]
    region: str | None
    icbs: tuple[str, ...]
    place: str
    latitude: float | None
    longitude: float | None
    host_name: str | None
    meets: str | None
    meets_note: str | None
    hosted_at: str | None
    verified: str
    source: str | None
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person.

    `organisation` is the code of a demo practice; `persona` marks the three whose tokens the demo
    prints.
    """

    key: str
    display_name: str
    profession: str
    organisation: str | None
    region: str | None
    interests: tuple[str, ...]
    skills: tuple[str, ...]
    bio: str
    listed: bool
    operator: bool
    persona: Persona | None


@dataclass(frozen=True, slots=True)
class Reworded:
    """What a purpose was, until so many days before the loading."""

    text: str
    until_days_ago: int


@dataclass(frozen=True, slots=True)
class DemoNetwork:
    """An invented network.

    `parent_key` is the key of a network before it; `slug` is None where the network is
    confidential and gets a random one. Coordinates are WGS84 degrees near a real town. It was
    founded so many days before the loading.
    """

    key: str
    slug: str | None
    name: str
    purpose: str
    aims: tuple[str, ...]
    kind: str
    visibility: str
    join_policy: str
    meets: str | None
    lifecycle_stage: str
    topics: tuple[str, ...]
    professions: tuple[str, ...]
    region: str | None
    icbs: tuple[str, ...]
    place: str | None
    latitude: float | None
    longitude: float | None
    footprint: tuple[str, ...]
    host_code: str | None
    parent_key: str | None
    member_offer: str
    engagement_strategy: str
    resourcing: str
    charter: Charter | None
    size_target: int
    links: tuple[Link, ...]
    closing_note: str | None
    archived: bool
    founded_days_ago: int
    purpose_before: Reworded | None


@dataclass(frozen=True, slots=True)
class DemoMember:
    """One spell of a person in a network, both by key; parents of sub-groups come first.

    `left_days_ago` says when who has left did so, before the loading.
    """

    network: str
    person: str
    role: str
    status: str
    representing: str | None
    offer: str | None
    message: str | None
    left_days_ago: int | None


@dataclass(frozen=True, slots=True)
class DemoInvitation:
    """An invitation that waits, to an address in a domain that nobody can have (RFC 2606)."""

    network: str
    address: str
    role: str
    message: str | None


@dataclass(frozen=True, slots=True)
class Demo:
    """The invented world, each list in the order in which it can be stored."""

    practices: tuple[Organisation, ...]
    people: tuple[DemoPerson, ...]
    networks: tuple[DemoNetwork, ...]
    members: tuple[DemoMember, ...]
    invitations: tuple[DemoInvitation, ...]


def read_listed_networks() -> Iterator[ListedNetwork]:
    """Yield the real networks, described from public pages."""
    for entry in json.loads(shipped_text("listed_networks.json")):
        yield ListedNetwork(**frozen(entry) | {"links": _links(entry)})


def read_demo() -> Demo:
    """Return the invented networks, practices, people, memberships and invitations."""
    world = json.loads(shipped_text("demo.json"))
    return Demo(
        practices=tuple(_practice(entry) for entry in world["practices"]),
        people=tuple(DemoPerson(**frozen(entry)) for entry in world["people"]),
        networks=tuple(_network(entry) for entry in world["networks"]),
        members=tuple(DemoMember(**entry) for entry in world["members"]),
        invitations=tuple(DemoInvitation(**entry) for entry in world["invitations"]),
    )


def _practice(entry: dict[str, Any]) -> Organisation:
    return Organisation(
        **entry,
        kind="gp_practice",
        ods_roles=PRACTICE_ROLES,
        active=True,
        valid_from=None,
        valid_to=None,
        postcode=None,  # an invented one might be somebody's
        parents=(),  # and no real ICB has this practice
    )


def _network(entry: dict[str, Any]) -> DemoNetwork:
    charter = Charter(**entry["charter"]) if entry["charter"] else None
    before = Reworded(**entry["purpose_before"]) if entry["purpose_before"] else None
    parts = {"charter": charter, "links": _links(entry), "purpose_before": before}
    return DemoNetwork(**frozen(entry) | parts)


def _links(entry: dict[str, Any]) -> tuple[Link, ...]:
    return tuple(Link(**link) for link in entry["links"])


def frozen(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of a file as the fields of a class: its lists cannot be changed."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }
