"""Reading people: visibility in SQL, tiers applied to every row."""

from functools import partial
from typing import Any

from sqlalchemy import bindparam, exists, select

from app.core import access
from app.core.access import PERSON_HIDDEN, PERSON_TIER_NAMES, SELF
from app.core.errors import refuse
from app.core.facets import Counting, counting_all, of_people
from app.core.feed_position import feed_head
from app.core.listing import Listed, list_found
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.core.work import House
from app.db import search
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.features.people.schemas import PersonQuery, PersonSort
from app.models import Identity, Organisation, Person, PersonTopic

COLUMNS = (
    Person.id, Person.display_name, Person.profession,
    Organisation.code.label("organisation.code"), Organisation.name.label("organisation.name"),
    Person.region, Person.interests, Person.skills, Person.bio, Person.links, Person.listed, Person.registrations,
    Person.email, Person.external_ids, Person.operator, Person.created_at, Person.updated_at, Person.version,
    Person.outer_version.label("_outer_version"), Person.outer_updated_at.label("_outer_updated_at"),
)  # fmt: skip
MOST_IDENTITIES = 20
FACETS_THAT_FIT = ("topic", "region", "profession")
FILTERS = {
    "profession": Person.profession,
    "organisation": Person.organisation_code,
    "region": Person.region,
}


def _base(rank: str) -> Any:
    return select(*COLUMNS, access.person_standing(rank).label("_tier")).outerjoin(
        Organisation, Organisation.code == Person.organisation_code
    )


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row as its reader may see it: fields above the tier are null, what happens there does not show."""
    tier = row.pop("_tier")
    outer_version, outer_updated_at = row.pop("_outer_version"), row.pop("_outer_updated_at")
    if tier < SELF:
        row["version"], row["updated_at"] = outer_version, outer_updated_at
        access.masked(row, PERSON_HIDDEN[tier])
    if row["organisation"]["code"] is None:
        row["organisation"] = None
    row["tier"] = PERSON_TIER_NAMES[tier]
    return row


def chosen_sort(query: PersonQuery) -> str:
    """The order asked for, else the best there is. Errors: `Invalid` for the relevance of no words."""
    if query.sort is None:
        return PersonSort.NAME if query.q is None else PersonSort.RELEVANCE
    if query.sort is PersonSort.RELEVANCE and query.q is None:
        raise refuse("?sort", "nothing_to_sort_by", "sort=relevance needs q.")
    return query.sort


def _conditions(rank: str, given: frozenset[str], shape: search.Shape | None) -> list[Any]:
    """Whom a list with these filters has: whoever is in it is seen as far as any of them looks."""
    wanted: list[Any] = [access.in_directory(rank)]
    wanted += [column == bindparam(name) for name, column in FILTERS.items() if name in given]
    if "topic" in given:
        named = select(1).where(
            PersonTopic.person_id == Person.id, PersonTopic.code == bindparam("topic")
        )
        wanted.append(exists(named))
    if shape is not None:
        wanted.append(search.matches(Person, "front"))
    return wanted


def list_shape(
    rank: str, given: frozenset[str], sort: str, *, started: bool, shape: search.Shape | None
) -> Any:
    """The SELECT of a page of a list with these filters."""
    statement = _base(rank).add_columns(feed_head().label("_head"))
    statement = statement.where(*_conditions(rank, given, shape))
    if sort == PersonSort.RELEVANCE and shape is not None:
        score = search.score(Person, "front", shape)
        return keyset(statement, Sort(sort, score, Person.id, descending=True), started=started)
    return keyset(statement, Sort(sort, Person.display_name, Person.id), started=started)


def counted_shape(rank: str, given: frozenset[str], shape: search.Shape | None) -> Any:
    """The SELECT that counts all that is found."""
    return counting_all(of_people(*_conditions(rank, given, shape)))


async def list_people(house: House, viewer: Viewer, query: PersonQuery, page: Page) -> Listed:
    """A page of people."""
    db, rank, sort = house.db, viewer.rank, chosen_sort(query)
    given = frozenset(query.model_fields_set) & {*FILTERS, "topic"}
    values = {**access.values(viewer), **{name: getattr(query, name) for name in given}}

    async def run(question: search.Wanted | None, page: Page) -> list[dict[str, Any]]:
        shape, started = None if question is None else question.shape, page.after is not None
        words = {} if question is None else search.values(db.name, question)
        # Where few are listed it looks at everybody.
        return await db.fetch_slow(
            ("people", rank, given, sort, started, shape),
            lambda: list_shape(rank, given, sort, started=started, shape=shape),
            {**values, **words, **page_values(page)},
        )

    counting = Counting(
        FACETS_THAT_FIT, ("people", rank, given), partial(counted_shape, rank, given), values
    )
    found = await list_found(
        house, query.q, page, run,
        by_relevance=sort == PersonSort.RELEVANCE, counting=counting if query.facets else None,
    )  # fmt: skip
    for row in found.rows:
        shown(row)
    return found


def _one(rank: str) -> Any:
    return _base(rank).where(
        Person.id == bindparam("person_id", type_=ID), access.visible_person(rank)
    )


async def one_person(reads: Reads, viewer: Viewer, person_id: str) -> dict[str, Any] | None:
    """One person as the contract has it, or None when they are not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "person_id": person_id}
    row = await fetch_one(reads, ("person", rank), lambda: _one(rank), values)
    return None if row is None else shown(row)


def _identities() -> Any:
    return (
        select(Identity.issuer, Identity.subject, Identity.created_at, Identity.last_used_on)
        .where(Identity.person_id == bindparam("person_id", type_=ID))
        .order_by(Identity.created_at, Identity.issuer, Identity.subject)
        .limit(MOST_IDENTITIES)
    )


async def oneself(reads: Reads, viewer: Viewer) -> dict[str, Any] | None:
    """The viewer's own person, with the scopes of the token in hand and how they sign in."""
    person_id = str(viewer.person_id)
    row = await one_person(reads, viewer, person_id)
    if row is None:
        return None
    identities = await reads.fetch("identities", _identities, {"person_id": person_id})
    return {**row, "scopes": sorted(viewer.scopes), "identities": identities}
