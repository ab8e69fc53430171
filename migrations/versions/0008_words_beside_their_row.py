"""Keep the words that a score looks into beside their row, where PostgreSQL would move them out: it halves a score.

Rows are kept so as they are written; nothing is written anew for it.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("network", "person", "organisation", "meeting", "result")
COLUMNS = ("search_name", "search_topics", "search_purpose")


def upgrade() -> None:
    """Apply."""
    _store("MAIN")


def downgrade() -> None:
    """Undo."""
    _store("EXTENDED")


def _store(how: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        for column in COLUMNS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE {how}")
