"""Minting and revoking tokens: a token never makes a wider or a longer one.

That holds for `members:provision` too: it lets a program put people into a network without asking them, which their
facilitator alone cannot do (whom they add is invited, and must be in their sight), so it comes only from a token that
has it. An operator makes the first one, for a facilitator of the network that it is bound to.
"""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.changes import Told, change
from app.core.errors import Forbidden
from app.core.fetching import facilitates, fetch_token
from app.core.handing_on import expiry, not_wider
from app.core.references import unknown
from app.core.tokens import create_token
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.accounts.schemas import TokenCreate
from app.models import Person


async def mint_token(work: Work, body: TokenCreate) -> tuple[dict[str, Any], str]:
    """Make a token for the viewer, or as an operator for somebody. Returns its row and the secret.

    Errors: `InsufficientScope` for a wider one; `Forbidden` for a longer one or another person's; `Invalid` for one
    that has expired; `UnknownReference`.
    """
    viewer = work.viewer
    person_id = body.person_id or str(viewer.person_id)
    if person_id != viewer.person_id:
        if not access.allowed("token.create_for_other", access.viewer_roles(viewer)):
            raise Forbidden("A token for somebody else is made by an operator.")
        if await fetch_one(work, "person for token", _person, {"person_id": person_id}) is None:
            raise unknown("/person_id", "There is no such person.")
    work.living.add(person_id)
    not_wider(viewer, body.scopes, body.network_id)
    if body.network_id is not None and not await facilitates(work, person_id, body.network_id):
        raise unknown("/network_id", "The person of the token facilitates no such network.")
    return await create_token(
        work,
        person_id=person_id,
        name=body.name,
        scopes=body.scopes,
        network_id=body.network_id,
        expires_at=expiry(work, body.expires_at),
    )


def _person() -> Any:
    alive = (Person.id == bindparam("person_id", type_=ID), Person.erased_at.is_(None))
    return select(Person.id).where(*alive)


def end_token(work: Work, row: dict[str, Any]) -> None:
    """Revoke a loaded token: from the commit on it opens nothing."""
    told = Told(person_id=row["person_id"])
    change(work, "token.revoked", row, {"revoked_at": work.now}, told, op="gone")


async def revoke_token(work: Work, token_id: str) -> None:
    """Revoke one of the viewer's own tokens; the house itself may revoke any. Errors: `NotFound`."""
    end_token(work, await fetch_token(work, token_id))
