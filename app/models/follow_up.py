"""What a meeting leaves behind: minutes, with what they said before, and actions."""

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, INSTANT
from app.models.base import Base, Versioned


class Minutes(Base, Versioned):
    """The minutes of one occurrence: `text` is being written, `published_text` is what is read.

    `occurrence` is empty for a single meeting. `edition` counts how often they were published.
    """

    __tablename__ = "minutes"
    __table_args__ = (
        Index("uq_minutes_occurrence", "meeting_id", "occurrence", unique=True),
        Index("ix_minutes_network_id", "network_id", "id"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    occurrence: Mapped[str] = mapped_column(String(19))
    text: Mapped[str] = mapped_column(Text)
    published_text: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[str | None] = mapped_column(INSTANT)
    edition: Mapped[int] = mapped_column(Integer)
    # By moderation: for facilitators and operators alone meanwhile.
    hidden_on: Mapped[str | None] = mapped_column(DAY)


class MinutesEdition(Base):
    """One published wording of minutes; `note` says what was corrected."""

    __tablename__ = "minutes_edition"

    minutes_id: Mapped[str] = mapped_column(
        ForeignKey("minutes.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[str | None] = mapped_column(ID, index=True)
    published_at: Mapped[str] = mapped_column(INSTANT)


class Action(Base, Versioned):
    """Something that a member took on, at a meeting or between them; null owner: nobody has it now."""

    __tablename__ = "action"
    __table_args__ = (
        Index("ix_action_network_id", "network_id", "id"),
        Index("ix_action_owner_id", "owner_id", "done_at", "id"),
        Index("ix_action_meeting_id", "meeting_id", "occurrence"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"))
    occurrence: Mapped[str] = mapped_column(String(19))
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[str | None] = mapped_column(DAY)
    done_at: Mapped[str | None] = mapped_column(INSTANT)
    done_by: Mapped[str | None] = mapped_column(ID)
    created_by: Mapped[str | None] = mapped_column(ID, index=True)
    hidden_on: Mapped[str | None] = mapped_column(DAY)
