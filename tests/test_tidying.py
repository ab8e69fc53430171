"""A server clears expired idempotency answers while it runs, and a failure of that stops nothing."""

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.work import House
from app.jobs.tidying import keep_tidy
from app.main import create_app
from app.models import Idempotency
from app.settings import Settings
from tests.house import SECRET, TestHouse

pytestmark = pytest.mark.anyio
NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks in our patch."}


async def kept_keys(house: House) -> set[str]:
    rows = await house.db.fetch("kept keys", lambda: select(Idempotency.key), {})
    return {row["key"] for row in rows}


async def test_a_server_clears_what_has_expired(own_url: str) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    async with TestHouse.over(own_url, clock=lambda: now) as house:
        ada = await house.person("Ada")
        await ada.client.post("/v1/networks", NEW, headers={"Idempotency-Key": "old"})
    later = now + timedelta(hours=24)
    async with TestHouse.over(own_url, clock=lambda: later - timedelta(hours=1)) as house:
        again = replace(ada.client, http=house.http)
        await again.post("/v1/networks", NEW, headers={"Idempotency-Key": "new"})
    app = create_app(Settings(database_url=own_url), SECRET, clock=lambda: later)
    async with app._lifespan(), asyncio.timeout(20):
        while await kept_keys(app.rooms.house) != {"new"}:  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)


async def test_a_failure_is_noted_and_tried_again(
    house: TestHouse, caplog: pytest.LogCaptureFixture
) -> None:
    tried, worked = [], asyncio.Event()

    class Broken:
        async def unit(self, _run: Any) -> None:
            tried.append(1)
            if len(tried) > 2:
                worked.set()
            else:
                raise ConnectionError("with a value that is nobody's business")

    broken: Any = Broken()
    caplog.set_level(logging.ERROR, "qi_networks.errors")
    tidying = asyncio.create_task(
        keep_tidy(replace(house.app.rooms.house, db=broken), Settings(), every=0)
    )
    async with asyncio.timeout(20):
        await worked.wait()
    tidying.cancel()
    with suppress(asyncio.CancelledError):
        await tidying
    lines = [json.loads(record.message) for record in caplog.records]
    told = [(line["event"], line["job"], line["error"]) for line in lines]
    assert told == [("job_failed", "tidying", "ConnectionError")] * 2
