"""Names by the beginning of any word in them, kept by triggers."""

import sqlalchemy as sa
from alembic import op

from app.db import name_words
from app.db.schema import execute_all
from app.db.search_ddl import ddl_beginning

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAMED = {"network": "id", "organisation": "code", "person": "id"}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "name_word",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("word", name_words.WORD, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("kind", "word", "id", name=op.f("pk_name_word")),
    )
    bind = op.get_bind()
    for table, key in NAMED.items():
        execute_all(bind, name_words.ddl(bind.dialect.name, table, key))
    if bind.dialect.name == "postgresql":  # SQLite's primary keys are compared by their bytes
        execute_all(bind, [ddl_beginning(bind.dialect.name, "search_word", "word")])


def downgrade() -> None:
    """Undo."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.drop_index("ix_search_word_names_begin")
    for table in NAMED:
        execute_all(bind, name_words.ddl_drop(bind.dialect.name, table))
    op.drop_table("name_word")
