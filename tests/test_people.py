"""People: found as far as they choose, seen by fellows as a card, changed by themselves alone."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from app.core.errors import Forbidden
from app.core.viewer import HOUSE, PERSONAL_SCOPES, Viewer
from app.core.work import Work, perform, rows_of
from app.db.database import Transaction
from app.features.people.commands import create_person
from app.features.people.schemas import PersonCreate
from app.models import Change, Organisation, Term
from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
EMAIL = "ada.lovelace@example.org"
WHOLE: dict[str, Any] = {
    "display_name": "Ada Lovelace",
    "profession": "practice-nurse",
    "organisation": "DEMO000001",
    "region": "Y59",
    "interests": ["asthma"],
    "skills": ["Run charts"],
    "bio": "Learns from failures.",
    "links": [{"platform": "FutureNHS", "url": "https://example.org/ada"}],
    "listed": True,
    "registrations": [{"system": "https://fhir.hl7.org.uk/Id/nmc-number", "value": "12A3456B"}],
    "email": "Ada.Lovelace@Example.org",
    "external_ids": [{"system": "scim", "value": "4711-secret"}],
}
NETWORK = {"name": "A network", "purpose": "To learn.", "join_policy": "open"}
ABOVE_PROFILE = ("email", "external_ids", "operator", "created_at")
ABOVE_CARD = (
    *("region", "interests", "skills", "bio", "links", "listed", "registrations"),
    *ABOVE_PROFILE,
)


@pytest.fixture
async def world(house: TestHouse) -> TestHouse:
    """The service with one practice and a few words of both vocabularies."""
    db = house.app.rooms.house.db
    known = await db.fetch("terms", lambda: select(Term.code), {})
    if known:
        return house
    terms = [
        {"vocabulary": "topic", "code": "asthma", "label": "Asthma", "grouping": "Clinical"},
        {"vocabulary": "topic", "code": "falls", "label": "Falls in age", "grouping": "Clinical"},
        {"vocabulary": "profession", "code": "practice-nurse", "label": "Nurse", "grouping": "n"},
        {"vocabulary": "profession", "code": "gp", "label": "GP", "grouping": "m"},
    ]
    practice = {
        **dict.fromkeys(column.key for column in Organisation.__table__.columns),
        **dict.fromkeys(("search_name", "search_topics", "search_purpose", "search_front"), ""),
        "search_inside": "",
        "ods_roles": "[]",
        "parents": "[]",
        "successors": "[]",
        "code": "DEMO000001",
        "name": "Elm Surgery",
        "kind": "gp_practice",
        "active": True,
        "updated_at": house.app.rooms.house.clock(),
    }

    async def load(tx: Transaction) -> None:
        for model, rows in ((Term, terms), (Organisation, [practice])):
            await tx.write_many(("load", model), rows_of(list(rows[0]), model), rows)

    await db.unit(load)
    return house


async def made(house: TestHouse, **fields: Any) -> TestPerson:
    """A person made through the command, with search words, and a token."""
    body = PersonCreate.model_validate({"display_name": "Somebody", **fields})

    async def command(work: Work) -> str:
        return await create_person(work, body)

    person_id = await perform(house.app.rooms.house, command, viewer=HOUSE)
    token = await house.token(person_id)
    return TestPerson(person_id, token, Client(house.http, token))


async def network_of(person: TestPerson, **fields: Any) -> str:
    """A network that this person facilitates."""
    answer = await person.client.post("/v1/networks", {**NETWORK, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def names(client: Client, **params: Any) -> list[str]:
    """Who is in the list with these filters."""
    answer = await client.get("/v1/people", params=params)
    assert answer.status_code == 200, answer.text
    return [item["display_name"] for item in answer.json()["items"]]


async def actions_on(house: TestHouse, resource_id: str) -> list[tuple[str, str]]:
    """What the change log says of a resource, as (action, op), in order."""
    rows = await house.app.rooms.house.db.fetch(
        "all changes",
        lambda: select(Change.action, Change.op, Change.resource_id).order_by(Change.seq),
        {},
    )
    return [(row["action"], row["op"]) for row in rows if row["resource_id"] == resource_id]


async def test_an_operator_makes_a_person(world: TestHouse) -> None:
    olga = await world.person("Olga", operator=True)
    answer = await olga.client.post("/v1/people", WHOLE)
    assert answer.status_code == 201, answer.text
    person = answer.json()
    assert answer.headers["location"] == f"/v1/people/{person['id']}"
    assert person == {
        **WHOLE,
        "id": person["id"],
        "email": EMAIL,
        "organisation": {"code": "DEMO000001", "name": "Elm Surgery"},
        "registrations": [{**WHOLE["registrations"][0], "status": "self_asserted"}],
        "tier": "self",
        "operator": False,
        "version": 1,
        "created_at": person["created_at"],
        "updated_at": person["created_at"],
    }
    assert await actions_on(world, person["id"]) == [("person.created", "upsert")]
    twin = {"display_name": "Xylo", "email": EMAIL.upper()}
    taken = await olga.client.post("/v1/people", twin)
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken")
    assert await names(olga.client, q="xylo") == []
    assert await names(olga.client, q="lovelace") == ["Ada Lovelace"]
    await olga.client.post("/v1/people", {"display_name": "No address"})
    another = await olga.client.post("/v1/people", {"display_name": "No address either"})
    assert another.status_code == 201, another.text
    boss = await olga.client.post("/v1/people", {"display_name": "Boss", "operator": True})
    assert boss.json()["operator"] is True


async def test_only_an_operator_who_may_operate_makes_people(world: TestHouse) -> None:
    olga = await world.person("Olga", operator=True)
    eve = await world.person("Eve")
    personal = await world.token(olga.id)  # the person is an operator, this token does not operate
    for client in (eve.client, Client(world.http, personal)):
        refused = await client.post("/v1/people", {"display_name": "Mallory"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await world.anonymous.post("/v1/people", {"display_name": "M"})).status_code == 401
    assert await names(olga.client, q="mallory") == []


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"profession": "wizard"}, "/profession"),
        ({"interests": ["asthma", "dragons"]}, "/interests"),
        ({"organisation": "ZZZ999"}, "/organisation"),
    ],
)
async def test_what_a_person_refers_to_must_exist(
    world: TestHouse, fields: dict[str, Any], pointer: str
) -> None:
    olga = await world.person("Olga", operator=True)
    for answer in (
        await olga.client.post("/v1/people", {"display_name": "Ada", **fields}),
        await olga.client.patch("/v1/me", fields),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "unknown_reference")
        assert problem["errors"][0]["pointer"] == pointer


async def test_a_patient_number_is_no_identifier(world: TestHouse) -> None:
    olga = await world.person("Olga", operator=True)
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9434765919"}
    for field in ("registrations", "external_ids"):
        answer = await olga.client.post("/v1/people", {"display_name": "Ada", field: [number]})
        assert answer.status_code == 422
        assert "9434765919" not in answer.text


async def test_a_stranger_reads_the_profile_of_somebody_listed(world: TestHouse) -> None:
    ada = await made(world, **{**WHOLE, "email": "one@example.org"})
    eve = await world.person("Eve")
    answer = await eve.client.get(f"/v1/people/{ada.id}")
    seen = answer.json()
    assert (seen["tier"], seen["bio"]) == ("profile", WHOLE["bio"])
    assert {name: seen[name] for name in ABOVE_PROFILE} == dict.fromkeys(ABOVE_PROFILE)
    listed = (await eve.client.get("/v1/people", params={"q": "lovelace"})).json()["items"]
    assert seen in listed
    assert (await world.anonymous.get(f"/v1/people/{ada.id}")).status_code == 401
    assert (await world.anonymous.get("/v1/people")).status_code == 401
    narrow = Client(world.http, await world.token(eve.id, scopes='["networks:read"]'))
    for path in (f"/v1/people/{ada.id}", "/v1/people", "/v1/me"):
        assert (await narrow.get(path)).json()["code"] == "insufficient_scope"


async def test_an_address_is_never_in_anybody_elses_view(world: TestHouse) -> None:
    """Not even as a word to search for; the operator and the person read it."""
    ada = await made(world, **{**WHOLE, "email": "zanzibar@example.org"})
    ben, eve = await world.person("Ben"), await world.person("Eve")
    olga = await world.person("Olga", operator=True)
    network_id = await network_of(ada)
    await ben.client.post(f"/v1/networks/{network_id}/join", {})
    for other in (ben, eve):
        for path in (f"/v1/people/{ada.id}", "/v1/people", "/v1/members", "/v1/me", "/v1/changes"):
            answer = await other.client.get(path)
            assert answer.status_code == 200
            assert "zanzibar" not in answer.text
            assert "4711-secret" not in answer.text
    for client in (eve.client, olga.client):
        assert await names(client, q="zanzibar") == []
    for client in (ada.client, olga.client):
        found = (await client.get(f"/v1/people/{ada.id}")).json()
        assert (found["tier"], found["email"]) == ("self", "zanzibar@example.org")


async def test_an_unlisted_person_is_not_there_for_a_stranger(world: TestHouse) -> None:
    ada = await made(
        world, **{**WHOLE, "display_name": "Hidden Hilda", "listed": False, "email": None}
    )
    eve, olga = await world.person("Eve"), await world.person("Olga", operator=True)
    missing = await eve.client.get(f"/v1/people/{world.app.rooms.house.new_id()}")
    hidden = await eve.client.get(f"/v1/people/{ada.id}")
    assert missing.status_code == hidden.status_code == 404
    assert {**missing.json(), "instance": ""} == {**hidden.json(), "instance": ""}
    assert "Hidden Hilda" not in await names(eve.client, limit=100)
    assert await names(eve.client, q="hilda") == []
    assert "Hidden Hilda" not in await names(ada.client, limit=100)  # it is a directory, no mirror
    assert await names(olga.client, q="hilda") == ["Hidden Hilda"]
    assert (await olga.client.get(f"/v1/people/{ada.id}")).json()["tier"] == "self"
    assert (await ada.client.get(f"/v1/people/{ada.id}")).json()["tier"] == "self"


async def test_a_fellow_member_sees_a_card_and_no_more_after_leaving(world: TestHouse) -> None:
    ada = await made(world, **{**WHOLE, "display_name": "Quilla", "listed": False, "email": None})
    ben = await world.person("Ben")
    network_id = await network_of(ada)
    assert (await ben.client.get(f"/v1/people/{ada.id}")).status_code == 404
    spell = (await ben.client.post(f"/v1/networks/{network_id}/join", {})).json()
    card = (await ben.client.get(f"/v1/people/{ada.id}")).json()
    assert card["tier"] == "card"
    assert {name: card[name] for name in ABOVE_CARD} == dict.fromkeys(ABOVE_CARD)
    assert (card["profession"], card["organisation"]["name"]) == ("practice-nurse", "Elm Surgery")
    assert await names(ben.client, q="quilla") == []
    assert (await ada.client.get(f"/v1/people/{ben.id}")).json()["tier"] == "card"
    assert (await ben.client.delete(f"/v1/members/{spell['id']}")).status_code == 204
    assert (await ben.client.get(f"/v1/people/{ada.id}")).status_code == 404
    assert (await ada.client.get(f"/v1/people/{ben.id}")).status_code == 404


async def test_who_asks_is_seen_by_facilitators_and_sees_nobody(world: TestHouse) -> None:
    ada, ben, cat = [await world.person(name) for name in ("Ada", "Ben", "Cat")]
    network_id = await network_of(ada)
    await cat.client.post(f"/v1/networks/{network_id}/join", {})
    await ada.client.patch(f"/v1/networks/{network_id}", {"join_policy": "request"})
    asked = (await ben.client.post(f"/v1/networks/{network_id}/join", {})).json()
    assert asked["status"] == "requested"
    assert (await ada.client.get(f"/v1/people/{ben.id}")).json()["tier"] == "card"
    assert (await cat.client.get(f"/v1/people/{ben.id}")).status_code == 404
    assert (await ben.client.get(f"/v1/people/{ada.id}")).status_code == 404


async def test_the_list_is_filtered_ordered_and_paged(world: TestHouse) -> None:
    eve = await world.person("Eve")
    region = {"listed": True, "region": "wales"}
    await made(world, display_name="Cerys", **region, skills=["Teapots and audit"])
    await made(world, display_name="Bronwen", **region, interests=["falls"], profession="gp")
    await made(world, display_name="Aled", **region, organisation="DEMO000001")
    await made(world, display_name="Dilys Teapot", **region, bio="Likes measuring.")
    await made(world, display_name="Unseen", region="wales", interests=["falls"])
    wales = ["Aled", "Bronwen", "Cerys", "Dilys Teapot"]
    assert await names(eve.client, region="wales") == wales
    assert await names(eve.client, region="wales", profession="gp") == ["Bronwen"]
    assert await names(eve.client, region="wales", topic="falls") == ["Bronwen"]
    assert await names(eve.client, region="wales", organisation="DEMO000001") == ["Aled"]
    assert await names(eve.client, q="asthma audits", topic="falls") == []
    assert await names(eve.client, q="falls") == ["Bronwen"]  # the label of an interest
    assert await names(eve.client, q="measure", region="wales") == ["Dilys Teapot"]
    assert await names(eve.client, q="teapo") == ["Dilys Teapot", "Cerys"]  # a name weighs more
    assert await names(eve.client, q="?!") == []
    cursors: list[str] = []
    for params in ({"region": "wales"}, {"q": "teapot"}):
        walked: list[str] = []
        query: dict[str, Any] = {**params, "limit": 1}
        while True:
            page = (await eve.client.get("/v1/people", params=query)).json()
            walked += [item["display_name"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
            cursors.append(page["next_cursor"])
        assert walked == await names(eve.client, **params)
    stolen = {"cursor": cursors[0], "limit": 1}
    assert (await eve.client.get("/v1/people", params=stolen)).json()["code"] == "invalid_cursor"
    assert (await eve.client.get("/v1/people", params={"email": "a"})).status_code == 422


async def test_oneself(world: TestHouse) -> None:
    ada = await made(world, **{**WHOLE, "email": "me@example.org"})
    answer = await ada.client.get("/v1/me")
    me = answer.json()
    assert me["scopes"] == sorted(PERSONAL_SCOPES)
    assert (me["id"], me["tier"], me["email"], me["operator"]) == (
        ada.id,
        "self",
        "me@example.org",
        False,
    )
    same = await ada.client.get("/v1/me", headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304

    tag = {"If-Match": answer.headers["etag"]}
    changed = await ada.client.patch(
        "/v1/me", {"bio": None, "interests": ["falls"], "email": "New@example.org"}, headers=tag
    )
    assert changed.status_code == 200, changed.text
    now = changed.json()
    assert now["version"] == 2
    expected = {**me, "bio": None, "interests": ["falls"], "email": "new@example.org", "version": 2}
    assert now == {**expected, "updated_at": now["updated_at"]}
    assert (await ada.client.get("/v1/me")).json() == now
    assert ada.id in [
        item["id"]
        for item in (await ada.client.get("/v1/people", params={"topic": "falls"})).json()["items"]
    ]
    late = await ada.client.patch("/v1/me", {"bio": "Lost update"}, headers=tag)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    again = await ada.client.patch("/v1/me", {"interests": ["falls"], "bio": None})
    assert again.json()["version"] == 2  # nothing differs
    log = [("person.created", "upsert"), ("person.updated", "upsert")]
    assert await actions_on(world, ada.id) == log


@pytest.mark.parametrize(
    "body",
    [
        {"operator": True},
        {"external_ids": []},
        {"registrations": [{"system": "nmc", "value": "1", "status": "checked"}]},
        {"id": "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"},
        {"version": 9},
        {"display_name": None},
        {"listed": None},
        {"listed": "true"},
        {"interests": None},
    ],
)
async def test_what_one_cannot_change_of_oneself(world: TestHouse, body: dict[str, Any]) -> None:
    ada = await world.person("Ada")
    answer = await ada.client.patch("/v1/me", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    pointer = answer.json()["errors"][0]["pointer"]
    assert pointer.startswith(f"/{next(iter(body))}")
    assert (await ada.client.get("/v1/me")).json()["version"] == 1


async def test_nobody_learns_whether_an_address_has_an_account(world: TestHouse) -> None:
    await made(world, display_name="First", email="taken@example.org")
    eve = await world.person("Eve")
    for address in ("TAKEN@example.org", "free@example.org"):
        answer = await eve.client.patch("/v1/me", {"email": address})
        assert (answer.status_code, answer.json()["email"]) == (200, address.lower())


async def test_a_checked_registration_stays_checked_and_a_new_one_is_stated(
    world: TestHouse,
) -> None:
    checked = '[{"system":"nmc","value":"1","status":"checked"}]'
    ada = await world.person("Ada", registrations=checked)
    both = [{"system": "nmc", "value": "1"}, {"system": "nmc", "value": "2"}]
    me = (await ada.client.patch("/v1/me", {"registrations": both})).json()
    assert [one["status"] for one in me["registrations"]] == ["checked", "self_asserted"]


async def test_what_an_outsider_cannot_see_moves_no_version_of_theirs(world: TestHouse) -> None:
    ada, ben = await made(world, display_name="Ada"), await world.person("Ben")
    network_id = await network_of(ada)
    await ben.client.post(f"/v1/networks/{network_id}/join", {})

    async def tag() -> str:
        return (await ben.client.get(f"/v1/people/{ada.id}")).headers["etag"]

    card = await tag()
    await ada.client.patch("/v1/me", {"bio": "Above a card", "email": "hid@example.org"})
    assert await tag() == card
    await ada.client.patch("/v1/me", {"profession": "gp"})
    assert await tag() != card
    await ada.client.patch("/v1/me", {"listed": True})
    profile = await tag()
    await ada.client.patch("/v1/me", {"email": "other@example.org"})
    assert await tag() == profile
    await ada.client.patch("/v1/me", {"bio": "Of the profile"})
    assert await tag() != profile


async def test_networks_show_the_name_and_wish_of_their_facilitators(world: TestHouse) -> None:
    """One change row for each network that shows another name now; none where the person is a plain member."""
    ada, ben = await made(world, display_name="Ada"), await made(world, display_name="Ben")
    first, second = await network_of(ada), await network_of(ada, name="Another")
    archived = await network_of(ada, name="Over")
    await ada.client.post(f"/v1/networks/{archived}/archive", {"closing_note": "Done."})
    elsewhere = await network_of(ben, name="Of Ben")
    await ada.client.post(f"/v1/networks/{elsewhere}/join", {})

    async def shown(network_id: str) -> list[str]:
        network = (await world.anonymous.get(f"/v1/networks/{network_id}")).json()
        return [facilitator["display_name"] for facilitator in network["facilitators"]]

    async def refreshed(network_id: str) -> int:
        log = await actions_on(world, network_id)
        return log.count(("network.facilitators_updated", "upsert"))

    await ada.client.patch("/v1/me", {"display_name": "Ada L."})  # unlisted: nobody shows it
    assert [await refreshed(one) for one in (first, second, archived, elsewhere)] == [0, 0, 0, 0]
    await ada.client.patch("/v1/me", {"listed": True})
    assert [await shown(one) for one in (first, second, archived)] == [["Ada L."]] * 3
    await ada.client.patch("/v1/me", {"display_name": "Countess"})
    assert [await shown(one) for one in (first, second, archived)] == [["Countess"]] * 3
    await ada.client.patch("/v1/me", {"bio": "Shown by no network"})
    await ada.client.patch("/v1/me", {"listed": False})
    assert [await shown(one) for one in (first, second, archived)] == [[]] * 3
    assert [await refreshed(one) for one in (first, second, archived, elsewhere)] == [3, 3, 3, 0]


async def test_the_feed_tells_whoever_could_see(world: TestHouse) -> None:
    ada = await made(world, display_name="Ada")
    ben, eve = await world.person("Ben"), await world.person("Eve")
    network_id = await network_of(ada)
    await ben.client.post(f"/v1/networks/{network_id}/join", {})
    at = {
        one.id: (await one.client.get("/v1/people")).json()["changes_cursor"] for one in (ben, eve)
    }

    async def told(one: TestPerson) -> list[tuple[str, str]]:
        params = {"cursor": at[one.id], "kind": "person"}
        page = (await one.client.get("/v1/changes", params=params)).json()
        at[one.id] = page["next_cursor"]
        return [(item["op"], item["id"]) for item in page["items"]]

    upsert, gone = ("upsert", ada.id), ("gone", ada.id)
    steps: list[tuple[dict[str, Any], list[Any], list[Any]]] = [
        ({"bio": "Nobody's business"}, [], []),
        ({"profession": "gp"}, [upsert], []),
        ({"listed": True}, [upsert], [upsert]),
        ({"bio": "Everybody's business"}, [upsert], [upsert]),
        ({"email": "feed@example.org"}, [], []),
        ({"listed": False}, [upsert], [gone]),
        ({"display_name": "Ada of the card"}, [upsert], []),
    ]
    for body, fellow, stranger in steps:
        assert (await ada.client.patch("/v1/me", body)).status_code == 200
        assert (await told(ben), await told(eve)) == (fellow, stranger), body


async def test_a_new_name_and_a_new_role_at_the_same_instant(world: TestHouse) -> None:
    """Whichever comes first, the network shows the name that the person has in the end."""
    ada = await made(world, display_name="Ada", listed=True)
    ben = await made(world, display_name="Ben", listed=True)
    wrong = 0
    for turn in range(12):
        network_id = await network_of(ada, name=f"Race {turn}")
        spell = (await ben.client.post(f"/v1/networks/{network_id}/join", {})).json()
        renamed, promoted = await asyncio.gather(
            ben.client.patch("/v1/me", {"display_name": f"Ben {turn}"}),
            ada.client.patch(f"/v1/members/{spell['id']}", {"role": "facilitator"}),
        )
        assert (renamed.status_code, promoted.status_code) == (200, 200), promoted.text
        shown = (await ada.client.get(f"/v1/networks/{network_id}")).json()["facilitators"]
        wrong += f"Ben {turn}" not in [one["display_name"] for one in shown]
    assert wrong == 0


async def test_the_house_makes_people_without_a_request(world: TestHouse) -> None:
    ada = await made(world, display_name="By hand", operator=True)
    assert (await ada.client.get("/v1/me")).json()["operator"] is True
    body = PersonCreate(display_name="Nobody")

    async def command(work: Work) -> str:
        return await create_person(work, body)

    for viewer in (Viewer(), Viewer(person_id=ada.id, is_operator=True)):
        with pytest.raises(Forbidden):
            await perform(world.app.rooms.house, command, viewer=viewer)
