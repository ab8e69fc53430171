"""Saved searches: kept, shown, edited and deleted as a person's own affair."""

import pytest

from tests.house import Client, TestHouse

pytestmark = pytest.mark.anyio
SAVED = "/v1/saved-searches"
WOUNDS = {"name": "Wounds near us", "q": "wound care", "topic": ["wound-care"], "region": "Y59"}


async def test_a_search_is_saved_read_edited_and_deleted(house: TestHouse) -> None:
    fay = await house.person("Fay")
    made = await fay.client.post(SAVED, WOUNDS)
    assert made.status_code == 201, made.text
    document = made.json()
    assert made.headers["location"] == f"{SAVED}/{document['id']}"
    given = {"profession": [], "near": None, "within_km": 25, "open_to_join": None, **WOUNDS}
    assert {name: document[name] for name in given} == given
    path = made.headers["location"]
    read = await fay.client.get(path)
    assert (read.json(), read.headers["etag"]) == (document, made.headers["etag"])
    unchanged = await fay.client.get(path, headers={"If-None-Match": read.headers["etag"]})
    assert unchanged.status_code == 304

    stale = await fay.client.patch(path, {"name": "Sores"}, headers={"If-Match": '"7-x"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    edited = await fay.client.patch(
        path, {"name": "Sores", "q": None}, headers={"If-Match": read.headers["etag"]}
    )
    assert edited.json() == {
        **document, "name": "Sores", "q": None, "version": 2, "updated_at": edited.json()["updated_at"],
        "looked_at": edited.json()["looked_at"],
    }  # fmt: skip
    same = await fay.client.patch(path, {"name": "Sores", "topic": ["wound-care"]})
    assert same.json() == edited.json()
    (listed,) = (await fay.client.get(SAVED)).json()["items"]
    assert listed == edited.json()
    assert (await fay.client.delete(path)).status_code == 204
    assert (await fay.client.get(path)).status_code == 404
    assert (await fay.client.get(SAVED)).json()["items"] == []


async def test_nobody_else_sees_it(house: TestHouse) -> None:
    """For a stranger and for an operator it is not there, as if it never had been."""
    fay, out = await house.person("Fay"), await house.person("Out")
    operator = await house.person("Oli", operator=True)
    path = (await fay.client.post(SAVED, WOUNDS)).headers["location"]
    nowhere = f"{SAVED}/01900000-0000-7000-8000-00000000dead"
    for other in (out, operator):
        assert (await other.client.get(SAVED)).json()["items"] == []
        for method, body in (("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)):
            options = {} if body is None else {"json": body}
            hidden = await other.client.request(method, path, **options)
            never = await other.client.request(method, nowhere, **options)
            assert hidden.status_code == 404
            assert {**hidden.json(), "instance": 0} == {**never.json(), "instance": 0}
    assert (await house.anonymous.get(path)).status_code == 401
    assert (await fay.client.get(path)).json()["name"] == WOUNDS["name"]


async def test_what_a_search_is_made_of(house: TestHouse) -> None:
    fay = await house.person("Fay")
    for wrong, pointer in (
        ({"q": "wounds"}, "/name"),
        ({**WOUNDS, "limit": 5}, "/limit"),
        ({**WOUNDS, "region": "nowhere"}, "/region"),
        ({**WOUNDS, "within_km": 0}, "/within_km"),
        ({**WOUNDS, "open_to_join": "true"}, "/open_to_join"),
        ({**WOUNDS, "topic": ["wound care"]}, "/topic/0"),
        ({**WOUNDS, "topic": [f"t-{n}" for n in range(11)]}, "/topic"),
        ({**WOUNDS, "q": "x" * 201}, "/q"),
        ({**WOUNDS, "q": "943 476 5919"}, "/q"),
        ({**WOUNDS, "name": "943 476 5919"}, "/name"),
    ):
        refused = await fay.client.post(SAVED, wrong)
        assert refused.status_code == 422, wrong
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    assert (await fay.client.get(SAVED)).json()["items"] == []
    reader = Client(house.http, await house.token(fay.id, scopes='["searches:read"]'))
    refused = await reader.post(SAVED, WOUNDS)
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")


async def test_a_person_has_fifty_at_most(house: TestHouse) -> None:
    fay, mel = await house.person("Fay"), await house.person("Mel")
    headers = {"Idempotency-Key": "one"}
    first = await fay.client.post(SAVED, WOUNDS, headers=headers)
    again = await fay.client.post(SAVED, WOUNDS, headers=headers)
    assert again.json() == first.json()
    for number in range(49):
        assert (
            await fay.client.post(SAVED, {"name": f"{number}", "q": "wounds"})
        ).status_code == 201
    full = await fay.client.post(SAVED, WOUNDS)
    assert (full.status_code, full.json()["code"]) == (409, "too_many_saved_searches")
    assert (await mel.client.post(SAVED, WOUNDS)).status_code == 201
    pages = await fay.client.get(SAVED, params={"limit": 40})
    rest = await fay.client.get(SAVED, params={"limit": 40, "cursor": pages.json()["next_cursor"]})
    names = [one["name"] for page in (pages, rest) for one in page.json()["items"]]
    assert names == [*(str(number) for number in reversed(range(49))), WOUNDS["name"]]
    await fay.client.delete(first.headers["location"])
    assert (await fay.client.post(SAVED, WOUNDS)).status_code == 201
