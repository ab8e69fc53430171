"""Invitations to an address: sent, listed, taken back, and what comes of their secrets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.features.networks import invitation_commands
from app.jobs.retention import retain
from app.settings import Settings
from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
NEW = {
    "name": "Asthma in the valley",
    "purpose": "Fewer asthma attacks in our patch.",
    "visibility": "confidential",
    "join_policy": "invite",
}
SAM = "sam.patel@example.org"
NOT_VALID = (404, "invitation_not_valid")


async def founded(house: TestHouse, **body: Any) -> tuple[TestPerson, str]:
    """A facilitator and the id of their confidential network, which is joined by invitation."""
    ada = await house.person("Ada")
    made = await ada.client.post("/v1/networks", {**NEW, **body})
    assert made.status_code == 201, made.text
    return ada, made.json()["id"]


async def invited(client: Client, network_id: str, *addresses: str, **body: Any) -> list[Any]:
    """What became of these addresses."""
    path = f"/v1/networks/{network_id}/invitations"
    made = await client.post(path, {"addresses": list(addresses), **body})
    assert made.status_code == 200, made.text
    items: list[Any] = made.json()["items"]
    return items


async def secret_for(client: Client, network_id: str, address: str = SAM, **body: Any) -> str:
    """The secret of a new invitation."""
    (item,) = await invited(client, network_id, address, **body)
    return str(item["secret"])


async def refused(client: Client, secret: str, **body: Any) -> tuple[int, str]:
    """How accepting fails."""
    answer = await client.post("/v1/invitations/accept", {"secret": secret, **body})
    return answer.status_code, answer.json()["code"]


@asynccontextmanager
async def with_a_clock(url: str) -> AsyncIterator[tuple[TestHouse, list[datetime]]]:
    """A house whose time is in the list."""
    now = [datetime(2026, 11, 2, 9, tzinfo=UTC)]
    async with TestHouse.over(url, clock=lambda: now[0]) as house:
        yield house, now


async def test_each_address_is_answered_by_itself_and_says_nothing_of_anybody(
    house: TestHouse,
) -> None:
    """A member's, a stranger's with an account, and an unknown one: the same answer and the same effect."""
    ada, network_id = await founded(house)
    await house.person("Ben", email="ben@example.org", email_key="ben@example.org")
    await ada.client.patch("/v1/me", {"email": "ada@example.org"})
    good = ["ada@example.org", "ben@example.org", "nobody@example.org", "  Big.Case@Example.ORG "]
    bad = ["ADA@example.org", "no address", "a@b", "kim@example.org, joe@example.org"]
    items = await invited(ada.client, network_id, *good, *bad)
    assert [item["status"] for item in items] == ["invited"] * 4 + ["invalid"] * 4
    assert [item["fault"] for item in items[4:]] == ["repeated"] + ["not_an_address"] * 3
    assert [item["address"] for item in items] == [text.strip() for text in [*good, *bad]]
    shapes = [{name: type(value) for name, value in item.items()} for item in items]
    assert shapes[0] == shapes[1] == shapes[2] == shapes[3]
    assert all(item["secret"] is item["link"] is item["expires_at"] is None for item in items[4:])
    assert len({item["secret"] for item in items[:4]}) == 4
    for item in items[:4]:
        assert item["link"] == f"http://127.0.0.1:8000/#{item['secret']}"
    listed = (await ada.client.get("/v1/invitations", params={"network_id": network_id})).json()
    assert [one["address"] for one in listed["items"]] == [
        "big.case@example.org", "nobody@example.org", "ben@example.org", "ada@example.org",
    ]  # fmt: skip
    assert {one["status"] for one in listed["items"]} == {"pending"}
    assert {one["role"] for one in listed["items"]} == {"member"}


async def test_links_open_the_frontend_that_is_set(database_url: str) -> None:
    async with TestHouse.over(database_url, invitation_url="https://qi.example.org/come") as house:
        ada, network_id = await founded(house)
        (item,) = await invited(ada.client, network_id, SAM)
        assert item["link"] == f"https://qi.example.org/come#{item['secret']}"


async def test_somebody_signed_in_joins_a_network_that_they_cannot_see(house: TestHouse) -> None:
    ada, network_id = await founded(house)
    ben = await house.person("Ben")
    secret = await secret_for(ada.client, network_id, role="observer", message="Do come.")
    shown = await ben.client.post("/v1/invitations/look", {"secret": secret})
    assert shown.status_code == 200, shown.text
    assert shown.json()["network"] == {
        "id": network_id, "name": NEW["name"], "purpose": NEW["purpose"], "parent_id": None,
    }  # fmt: skip
    said = {name: shown.json()[name] for name in ("role", "message", "invited_by")}
    assert said == {"role": "observer", "message": "Do come.", "invited_by": "Ada"}
    assert (await ben.client.get(f"/v1/networks/{network_id}")).status_code == 404

    joined = await ben.client.post("/v1/invitations/accept", {"secret": secret})
    assert joined.status_code == 201, joined.text
    done = joined.json()
    assert (done["person_id"], done["role"], done["token"]) == (ben.id, "observer", None)
    assert joined.headers["location"] == f"/v1/members/{done['member_id']}"
    network = (await ben.client.get(f"/v1/networks/{network_id}")).json()
    assert (network["tier"], network["member_count"]) == ("inside", 2)
    assert network["membership"] == {
        "id": done["member_id"], "role": "observer", "status": "active",
    }  # fmt: skip
    (one,) = (await ada.client.get("/v1/invitations")).json()["items"]
    assert (one["status"], one["accepted_by"]) == ("accepted", ben.id)
    assert one["ended_at"] is not None

    kim = await house.person("Kim")
    for client in (ben.client, kim.client):
        assert await refused(client, secret) == NOT_VALID
    assert await refused(house.anonymous, secret, display_name="Kim") == NOT_VALID


async def test_somebody_new_comes_in_with_a_first_token(house: TestHouse) -> None:
    ada, network_id = await founded(house)
    secret = await secret_for(ada.client, network_id)
    assert await refused(house.anonymous, secret) == (422, "invalid")
    key = {"Idempotency-Key": "come in"}
    body = {"secret": secret, "display_name": "Sam Patel"}
    came = await house.anonymous.post("/v1/invitations/accept", body, headers=key)
    assert came.status_code == 201, came.text
    token = came.json()["token"]
    sam = Client(house.http, token["secret"])
    me = (await sam.get("/v1/me")).json()
    assert (me["id"], me["display_name"]) == (came.json()["person_id"], "Sam Patel")
    assert (me["listed"], me["email"], me["operator"]) == (False, None, False)
    assert sorted(me["scopes"]) == token["scopes"]
    assert "operate" not in token["scopes"]
    assert "members:provision" not in token["scopes"]
    assert token["expires_at"] > datetime.now(UTC).isoformat()
    assert (await sam.get(f"/v1/networks/{network_id}")).json()["tier"] == "inside"

    again = await house.anonymous.post("/v1/invitations/accept", body, headers=key)
    assert again.status_code == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == {**came.json(), "token": {**token, "secret": None}}
    assert "Sam" not in again.text
    other = {**body, "display_name": "Kim"}
    mixed = await house.anonymous.post("/v1/invitations/accept", other, headers=key)
    assert (mixed.status_code, mixed.json()["code"]) == (422, "idempotency_key_reused")
    assert await refused(house.anonymous, secret, display_name="Sam Patel") == NOT_VALID


async def test_a_repeated_invitation_answers_without_the_secrets(house: TestHouse) -> None:
    ada, network_id = await founded(house)
    path, key = f"/v1/networks/{network_id}/invitations", {"Idempotency-Key": "many"}
    body = {"addresses": [SAM, "no address"]}
    first = (await ada.client.post(path, body, headers=key)).json()["items"]
    again = (await ada.client.post(path, body, headers=key)).json()["items"]
    assert again == [{**first[0], "secret": None, "link": None}, first[1]]
    assert first[0]["secret"] is not None


async def test_inviting_again_ends_the_old_link(house: TestHouse) -> None:
    ada, network_id = await founded(house)
    old = await secret_for(ada.client, network_id)
    (new,) = await invited(ada.client, network_id, SAM.upper(), role="observer")
    (one,) = (await ada.client.get("/v1/invitations")).json()["items"]
    assert (one["id"], one["role"], one["version"]) == (new["invitation_id"], "observer", 2)
    assert await refused(house.anonymous, old, display_name="Sam") == NOT_VALID
    taken = await house.anonymous.post(
        "/v1/invitations/accept", {"secret": new["secret"], "display_name": "Sam"}
    )
    assert taken.json()["role"] == "observer"
    third = await invited(ada.client, network_id, SAM)
    assert third[0]["invitation_id"] != one["id"], "one that was used is history"


async def test_unknown_used_revoked_and_expired_answer_alike(own_url: str) -> None:
    async with with_a_clock(own_url) as (house, now):
        ada, network_id = await founded(house)
        used, revoked, expired = [
            item["secret"]
            for item in await invited(
                ada.client, network_id, *(f"{n}@example.org" for n in ("used", "gone", "late"))
            )
        ]
        body = {"secret": used, "display_name": "Sam"}
        assert (await house.anonymous.post("/v1/invitations/accept", body)).status_code == 201
        listed = (await ada.client.get("/v1/invitations", params={"status": "pending"})).json()
        (gone,) = [one["id"] for one in listed["items"] if one["address"] == "gone@example.org"]
        taken_back = await ada.client.post(f"/v1/invitations/{gone}/revoke")
        assert taken_back.json()["status"] == "revoked", taken_back.text
        twice = await ada.client.post(f"/v1/invitations/{gone}/revoke")
        assert (twice.status_code, twice.json()["code"]) == (409, "illegal_transition")
        now[0] += timedelta(days=28)
        answers = []
        for secret in (used, revoked, expired, "qi_invite_" + "A" * 43, "guess", ada.token):
            for path in ("accept", "look"):
                body = {"secret": secret} | ({"display_name": "Eve"} if path == "accept" else {})
                answer = await house.anonymous.post(f"/v1/invitations/{path}", body)
                answers.append((answer.status_code, {**answer.json(), "instance": None}))
        assert all(answer == answers[0] for answer in answers)
        assert answers[0][1]["code"] == "invitation_not_valid"
        wanted = {"accepted": 1, "revoked": 1, "expired": 1, "pending": 0}
        for status, count in wanted.items():
            found = await ada.client.get("/v1/invitations", params={"status": status})
            assert [one["status"] for one in found.json()["items"]] == [status] * count
        late = (await ada.client.get("/v1/invitations", params={"status": "expired"})).json()
        path = f"/v1/invitations/{late['items'][0]['id']}/revoke"
        assert (await ada.client.post(path)).json()["code"] == "illegal_transition"


async def test_one_secret_lets_one_in(house: TestHouse) -> None:
    """However many use it at once."""
    ada, network_id = await founded(house)
    secret = await secret_for(ada.client, network_id)
    people = [await house.person(f"Person {n}") for n in range(3)]
    body = {"secret": secret}
    answers = await asyncio.gather(
        *(one.client.post("/v1/invitations/accept", body) for one in people),
        *(
            house.anonymous.post("/v1/invitations/accept", {**body, "display_name": f"New {n}"})
            for n in range(3)
        ),
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[404] * 5]
    assert (await ada.client.get(f"/v1/networks/{network_id}")).json()["member_count"] == 2
    members = (await ada.client.get("/v1/members", params={"network_id": network_id})).json()
    assert len(members["items"]) == 2


async def test_who_is_in_keeps_the_invitation_for_somebody_else(house: TestHouse) -> None:
    ada, network_id = await founded(house)
    secret = await secret_for(ada.client, network_id)
    assert await refused(ada.client, secret) == (409, "already_member")
    assert await refused(ada.client, secret, display_name="Eve") == (409, "already_member")
    assert (await ada.client.get("/v1/me")).json()["display_name"] == "Ada"
    body = {"secret": secret, "display_name": "Sam"}
    assert (await house.anonymous.post("/v1/invitations/accept", body)).status_code == 201


@pytest.mark.parametrize(
    ("waits", "becomes"), [("requested", "observer"), ("invited", "facilitator")]
)
async def test_who_asked_or_was_invited_becomes_active(
    house: TestHouse, waits: str, becomes: str
) -> None:
    """A request is answered by the invitation; an invitation to the person themselves keeps its role."""
    ada, network_id = await founded(house, visibility="open", join_policy="request")
    ben = await house.person("Ben", listed=True)
    if waits == "requested":
        await ben.client.post(f"/v1/networks/{network_id}/join", {"message": "May I?"})
    else:
        body = {"network_id": network_id, "person_id": ben.id, "role": "facilitator"}
        await ada.client.post("/v1/members", body)
    secret = await secret_for(ada.client, network_id, role="observer")
    joined = await ben.client.post("/v1/invitations/accept", {"secret": secret})
    assert joined.status_code == 201, joined.text
    assert joined.json()["role"] == becomes
    (spell,) = (await ben.client.get("/v1/me/history")).json()["items"]
    assert (spell["status"], [held["role"] for held in spell["roles"]]) == ("active", [becomes])
    network = (await ben.client.get(f"/v1/networks/{network_id}")).json()
    assert network["member_count"] == 2
    names = [one["display_name"] for one in network["facilitators"]]
    assert names == (["Ben"] if becomes == "facilitator" else [])


async def test_a_sub_group_is_for_members_of_the_parent(house: TestHouse) -> None:
    ada, network_id = await founded(house)
    sub = (await ada.client.post("/v1/networks", {**NEW, "parent_id": network_id})).json()["id"]
    into_parent, into_sub = [
        await secret_for(ada.client, where, "ben@example.org") for where in (network_id, sub)
    ]
    ben = await house.person("Ben")
    for client, body in ((ben.client, {}), (house.anonymous, {"display_name": "Kim"})):
        assert await refused(client, into_sub, **body) == (409, "parent_membership_required")
    shown = await house.anonymous.post("/v1/invitations/look", {"secret": into_sub})
    assert shown.json()["network"]["parent_id"] == network_id
    for secret in (into_parent, into_sub):
        joined = await ben.client.post("/v1/invitations/accept", {"secret": secret})
        assert joined.status_code == 201, joined.text


async def test_an_archived_network_lets_nobody_in_until_it_is_opened_again(
    house: TestHouse,
) -> None:
    ada, network_id = await founded(house)
    secret = await secret_for(ada.client, network_id)
    await ada.client.post(f"/v1/networks/{network_id}/archive", {"closing_note": "Done."})
    archived = (409, "network_archived")
    assert await refused(house.anonymous, secret, display_name="Sam") == archived
    look = await house.anonymous.post("/v1/invitations/look", {"secret": secret})
    assert (look.status_code, look.json()["code"]) == archived
    more = await ada.client.post(
        f"/v1/networks/{network_id}/invitations", {"addresses": ["kim@example.org"]}
    )
    assert (more.status_code, more.json()["code"]) == archived
    (one,) = (await ada.client.get("/v1/invitations")).json()["items"]
    assert one["status"] == "pending"
    await ada.client.post(f"/v1/networks/{network_id}/reactivate")
    body = {"secret": secret, "display_name": "Sam"}
    assert (await house.anonymous.post("/v1/invitations/accept", body)).status_code == 201


async def test_a_deleted_network_takes_its_invitations_along(house: TestHouse) -> None:
    ada, network_id = await founded(house)
    items = await invited(ada.client, network_id, SAM, "kim@example.org")
    start = (await ada.client.get("/v1/invitations")).json()["changes_cursor"]
    assert (await ada.client.delete(f"/v1/networks/{network_id}")).status_code == 204
    assert (await ada.client.get("/v1/invitations")).json()["items"] == []
    assert await refused(house.anonymous, items[0]["secret"], display_name="Sam") == NOT_VALID
    feed = await ada.client.get("/v1/changes", params={"cursor": start, "kind": "invitation"})
    heard = {(change["id"], change["op"]) for change in feed.json()["items"]}
    assert heard == {(item["invitation_id"], "gone") for item in items}


async def test_an_invitation_outlasts_the_office_of_who_sent_it(house: TestHouse) -> None:
    ada, network_id = await founded(house)
    secret = await secret_for(ada.client, network_id)
    ben = await house.person("Ben")
    into = await secret_for(ada.client, network_id, "ben@example.org")
    joined = await ben.client.post("/v1/invitations/accept", {"secret": into})
    handed = await ada.client.patch(
        f"/v1/members/{joined.json()['member_id']}", {"role": "facilitator"}
    )
    assert handed.status_code == 200, handed.text
    (mine,) = (
        await ada.client.get("/v1/members", params={"network_id": network_id, "person_id": ada.id})
    ).json()["items"]
    assert (await ada.client.delete(f"/v1/members/{mine['id']}")).status_code == 204
    assert (await ada.client.get("/v1/invitations")).json()["items"] == []
    assert len((await ben.client.get("/v1/invitations")).json()["items"]) == 2
    body = {"secret": secret, "display_name": "Sam"}
    assert (await house.anonymous.post("/v1/invitations/accept", body)).status_code == 201


async def test_open_invitations_of_a_network_are_bounded(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation_commands, "MOST_OPEN", 3)
    ada, network_id = await founded(house)
    await invited(ada.client, network_id, "a@example.org", "b@example.org")
    path = f"/v1/networks/{network_id}/invitations"
    many = {"addresses": ["b@example.org", "c@example.org", "d@example.org"]}
    refusal = await ada.client.post(path, many)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "too_many_invitations")
    listed = (await ada.client.get("/v1/invitations")).json()["items"]
    assert [one["version"] for one in listed] == [1, 1], "all or nothing"
    await invited(ada.client, network_id, "b@example.org", "c@example.org")


async def test_facilitators_follow_invitations_in_the_feed(house: TestHouse) -> None:
    ada, network_id = await founded(house, visibility="open", join_policy="open")
    ben = await house.person("Ben")
    await ben.client.post(f"/v1/networks/{network_id}/join", {})
    starts = [
        (await one.client.get("/v1/networks", params={"limit": 1})).json()["changes_cursor"]
        for one in (ada, ben)
    ]
    item, other = await invited(ada.client, network_id, SAM, "kim@example.org")
    await ada.client.post(f"/v1/invitations/{other['invitation_id']}/revoke")
    body = {"secret": item["secret"], "display_name": "Sam"}
    await house.anonymous.post("/v1/invitations/accept", body)
    heard = []
    for one, start in zip((ada, ben), starts, strict=True):
        params = {"cursor": start, "kind": "invitation", "limit": 100}
        found = (await one.client.get("/v1/changes", params=params)).json()["items"]
        heard.append([(change["id"], change["op"], change["version"]) for change in found])
    first, second = item["invitation_id"], other["invitation_id"]
    versions = [(first, 1), (second, 1), (second, 2), (first, 2)]
    assert heard[0] == [(one, "upsert", version) for one, version in versions]
    assert heard[1] == []


async def test_addresses_of_what_is_over_are_forgotten(own_url: str) -> None:
    async with with_a_clock(own_url) as (house, now):
        ada, network_id = await founded(house)
        names = ("used", "gone", "late", "open")
        said = {"message": "Do come."}
        items = await invited(
            ada.client, network_id, *(f"{n}@example.org" for n in names[:3]), **said
        )
        body = {"secret": items[0]["secret"], "display_name": "Sam"}
        await house.anonymous.post("/v1/invitations/accept", body)
        await ada.client.post(f"/v1/invitations/{items[1]['invitation_id']}/revoke")
        now[0] += timedelta(days=20)
        await invited(ada.client, network_id, "open@example.org", **said)
        rooms = house.app.rooms.house

        async def still_known() -> list[str]:
            listed = (await ada.client.get("/v1/invitations")).json()["items"]
            assert all((one["address"] is None) == (one["message"] is None) for one in listed)
            return sorted(one["address"] for one in listed if one["address"])

        async def forgotten(*, dry_run: bool = False) -> int:
            found = await retain(rooms, Settings(), dry_run=dry_run)
            return sum(one.rows for one in found if one.rule == "invitation_addresses")

        assert await forgotten() == 0
        now[0] += timedelta(days=9)
        assert await forgotten(dry_run=True) == 2
        assert len(await still_known()) == 4
        assert await forgotten() == 2
        assert await still_known() == ["late@example.org", "open@example.org"]
        now[0] += timedelta(days=28)
        assert [await forgotten(), await forgotten()] == [1, 0]
        assert await still_known() == ["open@example.org"]
        again = await invited(ada.client, network_id, "late@example.org")
        assert again[0]["invitation_id"] != items[2]["invitation_id"]


async def test_two_hundred_at_once_go_in_one_batch(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever their number: the rows at once, and what the log says of them at once."""
    ada, network_id = await founded(house)
    db: Any = house.app.rooms.house.db
    sent: list[str] = []
    unit = db.unit

    async def watched(run: Any) -> Any:
        async def inside(tx: Any) -> Any:
            for name in ("fetch", "write", "write_many", "finish"):
                monkeypatch.setattr(tx, name, _counting(name, getattr(tx, name), sent))
            return await run(tx)

        return await unit(inside)

    monkeypatch.setattr(db, "unit", watched)
    many = [f"person{n}@example.org" for n in range(200)]
    items = await invited(ada.client, network_id, *many)
    assert len({item["secret"] for item in items}) == 200
    assert sent.count("write_many") == 1
    again = await invited(ada.client, network_id, *many)
    assert [one["invitation_id"] for one in again] == [one["invitation_id"] for one in items]
    assert sent.count("write_many") == 2
    assert sent.count("fetch") == 6


def _counting(name: str, call: Any, sent: list[str]) -> Any:
    async def counted(*given: Any) -> Any:
        if name != "write" or given[0]:
            sent.append(name)
        return await call(*given)

    return counted
