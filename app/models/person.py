"""People."""

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import ID, INSTANT, JSON_TEXT
from app.models.base import Base, Searched, Versioned


class Person(Base, Versioned, Searched):
    """Who someone is, and the account; there are no passwords."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_name_id", "display_name", "id"),
        # Not unique: an address is unverified, and a rule that spoke would tell who has an account.
        Index("ix_person_email_key", "email_key"),
        # Recommendations look for people in like roles: the index tells all that they ask.
        Index(
            "ix_person_profession_id",
            "profession",
            "id",
            sqlite_where=text("erased_at IS NULL"),
            postgresql_where=text("erased_at IS NULL"),
        ),
    )

    display_name: Mapped[str] = mapped_column(String(200))
    profession: Mapped[str | None] = mapped_column(String(60), index=True)
    organisation_code: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.code"), index=True
    )
    region: Mapped[str | None] = mapped_column(String(20))
    interests: Mapped[str] = mapped_column(JSON_TEXT)
    skills: Mapped[str] = mapped_column(JSON_TEXT)
    bio: Mapped[str | None] = mapped_column(Text)
    links: Mapped[str] = mapped_column(JSON_TEXT)
    listed: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    registrations: Mapped[str] = mapped_column(JSON_TEXT)
    external_ids: Mapped[str] = mapped_column(JSON_TEXT)
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254))
    operator: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    erased_at: Mapped[str | None] = mapped_column(INSTANT)


class PersonTopic(Base):
    """An interest, for filters."""

    __tablename__ = "person_topic"
    __table_args__ = (Index("ix_person_topic_code", "code", "person_id"),)

    person_id: Mapped[str] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(60), primary_key=True)


class Erasure(Base):
    """That a person was erased: replayed after a backup was restored, so it outlives the row it speaks of."""

    __tablename__ = "erasure"

    person_id: Mapped[str] = mapped_column(ID, primary_key=True)
    erased_at: Mapped[str] = mapped_column(INSTANT)
