"""The map of a network tells nothing of what is hidden: two worlds differ in who it was, and their maps are the same.

Hal does it in the one world, Lea in the other: come to a meeting under the Chatham House Rule, write a result without
a name, thank without a name, report an adoption, and be in sub-groups that the reader is not in.
"""

from functools import partial
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import true

from app.core import who_met
from app.features.network_map import facts
from app.features.network_map.schemas import LEAST_MEMBERS
from tests.two_worlds import attribution
from tests.two_worlds.comparing import compare
from tests.two_worlds.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
ONLY = ("/v1/networks/{network_id}/map",)
READERS = ("Ben", "Ada", "Eva", "Cat", "nobody")
REPORTERS = (
    1,
    2,
)  # of the same practice: one reports what it tried in the one world, one in the other
FIRST = "2026-02-18T12:30:00"  # has been
SERIES = {"local_start": FIRST, "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=6"}


async def live(world: World, *, sub_groups: bool = True) -> None:
    """What happens; an operator may know who is in a restricted sub-group, so for one there is none."""
    await attribution.beginning(world)
    for number in range(4):
        at = attribution.AT["Cat"] if number in REPORTERS else None
        await world.person(f"More {number}", organisation_code=at)
        await world.join("dale", f"More {number}")
    one = attribution.author(world)
    reporter = f"More {REPORTERS[0 if world.fuller else 1]}"
    await world.meeting("vault", "Ada", "dale", confidentiality="chatham_house", **SERIES)
    await world.meeting("round", "Ada", "dale", **SERIES)
    for key, names in (
        ("vault", (one, "Ben")),
        ("round", ("Ada", "Ben", "Hal", f"More {REPORTERS[0]}")),
    ):
        came = [{"person_id": world.people[name], "came": True} for name in names]
        record = {"occurrence": FIRST, "people": came}
        await world.act("Ada", "POST", f"/v1/meetings/{{{key}}}/attendance/record", record)
    await attribution.written(world, "quiet", audience="network")
    named = {**attribution.SAYING, "title": "Named", "kind": "story", "attribution": "named"}
    world.ids["named"] = (await world.act("Ben", "POST", "/v1/results", named))["id"]
    body = {"audience": "network"}
    await world.act("Ben", "PATCH", "/v1/results/{named}", body)
    await world.act("Ben", "POST", "/v1/results/{named}/publish", {"conduct_version": 0})
    # The practice of two members tried it; a third represents it, and is tied to the author.
    path = f"/v1/results/{{named}}/adoptions/{attribution.AT['Cat']}"
    await world.act(reporter, "PUT", path, {"stage": "adopted", "effect": "better"})
    representing = {"representing": attribution.AT["Cat"]}
    await world.spell("More 3", "More 3_in_dale", "edit", representing)
    for name, attributed, key in ((one, "network_only", "named"), ("Ada", "named", "quiet")):
        said = {"kind": "thanks", "text": "Thank you.", "result_id": world.ids[key]}
        await world.act(name, "POST", "/v1/feedback", {**said, "attribution": attributed})
    await world.network("cellar", "Ada", parent_id="{dale}", visibility="confidential")
    await world.join_by_invitation("cellar", "Ada", one)
    if sub_groups:
        await world.network("attic", "Ada", parent_id="{dale}", visibility="restricted")
        await world.join("attic", "More 0", one)
        await world.spell("Ada", "More 0_in_attic", "edit", {"role": "facilitator"})
        await world.spell("Ada", "Ada_in_attic", "end")
    told = await world.act("Ben", "GET", "/v1/networks/{dale}/map")
    assert any("adopted" in tie["kinds"] for tie in told["ties"]), "nobody adopted anything"


def nothing(_world: World) -> list[tuple[str, str, Any]]:
    """A map is read alone."""
    return []


async def test_maps_are_the_same(pair: tuple[str, str]) -> None:
    asked, found = await compare(pair, READERS, {}, live, nothing, ONLY)
    assert not found, f"{len(found)} of {asked} differ\n" + "\n".join(f[:400] for f in found[:8])
    assert asked > 10 * len(READERS)


async def test_maps_are_the_same_for_operators(pair: tuple[str, str]) -> None:
    without = partial(live, sub_groups=False)
    asked, found = await compare(pair, ("Olga",), {}, without, nothing, ONLY)
    assert not found, f"{len(found)} of {asked} differ\n" + "\n".join(f[:400] for f in found[:8])


@pytest.mark.parametrize(
    ("room", "guard"),
    [
        (who_met, "said_who_came"),
        (facts, "_names_authors"),
        (facts, "_names_giver"),
        (facts, "_reads_members"),
    ],
    ids=["who came", "authors", "givers", "sub-groups"],
)
async def test_a_broken_guard_is_seen(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, room: ModuleType, guard: str
) -> None:
    """The controls: lift a predicate, and the worlds differ; there are enough members to tell anything."""
    monkeypatch.setattr(room, guard, lambda *_: true())
    _, found = await compare(pair, ("Ben",), {}, live, nothing, ONLY)
    assert found, "nobody noticed"
    assert any('"status":"ok"' in line for line in found), LEAST_MEMBERS


async def test_who_is_in_a_sub_group_is_told(pair: tuple[str, str]) -> None:
    """And the worlds differ for who may know."""
    _, found = await compare(pair, ("More 0",), {}, live, nothing, ONLY)
    assert found
