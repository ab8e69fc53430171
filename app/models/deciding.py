"""What members decide together: decisions with their ballots, and the charter with who accepted it."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, INSTANT
from app.models.base import Base, Versioned

VOTES = "vote IN ('agree', 'abstain', 'disagree', 'block')"


class Decision(Base, Versioned):
    """A proposal to the members, and what came of it.

    Votes are taken until `closes_at` or `closed_at`, whichever comes first. `electorate` and the four counts are
    written when it is closed; before that they are counted from the ballots.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint(
            "outcome IN ('adopted', 'rejected', 'no_quorum', 'withdrawn')", name="outcome"
        ),
        CheckConstraint("quorum_percent BETWEEN 0 AND 100", name="quorum_percent"),
        Index("ix_decision_network_id", "network_id", "status", "id"),
        Index("ix_decision_created_by", "created_by"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    title: Mapped[str] = mapped_column(String(200))
    proposal: Mapped[str] = mapped_column(Text)
    quorum_percent: Mapped[int] = mapped_column(SmallInteger)
    closes_at: Mapped[str] = mapped_column(INSTANT)
    status: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str | None] = mapped_column(String(10))
    outcome_note: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[str | None] = mapped_column(INSTANT)
    closed_by: Mapped[str | None] = mapped_column(ID)
    electorate: Mapped[int | None] = mapped_column(Integer)
    agree: Mapped[int | None] = mapped_column(Integer)
    abstain: Mapped[int | None] = mapped_column(Integer)
    disagree: Mapped[int | None] = mapped_column(Integer)
    block: Mapped[int | None] = mapped_column(Integer)
    created_by: Mapped[str | None] = mapped_column(ID)
    hidden_on: Mapped[str | None] = mapped_column(DAY)


class Vote(Base, Versioned):
    """One person's ballot, which may change until the decision closes; of who is erased the ballot stays, nameless."""

    __tablename__ = "vote"
    __table_args__ = (
        CheckConstraint(VOTES, name="vote"),
        Index("uq_vote_person", "decision_id", "person_id", unique=True),
        Index("ix_vote_person_id", "person_id", "id"),
        Index("ix_vote_network_id", "network_id", "id"),
    )

    decision_id: Mapped[str] = mapped_column(ForeignKey("decision.id"))
    # Of its decision. No foreign key: who votes would wait for whoever has the network locked, who may be waiting for
    # the decision (docs/decisions/0041).
    network_id: Mapped[str] = mapped_column(ID)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    vote: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(Text)


class CharterVersion(Base):
    """One wording of a network's charter; the highest version is in force, and stands in `network.charter` too."""

    __tablename__ = "charter_version"

    network_id: Mapped[str] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    leadership: Mapped[str | None] = mapped_column(Text)
    purpose_and_direction: Mapped[str | None] = mapped_column(Text)
    communication: Mapped[str | None] = mapped_column(Text)
    knowledge_and_learning: Mapped[str | None] = mapped_column(Text)
    from_at: Mapped[str] = mapped_column(INSTANT)
    by_id: Mapped[str | None] = mapped_column(ID, index=True)


class CharterAcceptance(Base):
    """That a person accepted a version of a network's charter."""

    __tablename__ = "charter_acceptance"
    __table_args__ = (Index("ix_charter_acceptance_person_id", "person_id"),)

    network_id: Mapped[str] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    accepted_at: Mapped[str] = mapped_column(INSTANT)


class NetworkStage(Base):
    """The declared stage of a network's life cycle and how long it held; the current one has no end."""

    __tablename__ = "network_stage"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    network_id: Mapped[str] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), index=True
    )
    stage: Mapped[str | None] = mapped_column(String(16))
    from_at: Mapped[str] = mapped_column(INSTANT)
    to_at: Mapped[str | None] = mapped_column(INSTANT)
    person_id: Mapped[str | None] = mapped_column(ID, index=True)
