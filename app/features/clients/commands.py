"""Registering and revoking clients: a client is never wider and never longer than the token that registers it."""

from typing import Any

from app.core.changes import Told, change, create
from app.core.fetching import facilitates, fetch_client
from app.core.handing_on import expiry, not_wider
from app.core.json_columns import json_text
from app.core.references import unknown
from app.core.tokens import HINT, hash_of, new_secret
from app.core.work import Work
from app.features.clients.keys import kept_keys
from app.features.clients.schemas import ClientCreate


async def register_client(work: Work, body: ClientCreate) -> tuple[dict[str, Any], str | None]:
    """Make a client that acts in the viewer's name. Returns its row, and its secret unless it has keys.

    Errors: `InsufficientScope` for a wider one; `Forbidden` for a longer one; `Invalid` for one that has expired or
    for a key that is none; `UnknownReference`.
    """
    person_id = str(work.viewer.person_id)
    not_wider(work.viewer, body.scopes, body.network_id)
    if body.network_id is not None and not await facilitates(work, person_id, body.network_id):
        raise unknown("/network_id", "You facilitate no such network.")
    keys = [] if body.jwks is None else kept_keys(body.jwks.keys)
    secret = None if keys else new_secret("client")
    values = {
        "id": work.new_id(),
        "person_id": person_id,
        "name": body.name,
        "secret_hash": None if secret is None else hash_of(secret),
        "hint": None if secret is None else secret[-HINT:],
        "public_keys": json_text(keys),
        "scopes": json_text(sorted(set(body.scopes))),
        "network_id": body.network_id,
        "expires_at": expiry(work, body.expires_at),
        "revoked_at": None,
        "last_used_on": None,
    }
    return create(work, "client.created", values, Told(person_id=person_id)), secret


def end_client(work: Work, row: dict[str, Any]) -> None:
    """Revoke a loaded client: from the commit on it gets no token, and those it has open nothing."""
    told = Told(person_id=row["person_id"])
    change(work, "client.revoked", row, {"revoked_at": work.now}, told, op="gone")


async def revoke_client(work: Work, client_id: str) -> None:
    """Revoke one of the viewer's own clients; the house itself may revoke any. Errors: `NotFound`."""
    end_client(work, await fetch_client(work, client_id))
