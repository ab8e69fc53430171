"""Invitations to an address."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import ID, INSTANT
from app.models.base import Base, Versioned

PENDING = "status = 'pending'"


class Invitation(Base, Versioned):
    """An invitation into a network, used once; only the SHA-256 of the secret in its link is kept.

    `address` is there for the facilitator to tell invitations apart; it and the message go some time after the
    invitation ended. One that has expired stays `pending` here: time alone writes nothing. An address has one pending
    invitation in a network at most.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'observer')", name="role"),
        CheckConstraint("status IN ('pending', 'accepted', 'revoked')", name="status"),
        Index("ix_invitation_network_id", "network_id", "id"),
        Index(
            "uq_invitation_pending_address",
            "network_id",
            "address",
            unique=True,
            sqlite_where=text(PENDING),
            postgresql_where=text(PENDING),
        ),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    address: Mapped[str | None] = mapped_column(String(254))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10))
    message: Mapped[str | None] = mapped_column(Text)
    invited_by: Mapped[str | None] = mapped_column(ID)
    expires_at: Mapped[str] = mapped_column(INSTANT)
    ended_at: Mapped[str | None] = mapped_column(INSTANT)
    accepted_by: Mapped[str | None] = mapped_column(ID, index=True)
