"""What the token in hand may hand on to what it makes - a token, a client: never more scopes, and never for longer."""

from collections.abc import Iterable
from datetime import datetime

from app.core.errors import FieldError, Forbidden, InsufficientScope, refuse
from app.core.tokens import LIFETIME
from app.core.viewer import Viewer
from app.core.work import Work
from app.db.types import instant_from_text, instant_text


def not_wider(viewer: Viewer, scopes: Iterable[str], network_id: str | None) -> None:
    """Errors: `InsufficientScope`."""
    beyond = sorted(set(scopes) - viewer.scopes)
    if beyond:
        detail = f"The token in hand has no {', '.join(beyond)}, so it can make none that has."
        raise InsufficientScope(
            detail, errors=(FieldError("/scopes", "beyond_own_scopes", detail),)
        )
    if network_id is not None and viewer.network_id not in (None, network_id):
        detail = "The token in hand provisions another network."
        raise InsufficientScope(
            detail, errors=(FieldError("/network_id", "beyond_own_network", detail),)
        )


def expiry(work: Work, asked: datetime | None) -> datetime:
    """When what is made ends. Errors: `Invalid` for the past; `Forbidden` for later than it may.

    That is the end of the token in hand; for somebody whom an issuer vouches for, whose own tokens last minutes, the
    usual time (docs/decisions/0012).
    """
    own = work.viewer.expires_at
    last = instant_from_text(own) if own is not None else None
    if work.viewer.issuer is not None:
        last = work.now + LIFETIME
        own = instant_text(last)
    if asked is None:
        usual = work.now + LIFETIME
        return usual if last is None else min(usual, last)
    if asked <= work.now:
        raise refuse("/expires_at", "in_the_past", "expires_at lies in the past.")
    if last is not None and asked > last:
        detail = f"A token that this one makes ends at the latest at {own}."
        raise Forbidden(detail, errors=(FieldError("/expires_at", "beyond_own_expiry", detail),))
    return asked
