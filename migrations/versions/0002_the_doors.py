"""Identities, clients, invitations, erasures; the change log is sealed and holds what operators read."""

import sqlalchemy as sa
from alembic import op

from app.db import lease
from app.db.schema import execute_all
from app.db.types import DAY, ID, INSTANT, JSON_TEXT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

READS = sa.table(
    "operator_read",
    *(sa.column(name) for name in ("id", "person_id", "network_id", "operation", "request_id")),
    sa.column("at", INSTANT),
)
LOG = sa.table(
    "change",
    *(sa.column(name) for name in ("seq", "kind", "resource_id", "network_id", "op", "action")),
    *(sa.column(name) for name in ("tier", "outside", "version", "outer_version", "actor_id")),
    *(sa.column(name) for name in ("request_id", "fields")),
    sa.column("at", INSTANT),
)
HEAD = sa.table("feed_head", sa.column("seq"))


def upgrade() -> None:
    """Apply."""
    _accounts()
    _invitations()
    op.create_table(
        "erasure",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=("pk_erasure")),
    )
    op.add_column("person", sa.Column("erased_at", INSTANT, nullable=True))
    op.add_column("installation", sa.Column("tidied_at", INSTANT, nullable=True))
    op.add_column("change", sa.Column("token_id", ID, nullable=True))
    op.add_column("change", sa.Column("seal", sa.String(length=64), nullable=True))
    op.create_index("ix_change_actor_seq", "change", ["actor_id", "seq"], unique=False)
    op.create_index("ix_change_resource_seq", "change", ["resource_id", "seq"], unique=False)
    for name in ("seal", "kept_seal"):
        op.add_column(
            "feed_head", sa.Column(name, sa.String(length=64), nullable=False, server_default="")
        )
    _reads_into_the_log()
    bind = op.get_bind()
    execute_all(bind, lease.ddl(bind.dialect.name))


def _accounts() -> None:
    op.add_column("token", sa.Column("client_id", ID, nullable=True))
    op.create_index("ix_token_client_id", "token", ["client_id"], unique=False)

    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_on", DAY, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=("fk_identity_person_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=("pk_identity")),
    )
    op.create_index("ix_identity_person_id", "identity", ["person_id"], unique=False)

    op.create_table(
        "client",
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("hint", sa.String(length=16), nullable=True),
        sa.Column("public_keys", JSON_TEXT, nullable=False),
        sa.Column("scopes", JSON_TEXT, nullable=False),
        sa.Column("network_id", ID, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_on", DAY, nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_client_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=("fk_client_person_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_client")),
        sa.UniqueConstraint("secret_hash", name=("uq_client_secret_hash")),
    )
    op.create_index("ix_client_person_id", "client", ["person_id"], unique=False)
    op.create_index("ix_client_network_id", "client", ["network_id"], unique=False)

    op.create_table(
        "used_assertion",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_used_assertion")),
    )
    op.create_index("ix_used_assertion_expires_at", "used_assertion", ["expires_at"], unique=False)


def _invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
        sa.Column("network_id", ID, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("invited_by", ID, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("accepted_by", ID, nullable=True),
        sa.CheckConstraint("role IN ('member', 'observer')", name=op.f("ck_invitation_role")),
        sa.CheckConstraint(
            "status IN ('pending', 'accepted', 'revoked')", name=op.f("ck_invitation_status")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=("fk_invitation_network_id")),
        sa.PrimaryKeyConstraint("id", name=("pk_invitation")),
        sa.UniqueConstraint("secret_hash", name=("uq_invitation_secret_hash")),
    )
    op.create_index("ix_invitation_network_id", "invitation", ["network_id", "id"], unique=False)
    op.create_index(
        "uq_invitation_pending_address",
        "invitation",
        ["network_id", "address"],
        unique=True,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("ix_invitation_accepted_by", "invitation", ["accepted_by"], unique=False)


def _reads_into_the_log() -> None:
    """What operators read had a table of its own; one log is easier to seal and to show."""
    bind = op.get_bind()
    head = bind.execute(sa.select(HEAD.c.seq)).scalar_one()
    reads = bind.execute(sa.select(READS).order_by(READS.c.at, READS.c.id)).mappings().all()
    for seq, read in enumerate(reads, head + 1):
        fields = f'["{read["operation"]}"]'
        row = {
            "seq": seq, "at": read["at"], "kind": "read", "resource_id": str(read["network_id"]),
            "network_id": read["network_id"], "op": "read", "action": "read.network", "tier": 2, "outside": False,
            "version": 0, "outer_version": 0, "actor_id": read["person_id"], "request_id": str(read["request_id"]),
        }  # fmt: skip
        bind.execute(sa.insert(LOG).values(**row, fields=sa.cast(fields, JSON_TEXT)))
    bind.execute(sa.update(HEAD).values(seq=head + len(reads)))
    op.drop_table("operator_read")


def downgrade() -> None:
    """Undo; what operators read stays in the log."""
    bind = op.get_bind()
    execute_all(bind, lease.ddl_drop(bind.dialect.name))
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
    for name in ("kept_seal", "seal"):
        op.drop_column("feed_head", name)
    for name in ("resource", "actor"):
        op.drop_index(f"ix_change_{name}_seq", table_name="change")
    for name in ("seal", "token_id"):
        op.drop_column("change", name)
    op.drop_column("installation", "tidied_at")
    op.drop_column("person", "erased_at")
    op.drop_index("ix_token_client_id", table_name="token")
    op.drop_column("token", "client_id")
    for table in ("erasure", "invitation", "used_assertion", "client", "identity"):
        op.drop_table(table)
