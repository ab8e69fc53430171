"""Invitations to an address."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import ID, INSTANT
from app.models.base import Base, Versioned


class Invitation(Base, Versioned):
    """An invitation into a network, used once; only the SHA-256 of the secret in its link is kept.

    `address` is there for the facilitator to tell invitations apart, and goes some time after it ended.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("role IN ('facilitator', 'member', 'observer')", name="role"),
        CheckConstraint("status IN ('pending', 'accepted', 'revoked')", name="status"),
        Index("ix_invitation_network_id", "network_id", "id"),
        Index("ix_invitation_network_address", "network_id", "address"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    address: Mapped[str | None] = mapped_column(String(254))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10))
    invited_by: Mapped[str | None] = mapped_column(ID)
    expires_at: Mapped[str] = mapped_column(INSTANT)
    ended_at: Mapped[str | None] = mapped_column(INSTANT)
    accepted_by: Mapped[str | None] = mapped_column(ID, index=True)
