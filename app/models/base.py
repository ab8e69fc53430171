"""What every table shares: naming of constraints, and the columns of a versioned row."""

from sqlalchemy import BigInteger, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.db.types import ID, INSTANT

# Every constraint has a name from day one: Alembic cannot alter an unnamed one on SQLite.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The one metadata."""

    metadata = MetaData(naming_convention=NAMES)


class Versioned:
    """A row that people read and edit.

    `version` moves with every change. `outer_version` and `outer_updated_at` move only with edits that somebody
    outside can see, so that neither tells an outsider of activity inside.
    """

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    outer_version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[str] = mapped_column(INSTANT)
    updated_at: Mapped[str] = mapped_column(INSTANT)
    outer_updated_at: Mapped[str] = mapped_column(INSTANT)


class Searched:
    """Words to search by, prepared by `core.words`, one column for each weight and tier."""

    search_name: Mapped[str] = mapped_column(Text, default="")
    search_topics: Mapped[str] = mapped_column(Text, default="")
    search_purpose: Mapped[str] = mapped_column(Text, default="")
    search_front: Mapped[str] = mapped_column(Text, default="")
    search_inside: Mapped[str] = mapped_column(Text, default="")
