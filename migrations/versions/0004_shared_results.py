"""Results, measures, cycles, feedback, adoptions; reports and codes of conduct; what moderation hides."""

import sqlalchemy as sa
from alembic import op

from app.db.schema import execute_all
from app.db.search_ddl import ddl, ddl_drop
from app.db.types import DAY, FLOAT, ID, INSTANT, JSON_TEXT

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORDS = ("search_name", "search_topics", "search_purpose", "search_front", "search_inside")
HIDEABLE = ("meeting", "minutes", "action")
TABLES = (
    *("result", "result_topic", "result_author", "measure", "measure_series", "pdsa_cycle"),
    *("feedback", "adoption", "report", "conduct", "conduct_acceptance"),
)


def upgrade() -> None:
    """Apply."""
    _results()
    _measures()
    _sharing()
    _moderation()
    for table in HIDEABLE:
        op.add_column(table, sa.Column("hidden_on", DAY, nullable=True))
    bind = op.get_bind()
    execute_all(bind, ddl(bind.dialect.name, "result", "id"))


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
    ]


def _results() -> None:
    op.create_table(
        "result",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("organisation_code", sa.String(length=10), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("available_knowledge", sa.Text(), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.Column("aim", JSON_TEXT, nullable=True),
        sa.Column("context", JSON_TEXT, nullable=True),
        sa.Column("change", JSON_TEXT, nullable=True),
        sa.Column("ethics", sa.Text(), nullable=True),
        sa.Column("what_happened", sa.Text(), nullable=True),
        sa.Column("unintended_effects", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("limitations", sa.Text(), nullable=True),
        sa.Column("learning", sa.Text(), nullable=True),
        sa.Column("sustainability", sa.Text(), nullable=True),
        sa.Column("funding", sa.Text(), nullable=True),
        sa.Column("prerequisites", sa.Text(), nullable=True),
        sa.Column("effort", sa.Text(), nullable=True),
        sa.Column("contact_ok", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("licence", sa.String(length=20), nullable=True),
        sa.Column("topics", JSON_TEXT, nullable=False),
        sa.Column("attribution", sa.String(length=12), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("published_on", DAY, nullable=True),
        sa.Column("listed_on", DAY, nullable=False),
        sa.Column("withdrawn_on", DAY, nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("conduct_version", sa.Integer(), nullable=True),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.Column("adoption_count", sa.Integer(), nullable=False),
        sa.Column("adoption_summary", JSON_TEXT, nullable=False),
        sa.Column("last_reported_on", DAY, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in WORDS),
        sa.CheckConstraint(
            "attribution IN ('named', 'organisation', 'network_only')",
            name=op.f("ck_result_attribution"),
        ),
        sa.CheckConstraint(
            "audience IN ('author', 'network', 'public')", name=op.f("ck_result_audience")
        ),
        sa.CheckConstraint(
            "kind IN ('project', 'pdsa', 'audit', 'case_study', 'story', 'idea')",
            name=op.f("ck_result_kind"),
        ),
        sa.CheckConstraint(
            "outcome IN ('improved', 'no_change', 'worse', 'mixed', 'too_early', 'abandoned')",
            name=op.f("ck_result_outcome"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'withdrawn')", name=op.f("ck_result_status")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=("fk_result_organisation_code")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_result_network_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_result")),
    )
    op.create_index("ix_result_adoptions", "result", ["adoption_count", "id"])
    op.create_index("ix_result_network_id", "result", ["network_id", "id"])
    op.create_index("ix_result_organisation_code", "result", ["organisation_code"])
    op.create_index("ix_result_listed", "result", ["listed_on", "id"])
    op.create_index("ix_result_title", "result", ["title", "id"])
    op.create_index("ix_result_updated", "result", ["updated_at", "id"])
    op.create_table(
        "result_topic",
        sa.Column("result_id", ID, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result.id"], name=("fk_result_topic_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("result_id", "code", name=("pk_result_topic")),
    )
    op.create_index("ix_result_topic_code", "result_topic", ["code", "result_id"])
    op.create_table(
        "result_author",
        sa.Column("result_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("removed", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("removed_version", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=("fk_result_author_person_id")),
        sa.PrimaryKeyConstraint("result_id", "person_id", name=("pk_result_author")),
    )
    op.create_index("ix_result_author_person_id", "result_author", ["person_id", "result_id"])


def _measures() -> None:
    op.create_table(
        "measure",
        *_versioned(),
        sa.Column("result_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("operational_definition", sa.Text(), nullable=True),
        sa.Column("numerator_definition", sa.Text(), nullable=True),
        sa.Column("denominator_definition", sa.Text(), nullable=True),
        sa.Column("exclusions", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.Column("frequency", sa.String(length=8), nullable=False),
        sa.Column("chart", sa.String(length=4), nullable=False),
        sa.Column("ruleset", sa.String(length=8), nullable=False),
        sa.Column("improvement_direction", sa.String(length=8), nullable=False),
        sa.Column("target", FLOAT, nullable=True),
        sa.Column("baseline_points", sa.Integer(), nullable=True),
        sa.Column("rebase", JSON_TEXT, nullable=False),
        sa.Column("exclude_on", JSON_TEXT, nullable=False),
        sa.Column("multiply", FLOAT, nullable=False),
        sa.Column("screen_moving_ranges", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("observation_count", sa.Integer(), nullable=False),
        sa.Column("first_on", DAY, nullable=True),
        sa.Column("last_on", DAY, nullable=True),
        sa.CheckConstraint(
            "frequency IN ('day', 'week', 'month', 'quarter', 'year', 'event')",
            name=op.f("ck_measure_frequency"),
        ),
        sa.CheckConstraint(
            "improvement_direction IN ('increase', 'decrease', 'neutral')",
            name=op.f("ck_measure_improvement_direction"),
        ),
        sa.CheckConstraint(
            "kind IN ('outcome', 'process', 'balancing', 'structure')", name=op.f("ck_measure_kind")
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=("fk_measure_result_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_measure_network_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_measure")),
    )
    op.create_index("ix_measure_network_id", "measure", ["network_id", "id"])
    op.create_index("ix_measure_result_id", "measure", ["result_id", "position", "id"])
    op.create_table(
        "measure_series",
        sa.Column("measure_id", ID, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("smallest", FLOAT, nullable=True),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measure.id"],
            name=("fk_measure_series_measure_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("measure_id", name=("pk_measure_series")),
    )
    op.create_table(
        "pdsa_cycle",
        *_versioned(),
        sa.Column("result_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("started_on", DAY, nullable=True),
        sa.Column("ended_on", DAY, nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("prediction", sa.Text(), nullable=True),
        sa.Column("do_text", sa.Text(), nullable=True),
        sa.Column("study", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.CheckConstraint(
            "decision IN ('adopt', 'adapt', 'abandon')", name=op.f("ck_pdsa_cycle_decision")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_pdsa_cycle_number")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_pdsa_cycle_network_id")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=("fk_pdsa_cycle_result_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_pdsa_cycle")),
    )
    op.create_index("ix_pdsa_cycle_network_id", "pdsa_cycle", ["network_id", "id"])
    op.create_index("uq_pdsa_cycle_number", "pdsa_cycle", ["result_id", "number"], unique=True)


def _sharing() -> None:
    op.create_table(
        "feedback",
        *_versioned(),
        sa.Column("result_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("organisation_code", sa.String(length=10), nullable=True),
        sa.Column("attribution", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer_to", ID, nullable=True),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.CheckConstraint(
            "attribution IN ('named', 'organisation', 'network_only')",
            name=op.f("ck_feedback_attribution"),
        ),
        sa.CheckConstraint(
            "kind IN ('question', 'comment', 'thanks', 'concern')", name=op.f("ck_feedback_kind")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=("fk_feedback_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_feedback_network_id")),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=("fk_feedback_organisation_code")
        ),
        sa.ForeignKeyConstraint(["answer_to"], ["feedback.id"], name=("fk_feedback_answer_to")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=("fk_feedback_result_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_feedback")),
    )
    op.create_index("ix_feedback_answer_to", "feedback", ["answer_to"])
    op.create_index("ix_feedback_author_id", "feedback", ["author_id", "id"])
    op.create_index("ix_feedback_network_id", "feedback", ["network_id", "id"])
    op.create_index("ix_feedback_result_id", "feedback", ["result_id", "updated_at", "id"])
    op.create_table(
        "adoption",
        *_versioned(),
        sa.Column("result_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("organisation_code", sa.String(length=10), nullable=False),
        sa.Column("reported_by", ID, nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("stop_reason", sa.String(length=14), nullable=True),
        sa.Column("stop_detail", sa.Text(), nullable=True),
        sa.Column("started_on", DAY, nullable=True),
        sa.Column("adaptations", sa.Text(), nullable=True),
        sa.Column("context_difference", sa.Text(), nullable=True),
        sa.Column("fidelity", sa.String(length=12), nullable=True),
        sa.Column("figures_before", JSON_TEXT, nullable=True),
        sa.Column("figures_after", JSON_TEXT, nullable=True),
        sa.Column("effect", sa.String(length=8), nullable=False),
        sa.Column("would_recommend", sa.Boolean(create_constraint=False), nullable=True),
        sa.Column("follow_up_result_id", ID, nullable=True),
        sa.Column("counted", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("last_reported_on", DAY, nullable=False),
        sa.Column("hidden_on", DAY, nullable=True),
        sa.CheckConstraint(
            "effect IN ('better', 'same', 'worse', 'unknown')", name=op.f("ck_adoption_effect")
        ),
        sa.CheckConstraint(
            "stage IN ('interested', 'planning', 'testing', 'adopted', 'adapted', 'sustained', 'stopped')",
            name=op.f("ck_adoption_stage"),
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_adoption_network_id")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=("fk_adoption_result_id")),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=("fk_adoption_organisation_code")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_adoption")),
    )
    op.create_index("ix_adoption_network_id", "adoption", ["network_id", "id"])
    op.create_index("ix_adoption_organisation_code", "adoption", ["organisation_code", "id"])
    op.create_index("ix_adoption_reported_by", "adoption", ["reported_by", "result_id"])
    op.create_index("ix_adoption_result_id", "adoption", ["result_id", "organisation_code", "id"])
    op.create_index(
        "uq_adoption_organisation",
        "adoption",
        ["result_id", "organisation_code"],
        unique=True,
        sqlite_where=sa.text("counted"),
        postgresql_where=sa.text("counted"),
    )


def _moderation() -> None:
    op.create_table(
        "report",
        *_versioned(),
        sa.Column("content_kind", sa.String(length=20), nullable=False),
        sa.Column("content_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=True),
        sa.Column("result_id", ID, nullable=True),
        sa.Column("reporter_id", ID, nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("hides", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("at_once", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("told_author", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_on", DAY, nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_on", DAY, nullable=True),
        sa.Column("first_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('patient_data', 'offensive', 'inaccurate', 'unsafe', 'spam', 'other')",
            name=op.f("ck_report_reason"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'upheld', 'dismissed')", name=op.f("ck_report_status")
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=("fk_report_reporter_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_report_network_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_report")),
    )
    op.create_index("ix_report_content", "report", ["content_kind", "content_id"])
    op.create_index("ix_report_network_id", "report", ["network_id", "status", "id"])
    op.create_index("ix_report_reporter_id", "report", ["reporter_id", "id"])
    op.create_index("ix_report_result_id", "report", ["result_id"])
    op.create_table(
        "conduct",
        sa.Column("network_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=("fk_conduct_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "version", name=("pk_conduct")),
    )
    op.create_index("ix_conduct_by_id", "conduct", ["by_id"])
    op.create_table(
        "conduct_acceptance",
        sa.Column("network_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_on", DAY, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=("fk_conduct_acceptance_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
            name=("fk_conduct_acceptance_network_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "network_id", "person_id", "version", name=("pk_conduct_acceptance")
        ),
    )
    op.create_index("ix_conduct_acceptance_person_id", "conduct_acceptance", ["person_id"])


def downgrade() -> None:
    """Undo."""
    bind = op.get_bind()
    execute_all(bind, ddl_drop(bind.dialect.name, "result"))
    for table in reversed(TABLES):
        op.drop_table(table)
    for table in HIDEABLE:
        op.drop_column(table, "hidden_on")
