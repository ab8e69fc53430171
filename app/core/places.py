"""Circles and boxes on the ground: from what people type to them, and what lies in them, in SQL.

Whatever has a column `latitude` and one `longitude`, WGS84 degrees, can be looked for so; an index over both answers.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, type_coerce
from sqlalchemy.types import Double

from app.core import gazetteer
from app.core.errors import refuse
from app.db.database import Reads

EARTH_KM = 6371.0088  # mean radius, IUGG
_POLE, _DATE_LINE = 90.0, 180.0
# The box of a circle is so much wider (0.1 mm) that rounding leaves out nothing on its rim.
_RIM = 1e-9
_POINT = re.compile(r"(-?[0-9.]+),(-?[0-9.]+)")
_GLOBE = "Latitude lies between -90 and 90, longitude between -180 and 180."
_FLOAT: Double[float] = Double()


@dataclass(frozen=True, slots=True)
class Around:
    """A circle on the ground: degrees and kilometres."""

    latitude: float
    longitude: float
    within_km: float

    def values(self) -> dict[str, float]:
        """The parameters of `distance_km` and `within`: the point and a box around the circle."""
        angle = self.within_km / EARTH_KM
        reach = math.degrees(angle) + _RIM
        south, north = self.latitude - reach, self.latitude + reach
        west, east = -_DATE_LINE, _DATE_LINE
        if south > -_POLE and north < _POLE:
            # Where the circle touches its easternmost meridian; that is not straight east of its middle.
            turn = math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(self.latitude))))
            aside = math.degrees(turn) + _RIM
            # Beyond the date line the numbers begin again: then the whole band is looked through.
            if self.longitude - aside > -_DATE_LINE and self.longitude + aside < _DATE_LINE:
                west, east = self.longitude - aside, self.longitude + aside
        return {
            "near_lat": self.latitude,
            "near_lon": self.longitude,
            "within_km": self.within_km,
            "south": south,
            "north": north,
            "west": west,
            "east": east,
        }


@dataclass(frozen=True, slots=True)
class Box:
    """What lies between two meridians and two parallels, its edges included: degrees."""

    west: float
    south: float
    east: float
    north: float

    def values(self) -> dict[str, float]:
        """The parameters of `in_box`."""
        return {
            "box_west": self.west,
            "box_south": self.south,
            "box_east": self.east,
            "box_north": self.north,
        }

    def holds(self, latitude: float | None, longitude: float | None) -> bool:
        """Whether a point that is in no table lies in it; nowhere does not."""
        if latitude is None or longitude is None:
            return False
        inside = self.west <= longitude <= self.east
        return inside and self.south <= latitude <= self.north


def box_of(bbox: str) -> Box:
    """The box that `west,south,east,north` says, in degrees, in the order of GeoJSON (RFC 7946, 5).

    Errors: `Invalid` where it lies beyond the globe, is inside out or crosses the date line.
    """
    west, south, east, north = (float(edge) for edge in bbox.split(","))
    if max(abs(south), abs(north)) > _POLE or max(abs(west), abs(east)) > _DATE_LINE:
        raise refuse("?bbox", "not_a_box", _GLOBE)
    if south > north:
        raise refuse("?bbox", "not_a_box", "South comes before north: west,south,east,north.")
    if west > east:
        detail = "West comes before east, and no box crosses the date line: west,south,east,north."
        raise refuse("?bbox", "not_a_box", detail)
    return Box(west, south, east, north)


def distance_km(table: Any) -> ColumnElement[float]:
    """Great-circle distance from the point to a row, in kilometres (haversine)."""
    lat, lon = bindparam("near_lat", type_=_FLOAT), bindparam("near_lon", type_=_FLOAT)
    half_lat = func.sin(func.radians(table.latitude - lat, type_=_FLOAT) / 2.0, type_=_FLOAT)
    half_lon = func.sin(func.radians(table.longitude - lon, type_=_FLOAT) / 2.0, type_=_FLOAT)
    chord = (
        half_lat * half_lat
        + func.cos(func.radians(lat), type_=_FLOAT)
        * func.cos(func.radians(table.latitude), type_=_FLOAT)
        * half_lon
        * half_lon
    )
    return func.asin(func.sqrt(chord), type_=_FLOAT) * (2.0 * EARTH_KM)


def distance_between(
    around: Around, latitude: float | None, longitude: float | None
) -> float | None:
    """The same for a point that is in no table; None where there is none."""
    if latitude is None or longitude is None:
        return None
    here, there = math.radians(around.latitude), math.radians(latitude)
    half_lat = math.sin((there - here) / 2.0)
    half_lon = math.sin(math.radians(longitude - around.longitude) / 2.0)
    chord = half_lat * half_lat + math.cos(here) * math.cos(there) * half_lon * half_lon
    return 2.0 * EARTH_KM * math.asin(math.sqrt(min(chord, 1.0)))


def within(table: Any) -> ColumnElement[bool]:
    """The row lies in the circle; the box goes first because an index can answer it."""
    return and_(
        table.latitude.between(bindparam("south", type_=_FLOAT), bindparam("north", type_=_FLOAT)),
        table.longitude.between(bindparam("west", type_=_FLOAT), bindparam("east", type_=_FLOAT)),
        distance_km(table) <= bindparam("within_km", type_=_FLOAT),
    )


def in_box(table: Any) -> ColumnElement[bool]:
    """The row lies in the box."""
    south, north = bindparam("box_south", type_=_FLOAT), bindparam("box_north", type_=_FLOAT)
    west, east = bindparam("box_west", type_=_FLOAT), bindparam("box_east", type_=_FLOAT)
    return and_(table.latitude.between(south, north), table.longitude.between(west, east))


def nearer_first(score: Any, table: Any) -> ColumnElement[float]:
    """A whole number to go by, highest first, and among equal ones the nearer row: no circle is wider than 1,000 km."""
    return type_coerce(score - distance_km(table) / 10_000.0, _FLOAT)


async def locate(reads: Reads, near: str, within_km: float) -> Around:
    """Around a point, a postcode, an outcode or a town; `gazetteer` says where these are.

    Errors: `Invalid` when it is nowhere that we know, or more than one place.
    """
    point = _POINT.fullmatch(near)
    if point is None:
        spot = await gazetteer.find_one(reads, near, "?near")
        return Around(spot.latitude, spot.longitude, within_km)
    latitude, longitude = float(point[1]), float(point[2])
    if abs(latitude) > _POLE or abs(longitude) > _DATE_LINE:
        raise refuse("?near", "unknown_place", _GLOBE)
    return Around(latitude, longitude, within_km)
