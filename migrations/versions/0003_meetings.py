"""Meetings, attendance, minutes, actions, calendar tokens; a network knows whether its inside may be public."""

import sqlalchemy as sa
from alembic import op

from app.db.schema import execute_all
from app.db.search_ddl import ddl, ddl_drop
from app.db.types import DAY, FLOAT, ID, INSTANT, JSON_TEXT

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NETWORK = sa.table(
    "network",
    *(sa.column(name) for name in ("id", "parent_id", "root_id", "visibility")),
    sa.column("open_inside", sa.Boolean),
)


def upgrade() -> None:
    """Apply."""
    _open_inside()
    _meetings()
    _attendance()
    _follow_up()
    _calendar_tokens()
    bind = op.get_bind()
    execute_all(bind, ddl(bind.dialect.name, "meeting", "id"))


def _open_inside() -> None:
    kind = sa.Boolean(create_constraint=False)
    op.add_column(
        "network", sa.Column("open_inside", kind, nullable=False, server_default=sa.false())
    )
    above = sa.alias(NETWORK)
    in_the_way = sa.exists().where(
        sa.or_(above.c.id == NETWORK.c.parent_id, above.c.id == NETWORK.c.root_id),
        above.c.visibility != "open",
    )
    here = sa.update(NETWORK).where(NETWORK.c.visibility == "open", ~in_the_way)
    op.get_bind().execute(here.values(open_inside=True))


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
    ]


def _meetings() -> None:
    words = ("search_name", "search_topics", "search_purpose", "search_front", "search_inside")
    op.create_table(
        "meeting",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("local_start", sa.String(length=19), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=True),
        sa.Column("excluded", JSON_TEXT, nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("place_private", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("latitude", FLOAT, nullable=True),
        sa.Column("longitude", FLOAT, nullable=True),
        sa.Column("join_url", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("announced_at", INSTANT, nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("confidentiality", sa.String(length=14), nullable=False),
        sa.Column("attendance_hidden", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("agenda", JSON_TEXT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("follows_id", ID, nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.CheckConstraint(
            "status IN ('tentative', 'confirmed', 'cancelled')", name=op.f("ck_meeting_status")
        ),
        sa.CheckConstraint(
            "mode IN ('face_to_face', 'virtual', 'hybrid')", name=op.f("ck_meeting_mode")
        ),
        sa.CheckConstraint(
            "confidentiality IN ('open', 'members', 'chatham_house')",
            name=op.f("ck_meeting_confidentiality"),
        ),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_meeting_duration_minutes")),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_meeting_capacity")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_meeting_network_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_meeting")),
    )
    op.create_index("ix_meeting_network_starts", "meeting", ["network_id", "starts_at", "id"])
    op.create_index("ix_meeting_starts", "meeting", ["starts_at", "id"])
    op.create_index("ix_meeting_ends", "meeting", ["ends_at"])
    op.create_index("ix_meeting_place", "meeting", ["latitude", "longitude"])
    op.create_table(
        "meeting_exception",
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("occurrence", sa.String(length=19), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=True),
        sa.Column("status", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("overrides", JSON_TEXT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=("fk_meeting_exception_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "occurrence", name=("pk_meeting_exception")),
    )


def _attendance() -> None:
    op.create_table(
        "attendance",
        *_versioned(),
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("occurrence", sa.String(length=19), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("place", sa.String(length=8), nullable=True),
        sa.Column("queue", sa.Integer(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("came", sa.Boolean(create_constraint=False), nullable=True),
        sa.Column("recorded_by", ID, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "answer IN ('accepted', 'declined', 'tentative')", name=op.f("ck_attendance_answer")
        ),
        sa.CheckConstraint("place IN ('held', 'waiting')", name=op.f("ck_attendance_place")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=("fk_attendance_meeting_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_attendance_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=("fk_attendance_person_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_attendance")),
    )
    person = ["meeting_id", "occurrence", "person_id"]
    op.create_index("uq_attendance_person", "attendance", person, unique=True)
    place = ["meeting_id", "occurrence", "place", "queue"]
    op.create_index("ix_attendance_place", "attendance", place)
    op.create_index("ix_attendance_person_id", "attendance", ["person_id", "id"])
    op.create_index("ix_attendance_network_id", "attendance", ["network_id", "person_id"])


def _follow_up() -> None:
    op.create_table(
        "minutes",
        *_versioned(),
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("occurrence", sa.String(length=19), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_text", sa.Text(), nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=("fk_minutes_meeting_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_minutes_network_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_minutes")),
    )
    op.create_index("uq_minutes_occurrence", "minutes", ["meeting_id", "occurrence"], unique=True)
    op.create_index("ix_minutes_network_id", "minutes", ["network_id", "id"])
    op.create_table(
        "minutes_edition",
        sa.Column("minutes_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"],
            ["minutes.id"],
            name=("fk_minutes_edition_minutes_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("minutes_id", "number", name=("pk_minutes_edition")),
    )
    op.create_index("ix_minutes_edition_by_id", "minutes_edition", ["by_id"])
    op.create_table(
        "action",
        *_versioned(),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=True),
        sa.Column("occurrence", sa.String(length=19), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("due_on", DAY, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("done_by", ID, nullable=True),
        sa.Column("created_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_action_network_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=("fk_action_meeting_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=("fk_action_owner_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_action")),
    )
    op.create_index("ix_action_network_id", "action", ["network_id", "id"])
    op.create_index("ix_action_owner_id", "action", ["owner_id", "done_at", "id"])
    op.create_index("ix_action_meeting_id", "action", ["meeting_id", "occurrence"])
    op.create_index("ix_action_created_by", "action", ["created_by"])


def _calendar_tokens() -> None:
    op.create_table(
        "calendar_token",
        *_versioned(),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=16), nullable=False),
        sa.Column("feed", sa.String(length=8), nullable=False),
        sa.Column("network_id", ID, nullable=True),
        sa.Column("meeting_id", ID, nullable=True),
        sa.Column("filters", JSON_TEXT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_on", DAY, nullable=True),
        sa.CheckConstraint(
            "feed IN ('me', 'network', 'meeting')", name=op.f("ck_calendar_token_feed")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=("fk_calendar_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_calendar_token")),
        sa.UniqueConstraint("secret_hash", name=("uq_calendar_token_secret_hash")),
    )
    for name in ("person_id", "network_id", "meeting_id"):
        op.create_index(f"ix_calendar_token_{name}", "calendar_token", [name])


def downgrade() -> None:
    """Undo."""
    bind = op.get_bind()
    execute_all(bind, ddl_drop(bind.dialect.name, "meeting"))
    for table in (
        *("calendar_token", "action", "minutes_edition", "minutes"),
        *("attendance", "meeting_exception", "meeting"),
    ):
        op.drop_table(table)
    op.drop_column("network", "open_inside")
