"""The floor: the least that answers the same requests with the same fields from the same database.

One bare ASGI function, asyncpg's own pool, JSON made in SQL. No routing, no validation, no
authentication, no visibility beyond what an outsider sees, no tiers, no change cursor, no ETag, no limits, no figures.

A write has every column that the product writes, the audit's too: a database with a chain is written to by whoever
joins or plans, and what is compared is everything around that. So the floor moves the head's seal, one SHA-256 in the
statement that is there anyway, and gives it to the change rows. The digest of the rows it leaves out and seals the new
id: nobody could verify it, and what a true one costs is the product's. For the token, which it does not ask for, any
id stands, as for the request.

`python -m uvicorn benchmarks.floor:make --factory`.
"""

import asyncio
import math
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
import orjson

from app.core.answering import ENOUGH
from app.core.questions import wanted_of
from app.db.search import Wanted, values
from benchmarks import floor_sql as sql
from benchmarks.floor_plan import PLAN
from benchmarks.floor_results import RESULTS

READS, WRITES = 8, 3
DEGREES = math.degrees(1 / 6371.0088)
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Floor:
    """The ASGI application."""

    def __init__(self, url: str) -> None:
        """`url` is the database's address."""
        self.url = url
        self.reads: Any = None
        self.writes: Any = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["method"] == "POST":
            write = self._plan if scope["path"] == "/v1/meetings" else self._join
            document, status = await write(scope, receive), 201
        else:
            document, status = await self._read(scope["path"], scope["query_string"]), 200
        body = document.encode()
        length = (b"content-length", str(len(body)).encode())
        headers = [(b"content-type", b"application/json"), length]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Any, send: Send) -> None:
        await receive()
        self.reads, self.writes = await asyncio.gather(
            asyncpg.create_pool(self.url, min_size=1, max_size=READS),
            asyncpg.create_pool(self.url, min_size=1, max_size=WRITES),
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.gather(self.reads.close(), self.writes.close())
        await send({"type": "lifespan.shutdown.complete"})

    async def _read(self, path: str, query: bytes) -> str:
        if path.startswith("/v1/networks/"):
            return str(await self.reads.fetchval(sql.ONE, path[13:]))
        given = dict(parse_qsl(query.decode()))
        limit = int(given["limit"])
        if path == "/v1/results":
            last = given.get("after_listed", "9999-12-31"), given.get("after_id", sql.NOBODY)
            day = date.fromisoformat(last[0])
            return str(await self.reads.fetchval(RESULTS, given["kind"], day, last[1], limit))
        if path == "/v1/members":
            return str(await self.reads.fetchval(sql.MEMBERS, given["network_id"], limit))
        if "q" in given:
            return await self._found(given["q"], limit)
        if "near" in given:
            values = circle(given["near"], float(given["within_km"]))
            return str(await self.reads.fetchval(sql.NEAR, *values, limit))
        after = (given.get("after_name", ""), given.get("after_id", sql.NOBODY))
        return str(await self.reads.fetchval(sql.LIST, given["region"], *after, limit))

    async def _found(self, q: str, limit: int) -> str:
        """What answers all of it; where that is little, what answers the most telling part of it."""
        wanted = wanted_of(q)
        if wanted is None:
            raise ValueError(q)
        found = str(await self.reads.fetchval(*words(wanted), limit))
        if found.count('"tier":') < ENOUGH and wanted.may_loosen:
            loose = replace(wanted, loose=True)
            found = str(await self.reads.fetchval(*words(loose), limit))
        return found

    async def _join(self, scope: dict[str, Any], receive: Any) -> str:
        message = await receive()
        body = orjson.loads(message["body"])
        network_id = scope["path"][13:49]
        person_id = scope["query_string"].decode().removeprefix("person_id=")
        return str(await self.writes.fetchval(sql.JOIN, network_id, person_id, body.get("offer")))

    async def _plan(self, scope: dict[str, Any], receive: Any) -> str:
        message = await receive()
        body = orjson.loads(message["body"])
        said = (
            body["network_id"], body["title"], body["description"], datetime.fromisoformat(body["starts_at"]),
            body["duration_minutes"], body["mode"], body["place"], body["join_url"], body["capacity"],
            orjson.dumps(body["agenda"]).decode(),
        )  # fmt: skip
        person_id = scope["query_string"].decode().removeprefix("person_id=")
        return str(await self.writes.fetchval(PLAN, *said, person_id))


def words(wanted: Wanted) -> tuple[Any, ...]:
    """The statement for a question of this shape, and its values."""
    text, names = sql.search(wanted.shape)
    found = values("postgresql", wanted)
    return (text, *(found[name] for name in names))


def circle(near: str, within_km: float) -> tuple[float, ...]:
    """Point, radius, and the box around them."""
    latitude, longitude = map(float, near.split(","))
    north = within_km * DEGREES
    east = north / math.cos(math.radians(abs(latitude) + north))
    box = (latitude - north, latitude + north, longitude - east, longitude + east)
    return (latitude, longitude, within_km, *box)


def make() -> Floor:
    """The application over DATABASE_URL."""
    return Floor(os.environ["DATABASE_URL"])
