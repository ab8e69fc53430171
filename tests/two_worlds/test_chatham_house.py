"""Under the Chatham House Rule no answer to anybody but facilitators and oneself tells who answered or came.

Two worlds differ in nothing but who it was. Everybody else walks every operation of the contract in both, and is
answered with the same bytes: bodies, headers, feeds, calendars, exports, audit, and what refusals say.
"""

from typing import Any

import pytest
from sqlalchemy import false, true

from app.features.actions import queries as action_queries
from app.features.audit import queries as audit_queries
from app.features.meetings import attendance_queries
from tests.proofs.figures import SCALE, Figures
from tests.two_worlds import chatham
from tests.two_worlds.comparing import ANYTHING, told, two_worlds
from tests.two_worlds.readings import Transcript, differences
from tests.two_worlds.test_two_worlds import SHAPES
from tests.two_worlds.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
# While counts are small, some for the whole and some for a part.
ASKED = {False: ("Ben", "Zed", "Olga", "nobody"), True: ("Ben", "Obs", "Eva", "Olga", "Pam")}


async def compare(
    pair: tuple[str, str],
    readers: tuple[str, ...],
    shapes: dict[str, Any],
    *,
    part: bool,
    only: tuple[str, ...] = ANYTHING,
) -> tuple[int, list[str], list[str]]:
    """How many answers were compared, those that differ, and those that tell an id of somebody's attendance."""

    async def live(world: World) -> None:
        await chatham.beginning(world, part=part)
        await chatham.gathering(world)

    asked, found, named = 0, [], []
    async with two_worlds(pair, shapes, live) as (worlds, ids):
        for reader in readers:
            sheets = await told(worlds, reader, ids, chatham.writes, only)
            asked += len(sheets[0].lines)
            found += differences(*sheets)
            own, _ = [await own_attendance(world, reader) for world in worlds]
            named += ids_told(sheets[0], own)
    return asked, found, named


async def own_attendance(world: World, reader: str) -> set[str]:
    """The ids of this reader's own attendance."""
    if reader not in world.tokens:
        return set()
    export = (await world.client(reader).get("/v1/me/export")).json()
    return {row["id"] for row in export["attendance"]}


def ids_told(transcript: Transcript, own: set[str]) -> list[str]:
    """Answers with an id of attendance that is not the reader's own; the audit is about rows, and names nobody."""
    others = [one.encode() for one in transcript.ids["attendance"] if one not in own]
    return [
        f"{transcript.caller}: {asked}: {line[1][:200]!r}"
        for asked, line in transcript.lines.items()
        if not asked.startswith(("GET /v1/audit", "HEAD /v1/audit"))
        and any(one in line[1] and one.decode() not in asked for one in others)
    ]


@pytest.mark.parametrize("part", [False, True], ids=["the whole", "a part"])
async def test_no_attendee_is_told(pair: tuple[str, str], figures: Figures, *, part: bool) -> None:
    readers = chatham.READERS if SCALE >= 1 else ASKED[part]
    asked, found, named = await compare(pair, readers, SHAPES, part=part)
    figures.tell(
        under_the_rule="a part" if part else "the whole", readers=len(readers), answers=asked,
        different=len(found), naming=len(named),
    )  # fmt: skip
    assert not found, f"{len(found)} of {asked} differ\n" + "\n".join(f[:400] for f in found[:8])
    assert not named, "\n".join(named[:8])
    assert asked > 300 * len(readers)


@pytest.mark.parametrize(
    ("guard", "reader"),
    [("attendance", "Ben"), ("owners", "Zed"), ("audit", "Olga"), ("going", "Olga")],
)
async def test_a_broken_guard_is_seen(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, guard: str, reader: str
) -> None:
    """The controls: lift a predicate, and the worlds differ. So they do for a facilitator, who may know."""
    if guard == "attendance":
        monkeypatch.setattr(attendance_queries, "visible_attendance", lambda *_: true())
    elif guard == "owners":
        monkeypatch.setattr(action_queries, "reads_person", lambda *_: true())
    elif guard == "audit":
        monkeypatch.setattr(audit_queries, "hidden", lambda *_: false())
    else:
        monkeypatch.setattr(audit_queries, "came_of_going", false)
    only = ("/v1/meetings", "/v1/actions", "/v1/audit")
    _, found, _ = await compare(pair, (reader,), {}, part=False, only=only)
    assert found, "nobody noticed"


async def test_facilitators_are_told(pair: tuple[str, str]) -> None:
    """Who may know does: the worlds differ for a facilitator, and for whoever attended."""
    readers = ("Ada", "Hal")
    _, found, _ = await compare(pair, readers, SHAPES, part=False, only=("/v1/meetings",))
    for reader in readers:
        assert any(line.startswith(f"{reader}: ") for line in found), reader
