"""Erasure: who somebody was goes from everywhere; counts stay; the last of a kind hands over first."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.core.erased import issued_before_erasure
from app.models import Action, Attendance
from tests.dumps import dump, held, hits
from tests.house import Client, TestHouse, TestPerson
from tests.meetings_story import meets
from tests.privacy_story import (
    ERASE,
    ISSUER,
    TRACES,
    ZORA,
    counts,
    joined,
    made,
    network_of,
    raised,
    signs_in,
    story,
)
from tests.secrets_issued import found_in, logs
from tests.test_clients import access_token, ask, basic, registered

pytestmark = pytest.mark.anyio


@pytest.fixture
async def own(own_url: str) -> AsyncIterator[TestHouse]:
    """A service with a database of its own."""
    async with TestHouse.over(own_url) as house:
        yield house


async def told(person: TestPerson, cursor: str) -> list[tuple[str, str, str]]:
    page = (await person.client.get("/v1/changes", params={"cursor": cursor, "limit": 100})).json()
    assert hits(orjson.dumps(page), TRACES) == []
    return [(item["kind"], item["op"], item["id"]) for item in page["items"]]


async def cursor_of(person: TestPerson) -> str:
    return str((await person.client.get("/v1/people")).json()["changes_cursor"])


async def test_nothing_is_left_of_who_it_was(own: TestHouse, own_url: str) -> None:
    """Not in a dump, the files of SQLite, answers, search or feed; and everything is counted as before."""
    logged = len(logs.said())
    zora, others, networks = await story(own)
    ada, eve = others["Ada"], others["Eve"]
    before = await counts(own.anonymous, networks)
    assert hits(dump(own_url), TRACES) == list(TRACES)  # the search finds what is there
    at = {one.id: await cursor_of(one) for one in (ada, eve)}
    led = await own.anonymous.get(f"/v1/networks/{networks['led']}")
    assert [one["person_id"] for one in led.json()["facilitators"]] == [zora.id]

    assert (await zora.client.delete(ERASE)).status_code == 204

    assert hits(held(own_url), [*TRACES, zora.token]) == []
    assert await counts(own.anonymous, networks) == before
    refused = await zora.client.get("/v1/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
    card = (await ada.client.get(f"/v1/people/{zora.id}")).json()
    assert (card["display_name"][:14], card["tier"]) == ("Former member ", "card")
    assert zora.id[-4:] != card["display_name"][-4:]
    assert (await eve.client.get(f"/v1/people/{zora.id}")).status_code == 404
    assert ("person", "upsert", zora.id) in await told(ada, at[ada.id])
    assert ("person", "gone", zora.id) in await told(eve, at[eve.id])
    for client, path in (
        (own.anonymous, f"/v1/networks/{networks['led']}"),
        (ada.client, f"/v1/members?network_id={networks['led']}&limit=100"),
        (ada.client, f"/v1/networks/{networks['left']}/member-history"),
        (ada.client, "/v1/people?q=zoraida"),
        (ada.client, "/v1/me/export"),
        (ada.client, f"/v1/audit?network_id={networks['led']}"),
        (ada.client, f"/v1/members?network_id={networks['led']}&q=quibblethorpe"),
    ):
        answer = await client.get(path)
        assert (answer.status_code, hits(answer.content, TRACES)) == (200, []), path
    empty = (await ada.client.get("/v1/people?q=zoraida")).json()
    assert empty["items"] == []
    lines = logs.said()[logged:]
    assert hits(lines, [*TRACES, zora.token]) == []
    assert hits(lines, ["/v1/me/export", "eraseMe"]) == ["/v1/me/export", "eraseMe"]


async def test_the_search_for_remnants_can_fail(
    own: TestHouse, own_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a SQLite file keeps what was overwritten, unless it is scrubbed."""
    if not own_url.startswith("sqlite"):
        monkeypatch.undo()
        assert hits(dump(own_url), ["template1", "CREATE TABLE"]) == ["CREATE TABLE"]
        return
    zora, _, _ = await story(own)

    async def leave(_tables: Sequence[str]) -> None:
        """Leave it."""

    monkeypatch.setattr(own.app.rooms.house.db, "scrub", leave)
    assert (await zora.client.delete(ERASE)).status_code == 204
    found = hits(held(own_url), TRACES)
    assert {"zoraida", "snorkelhound", "zqphone"} <= set(found)


async def test_roles_are_handed_down_and_requests_declined_on_record(own: TestHouse) -> None:
    zora, others, networks = await story(own)
    ada = others["Ada"]
    at = await cursor_of(ada)
    await zora.client.delete(ERASE)
    history = (await ada.client.get(f"/v1/networks/{networks['led']}/member-history")).json()
    (spell,) = [one for one in history["items"] if one["person"]["id"] == zora.id]
    roles = [(role["role"], role["to_at"] is None) for role in spell["roles"]]
    assert sorted(roles) == [("facilitator", False), ("member", True)]
    asked = (await ada.client.get(f"/v1/members?network_id={networks['asked']}")).json()["items"]
    assert [one["person"]["id"] for one in asked] == [ada.id]
    ended = {(kind, op) for kind, op, _ in await told(ada, at)}
    assert {("member", "gone"), ("network", "upsert"), ("person", "upsert")} <= ended
    (belongs,) = [
        one
        for one in (await ada.client.get(f"/v1/members?network_id={networks['belongs']}")).json()[
            "items"
        ]
        if one["person"]["id"] == zora.id
    ]
    assert (belongs["status"], belongs["offer"]) == ("active", None)


async def test_of_meetings_what_is_ahead_ends_and_what_has_been_stays(
    own: TestHouse, own_url: str
) -> None:
    zora, _, networks = await story(own)
    made = await meets(own, zora, networks["belongs"])
    assert hits(dump(own_url), ["zqwallchart", "zqneedle"]) == ["zqwallchart", "zqneedle"]
    assert (await zora.client.delete(ERASE)).status_code == 204
    assert hits(held(own_url), ["zqwallchart", "zqneedle"]) == []
    inside = own.app.rooms.house
    answers = await inside.db.fetch(
        "answers", lambda: select(Attendance.id, Attendance.came).order_by(Attendance.id), {}
    )
    assert [(row["id"], row["came"]) for row in answers] == [(made["past answer"], True)]
    owners = await inside.db.fetch("owners", lambda: select(Action.id, Action.owner_id), {})
    assert {row["id"]: row["owner_id"] for row in owners} == {
        made["open"]: None,
        made["done"]: zora.id,
    }


async def test_what_only_one_leads_is_handed_over_first(house: TestHouse) -> None:
    """A live network and a sub-group of another's; not an archived one, and not one that is gone."""
    ada, ben = await house.person("Ada"), await house.person("Ben")
    whole = await network_of(ada, name="Whole")
    spell = await joined(ben, whole)
    part = await network_of(ada, name="Part", parent_id=whole)
    await raised(ada, spell)
    refused = await ada.client.delete(ERASE)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_facilitator")
    assert [(one["pointer"], one["detail"]) for one in refused.json()["errors"]] == [
        (f"/v1/networks/{part}", "Part")
    ]
    assert (await ada.client.get("/v1/me")).json()["display_name"] == "Ada"
    await ada.client.post(f"/v1/networks/{part}/archive", {"closing_note": "Done"})
    assert (await ada.client.delete(ERASE)).status_code == 204
    shown = (await ben.client.get(f"/v1/networks/{part}")).json()
    assert (shown["member_count"], shown["archived_at"] is None) == (1, False)


async def test_the_last_operator_makes_another_one_first(own: TestHouse) -> None:
    olga = await own.person("Olga", operator=True)
    refused = await olga.client.delete(ERASE)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_operator")
    oscar = await own.person("Oscar", operator=True)
    assert (await olga.client.delete(ERASE)).status_code == 204
    refused = await oscar.client.delete(ERASE)
    assert refused.json()["code"] == "last_operator"


async def test_two_operators_at_once_do_not_both_go(own: TestHouse) -> None:
    both = [await own.person(name, operator=True) for name in ("Olga", "Oscar")]
    answers = await asyncio.gather(*(one.client.delete(ERASE) for one in both))
    assert sorted(answer.status_code for answer in answers) == [204, 409]


async def test_it_takes_the_scope_and_the_right_version(house: TestHouse) -> None:
    ada = await made(house, {"display_name": "Ada"})
    narrow = await house.token(ada.id, scopes='["people:write"]')
    held_back = await ada.client.delete(ERASE, headers={"Authorization": f"Bearer {narrow}"})
    assert held_back.json()["code"] == "insufficient_scope"
    etag = (await ada.client.get("/v1/me")).headers["etag"]
    await ada.client.patch("/v1/me", {"bio": "Newer"})
    stale = await ada.client.delete(ERASE, headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    fresh = (await ada.client.get("/v1/me")).headers["etag"]
    assert (await ada.client.delete(ERASE, headers={"If-Match": fresh})).status_code == 204


async def test_answers_kept_for_others_say_no_more(own: TestHouse, own_url: str) -> None:
    """A repetition is neither done twice nor answered with who it was."""
    olga = await own.person("Olga", operator=True)
    key = {"Idempotency-Key": "once"}
    first = await olga.client.post("/v1/people", ZORA, headers=key)
    person_id = first.json()["id"]
    other = await olga.client.post(
        "/v1/people", {"display_name": "Kim"}, headers={"Idempotency-Key": "two"}
    )
    token = await own.token(person_id)
    mine = TestPerson(person_id, token, type(olga.client)(own.http, token))
    made_by_zora = await mine.client.post(
        "/v1/networks", {"name": "Her own", "purpose": "zqplease"}, headers=key
    )
    await mine.client.delete(f"/v1/networks/{made_by_zora.json()['id']}")
    assert (await mine.client.delete(ERASE)).status_code == 204
    assert hits(held(own_url), TRACES) == []
    again = await olga.client.post("/v1/people", {**ZORA, "email": None}, headers=key)
    assert again.json()["code"] == "idempotency_key_reused"
    again = await olga.client.post("/v1/people", ZORA, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "answer_erased")
    kept = await olga.client.post(
        "/v1/people", {"display_name": "Kim"}, headers={"Idempotency-Key": "two"}
    )
    assert kept.json() == other.json()


async def test_who_is_erased_is_asked_and_trusted_with_nothing(house: TestHouse) -> None:
    olga = await house.person("Olga", operator=True)
    ada, ben = await house.person("Ada"), await house.person("Ben")
    network = await network_of(ada)
    spell = await joined(ben, network)
    other = await network_of(ada)
    assert (await ben.client.delete(ERASE)).status_code == 204
    invited = await ada.client.post("/v1/members", {"network_id": other, "person_id": ben.id})
    assert (invited.status_code, invited.json()["code"]) == (422, "unknown_reference")
    promoted = await ada.client.patch(f"/v1/members/{spell}", {"role": "facilitator"})
    assert (promoted.status_code, promoted.json()["code"]) == (409, "illegal_transition")
    body = {"name": "For Ben", "scopes": ["networks:read"], "person_id": ben.id}
    minted = await olga.client.post("/v1/tokens", body)
    assert (minted.status_code, minted.json()["code"]) == (422, "unknown_reference")
    # Made all the same, as by a request that was under way: it opens nothing.
    late = await house.token(ben.id)
    answer = await house.anonymous.get("/v1/me", headers={"Authorization": f"Bearer {late}"})
    assert answer.status_code == 401
    removed = await ada.client.delete(f"/v1/members/{spell}")
    assert removed.status_code == 204


async def test_programs_end_with_their_person(own: TestHouse, own_url: str) -> None:
    """A client and its access token: 401 at the next request, and nothing of them is left."""
    ada = await own.person("Ada")
    client = await registered(ada, name="Zqprogram")
    program = Client(own.http, await access_token(own, client))
    assert (await program.get("/v1/me")).status_code == 200
    assert hits(dump(own_url), ["zqprogram"]) == ["zqprogram"]
    assert (await ada.client.delete(ERASE)).status_code == 204
    assert (await program.get("/v1/me")).status_code == 401
    refused = await ask(own, headers=basic(client["id"], client["secret"]))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    left = held(own_url)
    assert hits(left, ["zqprogram", client["secret"]]) == []
    assert found_in(left) == []


async def test_an_edit_at_the_same_instant_brings_nobody_back(house: TestHouse) -> None:
    for turn in range(6):
        zora = await made(house, {"display_name": f"Zora {turn}"})
        edited, erased = await asyncio.gather(
            zora.client.patch("/v1/me", {"display_name": "Zoraida", "bio": "Back again"}),
            zora.client.delete(ERASE),
        )
        assert erased.status_code == 204
        assert edited.status_code in (200, 401, 404)
        olga = await house.person(f"Olga {turn}", operator=True)
        left = (await olga.client.get(f"/v1/people/{zora.id}")).json()
        assert (left["display_name"][:13], left["bio"]) == ("Former member", None)


async def test_a_sign_in_of_before_makes_nobody_anew(house: TestHouse) -> None:
    zora = await made(house, {"display_name": "Zora"})
    await signs_in(house, zora.id, "sub-1")
    db, now = house.app.rooms.house.db, house.app.rooms.house.clock()
    assert not await issued_before_erasure(db, ISSUER, "sub-1", now)
    await zora.client.delete(ERASE)
    assert await issued_before_erasure(db, ISSUER, "sub-1", now)
    assert await issued_before_erasure(db, ISSUER, "sub-1", now - timedelta(days=7))
    assert not await issued_before_erasure(db, ISSUER, "sub-1", now + timedelta(minutes=5))
    assert not await issued_before_erasure(db, ISSUER, "sub-2", now)


async def test_what_was_under_way_leaves_nothing_of_who_was_erased_meanwhile(
    house: TestHouse,
) -> None:
    """A body that arrives after the erasure: known by the token a moment ago, and nobody any more."""
    olga, ben = await house.person("Olga", operator=True), await house.person("Ben")
    theirs = await network_of(ben)
    under_way: list[tuple[str, dict[str, Any]]] = [
        ("/v1/networks", {"name": "Late", "purpose": "Too late.", "join_policy": "open"}),
        (f"/v1/networks/{theirs}/join", {"offer": "Zora's late offer"}),
        ("/v1/tokens", {"name": "Zora's late token", "scopes": ["people:read"]}),
        ("/v1/clients", {"name": "Zora's late client", "scopes": ["people:read"]}),
    ]
    for path, body in under_way:
        zora = await made(house, {"display_name": "Zora"})
        arrived, known = asyncio.Event(), asyncio.Event()
        answer = asyncio.create_task(_held_back(house, zora, path, body, known, arrived))
        await known.wait()
        assert (await zora.client.delete(ERASE)).status_code == 204
        arrived.set()
        assert (await answer) in (401, 503), path
        found = await olga.client.get(f"/v1/audit?actor_id={zora.id}&limit=1")
        assert [row["action"] for row in found.json()["items"]] == ["token.erased"], path


async def _held_back(
    house: TestHouse, person: TestPerson, path: str, body: Any, known: Any, arrived: Any
) -> int:
    """The status of a POST whose body comes when `arrived` is set; `known` is when it is waited for."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        known.set()
        await arrived.wait()
        return {"type": "http.request", "body": orjson.dumps(body), "more_body": False}

    async def keep(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [
        (b"host", b"test"),
        (b"authorization", f"Bearer {person.token}".encode()),
        (b"content-type", b"application/json"),
    ]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await house.app(scope, receive, keep)
    return int(sent[0]["status"])
