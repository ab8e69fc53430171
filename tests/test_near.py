"""Circles and boxes on the ground against a loop over everything: the same organisations in the same order."""

import math
import random
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from app.core import places
from app.core.places import Around, Box
from app.exchange.ods.load import load_baseline
from app.reference.load import Organisation
from tests.house import TestHouse
from tests.reference import quiet, small_reference
from tests.town_rule import shipped_practices
from tests.wire import send

pytestmark = pytest.mark.anyio
EARTH_KM = 6371.0088
POINTS = 1_000
SEED = 20_260_603
# Corners of England and Wales.
SOUTH, NORTH, WEST, EAST = 49.9, 55.8, -5.8, 1.8
# Where the numbers of longitudes begin again, and around the poles: nobody is there, so some are put there.
FAR = {
    "date line": ((0.0, 180.0), (0.0, -180.0), (0.2, 179.9), (-0.1, -179.95), (0.05, 179.6)),
    "north pole": ((90.0, 0.0), (89.9995, 10.0), (89.9995, -170.0), (89.7, 95.0), (89.2, -120.0)),
    "south pole": ((-90.0, 50.0), (-89.95, 180.0), (-89.95, -90.0), (-89.3, 0.0), (-89.0, 181.0 - 360)),
    "equator": ((0.0, 0.0), (0.0, 0.3), (0.3, 0.0), (-0.3, -0.0), (0.0, -0.3)),
}  # fmt: skip


PRACTICES = shipped_practices()


def far_off() -> Iterator[Organisation]:
    """Practices where there are none; two of each share a building."""
    like = PRACTICES[0]
    for number, points in enumerate(FAR.values()):
        for index, (latitude, longitude) in enumerate((*points, points[0])):
            yield replace(like, code=f"X{number}{index:03}", latitude=latitude, longitude=longitude)


EVERYBODY = [*PRACTICES, *far_off()]


def vector(lat: float, lon: float) -> tuple[float, float, float]:
    """A place on a globe of radius one."""
    up, around = math.radians(lat), math.radians(lon)
    return math.cos(up) * math.cos(around), math.cos(up) * math.sin(around), math.sin(up)


VECTORS = [(*vector(one.latitude or 0, one.longitude or 0), one) for one in EVERYBODY]


def haversine(lat: float, lon: float, one: Organisation) -> float:
    """Kilometres along a great circle of the mean earth."""
    here, there = math.radians(lat), math.radians(one.latitude or 0)
    turn = math.radians((one.longitude or 0) - lon)
    half = math.sin(turn / 2) ** 2
    chord = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * half
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def looped(lat: float, lon: float, within_km: float) -> list[str]:
    """The codes of all that lie so near, the nearest first, in one building by code.

    Each is looked at: what is clearly further away by the angle between two vectors, which takes less time than a
    haversine, is not measured.
    """
    x, y, z = vector(lat, lon)
    least = math.cos(within_km / EARTH_KM) - 1e-12 - 1e-9 * (within_km / EARTH_KM)
    away = [
        (haversine(lat, lon, o), o.code) for a, b, c, o in VECTORS if a * x + b * y + c * z >= least
    ]
    return [code for distance, code in sorted(away) if distance <= within_km]


def away_from(lat: float, lon: float, one: Organisation) -> float:
    """Kilometres by another formula than the one under test: the chord between two vectors."""
    there = vector(one.latitude or 0, one.longitude or 0)
    return 2 * EARTH_KM * math.asin(math.dist(vector(lat, lon), there) / 2)


def circles() -> Iterator[tuple[float, float, float]]:
    """A thousand of them: most where practices are, some on one, some at sea, some at the ends of the numbers."""
    dice = random.Random(SEED)
    for number in range(POINTS):
        within_km = round(math.exp(dice.uniform(math.log(0.1), math.log(100))), 4)
        latitude, longitude = dice.uniform(SOUTH, NORTH), dice.uniform(WEST, EAST)
        if number % 10 < 3:  # at somebody's door
            one = dice.choice(PRACTICES)
            latitude, longitude = one.latitude or 0.0, one.longitude or 0.0
        elif number % 10 == 3:
            points = dice.choice(list(FAR.values()))
            latitude, longitude = dice.choice(points)
            latitude = max(-90.0, min(90.0, latitude + dice.uniform(-0.5, 0.5)))
            longitude += dice.uniform(-0.5, 0.5) if abs(longitude) < 179 else 0.0
        elif number % 20 == 4:  # anywhere on the globe, mostly at sea
            latitude, longitude = dice.uniform(-90, 90), dice.uniform(-180, 180)
        yield round(latitude, 5), round(longitude, 5), within_km


@pytest.fixture
async def everybody(own_url: str) -> AsyncIterator[TestHouse]:
    """The service with every practice there is, and those that are far off."""
    async with TestHouse.over(own_url) as house:
        data = replace(small_reference("every practice"), organisations=lambda: EVERYBODY)
        await load_baseline(house.app.rooms.house, quiet, data)
        yield house


async def listed(house: TestHouse, **params: Any) -> list[str]:
    """The codes of a list, page by page; that each page is as the contract says is shown elsewhere."""
    codes: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        query = urlencode({"limit": 100, **params, **cursor})
        answer = await send(house.app, "GET", f"/v1/organisations?{query}".encode())
        assert answer.status == 200, answer.body
        page = answer.json
        codes += [item["code"] for item in page["items"]]
        if page["next_cursor"] is None:
            return codes
        cursor = {"cursor": page["next_cursor"]}


def told(lat: float, lon: float) -> str:
    return f"{lat:.5f},{lon:.5f}"


async def test_a_thousand_circles_find_what_a_loop_finds_in_its_order(
    everybody: TestHouse,
) -> None:
    found = compared = empty = 0
    for lat, lon, within_km in circles():
        expected = looped(lat, lon, within_km)
        got = await listed(everybody, near=told(lat, lon), within_km=within_km, kind="gp_practice")
        assert got == expected, (lat, lon, within_km)
        compared, found, empty = compared + 1, found + len(got), empty + (not got)
    assert compared == POINTS
    # The circles are of all kinds, or this proves little.
    assert 50 < empty < POINTS / 2
    assert found > 20_000


async def test_circles_at_the_ends_of_the_numbers(everybody: TestHouse) -> None:
    for points in FAR.values():
        for lat, lon in points:
            for within_km in (0.1, 10, 40, 120, 1000):
                got = await listed(everybody, near=told(lat, lon), within_km=within_km)
                assert got == looped(lat, lon, within_km), (lat, lon, within_km)
    across = await listed(everybody, near="0.2,179.9", within_km=40)
    assert {EVERYBODY[-24 + index].longitude for index in (1, 3)} == {-180.0, -179.95}
    assert {"X0001", "X0003"} <= set(across)
    # The other side of the earth has no distance that cannot be computed.
    antipode = PRACTICES[0]
    lat, lon = -(antipode.latitude or 0), 180 + (antipode.longitude or 0)
    assert await listed(everybody, near=told(lat, lon), within_km=1000) == []


async def test_boxes_find_what_a_loop_finds_with_a_circle_and_without(everybody: TestHouse) -> None:
    dice = random.Random(SEED)
    for number in range(60):
        lats = sorted(round(dice.uniform(SOUTH, NORTH), 5) for _ in "ab")
        lons = sorted(round(dice.uniform(WEST, EAST), 5) for _ in "ab")
        if number % 3:  # of the size of a town
            lats[1], lons[1] = round(lats[0] + 0.1, 5), round(lons[0] + 0.2, 5)
        box = Box(lons[0], lats[0], lons[1], lats[1])
        inside = [one for one in EVERYBODY if box.holds(one.latitude, one.longitude)]
        bbox = f"{box.west},{box.south},{box.east},{box.north}"
        if len(inside) <= 1_000:
            got = await listed(everybody, bbox=bbox, kind="gp_practice")
            assert got == _by_name(inside), bbox
        near = {"near": told(lats[0], lons[0]), "within_km": 15}
        both = await listed(everybody, bbox=bbox, **near)
        codes = {one.code for one in inside}
        assert both == [code for code in looped(lats[0], lons[0], 15) if code in codes], bbox


def _by_name(organisations: Iterable[Organisation]) -> list[str]:
    return [one.code for one in sorted(organisations, key=lambda one: (one.name, one.code))]


async def test_who_stands_on_the_rim_is_inside(everybody: TestHouse) -> None:
    """A practice due east, west, north, south or in between, as far away as is asked and no more."""
    one = PRACTICES[1]
    for angle in range(0, 360, 30):
        lat = (one.latitude or 0) + 0.1 * math.cos(math.radians(angle))
        lon = (one.longitude or 0) + 0.1 * math.sin(math.radians(angle))
        away = away_from(round(lat, 5), round(lon, 5), one)
        asked = away * (1 + 1e-12)  # rounding, less than a nanometre
        got = await listed(everybody, near=told(lat, lon), within_km=f"{asked:.12f}")
        assert one.code in got, angle


@pytest.mark.parametrize("fault", ["radius", "edge", "date line"])
async def test_control_a_wrong_circle_is_noticed(
    everybody: TestHouse, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """The earth of another size; a box that is not squeezed by latitude; one that ends at the date line."""
    right = Around.values

    def wrong(self: Around) -> dict[str, float]:
        found = right(self)
        if fault == "radius":
            return found | {"within_km": self.within_km * 1.003}
        if fault == "edge":
            reach = math.degrees(self.within_km / EARTH_KM)
            return found | {"west": self.longitude - reach, "east": self.longitude + reach}
        aside = math.degrees(self.within_km / EARTH_KM)
        return found | {"west": self.longitude - aside * 3, "east": self.longitude + aside * 3}

    monkeypatch.setattr(places.Around, "values", wrong)
    unlike = 0
    for lat, lon, within_km in circles():
        if fault == "date line" and abs(lon) < 179 and abs(lat) < 89:
            continue
        got = await listed(everybody, near=told(lat, lon), within_km=within_km)
        unlike += got != looped(lat, lon, within_km)
        if unlike > 2:
            break
    assert unlike > 2
