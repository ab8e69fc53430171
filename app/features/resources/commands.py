"""Adding, changing and deleting the links that a network keeps."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core.changes import change, create, remove
from app.core.errors_of_keeping import ResourceListed
from app.core.fetching import fetch_network, require
from app.core.fetching_helping import fetch_resource, told_inside
from app.core.json_columns import json_text, plain
from app.core.references import labels
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.resources.schemas import ResourceCreate, ResourcePatch
from app.models import Resource

Row = dict[str, Any]


def _same() -> Any:
    return select(Resource.id).where(
        Resource.network_id == bindparam("network_id", type_=ID), Resource.url == bindparam("url")
    )


async def _once(work: Work, network_id: str, url: str) -> None:
    """An address stands once in a locked network. Errors: `ResourceListed`."""
    if await fetch_one(work, "same address", _same, {"network_id": network_id, "url": url}):
        raise ResourceListed


async def create_resource(work: Work, body: ResourceCreate) -> str:
    """Add a link. Returns its id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `UnknownReference`; `ResourceListed`.
    """
    network = await fetch_network(work, body.network_id, "resource.create")
    await labels(work, "topic", body.topics, "/topics")
    await _once(work, network["id"], body.url)
    given = {**body.model_dump(), "topics": json_text(body.topics)}
    row = {"id": work.new_id(), **given, "created_by": work.viewer.person_id, "hidden_on": None}
    create(work, "resource.added", row, told_inside(network["id"]))
    return str(row["id"])


async def resource_to_change(work: Work, resource_id: str) -> Row:
    """A link and the right to change it, its network locked; `self` is who added it.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await fetch_resource(work, resource_id)
    require(work, "resource.update", network, about=row["created_by"])
    return row


async def update_resource(work: Work, row: Row, body: ResourcePatch) -> None:
    """Change what is said of a loaded link. Errors: `UnknownReference`; `ResourceListed`."""
    before = {**row, "topics": plain(row["topics"])}
    given = body.model_dump(include=body.model_fields_set)
    values = {name: value for name, value in given.items() if before[name] != value}
    if not values:
        return
    if "topics" in values:
        await labels(work, "topic", values["topics"], "/topics")
        values["topics"] = json_text(values["topics"])
    if "url" in values:
        await _once(work, row["network_id"], values["url"])
    change(work, "resource.updated", row, values, told_inside(row["network_id"]))


def delete_resource(work: Work, row: Row) -> None:
    """Delete a loaded link."""
    remove(work, "resource.deleted", row, told_inside(row["network_id"], reach="member"))
