"""The members' own view of the five Cs: anonymous surveys, and assessments made in conversation."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, INSTANT, JSON_TEXT
from app.models.base import Base, Versioned


class SurveyRound(Base, Versioned):
    """One round of the questions on the five Cs, answered once each between two instants."""

    __tablename__ = "survey_round"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="closes_at"),
        Index("ix_survey_round_network_id", "network_id", "closes_at", "id"),
        Index("ix_survey_round_created_by", "created_by"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    title: Mapped[str] = mapped_column(String(200))
    questions_version: Mapped[int] = mapped_column(SmallInteger)
    opens_at: Mapped[str] = mapped_column(INSTANT)
    closes_at: Mapped[str] = mapped_column(INSTANT)
    created_by: Mapped[str | None] = mapped_column(ID)


class SurveyCount(Base):
    """How often an option was chosen; every answer writes all rows of its round, so that none tells what was new."""

    __tablename__ = "survey_count"
    __table_args__ = (CheckConstraint("choice BETWEEN 1 AND 5", name="choice"),)

    round_id: Mapped[str] = mapped_column(
        ForeignKey("survey_round.id", ondelete="CASCADE"), primary_key=True
    )
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    choice: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Integer)


class SurveyPart(Base):
    """Who took part in a round: keyed hashes of round and person, sorted, a space between them, all in one value.

    The key is not in the database, so whoever has a copy of it cannot tell who took part. One row for all of them is
    written anew with each answer: neither a row's place nor its age tells who came when (docs/decisions/0042).
    """

    __tablename__ = "survey_part"

    round_id: Mapped[str] = mapped_column(
        ForeignKey("survey_round.id", ondelete="CASCADE"), primary_key=True
    )
    marks: Mapped[str] = mapped_column(Text)


class Assessment(Base, Versioned):
    """How a group of members judged their network in conversation, for each C: lowest level, highest, target, notes."""

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_network_id", "network_id", "held_on", "id"),
        Index("ix_assessment_created_by", "created_by"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    held_on: Mapped[str] = mapped_column(DAY)
    participants: Mapped[int] = mapped_column(SmallInteger)
    levels: Mapped[str] = mapped_column(JSON_TEXT)
    notes: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str | None] = mapped_column(ID)
    hidden_on: Mapped[str | None] = mapped_column(DAY)
