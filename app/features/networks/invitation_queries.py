"""Reading invitations; the secret is not among what is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, select

from app.core import access
from app.core.errors import InvitationNotValid
from app.core.feed_position import feed_head, with_position
from app.core.fetching import in_a_state_for, redeemable
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT
from app.features.networks.invitation_schemas import InvitationQuery
from app.models import Invitation, Network, Person


def _over() -> Any:
    """Its time is over: nothing is written when that happens."""
    return and_(
        Invitation.status == "pending", Invitation.expires_at <= bindparam("now", type_=INSTANT)
    )


def _columns() -> Any:
    status = case((_over(), "expired"), else_=Invitation.status).label("status")
    return select(
        Invitation.id, Invitation.network_id, Invitation.address, Invitation.role, status, Invitation.message,
        Invitation.invited_by, Invitation.accepted_by, Invitation.expires_at, Invitation.ended_at,
        Invitation.created_at, Invitation.updated_at, Invitation.version,
    )  # fmt: skip


def _list(rank: str, given: frozenset[str], status: str | None, *, started: bool) -> Any:
    statement = (
        _columns().add_columns(feed_head().label("_head")).where(access.visible_invitation(rank))
    )
    if "network_id" in given:
        statement = statement.where(Invitation.network_id == bindparam("network_id", type_=ID))
    if status == "expired":
        statement = statement.where(_over())
    elif status is not None:
        statement = statement.where(Invitation.status == status, ~_over())
    return keyset(
        statement, Sort("-id", Invitation.id, Invitation.id, descending=True), started=started
    )


async def list_invitations(
    db: Database, viewer: Viewer, query: InvitationQuery, page: Page, now: datetime
) -> tuple[list[dict[str, Any]], int]:
    """A page of invitations (one row more than the page), and the feed's position before it."""
    given = frozenset(query.model_fields_set) & {"network_id"}
    rank, started, status = viewer.rank, page.after is not None, query.status
    values = {
        **access.values(viewer),
        **page_values(page),
        "network_id": query.network_id,
        "now": now,
    }
    key = ("invitations", rank, given, status, started)

    def build() -> Any:
        return _list(rank, given, status, started=started)

    # Within one network it is a look into an index, else it may be one at every invitation there is.
    fetch = db.fetch if given else db.fetch_slow
    return await with_position(db, lambda: fetch(key, build, values))


def _one(rank: str) -> Any:
    return _columns().where(
        Invitation.id == bindparam("invitation_id", type_=ID), access.visible_invitation(rank)
    )


async def one_invitation(
    reads: Reads, viewer: Viewer, invitation_id: str, now: datetime
) -> dict[str, Any] | None:
    """One invitation, or None when it is not there for this viewer."""
    values = {**access.values(viewer), "invitation_id": invitation_id, "now": now}
    return await fetch_one(
        reads, ("one invitation", viewer.rank), lambda: _one(viewer.rank), values
    )


def _shown(rank: str) -> Any:
    return (
        select(
            Network.id.label("network.id"), Network.name.label("network.name"),
            Network.purpose.label("network.purpose"), Network.parent_id.label("network.parent_id"),
            Invitation.role, Invitation.message, Person.display_name.label("invited_by"), Invitation.expires_at,
            Network.archived_at, Network.hosted_at, Network.verified, access.standing(rank).label("_tier"),
        )
        .join(Network, Network.id == Invitation.network_id)
        .outerjoin(Person, Person.id == Invitation.invited_by)
        .where(redeemable())
    )  # fmt: skip


async def shown_by_secret(
    reads: Reads, viewer: Viewer, secret_hash: str, now: datetime
) -> dict[str, Any]:
    """What an invitation says to whoever has its secret.

    Errors: `InvitationNotValid`; `NetworkArchived` and `HostedElsewhere`, for it cannot be accepted then.
    """
    values = {**access.values(viewer), "hash": secret_hash, "now": now}
    rank = viewer.rank
    row = await fetch_one(reads, ("invitation shown", rank), lambda: _shown(rank), values)
    if row is None:
        raise InvitationNotValid
    in_a_state_for(row, "network.join")
    for name in ("archived_at", "hosted_at", "verified", "_tier"):
        del row[name]
    return row
