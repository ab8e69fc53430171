"""Calendar tokens: addresses that calendars subscribe to."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, INSTANT, JSON_TEXT
from app.models.base import Base, Versioned


class CalendarToken(Base, Versioned):
    """One feed of one person's, read by whoever has its secret, of which only the SHA-256 is kept."""

    __tablename__ = "calendar_token"
    __table_args__ = (CheckConstraint("feed IN ('me', 'network', 'meeting')", name="feed"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(16))
    feed: Mapped[str] = mapped_column(String(8))
    network_id: Mapped[str | None] = mapped_column(ID, index=True)
    meeting_id: Mapped[str | None] = mapped_column(ID, index=True)
    filters: Mapped[str] = mapped_column(JSON_TEXT)
    revoked_at: Mapped[str | None] = mapped_column(INSTANT)
    last_used_on: Mapped[str | None] = mapped_column(DAY)
