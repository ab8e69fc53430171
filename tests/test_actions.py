"""Actions: what members took on, who may do what with it, and whose it is under the Chatham House Rule."""

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


@dataclass
class Scene:
    """Fay facilitates; Mel and Ned are members, Obs an observer, Out a stranger; a meeting that was announced."""

    fay: TestPerson
    mel: TestPerson
    ned: TestPerson
    obs: TestPerson
    out: TestPerson
    network_id: str
    meeting_id: str

    async def add(self, by: TestPerson, *, meeting: bool = True, **more: Any) -> httpx2.Response:
        """Write an action down."""
        of = {"meeting_id": self.meeting_id} if meeting else {"network_id": self.network_id}
        return await by.client.post("/v1/actions", {"title": "Send the checklist", **of, **more})


async def scene(house: TestHouse, **meeting: Any) -> Scene:
    """The network, its people and its meeting."""
    fay, mel, ned, obs, out = [
        await house.person(f"{name} Hill") for name in ("Fay", "Mel", "Ned", "Obs", "Out")
    ]
    body = {"name": "Asthma", "purpose": "Fewer attacks", "join_policy": "open"}
    network_id = (await fay.client.post("/v1/networks", body)).json()["id"]
    for person in (mel, ned, obs):
        joined = await person.client.post(f"/v1/networks/{network_id}/join", {})
        if person is obs:
            role = {"role": "observer"}
            await fay.client.patch(f"/v1/members/{joined.json()['id']}", role)
    made = await fay.client.post("/v1/meetings", {**MEETING, "network_id": network_id, **meeting})
    assert made.status_code == 201, made.text
    return Scene(fay, mel, ned, obs, out, network_id, made.json()["id"])


async def listed(client: Client, **params: Any) -> list[str]:
    """The ids in a list, over all its pages of two."""
    found: list[str] = []
    params["limit"] = 2
    while True:
        answer = await client.get("/v1/actions", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


async def heard(client: Client, one: Scene) -> list[tuple[str, str, int]]:
    """What the caller hears of actions."""
    params = {"network_id": one.network_id, "kind": "action", "limit": 100}
    items = (await client.get("/v1/changes", params=params)).json()["items"]
    return [(item["id"], item["op"], item["version"]) for item in items]


async def test_an_action_is_taken_on_done_and_taken_up_again(house: TestHouse) -> None:
    one = await scene(house)
    made = await one.add(one.mel, owner_id=one.ned.id, due_on="2027-04-01", detail="To all")
    assert made.status_code == 201, made.text
    path, action = made.headers["location"], made.json()
    assert (action["meeting_id"], action["occurrence"]) == (one.meeting_id, None)
    assert (action["owner_id"], action["created_by"]) == (one.ned.id, one.mel.id)
    assert (action["due_on"], action["done_at"]) == ("2027-04-01", None)
    assert action["actions"] == ["update", "complete", "delete"]
    assert (await one.ned.client.get(path)).json()["actions"] == ["update", "complete"]
    assert (await one.obs.client.get(path)).json()["actions"] == []
    done = await one.ned.client.post(f"{path}/complete")
    assert (done.status_code, done.json()["done_by"]) == (200, one.ned.id)
    assert done.json()["actions"] == ["update", "reopen"]
    again = await one.fay.client.post(f"{path}/complete")
    assert (again.status_code, again.json()["code"]) == (409, "action_done")
    back = await one.fay.client.post(f"{path}/reopen")
    assert (back.json()["done_at"], back.json()["done_by"]) == (None, None)
    twice = await one.fay.client.post(f"{path}/reopen")
    assert (twice.status_code, twice.json()["code"]) == (409, "action_not_done")
    handed = await one.ned.client.patch(path, {"owner_id": one.obs.id, "due_on": None})
    assert (handed.json()["owner_id"], handed.json()["due_on"]) == (one.obs.id, None)
    # Ned has no part in it any more, Obs may do it although observers write none down.
    assert (await one.ned.client.post(f"{path}/complete")).status_code == 403
    assert (await one.obs.client.post(f"{path}/complete")).status_code == 200


async def test_an_action_of_no_meeting(house: TestHouse) -> None:
    one = await scene(house)
    made = await one.add(one.fay, meeting=False)
    assert (made.status_code, made.json()["meeting_id"], made.json()["owner_id"]) == (
        201,
        None,
        None,
    )
    both = await one.add(one.fay, network_id=one.network_id)
    neither = await one.fay.client.post("/v1/actions", {"title": "Of nothing"})
    loose = await one.add(one.fay, meeting=False, occurrence="2027-03-17T12:30:00")
    for refused in (both, neither, loose):
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["code"] == "network_or_meeting"


async def test_who_may(house: TestHouse) -> None:
    one = await scene(house, confidentiality="open")
    assert (await one.add(one.obs)).status_code == 403
    # A stranger sees the open meeting and the network, and no action.
    for meeting in (True, False):
        assert (await one.add(one.out, meeting=meeting)).status_code == 403
    path = (await one.add(one.mel, owner_id=one.ned.id)).headers["location"]
    for method, more in (("GET", ""), ("DELETE", ""), ("POST", "/complete"), ("POST", "/reopen")):
        assert (await one.out.client.request(method, path + more)).status_code == 404
        assert (await house.anonymous.request(method, path + more)).status_code == 401
    assert (await one.out.client.patch(path, {"title": "Mine"})).status_code == 404
    assert await listed(one.out.client) == []
    for person in (one.obs,):
        assert (await person.client.patch(path, {"title": "Mine"})).status_code == 403
        assert (await person.client.post(f"{path}/complete")).status_code == 403
    # What was given to somebody is not theirs to wipe out.
    assert (await one.ned.client.delete(path)).status_code == 403
    stale = await one.mel.client.delete(path, headers={"If-Match": '"7-abc"'})
    assert stale.status_code == 412
    etag = (await one.mel.client.get(path)).headers["etag"]
    assert (await one.mel.client.delete(path, headers={"If-Match": etag})).status_code == 204
    assert (await one.mel.client.get(path)).status_code == 404
    assert (await heard(one.ned.client, one))[-1][1] == "gone"
    assert await heard(one.out.client, one) == []
    archived = (await one.add(one.mel)).headers["location"]
    await one.fay.client.post(f"/v1/networks/{one.network_id}/archive", {"closing_note": "Done"})
    closed = await one.mel.client.post(f"{archived}/complete")
    assert (closed.status_code, closed.json()["code"]) == (409, "network_archived")
    assert (await one.mel.client.get(archived)).json()["actions"] == []


async def test_the_owner_is_an_active_member(house: TestHouse) -> None:
    """A stranger, a member of another network and nobody: the same answer, and nothing is changed."""
    one = await scene(house)
    other = await scene(house)
    path = (await one.add(one.mel)).headers["location"]
    answers = []
    for owner in (one.out.id, other.mel.id, "01900000-0000-7000-8000-00000000dead"):
        for refused in (
            await one.add(one.mel, owner_id=owner),
            await one.mel.client.patch(path, {"owner_id": owner}),
        ):
            assert (refused.status_code, refused.json()["code"]) == (422, "unknown_reference")
            answers.append({**refused.json(), "instance": ""})
            assert refused.json()["errors"][0]["pointer"] == "/owner_id"
    assert all(answer == answers[0] for answer in answers)
    assert (await one.mel.client.get(path)).json()["version"] == 1


async def test_a_meeting_that_is_a_draft_or_a_series(house: TestHouse) -> None:
    one = await scene(house, status="tentative")
    early = await one.add(one.fay)
    assert (early.status_code, early.json()["code"]) == (409, "meeting_not_announced")
    assert (await one.add(one.mel)).status_code == 404
    series = {
        "starts_at": None,
        "local_start": "2027-03-17T12:30:00",
        "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=3",
    }
    one = await scene(house, **series)
    assert (await one.add(one.mel)).json()["errors"][0]["code"] == "occurrence_required"
    made = await one.add(one.mel, occurrence="2027-04-21T12:30")
    assert made.json()["occurrence"] == "2027-04-21T12:30:00"


async def test_the_list(house: TestHouse) -> None:
    """Each filter and order, over pages of two."""
    one = await scene(house)
    days = (None, "2027-05-01", "2027-04-01", None, "2027-04-01")
    ids = []
    for number, day in enumerate(days):
        owner = (one.mel, one.ned)[number % 2]
        made = await one.add(one.fay, meeting=number != 3, owner_id=owner.id, due_on=day)
        ids.append(made.json()["id"])
    middle = (await one.fay.client.get(f"/v1/actions/{ids[2]}")).json()["created_at"]
    await one.fay.client.post(f"/v1/actions/{ids[1]}/complete")
    a, b, c, d, e = ids
    me = one.mel.client
    due = [*sorted([c, e]), b, *sorted([a, d])]
    assert await listed(me) == due
    assert await listed(me, sort="due_on") == due
    assert await listed(me, sort="-created_at") == ids[::-1]
    assert await listed(me, sort="-updated_at") == [b, e, d, c, a]
    assert set(await listed(me, owner="me")) == {a, c, e}
    assert set(await listed(one.ned.client, owner=one.mel.id.upper())) == {a, c, e}
    assert await listed(me, owner=one.out.id) == []
    assert set(await listed(me, open="true")) == {a, c, d, e}
    assert await listed(me, open="false") == [b]
    assert await listed(me, due_before="2027-04-01") == []
    assert set(await listed(me, due_before="2027-04-02")) == {c, e}
    assert await listed(me, due_before="2100-01-01", owner="me", open="true") == sorted([c, e])
    assert set(await listed(me, meeting_id=one.meeting_id)) == {a, b, c, e}
    assert set(await listed(me, network_id=one.network_id)) == set(ids)
    assert set(await listed(me, updated_since=middle)) == {b, c, d, e}
    for wrong in ("2027-02-30", "2027-4-1", "tomorrow"):
        refused = await me.get("/v1/actions", params={"due_before": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?due_before")
    # A cursor of one's own list is nobody else's.
    page = (await me.get("/v1/actions", params={"owner": "me", "limit": 1})).json()
    params = {"owner": "me", "limit": 1, "cursor": page["next_cursor"]}
    assert (await one.ned.client.get("/v1/actions", params=params)).status_code == 400


async def test_under_the_chatham_house_rule_whose_it_is_is_kept(house: TestHouse) -> None:
    """Facilitators and the person alone read it: in the document, in lists, by filters, in the feed's versions."""
    one = await scene(house, confidentiality="chatham_house")
    made = await one.add(one.mel, owner_id=one.ned.id)
    path, action_id = made.headers["location"], made.json()["id"]
    assert (made.json()["owner_id"], made.json()["created_by"]) == (None, one.mel.id)
    read = {}
    for person in (one.fay, one.mel, one.ned, one.obs):
        document = (await person.client.get(path)).json()
        read[person.id] = (document["owner_id"], document["created_by"])
    assert read == {
        one.fay.id: (one.ned.id, one.mel.id),
        one.mel.id: (None, one.mel.id),
        one.ned.id: (one.ned.id, None),
        one.obs.id: (None, None),
    }
    for person, mine, his in (
        (one.fay, [], [action_id]),
        (one.ned, [action_id], [action_id]),
        (one.obs, [], []),
        (one.mel, [], []),
    ):
        assert await listed(person.client, owner="me") == mine
        assert await listed(person.client, owner=one.ned.id) == his
    done = await one.ned.client.post(f"{path}/complete")
    assert done.json()["done_by"] == one.ned.id
    assert (await one.obs.client.get(path)).json()["done_by"] is None
    assert (await one.fay.client.get(path)).json()["done_by"] == one.ned.id
    for field in ("title", "detail"):
        said: dict[str, Any] = {field: "Ask ned HILL"}
        named = await one.add(one.mel, **said)
        (error,) = named.json()["errors"]
        assert (error["pointer"], error["code"]) == (f"/{field}", "names_a_member")
        assert "hill" not in named.text.lower()
        edit = await one.mel.client.patch(path, {field: "Ned Hill"})
        assert edit.json()["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.parametrize("rule", ["members", "chatham_house"])
async def test_an_owner_who_leaves(house: TestHouse, rule: str) -> None:
    """Nobody has it then. Under the rule that is no sign of who went: for others nothing moves at all."""
    one = await scene(house, confidentiality=rule)
    operator = await house.person("Operator", operator=True)
    path = (await one.add(one.fay, owner_id=one.ned.id)).headers["location"]
    watchers = (one.mel, one.obs, operator)

    async def seen(person: TestPerson) -> tuple[Any, ...]:
        answer = await person.client.get(path)
        changes = await heard(person.client, one)
        return answer.content, answer.headers["etag"], changes

    before = [await seen(person) for person in watchers]
    params = {"network_id": one.network_id, "person_id": one.ned.id}
    (spell,) = (await one.fay.client.get("/v1/members", params=params)).json()["items"]
    assert (await one.ned.client.delete(f"/v1/members/{spell['id']}")).status_code == 204
    after = [await seen(person) for person in watchers]
    now = (await one.fay.client.get(path)).json()
    assert (now["owner_id"], now["version"]) == (None, 2)
    assert (await heard(one.fay.client, one))[-1][2] == 2
    if rule == "chatham_house":
        assert after == before
    else:
        assert all(was != is_ for was, is_ in zip(before, after, strict=True))
        assert [await listed(one.mel.client, owner=one.ned.id)] == [[]]
    # Whoever may change it says which version they read: the one that they were shown.
    made = await one.add(one.mel)
    etag = (await one.mel.client.get(made.headers["location"])).headers["etag"]
    changed = await one.mel.client.patch(
        made.headers["location"], {"title": "Send two"}, headers={"If-Match": etag}
    )
    assert changed.status_code == 200


async def test_versions_rise_when_the_rule_comes_into_force(house: TestHouse) -> None:
    """Who read the whole of an action reads it from outside then, where an owner who left was not counted."""
    one = await scene(house, confidentiality="members")
    made = (await one.add(one.fay, owner_id=one.ned.id)).json()
    path, meeting = f"/v1/actions/{made['id']}", f"/v1/meetings/{made['meeting_id']}"
    params = {"network_id": one.network_id, "person_id": one.ned.id}
    (spell,) = (await one.fay.client.get("/v1/members", params=params)).json()["items"]
    assert (await one.ned.client.delete(f"/v1/members/{spell['id']}")).status_code == 204
    before = (await one.mel.client.get(path)).json()
    assert (before["version"], before["created_by"]) == (2, one.fay.id)
    rule = {"confidentiality": "chatham_house"}
    assert (await one.fay.client.patch(meeting, rule)).status_code == 200
    for person, reads in ((one.mel, None), (one.fay, one.fay.id)):
        now = (await person.client.get(path)).json()
        assert (now["version"], now["created_by"]) == (3, reads)
        assert (await heard(person.client, one))[-1][2] == 3
