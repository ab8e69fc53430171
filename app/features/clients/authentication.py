"""How a client proves who it is: by its secret, or by an assertion that one of its keys signed (RFC 7523).

Whatever is wrong - no such client, another secret, a forged, stale or used assertion - is one and the same answer.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.core.errors import InvalidClient, OAuthRequestInvalid
from app.core.json_columns import plain
from app.core.text import UUID_PATTERN
from app.core.tokens import hash_of
from app.db.database import Reads, fetch_one
from app.db.types import ID, instant_text
from app.features.clients.keys import signed_by
from app.features.clients.oauth_schemas import JWT_BEARER, Credentials
from app.models import Client, Person
from app.web.form import basic_credentials
from app.web.sign_in.refused import Refused
from app.web.sign_in.token import Unproven, second_of, take_apart

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
TYPES = (None, "JWT", "client-authentication+jwt")
LEEWAY = 30  # seconds that clocks may differ
LONGEST = 300  # seconds that an assertion may live: its `jti` is kept for so long
LONGEST_JTI = 200
NO_HASH = "0" * 64  # what the secret of nobody is compared with, so that it takes as long
_UUID = re.compile(UUID_PATTERN)


@dataclass(frozen=True, slots=True)
class Proven:
    """A client that proved who it is; `used` names the assertion, which is good for once, until `used_until`."""

    client: dict[str, Any]
    used: str | None = None
    used_until: datetime | None = None


def _client() -> Any:
    return (
        select(
            Client.id, Client.person_id, Client.name, Client.secret_hash, Client.public_keys,
            Client.scopes.label("scopes"), Client.expires_at, Client.last_used_on,
        )
        .join(Person, Person.id == Client.person_id)
        .where(
            Client.id == bindparam("client_id", type_=ID),
            Client.revoked_at.is_(None),
            Person.erased_at.is_(None),
        )
    )  # fmt: skip


async def authenticate(
    reads: Reads,
    authorization: bytes | None,
    form: Credentials,
    audiences: frozenset[str],
    now: datetime,
) -> Proven:
    """The client that asks. Errors: `InvalidClient`; `OAuthRequestInvalid` for two proofs at once."""
    ways = (authorization, form.client_secret, form.client_assertion)
    if sum(way is not None for way in ways) > 1:
        raise OAuthRequestInvalid("A client proves who it is in one way, not in two.")
    if form.client_assertion is not None:
        return await _by_assertion(reads, form, audiences, now)
    if authorization is not None:
        client_id, secret = basic_credentials(authorization)
        if form.client_id not in (None, client_id):
            raise InvalidClient
    elif form.client_id is not None and form.client_secret is not None:
        client_id, secret = form.client_id, form.client_secret
    else:
        raise InvalidClient
    found = await _live(reads, client_id, now)
    known = (found or {}).get("secret_hash") or NO_HASH
    if not hmac.compare_digest(hash_of(secret), known) or found is None:
        raise InvalidClient
    return Proven(found)


async def _live(reads: Reads, client_id: str, now: datetime) -> dict[str, Any] | None:
    if not _UUID.fullmatch(client_id):
        return None
    values = {"client_id": client_id.lower()}
    found = await fetch_one(reads, "client that asks", _client, values)
    if found is None or found["expires_at"] <= instant_text(now):
        return None
    return found


async def _by_assertion(
    reads: Reads, form: Credentials, audiences: frozenset[str], now: datetime
) -> Proven:
    if form.client_assertion_type != JWT_BEARER:
        raise OAuthRequestInvalid(f"client_assertion_type is {JWT_BEARER}.")
    try:
        token = take_apart(str(form.client_assertion))
        client_id, jti, ends = _claimed(token, audiences, now.timestamp())
    except Refused:
        raise InvalidClient from None
    if form.client_id not in (None, client_id):
        raise InvalidClient
    found = await _live(reads, client_id, now)
    keys = plain(found["public_keys"]) if found is not None else []
    if found is None or not signed_by(keys, token):
        raise InvalidClient
    used = hashlib.sha256(f"{found['id']} {jti}".encode()).hexdigest()
    until = datetime.fromtimestamp(ends, UTC) + timedelta(seconds=LEEWAY)
    return Proven(found, used, until)


def _claimed(token: Unproven, audiences: frozenset[str], now: float) -> tuple[str, str, int]:
    """Who it says it is from, its name, and the second it ends. Errors: `Refused`."""
    if token.algorithm not in ALGORITHMS or token.header.get("typ") not in TYPES:
        raise Refused("alg or typ is not allowed")
    claims = token.claims
    client_id, jti, aud = claims.get("iss"), claims.get("jti"), claims.get("aud")
    if not isinstance(client_id, str) or claims.get("sub") != client_id:
        raise Refused("iss and sub are not the client")
    named = [aud] if isinstance(aud, str) else aud
    if not isinstance(named, list) or not named or not all(one in audiences for one in named):
        raise Refused("another aud")
    if not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI:
        raise Refused("no jti")
    ends = second_of(claims, "exp")
    if ends + LEEWAY <= now or ends - now > LONGEST + LEEWAY:
        raise Refused("expired, or it lives too long")
    for name in ("iat", "nbf"):
        if name in claims and second_of(claims, name) - LEEWAY > now:
            raise Refused(f"{name} lies ahead")
    return client_id, jti, ends
