"""Saving searches, editing and deleting them: a person's own affair, of which nobody else hears."""

from typing import Any

from sqlalchemy import bindparam, func, literal, select

from app.core import access
from app.core.changes import Told, change, create, remove
from app.core.errors import NotFound, TooManySavedSearches
from app.core.fetching import fetch_self
from app.core.json_columns import json_text, plain
from app.core.search_access import visible_saved_search
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.saved_searches.queries import PARAMS
from app.features.saved_searches.schemas import SavedSearchCreate, SavedSearchPatch
from app.models import SavedSearch

MOST = 50  # a person: each is a search that somebody means to look at again
Row = dict[str, Any]


async def save_search(work: Work, body: SavedSearchCreate) -> str:
    """Save a search of the viewer's. Returns its id. Errors: `TooManySavedSearches`."""
    person, _ = await fetch_self(work, facilitated=False)  # locked: nobody counts beside this
    row = await fetch_one(work, "count saved searches", _count, access.values(work.viewer))
    if row is not None and int(row["count"]) >= MOST:
        raise TooManySavedSearches(f"A person has {MOST} saved searches at most: delete one first.")
    values = {
        "id": work.new_id(),
        "person_id": person["id"],
        "name": body.name,
        "params": json_text(body.model_dump(mode="json", include=set(PARAMS))),
        "seen": "{}",
        "seen_before": "{}",
        "looked_at": work.now,
        "looked_before_at": None,
    }
    create(work, "saved_search.created", values, Told(person_id=person["id"]))
    return str(values["id"])


def _count() -> Any:
    mine = visible_saved_search("person")
    return select(func.count(literal(1)).label("count")).select_from(SavedSearch).where(mine)


def _own() -> Any:
    mine = (SavedSearch.id == bindparam("saved_id", type_=ID), visible_saved_search("person"))
    return select(*SavedSearch.__table__.columns).where(*mine).with_for_update()


async def fetch_saved_search(work: Work, saved_id: str) -> Row:
    """One of the viewer's own saved searches, locked. Errors: `NotFound`, also for another person's."""
    values = {**access.values(work.viewer), "saved_id": saved_id}
    row = await fetch_one(work, "fetch saved search", _own, values)
    if row is None:
        raise NotFound
    return row


def update_saved_search(work: Work, row: Row, body: SavedSearchPatch) -> None:
    """Change the name or the parameters of a loaded search."""
    given = body.model_dump(mode="json", include=body.model_fields_set)
    values: Row = {}
    if given.get("name", row["name"]) != row["name"]:
        values["name"] = given["name"]
    before = plain(row["params"])
    params = {name: given.get(name, before[name]) for name in PARAMS}
    if params != before:
        values["params"] = json_text(params)
    if values:
        change(work, "saved_search.updated", row, values, Told(person_id=row["person_id"]))


def delete_saved_search(work: Work, row: Row) -> None:
    """Delete a loaded search."""
    remove(work, "saved_search.deleted", row, Told(person_id=row["person_id"]))
