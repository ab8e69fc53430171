"""The first schema."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from app.db.schema import execute_all
from app.db.search_ddl import ddl, ddl_drop
from app.db.types import DAY, FLOAT, ID, INSTANT, JSON_TEXT

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SEARCHED = (("network", "id"), ("person", "id"), ("organisation", "code"))


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("resource_id", sa.String(length=36), nullable=False),
        sa.Column("network_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("op", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("name_version", sa.BigInteger(), nullable=True),
        sa.Column("reach", sa.String(length=12), nullable=True),
        sa.Column("reach_network_id", ID, nullable=True),
        sa.Column("scope", sa.String(length=8), nullable=True),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("fields", JSON_TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=("pk_change")),
    )
    op.create_index("ix_change_network_seq", "change", ["network_id", "seq"], unique=False)

    op.create_table(
        "feed_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kept_from", sa.BigInteger(), nullable=False),
        sa.Column("epoch", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_feed_head")),
    )
    op.create_table(
        "idempotency",
        sa.Column("principal", ID, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JSON_TEXT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("principal", "key", name=("pk_idempotency")),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"], unique=False)

    op.create_table(
        "import_run",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_import_run")),
    )
    op.create_index("ix_import_run_kind", "import_run", ["kind"], unique=False)

    op.create_table(
        "installation",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("demo_key", sa.String(length=64), nullable=True),
        sa.Column("baseline", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_installation")),
    )
    op.create_table(
        "operator_read",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("operation", sa.String(length=60), nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_operator_read")),
    )
    op.create_index("ix_operator_read_network_id", "operator_read", ["network_id"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("ods_roles", JSON_TEXT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("valid_from", DAY, nullable=True),
        sa.Column("valid_to", DAY, nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.String(length=10), nullable=True),
        sa.Column("latitude", FLOAT, nullable=True),
        sa.Column("longitude", FLOAT, nullable=True),
        sa.Column("region", sa.String(length=20), nullable=True),
        sa.Column("parents", JSON_TEXT, nullable=False),
        sa.Column("successors", JSON_TEXT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("search_topics", sa.Text(), nullable=False),
        sa.Column("search_purpose", sa.Text(), nullable=False),
        sa.Column("search_front", sa.Text(), nullable=False),
        sa.Column("search_inside", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=("pk_organisation")),
    )
    op.create_index("ix_organisation_kind", "organisation", ["kind", "name", "code"], unique=False)
    op.create_index("ix_organisation_name_code", "organisation", ["name", "code"], unique=False)
    op.create_index(
        "ix_organisation_place", "organisation", ["latitude", "longitude"], unique=False
    )
    op.create_index("ix_organisation_postcode", "organisation", ["postcode"], unique=False)

    op.create_table(
        "outcode",
        sa.Column("outcode", sa.String(length=4), nullable=False),
        sa.Column("latitude", FLOAT, nullable=False),
        sa.Column("longitude", FLOAT, nullable=False),
        sa.PrimaryKeyConstraint("outcode", name=("pk_outcode")),
    )
    op.create_table(
        "term",
        sa.Column("vocabulary", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("grouping", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("vocabulary", "code", name=("pk_term")),
    )
    op.create_table(
        "network",
        sa.Column("name_version", sa.BigInteger(), nullable=False),
        sa.Column("name_updated_at", INSTANT, nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(length=12), nullable=False),
        sa.Column("join_policy", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("meets", sa.String(length=12), nullable=True),
        sa.Column("lifecycle_stage", sa.String(length=16), nullable=True),
        sa.Column("aims", JSON_TEXT, nullable=False),
        sa.Column("topics", JSON_TEXT, nullable=False),
        sa.Column("professions", JSON_TEXT, nullable=False),
        sa.Column("icbs", JSON_TEXT, nullable=False),
        sa.Column("footprint", JSON_TEXT, nullable=False),
        sa.Column("links", JSON_TEXT, nullable=False),
        sa.Column("charter", JSON_TEXT, nullable=True),
        sa.Column("facilitators", JSON_TEXT, nullable=False),
        sa.Column("member_offer", sa.Text(), nullable=True),
        sa.Column("engagement_strategy", sa.Text(), nullable=True),
        sa.Column("resourcing", sa.Text(), nullable=True),
        sa.Column("size_target", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=20), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("latitude", FLOAT, nullable=True),
        sa.Column("longitude", FLOAT, nullable=True),
        sa.Column("host_code", sa.String(length=10), nullable=True),
        sa.Column("host_name", sa.String(length=300), nullable=True),
        sa.Column("hosted_at", sa.Text(), nullable=True),
        sa.Column("verified", sa.String(length=300), nullable=True),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("root_id", ID, nullable=False),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.Column("parent_tier", sa.SmallInteger(), nullable=False),
        sa.Column("root_tier", sa.SmallInteger(), nullable=False),
        sa.Column("outer_tier", sa.SmallInteger(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("closing_note", sa.Text(), nullable=True),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("search_topics", sa.Text(), nullable=False),
        sa.Column("search_purpose", sa.Text(), nullable=False),
        sa.Column("search_front", sa.Text(), nullable=False),
        sa.Column("search_inside", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "join_policy IN ('open', 'request', 'invite')", name=("ck_network_join_policy")
        ),
        sa.CheckConstraint(
            "visibility IN ('open', 'restricted', 'private', 'confidential')",
            name=("ck_network_visibility"),
        ),
        sa.CheckConstraint("member_count >= 0", name=("ck_network_member_count")),
        sa.ForeignKeyConstraint(
            ["host_code"], ["organisation.code"], name=("fk_network_host_code")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["network.id"], name=("fk_network_parent_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_network")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_network_created", "network", ["created_at", "id"], unique=False)
    op.create_index("ix_network_name_id", "network", ["name", "id"], unique=False)
    op.create_index("ix_network_parent_id", "network", ["parent_id"], unique=False)
    op.create_index("ix_network_place", "network", ["latitude", "longitude"], unique=False)
    op.create_index("ix_network_region_name_id", "network", ["region", "name", "id"], unique=False)
    op.create_index("ix_network_root_id", "network", ["root_id"], unique=False)
    op.create_index(
        "uq_network_slug",
        "network",
        ["slug"],
        unique=True,
        sqlite_where=sa.text("outer_tier >= 0"),
        postgresql_where=sa.text("outer_tier >= 0"),
    )

    op.create_table(
        "organisation_parent",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("parent_code", sa.String(length=10), nullable=False),
        sa.Column("relationship", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"],
            ["organisation.code"],
            name=("fk_organisation_parent_code"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "code", "parent_code", "relationship", name=("pk_organisation_parent")
        ),
    )
    op.create_index(
        "ix_organisation_parent_parent",
        "organisation_parent",
        ["parent_code", "code"],
        unique=False,
    )

    op.create_table(
        "person",
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("profession", sa.String(length=60), nullable=True),
        sa.Column("organisation_code", sa.String(length=10), nullable=True),
        sa.Column("region", sa.String(length=20), nullable=True),
        sa.Column("interests", JSON_TEXT, nullable=False),
        sa.Column("skills", JSON_TEXT, nullable=False),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("links", JSON_TEXT, nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("registrations", JSON_TEXT, nullable=False),
        sa.Column("external_ids", JSON_TEXT, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("operator", sa.Boolean(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("search_topics", sa.Text(), nullable=False),
        sa.Column("search_purpose", sa.Text(), nullable=False),
        sa.Column("search_front", sa.Text(), nullable=False),
        sa.Column("search_inside", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_code"], ["organisation.code"], name=("fk_person_organisation_code")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_person")),
    )
    op.create_index("ix_person_email_key", "person", ["email_key"], unique=False)
    op.create_index("ix_person_name_id", "person", ["display_name", "id"], unique=False)
    op.create_index("ix_person_organisation_code", "person", ["organisation_code"], unique=False)
    op.create_index("ix_person_profession", "person", ["profession"], unique=False)

    op.create_table(
        "member",
        sa.Column("network_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("representing", sa.String(length=10), nullable=True),
        sa.Column("offer", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("added_by", ID, nullable=True),
        sa.Column("joined_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "role IN ('facilitator', 'member', 'observer')", name=("ck_member_role")
        ),
        sa.CheckConstraint(
            "status IN ('invited', 'requested', 'active', 'declined', 'left', 'removed')",
            name=("ck_member_status"),
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_member_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=("fk_member_person_id")),
        sa.ForeignKeyConstraint(
            ["representing"], ["organisation.code"], name=("fk_member_representing")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_member")),
    )
    op.create_index(
        "ix_member_network_status_id", "member", ["network_id", "status", "id"], unique=False
    )
    op.create_index(
        "ix_member_person_status", "member", ["person_id", "status", "network_id"], unique=False
    )
    op.create_index("ix_member_representing", "member", ["representing"], unique=False)
    op.create_index(
        "uq_member_open_spell",
        "member",
        ["network_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('invited', 'requested', 'active')"),
        postgresql_where=sa.text("status IN ('invited', 'requested', 'active')"),
    )

    op.create_table(
        "network_purpose",
        sa.Column("id", ID, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("to_at", INSTANT, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
            name=("fk_network_purpose_network_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=("fk_network_purpose_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_network_purpose")),
    )
    op.create_index(
        "ix_network_purpose_network_id", "network_purpose", ["network_id"], unique=False
    )

    op.create_table(
        "network_term",
        sa.Column("network_id", ID, nullable=False),
        sa.Column("field", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=("fk_network_term_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "field", "code", name=("pk_network_term")),
    )
    op.create_index(
        "ix_network_term_field_code", "network_term", ["field", "code", "network_id"], unique=False
    )

    op.create_table(
        "person_topic",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=("fk_person_topic_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "code", name=("pk_person_topic")),
    )
    op.create_index("ix_person_topic_code", "person_topic", ["code", "person_id"], unique=False)

    op.create_table(
        "token",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=16), nullable=False),
        sa.Column("scopes", JSON_TEXT, nullable=False),
        sa.Column("network_id", ID, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_on", DAY, nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_token_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=("fk_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_token")),
        sa.UniqueConstraint("secret_hash", name=("uq_token_secret_hash")),
    )
    op.create_index("ix_token_network_id", "token", ["network_id"], unique=False)
    op.create_index("ix_token_person_id", "token", ["person_id"], unique=False)

    op.create_table(
        "member_role",
        sa.Column("id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("to_at", INSTANT, nullable=True),
        sa.Column("by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=("fk_member_role_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_member_role")),
    )
    op.create_index("ix_member_role_member_id", "member_role", ["member_id"], unique=False)

    connection = op.get_bind()
    for table, key in SEARCHED:
        execute_all(connection, ddl(connection.dialect.name, table, key))
    head = sa.table(
        "feed_head", *map(sa.column, ("id", "seq", "kept_from")), sa.column("epoch", ID)
    )
    op.execute(head.insert().values(id=1, seq=0, kept_from=1, epoch=str(uuid4())))
    installation = sa.table("installation", sa.column("id"), sa.column("demo", sa.Boolean))
    op.execute(installation.insert().values(id=1, demo=False))


def downgrade() -> None:
    """Take back."""
    connection = op.get_bind()
    for table, _key in SEARCHED:
        execute_all(connection, ddl_drop(connection.dialect.name, table))

    op.drop_table("member_role")

    op.drop_table("token")

    op.drop_table("person_topic")

    op.drop_table("network_term")

    op.drop_table("network_purpose")

    op.drop_table("member")

    op.drop_table("person")

    op.drop_table("organisation_parent")

    op.drop_table("network")
    op.drop_table("term")
    op.drop_table("outcode")

    op.drop_table("organisation")

    op.drop_table("operator_read")
    op.drop_table("installation")

    op.drop_table("import_run")

    op.drop_table("idempotency")
    op.drop_table("feed_head")

    op.drop_table("change")
