"""What is hidden from somebody changes nothing that they read: not a byte, not a header, not the length of a cursor."""

import secrets
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import pytest
from sqlalchemy import literal, select, true

from app.core import access, meeting_access, public_words, searching, vocabulary
from app.core.changes import Told
from app.core.viewer import Viewer
from app.core.work import baseline, rows_of
from app.db.database import Transaction
from app.features.asks import queries as asks
from app.features.audit import queries as audit
from app.features.decisions import queries as decisions
from app.features.duties import queries as duties
from app.features.engagement import queries as engagement
from app.features.meetings import finding
from app.features.recommendations import queries as recommendations
from app.features.resources import queries as resources
from app.features.saved_searches import queries as saved_searches
from app.features.surveys import queries as surveys
from app.features.wheel import queries as wheel
from app.models import Change, Network, SearchGap, SearchWord, Term
from app.wheel.shapes import network
from tests.proofs.figures import SCALE, Figures
from tests.two_worlds.acts import VARIANTS, beginning, end, middle
from tests.two_worlds.readings import Transcript, differences
from tests.two_worlds.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
SHAPES: dict[str, Any] = {}
# The controls that let a predicate say yes to everybody: where it is looked up.
OPENED: dict[str, tuple[Any, str]] = {
    "fronts": (recommendations, "at_least"),
    "members": (access, "visible_member"),
    "invitations": (access, "visible_invitation"),
    "tokens": (access, "visible_token"),
    "clients": (access, "visible_client"),
    "drafts": (finding, "visible_meeting"),
    "ways in": (meeting_access, "attends"),
    "calendars": (meeting_access, "visible_calendar_token"),
    "found meetings": (searching, "visible_meeting"),
    "found results": (searching, "visible_result"),
    "saved searches": (saved_searches, "visible_saved_search"),
    "decisions": (decisions, "visible_decision"),
    "duties": (duties, "visible_duty"),
    "asks": (asks, "visible_ask"),
    "resources": (resources, "visible_resource"),
    "surveys": (surveys, "visible_survey_round"),
}
INSIDE = "the inside of a private network"
# Of these the answers alone that rest on the guard.
ONLY = {
    "decisions": ("/v1/decisions",), "duties": ("/v1/duties",), "asks": ("/v1/asks",), "resources": ("/v1/resources",),
    "surveys": ("/v1/survey-rounds",), "wheels": ("/v1/networks/{network_id}/wheel",),
    "engagement": ("/v1/networks/{network_id}/engagement",),
}  # fmt: skip
KINDS = (
    "network", "member", "person", "token", "client", "invitation", "meeting", "attendance", "minutes", "action",
    "survey_round", "assessment", "calendar_token", "result", "measure", "pdsa_cycle", "feedback", "adoption", "report",
    "saved_search", "duty", "duty_term", "decision", "vote", "ask", "offer", "pairing", "resource",
)  # fmt: skip
TERMS = [
    {"vocabulary": vocabulary, "code": code, "label": code.title(), "grouping": "All"}
    for vocabulary, code in (
        ("topic", "asthma"),
        ("topic", "copd"),
        ("topic", "diabetes"),
        ("profession", "gp"),
    )
]


@contextmanager
def given_secrets(world: World) -> Iterator[None]:
    """Whatever is drawn at random is the same in both worlds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_urlsafe", world.given.secret)
        patch.setattr(secrets, "token_hex", world.given.secret)
        yield


async def live(world: World, variant: str) -> dict[str, dict[str, str]]:
    """Everything that happens; returns the feed cursors that each caller took on the way."""

    async def load(tx: Transaction) -> None:
        await tx.write_many("terms of a test", rows_of(list(TERMS[0]), Term), TERMS)

    hidden = VARIANTS[variant]
    cursors: dict[str, dict[str, str]] = {name: {} for name in hidden.hidden_from}

    async def take(when: str) -> None:
        for name, taken in cursors.items():
            answer = await world.client(name).get("/v1/networks", params={"limit": 1})
            taken[when] = answer.json()["changes_cursor"]

    async def perhaps() -> None:
        act = hidden.act if world.fuller else hidden.instead
        if act is not None:
            with world.out_of_sight():
                await act(world)

    with given_secrets(world):
        await baseline(world.house.app.rooms.house, load)
        await beginning(world)
        await take("before")
        await perhaps()
        await take("between")
        await middle(world)
        await perhaps()
        await take("after")
        await end(world)
        await hidden.then(world)
    return cursors


async def ids_of(world: World, insiders: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Every id that was ever given to something, by its kind; no calendars of insiders, who see what is hidden."""
    rows = await world.house.app.rooms.house.db.fetch("ids of a test", _changed, {})
    found = {
        kind: sorted({row["resource_id"] for row in rows if row["kind"] == kind}) for kind in KINDS
    }
    # A calendar's address is its secret, for whoever got hold of it; and one that was never given.
    known = [secret for secret, by in world.calendars.items() if by not in insiders]
    return {**found, "calendar_secret": [*known, "qi_calendar_" + "0" * 43]}


def _changed() -> Any:
    return select(Change.kind, Change.resource_id)


async def compare(
    pair: tuple[str, str],
    variant: str,
    callers: tuple[str, ...],
    shapes: dict[str, Any],
    only: tuple[str, ...] = ("",),
) -> tuple[int, list[str]]:
    """How many answers were compared, and those that differ.

    The databases share their compiled statements (`shapes`, by engine): those cost more than the questions.
    """
    async with AsyncExitStack() as stack:
        worlds = [
            await stack.enter_async_context(World.over(url, fuller=fuller))
            for url, fuller in zip(pair, (False, True), strict=True)
        ]
        for world in worlds:
            db: Any = world.house.app.rooms.house.db
            db._shapes = shapes.setdefault(db.name, db._shapes)
        cursors = [await live(world, variant) for world in worlds]
        ids = await ids_of(worlds[1], VARIANTS[variant].insiders)
        asked, found = 0, []
        for caller in callers:
            told = []
            for world, taken in zip(worlds, cursors, strict=True):
                transcript = Transcript(world, caller, ids, only=only)
                await transcript.everything(taken[caller])
                assert not transcript.with_etag, (
                    f"a list with a changes_cursor has an ETag: {transcript.with_etag}"
                )
                told.append(transcript)
            asked += len(told[0].lines)
            found += differences(*told)
        return asked, found + await differing_words(worlds)


def _words() -> Any:
    return select(SearchWord.word, SearchWord.uses, SearchGap.gap).outerjoin(
        SearchGap, SearchGap.word == SearchWord.word
    )


async def differing_words(worlds: list[World]) -> list[str]:
    """The words that corrections are made of, as the job has them: one that stands in one world alone is told."""
    sheets = []
    for world in worlds:
        house = world.house.app.rooms.house
        assert await vocabulary.rebuild(house, lambda *_: None)
        rows = await house.db.fetch("words of a test", _words, {})
        sheets.append({(row["word"], row["uses"], row["gap"]) for row in rows})
    return [f"word: {row}" for row in sorted(sheets[0] ^ sheets[1], key=str)]


@pytest.mark.parametrize("variant", VARIANTS)
async def test_what_is_hidden_changes_nothing(
    pair: tuple[str, str], variant: str, figures: Figures
) -> None:
    callers = VARIANTS[variant].hidden_from if SCALE >= 1 else VARIANTS[variant].asked
    asked, found = await compare(pair, variant, callers, SHAPES)
    figures.tell(hidden=variant, callers=len(callers), answers=asked, different=len(found))
    assert not found, first(asked, found)
    assert asked > 250 * len(callers)


@pytest.mark.parametrize(
    ("guard", "variant"),
    [
        ("networks", "a confidential network"),
        ("fronts", "a confidential network"),
        ("versions", "the inside of a restricted network"),
        ("members", "requests to a restricted network"),
        ("people", "an unlisted person"),
        ("tokens", "somebody's tokens"),
        ("seals", "a confidential network"),
        ("clients", "somebody's tokens"),
        ("invitations", "invitations to addresses"),
        ("drafts", "draft meetings"),
        ("ways in", "how to get into an open meeting"),
        ("calendars", "somebody's calendars"),
        ("found meetings", "draft meetings"),
        ("found results", "results of others"),
        ("saved searches", "somebody's saved searches"),
        *((guard, INSIDE) for guard in ONLY),
    ],
)
async def test_a_broken_guard_is_seen(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, guard: str, variant: str
) -> None:
    """The controls: without the predicate, the worlds differ."""
    if guard in OPENED:
        module, predicate = OPENED[guard]
        monkeypatch.setattr(module, predicate, lambda *_, **__: true())
    elif guard == "networks":
        monkeypatch.setattr(access, "visible_network", lambda *_: true())
        # Such a network has no tier for an outsider, and nobody thought of showing it.
        monkeypatch.setitem(access.TIER_NAMES, access.HIDDEN, "name")
        monkeypatch.setitem(
            access.NETWORK_HIDDEN, access.HIDDEN, access.NETWORK_HIDDEN[access.NAME]
        )
    elif guard == "people":
        monkeypatch.setattr(access, "person_standing", lambda *_: literal(access.PROFILE))
    elif guard == "wheels":
        monkeypatch.setattr(wheel, "reads_inside", _lets_pass)
    elif guard == "engagement":
        monkeypatch.setattr(engagement, "seen_from_inside", lambda _: [Network.id == network()])
    elif guard == "seals":
        monkeypatch.setattr(audit, "shown", _sealed)
    else:  # every edit counts for everybody
        monkeypatch.setattr("app.features.networks.commands.told_of_network", _all_hear)
    # The audit is for who facilitates something.
    callers = ("Dan",) if guard == "seals" else VARIANTS[variant].asked[-1:]
    _, found = await compare(pair, variant, callers, {}, ONLY.get(guard, ("",)))
    assert [line for line in found if not line.startswith("word: ")], "nobody noticed"


async def _lets_pass(*_: Any) -> None:
    """Whoever asks."""


def _sealed(row: dict[str, Any], _: Viewer) -> dict[str, Any]:
    del row["_seq"]
    return {**row, "token_id": None, "actor": row["actor"] if row["actor"]["id"] else None}


def _all_hear(row: dict[str, Any], _: int, **more: Any) -> Told:
    return Told(network_id=row["id"], **more)


def first(asked: int, found: list[str]) -> str:
    """The first differences, a line each."""
    return f"{len(found)} of {asked} answers differ\n" + "\n".join(
        line[:600] for line in found[:12]
    )


async def test_a_hidden_word_among_the_public_ones_is_seen(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the vocabulary: made of every network, it differs, and somebody is told."""
    monkeypatch.setattr(public_words, "visible_network", lambda *_: true())
    _, found = await compare(pair, "a confidential network", ("nobody",), {})
    assert any(line.startswith("word: ('secret'") for line in found), found[:5]
    assert any("/v1/suggest" in line for line in found), found[:5]
