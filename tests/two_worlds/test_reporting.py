"""Who reported content, and who accepted a code of conduct, is told to nobody: by nothing that anybody may ask or try.

Two worlds differ in nothing but who it was. Everybody else walks every operation of the contract in both, and is
answered with the same bytes.
"""

from typing import Any

import pytest
from sqlalchemy import exists, false, select

from app.core import hiding
from app.features.audit import queries as audit_queries
from app.features.moderation import commands
from app.features.moderation import queries as reports
from app.models import Person, Report
from tests.proofs.figures import SCALE, Figures
from tests.two_worlds import reporting
from tests.two_worlds.comparing import compare
from tests.two_worlds.test_two_worlds import SHAPES
from tests.two_worlds.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.prove]


def _hals() -> Any:
    """A report is Hal's: what differs between the worlds."""
    return exists(select(1).where(Person.id == Report.reporter_id, Person.display_name == "Hal"))


# While counts are small: those who might see most.
FEW = ("Ben", "Zoe", "Olga")


async def live(world: World) -> None:
    """What happens."""
    await reporting.beginning(world)
    await reporting.reporting(world)


async def test_no_reporter_is_told(pair: tuple[str, str], figures: Figures) -> None:
    readers = reporting.READERS if SCALE >= 1 else FEW
    asked, found = await compare(pair, readers, SHAPES, live, reporting.writes)
    figures.tell(readers=len(readers), answers=asked, different=len(found))
    assert not found, f"{len(found)} of {asked} differ\n" + "\n".join(f[:400] for f in found[:8])
    assert asked > 300 * len(readers)


@pytest.mark.parametrize(
    ("guard", "reader"), [("mine", "Zoe"), ("audit", "Olga"), ("service", "Zoe")]
)
async def test_a_broken_guard_is_seen(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch, guard: str, reader: str
) -> None:
    """The controls: lift what hides who it was, and the worlds differ."""
    if guard == "mine":  # everybody is told that it was who reported
        monkeypatch.setattr(reports, "mine", lambda *_: _hals())
    elif guard == "audit":
        monkeypatch.setattr(audit_queries, "blind", false)
    else:  # the service signs with the reporter's name

        async def signed(work: Any, network: Any, row: Any, **_: Any) -> None:
            await hiding.follow(work, network, row)

        monkeypatch.setattr(commands, "follow", signed)
    only = ("/v1/reports", "/v1/audit")
    _, found = await compare(pair, (reader,), {}, live, reporting.writes, only)
    assert found, "nobody noticed"
