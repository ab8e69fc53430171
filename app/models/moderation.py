"""A safe place: reports of content, and a network's code of conduct with who accepted it."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, INSTANT
from app.models.base import Base, Versioned


class Report(Base, Versioned):
    """Somebody says that content should not be there; who said so is for themselves alone."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'upheld', 'dismissed')", name="status"),
        CheckConstraint(
            "reason IN ('patient_data', 'offensive', 'inaccurate', 'unsafe', 'spam', 'other')",
            name="reason",
        ),
        Index("ix_report_network_id", "network_id", "status", "id"),
        Index("ix_report_content", "content_kind", "content_id"),
        Index("ix_report_result_id", "result_id"),
        Index("ix_report_reporter_id", "reporter_id", "id"),
    )

    content_kind: Mapped[str] = mapped_column(String(20))
    content_id: Mapped[str] = mapped_column(ID)
    # Whose facilitators decide; null where operators do: of a network, of a person.
    network_id: Mapped[str | None] = mapped_column(ForeignKey("network.id"))
    # The result that goes out of sight with it: itself, or the one of a measure or a cycle.
    result_id: Mapped[str | None] = mapped_column(ID)
    reporter_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(12))
    detail: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    # Whether the content is out of sight by this report.
    hides: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    # It hid the content when it came, before anybody had looked.
    at_once: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    # Whoever wrote the content knows of it: it was hidden, or the report upheld.
    told_author: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    decision_note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(ID)
    decided_on: Mapped[str | None] = mapped_column(DAY)
    # What the author said against a decision, and what that had said.
    appeal: Mapped[str | None] = mapped_column(Text)
    appealed_on: Mapped[str | None] = mapped_column(DAY)
    first_note: Mapped[str | None] = mapped_column(Text)


class Conduct(Base):
    """One wording of a network's code of conduct; the one with the highest version is in force."""

    __tablename__ = "conduct"

    network_id: Mapped[str] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    from_at: Mapped[str] = mapped_column(INSTANT)
    by_id: Mapped[str | None] = mapped_column(ID, index=True)


class ConductAcceptance(Base):
    """That a person accepted a version; nobody else sees it, since who may publish narrows down who did."""

    __tablename__ = "conduct_acceptance"
    __table_args__ = (Index("ix_conduct_acceptance_person_id", "person_id"),)

    network_id: Mapped[str] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    accepted_on: Mapped[str] = mapped_column(DAY)
