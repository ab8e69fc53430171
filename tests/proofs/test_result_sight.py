"""What the replay found of results, by itself: their authors hear what became of them after they left a network."""

import pytest

from tests.house import TestHouse
from tests.proofs.replica import Replica
from tests.proofs.result_actions import SAYING, practices
from tests.proofs.test_feed_sight import agree, join, make, watched

pytestmark = pytest.mark.anyio


async def test_authors_who_left_hear_of_what_is_gone(house: TestHouse) -> None:
    """They still see their result: that feedback on it is gone, or a measure, members hear, and they do too."""
    await practices(house)
    ada, ben, cat = [await house.person(name) for name in ("Ada", "Ben", "Cat")]
    network_id = await make(ada, visibility="private")
    await ada.client.patch(f"/v1/networks/{network_id}", {"join_policy": "open"})
    for person in (ben, cat):
        await join(person, network_id)
    body = {**SAYING, "title": "What we tried", "network_id": network_id, "audience": "network"}
    result = (await ben.client.post("/v1/results", body)).json()["id"]
    shown = await ben.client.post(f"/v1/results/{result}/publish", {"conduct_version": 0})
    assert shown.status_code == 200, shown.text
    about = {"result_id": result}
    said = [
        (await cat.client.post("/v1/feedback", {"kind": "thanks", "text": text, **about})).json()
        for text in ("A fine thing.", "Another one.")
    ]
    measure = (await ben.client.post("/v1/measures", {"name": "Missed", **about})).json()["id"]
    cycle = (await ben.client.post("/v1/pdsa-cycles", {"plan": "To ask", **about})).json()["id"]
    spells = (await ben.client.get("/v1/members", params={"network_id": network_id})).json()
    (spell,) = [one["id"] for one in spells["items"] if one["person"]["id"] == ben.id]
    assert (await ben.client.delete(f"/v1/members/{spell}")).status_code == 204
    readers = await watched(Replica("Ben", ben.client), Replica("Cat", cat.client))
    assert len(readers[0].feedback) == 2
    gone = [
        await cat.client.delete(f"/v1/feedback/{said[0]['id']}"),
        await ben.client.delete(f"/v1/measures/{measure}"),
        await ben.client.delete(f"/v1/pdsa-cycles/{cycle}"),
    ]
    assert [answer.status_code for answer in gone] == [204, 204, 204]
    await agree(readers)
    report = {"content_kind": "feedback", "content_id": said[1]["id"], "reason": "patient_data"}
    made = await ada.client.post("/v1/reports", report)
    assert made.status_code == 201, made.text
    await agree(readers)
    assert readers[0].feedback == {}
    assert result in readers[0].results
