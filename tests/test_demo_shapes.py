"""Four networks of the demo have wheels of four shapes: young, healthy, talkative but closed, fading."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.demo_world import every, loaded_demo, whose
from tests.house import TestHouse

Shape = dict[str, dict[str, str]]
YOUNG, HEALTHY = "marlquay-early-cancer-diagnosis", "kestrelmoor-asthma-network"
CLOSED, FADING = "brackenness-coffee-round", "windpump-flu-season-circle"


@pytest.fixture
async def demo(own_url: str) -> AsyncIterator[TestHouse]:
    """The demo as it was loaded on a day in November."""
    async with loaded_demo(own_url) as house:
        yield house


async def shape(demo: TestHouse, slug: str) -> Shape:
    """The status of each indicator, by C."""
    reader = await whose(demo, "opal-teaselby", operator=True)
    (network,) = await every(reader, "/v1/networks", slug=slug)
    wheel = (await reader.get(f"/v1/networks/{network['id']}/wheel")).json()
    return {c["code"]: {one["code"]: one["status"] for one in c["indicators"]} for c in wheel["cs"]}


@pytest.mark.anyio
async def test_four_shapes(demo: TestHouse) -> None:
    shapes = {slug: await shape(demo, slug) for slug in (YOUNG, HEALTHY, CLOSED, FADING)}
    flat = {
        slug: {code: status for of in found.values() for code, status in of.items()}
        for slug, found in shapes.items()
    }
    counts = {slug: Counter(found.values()) for slug, found in flat.items()}
    young, healthy = (counts[slug] for slug in (YOUNG, HEALTHY))
    assert young["not_enough_data"] > young["ok"] + young["thin"], (
        "a young network is not judged yet"
    )
    assert healthy["ok"] > 2 * healthy["thin"], "most of what is known of a healthy one is in order"
    assert healthy["not_enough_data"] < 5, "and of nearly everything something is known"
    for found in shapes[HEALTHY].values():
        statuses = Counter(found.values())
        assert statuses["ok"] > statuses["thin"]
    told = flat[CLOSED]
    talks = (
        "meeting_cadence",
        "attendance_rate",
        "repeat_rate",
        "feedback_rate",
        "sharing_rate",
        "active_rate",
    )
    assert {told[code] for code in talks} == {"ok"}, "it talks"
    closed_off = ("organisations", "adoption_rate", "spread", "subgroup_participation")
    assert {told[code] for code in closed_off} == {"thin"}, "and stays among its own"
    told = flat[FADING]
    assert {told[code] for code in ("active_rate", "net_growth", "retention", "purpose_fresh")} == {
        "thin"
    }
    assert {told[code] for code in ("meeting_cadence", "sharing_rate", "attendance_rate")} == {
        "not_enough_data"
    }
    assert {told[code] for code in ("feedback_rate", "adoption_rate", "facilitators")} >= {"ok"}
    assert len({tuple(sorted(found.items())) for found in flat.values()}) == 4
