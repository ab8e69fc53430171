"""Minutes: drafts for facilitators, published wordings for readers, and two who write at once."""

import asyncio
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


async def test_of_two_who_save_at_once_the_second_is_told(house: TestHouse) -> None:
    """Nobody's words are lost: without saying what was read nothing is saved, and what is stale is refused."""
    one = await scene(house)
    made = await one.write()
    path, etag = made.headers["location"], made.headers["etag"]
    for headers in ({}, {"If-Match": "*"}, {"If-Match": f'{etag}, "*", *'}):
        blind = await one.flo.client.patch(path, {"text": BETTER}, headers=headers)
        assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    saves = [
        person.client.patch(path, {"text": f"{TEXT}\n\n{person.id}"}, headers={"If-Match": etag})
        for person in (one.fay, one.flo)
    ]
    answers = sorted(await asyncio.gather(*saves), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200, 412]
    assert answers[1].json()["code"] == "precondition_failed"
    assert "read them again" in answers[1].json()["detail"]
    # What the first one saved is there, and whoever reads it again saves on top of it.
    there = await one.flo.client.get(path)
    assert there.json()["text"] == answers[0].json()["text"]
    both = await one.edit(path, there.json()["text"] + "\n\nAnd more.", one.flo.client)
    assert (both.status_code, both.json()["version"]) == (200, 3)
    # The same text again changes nothing.
    assert (await one.edit(path, both.json()["text"])).json()["version"] == 3


async def test_two_begin_minutes_at_once(house: TestHouse) -> None:
    one = await scene(house)
    body = {"meeting_id": one.meeting_id, "text": TEXT}
    posts = [person.client.post("/v1/minutes", body) for person in (one.fay, one.flo)]
    first, second = sorted(await asyncio.gather(*posts), key=lambda answer: answer.status_code)
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["code"] == "minutes_exist"
    assert first.headers["location"] in second.json()["detail"]


async def test_corrections_keep_the_history(house: TestHouse) -> None:
    one = await scene(house)
    path = (await one.write()).headers["location"]
    await one.publish(path)
    same = await one.publish(path, "Nothing")
    assert (same.status_code, same.json()["code"]) == (409, "minutes_unchanged")
    for number in range(2, 5):
        await one.edit(path, f"{TEXT} {number}")
        silent = await one.publish(path)
        assert silent.status_code == 422
        assert [(e["pointer"], e["code"]) for e in silent.json()["errors"]] == [
            ("/note", "missing")
        ]
        corrected = await one.publish(path, f"Point {number}")
        assert (corrected.status_code, corrected.json()["edition"]) == (200, number)
    history = (await one.mel.client.get(f"{path}/editions")).json()
    assert [(e["number"], e["note"], e["text"]) for e in history["items"]] == [
        (4, "Point 4", f"{TEXT} 4"), (3, "Point 3", f"{TEXT} 3"), (2, "Point 2", f"{TEXT} 2"), (1, None, TEXT),
    ]  # fmt: skip
    assert {e["published_by"] for e in history["items"]} == {None}
    kept = (await one.flo.client.get(f"{path}/editions")).json()["items"]
    assert {e["published_by"] for e in kept} == {one.fay.id}
    # Page by page the same.
    found, params = [], {"limit": 3}
    while True:
        page = (await one.mel.client.get(f"{path}/editions", params=params)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            break
        params = {"limit": 3, "cursor": page["next_cursor"]}
    assert found == history["items"]


async def test_publish_what_was_read_and_nothing_newer(house: TestHouse) -> None:
    one = await scene(house)
    made = await one.write()
    path, etag = made.headers["location"], made.headers["etag"]
    await one.edit(path, BETTER, one.flo.client)
    stale = await one.fay.client.post(f"{path}/publish", {}, headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert (await one.mel.client.get(path)).status_code == 404


async def told(client: Client, one: Scene, path: str) -> list[tuple[Any, ...]]:
    """Everything that a reader is told of minutes, in bytes where they are the same for the same state."""
    paths = (path, f"{path}/editions")
    found: list[tuple[Any, ...]] = []
    for where in paths:
        answer = await client.get(where)
        ignored = ("x-request-id", "x-correlation-id")
        headers = {name: value for name, value in answer.headers.items() if name not in ignored}
        same = answer.content if answer.status_code < 400 else answer.json()["code"]
        found.append((answer.status_code, same, headers.get("etag")))
    for params in ({}, {"meeting_id": one.meeting_id}, {"network_id": one.network_id, "limit": 1}):
        listed = (await client.get("/v1/minutes", params=params)).json()
        found.append((listed["items"], listed["next_cursor"], len(listed["changes_cursor"])))
    changes = (await client.get("/v1/changes", params={"kind": "minutes", "limit": 100})).json()
    found.append((changes["items"], len(changes["next_cursor"]), changes["has_more"]))
    return found


async def test_nothing_moves_with_a_draft_that_one_does_not_see(house: TestHouse) -> None:
    """Byte for byte the same - document, ETag, list, history, feed - while a correction is being written."""
    one = await scene(house, confidentiality="open")
    readers = (one.mel.client, one.out.client, house.anonymous)
    path = (await one.write()).headers["location"]
    assert {answer[0] for client in readers for answer in (await told(client, one, path))[:2]} == {
        404
    }
    hidden = [await told(client, one, path) for client in readers]
    await one.edit(path, BETTER)
    assert [await told(client, one, path) for client in readers] == hidden
    await one.edit(path, TEXT)
    await one.publish(path)
    before = [await told(client, one, path) for client in readers]
    assert {found[0][0] for found in before} == {200}
    for number in range(4):
        await one.edit(path, f"{BETTER} {number}", (one.fay, one.flo)[number % 2].client)
    assert [await told(client, one, path) for client in readers] == before
    draft = (await one.fay.client.get(path)).json()
    assert (draft["text"], draft["unpublished"]) == (f"{BETTER} 3", True)
    await one.publish(path, "The checklist is new.")
    after = [await told(client, one, path) for client in readers]
    assert all(
        was[place] != now[place]
        for was, now in zip(before, after, strict=True)
        for place in range(6)
    )


async def test_the_feed_tells_each_what_they_read(house: TestHouse) -> None:
    """Its last version is the one of the document; a reader hears of publications, a facilitator of every edit."""
    one = await scene(house)
    path = (await one.write()).headers["location"]
    for text, note in ((None, None), (BETTER, "The checklist is new."), (f"{BETTER} 2", None)):
        if text is not None:
            await one.edit(path, text)
        if text is None or note is not None:
            await one.publish(path, note)
    heard = {}
    for person in (one.fay, one.mel, one.out):
        items = await feed(person.client, one.network_id)
        heard[person.id] = [item["version"] for item in items]
        assert all(item["op"] == "upsert" for item in items)
    assert heard == {one.fay.id: [1, 2, 3, 4, 5], one.mel.id: [2, 3], one.out.id: []}
    for person in (one.fay, one.mel):
        assert (await person.client.get(path)).json()["version"] == heard[person.id][-1]


async def test_minutes_of_a_series_are_of_an_occurrence(house: TestHouse) -> None:
    one = await scene(house, starts_at=None, **SERIES)
    assert (await one.write()).json()["errors"][0]["code"] == "occurrence_required"
    wrong = await one.write(occurrence="2027-03-18T12:30:00")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "no_such_occurrence")
    paths = []
    for day in ("2027-03-17", "2027-04-21"):
        made = await one.write(occurrence=f"{day}T12:30")
        assert (made.status_code, made.json()["occurrence"]) == (201, f"{day}T12:30:00")
        paths.append(made.headers["location"])
    again = await one.write(occurrence="2027-04-21T12:30:00")
    assert again.status_code == 409
    assert paths[1] in again.json()["detail"]
    for asked in ("2027-04-21T12:30", "2027-04-21T12:30:00"):
        params = {"meeting_id": one.meeting_id, "occurrence": asked}
        (item,) = (await one.fay.client.get("/v1/minutes", params=params)).json()["items"]
        assert item["id"] == paths[1].rsplit("/", 1)[-1]
    # Of a single meeting there is none to name.
    single = await scene(house)
    assert (await single.write(occurrence="2027-03-17T12:30:00")).status_code == 422


async def test_who_may_and_when(house: TestHouse) -> None:
    one = await scene(house, status="tentative")
    draft = await one.write()
    assert (draft.status_code, draft.json()["code"]) == (409, "meeting_not_announced")
    one = await scene(house, confidentiality="open")
    body = {"meeting_id": one.meeting_id, "text": TEXT}
    for client in (one.mel.client, one.out.client):
        assert (await client.post("/v1/minutes", body)).status_code == 403
    path = (await one.write()).headers["location"]
    assert (await one.edit(path, BETTER)).status_code == 200
    await one.publish(path)
    for client in (one.mel.client, one.out.client):
        etag = (await client.get(path)).headers["etag"]
        saved = await client.patch(path, {"text": TEXT}, headers={"If-Match": etag})
        assert saved.status_code == 403
        assert (await client.post(f"{path}/publish", {"note": "Mine"})).status_code == 403
    await one.fay.client.post(f"/v1/networks/{one.network_id}/archive", {"closing_note": "Done"})
    archived = await one.edit(path, TEXT)
    assert (archived.status_code, archived.json()["code"]) == (409, "network_archived")
    shown = (await one.fay.client.get(path)).json()
    assert (shown["text"], shown["actions"]) == (BETTER, [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "string_too_short"),
        (" \n", "blank_text"),
        ("a\x00", "invalid_text"),
        ("x" * 100_001, "string_too_long"),
    ],
)
async def test_text_is_bounded(house: TestHouse, text: str, code: str) -> None:
    one = await scene(house)
    refused = await one.write(text)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    whole = await one.write("é" * 99_999 + "\n")
    assert whole.status_code == 201
    assert len(whole.json()["text"]) == 99_999


async def test_under_the_chatham_house_rule_nobody_is_named(house: TestHouse) -> None:
    """The place is told, never the name; members who come later count when it is published."""
    one = await scene(house, confidentiality="chatham_house")
    for text in ("As MEL **hill** said", "Thanks, _Flo Hill_!"):
        refused = await one.write(text)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["code"], error["pointer"]) == (
            422,
            "names_a_member",
            "/text",
        )
        assert (
            f"character {text.lower().index('mel' if 'MEL' in text else 'flo') + 1} "
            in error["detail"]
        )
        assert "hill" not in refused.text.lower()
    path = (await one.write("Out Hill is no member. Hill spoke of mel.")).headers["location"]
    named = await one.edit(path, "So Mel Hill said.")
    assert named.json()["errors"][0]["code"] == "names_a_member"
    await one.out.client.post(f"/v1/networks/{one.network_id}/join", {})
    late = await one.publish(path)
    assert (late.status_code, late.json()["errors"][0]["code"]) == (422, "names_a_member")
    await one.edit(path, "Nobody.")
    noted = await one.publish(path, "Left Mel Hill out")
    assert noted.json()["errors"][0]["pointer"] == "/note"
    assert (await one.publish(path)).status_code == 200


async def test_pages_of_the_list(house: TestHouse) -> None:
    """Each is on one page, drafts on none of a member's."""
    one = await scene(house)
    paths = []
    for number in range(5):
        body = {**MEETING, "network_id": one.network_id, "title": f"Meeting {number}"}
        meeting = (await one.fay.client.post("/v1/meetings", body)).json()
        made = await one.fay.client.post("/v1/minutes", {"meeting_id": meeting["id"], "text": TEXT})
        paths.append(made.headers["location"])
        if number % 2 == 0:
            await one.publish(paths[-1])
    for person, wanted in ((one.fay, paths), (one.mel, paths[::2]), (one.out, [])):
        found, params = [], {"limit": 2, "network_id": one.network_id}
        while True:
            page = (await person.client.get("/v1/minutes", params=params)).json()
            found += [f"/v1/minutes/{item['id']}" for item in page["items"]]
            if page["next_cursor"] is None:
                break
            params = {**params, "cursor": page["next_cursor"]}
        assert found == wanted[::-1]


async def test_the_rule_comes_into_force_over_what_names_nobody(house: TestHouse) -> None:
    """What names a member is corrected first; then members read no more of it than the latest wording."""
    one = await scene(house)
    meeting = f"/v1/meetings/{one.meeting_id}"
    path = (await one.write("Mel Hill will ring the practices.")).headers["location"]
    await one.publish(path)
    body = {"meeting_id": one.meeting_id, "title": "Mel Hill rings", "owner_id": one.mel.id}
    action = (await one.fay.client.post("/v1/actions", body)).headers["location"]

    async def switch() -> httpx2.Response:
        return await one.fay.client.patch(meeting, {"confidentiality": "chatham_house"})

    async def in_the_way() -> list[str]:
        refused = await switch()
        assert (refused.status_code, refused.json()["code"]) == (409, "records_name_a_member")
        assert "hill" not in refused.text.lower()
        return [error["pointer"] for error in refused.json()["errors"]]

    assert await in_the_way() == [path, action]
    await one.edit(path, "Somebody will ring the practices.")
    assert await in_the_way() == [path, action], "a draft alone corrects nothing"
    await one.publish(path, "Mel Hill is not named")
    assert await in_the_way() == [path, action], "its note names her"
    await one.edit(path, "Somebody will ring all practices.")
    await one.publish(path, "Nobody is named")
    assert await in_the_way() == [action]
    await one.fay.client.patch(action, {"title": "Ring the practices"})
    before = (await one.flo.client.get(f"{path}/editions")).json()["items"]
    assert (await one.out.client.post(f"/v1/networks/{one.network_id}/join", {})).status_code == 201
    assert (await one.out.client.get(action)).json()["owner_id"] == one.mel.id
    cursor = (await one.out.client.get("/v1/actions")).json()["changes_cursor"]
    assert (await switch()).status_code == 200
    # Members are told to read the action again, and see no owner; the person does.
    told_now = (await one.out.client.get("/v1/changes", params={"cursor": cursor})).json()["items"]
    assert (action.rsplit("/", 1)[-1], "upsert") in [(item["id"], item["op"]) for item in told_now]
    assert (await one.out.client.get(action)).json()["owner_id"] is None
    assert (await one.mel.client.get(action)).json()["owner_id"] == one.mel.id
    read = (await one.mel.client.get(f"{path}/editions")).json()["items"]
    assert [(e["text"] is None, e["note"] is None) for e in read] == [(False, False)] + [
        (True, True)
    ] * (len(read) - 1)
    assert (await one.flo.client.get(f"{path}/editions")).json()["items"] == before
