"""From what people type - a point, a postcode, the first half of one - to a point, and distance from it in SQL."""

import math
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.types import Double

from app.core.errors import Invalid, refuse
from app.db.database import Reads, fetch_one
from app.models import Organisation, Outcode

EARTH_KM = 6371.0088  # mean radius, IUGG
_POINT = re.compile(r"(-?[0-9.]+),(-?[0-9.]+)")
_FLOAT: Double[float] = Double()


@dataclass(frozen=True, slots=True)
class Around:
    """A circle on the ground: degrees and kilometres."""

    latitude: float
    longitude: float
    within_km: float

    def values(self) -> dict[str, float]:
        """The parameters of `distance_km` and `within`: the point and a box around the circle."""
        north = math.degrees(self.within_km / EARTH_KM)
        # The box of a circle is widest away from the equator; near a pole it is everything.
        squeeze = math.cos(math.radians(min(abs(self.latitude) + north, 89.9)))
        east = min(north / squeeze, 360.0)
        return {
            "near_lat": self.latitude,
            "near_lon": self.longitude,
            "within_km": self.within_km,
            "south": self.latitude - north,
            "north": self.latitude + north,
            "west": self.longitude - east,
            "east": self.longitude + east,
        }


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


def _outcode() -> Any:
    return select(Outcode.latitude, Outcode.longitude).where(
        Outcode.outcode == bindparam("outcode")
    )


def _postcode() -> Any:
    return (
        select(Organisation.latitude, Organisation.longitude)
        .where(Organisation.postcode == bindparam("postcode"), Organisation.latitude.is_not(None))
        .limit(1)
    )


async def locate(reads: Reads, near: str, within_km: float) -> Around:
    """A point, or the centre of a postcode: exact where an organisation has it, else of its outcode.

    Errors: `Invalid` when it is nowhere that we know.
    """
    point = _POINT.fullmatch(near)
    if point is not None:
        latitude, longitude = float(point[1]), float(point[2])
        if abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - the globe
            raise _nowhere("Latitude lies between -90 and 90, longitude between -180 and 180.")
        return Around(latitude, longitude, within_km)
    code = near.upper().replace(" ", "")
    row = None
    outcode = code
    if len(code) > 4 or (len(code) > 3 and code[-3].isdigit() and code[-2:].isalpha()):  # noqa: PLR2004 - a whole postcode
        outcode = code[:-3]
        row = await fetch_one(
            reads, "postcode place", _postcode, {"postcode": f"{outcode} {code[-3:]}"}
        )
    row = row or await fetch_one(reads, "outcode place", _outcode, {"outcode": outcode})
    if row is None:
        raise _nowhere("No such postcode is known; try its first half, or lat,lon.")
    return Around(row["latitude"], row["longitude"], within_km)


def _nowhere(detail: str) -> Invalid:
    return refuse("?near", "unknown_place", detail)
