"""Retention: what is due by its age goes, is counted the same in a dry run, and nothing else is touched."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, select

from app.core.changes import Told, create
from app.core.wall_time import local_of, local_text
from app.core.work import House, Work, perform
from app.db.database import Transaction, Write
from app.features.audit.verify import ChainBroken, verify
from app.jobs.retention import Outcome, retain
from app.jobs.rules import RULES
from app.jobs.tidying import TURN, _take_turn
from app.models import CalendarToken, Change, Idempotency, Invitation, Member, Token, UsedAssertion
from app.settings import Settings
from tests.documents import ROOT, rows, section, words
from tests.house import TestHouse
from tests.meetings_story import ZONE, answer_row, calendar, meeting_row
from tests.privacy_story import joined, network_of
from tests.reference import quiet

pytestmark = pytest.mark.anyio
BEGINNING = datetime(2026, 1, 1, 12, tzinfo=UTC)
OLD, YOUNG = BEGINNING, BEGINNING + timedelta(days=195)
NOW = BEGINNING + timedelta(days=200)


async def _things(house: TestHouse, tag: str, at: datetime) -> None:
    """One of everything that a rule is about, as old as `at`."""
    ada, ben = await house.person(f"Ada {tag}"), await house.person(f"Ben {tag}")
    network = await network_of(ada, join_policy="request")
    spell = await joined(ben, network, message=f"May I, {tag}?")
    await ada.client.post(f"/v1/members/{spell}/decline")
    key = {"Idempotency-Key": tag}
    await ada.client.post("/v1/networks", {"name": "N", "purpose": "P"}, headers=key)
    day = at.date()
    await house.token(ada.id, name=f"unused {tag}", last_used_on=day)
    await house.token(ada.id, name=f"ended {tag}", last_used_on=day, revoked_at=at)

    ends = at + timedelta(hours=1)
    await house.token(
        ada.id, client_id=ada.id, name=f"access {tag}", last_used_on=day, expires_at=ends
    )

    async def command(work: Work) -> None:
        for number, accepted in enumerate((True, False)):
            invitation = {
                "id": work.new_id(), "network_id": network, "address": f"{tag}{number}@example.org",
                "secret_hash": work.new_id(), "role": "member", "status": "accepted" if accepted else "pending",
                "invited_by": None, "expires_at": at + timedelta(days=1), "ended_at": at if accepted else None,
                "accepted_by": None,
            }  # fmt: skip
            create(work, "invitation.created", invitation, Told(network_id=network, outer=False))
        client = {
            "id": work.new_id(), "person_id": ada.id, "name": tag, "secret_hash": None, "hint": None,
            "public_keys": "[]", "scopes": "[]", "network_id": None, "expires_at": at, "revoked_at": None,
            "last_used_on": None,
        }  # fmt: skip
        create(work, "client.created", client, Told(person_id=ada.id))
        ends = at + timedelta(days=1) if tag == "old" else NOW + timedelta(hours=1)
        work.insert(UsedAssertion, {"id": tag, "expires_at": ends})
        await _meetings(work, network, ben.id, tag, at)

    await perform(house.app.rooms.house, command)


async def _meetings(work: Work, network: str, person_id: str, tag: str, at: datetime) -> None:
    """Who came five years before, and who only answered a year before, to a meeting and to a series that goes on."""
    told = Told(network_id=network, outer=False)
    long_ago, lately = at - timedelta(days=1700), at - timedelta(days=200)
    goes_on = {"recurrence": "FREQ=DAILY;COUNT=900", "ends_at": at + timedelta(days=700)}
    series = meeting_row(work, network, lately, **goes_on) | {"attendance_hidden": True}
    still = {"occurrence": local_text(local_of(at + timedelta(days=190), ZONE))}
    for meeting, more in (
        (meeting_row(work, network, long_ago), {"came": True}),
        (meeting_row(work, network, lately), {"came": True}),
        (meeting_row(work, network, lately), {"came": False}),
        (series, {"occurrence": series["local_start"]}),
    ):
        create(work, "meeting.planned", meeting, told)
        create(work, "attendance.answered", answer_row(work, meeting, person_id, **more), told)
    create(work, "attendance.answered", answer_row(work, series, person_id, **still), told)
    calendar(work, person_id, f"unused {tag}", last_used_on=at.date())
    calendar(work, person_id, f"ended {tag}", last_used_on=at.date(), revoked_at=at)


async def _world(url: str) -> None:
    for tag, at in (("old", OLD), ("young", YOUNG)):
        async with TestHouse.over(url, clock=lambda at=at: at) as house:  # type: ignore[misc]
            await _things(house, tag, at)


async def column(house: House, attribute: Any) -> set[str]:
    """The values of a column, without null."""
    found = await house.db.fetch(("column", attribute), lambda: select(attribute), {})
    return {row[attribute.key] for row in found if row[attribute.key] is not None}


def due(found: list[Outcome]) -> dict[str, int]:
    return {one.rule: one.rows for one in found}


async def test_what_is_old_goes_and_what_is_young_stays(own_url: str) -> None:
    await _world(own_url)
    settings = Settings(database_url=own_url)
    async with TestHouse.over(own_url, clock=lambda: NOW) as house:
        inside = house.app.rooms.house
        before = await column(inside, Change.seq)
        first = await retain(inside, settings, dry_run=True)
        assert due(first) == {
            "kept_answers": 2, "used_assertions": 1, "access_tokens": 2, "unused_tokens": 3, "unused_clients": 1,
            "ended_tokens": 1, "ended_clients": 1, "unused_calendar_tokens": 1, "ended_calendar_tokens": 1,
            "answers": 2, "attendance": 1, "invitation_addresses": 2, "request_messages": 1,
        }  # fmt: skip
        assert await retain(inside, settings, dry_run=True) == first
        assert await column(inside, Change.seq) == before  # a dry run does nothing
        assert await retain(inside, settings) == first
        assert set(due(await retain(inside, settings)).values()) == {0}
        assert await column(inside, Idempotency.key) == set()
        assert await column(inside, UsedAssertion.id) == {"young"}
        assert await column(inside, Invitation.address) == {
            "young0@example.org",
            "young1@example.org",
        }
        assert await column(inside, Member.message) == {"May I, young?"}
        names = await column(inside, Token.name)
        assert {"unused old", "unused young", "ended young"} <= names
        assert "ended old" not in names
        assert await column(inside, CalendarToken.name) == {
            "unused old",
            "unused young",
            "ended young",
        }
        # Of those who came or not to what is under the Chatham House Rule, fellow members are told nothing.
        assert await _told(inside, "attendance.forgotten") == ["facilitator", "member", "member"]
        assert await _told(inside, "calendar_token.removed") == [None]
        assert await _revoked(inside) == {"unused old", "ended young", "test"}
        await verify(inside.db, quiet)


async def _told(house: House, action: str) -> list[str | None]:
    """Whom each change of this name reached."""

    def build() -> Any:
        found = select(Change.reach, Change.op).where(Change.action == bindparam("action"))
        return found.order_by(Change.reach)

    rows = await house.db.fetch("told", build, {"action": action})
    assert {row["op"] for row in rows} == {"gone"}
    return [row["reach"] for row in rows]


async def _revoked(house: House) -> set[str]:
    def build() -> Any:
        return select(Token.name).where(Token.revoked_at.is_not(None))

    return {row["name"] for row in await house.db.fetch("revoked", build, {})}


async def test_a_log_that_was_shortened_is_provable_from_there(own_url: str) -> None:
    await _world(own_url)
    settings = Settings(database_url=own_url, log_kept_days=30)
    async with TestHouse.over(own_url, clock=lambda: NOW) as house:
        inside = house.app.rooms.house
        young = await inside.db.fetch(
            "young", lambda: select(Change.seq, Change.at).order_by(Change.seq), {}
        )
        keep = {row["seq"] for row in young if row["at"] >= "2026-06"}
        old = len(young) - len(keep)
        assert old > 5
        assert due(await retain(inside, settings, dry_run=True))["log"] == old
        whole = await verify(inside.db, quiet)
        assert due(await retain(inside, settings))["log"] == old
        assert keep <= await column(inside, Change.seq)
        assert min(await column(inside, Change.seq)) == min(keep)
        rest = await verify(inside.db, quiet)
        assert (rest.first, rest.rows < whole.rows + 20) == (min(keep), True)
        assert due(await retain(inside, settings))["log"] == 0
        feed = await house.anonymous.get("/v1/changes")
        assert feed.status_code == 200
        await _break(inside)
        with pytest.raises(ChainBroken):
            await verify(inside.db, quiet)


async def _break(house: House) -> None:
    """The control: take one row more, without keeping its seal."""
    first = min(await column(house, Change.seq))

    async def run(tx: Transaction) -> None:
        write = Write(
            "break", lambda: delete(Change).where(Change.seq == bindparam("first")), {"first": first}, ("change", first)
        )  # fmt: skip
        await tx.write([write])

    await house.db.unit(run)


async def test_of_several_servers_one_tidies(own_url: str) -> None:
    now = [NOW]
    async with TestHouse.over(own_url, clock=lambda: now[0]) as house:
        inside = house.app.rooms.house
        assert [await _take_turn(inside) for _ in range(3)] == [True, False, False]
        now[0] += TURN
        assert [await _take_turn(inside) for _ in range(2)] == [True, False]


def test_the_page_says_what_the_rules_are() -> None:
    text = (ROOT / "docs" / "privacy.md").read_text()
    said = {words(row[0])[0]: float(row[1]) for row in rows(section(text, "Retention"))}
    assert said == {rule.name: float(rule.days) for rule in RULES}
