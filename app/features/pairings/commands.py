"""Wishing to be paired, and drawing pairs of those who wish."""

from itertools import combinations
from secrets import SystemRandom
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.changes import create_many
from app.core.errors_of_helping import TooFewWishes
from app.core.fetching import fetch_network, fetch_self
from app.core.fetching_helping import told_inside
from app.core.who_met import came, in_small_company
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID, among
from app.features.pairings.matching import drawn
from app.models import Member, Pairing, PairingWish, Person

PAIRED = ["facilitator", "member"]


def _network_id() -> Any:
    return bindparam("network_id", type_=ID)


def _mine() -> Any:
    mine = PairingWish.person_id == access.viewer_id()
    return select(PairingWish.from_at).where(PairingWish.network_id == _network_id(), mine)


async def wish(work: Work, network_id: str) -> None:
    """Let oneself be drawn in a network from now on; twice is once. No change row tells of it.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`.
    """
    await fetch_network(work, network_id, "pairing.wish")
    await fetch_self(work, facilitated=False)  # who is erased meanwhile leaves no wish
    values = {**access.values(work.viewer), "network_id": network_id}
    if await fetch_one(work, "wish of mine", _mine, values) is None:
        row = {"network_id": network_id, "person_id": work.viewer.person_id, "from_at": work.now}
        work.insert(PairingWish, row)


async def unwish(work: Work, network_id: str) -> None:
    """Be drawn no more, from the next draw on. Errors: as above."""
    await fetch_network(work, network_id, "pairing.wish")
    work.delete(PairingWish, {"network_id": network_id, "person_id": work.viewer.person_id})


def _wishing() -> Any:
    """Who is to be drawn: active members, no observers, who wish it."""
    return (
        select(PairingWish.person_id)
        .join(Person, Person.id == PairingWish.person_id)
        .join(
            Member,
            (Member.network_id == PairingWish.network_id)
            & (Member.person_id == PairingWish.person_id),
        )
        .where(
            PairingWish.network_id == _network_id(),
            Member.status == "active",
            among(Member.role, PAIRED),
            Person.erased_at.is_(None),
        )
    )


def _gathered() -> Any:
    """Where which of them came, as far as members are told, in small company."""
    there, wishing = came(), _wishing().subquery("wishing")
    rows = select(there.c.meeting_id, there.c.occurrence, there.c.person_id)
    rows = in_small_company(rows, there)
    return rows.join(wishing, wishing.c.person_id == there.c.person_id)


def _paired() -> Any:
    columns = (Pairing.first_id, Pairing.second_id, Pairing.third_id)
    return select(*columns).where(Pairing.network_id == _network_id())


async def draw(work: Work, network_id: str) -> None:
    """Pair everybody who wishes, with somebody they have not met where that can be.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `TooFewWishes`.
    """
    await fetch_network(work, network_id, "pairing.draw")
    values = {"network_id": network_id}
    people = [row["person_id"] for row in await work.fetch("wishing", _wishing, values)]
    if len(people) < 2:  # noqa: PLR2004 - a pair is two
        raise TooFewWishes
    SystemRandom().shuffle(people)
    rows = [
        {
            "id": work.new_id(),
            "network_id": network_id,
            "drawn_at": work.now,
            **dict.fromkeys(("first_id", "second_id", "third_id")),
            **dict(zip(("first_id", "second_id", "third_id"), group, strict=False)),
        }
        for group in _named(people, drawn(await _strangers(work, network_id, people)))
    ]
    work.living.update(people)
    await create_many(work, "pairing.drawn", rows, told_inside(network_id))


def _named(people: list[str], groups: list[tuple[int, ...]]) -> list[list[str]]:
    return [[people[one] for one in group] for group in groups]


async def _strangers(work: Work, network_id: str, people: list[str]) -> list[int]:
    """For each of these people the bits of those of them whom they have not met, nor been paired with."""
    place = {person: number for number, person in enumerate(people)}
    values = {"network_id": network_id}
    gathered: dict[tuple[str, str], int] = {}
    for row in await work.fetch("gathered", _gathered, values):
        where = (row["meeting_id"], row["occurrence"])
        gathered[where] = gathered.get(where, 0) | 1 << place[row["person_id"]]
    strangers = [(1 << len(people)) - 1 & ~(1 << number) for number in range(len(people))]
    for company in gathered.values():
        for number in range(len(people)):
            if company >> number & 1:
                strangers[number] &= ~company
    for row in await work.fetch("paired before", _paired, values):
        there = [place[one] for one in row.values() if one in place]
        for one, other in combinations(there, 2):
            strangers[one] &= ~(1 << other)
            strangers[other] &= ~(1 << one)
    return strangers
