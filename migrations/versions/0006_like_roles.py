"""People by profession and id, for what people in like roles join: found without a look at their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = "ix_person_profession_id"


def upgrade() -> None:
    """Apply."""
    there = sa.text("erased_at IS NULL")
    op.create_index(
        NAME, "person", ["profession", "id"], sqlite_where=there, postgresql_where=there
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(NAME, table_name="person")
