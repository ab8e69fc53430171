"""Access tokens of clients.

They are no resources: nobody lists them, the feed does not tell of them, and the log of changes names their client.
What is registered and revoked is the client.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from app.core.errors import InvalidClient, InvalidScope
from app.core.json_columns import json_text, plain
from app.core.tokens import HINT, hash_of, new_secret
from app.core.work import House
from app.db.database import Transaction, Write, fetch_one
from app.db.errors import Duplicate
from app.db.types import ID, INSTANT, instant_from_text
from app.features.clients.authentication import Proven
from app.models import Client, Token, UsedAssertion

LIFETIME = timedelta(hours=1)
MOST = 50  # live access tokens of one client; a new one ends the oldest
USED_RULE = "pk_used_assertion"


def granted(client: dict[str, Any], asked: str | None) -> list[str]:
    """The scopes of a new access token. Errors: `InvalidScope` for one that the client has not."""
    own = plain(client["scopes"])
    if asked is None:
        return sorted(own)
    wanted = set(asked.split(" "))
    if not wanted <= set(own):
        raise InvalidScope
    return sorted(wanted)


async def issue(house: House, proven: Proven, scopes: list[str]) -> tuple[str, int]:
    """A new access token and the seconds that it lives. Errors: `InvalidClient` when the assertion was used before."""
    client, now = proven.client, house.clock()
    secret = new_secret()
    ends = min(now + LIFETIME, instant_from_text(client["expires_at"]))
    row = {
        "id": house.new_id(), "person_id": client["person_id"], "name": client["name"], "secret_hash": hash_of(secret),
        "hint": secret[-HINT:], "scopes": json_text(scopes), "network_id": None, "expires_at": ends,
        "revoked_at": None, "last_used_on": now.astimezone(UTC).date(), "demo": False, "client_id": client["id"],
        "version": 1, "outer_version": 1, "created_at": now, "updated_at": now, "outer_updated_at": now,
    }  # fmt: skip

    async def write(tx: Transaction) -> None:
        # Locked: of several at once each sees the others' tokens, and a revocation comes before or after.
        values = {"client_id": client["id"]}
        if await fetch_one(tx, "client that is issued to", _locked, values) is None:
            raise InvalidClient
        await tx.write(_writes(proven, row, now))

    await _unit(house, write)
    return secret, int((ends - now).total_seconds())


async def _unit(house: House, write: Callable[[Transaction], Awaitable[None]]) -> None:
    """Errors: `InvalidClient` when the assertion was used before."""
    try:
        await house.db.unit(write)
    except Duplicate as error:
        if error.rule != USED_RULE:
            raise
        raise InvalidClient from None


def _locked() -> Any:
    mine = Client.id == bindparam("client_id", type_=ID)
    return select(Client.id).where(mine, Client.revoked_at.is_(None)).with_for_update()


def _writes(proven: Proven, row: dict[str, Any], now: datetime) -> list[Write]:
    client_id, today = row["client_id"], row["last_used_on"]
    writes = _once(proven)
    values = {"of_client": client_id, "by_now": now}
    writes.append(Write("old access tokens", _old, values, ("token", f"old of {client_id}"), None))
    writes.append(Write("access token", lambda: _insert(row), row, ("token", row["id"])))
    if proven.client["last_used_on"] != today.isoformat():
        values = {"row_id": client_id, "day": today}
        writes.append(Write("client use", _use, values, ("client", client_id)))
    return writes


def _once(proven: Proven) -> list[Write]:
    """The note that keeps an assertion from being used a second time, here or at another address."""
    if proven.used is None:
        return []
    used = {"id": proven.used, "expires_at": proven.used_until}
    return [Write("assertion", _remember, used, ("used_assertion", proven.used))]


def _remember() -> Any:
    names = ("id", "expires_at")
    return insert(UsedAssertion).values({name: bindparam(name) for name in names})


def _insert(row: dict[str, Any]) -> Any:
    return insert(Token).values({name: bindparam(name) for name in row})


def _old() -> Any:
    of_client = Token.client_id == bindparam("of_client", type_=ID)
    newest = select(Token.id).where(of_client).order_by(Token.id.desc()).limit(MOST - 1)
    return delete(Token).where(
        of_client,
        or_(Token.expires_at <= bindparam("by_now", type_=INSTANT), Token.id.not_in(newest)),
    )


def _use() -> Any:
    mine = Client.id == bindparam("row_id")
    return update(Client).where(mine).values({"last_used_on": bindparam("day")})


async def give_back(house: House, proven: Proven, secret: str) -> bool:
    """End an access token of this client; another's, or none, is left alone. Returns whether there was one.

    Errors: `InvalidClient` when the assertion was used before.
    """
    found: list[bool] = []

    async def write(tx: Transaction) -> None:
        values = {"of_client": proven.client["id"], "hash": hash_of(secret)}
        row = await fetch_one(tx, "access token given back", _given_back, values)
        found[:] = [row is not None]
        writes = _once(proven)
        if row is not None:
            gone = {"row_id": row["id"]}
            writes.append(Write("token given back", _delete, gone, ("token", row["id"]), None))
        await tx.write(writes)

    await _unit(house, write)
    return found[0]


def _given_back() -> Any:
    return select(Token.id).where(
        Token.secret_hash == bindparam("hash"),
        Token.client_id == bindparam("of_client", type_=ID),
    )


def _delete() -> Any:
    return delete(Token).where(Token.id == bindparam("row_id", type_=ID))
