"""A network whose members help each other, for the tests of duties, requests for support and pairs."""

from dataclasses import dataclass
from typing import Any

import httpx2

from tests.house import Client, TestHouse, TestPerson


@dataclass
class Scene:
    """Fay facilitates; Mel and Ned are members, Obs an observer, Out a stranger."""

    fay: TestPerson
    mel: TestPerson
    ned: TestPerson
    obs: TestPerson
    out: TestPerson
    network_id: str

    async def add(self, by: TestPerson, kind: str, **body: Any) -> dict[str, Any]:
        """Something new of the network's."""
        given = {"network_id": self.network_id, **body}
        made = await by.client.post(f"/v1/{kind}", given)
        assert made.status_code == 201, made.text
        document: dict[str, Any] = made.json()
        return document

    async def leave(self, person: TestPerson) -> None:
        """They leave the network."""
        within = {"network_id": self.network_id, "person_id": person.id}
        (spell,) = (await person.client.get("/v1/members", params=within)).json()["items"]
        left = await person.client.delete(f"/v1/members/{spell['id']}")
        assert left.status_code < 300, left.text


async def scene(house: TestHouse, **network: Any) -> Scene:
    """The network and its people."""
    fay, mel, ned, obs, out = [
        await house.person(f"{name} Hill") for name in ("Fay", "Mel", "Ned", "Obs", "Out")
    ]
    body = {"name": "Asthma", "purpose": "Fewer attacks", "join_policy": "open", **network}
    network_id = (await fay.client.post("/v1/networks", body)).json()["id"]
    for person in (mel, ned, obs):
        joined = await person.client.post(f"/v1/networks/{network_id}/join", {})
        if person is obs:
            role = {"role": "observer"}
            await fay.client.patch(f"/v1/members/{joined.json()['id']}", role)
    return Scene(fay, mel, ned, obs, out, network_id)


async def heard(client: Client, one: Scene, kind: str) -> list[tuple[str, str, int]]:
    """What the caller hears of a kind of thing in this network."""
    params = {"network_id": one.network_id, "kind": kind, "limit": 100}
    items = (await client.get("/v1/changes", params=params)).json()["items"]
    return [(item["id"], item["op"], item["version"]) for item in items]


def refused(answer: httpx2.Response) -> tuple[int, str]:
    """The status of an error, and its code."""
    return answer.status_code, answer.json()["code"]


async def hidden(one: Scene, kind: str, content_id: str) -> None:
    """Somebody reports it for a patient's data, which hides it at once."""
    body = {"content_kind": kind, "content_id": content_id, "reason": "patient_data"}
    reported = await one.ned.client.post("/v1/reports", body)
    assert reported.status_code == 201, reported.text
