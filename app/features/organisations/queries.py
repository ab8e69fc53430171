"""Reading organisations: they are public, so that no predicate of `core.access` applies."""

from typing import Any, Final

from sqlalchemy import Double, bindparam, case, exists, literal, select

from app.core import places, questions
from app.core.json_columns import plain
from app.core.paging import Page, Sort, keyset, page_values
from app.db import search
from app.db.database import Database, Reads, fetch_one
from app.db.types import one_of
from app.features.organisations.schemas import OrganisationQuery
from app.models import Organisation, OrganisationParent

COLUMNS: Final = (
    Organisation.code, Organisation.name, Organisation.kind, Organisation.ods_roles,
    Organisation.active, Organisation.valid_from, Organisation.valid_to, Organisation.address,
    Organisation.postcode, Organisation.latitude, Organisation.longitude, Organisation.region,
)  # fmt: skip
FILTERS: Final = {"kind": Organisation.kind, "region": Organisation.region}
# Whoever types a code means that organisation: it comes before all that only begin with it.
WORTH_OF_THE_CODE: Final = 1_000


def chosen_sort(query: OrganisationQuery) -> str:
    """Return the order that fits the filters."""
    if query.q is not None:
        return "-score"
    return "name" if query.near is None else "distance"


def sort_by(name: str, shape: search.Shape | None) -> Sort:
    """Return one of the orders; ties are settled by the code."""
    if name == "-score" and shape is not None:
        return Sort(name, _score(shape), Organisation.code, descending=True)
    key = places.distance_km(Organisation) if name == "distance" else Organisation.name
    return Sort(name, key, Organisation.code)


def _score(shape: search.Shape) -> Any:
    """Return words of the name before words of the address, and open ones before closed ones."""
    return (
        search.score(Organisation, "front", shape)
        + case((Organisation.code == bindparam("exact"), WORTH_OF_THE_CODE), else_=0)
        + case((Organisation.active.is_(True), 1), else_=0)
    )


def list_shape(
    given: frozenset[str],
    sort: str,
    *,
    active: bool | None,
    started: bool,
    shape: search.Shape | None,
) -> Any:
    """Build the SELECT of a list with these filters."""
    distance = places.distance_km(Organisation) if "near" in given else literal(None, Double())
    statement = select(*COLUMNS, distance.label("distance_km")).where(
        *(column == bindparam(name) for name, column in FILTERS.items() if name in given)
    )
    if active is not None:
        statement = statement.where(Organisation.active.is_(active))
    if "parent" in given:
        below = select(1).where(
            OrganisationParent.code == Organisation.code,
            OrganisationParent.parent_code == bindparam("parent"),
        )
        statement = statement.where(exists(below))
    if "near" in given:
        statement = statement.where(places.within(Organisation))
    if "bbox" in given:
        statement = statement.where(places.in_box(Organisation))
    if shape is not None:
        statement = statement.where(search.matches(Organisation, "front"))
    return keyset(statement, sort_by(sort, shape), started=started)


async def list_organisations(
    db: Database, query: OrganisationQuery, page: Page
) -> list[dict[str, Any]]:
    """Return a page of organisations (one row more than the page, with `_key`).

    Errors: `Invalid` for a place that is nowhere.
    """
    given = frozenset(query.model_fields_set) - {"limit", "cursor", "active", "within_km"}
    values: dict[str, Any] = {
        **page_values(page),
        **{name: getattr(query, name) for name in (*FILTERS, "parent") if name in given},
    }
    shape = None
    if query.q is not None:
        asked = questions.wanted_of(query.q)
        if asked is None:
            return []
        shape = asked.shape
        values |= search.values(db.name, asked) | {"exact": query.q.upper()}
    if query.near is not None:
        values |= (await places.locate(db, query.near, query.within_km)).values()
    if query.bbox is not None:
        values |= places.box_of(query.bbox).values()
    sort, started = chosen_sort(query), page.after is not None
    key = ("organisations", given, query.active, started, shape)
    fetch = db.fetch_slow if shape or given & {"near", "bbox"} else db.fetch
    return await fetch(
        key,
        lambda: list_shape(given, sort, active=query.active, started=started, shape=shape),
        values,
    )


async def one_organisation(reads: Reads, code: str) -> dict[str, Any] | None:
    """Return one organisation as the contract has it, or None."""
    row = await fetch_one(reads, "organisation", _one, {"code": code})
    if row is None:
        return None
    parents, successors = plain(row["parents"]), plain(row["successors"])
    codes = sorted({*(parent["code"] for parent in parents), *successors})
    found = await reads.fetch("organisation names", _names, {"codes": codes}) if codes else []
    names = {other["code"]: other["name"] for other in found}
    row["parents"] = [
        {"code": parent["code"], "name": names.get(parent["code"]), **parent} for parent in parents
    ]
    row["successors"] = [{"code": other, "name": names.get(other)} for other in successors]
    return row


def _one() -> Any:
    return select(*COLUMNS, Organisation.parents, Organisation.successors).where(
        Organisation.code == bindparam("code")
    )


def _names() -> Any:
    return select(Organisation.code, Organisation.name).where(
        one_of(Organisation.code, bindparam("codes"))
    )
