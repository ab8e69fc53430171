"""Reading people: visibility in SQL, tiers applied to every row."""

from typing import Any

from sqlalchemy import bindparam, exists, select

from app.core import access, questions
from app.core.access import PERSON_HIDDEN, PERSON_TIER_NAMES, SELF
from app.core.feed_position import feed_head, head, with_position
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.db import search
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.features.people.schemas import PersonQuery
from app.models import Identity, Organisation, Person, PersonTopic

COLUMNS = (
    Person.id, Person.display_name, Person.profession,
    Organisation.code.label("organisation.code"), Organisation.name.label("organisation.name"),
    Person.region, Person.interests, Person.skills, Person.bio, Person.links, Person.listed, Person.registrations,
    Person.email, Person.external_ids, Person.operator, Person.created_at, Person.updated_at, Person.version,
    Person.outer_version.label("_outer_version"), Person.outer_updated_at.label("_outer_updated_at"),
)  # fmt: skip
MOST_IDENTITIES = 20
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


def list_shape(
    rank: str, given: frozenset[str], *, started: bool, shape: search.Shape | None
) -> Any:
    """The SELECT of a list with these filters: whoever is in it is seen as far as any of them looks."""
    statement = _base(rank).add_columns(feed_head().label("_head"))
    statement = statement.where(
        access.in_directory(rank),
        *(column == bindparam(name) for name, column in FILTERS.items() if name in given),
    )
    if "topic" in given:
        named = select(1).where(
            PersonTopic.person_id == Person.id, PersonTopic.code == bindparam("topic")
        )
        statement = statement.where(exists(named))
    if shape is None:
        order = Sort("display_name", Person.display_name, Person.id)
        return keyset(statement, order, started=started)
    score = search.score(Person, "front", shape)
    statement = statement.where(search.matches(Person, "front"))
    return keyset(statement, Sort("-score", score, Person.id, descending=True), started=started)


async def list_people(
    db: Database, viewer: Viewer, query: PersonQuery, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of people (one row more than the page, with `_key`), and the feed's position before it."""
    given = frozenset(query.model_fields_set) - {"limit", "cursor"}
    asked = questions.wanted_of(query.q)
    if "q" in given and asked is None:
        return [], await head(db)
    values: dict[str, Any] = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in given - {"q"}},
    }
    if asked is not None:
        values |= search.values(db.name, asked)
    shape = None if asked is None else asked.shape
    rank, started = viewer.rank, page.after is not None
    key = ("people", rank, given, started, shape)

    def build() -> Any:
        return list_shape(rank, given, started=started, shape=shape)

    # Where few are listed it looks at everybody.
    rows, position = await with_position(db, lambda: db.fetch_slow(key, build, values))
    return [shown(row) for row in rows], position


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
