"""Results: what somebody tried and what happened, who wrote it, and what it is measured by."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, FLOAT, ID, JSON_TEXT
from app.models.base import Base, Searched, Versioned


class Result(Base, Versioned, Searched):
    """A shared experience or project, after SQUIRE 2.0; the stamps are days, since an instant could name an author.

    Who wrote it stands in `result_author`; whether it is said, `attribution` decides, and `audience` who reads it.
    `adoption_count` and `adoption_summary` are of the adoptions that count, and follow them in the same transaction.
    While `hidden_on` is there, its authors, facilitators and operators alone see it.
    """

    __tablename__ = "result"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('project', 'pdsa', 'audit', 'case_study', 'story', 'idea')", name="kind"
        ),
        CheckConstraint(
            "outcome IN ('improved', 'no_change', 'worse', 'mixed', 'too_early', 'abandoned')",
            name="outcome",
        ),
        CheckConstraint(
            "attribution IN ('named', 'organisation', 'network_only')", name="attribution"
        ),
        CheckConstraint("audience IN ('author', 'network', 'public')", name="audience"),
        CheckConstraint("status IN ('draft', 'published', 'withdrawn')", name="status"),
        Index("ix_result_network_id", "network_id", "id"),
        Index("ix_result_listed", "listed_on", "id"),
        Index("ix_result_title", "title", "id"),
        Index("ix_result_updated", "updated_at", "id"),
        Index("ix_result_adoptions", "adoption_count", "id"),
        Index("ix_result_organisation_code", "organisation_code"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    organisation_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(10))
    problem: Mapped[str | None] = mapped_column(Text)
    available_knowledge: Mapped[str | None] = mapped_column(Text)
    rationale: Mapped[str | None] = mapped_column(Text)
    aim: Mapped[str | None] = mapped_column(JSON_TEXT)
    context: Mapped[str | None] = mapped_column(JSON_TEXT)
    change: Mapped[str | None] = mapped_column(JSON_TEXT)
    ethics: Mapped[str | None] = mapped_column(Text)
    what_happened: Mapped[str | None] = mapped_column(Text)
    unintended_effects: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(10))
    limitations: Mapped[str | None] = mapped_column(Text)
    learning: Mapped[str | None] = mapped_column(Text)
    sustainability: Mapped[str | None] = mapped_column(Text)
    funding: Mapped[str | None] = mapped_column(Text)
    prerequisites: Mapped[str | None] = mapped_column(Text)
    effort: Mapped[str | None] = mapped_column(Text)
    contact_ok: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    licence: Mapped[str | None] = mapped_column(String(20))
    topics: Mapped[str] = mapped_column(JSON_TEXT)
    attribution: Mapped[str] = mapped_column(String(12))
    audience: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(10))
    published_on: Mapped[str | None] = mapped_column(DAY)
    # When it was last published, or else begun: what the list goes by, never null.
    listed_on: Mapped[str] = mapped_column(DAY)
    withdrawn_on: Mapped[str | None] = mapped_column(DAY)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    # The version of the network's code of conduct that its author had accepted when it was published.
    conduct_version: Mapped[int | None] = mapped_column(Integer)
    hidden_on: Mapped[str | None] = mapped_column(DAY)
    adoption_count: Mapped[int] = mapped_column(Integer)
    adoption_summary: Mapped[str] = mapped_column(JSON_TEXT)
    last_reported_on: Mapped[str | None] = mapped_column(DAY)


class ResultTopic(Base):
    """A topic of a result, for filters."""

    __tablename__ = "result_topic"
    __table_args__ = (Index("ix_result_topic_code", "code", "result_id"),)

    result_id: Mapped[str] = mapped_column(
        ForeignKey("result.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(60), primary_key=True)


class ResultAuthor(Base):
    """Who wrote a result, who began it at position 0.

    Rows outlive both the authorship and the result: the feed tells their people what is gone. `removed_version` is the
    version of the result from which on somebody is no author any more: of what came later they hear nothing.
    """

    __tablename__ = "result_author"
    __table_args__ = (Index("ix_result_author_person_id", "person_id", "result_id"),)

    result_id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    removed: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    removed_version: Mapped[int | None] = mapped_column(BigInteger)


class Measure(Base, Versioned):
    """What a result is measured by, and how it is drawn; its numbers are in `measure_series`."""

    __tablename__ = "measure"
    __table_args__ = (
        CheckConstraint("kind IN ('outcome', 'process', 'balancing', 'structure')", name="kind"),
        CheckConstraint(
            "frequency IN ('day', 'week', 'month', 'quarter', 'year', 'event')", name="frequency"
        ),
        CheckConstraint(
            "improvement_direction IN ('increase', 'decrease', 'neutral')",
            name="improvement_direction",
        ),
        Index("ix_measure_result_id", "result_id", "position", "id"),
        Index("ix_measure_network_id", "network_id", "id"),
    )

    result_id: Mapped[str] = mapped_column(ForeignKey("result.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    operational_definition: Mapped[str | None] = mapped_column(Text)
    numerator_definition: Mapped[str | None] = mapped_column(Text)
    denominator_definition: Mapped[str | None] = mapped_column(Text)
    exclusions: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(String(60))
    frequency: Mapped[str] = mapped_column(String(8))
    chart: Mapped[str] = mapped_column(String(4))
    ruleset: Mapped[str] = mapped_column(String(8))
    improvement_direction: Mapped[str] = mapped_column(String(8))
    target: Mapped[float | None] = mapped_column(FLOAT)
    baseline_points: Mapped[int | None] = mapped_column(Integer)
    rebase: Mapped[str] = mapped_column(JSON_TEXT)
    exclude_on: Mapped[str] = mapped_column(JSON_TEXT)
    multiply: Mapped[float] = mapped_column(FLOAT)
    screen_moving_ranges: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    observation_count: Mapped[int] = mapped_column(Integer)
    first_on: Mapped[str | None] = mapped_column(DAY)
    last_on: Mapped[str | None] = mapped_column(DAY)


class MeasureSeries(Base):
    """The numbers of a measure as one JSON text, in order of day: it is read and written whole (docs/decisions/0030).

    `data` is an array of [on, numerator, denominator, value, annotation]. `smallest` is the smallest count of people or
    events that it tells, 0 apart: where it is above the threshold for every measure of a result, nothing is suppressed.
    """

    __tablename__ = "measure_series"

    measure_id: Mapped[str] = mapped_column(
        ForeignKey("measure.id", ondelete="CASCADE"), primary_key=True
    )
    data: Mapped[str] = mapped_column(Text)
    smallest: Mapped[float | None] = mapped_column(FLOAT)


class PdsaCycle(Base, Versioned):
    """One cycle of plan, do, study, act, on the time line of a result."""

    __tablename__ = "pdsa_cycle"
    __table_args__ = (
        CheckConstraint("decision IN ('adopt', 'adapt', 'abandon')", name="decision"),
        CheckConstraint("number > 0", name="number"),
        Index("uq_pdsa_cycle_number", "result_id", "number", unique=True),
        Index("ix_pdsa_cycle_network_id", "network_id", "id"),
    )

    result_id: Mapped[str] = mapped_column(ForeignKey("result.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    started_on: Mapped[str | None] = mapped_column(DAY)
    ended_on: Mapped[str | None] = mapped_column(DAY)
    plan: Mapped[str | None] = mapped_column(Text)
    prediction: Mapped[str | None] = mapped_column(Text)
    do_text: Mapped[str | None] = mapped_column(Text)
    study: Mapped[str | None] = mapped_column(Text)
    act: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(String(8))
