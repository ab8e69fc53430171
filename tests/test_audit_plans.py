"""The audit of a long log: each filter that has an index is answered by it; and a log that was cut off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db.statement import compile_statement, dialect_of
from app.exchange.sync import queries as feed
from app.features.audit import queries
from app.features.audit.verify import verify
from app.jobs.retention import _shorten_log
from tests.house import TestHouse
from tests.raw import raw

pytestmark = pytest.mark.anyio
NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks in our patch."}
ROWS = 20_000
# As many persons, networks and resources as a long log has; written past the house, so without seals.
COLUMNS = (
    "seq, at, kind, resource_id, network_id, op, action, tier, outside, version, outer_version, actor_id, request_id, "
    "fields"
)
UUID = "'01900000-0000-7000-8000-' || {}"
FILL = {
    "sqlite": (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) INSERT INTO change "
        "({columns}) SELECT i, '2026-01-01T00:00:00.000000Z', 'network', {resource}, {network}, 'upsert', "
        "'network.updated', 0, 1, i, i, {actor}, {resource}, '[]' FROM n"
    ),
    "postgresql": (
        "INSERT INTO change ({columns}) SELECT i, '2026-01-01', 'network', {resource}, ({network})::uuid, 'upsert', "
        "'network.updated', 0, true, i, i, ({actor})::uuid, {resource}, '[]' FROM generate_series(1, {rows}) AS i"
    ),
}


def padded(engine: str, number: str) -> str:
    digits = f"printf('%012d', {number})"
    return UUID.format(digits if engine == "sqlite" else f"lpad(({number})::text, 12, '0')")


async def plan(url: str, engine: str, rank: str, *given: str) -> str:
    """How the database goes about a page with these filters, whatever their values."""
    text = compile_statement(queries.shape(rank, frozenset(given)), dialect_of(engine)).text
    if engine == "sqlite":
        return "\n".join(
            row[-1]
            for row in await raw(url, f"EXPLAIN QUERY PLAN {text}", values=[None] * text.count("?"))
        )
    highest = max(number for number in range(1, 20) if f"${number}" in text)
    found = await raw(
        url, "SET plan_cache_mode = force_generic_plan", "SET max_parallel_workers_per_gather = 0",
        f"PREPARE page AS {text}", f"EXPLAIN EXECUTE page ({', '.join(['NULL'] * highest)})",
    )  # fmt: skip
    return "\n".join(row[0] for row in found)


async def test_filters_are_answered_by_their_index(own_url: str, engine: str) -> None:
    network, actor = padded(engine, "i % 500"), padded(engine, "i % 300")
    values: dict[str, Any] = {"rows": ROWS, "columns": COLUMNS, "network": network, "actor": actor}
    await raw(own_url, FILL[engine].format(**values, resource=padded(engine, "i % 5000")))
    await raw(own_url, f"UPDATE feed_head SET seq = {ROWS}")
    await raw(own_url, "ANALYZE")
    for rank in ("operator", "person"):
        for name, index in (
            ("network_id", "ix_change_network_seq"),
            ("actor_id", "ix_change_actor_seq"),
            ("resource_id", "ix_change_resource_seq"),
        ):
            for more in ((), ("kind",), ("from_at", "to_at")):
                said = await plan(own_url, engine, rank, name, *more)
                assert index in said, said
                assert "SCAN change" not in said.replace("USING INDEX", ""), said
                assert "Seq Scan on change" not in said, said
    # As a facilitator: for operators the log is looked at again, row by row, for what is hidden.
    control = await plan(own_url, engine, "person", "kind")
    assert "ix_change" not in control, control


async def test_a_log_that_is_shortened_to_nothing_goes_on(own_url: str) -> None:
    """Its last transaction has several rows: cut between them, the rest would fit no seal."""
    async with TestHouse.over(own_url) as house:
        ada = await house.person("Ada")
        await ada.client.post("/v1/networks", NEW)
    later = datetime.now(UTC) + timedelta(days=400)
    async with TestHouse.over(own_url, clock=lambda: later) as house:
        before = await verify(inside_of(house).db, lambda *_: None)
        await _shorten_log(inside_of(house), 30, dry_run=False)
        empty = await verify(inside_of(house).db, lambda *_: None)
        assert (empty.rows, empty.seal) == (0, before.seal)
        await house.person("Ben")
        after = await verify(inside_of(house).db, lambda *_: None, expect=before.seal)
        assert (after.rows, after.first) == (2, before.last + 1)


def inside_of(house: TestHouse) -> Any:
    return house.app.rooms.house


async def test_a_log_shortened_while_a_page_is_read(
    own_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows may be missing from that page: who follows begins again, and nothing is skipped in silence."""
    async with TestHouse.over(own_url) as house:
        ada = await house.person("Ada")
        cursor = (await ada.client.get("/v1/networks")).json()["changes_cursor"]
        await ada.client.post("/v1/networks", NEW)
        page = feed.page

        async def meanwhile(*given: Any) -> Any:
            await raw(own_url, "DELETE FROM change", "UPDATE feed_head SET kept_from = seq + 1")
            return await page(*given)

        params = {"cursor": cursor}
        assert (await ada.client.get("/v1/changes", params=params)).status_code == 200
        monkeypatch.setattr(feed, "page", meanwhile)
        answer = await ada.client.get("/v1/changes", params=params)
        assert (answer.status_code, answer.json()["code"]) == (410, "resync_required")
        assert (await ada.client.get("/v1/changes")).status_code == 200
