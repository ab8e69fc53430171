"""Lists of many meetings: each filter that has an index is answered by it."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.places import Around, Box
from app.db.statement import compile_statement, dialect_of
from app.features.meetings import finding, listing
from app.features.meetings.finding import Wanted
from tests.many_meetings import many_meetings, network_id
from tests.raw import raw

pytestmark = pytest.mark.anyio


async def plan(url: str, engine: str, statement: Any) -> str:
    """How the database goes about a statement, whatever its values."""
    text = compile_statement(statement, dialect_of(engine)).text
    if engine == "sqlite":
        found = await raw(url, f"EXPLAIN QUERY PLAN {text}", values=[None] * text.count("?"))
        return "\n".join(row[-1] for row in found)
    highest = max((number for number in range(1, 30) if f"${number}" in text), default=0)
    given = f"({', '.join(['NULL'] * highest)})" if highest else ""
    found = await raw(
        url, "SET plan_cache_mode = force_generic_plan", "SET max_parallel_workers_per_gather = 0",
        f"PREPARE page AS {text}", f"EXPLAIN EXECUTE page {given}",
    )  # fmt: skip
    return "\n".join(row[0] for row in found)


JANUARY: dict[str, Any] = {
    "since": datetime(2027, 1, 1, tzinfo=UTC),
    "until": datetime(2027, 2, 1, tzinfo=UTC),
}
WITHIN: list[tuple[dict[str, Any], str]] = [
    ({"network_id": network_id(1)}, "ix_meeting_network_starts"),
    ({"mine": True}, "ix_meeting_network_starts"),
    ({"around": Around(51.0, -1.0, 25.0)}, "ix_meeting_place"),
    ({"box": Box(-1.1, 50.9, -0.9, 51.1)}, "ix_meeting_place"),
]
SORTS = ("starts_at", "-starts_at", "-updated_at")


def scans(said: str) -> bool:
    """Whether all meetings are read from the table."""
    return re.search(r"Seq Scan on meeting\s|SCAN meeting$", said, re.MULTILINE) is not None


def answered(said: str, index: str) -> bool:
    """Whether that index is used and not all meetings are read."""
    return index in said and not scans(said)


async def test_filters_are_answered_by_their_index(own_url: str, engine: str) -> None:
    await many_meetings(own_url, engine)

    async def as_planned(rank: str, sort: str, **asked: Any) -> str:
        shape = listing.planned_shape(rank, Wanted(**asked), sort, started=False)
        return await plan(own_url, engine, shape)

    async def in_window(rank: str, **asked: Any) -> str:
        return await plan(own_url, engine, finding.candidates(rank, Wanted(**asked, **JANUARY)))

    for rank in ("person", "operator", "anonymous"):
        for asked, index in WITHIN:
            if rank == "anonymous" and "mine" in asked:
                continue
            for sort in SORTS:
                said = await as_planned(rank, sort, **asked)
                assert answered(said, index), said
            said = await in_window(rank, **asked)
            # What differs may be near although its series is not: by place a window is gone through.
            by_place = asked.keys() & {"around", "box"}
            assert answered(said, "ix_meeting_ends" if by_place else index), said
        for sort in SORTS[:2]:
            said = await as_planned(rank, sort)
            assert answered(said, "ix_meeting_starts"), said
            assert re.search("Sort Key|TEMP B-TREE", said) is None, said
        said = await in_window(rank)
        assert answered(said, "ix_meeting_ends"), said
        assert scans(await as_planned(rank, "-updated_at")), "the control: no index has that order"
