"""A rush for places: as many are held as there are, who came later waits in the order of coming, nobody is passed over.

The order of coming is that of the change log, whose positions are given as transactions commit.
"""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import String, cast, func, select

from app.core import fetching, seating
from app.core.seating import Seats
from app.db.database import Reads, fetch_one
from app.models import Attendance, Change, Member
from tests.gatherings import SINGLE, Gathering
from tests.house import TestHouse
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import SEED, Figures, scaled
from tests.proofs.whole import half_written

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
PLACES = 10


async def held(reads: Reads, meeting_id: str) -> int:
    """How many hold a place now."""
    statement = select(func.count().label("rows")).where(
        Attendance.meeting_id == meeting_id, Attendance.place == "held"
    )
    row = await fetch_one(reads, ("proof held", meeting_id), lambda: statement, {})
    assert row is not None
    return int(row["rows"])


async def most_held(reads: Reads, meeting_id: str, race: "asyncio.Future[Any]") -> int:
    """The most that ever hold one while a race is on, looked at again and again."""
    most = 0
    while not race.done():
        most = max(most, await held(reads, meeting_id))
        await asyncio.sleep(0.002)
    return max(most, await held(reads, meeting_id))


async def in_order(reads: Reads, meeting_id: str, action: str) -> list[str]:
    """Whose rows were written by this action, in the order of the log."""
    statement = (
        select(Change.person_id)
        .join(Attendance, Attendance.person_id == Change.person_id)
        .where(Change.action == action, Attendance.meeting_id == meeting_id)
        .where(Change.resource_id == cast(Attendance.id, String(36)))
        .order_by(Change.seq)
    )
    rows = await reads.fetch(("proof order", meeting_id, action), lambda: statement, {})
    return [row["person_id"] for row in rows]


async def line_of(reads: Reads, meeting_id: str) -> tuple[list[str], list[str], list[int]]:
    """Who holds a place, who waits in the order of their numbers, and those numbers."""
    statement = (
        select(Attendance.person_id, Attendance.place, Attendance.queue)
        .where(Attendance.meeting_id == meeting_id, Attendance.place.is_not(None))
        .order_by(Attendance.queue, Attendance.person_id)
    )
    rows = await reads.fetch(("proof line", meeting_id), lambda: statement, {})
    waiting = [row for row in rows if row["place"] == "waiting"]
    holding = [row["person_id"] for row in rows if row["place"] == "held"]
    return holding, [row["person_id"] for row in waiting], [row["queue"] for row in waiting]


async def rush(
    g: Gathering, path: str, names: list[str], answer: str
) -> tuple[list[dict[str, Any]], int]:
    """Everybody says the same at once. Returns what they were answered, and the most that ever held a place."""
    reads, meeting_id = g.house.app.rooms.house.db, path.rsplit("/", 1)[-1]
    race = asyncio.gather(*(g.answer(path, name, answer) for name in names))
    most = await most_held(reads, meeting_id, race)
    answers = await race
    assert {answer.status_code for answer in answers} == {200}
    return [answer.json() for answer in answers], most


async def test_places_are_never_oversold(figures: Figures, new_database: NewDatabase) -> None:
    """100 people, 10 places, 20 times; then 30 of them decline at once, some of those who hold one, some who wait."""
    dice, rounds, people = random.Random(SEED), scaled(20, 2), scaled(100, 40)
    names, found = [f"P{number}" for number in range(people)], 0
    async with TestHouse.over(new_database(), write_connections=8) as house:
        g, reads = await Gathering.of(house, *names), house.app.rooms.house.db
        ids = {person.id: name for name, person in g.members.items()}
        for _ in range(rounds):
            path = await g.meeting(SINGLE, capacity=PLACES)
            meeting_id = path.rsplit("/", 1)[-1]
            dice.shuffle(names)
            answers, most = await rush(g, path, names, "accepted")
            came = await in_order(reads, meeting_id, "attendance.answered")
            holding, waiting, numbers = await line_of(reads, meeting_id)
            found = max(found, most)
            assert len(came) == people
            assert (set(holding), waiting) == (set(came[:PLACES]), came[PLACES:])
            assert numbers == list(range(1, people - PLACES + 1))
            told = {one["person"]["id"]: one["position"] for one in answers}
            assert [told[one] for one in came] == [None] * PLACES + numbers
            going = dice.sample(names, round(people * 0.3))
            _, most = await rush(g, path, going, "declined")
            found = max(found, most)
            left = [one for one in came if ids[one] not in going]
            holding, waiting, _ = await line_of(reads, meeting_id)
            assert (set(holding), waiting) == (set(left[:PLACES]), left[PLACES:])
            promoted = await in_order(reads, meeting_id, "attendance.promoted")
            assert promoted == [one for one in came if one in promoted]
        assert await half_written(reads) == []
    figures.tell(rounds=rounds, people=people, places=PLACES, most_held=found)
    assert found == PLACES


async def test_places_control(
    figures: Figures, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """Without the network's lock more people hold a place than there are.

    SQLite's one writer stands in for the lock, so there the control takes away the count.
    """
    if engine == "postgresql":
        locking = fetching._network
        monkeypatch.setattr(fetching, "_network", lambda rank, **_: locking(rank, lock=False))
    else:

        async def nobody(*_: Any) -> Seats:
            return Seats(0, 0, 0)

        monkeypatch.setattr(seating, "seats", nobody)
    names, most = [f"P{number}" for number in range(30)], 0
    async with TestHouse.over(new_database(), write_connections=8) as house:
        g = await Gathering.of(house, *names)
        for _ in range(20):
            path = await g.meeting(SINGLE, capacity=PLACES)
            most = max(most, (await rush(g, path, names, "accepted"))[1])
            if most > PLACES:
                break
    figures.tell(most_held=most, places=PLACES)
    assert most > PLACES


async def test_who_leaves_takes_no_place(figures: Figures, new_database: NewDatabase) -> None:
    """50 times somebody answers, or has answered, as they leave: no place stays with who is gone."""
    rounds, outcomes = scaled(50, 6), {"answered first": 0, "left first": 0}
    async with TestHouse.over(new_database(), write_connections=8) as house:
        g, reads = await Gathering.of(house, "Mel", "Mo"), house.app.rooms.house.db
        for index in range(rounds):
            path = await g.meeting(SINGLE, capacity=1)
            if index % 2:
                await g.answer(path, "Mel")
            await g.answer(path, "Mo") if index % 4 > 1 else None
            again = "tentative" if index % 2 else "accepted"
            both = [g.answer(path, "Mel", again), g.leave("Mel")]
            # Whoever is asked first is first where there is one writer.
            done = await asyncio.gather(*(both if index % 3 else both[::-1]))
            said, left = done if index % 3 else done[::-1]
            assert left.status_code == 204
            assert said.status_code in (200, 404)
            outcomes["answered first" if said.status_code == 200 else "left first"] += 1
            names = set((await g.places(path)).items())
            assert names == ({("Mo", "held")} if index % 4 > 1 else set())
            assert await strangers_with_answers(reads, g.network_id) == 0
            await g.join("Mel")
        assert await half_written(reads) == []
    figures.tell(rounds=rounds, outcomes=outcomes)


async def strangers_with_answers(reads: Reads, network_id: str) -> int:
    """How many answers belong to nobody who is a member."""
    member = (
        select(Member.id)
        .where(Member.person_id == Attendance.person_id, Member.status == "active")
        .where(Member.network_id == Attendance.network_id)
    )
    statement = select(func.count().label("rows")).where(
        Attendance.network_id == network_id, ~member.exists()
    )
    row = await fetch_one(reads, ("proof strangers", network_id), lambda: statement, {})
    assert row is not None
    return int(row["rows"])


async def test_a_cancelled_meeting_takes_no_answer(
    figures: Figures, new_database: NewDatabase
) -> None:
    """50 times a place is given back, and one asked for, as the meeting is called off: before it or not at all."""
    rounds, refused = scaled(50, 6), 0
    async with TestHouse.over(new_database(), write_connections=8) as house:
        g, reads = await Gathering.of(house, "A", "B", "C"), house.app.rooms.house.db
        for index in range(rounds):
            path = await g.meeting(SINGLE, capacity=1)
            meeting_id = path.rsplit("/", 1)[-1]
            for name in "AB":
                await g.answer(path, name)
            acts = [
                g.answer(path, "A", "declined"),
                g.fay.client.post(f"{path}/cancel", {}),
                g.answer(path, "C"),
            ]
            turn = index % 3
            done = await asyncio.gather(*acts[turn:], *acts[:turn])
            given_back, cancelled, asked = (done[(place - turn) % 3] for place in range(3))
            assert cancelled.status_code == 200
            assert {given_back.status_code, asked.status_code} <= {200, 409}
            refused += [given_back.status_code, asked.status_code].count(409)
            came = await in_order(reads, meeting_id, "attendance.answered")
            promoted = await in_order(reads, meeting_id, "attendance.promoted")
            assert len(promoted) == (given_back.status_code == 200)
            assert (g.members["C"].id in came) == (asked.status_code == 200)
            assert await held(reads, meeting_id) == 1
        assert await half_written(reads) == []
    figures.tell(rounds=rounds, refused=refused)


async def test_a_capacity_is_not_lowered_under_those_who_come(
    figures: Figures, new_database: NewDatabase
) -> None:
    """50 times 10 places become 3 as eight people accept, and 10 again as one declines: never more than there are."""
    rounds, lowered = scaled(50, 6), 0
    names = [f"P{number}" for number in range(8)]
    async with TestHouse.over(new_database(), write_connections=8) as house:
        g, reads = await Gathering.of(house, *names), house.app.rooms.house.db
        for index in range(rounds):
            path = await g.meeting(SINGLE, capacity=PLACES)
            meeting_id = path.rsplit("/", 1)[-1]
            for name in names[: index % 4]:
                await g.answer(path, name)
            acts = [g.answer(path, name) for name in names[index % 4 :]]
            acts.insert(index % 5, g.fay.client.patch(path, {"capacity": 3}))
            answers = await asyncio.gather(*acts)
            fewer = answers[index % 5].status_code == 200
            assert fewer or answers[index % 5].json()["code"] == "places_taken"
            lowered += fewer
            now = await held(reads, meeting_id)
            assert now == (3 if fewer else len(names))
            _, waiting, _ = await line_of(reads, meeting_id)
            acts = [
                g.fay.client.patch(path, {"capacity": PLACES}),
                g.answer(path, names[0], "declined"),
            ]
            await asyncio.gather(*acts)
            assert await held(reads, meeting_id) == len(names) - 1
            promoted = await in_order(reads, meeting_id, "attendance.promoted")
            assert promoted == [one for one in waiting if one in promoted]
        assert await half_written(reads) == []
    figures.tell(rounds=rounds, lowered=lowered, refused=rounds - lowered)
