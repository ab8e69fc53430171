"""Reading organisations: they are public, so that no predicate of `core.access` applies."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Double, and_, bindparam, exists, literal, select

from app.core import places
from app.core.errors import refuse
from app.core.facets import Counting, counting_all, of_organisations
from app.core.json_columns import plain
from app.core.listing import Listed, list_found
from app.core.paging import Page, Sort, keyset, page_values
from app.core.standing_of_organisations import standing
from app.core.work import House
from app.db import search
from app.db.database import Reads, fetch_one
from app.db.types import one_of
from app.features.organisations.schemas import OrganisationQuery, OrganisationSort
from app.models import Organisation, OrganisationParent

COLUMNS: Final = (
    Organisation.code, Organisation.name, Organisation.kind, Organisation.ods_roles,
    Organisation.active, Organisation.valid_from, Organisation.valid_to, Organisation.address,
    Organisation.postcode, Organisation.latitude, Organisation.longitude, Organisation.region,
)  # fmt: skip
FILTERS: Final = {"kind": Organisation.kind, "region": Organisation.region}
FACETS_THAT_FIT: Final = ("kind", "region")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for, words aside: it makes the conditions, and is a part of a statement's shape."""

    given: frozenset[str]
    active: bool | None
    sort: str

    def conditions(self) -> list[Any]:
        """Return what an organisation must be."""
        given = self.given
        wanted = [column == bindparam(name) for name, column in FILTERS.items() if name in given]
        if self.active is not None:
            wanted.append(Organisation.active.is_(self.active))
        if "parent" in given:
            wanted.append(_below(OrganisationParent.parent_code == bindparam("parent")))
        if "icb" in given:
            named = OrganisationParent.parent_code == bindparam("icb")
            wanted.append(_below(and_(named, OrganisationParent.relationship == "icb")))
        if "near" in given:
            wanted.append(places.within(Organisation))
        if "bbox" in given:
            wanted.append(places.in_box(Organisation))
        return wanted


def _below(parent: Any) -> ColumnElement[bool]:
    return exists(select(1).where(OrganisationParent.code == Organisation.code, parent))


def chosen_sort(query: OrganisationQuery) -> str:
    """Return the order asked for, else the one that fits the filters. Errors: `Invalid`."""
    if query.sort is None:
        if query.q is not None:
            return OrganisationSort.RELEVANCE
        return OrganisationSort.NAME if query.near is None else OrganisationSort.DISTANCE
    needs = {
        OrganisationSort.RELEVANCE: ("q", query.q),
        OrganisationSort.DISTANCE: ("near", query.near),
    }
    name, value = needs.get(query.sort, ("", ""))
    if value is None:
        raise refuse("?sort", "nothing_to_sort_by", f"sort={query.sort} needs {name}.")
    return query.sort


def _sort(asked: _Asked, shape: search.Shape | None) -> Sort:
    """Return the order; ties are settled by the code."""
    if asked.sort == OrganisationSort.RELEVANCE and shape is not None:
        score = _score(shape)
        if "near" in asked.given:
            score = places.nearer_first(score, Organisation)
        return Sort(asked.sort, score, Organisation.code, descending=True)
    nearest = asked.sort == OrganisationSort.DISTANCE
    key = places.distance_km(Organisation) if nearest else Organisation.name
    return Sort(asked.sort, key, Organisation.code)


def _score(shape: search.Shape) -> Any:
    """Return words of the name before words of the address, and open ones before closed ones."""
    return search.score(Organisation, "front", shape) + standing(worded=True)


def list_shape(asked: _Asked, *, started: bool, shape: search.Shape | None) -> Any:
    """Build the SELECT of a page."""
    around = "near" in asked.given
    distance = places.distance_km(Organisation) if around else literal(None, Double())
    wanted = _with_words(asked, shape)
    statement = select(*COLUMNS, distance.label("distance_km")).where(*wanted)
    return keyset(statement, _sort(asked, shape), started=started)


def _with_words(asked: _Asked, shape: search.Shape | None) -> list[Any]:
    words = [] if shape is None else [search.matches(Organisation, "front")]
    return [*asked.conditions(), *words]


def counted_shape(asked: _Asked, shape: search.Shape | None) -> Any:
    """Build the SELECT that counts all that is found."""
    return counting_all(of_organisations(*_with_words(asked, shape)))


async def list_organisations(house: House, query: OrganisationQuery, page: Page) -> Listed:
    """Return a page of organisations. Errors: `Invalid` for a place that is nowhere."""
    db, sort = house.db, chosen_sort(query)
    given = frozenset(query.model_fields_set) - {"limit", "cursor", "active", "facets"}
    values = {name: getattr(query, name) for name in (*FILTERS, "parent", "icb") if name in given}
    if query.near is not None:
        values |= (await places.locate(db, query.near, query.within_km)).values()
    if query.bbox is not None:
        values |= places.box_of(query.bbox).values()
    if query.q is not None:
        values["exact"] = query.q.upper()
    asked = _Asked(given, query.active, sort)

    async def run(question: search.Wanted | None, page: Page) -> list[dict[str, Any]]:
        shape, started = None if question is None else question.shape, page.after is not None
        words = {} if question is None else search.values(db.name, question)
        fetch = db.fetch_slow if shape or given & {"near", "bbox"} else db.fetch
        return await fetch(
            ("organisations", asked, started, shape),
            lambda: list_shape(asked, started=started, shape=shape),
            {**values, **words, **page_values(page)},
        )

    counting = Counting(FACETS_THAT_FIT, asked, partial(counted_shape, asked), values)
    return await list_found(
        house, query.q, page, run, by_relevance=sort == OrganisationSort.RELEVANCE,
        counting=counting if query.facets else None, in_step=False,
    )  # fmt: skip


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
