"""Reading one's own tokens; the secret is not among what is kept."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.feed_position import feed_head, with_position
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.models import Token

COLUMNS = (
    Token.id, Token.person_id, Token.name, Token.hint, Token.scopes, Token.network_id, Token.expires_at,
    Token.last_used_on, Token.created_at, Token.version,
)  # fmt: skip


def _list(rank: str, *, started: bool) -> Any:
    statement = select(*COLUMNS, feed_head().label("_head")).where(access.visible_token(rank))
    return keyset(statement, Sort("-id", Token.id, Token.id, descending=True), started=started)


async def list_tokens(db: Database, viewer: Viewer, page: Page) -> tuple[list[dict[str, Any]], int]:
    """A page of tokens (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page)}
    key = ("tokens", rank, started)
    return await with_position(
        db, lambda: db.fetch(key, lambda: _list(rank, started=started), values)
    )


def _one(rank: str) -> Any:
    return select(*COLUMNS).where(
        Token.id == bindparam("token_id", type_=ID), access.visible_token(rank)
    )


async def one_token(reads: Reads, viewer: Viewer, token_id: str) -> dict[str, Any] | None:
    """One token, or None when it is not the viewer's or was revoked."""
    rank = viewer.rank
    values = {**access.values(viewer), "token_id": token_id}
    return await fetch_one(reads, ("token of viewer", rank), lambda: _one(rank), values)
