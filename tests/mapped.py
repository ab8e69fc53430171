"""A network of a dozen for tests of its map: who meets whom, says what to whom, and is in which sub-group."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.features.network_map.schemas import LEAST_MEMBERS
from tests.house import TestHouse, TestPerson
from tests.meetings import Group
from tests.sharing import CODES, Shared, organisations

Json = dict[str, Any]


@dataclass
class Mapped:
    """The network, and its people by number: 0 facilitates it."""

    group: Group
    people: list[TestPerson] = field(default_factory=list)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @classmethod
    async def of(cls, house: TestHouse, count: int = LEAST_MEMBERS, **network: Any) -> "Mapped":
        """A new network of so many; the first three pairs each represent a practice."""
        await organisations(house, *CODES[:4])
        group = await Group.of(house, **network)
        mapped = cls(group, [group.fay, group.mel])
        for number in range(2, count):
            person = await house.person(f"Person {number}", organisation_code=CODES[3])
            mapped.people.append(person)
            body = {"representing": CODES[number // 2]} if number < 8 else {}
            path = f"/v1/networks/{group.network_id}/join"
            joined = await person.client.post(path, body)
            assert joined.status_code == 201, joined.text
        return mapped

    @property
    def path(self) -> str:
        """Of the map."""
        return f"/v1/networks/{self.group.network_id}/map"

    async def meet(self, *numbers: int, days_ago: int = 0, **more: Any) -> Json:
        """A meeting that has been, and who came."""
        day = self.today - timedelta(days=days_ago)
        plan = {"title": "Tea", "starts_at": f"{day}T00:00:01Z", "timezone": "UTC", **more}
        meeting = await self.group.plan(plan)
        occurrence = plan.get("local_start", "") if "recurrence" in plan else ""
        for number in numbers:
            await self.group.answer(meeting, self.people[number], occurrence, came=True)
        return meeting

    async def result(self, author: int, **more: Any) -> str:
        """A result of today's by a named author; `more` is what an edit made of it."""
        shared = Shared(self.group.house, self.group, self.people[author], {})
        made = await shared.published(self.people[author], audience="network", attribution="named")
        await shared.edit(made["id"], **{"published_on": self.today, **more})
        return str(made["id"])

    async def say(self, number: int, result_id: str, **more: Any) -> Json:
        """Feedback."""
        body = {"result_id": result_id, "kind": "thanks", "text": "Thank you.", **more}
        made = await self.people[number].client.post(
            "/v1/feedback", {"attribution": "named", **body}
        )
        assert made.status_code == 201, made.text
        found: Json = made.json()
        return found

    async def adopt(self, code: str, result_id: str, stage: str = "adopted") -> None:
        """The facilitator reports that a practice tried it."""
        path = f"/v1/results/{result_id}/adoptions/{code}"
        answer = await self.people[0].client.put(path, {"stage": stage})
        assert answer.status_code == 201, answer.text

    async def sub_group(self, *numbers: int, **more: Any) -> Json:
        """A sub-group of the first of these, with the others in it."""
        client, body = self.people[0].client, {"name": "Some of us", "purpose": "To try it"}
        body |= {"join_policy": "open", "parent_id": self.group.network_id}
        made = (await client.post("/v1/networks", body)).json()
        for number in set(numbers) - {0}:
            path = f"/v1/networks/{made['id']}/join"
            joined = await self.people[number].client.post(path, {})
            assert joined.status_code == 201, joined.text
        if more:
            answer = await client.patch(f"/v1/networks/{made['id']}", more)
            assert answer.status_code == 200, answer.text
        if 0 not in numbers:
            promoted = await self.member(made["id"], numbers[0])
            answer = await client.patch(f"/v1/members/{promoted}", {"role": "facilitator"})
            assert answer.status_code == 200, answer.text
            mine = await self.member(made["id"], 0)
            await client.delete(f"/v1/members/{mine}")
        found: Json = made
        return found

    async def member(self, network_id: str, number: int) -> str:
        """The id of an open spell."""
        params = {"network_id": network_id, "person_id": self.people[number].id}
        page = (await self.people[0].client.get("/v1/members", params=params)).json()
        return str(page["items"][0]["id"])

    async def map(self, number: int = 0, status: int = 200, **params: Any) -> Json:
        """The map as one of them reads it."""
        answer = await self.people[number].client.get(self.path, params=params)
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found


def degrees(found: Json) -> list[int]:
    """Of all nodes, the smallest first."""
    return sorted(node["degree"] for node in found["nodes"])


def own_ties(found: Json) -> list[tuple[str, ...]]:
    """The kinds of the caller's ties; a directed one says whether it goes `to` or comes `from` another."""
    (mine,) = [node["id"] for node in found["nodes"] if node["own"]]
    told = []
    for tie in found["ties"]:
        if mine in (tie["source"], tie["target"]):
            way = ("to" if tie["source"] == mine else "from",) if tie["directed"] else ()
            told.append((*tie["kinds"], *way))
    return sorted(told)
