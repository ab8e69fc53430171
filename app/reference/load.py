"""Typed readers of the shipped files: each yields the frozen rows of one file, in its order."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final, Literal, cast

from app.reference.roles import OrganisationKind

Relationship = Literal["icb", "local_health_board", "pcn", "region", "sub_icb"]

# The wording that the licences ask for; README.md has the same.
ATTRIBUTION: Final = (
    "Contains information from NHS England (Organisation Data Service) licensed under the Open "
    "Government Licence v3.0. Contains OS data (c) Crown copyright and database right 2025. "
    "Contains Royal Mail data (c) Royal Mail copyright and database right 2025. Source: Office for "
    "National Statistics licensed under the Open Government Licence v3.0."
)


@dataclass(frozen=True, slots=True)
class Parent:
    """One organisation above another one, by ODS code, and the days on which it was so."""

    code: str
    relationship: Relationship
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """One NHS body. Coordinates are WGS84 degrees; `region` is a region code or a nation."""

    code: str
    name: str
    kind: OrganisationKind
    ods_roles: tuple[str, ...]
    active: bool
    valid_from: date | None
    valid_to: date | None
    address: str | None
    postcode: str | None
    latitude: float | None
    longitude: float | None
    region: str | None
    parents: tuple[Parent, ...]


@dataclass(frozen=True, slots=True)
class Outcode:
    """The centre of an outward postcode; nine in ten of its postcodes lie within `p90_km` of it."""

    outcode: str
    latitude: float
    longitude: float
    p90_km: float


@dataclass(frozen=True, slots=True)
class Town:
    """A town, part of one or village, as practices name it; nine in ten of those lie within `precision_km`."""

    id: str
    name: str
    county: str | None
    region: str | None
    latitude: float
    longitude: float
    precision_km: float
    practices: int


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a vocabulary."""

    code: str
    label: str
    group: str


def read_organisations() -> Iterator[Organisation]:
    """Yield the shipped organisations, sorted by code."""
    for row in _rows("organisations.csv"):
        yield Organisation(
            code=row["code"],
            name=row["name"],
            kind=cast("OrganisationKind", row["kind"]),
            ods_roles=tuple(row["ods_roles"].split()),
            active=row["active"] == "true",
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            address=row["address"] or None,
            postcode=row["postcode"] or None,
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
            region=row["region"] or None,
            parents=tuple(_parent(word) for word in row["parents"].split()),
        )


def read_outcodes() -> Iterator[Outcode]:
    """Yield the centres of the outward postcodes of Great Britain, sorted by outcode."""
    for row in _rows("outcodes.csv"):
        yield Outcode(
            outcode=row["outcode"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            p90_km=float(row["p90_km"]),
        )


def read_towns() -> Iterator[Town]:
    """Yield the towns of England and Wales that practices name in their addresses, sorted by id."""
    for row in _rows("places.csv"):
        yield Town(
            id=row["id"],
            name=row["name"],
            county=row["county"] or None,
            region=row["region"] or None,
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            precision_km=float(row["precision_km"]),
            practices=int(row["practices"]),
        )


def read_topics() -> Iterator[Term]:
    """Yield the topics that networks, people and results are about."""
    return _terms("topics.json")


def read_professions() -> Iterator[Term]:
    """Yield the professions and roles that people in primary care have."""
    return _terms("professions.json")


def read_regions() -> Iterator[Term]:
    """Yield the seven NHS England regions and the four nations (`group` tells which)."""
    return _terms("regions.json")


@cache
def _region_labels() -> dict[str, str]:
    return {term.code: term.label for term in read_regions()}


def region_label(code: str | None) -> str | None:
    """What a region or nation is called."""
    return None if code is None else _region_labels().get(code, code)


@cache
def _topic_labels() -> dict[str, str]:
    return {term.code: term.label for term in read_topics()}


def topic_label(code: str) -> str:
    """What a topic is called: as shipped, else its code as words."""
    return _topic_labels().get(code) or code.replace("-", " ")


@cache
def nhs_england_regions() -> frozenset[str]:
    """Return the ODS codes of today's NHS England regions."""
    return frozenset(term.code for term in read_regions() if term.group == "nhs_england_region")


def shipped_text(name: str) -> str:
    """Return the text of one file of this room (UTF-8)."""
    return files("app.reference").joinpath(name).read_text(encoding="utf-8")


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(shipped_text(name).splitlines(), strict=True)


def _terms(name: str) -> Iterator[Term]:
    entries: list[dict[str, str]] = json.loads(shipped_text(name))
    return (Term(entry["code"], entry["label"], entry["group"]) for entry in entries)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _parent(word: str) -> Parent:
    """Read `code:relationship[:from[:to]]`; an empty part is an unknown day."""
    code, relationship, *days = word.split(":")
    valid_from, valid_to = (*map(_day, days), None, None)[:2]
    return Parent(code, cast("Relationship", relationship), valid_from, valid_to)
