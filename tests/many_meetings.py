"""A service with many meetings: copies of one that was planned, written past the house."""

from typing import Any

from app.models import Meeting, Network
from tests.house import TestHouse, TestPerson
from tests.raw import raw
from tests.test_meetings import SINGLE, network_of

NETWORKS, MEETINGS = 2_000, 20_000
UUID = {
    "sqlite": "'01900000-0000-7000-8{kind}-' || printf('%012d', {number})",
    "postgresql": "('01900000-0000-7000-8{kind}-' || lpad(({number})::text, 12, '0'))::uuid",
}
NUMBERS = {
    "sqlite": "(WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {most} - 1) SELECT i FROM n)",
    "postgresql": "(SELECT generate_series(0, {most} - 1) AS i)",
}
# Ten years from 2020, in hours of 4.4: a start, and so many hours later.
AT = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:00.000000Z', '2020-01-01 08:00', '+' || ({hours}) || ' hours')",
    "postgresql": "timestamptz '2020-01-01 08:00Z' + ({hours}) * interval '1 hour'",
}
LOCAL = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:00', '2020-01-01 08:00', '+' || ({hours}) || ' hours')",
    "postgresql": "to_char(timestamp '2020-01-01 08:00' + ({hours}) * interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS')",
}
YES = {"sqlite": ("1", "0"), "postgresql": ("true", "false")}


def _copies(engine: str, model: Any, most: int, instead: dict[str, str]) -> str:
    """Statement that copies the one row there is, with `instead` for some columns; `i` counts from 0."""
    names = [column.name for column in model.__table__.columns]
    values = ", ".join(instead.get(name, f"one.{name}") for name in names)
    table = model.__tablename__
    numbers = NUMBERS[engine].format(most=most)
    # SQLite needs the WHERE to tell a join from an upsert.
    return (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM "
        f"(SELECT * FROM {table} LIMIT 1) AS one, {numbers} AS n WHERE true"
    )


def network_id(number: int) -> str:
    """The id of one of them."""
    return f"01900000-0000-7000-8000-{number:012d}"


async def many_meetings(url: str, engine: str) -> None:
    """2,000 networks, three in ten of them open, and 20,000 meetings over ten years, every tenth a weekly series of 52.

    Every tenth meeting is for everybody, and every twentieth is a draft.
    """
    async with TestHouse.over(url) as house:
        fay: TestPerson = await house.person("Fay")
        body = {**SINGLE, "network_id": await network_of(fay), "status": "confirmed"}
        body |= {"timezone": "UTC", "place_private": False, "latitude": 51.5, "longitude": -0.1}
        assert (await fay.client.post("/v1/meetings", body)).status_code == 201
    yes, no = YES[engine]
    hidden = "i % 10 >= 3"
    networks = {
        "id": UUID[engine].format(kind="000", number="i"),
        "root_id": UUID[engine].format(kind="000", number="i"),
        "slug": "'copy-' || i",
        "visibility": f"CASE WHEN {hidden} THEN 'confidential' ELSE 'open' END",
        "outer_tier": f"CASE WHEN {hidden} THEN -1 ELSE 1 END",
        "parent_tier": f"CASE WHEN {hidden} THEN -1 ELSE 1 END",
        "root_tier": f"CASE WHEN {hidden} THEN -1 ELSE 1 END",
        "open_inside": f"CASE WHEN {hidden} THEN {no} ELSE {yes} END",
    }
    start, series = "i * 4.4", "i % 10 = 7"
    meetings = {
        "id": UUID[engine].format(kind="001", number="i"),
        "network_id": UUID[engine].format(kind="000", number=f"(i * 7 + i / {NETWORKS}) % {NETWORKS}"),
        "starts_at": AT[engine].format(hours=start),
        "begins_at": AT[engine].format(hours=start),
        "ends_at": AT[engine].format(hours=f"{start} + CASE WHEN {series} THEN 51 * 168 + 1 ELSE 1 END"),
        "local_start": LOCAL[engine].format(hours=start),
        "recurrence": f"CASE WHEN {series} THEN 'FREQ=WEEKLY;COUNT=52' END",
        "confidentiality": "CASE WHEN i % 10 = 0 THEN 'open' ELSE 'members' END",
        "announced_at": "CASE WHEN i % 20 <> 5 THEN one.announced_at END",
        "latitude": "50.0 + (i % 500) / 100.0",
        "longitude": "-4.0 + (i % 700) / 140.0",
    }  # fmt: skip
    await raw(
        url,
        _copies(engine, Network, NETWORKS, networks),
        _copies(engine, Meeting, MEETINGS, meetings),
    )
    await raw(url, "ANALYZE")
