"""How people and programs come in: tokens, identities of other issuers, clients."""

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, INSTANT, JSON_TEXT
from app.models.base import Base, Versioned


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
    # Of an access token: the client that it was handed to. No foreign key: SQLite cannot add one to a table.
    client_id: Mapped[str | None] = mapped_column(ID, index=True)


class Identity(Base):
    """Who a person is to an OpenID Connect issuer: the one thing a sign-in is matched by."""

    __tablename__ = "identity"

    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[str] = mapped_column(INSTANT)
    last_used_on: Mapped[str | None] = mapped_column(DAY)


class Client(Base, Versioned):
    """A program that gets short access tokens by OAuth 2.0 client credentials, in the name of who made it.

    It proves itself by a secret, of which a hash is kept, or by a key of which only the public half is known here.
    """

    __tablename__ = "client"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    hint: Mapped[str | None] = mapped_column(String(16))
    public_keys: Mapped[str] = mapped_column(JSON_TEXT)
    scopes: Mapped[str] = mapped_column(JSON_TEXT)
    network_id: Mapped[str | None] = mapped_column(ForeignKey("network.id"), index=True)
    expires_at: Mapped[str | None] = mapped_column(INSTANT)
    revoked_at: Mapped[str | None] = mapped_column(INSTANT)
    last_used_on: Mapped[str | None] = mapped_column(DAY)


class UsedAssertion(Base):
    """A signed assertion that a client has used, so that nobody uses it again; `id` hashes its issuer and `jti`."""

    __tablename__ = "used_assertion"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[str] = mapped_column(INSTANT, index=True)
