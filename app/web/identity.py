"""From an Authorization header to a viewer.

Only a token's SHA-256 is stored and looked up. The row is kept for at most a second, and only while no token can have
changed in any process (`Database.token_stamp`); rights are never kept.
"""

import re
import time
from datetime import UTC
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, func, or_, select, update

from app.core.errors import InvalidToken
from app.core.tokens import hash_of
from app.core.viewer import ANONYMOUS, Viewer
from app.core.work import House
from app.db.database import Transaction, Write, fetch_one
from app.db.types import instant_text
from app.models import Client, Person, Token
from app.web.sign_in.people import SignIn
from app.web.sign_in.token import looks_like_one

TOKEN = re.compile(r"qi_(live|demo)_[A-Za-z0-9_-]{43}")
KEPT_FOR = 1.0  # seconds; app/db/lease.py relies on it
MAX_KEPT = 10_000


def _lookup() -> Any:
    return (
        select(
            Token.id,
            Token.person_id,
            Token.scopes.label("scopes"),
            func.coalesce(Token.network_id, Client.network_id).label("network_id"),
            Token.expires_at,
            Token.last_used_on,
            Token.client_id,
            Person.operator,
        )
        .join(Person, Person.id == Token.person_id)
        .outerjoin(Client, Client.id == Token.client_id)
        .where(
            Token.secret_hash == bindparam("hash"),
            Token.revoked_at.is_(None),
            or_(
                Token.client_id.is_(None),
                and_(Client.id.is_not(None), Client.revoked_at.is_(None)),
            ),
            Person.erased_at.is_(None),  # a token may be made while its person is erased
        )
    )


class Gatekeeper:
    """Knows tokens for a second each, if nothing happens."""

    def __init__(self, house: House, sign_in: SignIn | None = None) -> None:
        """Start knowing none; without `sign_in` nobody's tokens but ours are read."""
        self._house = house
        self.sign_in = sign_in
        self._kept: dict[str, tuple[float, int, Viewer]] = {}

    async def viewer(self, authorization: bytes | None, request_id: str | None = None) -> Viewer:
        """The caller; anonymous without a header. Errors: `InvalidToken`, `IssuerUnavailable`."""
        if authorization is None:
            return ANONYMOUS
        scheme, _, credentials = authorization.decode("latin-1").partition(" ")
        ours = TOKEN.fullmatch(credentials) is not None
        if scheme.lower() != "bearer" or not (ours or looks_like_one(credentials)):
            raise InvalidToken
        key = hash_of(credentials)
        stamp, now = self._house.db.token_stamp(), time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and kept[0] >= now and kept[1] == stamp:
            viewer = kept[2]
        else:
            if ours:
                viewer = await self._look_up(key)
            elif self.sign_in is not None:
                viewer = await self.sign_in.viewer(credentials, request_id)
            else:
                raise InvalidToken
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            if stamp is not None:  # of before: what changed during the look-up moves it
                self._kept[key] = (now + KEPT_FOR, stamp, viewer)
        if viewer.expires_at is not None and viewer.expires_at <= instant_text(self._house.clock()):
            raise InvalidToken
        return viewer

    async def forget(self) -> None:
        """To be awaited before the end of a token is answered: the next request looks again, in every process."""
        self._kept.clear()
        await self._house.db.forget_tokens()

    async def _look_up(self, key: str) -> Viewer:
        row = await fetch_one(self._house.db, "token", _lookup, {"hash": key})
        if row is None:
            raise InvalidToken
        await self._note_use(row)
        return Viewer(
            person_id=row["person_id"],
            token_id=row["client_id"] or row["id"],
            scopes=frozenset(orjson.loads(orjson.dumps(row["scopes"]))),
            is_operator=row["operator"],
            network_id=row["network_id"],
            expires_at=row["expires_at"],
        )

    async def _note_use(self, row: dict[str, Any]) -> None:
        """Once a day and token: enough to find tokens that nobody uses."""
        today = self._house.clock().astimezone(UTC).date()
        if row["last_used_on"] == today.isoformat():
            return

        async def note(tx: Transaction) -> None:
            def build() -> Any:
                return (
                    update(Token)
                    .where(Token.id == bindparam("row_id"))
                    .values({"last_used_on": bindparam("day")})
                )

            await tx.write(
                [
                    Write(
                        "token use",
                        build,
                        {"row_id": row["id"], "day": today},
                        ("token", row["id"]),
                        None,
                    )
                ]
            )

        await self._house.db.unit(note)
