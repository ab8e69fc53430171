"""Tokens: shown once, no wider and no longer than their maker, of no use from the moment they are revoked."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.core.errors import InvalidToken, NotFound
from app.core.tokens import create_token, hash_of
from app.core.viewer import ALL_SCOPES, HOUSE, PERSONAL_SCOPES, Scope, Viewer
from app.core.work import Work, perform
from app.db.types import instant_text
from app.features.accounts.commands import revoke_token
from app.models import Base, Change, Token
from app.web.identity import Gatekeeper
from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
NEW = {"name": "My phone", "scopes": ["networks:read"]}
PROVISION = {"name": "HR system", "scopes": ["members:provision"]}
NETWORK = {"name": "A network", "purpose": "To learn.", "join_policy": "open"}
MINT = [Scope.TOKENS_READ, Scope.TOKENS_WRITE]


class Clock:
    """A clock that a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def narrow(house: TestHouse, person: TestPerson, *scopes: Scope, **columns: Any) -> Client:
    """The person with a token of these scopes."""
    text = orjson.dumps(sorted(scopes)).decode()
    return Client(house.http, await house.token(person.id, scopes=text, **columns))


async def mint(client: Client, **fields: Any) -> dict[str, Any]:
    """A token that may be made."""
    answer = await client.post("/v1/tokens", {**NEW, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refused(client: Client, **fields: Any) -> tuple[int, str, str]:
    """A token that may not: status, code, and the pointer of the first error."""
    answer = await client.post("/v1/tokens", {**NEW, **fields})
    problem = answer.json()
    return (
        answer.status_code,
        problem["code"],
        (problem["errors"] or [{"pointer": ""}])[0]["pointer"],
    )


async def everything(house: TestHouse) -> bytes:
    """All that the database holds."""
    parts = []
    for table in Base.metadata.sorted_tables:
        rows = await house.app.rooms.house.db.fetch(
            ("dump", table.name), partial(select, *table.columns), {}
        )
        parts.append(orjson.dumps(rows))
    return b"".join(parts)


async def test_a_token_is_shown_once_and_works(house: TestHouse) -> None:
    ada = await house.person("Ada")
    answer = await ada.client.post("/v1/tokens", NEW)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    secret = made.pop("secret")
    assert answer.headers["location"] == f"/v1/tokens/{made['id']}"
    assert made == {
        "id": made["id"],
        "person_id": ada.id,
        "name": "My phone",
        "hint": secret[-4:],
        "scopes": ["networks:read"],
        "network_id": None,
        "last_used_on": None,
        "version": 1,
        "created_at": made["created_at"],
        "expires_at": made["expires_at"],
    }
    age = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert age == timedelta(days=365)
    read = await ada.client.get(f"/v1/tokens/{made['id']}")
    assert (read.json(), read.headers["etag"]) == (made, answer.headers["etag"])

    phone = Client(house.http, secret)
    assert (await phone.get("/v1/networks")).status_code == 200
    assert (await phone.get("/v1/tokens")).json()["code"] == "insufficient_scope"
    assert (await phone.post("/v1/tokens", NEW)).json()["code"] == "insufficient_scope"
    listed = await ada.client.get("/v1/tokens")
    today = datetime.now(UTC).date().isoformat()
    assert {**made, "last_used_on": today} in listed.json()["items"]
    assert secret not in listed.text
    assert ada.token not in listed.text


async def test_the_secret_is_kept_nowhere(house: TestHouse) -> None:
    ada = await house.person("Ada")
    key = {"Idempotency-Key": "only once, please"}
    first = await ada.client.post("/v1/tokens", NEW, headers=key)
    secret = first.json()["secret"]
    again = await ada.client.post("/v1/tokens", NEW, headers=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == {**first.json(), "secret": None}
    assert (again.status_code, again.headers["location"]) == (201, first.headers["location"])
    assert len((await ada.client.get("/v1/tokens")).json()["items"]) == 2
    found = await everything(house)
    assert hash_of(secret).encode() in found  # the search finds what is there
    for part in (secret, secret[:-4], secret[8:24]):
        assert part.encode() not in found


async def test_no_token_makes_a_wider_one(house: TestHouse) -> None:
    ada = await house.person("Ada")
    client = await narrow(house, ada, *MINT, Scope.NETWORKS_READ)
    for scope in sorted(ALL_SCOPES - {*MINT, Scope.NETWORKS_READ, Scope.MEMBERS_PROVISION}):
        wider = ["networks:read", scope]
        assert await refused(client, scopes=wider) == (403, "insufficient_scope", "/scopes")
    inner = await mint(client, scopes=["networks:read", "tokens:write", "networks:read"])
    assert inner["scopes"] == ["networks:read", "tokens:write"]
    chained = Client(house.http, inner["secret"])
    assert (await refused(chained, scopes=["tokens:read"]))[:2] == (403, "insufficient_scope")
    for scopes in ([], ["everything"], ["networks:read "]):
        assert (await refused(client, scopes=scopes))[:2] == (422, "invalid")
    without = await narrow(house, ada, Scope.TOKENS_READ)
    assert (await refused(without, scopes=["tokens:read"]))[:2] == (403, "insufficient_scope")
    assert (await house.anonymous.post("/v1/tokens", NEW)).status_code == 401


async def test_operating_is_handed_on_only_by_a_token_that_operates(house: TestHouse) -> None:
    olga = await house.person("Olga", operator=True)
    personal = Client(house.http, await house.token(olga.id))
    asked = {"scopes": ["operate", "people:read"]}
    assert await refused(personal, **asked) == (403, "insufficient_scope", "/scopes")
    operates = Client(house.http, (await mint(olga.client, **asked))["secret"])
    ada = await house.person("Ada")
    assert (await operates.get(f"/v1/people/{ada.id}")).status_code == 200
    assert (await personal.get(f"/v1/people/{ada.id}")).status_code == 404


async def test_no_token_makes_a_longer_one(house: TestHouse) -> None:
    ada = await house.person("Ada")
    end = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    client = await narrow(house, ada, *MINT, Scope.NETWORKS_READ, expires_at=end)

    def days(count: float) -> str:
        return instant_text(end + timedelta(days=count))

    late = (403, "forbidden", "/expires_at")
    assert await refused(client, expires_at=days(0.0001)) == late
    assert (await mint(client))["expires_at"] == instant_text(end)
    assert (await mint(client, expires_at=days(0)))["expires_at"] == instant_text(end)
    short = await mint(client, expires_at=days(-1), scopes=["tokens:write", "networks:read"])
    chained = Client(house.http, short["secret"])
    assert await refused(chained, expires_at=days(0)) == late
    assert (await mint(chained))["expires_at"] == days(-1)
    past = instant_text(datetime.now(UTC) - timedelta(seconds=1))
    assert await refused(client, expires_at=past) == (422, "invalid", "/expires_at")
    assert (await mint(ada.client, expires_at=days(3000)))["expires_at"] == days(3000)


async def test_an_expired_token_opens_nothing(database_url: str) -> None:
    clock = Clock()
    async with TestHouse.over(database_url, clock=clock) as house:
        ada = await house.person("Ada")
        soon = instant_text(clock() + timedelta(minutes=5))
        client = Client(house.http, (await mint(ada.client, expires_at=soon))["secret"])
        assert (await client.get("/v1/networks")).status_code == 200
        clock.ahead = timedelta(minutes=5)
        answer = await client.get("/v1/networks")
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
        assert "invalid_token" in answer.headers["www-authenticate"]
        cold = Client(house.http, (await mint(ada.client))["secret"])
        clock.ahead = timedelta(days=366)
        assert (await cold.get("/v1/networks")).status_code == 401
        assert (await ada.client.get("/v1/networks")).status_code == 200


async def test_a_revoked_token_is_refused_at_the_next_request(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    made = await mint(ada.client)
    client = Client(house.http, made["secret"])
    path = f"/v1/tokens/{made['id']}"
    assert (await client.get("/v1/networks")).status_code == 200  # now it is known by heart
    for other in (eve.client, (await house.person("Olga", operator=True)).client):
        assert (await other.get(path)).status_code == 404
        assert (await other.delete(path)).status_code == 404
    stale = await ada.client.delete(path, headers={"If-Match": '"2-abcdefghijkl"'})
    assert stale.status_code == 412
    assert (await client.get("/v1/networks")).status_code == 200
    assert (await ada.client.delete(path)).status_code == 204
    assert (await client.get("/v1/networks")).status_code == 401
    assert (await ada.client.delete(path)).status_code == 404
    assert (await ada.client.get(path)).status_code == 404
    assert made["id"] not in (await ada.client.get("/v1/tokens")).text


async def test_a_token_can_end_itself(house: TestHouse) -> None:
    ada = await house.person("Ada")
    made = await mint(ada.client, scopes=["tokens:write", "tokens:read"])
    client = Client(house.http, made["secret"])
    assert (await client.delete(f"/v1/tokens/{made['id']}")).status_code == 204
    assert (await client.get("/v1/tokens")).status_code == 401


async def test_one_revocation_of_two(house: TestHouse) -> None:
    ada = await house.person("Ada")
    for _ in range(5):
        path = f"/v1/tokens/{(await mint(ada.client))['id']}"
        both = await asyncio.gather(ada.client.delete(path), ada.client.delete(path))
        assert sorted(answer.status_code for answer in both) == [204, 404]


async def test_the_list_is_ones_own_and_paged(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    made = [(await mint(ada.client, name=f"Number {number}"))["id"] for number in range(4)]
    await mint(eve.client)
    walked: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while query.get("cursor", "") is not None:
        page = (await ada.client.get("/v1/tokens", params=query)).json()
        walked += [item["id"] for item in page["items"]]
        assert {item["person_id"] for item in page["items"]} == {ada.id}
        query["cursor"] = page["next_cursor"]
    assert walked[:4] == made[::-1]
    assert len(walked) == 5  # and the one in hand
    cursor = (await ada.client.get("/v1/tokens", params={"limit": 2})).json()["next_cursor"]
    stolen = await eve.client.get("/v1/tokens", params={"limit": 2, "cursor": cursor})
    assert (stolen.status_code, stolen.json()["code"]) == (400, "invalid_cursor")


async def test_an_operator_makes_a_token_for_somebody(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    olga = await house.person("Olga", operator=True)
    assert (await refused(eve.client, person_id=ada.id))[:2] == (403, "forbidden")
    assert (await refused(eve.client, person_id=house.app.rooms.house.new_id()))[:2] == (
        403,
        "forbidden",
    )
    personal = Client(house.http, await house.token(olga.id))
    assert (await refused(personal, person_id=ada.id))[:2] == (403, "forbidden")
    nobody = house.app.rooms.house.new_id()
    unknown = (422, "unknown_reference", "/person_id")
    assert await refused(olga.client, person_id=nobody) == unknown
    made = await mint(olga.client, person_id=ada.id, scopes=["people:read", "operate"])
    assert made["person_id"] == ada.id
    client = Client(house.http, made["secret"])
    me = (await client.get("/v1/me")).json()
    assert (me["id"], me["operator"]) == (ada.id, False)
    hidden = await client.get(f"/v1/people/{eve.id}")  # the scope alone is no right
    assert hidden.status_code == 404
    assert made["id"] in (await ada.client.get("/v1/tokens")).text
    assert made["id"] not in (await olga.client.get("/v1/tokens")).text
    assert (await mint(eve.client, person_id=eve.id))["person_id"] == eve.id


async def test_a_provisioning_token_is_bound_to_a_network_its_person_facilitates(
    house: TestHouse,
) -> None:
    ada, ben, cat = [await house.person(name) for name in ("Ada", "Ben", "Cat")]
    olga = await house.person("Olga", operator=True)
    here, other = [(await ada.client.post("/v1/networks", NETWORK)).json()["id"] for _ in range(2)]
    for_ada = {**PROVISION, "person_id": ada.id}
    assert (await refused(olga.client, **for_ada))[:2] == (422, "invalid")
    assert (await refused(ada.client, network_id=here))[:2] == (422, "invalid")
    # The right to put people in without asking them is not a facilitator's own to give.
    own = await refused(ada.client, **PROVISION, network_id=here)
    assert own == (403, "insufficient_scope", "/scopes")
    unknown = (422, "unknown_reference", "/network_id")
    for_ben = {**for_ada, "person_id": ben.id, "network_id": here}
    assert await refused(olga.client, **for_ben) == unknown
    missing = {**for_ada, "network_id": house.app.rooms.house.new_id()}
    assert await refused(olga.client, **missing) == unknown

    scopes = ["members:provision", "tokens:write"]
    made = await mint(olga.client, **{**for_ada, "network_id": here, "scopes": scopes})
    assert made["network_id"] == here
    client = Client(house.http, made["secret"])
    added = await client.post("/v1/members", {"network_id": here, "person_id": ben.id})
    assert (added.status_code, added.json()["status"]) == (201, "active")
    elsewhere = await client.post("/v1/members", {"network_id": other, "person_id": ben.id})
    assert elsewhere.status_code == 403
    wider = {**PROVISION, "network_id": other}
    assert await refused(client, **wider) == (403, "insufficient_scope", "/network_id")
    assert (await mint(client, **PROVISION, network_id=here))["network_id"] == here

    spell = added.json()["id"]
    assert (await ada.client.patch(f"/v1/members/{spell}", {"role": "facilitator"})).is_success
    mine = await ada.client.get("/v1/members", params={"person_id": ada.id, "network_id": here})
    await ben.client.patch(f"/v1/members/{mine.json()['items'][0]['id']}", {"role": "member"})
    now = await client.post("/v1/members", {"network_id": here, "person_id": cat.id})
    assert (now.status_code, now.json()["code"]) == (403, "forbidden")


async def test_a_deleted_network_takes_its_tokens_with_it(house: TestHouse) -> None:
    ada, olga = await house.person("Ada"), await house.person("Olga", operator=True)
    network_id = (await ada.client.post("/v1/networks", NETWORK)).json()["id"]
    made = await mint(
        olga.client,
        scopes=["members:provision", "networks:read"],
        network_id=network_id,
        person_id=ada.id,
    )
    client = Client(house.http, made["secret"])
    assert (await client.get("/v1/networks")).status_code == 200
    assert (await ada.client.delete(f"/v1/networks/{network_id}")).status_code == 204
    assert (await client.get("/v1/networks")).status_code == 401


async def test_tokens_are_on_record_and_in_their_owners_feed_alone(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    start = {}
    for one in (ada, eve):
        start[one.id] = (await one.client.get("/v1/tokens")).json()["changes_cursor"]
    made = await mint(ada.client)
    await ada.client.delete(f"/v1/tokens/{made['id']}")
    rows = await house.app.rooms.house.db.fetch(
        "token changes",
        lambda: select(Change.action, Change.resource_id, Change.person_id, Change.actor_id),
        {},
    )
    mine = [row for row in rows if row["resource_id"] == made["id"]]
    assert [row["action"] for row in mine] == ["token.created", "token.revoked"]
    assert {(row["person_id"], row["actor_id"]) for row in mine} == {(ada.id, ada.id)}

    async def told(one: TestPerson) -> list[tuple[str, str]]:
        page = (await one.client.get("/v1/changes", params={"cursor": start[one.id]})).json()
        return [(item["op"], item["id"]) for item in page["items"]]

    assert set(await told(ada)) == {("gone", made["id"])}
    assert await told(eve) == []


async def test_the_house_makes_and_revokes_any_token(house: TestHouse) -> None:
    """As the command line does; somebody who only says they are an operator does not."""
    ada = await house.person("Ada")
    rooms = house.app.rooms

    async def make(work: Work) -> tuple[dict[str, Any], str]:
        return await create_token(
            work, person_id=ada.id, name="demo", scopes=PERSONAL_SCOPES, demo=True
        )

    row, secret = await perform(rooms.house, make, viewer=HOUSE)
    assert secret.startswith("qi_demo_")
    client = Client(house.http, secret)
    assert (await client.get("/v1/me")).json()["scopes"] == sorted(PERSONAL_SCOPES)

    async def revoke(work: Work) -> None:
        await revoke_token(work, row["id"])

    operator = Viewer(
        person_id=(await house.person("Olga", operator=True)).id,
        scopes=ALL_SCOPES,
        is_operator=True,
    )
    for viewer in (operator, Viewer(), Viewer(is_operator=True)):
        with pytest.raises(NotFound):
            await perform(rooms.house, revoke, viewer=viewer)
    await perform(rooms.house, revoke, viewer=HOUSE)
    await rooms.gatekeeper.forget()
    assert (await client.get("/v1/me")).status_code == 401
    with pytest.raises(NotFound):
        await perform(rooms.house, revoke, viewer=HOUSE)


async def test_what_is_revoked_while_it_is_looked_up_is_not_kept(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look-up has read the token, and the revocation comes before it is noted down."""
    ada = await house.person("Ada")
    gatekeeper = Gatekeeper(house.app.rooms.house)
    authorization = f"Bearer {ada.token}".encode()
    look_up = gatekeeper._look_up

    async def overtaken(key: str) -> Viewer:
        found = await look_up(key)
        await gatekeeper.forget()
        return found

    monkeypatch.setattr(gatekeeper, "_look_up", overtaken)
    assert (await gatekeeper.viewer(authorization)).person_id == ada.id
    monkeypatch.undo()

    async def revoke(work: Work) -> None:
        await revoke_token(work, token_id)

    rows = await house.app.rooms.house.db.fetch(
        "all tokens", lambda: select(Token.id, Token.person_id), {}
    )
    (token_id,) = [row["id"] for row in rows if row["person_id"] == ada.id]
    await perform(house.app.rooms.house, revoke, viewer=HOUSE)
    with pytest.raises(InvalidToken):
        await gatekeeper.viewer(authorization)
