"""How members come, take part, stay and go; and who has gone quiet, for facilitators, by what bears a name alone."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.core.access import INSIDE
from app.core.changes import Told, create
from app.core.work import Work, perform
from app.features.engagement.cohorts import quarters_until
from tests.house import TestHouse, TestPerson
from tests.meetings import Group
from tests.results import published

pytestmark = pytest.mark.anyio
NOW = datetime(2027, 5, 20, 9, tzinfo=UTC)
NOBODY = ("representing", "offer", "message", "added_by", "ended_by", "reason")
Spells = list[tuple[str, datetime, datetime | None]]


async def read(person: TestPerson, group: Group, after: str = "", **params: str) -> dict[str, Any]:
    path = f"/v1/networks/{group.network_id}/engagement{after}"
    answer = await person.client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def spells_of(group: Group, spells: Spells) -> None:
    """Straight into the table."""

    async def command(work: Work) -> None:
        for person_id, joined_at, ended_at in spells:
            row = {
                **dict.fromkeys(NOBODY), "id": work.new_id(), "network_id": group.network_id, "person_id": person_id,
                "role": "member", "status": "left" if ended_at else "active", "joined_at": joined_at,
                "ended_at": ended_at,
            }  # fmt: skip
            told = Told(network_id=group.network_id, person_id=person_id, tier=INSIDE)
            create(work, "member.joined", row, told)

    await perform(group.house.app.rooms.house, command)


def months_after(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1)


def slowly(spells: Spells, end: datetime) -> list[dict[str, Any]]:
    """The cohorts again, person by person and quarter by quarter."""
    found = []
    for quarter in quarters_until(end):
        people = {
            person
            for person in {spell[0] for spell in spells}
            if quarter.start <= min(one[1] for one in spells if one[0] == person) < quarter.end
        }
        row: dict[str, Any] = {"quarter": quarter.name, "suppressed": len(people) < 5}
        row |= {"joined": None, "after": []}
        if len(people) >= 5:
            row["joined"] = len(people)
            for months in (3, 6, 12):
                at = months_after(quarter.end, months)
                there = sum(
                    any(
                        who == person and begun <= at and (gone is None or gone > at)
                        for who, begun, gone in spells
                    )
                    for person in people
                )
                told = at <= end
                row["after"].append({
                    "months": months,
                    "members": there if told else None,
                    "share": there / len(people) if told else None,
                })  # fmt: skip
        found.append(row)
    return found


@pytest.mark.parametrize("seed", range(4))
async def test_cohorts_and_months_are_as_counted_one_by_one(own_url: str, seed: int) -> None:
    """Random spells, some people more than once, some cohorts of fewer than five."""
    chance = random.Random(seed)
    async with TestHouse.over(own_url, clock=lambda: NOW) as house:
        group = await Group.of(house)
        people = [(await house.person(f"Person {number}")).id for number in range(50)]
        spells: Spells = []
        for person in people:
            at = NOW - timedelta(
                days=chance.choice((900, 700, 690, 500, 200, 60)), hours=person.__hash__() % 20
            )
            for _ in range(chance.choice((1, 1, 2))):
                ended = at + timedelta(days=chance.randrange(1, 400))
                over = chance.random() < 0.6 and ended < NOW
                spells.append((person, at, ended if over else None))
                if not over or ended + timedelta(days=30) > NOW:
                    break
                at = ended + timedelta(days=chance.randrange(1, 30))
        await spells_of(group, spells)
        every: Spells = [*spells, (group.fay.id, NOW, None), (group.mel.id, NOW, None)]
        found = await read(group.mel, group, window_days="400")
        assert found["cohorts"] == slowly(every, NOW)
        assert {one["suppressed"] for one in found["cohorts"]} == {True, False}
        start = datetime(2027, 5, 21, tzinfo=UTC) - timedelta(days=400)
        joined: list[datetime | None] = [spell[1] for spell in every]
        for kind, moved in (("joined", joined), ("left", [spell[2] for spell in every])):
            counted = [one for one in moved if one is not None and one >= start]
            assert sum(row[kind] for row in found["months"]) == len(counted)
            for row in found["months"]:
                assert row[kind] == sum(f"{one:%Y-%m}" == row["month"] for one in counted)
        assert found["members"] == sum(gone is None for _, _, gone in every)
        earlier = await read(group.mel, group, as_of="2026-09-30")
        end = datetime(2026, 10, 1, tzinfo=UTC)
        assert earlier["cohorts"] == slowly([one for one in every if one[1] < end], end)
        there = [one for one in every if one[1] <= end and (one[2] is None or one[2] > end)]
        assert earlier["members"] == len({one[0] for one in there})


async def came(group: Group, meeting: dict[str, Any], *people: TestPerson) -> None:
    path = f"/v1/meetings/{meeting['id']}/attendance/record"
    body = {"people": [{"person_id": one.id, "came": True} for one in people]}
    done = await group.fay.client.post(path, body)
    assert done.is_success, done.text


async def test_quiet_is_who_did_nothing_under_their_name(reference_house: TestHouse) -> None:
    """An unattributed result and the Chatham House Rule make nobody seen; a name, and coming, do."""
    house = reference_house
    group = await Group.of(house)
    named, unnamed, chatham, there, idle = [
        await house.person(name) for name in ("Nia", "Una", "Cat", "Tom", "Ida")
    ]
    for person in (named, unnamed, chatham, there, idle):
        await group.join(person)
    await published(house, named, group.network_id, attribution="named")
    await published(house, unnamed, group.network_id, attribution="network_only")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT12:00:00Z")
    plain = {"title": "Spring", "starts_at": yesterday}
    await came(group, await group.plan(plain), there)
    secret = {**plain, "confidentiality": "chatham_house"}
    await came(group, await group.plan(secret), chatham)
    found = await read(group.fay, group, "/quiet")
    quiet = {one["person"]["id"]: one["last_seen_on"] for one in found["items"]}
    assert quiet == dict.fromkeys((group.fay.id, group.mel.id, unnamed.id, chatham.id, idle.id))
    whole = await read(group.mel, group)
    assert (whole["members"], whole["active"]["numerator"]) == (7, 2)
    wheel = (await group.mel.client.get(f"/v1/networks/{group.network_id}/wheel")).json()
    indicators = {one["code"]: one for part in wheel["cs"] for one in part["indicators"]}
    same = {name: indicators["active_rate"][name] for name in whole["active"]}
    assert whole["active"] == same
    first = await read(group.fay, group, "/quiet", limit="3")
    rest = await read(group.fay, group, "/quiet", limit="3", cursor=first["next_cursor"])
    pages = [one["person"]["id"] for one in [*first["items"], *rest["items"]]]
    assert pages == [one["person"]["id"] for one in found["items"]]


async def test_who_was_seen_before_the_window_is_said_to_be(own_url: str) -> None:
    at = [NOW]
    async with TestHouse.over(own_url, clock=lambda: at[0]) as house:
        group = await Group.of(house)
        meeting = await group.plan({"title": "Spring", "starts_at": "2027-05-19T12:00:00Z"})
        await came(group, meeting, group.mel)
        at[0] += timedelta(days=29)
        assert group.mel.id not in str(
            (await read(group.fay, group, "/quiet", window_days="31"))["items"]
        )
        quiet = (await read(group.fay, group, "/quiet", window_days="30"))["items"]
        seen = {one["person"]["id"]: one["last_seen_on"] for one in quiet}
        assert seen == {group.fay.id: None, group.mel.id: "2027-05-19"}
        before = await read(group.fay, group, "/quiet", as_of="2027-05-18", window_days="30")
        assert before["items"] == []
        back = await read(group.fay, group, "/quiet", as_of="2027-05-20", window_days="30")
        assert [one["person"]["id"] for one in back["items"]] == [group.fay.id]


async def test_who_reads_it(house: TestHouse) -> None:
    """Members, and who has gone quiet facilitators; nobody else learns of either."""
    group = await Group.of(house, member_offer="A room", engagement_strategy="We call.")
    out, operator = await house.person("Out"), await house.person("Ola", operator=True)
    found = await read(group.mel, group)
    assert (found["member_offer"], found["engagement_strategy"]) == ("A room", "We call.")
    assert found["active"] == {
        "value": None, "numerator": None, "denominator": 2, "status": "not_enough_data",
    }  # fmt: skip
    path = f"/v1/networks/{group.network_id}/engagement"
    for after in ("", "/quiet"):
        assert (await house.anonymous.get(path + after)).status_code == 401
        assert (await out.client.get(path + after)).status_code == 404
        assert (await operator.client.get(path + after)).status_code == 200
    assert (await group.mel.client.get(f"{path}/quiet")).status_code == 403
    tomorrow = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - any day to come
    for after in ("", "/quiet"):
        for params in ({"as_of": tomorrow}, {"window_days": "29"}, {"window_days": "1827"}):
            refused = await group.fay.client.get(path + after, params=params)
            assert refused.status_code == 422


async def test_who_was_erased_is_not_quiet(house: TestHouse) -> None:
    """There is nobody to ask; as a member they stay counted."""
    group = await Group.of(house)
    before = await read(group.fay, group)
    assert (await group.mel.client.delete("/v1/me")).status_code == 204
    quiet = (await read(group.fay, group, "/quiet"))["items"]
    assert [one["person"]["id"] for one in quiet] == [group.fay.id]
    assert (await read(group.fay, group))["members"] == before["members"]
