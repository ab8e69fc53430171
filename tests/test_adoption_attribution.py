"""Every way that we can think of to find where the authors of a result are, through adoptions and feedback.

In one world an adoption is by the authors' own organisation and does not count; in the other it is by another one and
does. Whoever looks from one place - the reporter, a colleague, a member, a facilitator, an operator, nobody - must not
tell the two worlds apart, ids and names of organisations aside. What two of them could tell together is left, and said
so in docs/decisions/0031: the last test shows it.
"""

import re
from typing import Any

import pytest

from app.features.results import rows
from tests.house import TestHouse, TestPerson
from tests.sharing import CODES, Shared

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
OWN, OTHER = CODES[0], CODES[1]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CURSORS = re.compile(r'"(next|changes)_cursor":"[^"]*"')
TAG = re.compile(r'-[^"]*"')
INSTANT = re.compile(r'"at":"([0-9-]{10})T[^"]*"')
WITHOUT_IDS = re.compile(r"^(X-Request-Id|X-Correlation-Id|Date|Content-Length)$", re.IGNORECASE)


class Told:
    """What one person is told, with ids numbered in order of appearance and organisations by their part."""

    def __init__(self, shared: Shared, person: TestPerson | None, code: str) -> None:
        """`code` is the organisation that is reported for."""
        self.shared, self.code = shared, code
        self.client = shared.house.anonymous if person is None else person.client
        self.names: dict[str, str] = {}
        self.lines: list[str] = []

    async def ask(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        """Ask, and write down what was answered."""
        options: Json = {"headers": headers}
        if json is not None:
            options["json"] = json
        answer = await self.client.request(method, path, **options)
        kept = {
            name: TAG.sub('"', value) if name == "etag" else value
            for name, value in sorted(answer.headers.items())
            if not WITHOUT_IDS.match(name)
        }
        text = CURSORS.sub(r'"\1_cursor":""', answer.text)
        text = INSTANT.sub(r'"at":"\1"', text)  # of what bears times: members, networks
        said = f"{method} {path} {answer.status_code} {kept} {text}"
        said = said.replace(self.code, "<CODE>")
        said = UUID.sub(lambda m: self.names.setdefault(m[0], f"id{len(self.names)}"), said)
        self.lines.append(said)
        return answer

    async def look(self) -> None:
        """Everything that can be asked about the result and its adoptions."""
        result = self.shared.result["id"]
        network = self.shared.group.network_id
        await self.ask("GET", f"/v1/results/{result}")
        for flag in ("true", "false"):
            await self.ask("GET", f"/v1/results?network_id={network}&has_adoptions={flag}")
            await self.ask("GET", f"/v1/adoptions?result_id={result}&mine={flag}")
        for sort in ("-adoptions", "-updated_at", "-published_on"):
            await self.ask("GET", f"/v1/results?network_id={network}&sort={sort}")
        for organisation in (self.code, CODES[2]):
            query = f"network_id={network}&organisation={organisation}"
            await self.ask("GET", f"/v1/results?{query}")
            await self.ask("GET", f"/v1/adoptions?{query}")
        await self.ask("GET", f"/v1/results?network_id={network}&q={self.code}")
        for stage in ("adopted", "testing"):
            await self.ask("GET", f"/v1/adoptions?network_id={network}&stage={stage}")
        for sort in ("last_reported_on", "-updated_on"):
            await self.ask("GET", f"/v1/adoptions?result_id={result}&sort={sort}")
        listed = await self.ask("GET", f"/v1/adoptions?result_id={result}")
        for one in listed.json()["items"]:
            read = await self.ask("GET", f"/v1/adoptions/{one['id']}")
            tag = {"If-None-Match": read.headers["etag"]}
            await self.ask("GET", f"/v1/adoptions/{one['id']}", None, **tag)
        await self.ask("GET", f"/v1/changes?network_id={network}&limit=100")


async def _world(house: TestHouse, code: str) -> Shared:
    """A result of the practice `code`, of which nothing says so."""
    shared = await Shared.of(house)
    # Ann is of `code` in the one world, and of a practice that nobody reports for in the other.
    await shared.ann.client.patch("/v1/me", {"organisation": code})
    await shared.edit(shared.result["id"], organisation_code=code)
    return shared


async def _transcript(house: TestHouse, home: str) -> list[str]:
    """What a reporter of OWN is told; the result is of `home`."""
    shared = await _world(house, home)
    rob = await shared.person("Rob Reporter", OWN)
    told = Told(shared, rob, OWN)
    path = f"/v1/results/{shared.result['id']}/adoptions/{OWN}"
    await told.look()
    body = {"stage": "testing", "effect": "better", "before": {"numerator": 3, "denominator": 9}}
    made = await told.ask("PUT", path, body)
    await told.look()
    await told.ask("PUT", path, {"stage": "adopted"}, **{"If-Match": made.headers["etag"]})
    await told.ask("PUT", path, {"stage": "stopped"})
    await told.ask("PUT", path, {"stage": "adopted"}, **{"If-Match": made.headers["etag"]})
    await told.look()
    await told.ask("DELETE", f"/v1/adoptions/{made.json()['id']}")
    await told.look()
    await told.ask("PUT", path, {"stage": "planning"})
    await told.look()
    return told.lines


async def test_the_reporter_tells_no_difference(house: TestHouse) -> None:
    """To the byte, ids aside: answers, versions, sums, filters, orders, feed, conditions, taking it back."""
    own = await _transcript(house, OWN)
    other = await _transcript(house, CODES[7])
    assert len(own) == len(other) > 80
    differ = [(one, two) for one, two in zip(own, other, strict=True) if one != two]
    assert differ == []


async def test_a_difference_would_be_noticed(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same without what counts a reporter's own in for them: their sum tells, and a filter."""

    async def nothing(*_: Any) -> None:
        """Count nothing in."""

    monkeypatch.setattr(rows, "with_ones_own", nothing)
    own = await _transcript(house, OWN)
    other = await _transcript(house, CODES[7])
    differ = [one for one, two in zip(own, other, strict=True) if one != two]
    assert any(line.startswith("GET /v1/results/") for line in differ)


async def test_a_colleague_tells_no_difference_from_nobody_having_reported(
    house: TestHouse,
) -> None:
    """They see no report, and theirs is the first: 201, version 1, and so on."""
    lines = []
    for reported in (True, False):
        shared = await _world(house, OWN)
        rob = await shared.person("Rob Reporter", OWN)
        col = await shared.person("Col League", OWN)
        if reported:
            await shared.report(rob, OWN, 201, stage="testing")
        told = Told(shared, col, OWN)
        path = f"/v1/results/{shared.result['id']}/adoptions/{OWN}"
        answer = await told.ask("PUT", path, {"stage": "adopted"}, **{"If-Match": "*"})
        assert answer.status_code == 412
        await told.ask("PUT", path, {"stage": "adopted"})
        listed = await told.ask("GET", f"/v1/adoptions?result_id={shared.result['id']}")
        assert len(listed.json()["items"]) == 1
        await told.ask("PUT", path, {"stage": "sustained"})
        await told.ask("GET", f"/v1/adoptions?organisation={OWN}&result_id={shared.result['id']}")
        lines.append(told.lines)
        summary = await shared.summary(col.client)
        assert (summary["organisations"], summary["stages"]["sustained"]) == (1, 1)
        if reported:  # and who reported first finds theirs as it was
            (own,) = await shared.listed(rob.client)
            assert (own["stage"], own["version"], own["mine"]) == ("testing", 1, True)
            assert (await shared.summary(rob.client))["stages"]["testing"] == 1
    assert lines[0] == lines[1]


async def test_nobody_else_finds_what_does_not_count(house: TestHouse) -> None:
    """Not in a list, by no filter, not by its id, not in the sum, not in the feed, not in the audit."""
    shared = await Shared.of(house)
    rob = await shared.person("Rob Reporter", OWN)
    operator = await house.person("Ola Operator", operator=True)
    made = await shared.report(rob, OWN, 201)
    people = [shared.ann, shared.group.mel, shared.group.fay, operator]
    for client in (*(person.client for person in people), house.anonymous):
        assert await shared.listed(client) == []
        assert await shared.listed(client, organisation=OWN) == []
        assert await shared.listed(client, mine="false") == []
        assert (await client.get(f"/v1/adoptions/{made['id']}")).status_code == 404
        assert (await shared.summary(client))["organisations"] == 0
        feed = await client.get("/v1/changes", params={"limit": "100", "kind": "adoption"})
        assert made["id"] not in feed.text
    for person in (shared.group.fay, operator):
        audit = await person.client.get(
            "/v1/audit", params={"network_id": shared.group.network_id, "limit": "100"}
        )
        assert audit.status_code == 200
        of_it = [one for one in audit.json()["items"] if one["kind"] in ("result", "adoption")]
        assert {one["kind"] for one in of_it} == {"result"}
        assert [one["actor"] for one in of_it] == [None] * len(of_it)
        assert made["id"] not in audit.text
    assert (await rob.client.delete(f"/v1/adoptions/{made['id']}")).status_code == 204
    for client in (*(person.client for person in people), house.anonymous):
        feed = await client.get("/v1/changes", params={"limit": "100", "kind": "adoption"})
        assert made["id"] not in feed.text
    feed = await rob.client.get("/v1/changes", params={"limit": "100", "kind": "adoption"})
    ops = [one["op"] for one in feed.json()["items"] if one["id"] == made["id"]]
    assert ops[-1] == "gone"


async def test_it_is_refused_where_it_is_told(house: TestHouse) -> None:
    """The result's organisation where it is attributed to it; the authors' profiles as well where they are named."""
    shared = await Shared.of(house, attribution="organisation")
    rob = await shared.person("Rob", OWN)
    assert (await shared.report(rob, OWN, 409))["code"] == "own_organisation"
    # Ann works somewhere else by now: no card of hers is shown, so nothing may say it.
    await shared.ann.client.patch("/v1/me", {"organisation": OTHER})
    ben = await shared.person("Ben", OTHER)
    made = await shared.report(ben, OTHER, 201)
    assert made["counted"] is True
    assert (await shared.summary(house.anonymous))["organisations"] == 0
    await shared.edit(shared.result["id"], attribution="named")
    assert (await shared.report(ben, OTHER, 409))["code"] == "own_organisation"
    # Who one belongs to is asked before: whoever may not report learns nothing from it.
    mel = shared.group.mel
    assert (await shared.report(mel, OWN, 403))["code"] == "not_your_organisation"
    assert (await shared.report(mel, CODES[5], 403))["code"] == "not_your_organisation"


async def test_authors_read_that_theirs_does_not_count(house: TestHouse) -> None:
    """In their own list with `counted` false, and not in their sum."""
    shared = await Shared.of(house)
    made = await shared.report(shared.ann, OWN, 201)
    assert made["counted"] is False
    (own,) = await shared.listed(shared.ann.client)
    assert (own["id"], own["counted"]) == (made["id"], False)
    assert (await shared.summary(shared.ann.client))["organisations"] == 0
    assert await shared.listed(house.anonymous) == []


async def test_what_an_author_represents_is_theirs_too(house: TestHouse) -> None:
    """An author without a profile's organisation, for the practice that they represent in the network."""
    shared = await Shared.of(house, organisation=None)
    await shared.ann.client.patch("/v1/me", {"organisation": None})
    params = {"network_id": shared.group.network_id, "limit": "100"}
    members = (await shared.ann.client.get("/v1/members", params=params)).json()["items"]
    (own,) = [one for one in members if one["person"]["id"] == shared.ann.id]
    await shared.ann.client.patch(f"/v1/members/{own['id']}", {"representing": OTHER})
    await shared.report(await shared.person("Ben", OTHER), OTHER, 201)
    assert (await shared.summary(house.anonymous))["organisations"] == 0


async def test_no_edit_of_what_is_not_told_moves_what_counts(house: TestHouse) -> None:
    """Authors who come, go or move change nothing that others see while nothing says where they are."""
    shared = await Shared.of(house)
    ben, rob = await shared.person("Ben", OTHER), await shared.person("Rob", OWN)
    await shared.report(ben, OTHER, 201)
    await shared.report(rob, OWN, 201)

    async def seen() -> tuple[Any, Any]:
        listed = await shared.listed(house.anonymous)
        return await shared.summary(house.anonymous), [one["id"] for one in listed]

    before = await seen()
    await shared.edit(shared.result["id"], organisation_code=OTHER)
    assert await seen() == before
    await shared.ann.client.patch("/v1/me", {"organisation": CODES[4]})
    await shared.edit(shared.result["id"], organisation_code=CODES[4])
    assert await seen() == before
    await shared.report(ben, OTHER, 200, stage="sustained")
    await shared.report(rob, OWN, 200, stage="sustained")
    assert (await shared.summary(house.anonymous))["organisations"] == 1
    # Whoever wants theirs to count after the authors moved on makes it again.
    (own,) = await shared.listed(rob.client, mine="true")
    await rob.client.delete(f"/v1/adoptions/{own['id']}")
    await shared.report(rob, OWN, 201)
    assert (await shared.summary(house.anonymous))["organisations"] == 2


async def test_what_becomes_told_is_taken_out(house: TestHouse) -> None:
    """An adoption that counted is the authors' own from the edit on that says so; its reporter keeps it."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", OTHER)
    made = await shared.report(ben, OTHER, 201)
    await shared.edit(shared.result["id"], organisation_code=OTHER)
    assert (await shared.summary(house.anonymous))["organisations"] == 1
    await shared.edit(shared.result["id"], attribution="organisation")
    assert (await shared.summary(house.anonymous))["organisations"] == 0
    assert await shared.listed(house.anonymous) == []
    feed = (
        await house.anonymous.get("/v1/changes", params={"limit": "100", "kind": "adoption"})
    ).json()
    assert [one["op"] for one in feed["items"] if one["id"] == made["id"]][-1] == "gone"
    assert [one["id"] for one in await shared.listed(ben.client)] == [made["id"]]


async def test_two_viewpoints_tell_what_one_does_not(house: TestHouse) -> None:
    """What is left (docs/decisions/0031): whoever reports and looks as somebody else sees whether it was counted."""
    shared = await Shared.of(house)
    rob, ben = await shared.person("Rob", OWN), await shared.person("Ben", OTHER)
    await shared.report(rob, OWN, 201)
    await shared.report(ben, OTHER, 201)
    assert (await shared.summary(rob.client))["organisations"] == 2
    assert (await shared.summary(house.anonymous))["organisations"] == 1
