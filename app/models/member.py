"""Membership: one row is one spell of one person in one network."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import ID, INSTANT
from app.models.base import Base, Versioned

OPEN_SPELL = "status IN ('invited', 'requested', 'active')"


class Member(Base, Versioned):
    """A spell; at most one open one for each person and network."""

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("role IN ('facilitator', 'member', 'observer')", name="role"),
        CheckConstraint(
            "status IN ('invited', 'requested', 'active', 'declined', 'left', 'removed')",
            name="status",
        ),
        Index(
            "uq_member_open_spell",
            "network_id",
            "person_id",
            unique=True,
            sqlite_where=text(OPEN_SPELL),
            postgresql_where=text(OPEN_SPELL),
        ),
        Index("ix_member_network_status_id", "network_id", "status", "id"),
        Index("ix_member_person_status", "person_id", "status", "network_id"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10))
    representing: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"), index=True)
    offer: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str | None] = mapped_column(Text)
    added_by: Mapped[str | None] = mapped_column(ID)
    joined_at: Mapped[str | None] = mapped_column(INSTANT)
    ended_at: Mapped[str | None] = mapped_column(INSTANT)
    ended_by: Mapped[str | None] = mapped_column(ID)
    reason: Mapped[str | None] = mapped_column(Text)


class MemberRole(Base):
    """One role within a spell, and how long it was held."""

    __tablename__ = "member_role"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    from_at: Mapped[str] = mapped_column(INSTANT)
    to_at: Mapped[str | None] = mapped_column(INSTANT)
    by_id: Mapped[str | None] = mapped_column(ID)
