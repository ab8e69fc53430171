"""No filter of meetings tells what its reader does not read: with what is hidden or without, the answer is the same."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import bindparam, update

from app.core.work import Work, perform
from app.db.types import ID
from app.features.meetings import finding, occurrences
from app.models import Meeting
from tests.house import Client, TestHouse, TestPerson
from tests.test_meeting_lists import SECOND, WEEKLY, differ, planned
from tests.test_meetings import network_of

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
HERE: Json = {"latitude": 53.8, "longitude": -1.55}
THERE: Json = {"latitude": 57.1, "longitude": -2.1}
WINDOW = {"from": "2027-03-01T00:00:00Z", "to": "2027-05-01T00:00:00Z"}
BESIDE: tuple[Json, ...] = (
    {}, {"near": "53.8,-1.55"}, {"near": "57.1,-2.1", "within_km": 1000}, {"q": "kestrel"}, {"q": "magpie"},
    {"q": "meet"}, {"q": "review"}, {"status": "tentative"}, {"status": "confirmed"}, {"mode": "hybrid"},
    {"mine": "true"}, {"mine": "false"}, {"updated_since": "2020-01-01T00:00:00Z"},
)  # fmt: skip
NEAR, WORDS = {"near": "57.1,-2.1", "within_km": 1000}, {"q": "review"}
ORDERS: tuple[Json, ...] = (
    {"sort": "-starts_at"}, {"sort": "-updated_at"}, {**NEAR, "sort": "starts_at"}, {**WORDS, "sort": "starts_at"},
)  # fmt: skip


def questions() -> Iterator[Json]:
    """Everything that a list may be asked, each beside a window and without one, and every order."""
    for asked, window in product((*BESIDE, *ORDERS), ({}, WINDOW)):
        yield {**asked, **window}


async def everything(client: Client, meeting_id: str) -> list[str]:
    """All that one reader is told, cursors aside: where the feed stands moves with whatever happens."""
    said = []
    for params in questions():
        answer = await client.get("/v1/meetings", params={**params, "limit": 100})
        page = answer.json()
        page.pop("changes_cursor")
        assert page["next_cursor"] is None
        said.append(f"{params} {answer.status_code} {page}")
    for more in ({}, {"occurrence": SECOND}):
        answer = await client.get(f"/v1/meetings/{meeting_id}", params=more)
        said.append(answer.text)
    return said


async def rewrite(house: TestHouse, meeting_id: str, **values: Any) -> None:
    """Change a meeting past the house, so that nothing else of it moves."""

    async def command(work: Work) -> None:
        def build() -> Any:
            here = Meeting.id == bindparam("meeting_id", type_=ID)
            return update(Meeting).where(here).values({name: bindparam(name) for name in values})

        await work.tx.write_many(
            ("rewrite", *values), build, [{"meeting_id": meeting_id, **values}]
        )

    await perform(house.app.rooms.house, command)


async def the_scene(house: TestHouse) -> tuple[TestPerson, str, Json, dict[str, Client]]:
    """An open meeting at a private place, told to everybody, and a few others beside it."""
    fay, mel, out = [await house.person(name) for name in ("Fay", "Mel", "Out")]
    op = await house.person("Op", operator=True)
    network_id = await network_of(fay)
    await mel.client.post(f"/v1/networks/{network_id}/join", {})
    hidden = {
        "place": "Kestrel house",
        "join_url": "https://meet.example.org/1",
        "place_private": True,
    }
    body = {**WEEKLY, **hidden, **HERE, "confidentiality": "open", "mode": "hybrid"}
    series = await planned(fay, network_id, **body)
    for day in (18, 19):
        when = f"2027-03-{day}T09:00:00Z"
        await planned(fay, network_id, starts_at=when, confidentiality="open", **HERE)
    readers = {
        "out": out.client,
        "anonymous": house.anonymous,
        "operator": op.client,
        "mel": mel.client,
    }
    return fay, network_id, series, readers


async def test_a_private_place_and_the_way_in(house: TestHouse) -> None:
    """Elsewhere, named otherwise, reached by another address: only who may attend is answered otherwise."""
    _, _, series, readers = await the_scene(house)
    before = {who: await everything(client, series["id"]) for who, client in readers.items()}
    elsewhere = {"place": "Magpie inn", "join_url": "https://meet.example.org/2", **THERE}
    await rewrite(house, series["id"], **elsewhere)
    after = {who: await everything(client, series["id"]) for who, client in readers.items()}
    assert {who for who in readers if before[who] != after[who]} == {"mel"}


async def test_a_private_place_of_one_occurrence(house: TestHouse) -> None:
    """An occurrence may be at a private place of its own, or in the open although the others are not."""
    fay, network_id, _, readers = await the_scene(house)
    body = {**WEEKLY, "confidentiality": "open", "place": "Town hall", **HERE}
    told: dict[str, list[list[str]]] = {}
    for name, place in (("kestrel", HERE), ("magpie", THERE)):
        one = await planned(fay, network_id, **body)
        await differ(house, one, SECOND, place=f"{name} house", place_private=True, **place)
        near = {
            "near": f"{THERE['latitude']},{THERE['longitude']}",
            "network_id": network_id,
            **WINDOW,
        }
        for params in (near, {**near, "near": "53.8,-1.55"}, {"q": name, **WINDOW}):
            page = (await readers["out"].get("/v1/meetings", params=params)).json()
            found = [item["occurrence"] for item in page["items"] if item["id"] == one["id"]]
            told.setdefault(str(params.get("near")), []).append(sorted(map(str, found)))
            mine = (await readers["mel"].get("/v1/meetings", params=params)).json()["items"]
            places = {item["place"] for item in mine if item["id"] == one["id"]}
            assert (f"{name} house" in places) == (
                params.get("near") == f"{place['latitude']},{place['longitude']}"
            )
    assert all(each[0] == each[1] for each in told.values()), told
    shown = await planned(fay, network_id, **{**body, "place_private": True})
    await differ(house, shown, SECOND, place_private=False)
    found = (
        await readers["out"].get("/v1/meetings", params={"near": "53.8,-1.55", **WINDOW})
    ).json()
    assert [i["place"] for i in found["items"] if i["id"] == shown["id"]] == ["Town hall"]


async def test_drafts_and_what_is_for_members(house: TestHouse) -> None:
    """For whoever does not see it a meeting is not there, whatever is asked, and nothing is counted."""
    fay, network_id, series, readers = await the_scene(house)
    readers.pop("operator")
    before = {who: await everything(client, series["id"]) for who, client in readers.items()}
    place = {"place": "Magpie inn", **THERE}
    await planned(
        fay,
        network_id,
        **WEEKLY,
        **place,
        status="tentative",
        title="Draft",
        confidentiality="open",
    )
    assert {
        who: await everything(client, series["id"]) for who, client in readers.items()
    } == before
    await planned(fay, network_id, **WEEKLY, **place, title="Told")
    after = {who: await everything(client, series["id"]) for who, client in readers.items()}
    assert {who for who in readers if before[who] != after[who]} == {"mel"}


@pytest.mark.parametrize("guard", ["mask", "place", "drafts"])
async def test_a_broken_guard_is_seen(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """The controls: without one of them these comparisons differ."""

    def everybody(*_: Any) -> Any:
        return Meeting.id.is_not(None)

    if guard == "mask":
        monkeypatch.setattr(occurrences, "masked", lambda row, **_: row)
    else:
        name = {"place": "reads_place", "drafts": "visible_meeting"}[guard]
        monkeypatch.setattr(finding, name, everybody)
    tried = (
        test_drafts_and_what_is_for_members
        if guard == "drafts"
        else test_a_private_place_and_the_way_in
    )
    with pytest.raises(AssertionError):
        await tried(house)
