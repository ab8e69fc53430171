"""The export: everything that is kept about oneself, nothing about others but ids, and a word of it on record."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.core.viewer import Viewer
from app.exchange.privacy.export import export
from app.models import Base, Change
from tests.dumps import hits
from tests.house import TestHouse, TestPerson
from tests.meetings_story import meets
from tests.privacy_story import TRACES, story

pytestmark = pytest.mark.anyio
# Columns of a person's rows that the document leaves out, and why.
LEFT_OUT = {
    "secret_hash": "never",
    "public_keys": "the client's own, and no data about a person",
    "email_key": "the address again, folded",
    "demo": "of the installation",
    "queue": "how many were before one: of others",
    "recorded_by": "another person",
    "seen": "digests of what a search found, from which nothing can be read",
    "seen_before": "the same",
    "looked_before_at": "in the log",
    "version": "counts edits",
    "outer_version": "counts edits",
    "outer_updated_at": "counts edits",
    "updated_at": "in the log",
    "erased_at": "whoever was erased exports nothing",
}


@pytest.fixture
async def own(own_url: str) -> AsyncIterator[TestHouse]:
    """A service with a database of its own."""
    async with TestHouse.over(own_url) as house:
        yield house


async def exported(person: TestPerson) -> dict[str, Any]:
    answer = await person.client.get("/v1/me/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="qi-networks-export.json"'
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


async def test_everything_is_in_it(own: TestHouse) -> None:
    zora, others, networks = await story(own)
    found = await exported(zora)
    # What is another's: an invitation to one's unverified address that one did not accept.
    assert hits(orjson.dumps(found), TRACES) == list(TRACES)
    assert [one["subject"] for one in found["identities"]] == ["zq-subject-0815"]
    assert [one["name"] for one in found["tokens"]] == ["zqphone"]
    assert [one["name"] for one in found["clients"]] == ["zqhandset"]
    spells = {one["network_id"]: one for one in found["memberships"]}
    assert set(spells) == set(networks.values())
    (saved,) = found["saved_searches"]
    assert (saved["name"], saved["q"], saved["topic"]) == ("zqsaved", "zqsought", ["wound-care"])
    assert ("saved_search.created", True) in {
        (one["action"], one["by_me"]) for one in found["changes"]
    }
    assert spells[networks["left"]]["reason"] == "zqtired of it"
    assert [role["role"] for role in spells[networks["led"]]["roles"]] == ["facilitator"]
    assert [one["address"] for one in found["invitations"]] == [
        None,
        "zq-invited@example.org",
    ]
    assert {one["network_id"] for one in found["purposes"]} == {networks["led"], networks["over"]}
    actions = {(one["action"], one["by_me"]) for one in found["changes"]}
    assert {
        ("network.created", True),
        ("member.approved", False),
        ("person.created", False),
    } <= actions
    parts = {one["part"] for one in found["about"]}
    assert parts == found.keys() - {"exported_at", "about", "left_out"}
    assert found["left_out"] == []
    del others


async def test_meetings_are_in_it(own: TestHouse) -> None:
    """Answers, minutes that one published, actions and calendars; a title only where one sees the meeting today."""
    zora, others, networks = await story(own)
    made = await meets(own, zora, networks["belongs"])
    await meets(own, others["Ada"], networks["belongs"])
    found = await exported(zora)
    assert [(one["meeting_id"], one["answer"], one["came"]) for one in found["attendance"]] == [
        (made["coming"], "accepted", None),
        (made["past"], "accepted", True),
    ]
    assert {one["meeting_title"] for one in found["attendance"]} == {"Inhalers"}
    assert [(one["number"], one["note"]) for one in found["minutes"]] == [(1, "As sent round")]
    assert [
        (one["id"], one["owned_by_me"], one["written_by_me"], one["completed_by_me"])
        for one in found["actions"]
    ] == [(made["done"], True, True, True), (made["open"], True, True, False)]
    (calendar,) = found["calendar_tokens"]
    assert (calendar["name"], calendar["feed"], calendar["filters"]["q"]) == (
        "zqwallchart", "me", "zqneedle",
    )  # fmt: skip
    concerned = {(one["action"], one["by_me"]) for one in found["changes"]}
    assert {("attendance.answered", False), ("calendar_token.created", False)} <= concerned
    ada = others["Ada"]
    spells = (await ada.client.get(f"/v1/members?network_id={networks['belongs']}")).json()["items"]
    (spell,) = [one["id"] for one in spells if one["person"]["id"] == zora.id]
    await ada.client.delete(f"/v1/members/{spell}")
    left = await exported(zora)
    assert [one["meeting_title"] for one in left["attendance"]] == [None]
    assert {(one["title"], one["owned_by_me"]) for one in left["actions"]} == {
        (None, False),
        (None, True),
    }
    assert [one["note"] for one in left["minutes"]] == [None]


async def test_results_are_in_it(own: TestHouse) -> None:
    """What one wrote, drafts too; who wrote it besides, and what others wrote, is not in it."""
    zora, others, networks = await story(own)
    ada = others["Ada"]
    body = {"title": "Zqdraft", "network_id": networks["belongs"], "aim": {"text": "Half of it"}}
    together = {**body, "title": "Zqtogether", "author_ids": [zora.id]}
    for client, given in ((zora.client, body), (ada.client, together), (ada.client, body)):
        assert (await client.post("/v1/results", given)).status_code == 201
    found = await exported(zora)
    assert {one["title"] for one in found["results"]} == {"Zqdraft", "Zqtogether"}
    assert {one["aim"]["text"] for one in found["results"]} == {"Half of it"}
    assert ada.id.encode() not in orjson.dumps(found["results"])
    assert ("result.drafted", True) in {(one["action"], one["by_me"]) for one in found["changes"]}


async def test_nothing_of_others_and_no_secret_is_in_it(own: TestHouse) -> None:
    zora, others, _ = await story(own)
    text = orjson.dumps(await exported(zora))
    names = [f'"{name}"' for name in others]
    assert hits(text, [zora.token, "secret_hash", *names]) == []
    assert hits(orjson.dumps(await exported(others["Ada"])), TRACES) == []


async def test_it_is_on_record_and_in_the_next_one(own: TestHouse) -> None:
    zora, _, _ = await story(own)
    assert (await exported(zora))["reads"] == []
    (read,) = (await exported(zora))["reads"]
    assert (read["action"], read["by_me"], read["fields"]) == ("read.person", True, ["exportMe"])
    rows = await own.app.rooms.house.db.fetch(
        "reads", lambda: select(Change.action, Change.op).where(Change.kind == "read"), {}
    )
    assert [(row["action"], row["op"]) for row in rows] == [("read.person", "read")] * 2
    feed = (await zora.client.get("/v1/changes", params={"limit": 100})).json()
    assert {item["kind"] for item in feed["items"]} <= {
        "network",
        "member",
        "person",
        "token",
        "client",
        "invitation",
        "saved_search",
    }


async def test_more_than_a_document_holds_is_said(own: TestHouse) -> None:
    zora, _, _ = await story(own)
    house = own.app.rooms.house
    found = await export(house.db, Viewer(zora.id), house.clock(), 2)
    assert found is not None
    assert len(found["memberships"]) == 2
    assert {"memberships", "changes"} <= set(found["left_out"])
    assert "identities" not in found["left_out"]


def test_no_column_of_a_person_is_forgotten() -> None:
    """A new column of what is somebody's is exported, or says here why not."""
    known = set(LEFT_OUT) | {
        *(
            "person_id",
            "id",
            "issuer",
            "subject",
            "created_at",
            "last_used_on",
            "name",
            "hint",
            "scopes",
        ),
        *("network_id", "expires_at", "revoked_at", "client_id", "display_name", "profession"),
        *(
            "organisation_code",
            "region",
            "interests",
            "skills",
            "bio",
            "links",
            "listed",
            "registrations",
        ),
        *(
            "external_ids",
            "email",
            "operator",
            "role",
            "status",
            "representing",
            "offer",
            "message",
        ),
        *("reason", "joined_at", "ended_at", "added_by", "ended_by"),
        *("meeting_id", "occurrence", "answer", "place", "answered_at", "came", "recorded_at"),
        *("feed", "filters", "params", "looked_at"),
    }
    tables = (
        "person",
        "identity",
        "token",
        "client",
        "member",
        "attendance",
        "calendar_token",
        "saved_search",
    )
    columns = {
        column.name
        for table in tables
        for column in Base.metadata.tables[table].columns
        if not column.name.startswith("search_")
    }
    assert columns - known == set()
