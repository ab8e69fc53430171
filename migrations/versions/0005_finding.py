"""The spelling vocabulary, places, saved searches; names by their words and their beginning; people by profession."""

import sqlalchemy as sa
from alembic import op

from app.db import name_words
from app.db.schema import execute_all
from app.db.search_ddl import ddl_beginning
from app.db.types import FLOAT, ID, INSTANT, JSON_TEXT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAMED = {"network": "id", "organisation": "code", "person": "id"}
SCORED = ("network", "person", "organisation", "meeting", "result")
LOOKED_INTO = ("search_name", "search_topics", "search_purpose")
BY_PROFESSION = "ix_person_profession_id"


def upgrade() -> None:
    """Apply."""
    _vocabulary()
    _places()
    _saved()
    _people_in_like_roles()
    _names()
    _words_beside_their_row("MAIN")


def _vocabulary() -> None:
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_table(
        "search_gap",
        sa.Column("gap", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["word"],
            ["search_word.word"],
            name=op.f("fk_search_gap_word"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("gap", "word", name=op.f("pk_search_gap")),
    )
    op.create_index(op.f("ix_search_gap_word"), "search_gap", ["word"])
    state = op.create_table(
        "search_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("words_version", sa.Integer(), nullable=False),
        sa.Column("built_at", INSTANT, nullable=True),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )
    # Version 1 is of the words that were there before versions were.
    op.bulk_insert(state, [{"id": 1, "words_version": 1, "built_at": None, "head": 0}])


def _places() -> None:
    op.add_column("outcode", sa.Column("precision_km", FLOAT, nullable=True))
    op.create_table(
        "place",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("county", sa.String(length=80), nullable=True),
        sa.Column("region", sa.String(length=20), nullable=True),
        sa.Column("latitude", FLOAT, nullable=False),
        sa.Column("longitude", FLOAT, nullable=False),
        sa.Column("precision_km", FLOAT, nullable=False),
        sa.Column("practices", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    bind = op.get_bind()
    execute_all(bind, [ddl_beginning(bind.dialect.name, "place", "key")])


def _saved() -> None:
    op.create_table(
        "saved_search",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("params", JSON_TEXT, nullable=False),
        sa.Column("seen", JSON_TEXT, nullable=False),
        sa.Column("seen_before", JSON_TEXT, nullable=False),
        sa.Column("looked_at", INSTANT, nullable=False),
        sa.Column("looked_before_at", INSTANT, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("outer_version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("outer_updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_index(op.f("ix_saved_search_person_id"), "saved_search", ["person_id"])


def _people_in_like_roles() -> None:
    there = sa.text("erased_at IS NULL")
    op.create_index(
        BY_PROFESSION,
        "person",
        ["profession", "id"],
        sqlite_where=there,
        postgresql_where=there,
    )


def _names() -> None:
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


def _words_beside_their_row(storage: str) -> None:
    """PostgreSQL would move what a score looks into out of its row: there a score takes twice as long.

    Rows are kept so as they are written; nothing is written anew for it.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in SCORED:
        for column in LOOKED_INTO:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE {storage}")


def downgrade() -> None:
    """Undo."""
    _words_beside_their_row("EXTENDED")
    bind = op.get_bind()
    for table in NAMED:
        execute_all(bind, name_words.ddl_drop(bind.dialect.name, table))
    op.drop_index(BY_PROFESSION, table_name="person")
    op.drop_table("name_word")
    for table in ("saved_search", "place", "search_gap", "search_word", "search_state"):
        op.drop_table(table)
    op.drop_column("outcode", "precision_km")
