"""Minutes: drafts for facilitators, published wordings for readers, and two who write at once."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio

MEETING = {
    "title": "What we learnt about inhalers",
    "starts_at": "2027-03-17T12:30:00Z",
    "status": "confirmed",
}
SERIES = {
    "title": "Third Wednesday",
    "local_start": "2027-03-17T12:30:00",
    "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=3",
    "status": "confirmed",
}
TEXT = "## Inhalers\n\nWe agreed to try the checklist."
BETTER = "## Inhalers\n\nWe agreed to try the *new* checklist."


@dataclass
class Scene:
    """Fay and Flo facilitate an open network with an announced meeting, Mel is a member, Out a stranger."""

    house: TestHouse
    fay: TestPerson
    flo: TestPerson
    mel: TestPerson
    out: TestPerson
    network_id: str
    meeting_id: str

    async def write(self, text: str = TEXT, **more: Any) -> httpx2.Response:
        """Begin minutes as Fay."""
        body = {"meeting_id": self.meeting_id, "text": text, **more}
        return await self.fay.client.post("/v1/minutes", body)

    async def publish(self, path: str, note: str | None = None) -> httpx2.Response:
        """Publish as Fay."""
        body = {} if note is None else {"note": note}
        return await self.fay.client.post(f"{path}/publish", body)

    async def edit(self, path: str, text: str, client: Client | None = None) -> httpx2.Response:
        """Read and save at once."""
        client = client or self.fay.client
        etag = (await client.get(path)).headers["etag"]
        return await client.patch(path, {"text": text}, headers={"If-Match": etag})


async def scene(house: TestHouse, **meeting: Any) -> Scene:
    """The network, its people and its meeting."""
    fay, flo, mel, out = [
        await house.person(f"{name} Hill") for name in ("Fay", "Flo", "Mel", "Out")
    ]
    body = {"name": "Asthma", "purpose": "Fewer attacks", "join_policy": "open"}
    network_id = (await fay.client.post("/v1/networks", body)).json()["id"]
    for person in (flo, mel):
        joined = await person.client.post(f"/v1/networks/{network_id}/join", {})
        if person is flo:
            role = {"role": "facilitator"}
            await fay.client.patch(f"/v1/members/{joined.json()['id']}", role)
    made = await fay.client.post("/v1/meetings", {**MEETING, "network_id": network_id, **meeting})
    assert made.status_code == 201, made.text
    return Scene(house, fay, flo, mel, out, network_id, made.json()["id"])


async def feed(client: Client, network_id: str, kind: str = "minutes") -> list[Any]:
    """What the caller hears of this kind, from the beginning."""
    params = {"network_id": network_id, "kind": kind, "limit": 100}
    return list((await client.get("/v1/changes", params=params)).json()["items"])


async def test_minutes_are_written_published_and_read(house: TestHouse) -> None:
    one = await scene(house)
    made = await one.write()
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    draft = made.json()
    assert (draft["text"], draft["edition"], draft["published_at"]) == (TEXT, 0, None)
    assert (draft["occurrence"], draft["unpublished"]) == (None, True)
    assert draft["actions"] == ["update", "publish"]
    assert (await one.flo.client.get(path)).json() == draft
    for client in (one.mel.client, one.out.client, house.anonymous):
        assert (await client.get(path)).status_code == 404
    shown = await one.publish(path)
    assert shown.status_code == 200, shown.text
    assert (shown.json()["edition"], shown.json()["unpublished"]) == (1, False)
    assert shown.json()["actions"] == ["update"]
    read = (await one.mel.client.get(path)).json()
    assert (read["text"], read["edition"], read["actions"]) == (TEXT, 1, [])
    # The meeting is for members: nobody else reads its minutes.
    for client in (one.out.client, house.anonymous):
        assert (await client.get(path)).status_code == 404
        assert (await client.get("/v1/minutes")).json()["items"] == []
