"""What counts people tells nothing of who it was: wheel, map, engagement, coverage, life cycle, surveys, and the rest.

Two worlds differ in who did what bears no name; those who read them are answered with the same bytes, as of any day and
in any window. No small number is left out here: the counts themselves have to be the same.
"""

from typing import Any

import pytest
from sqlalchemy import true

from app.features.coverage import queries as coverage
from app.wheel import contributions, counting, gatherings, people
from tests.proofs.figures import SCALE, Figures
from tests.two_worlds import five_cs
from tests.two_worlds.comparing import compare
from tests.two_worlds.test_two_worlds import SHAPES, first
from tests.two_worlds.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
# While counts are small: those who might see most, and nobody.
FEW = ("Ben", "Ada", "Dan", "Cat")
COUNTED = tuple(
    f"/v1/networks/{{network_id}}/{what}" for what in ("wheel", "engagement", "map", "lifecycle")
)
NO_THRESHOLD = {"small_number_threshold": 0}


async def live(world: World) -> None:
    """What happens."""
    await five_cs.beginning(world)
    await five_cs.unnamed(world)
    await five_cs.surveys(world)


async def moderated(world: World) -> None:
    """What happens, with what a facilitator hides."""
    await five_cs.beginning(world)
    await five_cs.hidden(world)


def nothing(_world: World) -> list[tuple[str, str, Any]]:
    """It is read alone."""
    return []


async def test_no_number_tells_who_it_was(pair: tuple[str, str], figures: Figures) -> None:
    readers = five_cs.READERS if SCALE >= 1 else FEW
    asked, found = await compare(pair, readers, SHAPES, live, nothing, five_cs.ONLY, **NO_THRESHOLD)
    figures.tell(readers=len(readers), answers=asked, different=len(found))
    assert not found, first(asked, found)
    assert asked > 200 * len(readers)


@pytest.mark.parametrize(
    ("reader", "only"), [("Ben", five_cs.ONLY), ("Ada", COUNTED)], ids=["Ben", "Ada"]
)
async def test_what_is_hidden_counts_for_nobody(
    pair: tuple[str, str], figures: Figures, reader: str, only: tuple[str, ...]
) -> None:
    """A facilitator reads what is hidden, and whose it is; what is counted is the same for them."""
    asked, found = await compare(pair, (reader,), SHAPES, moderated, nothing, only)
    figures.tell(reader=reader, answers=asked, different=len(found))
    assert not found, first(asked, found)
    assert asked > 50


@pytest.mark.parametrize(
    ("module", "guard", "noticed"),
    [
        (gatherings, "_said_who_came", ("wheel", "engagement", "quiet")),
        (contributions, "_names_authors", ("wheel", "engagement", "quiet")),
        (contributions, "_names_giver", ("wheel", "engagement", "quiet")),
        (contributions, "_says_who_came", ("wheel", "engagement", "quiet")),
        (people, "_known", ("wheel",)),
        (counting, "tellable_of", ("wheel",)),
        (coverage, "_counts", ("coverage",)),
    ],
    ids=["came", "authors", "thanks", "tasks", "sub-groups", "surveys", "coverage"],
)
async def test_a_broken_guard_is_seen(
    pair: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    guard: str,
    noticed: tuple[str, ...],
) -> None:
    """The controls: lift a predicate, and the worlds differ, in each of the answers that rest on it."""
    told = guard == "tellable_of"
    monkeypatch.setattr(module, guard, lambda *_, **__: True if told else true())
    only = (*COUNTED, "/v1/coverage")
    _, found = await compare(pair, ("Ada",), {}, live, nothing, only, **NO_THRESHOLD)
    for what in noticed:
        assert any(f"/{what}" in line.split("#")[0] for line in found), f"{what} told nothing"
