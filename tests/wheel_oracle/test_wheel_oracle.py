"""The wheel of random histories, worked out anew row by row, on both databases.

A history is drawn by hypothesis, written past the house and read back; the wheel is asked for as of any day with any
window, and its value, numerator, denominator and status at all eight points are compared with `recompute`.
"""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from app.db.types import instant_text
from tests.house import TestHouse, TestPerson
from tests.proofs.figures import SEED, scaled
from tests.reference import load_small
from tests.wheel_oracle import facts, recompute
from tests.wheel_oracle.histories import SHAPES, History, Shape
from tests.wheel_oracle.tables import Row, Rows, insert, read

pytestmark = pytest.mark.anyio
BUSY = Shape(22, 6, 24, 60, 12, 5, 40, 2, 0)


@dataclass(frozen=True)
class Asked:
    """The rows of a network, what was asked of its wheel and when, and the eight points of each indicator."""

    rows: Rows
    as_of: date
    window_days: int
    now: str
    points: dict[str, list[Row]]

    def differences(self) -> list[str]:
        """What the wheel says otherwise than was worked out."""
        expected = recompute.wheel(self.rows, self.as_of, self.window_days, self.now)
        if set(self.points) != set(expected):
            return [f"other indicators: {sorted(set(self.points) ^ set(expected))}"]
        return [
            f"{code} as of {mine['as_of']}: the wheel says {theirs}, worked out is {mine}"
            for code, own in expected.items()
            for mine, theirs in zip(own, self.points[code], strict=True)
            if not same(mine, theirs)
        ]

    def overlooking(self, table: str, column: str, value: object) -> "Asked":
        """The same as if a column said the same of every row."""
        rows = [{**row, column: value} for row in self.rows[table]]
        return replace(self, rows={**self.rows, table: rows})


async def reader_of(house: TestHouse) -> tuple[TestPerson, tuple[str, ...]]:
    """Who looks at the wheels, and the organisations that there are; made once."""
    if "Reader" not in house.people:
        await load_small(house.app.rooms.house)
        await house.person("Reader")
    page = await house.people["Reader"].client.get("/v1/organisations", params={"limit": 9})
    return house.people["Reader"], tuple(row["code"] for row in page.json()["items"])


async def asked(house: TestHouse, url: str, shape: Shape, back: int, window: int) -> Asked:
    """Tell a history and ask for its wheel."""
    reader, codes = await reader_of(house)
    now = datetime.now(UTC)
    history = History(shape, now, reader.id, codes).tell()
    await insert(url, history.rows)
    rows = await read(house, history.network_id)
    as_of = now.date() - timedelta(days=back)
    answer = await reader.client.get(
        f"/v1/networks/{history.network_id}/wheel",
        params={"as_of": as_of.isoformat(), "window_days": window},
    )
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert (document["as_of"], document["window_days"]) == (as_of.isoformat(), window)
    points = {}
    for c in document["cs"]:
        for indicator in c["indicators"]:
            points[indicator["code"]] = indicator["trend"]
            own = {
                name: indicator[name] for name in ("value", "numerator", "denominator", "status")
            }
            assert indicator["trend"][-1] == {"as_of": as_of.isoformat(), **own}
    return Asked(rows, as_of, window, instant_text(datetime.now(UTC)), points)


def same(mine: Row, theirs: Row) -> bool:
    """Exact but for the last digits of what was divided; what is told of a part must be whole."""
    if theirs.keys() != mine.keys() or mine["status"] != theirs["status"]:
        return False
    if mine["value"] is None:
        return theirs == mine
    near = abs(mine["value"] - theirs["value"]) <= 1e-9 * max(1.0, abs(mine["value"]))
    return near and all(
        mine[name] == theirs[name] for name in ("as_of", "numerator", "denominator")
    )


@pytest.mark.prove
@seed(SEED)
@settings(
    max_examples=scaled(400, 6),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(shape=SHAPES, back=st.integers(0, 1200), window=st.integers(30, 1826))
async def test_the_wheel_is_as_worked_out_row_by_row(
    house: TestHouse, database_url: str, shape: Shape, back: int, window: int
) -> None:
    found = await asked(house, database_url, shape, back, window)
    assert found.differences() == []


# What a wheel would look past: each column, with the value that makes it mean nothing.
OVERLOOKED: list[tuple[str, str, Any]] = [
    ("member", "ended_at", None),
    ("member_role", "to_at", None),
    ("meeting", "announced_at", "2020-01-01T00:00:00.000000Z"),
    ("meeting", "attendance_hidden", False),
    ("meeting", "hidden_on", None),
    ("meeting", "status", "confirmed"),
    ("meeting_exception", "starts_at", None),
    ("meeting_exception", "status", None),
    ("meeting_exception", "overrides", "{}"),
    ("result", "attribution", "named"),
    ("result", "audience", "network"),
    ("result", "hidden_on", None),
    ("result", "withdrawn_on", None),
    ("result_author", "removed", False),
    ("feedback", "attribution", "named"),
    ("feedback", "hidden_on", None),
    ("adoption", "counted", True),
    ("adoption", "stage", "adopted"),
    ("adoption", "hidden_on", None),
    ("adoption", "figures_before", "{}"),
    ("decision", "outcome", "adopted"),
    ("decision", "hidden_on", None),
    ("decision", "closed_at", None),
    ("decision", "electorate", None),
    ("duty", "ended_on", None),
    ("duty", "hidden_on", None),
    ("duty_term", "to_on", None),
    ("duty_term", "hidden_on", None),
    ("ask", "status", "open"),
    ("ask", "hidden_on", None),
    ("offer", "status", "open"),
    ("offer", "hidden_on", None),
    ("action", "hidden_on", None),
    ("action", "meeting_id", None),
    ("subgroup", "visibility", "open"),
    ("subgroup", "archived_at", None),
]


async def several(house: TestHouse, url: str, times: int) -> list[Asked]:
    """So many busy histories, each asked for once."""
    chance = random.Random(SEED)
    return [
        await asked(house, url, replace(BUSY, seed=number), chance.randint(0, 600), 365)
        for number in range(times)
    ]


async def test_what_is_overlooked_or_reckoned_otherwise_is_noticed(
    house: TestHouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The controls: histories in which every column that matters does, and every formula."""
    found = await several(house, database_url, 8)
    assert [line for one in found for line in one.differences()] == []
    unnoticed = []
    for table, column, value in OVERLOOKED:
        if not any(one.overlooking(table, column, value).differences() for one in found):
            unnoticed.append(f"{table}.{column}")
    assert unnoticed == []
    for name, indicator in recompute.INDICATORS.items():
        other = replace(indicator, of=_doubled(indicator.of))
        with monkeypatch.context() as patched:
            patched.setitem(recompute.INDICATORS, name, other)
            if not any(one.differences() for one in found):
                unnoticed.append(name)
    assert unnoticed == []
    with monkeypatch.context() as patched:
        patched.setattr(
            facts.Past, "day_within", lambda past, day: day and past.after <= day <= past.day
        )
        assert any(one.differences() for one in found), "a window that is a day too long"


def _doubled(formula: recompute.Formula) -> recompute.Formula:
    def twice(past: facts.Past) -> recompute.Told:
        value, numerator, denominator = formula(past)
        return (value and 2 * value, numerator, denominator)

    return twice


async def test_the_histories_show_every_indicator_in_every_status(
    house: TestHouse, database_url: str
) -> None:
    """A wheel that is held against histories without a thing says nothing of it."""
    chance = random.Random(SEED)
    seen: dict[str, Counter[str]] = {}
    for number in range(20):
        sizes = {"meetings": chance.randint(6, 24), "results": chance.randint(0, 60)}
        shape, window = replace(BUSY, **sizes, seed=number), chance.choice((90, 365, 1826))
        found = await asked(house, database_url, shape, 0, window)
        for code, points in found.points.items():
            seen.setdefault(code, Counter()).update(point["status"] for point in points)
    missing = {
        code: dict(found) for code, found in seen.items() if not found["ok"] or not found["thin"]
    }
    assert missing == {}
    always = {
        "purpose_at_start",
        "purpose_fresh",
        "facilitators",
        "facilitator_rotation",
        "organisations",
    }
    assert {code for code, found in seen.items() if not found["not_enough_data"]} <= always
