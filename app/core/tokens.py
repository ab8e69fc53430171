"""Making bearer tokens: the secret, what is kept of it, and the row. Whether one may is for the caller to ask."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from app.core.changes import Told, create
from app.core.json_columns import json_text
from app.core.work import Work

LIFETIME = timedelta(days=365)
HINT = 4  # characters at the end of a secret, to tell tokens apart


def new_secret(kind: Literal["live", "demo", "client", "invite", "calendar"] = "live") -> str:
    """A secret of ours: a prefix that secret scanners can find, and 256 random bits.

    A token is `live`, or `demo` where the people are invented; `client`, `invite` and `calendar` are no tokens.
    """
    return f"qi_{kind}_{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> str:
    """What is stored of a secret of ours: its SHA-256, for 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def create_token(
    work: Work,
    *,
    person_id: str,
    name: str,
    scopes: Iterable[str],
    network_id: str | None = None,
    expires_at: datetime | None = None,
    demo: bool = False,
) -> tuple[dict[str, Any], str]:
    """Make a token without asking whether one may. Returns its row and the secret, which is kept nowhere.

    For callers who have checked, and for the command line. Errors: `Dangling` at the flush for a person or network
    that is not there.
    """
    secret = new_secret("demo" if demo else "live")
    values = {
        "id": work.new_id(),
        "person_id": person_id,
        "name": name,
        "secret_hash": hash_of(secret),
        "hint": secret[-HINT:],
        "scopes": json_text(sorted(set(scopes))),
        "network_id": network_id,
        "expires_at": expires_at,
        "revoked_at": None,
        "last_used_on": None,
        "demo": demo,
    }
    return create(work, "token.created", values, Told(person_id=person_id)), secret
