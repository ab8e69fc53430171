"""The five Cs: decisions, charters, stages, duties, requests for support, pairs, resources, surveys, assessments."""

import json
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from app.db.types import DAY, ID, INSTANT, JSON_TEXT

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    *(
        "vote",
        "decision",
        "charter_acceptance",
        "charter_version",
        "network_stage",
        "duty_term",
        "duty",
        "offer",
        "ask",
    ),
    *(
        "pairing",
        "pairing_wish",
        "resource",
        "survey_part",
        "survey_count",
        "survey_round",
        "assessment",
    ),
)
SECTIONS = ("leadership", "purpose_and_direction", "communication", "knowledge_and_learning")


def upgrade() -> None:
    """Apply."""
    _deciding()
    _duties()
    _asks()
    _pairs_and_resources()
    _surveys()
    _begin_histories()


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
    ]


def _deciding() -> None:
    op.create_table(
        "decision",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("quorum_percent", sa.SmallInteger(), nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.Column("electorate", sa.Integer(), nullable=True),
        sa.Column("agree", sa.Integer(), nullable=True),
        sa.Column("abstain", sa.Integer(), nullable=True),
        sa.Column("disagree", sa.Integer(), nullable=True),
        sa.Column("block", sa.Integer(), nullable=True),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('adopted', 'rejected', 'no_quorum', 'withdrawn')",
            name=op.f("ck_decision_outcome"),
        ),
        sa.CheckConstraint(
            "quorum_percent BETWEEN 0 AND 100", name=op.f("ck_decision_quorum_percent")
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_decision_status")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_decision_network_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index("ix_decision_created_by", "decision", ["created_by"])
    op.create_index("ix_decision_network_id", "decision", ["network_id", "status", "id"])
    op.create_table(
        "vote",
        *_versioned(),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("vote", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "vote IN ('agree', 'abstain', 'disagree', 'block')", name=op.f("ck_vote_vote")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name="fk_vote_decision_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_vote_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_vote"),
    )
    op.create_index("ix_vote_network_id", "vote", ["network_id", "id"])
    op.create_index("ix_vote_person_id", "vote", ["person_id", "id"])
    op.create_index("uq_vote_person", "vote", ["decision_id", "person_id"], unique=True)
    op.create_table(
        "charter_version",
        sa.Column("network_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leadership", sa.Text(), nullable=True),
        sa.Column("purpose_and_direction", sa.Text(), nullable=True),
        sa.Column("communication", sa.Text(), nullable=True),
        sa.Column("knowledge_and_learning", sa.Text(), nullable=True),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
            name="fk_charter_version_network_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("network_id", "version", name="pk_charter_version"),
    )
    op.create_index("ix_charter_version_by_id", "charter_version", ["by_id"])
    op.create_table(
        "charter_acceptance",
        sa.Column("network_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
            name="fk_charter_acceptance_network_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_charter_acceptance_person_id"
        ),
        sa.PrimaryKeyConstraint("network_id", "person_id", "version", name="pk_charter_acceptance"),
    )
    op.create_index("ix_charter_acceptance_person_id", "charter_acceptance", ["person_id"])
    op.create_table(
        "network_stage",
        sa.Column("id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=True),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("to_at", INSTANT, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name="fk_network_stage_network_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_network_stage"),
    )
    op.create_index("ix_network_stage_network_id", "network_stage", ["network_id"])
    op.create_index("ix_network_stage_person_id", "network_stage", ["person_id"])


def _duties() -> None:
    op.create_table(
        "duty",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("term_months", sa.SmallInteger(), nullable=False),
        sa.Column("ended_on", DAY, nullable=True),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.CheckConstraint("term_months BETWEEN 1 AND 120", name=op.f("ck_duty_term_months")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_duty_network_id"),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
    )
    op.create_index("ix_duty_created_by", "duty", ["created_by"])
    op.create_index("ix_duty_network_id", "duty", ["network_id", "id"])
    op.create_table(
        "duty_term",
        *_versioned(),
        sa.Column("duty_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("from_on", DAY, nullable=False),
        sa.Column("to_on", DAY, nullable=True),
        sa.Column("handover_note", sa.Text(), nullable=True),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_duty_term_to_on")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_duty_term_person_id"),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_duty_term_network_id"),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name="fk_duty_term_duty_id"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_term"),
    )
    op.create_index("ix_duty_term_duty_id", "duty_term", ["duty_id", "from_on", "id"])
    op.create_index("ix_duty_term_network_id", "duty_term", ["network_id", "id"])
    op.create_index("ix_duty_term_person_id", "duty_term", ["person_id", "id"])


def _asks() -> None:
    op.create_table(
        "ask",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("skills", JSON_TEXT, nullable=False),
        sa.Column("topics", JSON_TEXT, nullable=False),
        sa.Column("needed_by_on", DAY, nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'answered', 'withdrawn')", name=op.f("ck_ask_status")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_ask_network_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_ask_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ask"),
    )
    op.create_index("ix_ask_network_id", "ask", ["network_id", "status", "id"])
    op.create_index("ix_ask_person_id", "ask", ["person_id", "id"])
    op.create_table(
        "offer",
        *_versioned(),
        sa.Column("ask_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'helped', 'withdrawn')", name=op.f("ck_offer_status")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_offer_network_id"),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name="fk_offer_ask_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_offer_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
    )
    op.create_index("ix_offer_ask_id", "offer", ["ask_id", "id"])
    op.create_index("ix_offer_network_id", "offer", ["network_id", "id"])
    op.create_index("ix_offer_person_id", "offer", ["person_id", "id"])


def _pairs_and_resources() -> None:
    op.create_table(
        "pairing_wish",
        sa.Column("network_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_pairing_wish_person_id"),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name="fk_pairing_wish_network_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "person_id", name="pk_pairing_wish"),
    )
    op.create_index("ix_pairing_wish_person_id", "pairing_wish", ["person_id"])
    op.create_table(
        "pairing",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("drawn_at", INSTANT, nullable=False),
        sa.Column("first_id", ID, nullable=True),
        sa.Column("second_id", ID, nullable=True),
        sa.Column("third_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_pairing_network_id"),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name="fk_pairing_first_id"),
        sa.ForeignKeyConstraint(["third_id"], ["person.id"], name="fk_pairing_third_id"),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name="fk_pairing_second_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pairing"),
    )
    op.create_index("ix_pairing_first_id", "pairing", ["first_id", "id"])
    op.create_index("ix_pairing_network_id", "pairing", ["network_id", "drawn_at", "id"])
    op.create_index("ix_pairing_second_id", "pairing", ["second_id", "id"])
    op.create_index("ix_pairing_third_id", "pairing", ["third_id", "id"])
    op.create_table(
        "resource",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("what_for", sa.Text(), nullable=True),
        sa.Column("licence", sa.String(length=100), nullable=True),
        sa.Column("topics", JSON_TEXT, nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_resource_network_id"),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
    )
    op.create_index("ix_resource_created_by", "resource", ["created_by"])
    op.create_index("ix_resource_network_id", "resource", ["network_id", "title", "id"])
    op.create_index("uq_resource_url", "resource", ["network_id", "url"], unique=True)


def _surveys() -> None:
    op.create_table(
        "survey_round",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("questions_version", sa.SmallInteger(), nullable=False),
        sa.Column("opens_at", INSTANT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_survey_round_closes_at")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_survey_round_network_id"),
        sa.PrimaryKeyConstraint("id", name="pk_survey_round"),
    )
    op.create_index("ix_survey_round_created_by", "survey_round", ["created_by"])
    op.create_index("ix_survey_round_network_id", "survey_round", ["network_id", "closes_at", "id"])
    op.create_table(
        "survey_count",
        sa.Column("round_id", ID, nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("choice", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("choice BETWEEN 1 AND 5", name=op.f("ck_survey_count_choice")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["survey_round.id"], name="fk_survey_count_round_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "question", "choice", name="pk_survey_count"),
    )
    op.create_table(
        "survey_part",
        sa.Column("round_id", ID, nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["survey_round.id"], name="fk_survey_part_round_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name="pk_survey_part"),
    )
    op.create_table(
        "assessment",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("held_on", DAY, nullable=False),
        sa.Column("participants", sa.SmallInteger(), nullable=False),
        sa.Column("levels", JSON_TEXT, nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name="fk_assessment_network_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_created_by", "assessment", ["created_by"])
    op.create_index("ix_assessment_network_id", "assessment", ["network_id", "held_on", "id"])


def _begin_histories() -> None:
    """The charter and the stage that a network has now are the first of their history."""
    bind = op.get_bind()
    tables = sa.MetaData()
    network = sa.Table("network", tables, autoload_with=bind)
    charter = sa.Table("charter_version", tables, autoload_with=bind)
    stage = sa.Table("network_stage", tables, autoload_with=bind)
    kept = sa.select(
        network.c.id, network.c.charter, network.c.lifecycle_stage, network.c.created_at
    )
    for row in bind.execute(kept.where(network.c.lifecycle_stage.is_not(None))).mappings().all():
        began = {"network_id": row["id"], "from_at": row["created_at"]}
        first = {"id": str(uuid4()), **began, "stage": row["lifecycle_stage"]}
        bind.execute(sa.insert(stage).values(**first))
        agreed = row["charter"]
        given = json.loads(agreed) if isinstance(agreed, str) else agreed
        if given and any(given.get(name) for name in SECTIONS):
            sections = {name: given.get(name) for name in SECTIONS}
            bind.execute(sa.insert(charter).values(**began, version=1, **sections))


def downgrade() -> None:
    """Undo."""
    for table in TABLES:
        op.drop_table(table)
