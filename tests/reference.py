"""A small part of the shipped reference data, chosen so that every relationship occurs in it."""

from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import select

from app.core.work import House
from app.exchange.ods import parse_organisations
from app.exchange.ods.load import BaselineReport, Shipped, load_baseline
from app.models import Base
from app.reference.load import (
    Organisation,
    Outcode,
    Town,
    read_organisations,
    read_outcodes,
    read_towns,
)
from tests.ods_samples import sample

WHOLE_BODIES: Final = ("16C", "7A1")  # Tees Valley and Betsi Cadwaladr, with all below them

# The tables that an import or a load may write.
TABLES: Final = ("organisation", "organisation_parent", "outcode", "place", "term", "import_run")


@cache
def small_organisations() -> dict[str, Organisation]:
    """All boards and regions, two areas whole, the practices of the epraccur sample, closed PCNs."""
    shipped = {organisation.code: organisation for organisation in read_organisations()}
    sampled = {
        organisation.code for organisation in parse_organisations(sample("epraccur"), "epraccur")
    }
    return {
        code: organisation
        for code, organisation in shipped.items()
        if organisation.kind not in ("gp_practice", "pcn")
        or code in sampled
        or any(p.code in WHOLE_BODIES or p.code not in shipped for p in organisation.parents)
    }


@cache
def small_outcodes() -> dict[str, Outcode]:
    """The outcodes of these organisations."""
    used = {(row.postcode or "").split(" ")[0] for row in small_organisations().values()}
    return {row.outcode: row for row in read_outcodes() if row.outcode in used}


# Enough to tell homonyms apart, and what begins alike.
TOWNS: Final = (
    "stockton",
    "newport",
    "newtown",
    "richmond",
    "preston",
    "kings-lynn",
    "hull",
    "y-drenewydd",
)


@cache
def small_towns() -> dict[str, Town]:
    """The towns whose id begins so."""
    return {town.id: town for town in read_towns() if town.id.startswith(TOWNS)}


def small_reference(digest: str = "a small part of what ships") -> Shipped:
    """The small part, with the whole vocabularies, to load as a baseline."""
    return Shipped(
        digest,
        organisations=small_organisations().values,
        outcodes=small_outcodes().values,
        towns=small_towns().values,
    )


async def load_small(house: House) -> BaselineReport:
    """Load it, unless it is there."""
    return await load_baseline(house, quiet, small_reference())


def quiet(what: str, done: int, total: int) -> None:
    """Take no notice of progress."""


async def everything(house: House) -> dict[str, list[str]]:
    """Read all rows of the reference tables as text, to compare before and after."""
    found = {}
    for name in TABLES:
        rows = await house.db.fetch(("all of", name), _all_of(name), {})
        found[name] = sorted(orjson.dumps(row).decode() for row in rows)
    return found


def _all_of(name: str) -> Any:
    return lambda: select(*Base.metadata.tables[name].c)
