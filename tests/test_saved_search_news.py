"""What is new in a saved search: made, come into sight, edited so that it matches; told once, and lost never."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Text, bindparam, select, true

from app.core import access, network_words
from app.db.statement import Shapes
from app.db.types import ID
from app.features.saved_searches import looking, sight
from app.models import SavedSearch
from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
SAVED = "/v1/saved-searches"
Json = dict[str, Any]


async def network(by: TestPerson, name: str, **more: Any) -> str:
    """The id of a new network."""
    body = {"name": name, "purpose": "Fewer attacks", "join_policy": "open", **more}
    made = await by.client.post("/v1/networks", body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def edit(by: TestPerson, network_id: str, **fields: Any) -> None:
    """Change a network."""
    edited = await by.client.patch(f"/v1/networks/{network_id}", fields)
    assert edited.status_code == 200, edited.text


async def saved(by: TestPerson, **params: Any) -> str:
    """The path of a new saved search."""
    made = await by.client.post(SAVED, {"name": "Mine", **params})
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def news(client: Client, path: str, **params: Any) -> Json:
    """What a look tells."""
    answer = await client.get(f"{path}/new", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def told(by: TestPerson, path: str, **params: Any) -> list[str]:
    """The ids that a look tells, in no order."""
    return sorted(item["id"] for item in (await news(by.client, path, **params))["items"])


async def kept(house: TestHouse, path: str) -> Json:
    """What the row of a saved search holds, as text."""
    columns = (SavedSearch.seen, SavedSearch.seen_before)

    def one() -> Any:
        texts = [column.cast(Text).label(column.key) for column in columns]
        mine = SavedSearch.id == bindparam("saved_id", type_=ID)
        return select(SavedSearch.version, *texts).where(mine)

    db = house.app.rooms.house.db
    (row,) = await db.fetch("saved of a test", one, {"saved_id": path.rpartition("/")[2]})
    return dict(row)


def counting(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts units of work from now on."""
    units: list[int] = []
    unit = house.app.rooms.house.db.unit

    async def counted(work: Any) -> Any:
        units.append(1)
        return await unit(work)

    monkeypatch.setattr(house.app.rooms.house.db, "unit", counted)
    return units


async def test_what_is_made_is_told_once(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    fay, mel = await house.person("Fay"), await house.person("Mel")
    old = await network(fay, "Zaffre of old")
    path = await saved(mel, q="zaffre")
    began = (await mel.client.get(path)).json()
    nothing = await mel.client.get(f"{path}/new")
    assert nothing.json() == {
        "items": [], "since": began["looked_at"], "looked_at": began["looked_at"], "more": False,
        "too_broad": False,
    }  # fmt: skip
    same = await mel.client.get(f"{path}/new", headers={"If-None-Match": nothing.headers["etag"]})
    assert same.status_code == 304

    made = await network(fay, "Zaffre anew")
    found = (await mel.client.get("/v1/search", params={"q": "zaffre"})).json()["items"]
    assert {hit["id"] for hit in found} == {old, made}
    first = await news(mel.client, path)
    assert first["items"] == [hit for hit in found if hit["id"] == made]
    assert first["since"] == began["looked_at"] < first["looked_at"]
    units = counting(house, monkeypatch)
    second = await news(mel.client, path)
    assert (second["items"], second["since"]) == ([], first["looked_at"])
    assert units == []  # nothing new, so nothing is written
    monkeypatch.undo()
    after = (await mel.client.get(path)).json()
    assert (after["version"], after["looked_at"]) == (2, first["looked_at"])


async def test_an_answer_that_was_lost_is_had_again(house: TestHouse) -> None:
    """By `again`, as often as one likes; neither that nor HEAD moves the mark."""
    fay, mel = await house.person("Fay"), await house.person("Mel")
    path = await saved(mel, q="zeppelin")
    assert await told(mel, path, again="true") == []
    one = await network(fay, "Zeppelin one")
    head = await mel.client.request("HEAD", f"{path}/new")
    assert (head.status_code, head.content) == (200, b"")
    assert await told(mel, path, again="true") == [one]
    lost = await news(mel.client, path)
    assert [item["id"] for item in lost["items"]] == [one]
    for _ in range(2):
        assert await news(mel.client, path, again="true") == lost
        assert await told(mel, path) == []
    two = await network(fay, "Zeppelin two")
    assert await told(mel, path, again="true") == sorted([one, two])
    assert await told(mel, path) == [two]
    assert await told(mel, path, again="true") == [two]


async def test_what_comes_into_sight_is_new_and_what_went_is_forgotten(house: TestHouse) -> None:
    """Opened, tightened, opened again: told, forgotten, told again. And joined."""
    fay, mel = await house.person("Fay"), await house.person("Mel", listed=True)
    secret = await network(fay, "Zircon", visibility="confidential", join_policy="invite")
    path = await saved(mel, q="zircon")
    assert await told(mel, path) == []
    await edit(fay, secret, visibility="open")
    assert await told(mel, path) == [secret]
    assert await told(mel, path) == []
    full = await kept(house, path)
    assert secret not in full["seen"]
    await edit(fay, secret, visibility="confidential")
    assert await told(mel, path, again="true") == []
    assert await told(mel, path) == []
    empty = await kept(house, path)
    assert (empty["seen"], empty["seen_before"], full["seen"] != "{}") == ("{}", "{}", True)
    await edit(fay, secret, visibility="restricted")
    assert await told(mel, path) == [secret]
    await edit(fay, secret, visibility="confidential")
    assert await told(mel, path) == []
    invited = await fay.client.post("/v1/members", {"network_id": secret, "person_id": mel.id})
    await mel.client.post(f"/v1/members/{invited.json()['id']}/accept")
    assert await told(mel, path) == [secret]


async def test_what_is_edited_so_that_it_matches_is_new(house: TestHouse) -> None:
    fay, mel = await house.person("Fay"), await house.person("Mel")
    other = await network(fay, "Something else")
    gone = await network(fay, "Zinnia for a day")
    path = await saved(mel, q="zinnia", kinds=["network"])
    assert await told(mel, path) == []
    await edit(fay, other, name="Zinnia and more")
    brief = await network(fay, "Zinnia briefly")
    for network_id in (gone, brief):
        deleted = await fay.client.delete(f"/v1/networks/{network_id}")
        assert deleted.status_code == 204, deleted.text
    assert await told(mel, path) == [other]
    await edit(fay, other, name="Something else again")
    assert await told(mel, path) == []
    await edit(fay, other, name="Zinnia again")
    assert await told(mel, path) == [other]
    await edit(fay, other, purpose="Fewer falls")
    assert await told(mel, path) == []  # it was there, and changed


async def test_what_matches_in_part_is_told_once_more_when_it_matches_whole(
    house: TestHouse,
) -> None:
    fay, mel = await house.person("Fay"), await house.person("Mel")
    part = await network(fay, "Zoetrope")
    path = await saved(mel, q="zoetrope quixotry", kinds=["network"])
    found = (await mel.client.get("/v1/search", params={"q": "zoetrope quixotry"})).json()
    assert ([hit["id"] for hit in found["items"]], found["loose"]) == ([part], True)
    assert await told(mel, path) == []
    await edit(fay, part, name="Zoetrope quixotry")
    assert await told(mel, path) == [part]
    # Five that match whole, and the rest is listed no more; with four it is, and is not news.
    loose = await network(fay, "Zoetrope alone")
    assert await told(mel, path) == [loose]
    whole = [await network(fay, f"Zoetrope quixotry {number}") for number in range(4)]
    assert await told(mel, path) == sorted(whole)
    beside = await network(fay, "Zoetrope beside")
    assert await told(mel, path) == []
    await fay.client.delete(f"/v1/networks/{whole.pop()}")
    found = (await mel.client.get("/v1/search", params={"q": "zoetrope quixotry"})).json()
    assert {hit["id"] for hit in found["items"]} == {part, loose, beside, *whole}
    assert await told(mel, path) == []


async def test_more_than_one_look_tells(house: TestHouse) -> None:
    fay, mel = await house.person("Fay"), await house.person("Mel")
    path = await saved(mel, q="zydeco")
    made = {await network(fay, f"Zydeco {number}") for number in range(5)}
    seen: list[str] = []
    for more in (True, True, False):
        found = await news(mel.client, path, limit=2)
        assert found["more"] is more
        seen += [item["id"] for item in found["items"]]
    assert (len(seen), set(seen)) == (5, made)
    assert await told(mel, path) == []


async def test_a_search_that_finds_too_much_is_told_so(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sight, "MOST", 5)
    fay, mel = await house.person("Fay"), await house.person("Mel")
    path = await saved(mel, q="zouave", kinds=["network"])
    for number in range(5):
        await network(fay, f"Zouave {number}")
    found = await news(mel.client, path)
    assert (len(found["items"]), found["too_broad"]) == (5, False)
    # Not as good: it comes after the best five, which are all that is watched.
    await network(fay, "Drill", purpose="Like a zouave")
    found = await news(mel.client, path)
    assert (found["items"], found["more"], found["too_broad"]) == ([], False, True)
    monkeypatch.undo()
    assert sight.MOST == 500
    found = await news(mel.client, path)
    assert (len(found["items"]), found["too_broad"]) == (1, False)


async def both(mel: TestPerson, path: str) -> list[str]:
    """What two looks at once tell together."""
    found = await asyncio.gather(*(told(mel, path) for _ in range(2)))
    return [one for ids in found for one in ids]


async def test_two_looks_at_once_tell_each_hit_once(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    fay, mel = await house.person("Fay"), await house.person("Mel")
    path = await saved(mel, q="zugzwang")
    for turn in range(5):
        made = {await network(fay, f"Zugzwang {turn} {number}") for number in range(3)}
        found = await both(mel, path)
        assert (len(found), set(found)) == (3, made)
        assert await told(mel, path) == []
    # The control: a look that believes what it read before the lock tells twice what another has told.
    wait = asyncio.Barrier(2)
    monkeypatch.setattr(looking, "still_new", lambda _row, hits: list(hits))
    held: Any = vars(looking)["told"]

    async def together(*given: Any) -> Any:
        await wait.wait()
        return await held(*given)

    monkeypatch.setattr(looking, "told", together)
    await network(fay, "Zugzwang at last")
    assert len(await both(mel, path)) > 1


async def _look_while(
    mel: TestPerson, path: str, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]
) -> Json:
    """A look that has compared when something else happens."""
    held: Any = vars(looking)["told"]

    async def then(*given: Any) -> Any:
        monkeypatch.setattr(looking, "told", held)
        await act()
        return await held(*given)

    monkeypatch.setattr(looking, "told", then)
    answer = await mel.client.get(f"{path}/new")
    return {"status": answer.status_code, **answer.json()}


async def test_what_is_done_to_a_search_during_a_look(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    fay, mel = await house.person("Fay"), await house.person("Mel")
    path = await saved(mel, q="zymurgy")
    one, _ = await network(fay, "Zymurgy"), await network(fay, "Zeugma")

    async def rename() -> None:
        assert (await mel.client.patch(path, {"name": "Brewing"})).status_code == 200

    async def look() -> None:
        assert await told(mel, path) == [later]

    async def another() -> None:
        assert (await mel.client.patch(path, {"q": "zeugma"})).status_code == 200

    async def end() -> None:
        assert (await mel.client.delete(path)).status_code == 204

    found = await _look_while(mel, path, monkeypatch, rename)
    assert [hit["id"] for hit in found["items"]] == [one]
    assert await told(mel, path) == []
    later = await network(fay, "Zymurgy later")
    assert (await _look_while(mel, path, monkeypatch, look))["items"] == []
    assert await told(mel, path) == []
    last = await network(fay, "Zymurgy last")
    found = await _look_while(mel, path, monkeypatch, another)
    assert [hit["id"] for hit in found["items"]] == [last]
    assert await told(mel, path) == []  # it is another search, and what that finds is not new
    await network(fay, "Zeugma too")
    assert (await _look_while(mel, path, monkeypatch, end))["status"] == 404


async def test_other_parameters_make_it_another_search(house: TestHouse) -> None:
    """What they find when they are set is not new; another name changes nothing of that."""
    fay, mel = await house.person("Fay"), await house.person("Mel")
    path = await saved(mel, q="zibeline")
    made = await network(fay, "Zibeline"), await network(fay, "Zither")
    await mel.client.patch(path, {"name": "Furs"})
    assert await told(mel, path) == [made[0]]
    edited = (await mel.client.patch(path, {"q": "zither"})).json()
    assert (edited["q"], edited["name"]) == ("zither", "Furs")
    assert await told(mel, path) == []
    assert await told(mel, path, again="true") == []
    await mel.client.patch(path, {"q": "zibeline"})
    assert await told(mel, path) == []
    assert (await news(mel.client, path))["since"] > edited["looked_at"]


async def test_a_token_looks_for_the_kinds_that_it_reads(house: TestHouse) -> None:
    """And leaves the others as they are for one that reads them."""
    fay, mel = await house.person("Fay"), await house.person("Mel")
    path = await saved(mel, q="zarzuela")
    made = await network(fay, "Zarzuela")
    body = {
        "network_id": made, "title": "Zarzuela evening", "starts_at": "2031-04-09T12:30:00Z",
        "confidentiality": "open", "announce": True,
    }  # fmt: skip
    planned = await fay.client.post("/v1/meetings", body)
    assert planned.status_code == 201, planned.text
    scopes = '["searches:read", "searches:write", "networks:read"]'
    narrow = Client(house.http, await house.token(mel.id, scopes=scopes))
    assert [hit["kind"] for hit in (await news(narrow, path))["items"]] == ["network"]
    assert (await news(narrow, path))["items"] == []
    assert [hit["kind"] for hit in (await news(mel.client, path))["items"]] == ["meeting"]
    assert (await news(narrow, path))["items"] == []
    assert (await news(mel.client, path))["items"] == []
    refused = await narrow.post(SAVED, {"name": "Mine", "q": "zarzuela", "kinds": ["meeting"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    path = await saved(mel, q="zarzuela", kinds=["meeting"])
    refused = await narrow.get(f"{path}/new")
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")


async def test_what_the_search_refuses_is_not_saved(house: TestHouse) -> None:
    mel = await house.person("Mel")
    path = await saved(mel, q="zigzag")
    for wrong, code in (
        ({"near": "ZZ9"}, ("/near", "unknown_place")),
        ({"q": None}, ("/q", "nothing_asked")),
        ({"kinds": ["network", "wheel"]}, ("/kinds/1", "enum")),
    ):
        refused = await mel.client.patch(path, wrong)
        assert refused.status_code == 422
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [code]
        body = {"name": "Other", "q": "zigzag", **wrong}
        refused = await mel.client.post(SAVED, body)
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [code]
    assert len((await mel.client.get(SAVED)).json()["items"]) == 1


async def test_a_look_is_told_to_nobody_else(house: TestHouse) -> None:
    """The feed has it for its person alone; the audit has who, and no word of what."""
    fay, mel = await house.person("Fay"), await house.person("Mel")
    operator = await house.person("Oli", operator=True)
    cursors = {
        one.id: (await one.client.get(SAVED)).json()["changes_cursor"]
        for one in (fay, mel, operator)
    }
    path = await saved(mel, q="zwieback")
    await network(fay, "Zwieback")
    await told(mel, path)

    async def heard(by: TestPerson) -> list[tuple[str, int]]:
        params = {"cursor": cursors[by.id], "limit": 100, "kind": "saved_search"}
        page = (await by.client.get("/v1/changes", params=params)).json()
        return [(item["op"], item["version"]) for item in page["items"]]

    assert await heard(mel) == [("upsert", 1), ("upsert", 2)]
    assert (await heard(fay), await heard(operator)) == ([], [])
    for other in (fay, operator):
        refused = await other.client.get(f"{path}/new")
        assert refused.status_code == 404


async def test_what_is_hidden_is_never_news(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the control: with the predicate gone, it is."""
    fay, mel = await house.person("Fay"), await house.person("Mel")
    path = await saved(mel, q="zopilote", kinds=["network"])
    hidden = await network(fay, "Zopilote", visibility="confidential", join_policy="invite")
    assert await told(mel, path) == []
    monkeypatch.setattr(access, "visible_network", lambda *_: true())
    monkeypatch.setattr(network_words, "NAME", access.HIDDEN)
    db: Any = house.app.rooms.house.db
    monkeypatch.setattr(db, "_shapes", Shapes(db.name))
    assert await told(mel, path, again="true") == [hidden]
