"""The gazetteer of Great Britain: a postcode, the first half of one, or a town, as people type it, and where that is.

Towns are those that practices name in their addresses (England and Wales); outcodes cover Scotland as well. Nothing is
guessed: a letter that was mistyped finds nothing. Northern Ireland is told apart from what is nowhere.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import bindparam, select

from app.core.errors import Invalid, refuse
from app.core.words import tokens
from app.db.database import Reads
from app.models import Organisation, Outcode, Place
from app.reference.load import region_label

MOST: Final = 10
POSTCODE_KM: Final = 0.1  # nearly every postcode is smaller
# A town is meant where it has so many times the practices of the next one of its name.
FAR_MORE: Final = 10
_CODE: Final = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{0,2})?")
_WHOLE_HALF: Final = 3
_SCOTTISH: Final = (
    "AB", "DD", "DG", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "TD", "ZE",
)  # fmt: skip
# What people ask for there. A name that Great Britain has too (Bangor, Newcastle) is found there instead.
_NORTHERN_IRISH: Final = frozenset((
    "antrim", "armagh", "ballycastle", "ballyclare", "ballymena", "ballymoney", "banbridge", "belfast",
    "carrickfergus", "coleraine", "cookstown", "craigavon", "derry", "downpatrick", "dungannon", "dungiven",
    "dunmurry", "enniskillen", "hillsborough", "kilkeel", "larne", "limavady", "lisburn", "londonderry", "lurgan",
    "magherafelt", "newry", "newtownabbey", "newtownards", "northern ireland", "omagh", "portadown", "portrush",
    "portstewart", "strabane", "warrenpoint",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """One place: degrees of WGS84, and within how many kilometres of them it lies."""

    kind: Literal["postcode", "outcode", "town"]
    name: str
    latitude: float
    longitude: float
    precision_km: float
    region: str | None
    county: str | None
    practices: int = 0
    exact: bool = True

    @property
    def near(self) -> str:
        """As lists take it: `near=`."""
        return f"{self.latitude:.5f},{self.longitude:.5f}"

    @property
    def told_apart(self) -> str:
        """The name with where that is, as `find` takes it again."""
        where = self.county or region_label(self.region)
        return f"{self.name}, {where}" if where else self.name


async def find(reads: Reads, typed: str, field: str) -> list[Spot]:
    """The places that may be meant, best first, at most ten: the name itself, then names that begin so.

    Errors: `Invalid` naming `field` for a place of Northern Ireland.
    """
    code = _CODE.fullmatch(" ".join(typed.upper().split()))
    if code is None:
        return await _towns(reads, typed, field)
    outcode, rest = code[1], code[2] or ""
    if outcode.startswith("BT"):
        raise _northern_ireland(field)
    if not rest:
        return await _outcodes(reads, outcode)
    centre = await _centre(reads, outcode)
    whole = f"{outcode} {rest}"
    exact = await _postcode(reads, whole, centre) if len(rest) == _WHOLE_HALF else None
    found = exact or centre
    return [found] if found is not None else []


async def find_one(reads: Reads, typed: str, field: str) -> Spot:
    """The place that is meant. Errors: `Invalid` naming `field` where there is none, or more than one."""
    found = await find(reads, typed, field)
    exact = [spot for spot in found if spot.exact]
    candidates = exact or found
    if not candidates or (candidates[0].kind == "outcode" and not exact):
        detail = "No such place is known: give a postcode, its first half, a town, or lat,lon."
        raise refuse(field, "unknown_place", detail)
    first = candidates[0]
    if len(candidates) > 1 and first.practices < FAR_MORE * candidates[1].practices:
        names = "; ".join(spot.told_apart for spot in candidates)
        detail = f"More than one place may be meant. Say which: {names}."
        raise refuse(field, "ambiguous_place", detail)
    return first


def _northern_ireland(field: str) -> Invalid:
    detail = (
        "Places of Northern Ireland are not known here by name or postcode: "
        "give coordinates as near=lat,lon, or region=northern_ireland."
    )
    return refuse(field, "northern_ireland", detail)


# --- Postcodes ------------------------------------------------------------------------------------


async def _outcodes(reads: Reads, typed: str) -> list[Spot]:
    """The outcode itself, and others that begin so; each with the region of a practice that is there."""
    rows = await reads.fetch("outcodes", _outcodes_like, {"beginning": f"{typed}%"})
    rows.sort(key=lambda row: (row["outcode"] != typed, len(row["outcode"]), row["outcode"]))
    regions = await _regions(reads, typed) if rows else {}
    return [_outcode_spot(row, regions, exact=row["outcode"] == typed) for row in rows[:MOST]]


async def _centre(reads: Reads, outcode: str) -> Spot | None:
    rows = await reads.fetch("outcodes", _outcodes_like, {"beginning": outcode})
    regions = await _regions(reads, f"{outcode} ") if rows else {}
    return _outcode_spot(rows[0], regions, exact=True) if rows else None


def _outcode_spot(row: dict[str, Any], regions: dict[str, str], *, exact: bool) -> Spot:
    outcode, kilometres = row["outcode"], row["precision_km"]
    area = outcode[:2] if outcode[1].isalpha() else outcode[:1]
    region = regions.get(outcode, "scotland" if area in _SCOTTISH else None)
    return Spot(
        "outcode", outcode, row["latitude"], row["longitude"], kilometres, region, None, exact=exact
    )


async def _regions(reads: Reads, beginning: str) -> dict[str, str]:
    """In which region the first organisation is that has a postcode of each outcode."""
    # No postcode goes on with letters there. The range is for the index, whatever the order of the database.
    values = {"beginning": f"{beginning}%", "low": beginning.strip(), "high": f"{beginning}ZZZZ"}
    rows = await reads.fetch("regions of outcodes", _regions_of, values)
    return {row["postcode"].split(" ")[0]: row["region"] for row in reversed(rows)}


async def _postcode(reads: Reads, postcode: str, centre: Spot | None) -> Spot | None:
    """Where an organisation has it; one whose place was only its outcode's does not tell."""
    rows = await reads.fetch("postcode place", _postcode_rows, {"postcode": postcode})
    for row in rows:
        latitude, longitude = row["latitude"], row["longitude"]
        if centre is None or (latitude, longitude) != (centre.latitude, centre.longitude):
            region = row["region"]
            return Spot("postcode", postcode, latitude, longitude, POSTCODE_KM, region, None)
    return None


def _outcodes_like() -> Any:
    return select(Outcode.outcode, Outcode.latitude, Outcode.longitude, Outcode.precision_km).where(
        Outcode.outcode.like(bindparam("beginning"))
    )


def _regions_of() -> Any:
    postcode = Organisation.postcode
    return (
        select(postcode, Organisation.region)
        .where(
            postcode.between(bindparam("low"), bindparam("high")),
            postcode.like(bindparam("beginning")),
            Organisation.region.is_not(None),
        )
        .order_by(Organisation.code)
    )


def _postcode_rows() -> Any:
    return (
        select(Organisation.latitude, Organisation.longitude, Organisation.region)
        .where(Organisation.postcode == bindparam("postcode"), Organisation.latitude.is_not(None))
        .order_by(Organisation.code)
        .limit(MOST)
    )


# --- Towns ----------------------------------------------------------------------------------------


async def _towns(reads: Reads, typed: str, field: str) -> list[Spot]:
    before, _, behind = typed.partition(",")
    name, where = _folded(before), _folded(behind)
    if not name:
        return []
    # Few rows begin with the same word, so the rest of the rule is here once for both databases.
    rows = await reads.fetch("towns", _towns_like, {"beginning": f"{name.split(' ')[0]}%"})
    fits = [(fit, row) for row in rows if (fit := _fit(row, name, where)) is not None]
    if not fits and name in _NORTHERN_IRISH:
        raise _northern_ireland(field)
    fits.sort(key=lambda one: (not one[0], -one[1]["practices"], one[1]["id"]))
    return [_town(row, exact=exact) for exact, row in fits[:MOST]]


def _folded(text: str) -> str:
    return " ".join("st" if word == "saint" else word for word in tokens(text))


def _fit(row: dict[str, Any], name: str, where: str) -> bool | None:
    """Whether it is called just so, or begins so; None where neither. `where` may stand behind the name, too."""
    key = row["key"]
    if where and not _is_where(row, where):
        return None
    if name == key or (name.startswith(f"{key} ") and _is_where(row, name[len(key) + 1 :])):
        return True
    return False if key.startswith(name) else None


def _is_where(row: dict[str, Any], typed: str) -> bool:
    """It is the beginning of its county or region."""
    where = (row["county"], region_label(row["region"]), row["region"])
    return any(_folded(each).startswith(typed) for each in where if each)


def _town(row: dict[str, Any], *, exact: bool) -> Spot:
    return Spot(
        "town", row["name"], row["latitude"], row["longitude"], row["precision_km"], row["region"], row["county"],
        row["practices"], exact,
    )  # fmt: skip


def _towns_like() -> Any:
    return select(
        Place.id, Place.key, Place.name, Place.county, Place.region, Place.latitude, Place.longitude,
        Place.precision_km, Place.practices,
    ).where(Place.kind == "town", Place.key.like(bindparam("beginning")))  # fmt: skip
