"""People and their tokens."""

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, INSTANT, JSON_TEXT
from app.models.base import Base, Searched, Versioned


class Person(Base, Versioned, Searched):
    """Who someone is, and the account; there are no passwords."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_name_id", "display_name", "id"),
        # Not unique: an address is unverified, and a rule that spoke would tell who has an account.
        Index("ix_person_email_key", "email_key"),
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


class PersonTopic(Base):
    """An interest, for filters."""

    __tablename__ = "person_topic"
    __table_args__ = (Index("ix_person_topic_code", "code", "person_id"),)

    person_id: Mapped[str] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(60), primary_key=True)


class Token(Base, Versioned):
    """A bearer token; only the SHA-256 of its secret is kept (256 random bits need no slow hash)."""

    __tablename__ = "token"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[str] = mapped_column(JSON_TEXT)
    network_id: Mapped[str | None] = mapped_column(ForeignKey("network.id"), index=True)
    expires_at: Mapped[str | None] = mapped_column(INSTANT)
    revoked_at: Mapped[str | None] = mapped_column(INSTANT)
    last_used_on: Mapped[str | None] = mapped_column(DAY)
    demo: Mapped[bool] = mapped_column(Boolean(create_constraint=False))


class OperatorRead(Base):
    """An operator read something inside a private or confidential network."""

    __tablename__ = "operator_read"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[str] = mapped_column(INSTANT)
    person_id: Mapped[str] = mapped_column(ID)
    network_id: Mapped[str] = mapped_column(ID, index=True)
    operation: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[str] = mapped_column(ID)
