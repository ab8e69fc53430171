"""Reading one's own clients; secrets and keys are not among what is shown."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.feed_position import feed_head, with_position
from app.core.json_columns import plain
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.models import Client

COLUMNS = (
    Client.id, Client.person_id, Client.name, Client.hint, Client.public_keys, Client.scopes, Client.network_id,
    Client.expires_at, Client.last_used_on, Client.created_at, Client.version,
)  # fmt: skip


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the names of its keys instead of the keys."""
    keys = plain(row["public_keys"])
    rest = {name: value for name, value in row.items() if name != "public_keys"}
    return {**rest, "key_ids": [key["kid"] for key in keys]}


def _list(rank: str, *, started: bool) -> Any:
    statement = select(*COLUMNS, feed_head().label("_head")).where(access.visible_client(rank))
    return keyset(statement, Sort("-id", Client.id, Client.id, descending=True), started=started)


async def list_clients(
    db: Database, viewer: Viewer, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of clients (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page)}
    key = ("clients", rank, started)
    rows, position = await with_position(
        db, lambda: db.fetch(key, lambda: _list(rank, started=started), values)
    )
    return [shown(row) for row in rows], position


def _one(rank: str) -> Any:
    return select(*COLUMNS).where(
        Client.id == bindparam("client_id", type_=ID), access.visible_client(rank)
    )


async def one_client(reads: Reads, viewer: Viewer, client_id: str) -> dict[str, Any] | None:
    """One client, or None when it is not the viewer's or was revoked."""
    rank = viewer.rank
    values = {**access.values(viewer), "client_id": client_id}
    row = await fetch_one(reads, ("client of viewer", rank), lambda: _one(rank), values)
    return None if row is None else shown(row)
