"""A network with members and meetings that they answer, for the tests of attendance."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.house import TestHouse, TestPerson

SINGLE = {"title": "What we learnt about inhalers", "starts_at": "2099-03-18T12:30:00Z"}
OVER = {"title": "Long ago", "starts_at": "2020-03-18T12:30:00Z"}
SERIES = {
    "title": "Third Wednesday",
    "local_start": "2099-03-18T12:30:00",
    "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=12",
}
FIRST, SECOND = "2099-03-18T12:30:00", "2099-04-15T12:30:00"


@dataclass
class Gathering:
    """A network, who facilitates it, and its members by name."""

    house: TestHouse
    network_id: str
    fay: TestPerson
    members: dict[str, TestPerson] = field(default_factory=dict)
    spells: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def of(cls, house: TestHouse, *names: str, **network: Any) -> "Gathering":
        """A new network of Fay's with members of these names."""
        fay = await house.person("Fay")
        body = {"name": "Asthma", "purpose": "Fewer attacks", "join_policy": "open", **network}
        made = await fay.client.post("/v1/networks", body)
        assert made.status_code == 201, made.text
        gathering = cls(house, made.json()["id"], fay)
        for name in names:
            await gathering.join(name)
        return gathering

    async def join(self, name: str) -> TestPerson:
        """One more member."""
        person = self.members.setdefault(name, await self.house.person(name))
        joined = await person.client.post(f"/v1/networks/{self.network_id}/join", {})
        assert joined.status_code == 201, joined.text
        self.spells[name] = joined.json()["id"]
        return person

    async def leave(self, name: str) -> httpx2.Response:
        """A member leaves."""
        return await self.members[name].client.delete(f"/v1/members/{self.spells[name]}")

    async def meeting(self, what: dict[str, Any], **more: Any) -> str:
        """The path of a new confirmed meeting."""
        body = {"status": "confirmed", **what, **more, "network_id": self.network_id}
        made = await self.fay.client.post("/v1/meetings", body)
        assert made.status_code == 201, made.text
        return str(made.headers["location"])

    async def answer(
        self, path: str, name: str, answer: str = "accepted", occurrence: str | None = None
    ) -> httpx2.Response:
        """What one member says."""
        body = {"answer": answer} | ({"occurrence": occurrence} if occurrence else {})
        return await self.members[name].client.put(f"{path}/attendance/me", body)

    async def places(self, path: str, occurrence: str | None = None) -> dict[str, str]:
        """What each has, as Fay reads it: `held`, or the position of who waits; of all pages."""
        found: dict[str, str] = {}
        for item in await self.items(path, self.fay, occurrence):
            if item["place"] is not None:
                name = item["person"]["display_name"]
                found[name] = "held" if item["place"] == "held" else str(item["position"])
        return found

    async def items(
        self, path: str, who: TestPerson, occurrence: str | None = None
    ) -> list[dict[str, Any]]:
        """Everything that somebody reads of the attendance of a meeting."""
        params: dict[str, Any] = {"limit": 100} | ({"occurrence": occurrence} if occurrence else {})
        found: list[dict[str, Any]] = []
        while True:
            page = await who.client.get(f"{path}/attendance", params=params)
            assert page.status_code == 200, page.text
            found += page.json()["items"]
            if page.json()["next_cursor"] is None:
                return found
            params["cursor"] = page.json()["next_cursor"]
