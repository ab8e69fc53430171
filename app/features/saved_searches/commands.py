"""Saving searches, editing and deleting them: a person's own affair, of which nobody else hears."""

from typing import Any

from sqlalchemy import bindparam, func, literal, select

from app.core import access
from app.core.changes import Told, change, create, remove
from app.core.errors import NotFound, Overtaken, TooManySavedSearches
from app.core.fetching import fetch_self
from app.core.json_columns import json_text
from app.core.search_access import visible_saved_search
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.saved_searches.marks import marks_after
from app.features.saved_searches.queries import PARAMS, params_of
from app.features.saved_searches.schemas import SavedSearchCreate, SavedSearchPatch
from app.features.saved_searches.sight import Sight
from app.models import SavedSearch

MOST = 50  # a person: each is a search that somebody means to look at again
Row = dict[str, Any]


def params_in(body: SavedSearchCreate) -> Row:
    """The parameters of a new search."""
    return body.model_dump(mode="json", include=set(PARAMS))


async def save_search(work: Work, body: SavedSearchCreate, sight: Sight | None) -> str:
    """Save a search of the viewer's, with what it finds now. Returns its id. Errors: `TooManySavedSearches`."""
    person, _ = await fetch_self(work, facilitated=False)  # locked: nobody counts beside this
    row = await fetch_one(work, "count saved searches", _count, access.values(work.viewer))
    if row is not None and int(row["count"]) >= MOST:
        raise TooManySavedSearches(f"A person has {MOST} saved searches at most: delete one first.")
    saved_id = work.new_id()
    values = {
        "id": saved_id,
        "person_id": person["id"],
        "name": body.name,
        "params": json_text(params_in(body)),
        **_all_seen(work, saved_id, sight),
    }
    create(work, "saved_search.created", values, Told(person_id=person["id"]))
    return saved_id


def _all_seen(work: Work, saved_id: str, sight: Sight | None) -> Row:
    """Nothing of what is there now is new."""
    hits = [] if sight is None else [*sight.listed, *sight.beside]
    marks = json_text(marks_after(saved_id, {}, hits, told=set(hits), looked_for=()))
    return {"seen": marks, "seen_before": marks, "looked_at": work.now, "looked_before_at": None}


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


def params_with(row: Row, body: SavedSearchPatch) -> Row:
    """The parameters that a search will have."""
    given = body.model_dump(mode="json", include=body.model_fields_set)
    return {name: given.get(name, value) for name, value in params_of(row).items()}


def update_saved_search(
    work: Work, row: Row, body: SavedSearchPatch, params: Row, sight: Sight | None
) -> None:
    """Change the name of a loaded search, or its parameters to those for which `sight` was looked for.

    Errors: `Overtaken` when they were changed meanwhile, so that they come to be others.
    """
    values: Row = {}
    if "name" in body.model_fields_set and body.name != row["name"]:
        values["name"] = body.name
    if params_with(row, body) != params_of(row):
        if sight is None or params_with(row, body) != params:
            raise Overtaken
        values |= {"params": json_text(params), **_all_seen(work, row["id"], sight)}
    if values:
        change(work, "saved_search.updated", row, values, Told(person_id=row["person_id"]))


def delete_saved_search(work: Work, row: Row) -> None:
    """Delete a loaded search."""
    remove(work, "saved_search.deleted", row, Told(person_id=row["person_id"]))
