"""What others say to a result: feedback, and that they tried it too."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, JSON_TEXT
from app.models.base import Base, Versioned


class Feedback(Base, Versioned):
    """A question, comment, thanks or concern about a result, or the answer to one (`answer_to`).

    `organisation_code` is where its author was when they gave it: what changes in a profile later changes nothing
    here, where it would say whose it is.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("kind IN ('question', 'comment', 'thanks', 'concern')", name="kind"),
        CheckConstraint(
            "attribution IN ('named', 'organisation', 'network_only')", name="attribution"
        ),
        Index("ix_feedback_result_id", "result_id", "updated_at", "id"),
        Index("ix_feedback_answer_to", "answer_to"),
        Index("ix_feedback_author_id", "author_id", "id"),
        Index("ix_feedback_network_id", "network_id", "id"),
    )

    result_id: Mapped[str] = mapped_column(ForeignKey("result.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    organisation_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    attribution: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    answer_to: Mapped[str | None] = mapped_column(ForeignKey("feedback.id"))
    hidden_on: Mapped[str | None] = mapped_column(DAY)


class Adoption(Base, Versioned):
    """One organisation tried a result, and this happened: one row for each organisation, and the latest report.

    One that is not `counted` is by the organisation of authors who are not named: nobody but who reported it sees it,
    so a colleague who reports as well has a row of their own.
    """

    __tablename__ = "adoption"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('interested', 'planning', 'testing', 'adopted', 'adapted', 'sustained', 'stopped')",
            name="stage",
        ),
        CheckConstraint("effect IN ('better', 'same', 'worse', 'unknown')", name="effect"),
        Index(
            "uq_adoption_organisation",
            "result_id",
            "organisation_code",
            unique=True,
            sqlite_where=text("counted"),
            postgresql_where=text("counted"),
        ),
        Index("ix_adoption_result_id", "result_id", "organisation_code", "id"),
        Index("ix_adoption_organisation_code", "organisation_code", "id"),
        Index("ix_adoption_network_id", "network_id", "id"),
        Index("ix_adoption_reported_by", "reported_by", "result_id"),
    )

    result_id: Mapped[str] = mapped_column(ForeignKey("result.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    reported_by: Mapped[str | None] = mapped_column(ID)
    stage: Mapped[str] = mapped_column(String(10))
    stop_reason: Mapped[str | None] = mapped_column(String(14))
    stop_detail: Mapped[str | None] = mapped_column(Text)
    started_on: Mapped[str | None] = mapped_column(DAY)
    adaptations: Mapped[str | None] = mapped_column(Text)
    context_difference: Mapped[str | None] = mapped_column(Text)
    fidelity: Mapped[str | None] = mapped_column(String(12))
    figures_before: Mapped[str | None] = mapped_column(JSON_TEXT)
    figures_after: Mapped[str | None] = mapped_column(JSON_TEXT)
    effect: Mapped[str] = mapped_column(String(8))
    would_recommend: Mapped[bool | None] = mapped_column(Boolean(create_constraint=False))
    follow_up_result_id: Mapped[str | None] = mapped_column(ID)
    counted: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    last_reported_on: Mapped[str] = mapped_column(DAY)
    hidden_on: Mapped[str | None] = mapped_column(DAY)
