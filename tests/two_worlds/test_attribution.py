"""Who wrote what is shared without a name is told to nobody: by no field, order, filter, stamp, feed, audit or refusal.

Two worlds differ in nothing but who wrote it. Everybody else walks every operation of the contract in both, and is
answered with the same bytes.
"""

import pytest
from sqlalchemy import false, true

from app.core import result_access
from app.features.audit import queries as audit_queries
from app.features.results import listing, rows
from tests.proofs.figures import SCALE, Figures
from tests.two_worlds import attribution
from tests.two_worlds.comparing import compare
from tests.two_worlds.test_two_worlds import SHAPES
from tests.two_worlds.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
# While counts are small: those who might see most, and nobody.
FEW = ("Ada", "Olga", "Cat", "nobody")


async def live(world: World) -> None:
    """What happens."""
    await attribution.beginning(world)
    await attribution.sharing(world)


async def test_no_author_is_told(pair: tuple[str, str], figures: Figures) -> None:
    readers = attribution.READERS if SCALE >= 1 else FEW
    asked, found = await compare(pair, readers, SHAPES, live, attribution.writes)
    figures.tell(readers=len(readers), answers=asked, different=len(found))
    assert not found, f"{len(found)} of {asked} differ\n" + "\n".join(f[:400] for f in found[:8])
    assert asked > 300 * len(readers)


@pytest.mark.parametrize(
    ("guard", "reader"),
    [
        ("authors", "Ben"),
        ("filters", "nobody"),
        ("drafts", "Ada"),
        ("audit", "Olga"),
        ("audit of drafts", "Ada"),
    ],
)
async def test_a_broken_guard_is_seen(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, guard: str, reader: str
) -> None:
    """The controls: lift a predicate, and the worlds differ."""
    if guard == "authors":
        monkeypatch.setattr(rows, "names_authors", lambda *_: true())
    elif guard == "filters":
        monkeypatch.setattr(listing, "names_organisation", lambda *_: true())
    elif guard == "drafts":
        monkeypatch.setattr(result_access, "authored", lambda *_: true())
    elif guard == "audit":
        monkeypatch.setattr(audit_queries, "blind", false)
    else:
        monkeypatch.setattr(audit_queries, "unread", false)
        monkeypatch.setattr(audit_queries, "blind", false)
    only = ("/v1/results", "/v1/changes", "/v1/audit")
    _, found = await compare(pair, (reader,), {}, live, attribution.writes, only)
    assert found, "nobody noticed"
