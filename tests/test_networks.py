"""A facilitator's first hour: set up, edit, approve, hand over, make a sub-group, archive."""

import pytest

from tests.house import TestHouse

pytestmark = pytest.mark.anyio
NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks in our patch."}


async def test_first_hour(house: TestHouse) -> None:
    """Every step that a new facilitator takes."""
    ada = await house.person("Ada", listed=True)
    ben = await house.person("Ben")
    made = await ada.client.post("/v1/networks", {**NEW, "join_policy": "request"})
    assert made.status_code == 201, made.text
    network = made.json()
    assert made.headers["location"] == f"/v1/networks/{network['id']}"
    assert network["slug"] == "asthma-in-the-valley"
    assert network["membership"]["role"] == "facilitator"
    assert network["facilitators"] == [{"person_id": ada.id, "display_name": "Ada"}]
    assert network["member_count"] == 1

    asked = await ben.client.post(f"/v1/networks/{network['id']}/join", {"message": "May I?"})
    assert asked.status_code == 201, asked.text
    spell = asked.json()
    assert spell["status"] == "requested"
    again = await ben.client.post(f"/v1/networks/{network['id']}/join", {})
    assert (again.status_code, again.json()["code"]) == (409, "already_member")
    assert (await ben.client.post(f"/v1/members/{spell['id']}/approve")).status_code == 403
    approved = await ada.client.post(f"/v1/members/{spell['id']}/approve")
    assert approved.status_code == 200, approved.text
    assert approved.json()["status"] == "active"
    assert (await ada.client.get(f"/v1/networks/{network['id']}")).json()["member_count"] == 2

    mine = (
        await ada.client.get(
            "/v1/members", params={"network_id": network["id"], "person_id": ada.id}
        )
    ).json()["items"]
    last = await ada.client.delete(f"/v1/members/{mine[0]['id']}")
    assert (last.status_code, last.json()["code"]) == (409, "last_facilitator")
    handed = await ada.client.patch(f"/v1/members/{spell['id']}", {"role": "facilitator"})
    assert handed.json()["role"] == "facilitator", handed.text

    sub = await ben.client.post(
        "/v1/networks", {**NEW, "name": "Inhalers", "parent_id": network["id"]}
    )
    assert sub.status_code == 201, sub.text
    assert (await ada.client.delete(f"/v1/members/{mine[0]['id']}")).status_code == 204
    closed = await ben.client.post(
        f"/v1/networks/{network['id']}/archive", {"closing_note": "It worked."}
    )
    assert closed.status_code == 200, closed.text
    assert closed.json()["closing_note"] == "It worked."
    refused = await ben.client.patch(f"/v1/networks/{network['id']}", {"name": "Other"})
    assert (refused.status_code, refused.json()["code"]) == (409, "network_archived")
    below = (await ben.client.get(f"/v1/networks/{sub.json()['id']}")).json()
    assert below["archived_at"] is not None
    history = (await ben.client.get(f"/v1/networks/{network['id']}/member-history")).json()["items"]
    assert [(spell["status"], len(spell["roles"])) for spell in history] == [
        ("active", 2),
        ("left", 1),
    ]


async def test_a_hidden_slug_stays_random(house: TestHouse) -> None:
    """Whatever else is changed with it: nobody outside chose it, and it is in nobody's way once it is seen."""
    ada = await house.person("Ada")
    taken = (await ada.client.post("/v1/networks", {**NEW, "slug": "asthma-now"})).json()
    top = await ada.client.post("/v1/networks", {**NEW, "visibility": "confidential"})
    below = await ada.client.post("/v1/networks", {**NEW, "parent_id": top.json()["id"]})
    path = f"/v1/networks/{below.json()['id']}"
    both = {"slug": taken["slug"], "visibility": "private"}
    changed = await ada.client.patch(path, both)
    assert changed.status_code == 200, changed.text
    assert changed.json()["slug"] == below.json()["slug"]
    opened = await ada.client.patch(f"/v1/networks/{top.json()['id']}", {"visibility": "open"})
    assert opened.status_code == 200, opened.text
