"""Recommendations: what fits, why, and nothing that is learnt from fewer than five people."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.features.recommendations import queries
from tests.demo_world import loaded_demo, whose
from tests.house import Client, TestHouse, TestPerson
from tests.reference import load_small
from tests.test_meeting_plans import plan

pytestmark = pytest.mark.anyio
PATH = "/v1/me/recommendations"
PURPOSE = "People who try things."
DENSHAM = "A81001"  # a practice in Stockton-on-Tees, of the ICB QHM, in the region Y63
STOCKTON = {"latitude": 54.5616, "longitude": -1.319}
WHITBY = {"latitude": 54.486, "longitude": -0.6153}  # 46 km away
YORK = {"latitude": 53.96, "longitude": -1.08}  # 69 km away
Json = dict[str, Any]


@pytest.fixture
async def world(reference_house: TestHouse) -> TestHouse:
    """The service with vocabularies and organisations."""
    return reference_house


async def network(by: TestPerson, name: str, **fields: Any) -> Json:
    """A new network that whoever wants may join."""
    body = {"name": name, "purpose": PURPOSE, "join_policy": "open", **fields}
    made = await by.client.post("/v1/networks", body)
    assert made.status_code == 201, made.text
    found: Json = made.json()
    return found


async def somebody(world: TestHouse, name: str = "Nell", **profile: Any) -> TestPerson:
    """Somebody who says this of themselves."""
    person = await world.person(name)
    if profile:
        said = await person.client.patch("/v1/me", profile)
        assert said.status_code == 200, said.text
    return person


async def join(made: Json, people: Sequence[TestPerson]) -> list[str]:
    """They join. Returns the ids of their spells."""
    spells = []
    for person in people:
        joined = await person.client.post(f"/v1/networks/{made['id']}/join", {})
        assert joined.status_code == 201, joined.text
        spells.append(joined.json()["id"])
    return spells


async def recommended(client: Client, **params: Any) -> list[Json]:
    """Everything that is recommended, in order."""
    answer = await client.get(PATH, params={"limit": 100, **params})
    assert answer.status_code == 200, answer.text
    assert answer.json()["next_cursor"] is None
    items: list[Json] = answer.json()["items"]
    return items


async def reasons(client: Client, made: Json) -> list[str] | None:
    """The codes of the reasons for a network; None where it is not recommended."""
    for item in await recommended(client):
        if item["network"]["id"] == made["id"]:
            return [reason["code"] for reason in item["reasons"]]
    return None


async def test_why(world: TestHouse) -> None:
    """Each reason is a sentence with what it rests on; the strongest goes first, and the best network."""
    ada = await somebody(world, "Ada")
    best = await network(
        ada,
        "Inhalers",
        topics=["asthma", "copd"],
        professions=["practice-nurse"],
        meets="virtual",
        **STOCKTON,
    )
    good = await network(ada, "Breathing", topics=["asthma"], **WHITBY)
    await network(ada, "Elsewhere", topics=["cancer"], region="wales")
    profile: Json = {
        "interests": ["asthma", "copd"],
        "profession": "practice-nurse",
        "organisation": DENSHAM,
    }
    nell = await somebody(world, **profile)
    first, second = [
        item
        for item in await recommended(nell.client)
        if item["network"]["id"] in (best["id"], good["id"])
    ]
    assert first["network"] == {
        "id": best["id"], "name": "Inhalers", "slug": "inhalers", "purpose": PURPOSE, "kind": "learning",
        "topics": ["asthma", "copd"], "region": None, "meets": "virtual", "join_policy": "open", "member_count": 1,
        "hosted_at": None, "elsewhere": False, "link": f"http://127.0.0.1:8000/v1/networks/{best['id']}",
    }  # fmt: skip
    nothing: Json = {
        "topics": [],
        "profession": None,
        "distance_km": None,
        "icb": None,
        "region": None,
    }
    asthma = {"code": "asthma", "label": "Asthma"}
    copd = {"code": "copd", "label": "COPD"}
    by_interest, by_profession, by_place = first["reasons"]
    assert by_interest == {
        **nothing, "code": "interests", "label": "About what interests you: Asthma, COPD.", "topics": [asthma, copd]
    }  # fmt: skip
    assert by_profession == {
        **nothing, "code": "profession", "label": "For people in your role: General practice nurse.",
        "profession": "practice-nurse",
    }  # fmt: skip
    assert by_place.pop("distance_km") < 0.1
    del nothing["distance_km"]
    label = "Less than 1 km from your organisation."
    assert by_place == {**nothing, "code": "place", "label": label}
    assert [reason["label"] for reason in second["reasons"]] == [
        "About what interests you: Asthma.",
        "About 46 km from your organisation.",
    ]


async def test_nearness(world: TestHouse) -> None:
    """Within 25 km, within 50 or in the same integrated care board, in the same region, and no farther."""
    ada = await somebody(world, "Ada")
    near = await network(ada, "Near", **STOCKTON)
    farther = await network(ada, "Farther", **WHITBY)
    board = await network(ada, "Board", icbs=["QHM"], region="Y63", **YORK)
    region = await network(ada, "Region", region="Y63", **YORK)
    far = await network(ada, "Far", region="Y56")
    nell = await somebody(world, organisation=DENSHAM)
    made = {one["id"]: one["name"] for one in (near, farther, board, region, far)}
    found = [
        (made[item["network"]["id"]], item["reasons"])
        for item in await recommended(nell.client)
        if item["network"]["id"] in made
    ]
    assert [name for name, _ in found] == ["Near", "Board", "Farther", "Region"]
    assert {reason["code"] for _, (reason,) in found} == {"place"}
    bases = [(reason["distance_km"], reason["icb"], reason["region"]) for _, (reason,) in found]
    assert [round(distance) if distance else None for distance, _, _ in bases] == [
        0,
        None,
        46,
        None,
    ]
    assert [icb and icb["code"] for _, icb, _ in bases] == [None, "QHM", None, None]
    assert [code for _, _, code in bases] == [None, None, None, "Y63"]
    assert found[3][1][0]["label"] == "In your region: North East and Yorkshire."
    assert found[1][1][0]["label"].startswith("In your integrated care board: NHS NORTH EAST")
    # Of themselves people may say a region alone.
    lone = await somebody(world, "Lone", region="Y63")
    assert await reasons(lone.client, region) == await reasons(lone.client, board) == ["place"]
    assert await reasons(lone.client, near) is None


async def test_three_topics_count(world: TestHouse) -> None:
    """More than three in common are named, and weigh no more; between equals the newer network goes first."""
    ada = await somebody(world, "Ada")
    codes = ["cancer", "cardiovascular", "diabetes", "dementia"]
    four = await network(ada, "Four", topics=codes)
    three = await network(ada, "Three", topics=codes[:3])
    nell = await somebody(world, interests=codes)
    found = await recommended(nell.client)
    assert [item["network"]["id"] for item in found[:2]] == [three["id"], four["id"]]
    assert [topic["code"] for topic in found[1]["reasons"][0]["topics"]] == codes


async def test_from_the_fifth_on(world: TestHouse) -> None:
    """Four others in the same role are nobody; five are a reason, and never how many."""
    ada = await somebody(world, "Ada")
    made = await network(ada, "Carers")
    nell = await somebody(world, profession="care-coordinator")
    others = [
        await somebody(world, f"Other {number}", profession="care-coordinator")
        for number in range(6)
    ]
    spells = await join(made, others[:4])
    assert await reasons(nell.client, made) is None
    await join(made, others[4:5])
    assert await reasons(nell.client, made) == ["like_roles"]
    (told,) = [i for i in await recommended(nell.client) if i["network"]["id"] == made["id"]]
    (reason,) = told["reasons"]
    assert reason == {
        "code": "like_roles", "label": "People in the same role as you have joined.", "topics": [],
        "profession": "care-coordinator", "distance_km": None, "icb": None, "region": None,
    }  # fmt: skip
    await join(made, others[5:])
    six = [i for i in await recommended(nell.client) if i["network"]["id"] == made["id"]]
    assert six[0]["reasons"] == told["reasons"]
    # Who left, who is erased and who changed their role count no more: each takes one away.
    assert (await others[0].client.delete(f"/v1/members/{spells[0]}")).is_success
    assert await reasons(nell.client, made) == ["like_roles"]
    assert (await others[1].client.delete("/v1/me")).is_success
    assert await reasons(nell.client, made) is None
    await join(made, [await somebody(world, "New", profession="care-coordinator")])
    assert await reasons(nell.client, made) == ["like_roles"]
    await others[2].client.patch("/v1/me", {"profession": "gp"})
    assert await reasons(nell.client, made) is None


async def test_who_asks_counts_for_nobody_else_only(world: TestHouse) -> None:
    """Of five in one role each sees four others; requests and invitations are no memberships."""
    ada = await somebody(world, "Ada")
    made = await network(ada, "Physios", join_policy="request")
    role = {"profession": "first-contact-physio"}
    people = [await somebody(world, f"Physio {number}", **role) for number in range(5)]
    nell = await somebody(world, **role)
    spells = await join(made, people)
    assert await reasons(nell.client, made) is None
    for spell in spells:
        assert (await ada.client.post(f"/v1/members/{spell}/approve")).is_success
    assert await reasons(nell.client, made) == ["like_roles"]
    # A member is not recommended what they are in, and with one fewer in the role there is no reason left.
    assert await reasons(people[0].client, made) is None
    await nell.client.patch("/v1/me", {"profession": None})
    assert await reasons(nell.client, made) is None


async def test_below_five_moves_nothing(world: TestHouse) -> None:
    """With four in the role the order is that of nobody: equal networks stay as they were."""
    ada = await somebody(world, "Ada")
    role = {"profession": "podiatrist"}
    first = await network(ada, "First", topics=["frailty"])
    second = await network(ada, "Second", topics=["frailty"])
    nell = await somebody(world, interests=["frailty"], **role)
    both = [second["id"], first["id"]]

    async def order() -> list[str]:
        ids = [item["network"]["id"] for item in await recommended(nell.client)]
        return [one for one in ids if one in both]

    assert await order() == both
    people = [await somebody(world, f"Podiatrist {number}", **role) for number in range(5)]
    await join(first, people[:4])
    assert await order() == both
    await join(first, people[4:])
    assert await order() == both[::-1]


async def test_what_is_not_offered(world: TestHouse) -> None:
    """What one is, was or may not come in; archived ones; sub-groups of what one is not in; what one may not read."""
    ada, nell = await somebody(world, "Ada"), await somebody(world, interests=["patient-safety"])
    said: Json = {"topics": ["patient-safety"]}
    fits = await network(ada, "Fits", **said)
    asks = await network(ada, "Asks", join_policy="request", visibility="restricted", **said)
    for visibility in ("private", "confidential"):
        await network(ada, visibility.title(), visibility=visibility, **said)
    await network(ada, "By invitation", join_policy="invite", **said)
    closed = await network(ada, "Closed", **said)
    await ada.client.post(f"/v1/networks/{closed['id']}/archive", {"closing_note": "Done."})
    below = await network(ada, "Below", parent_id=fits["id"], **said)
    left = await network(ada, "Left", **said)
    (spell,) = await join(left, [nell])
    await nell.client.delete(f"/v1/members/{spell}")
    declined = await network(ada, "Declined", **said)
    body = {"network_id": declined["id"], "person_id": nell.id}
    # To invite somebody one knows them from another network.
    common = await network(ada, "Common")
    await join(common, [nell])
    invited = (await ada.client.post("/v1/members", body)).json()
    assert (await nell.client.post(f"/v1/members/{invited['id']}/decline")).is_success
    asked = await network(ada, "Asked", join_policy="request", **said)
    await join(asked, [nell])

    def ids(items: list[Json]) -> set[str]:
        return {item["network"]["id"] for item in items}

    assert ids(await recommended(nell.client)) == {fits["id"], asks["id"]}
    await join(fits, [nell])
    assert ids(await recommended(nell.client)) == {asks["id"], below["id"]}


async def test_listings(world: TestHouse) -> None:
    """A network that lives elsewhere is recommended all the same, and marked."""
    operator = await world.person("Olive", operator=True)
    address = "https://example.org/stroke"
    said = {"hosted_at": address, "verified": "Page read", "topics": ["stroke"]}
    made = await network(operator, "Stroke", **said)
    nell = await somebody(world, interests=["stroke"])
    (item,) = await recommended(nell.client)
    assert item["network"]["id"] == made["id"]
    assert (item["network"]["elsewhere"], item["network"]["hosted_at"]) == (True, address)


async def test_operators_are_anybody(world: TestHouse) -> None:
    """An operator is recommended nothing that they read only as one."""
    ada = await somebody(world, "Ada")
    for visibility in ("private", "confidential"):
        await network(ada, visibility.title(), visibility=visibility, topics=["pain"])
    made = await network(ada, "Open", topics=["pain"])
    operator = await world.person("Olive", operator=True)
    await operator.client.patch("/v1/me", {"interests": ["pain"]})
    assert [item["network"]["id"] for item in await recommended(operator.client)] == [made["id"]]


async def test_what_is_missing(world: TestHouse) -> None:
    """Who has said nothing is recommended nothing, and told what to say; who said all is told nothing."""
    nell = await somebody(world)
    answer = (await nell.client.get(PATH)).json()
    missing = ["interests", "profession", "organisation"]
    assert answer == {"items": [], "next_cursor": None, "missing": missing}
    for part, value in (
        ("profession", "gp"),
        ("interests", ["asthma"]),
        ("organisation", DENSHAM),
    ):
        await nell.client.patch("/v1/me", {part: value})
        missing.remove(part)
        assert (await nell.client.get(PATH)).json()["missing"] == missing


async def test_pages(world: TestHouse) -> None:
    """Every network once and in one order, whatever the page size; a cursor is for who was given it."""
    ada = await somebody(world, "Ada")
    for number in range(7):
        topics = ["end-of-life", "learning-disability"][: 1 + number % 2]
        await network(ada, f"Paged {number}", topics=topics)
    profile: Json = {"interests": ["end-of-life", "learning-disability"]}
    nell, other = await somebody(world, **profile), await somebody(world, "Other", **profile)
    whole = [item["network"]["id"] for item in await recommended(nell.client)]
    assert len(whole) == 7
    params: Json = {}
    for limit in (1, 2, 3):
        found: list[str] = []
        params = {"limit": limit}
        while True:
            page = (await nell.client.get(PATH, params=params)).json()
            found += [item["network"]["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert found == whole
    foreign = await other.client.get(PATH, params=params)
    assert (foreign.status_code, foreign.json()["code"]) == (400, "invalid_cursor")


async def test_who_may(world: TestHouse) -> None:
    """Whoever is signed in and may read networks."""
    assert (await world.anonymous.get(PATH)).status_code == 401
    nell = await somebody(world)
    narrow = Client(world.http, await world.token(nell.id, scopes='["people:read"]'))
    assert (await narrow.get(PATH)).json()["code"] == "insufficient_scope"
    wide = Client(world.http, await world.token(nell.id, scopes='["networks:read"]'))
    assert (await wide.get(PATH)).status_code == 200


async def test_people_in_like_roles_come_from_their_index(own_url: str, engine: str) -> None:
    """However many have a profession: the newest are read off an index in its order, and their rows not at all."""
    said = await plan(own_url, engine, queries.list_shape("person", started=False))
    assert "ix_person_profession_id" in said
    assert "ix_member_person_status" in said


async def test_the_newest_of_many_count(own_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more people have a profession than are looked at, those whose accounts are newest count."""
    monkeypatch.setattr(queries, "LIKE_ROLES_MOST", 6)
    async with TestHouse.over(own_url) as house:
        await load_small(house.app.rooms.house)
        ada = await somebody(house, "Ada")
        made = await network(ada, "Carers")
        role = {"profession": "care-coordinator"}
        people = [await somebody(house, f"Carer {number}", **role) for number in range(5)]
        await join(made, people)
        nell = await somebody(house, **role)
        assert await reasons(nell.client, made) == ["like_roles"]
        await somebody(house, "Sixth", **role)
        assert await reasons(nell.client, made) == ["like_roles"]
        await somebody(house, "Seventh", **role)
        assert await reasons(nell.client, made) is None


async def test_inside_a_private_network_nothing_matters(world: TestHouse) -> None:
    """What outsiders do not read of a network moves nothing; once they read it, it does."""
    ada = await somebody(world, "Ada")
    nell = await somebody(world, interests=["menopause"], region="scotland")
    other = await network(ada, "Other", topics=["menopause"])
    hidden = await network(ada, "Hidden", visibility="private")
    address = f"/v1/networks/{hidden['id']}"
    before = (await nell.client.get(PATH)).content
    assert other["id"].encode() in before
    for edit in ({"topics": ["menopause"]}, {"region": "scotland"}, {"name": "Menopause"}):
        assert (await ada.client.patch(address, edit)).is_success
        assert (await nell.client.get(PATH)).content == before
    await ada.client.patch(address, {"visibility": "restricted"})
    assert await reasons(nell.client, hidden) == ["interests", "place"]


async def test_the_demo(own_url: str) -> None:
    """A nurse is shown the sub-group of what she is in, then networks of her interests; a doctor what doctors join."""
    async with loaded_demo(own_url) as house:
        best, second, *rest = await recommended(await whose(house, "morgan-bilberrow"))
        assert best["network"]["name"] == "Greener Inhalers Working Group"
        assert [reason["code"] for reason in best["reasons"]] == [
            "interests",
            "profession",
            "place",
        ]
        assert [reason["label"] for reason in second["reasons"]] == [
            "About what interests you: Asthma."
        ]
        assert len(rest) > 8
        doctors = [
            item["network"]["slug"]
            for item in await recommended(await whose(house, "bilal-sorrelwick"))
            if "like_roles" in {reason["code"] for reason in item["reasons"]}
        ]
        assert set(doctors) == {"kestrelmoor-asthma-network", "annual-health-checks-alliance"}
