"""The change log, its head, and the house's own bookkeeping."""

from sqlalchemy import BigInteger, Boolean, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import ID, INSTANT, JSON_TEXT
from app.models.base import Base


class Change(Base):
    """What happened to one resource in one transaction: names of fields, never values.

    A row of the kind `read` says that an operator looked inside a private or confidential network, and by which
    operation (`fields`): it is for the audit alone.

    `tier` is what a reader must see of the resource to be told; `outside` says that somebody outside could see what
    changed at the time, so that opening something up does not show what went on before. `reach` says who is told
    although the resource is out of their sight now (`anyone`, `signed_in`, `member` or `facilitator` of
    `reach_network_id`; `author`: whoever wrote the result that `reach_network_id` names, nobody else even once it is
    published); `person_id` is always told. `scope` says for whom the rows of the whole network came or went
    (`person`, `all`).
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_network_seq", "network_id", "seq"),
        Index("ix_change_actor_seq", "actor_id", "seq"),
        Index("ix_change_resource_seq", "resource_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(INSTANT)
    kind: Mapped[str] = mapped_column(String(20))
    resource_id: Mapped[str] = mapped_column(String(36))
    network_id: Mapped[str | None] = mapped_column(ID)
    person_id: Mapped[str | None] = mapped_column(ID)
    op: Mapped[str] = mapped_column(String(8))
    action: Mapped[str] = mapped_column(String(40))
    tier: Mapped[int] = mapped_column(SmallInteger)
    outside: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    version: Mapped[int] = mapped_column(BigInteger)
    outer_version: Mapped[int] = mapped_column(BigInteger)
    name_version: Mapped[int | None] = mapped_column(BigInteger)
    reach: Mapped[str | None] = mapped_column(String(12))
    reach_network_id: Mapped[str | None] = mapped_column(ID)
    scope: Mapped[str | None] = mapped_column(String(8))
    actor_id: Mapped[str | None] = mapped_column(ID)
    request_id: Mapped[str] = mapped_column(String(36))
    fields: Mapped[str] = mapped_column(JSON_TEXT)
    token_id: Mapped[str | None] = mapped_column(ID)
    # The chain's hash up to the end of this row's transaction; null before there was a chain.
    seal: Mapped[str | None] = mapped_column(String(64))


class FeedHead(Base):
    """One row: the last position given, the first one kept, and the epoch that makes old cursors invalid."""

    __tablename__ = "feed_head"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    kept_from: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[str] = mapped_column(ID)
    # The chain's last hash, and the one before the first row kept.
    seal: Mapped[str] = mapped_column(String(64), server_default="")
    kept_seal: Mapped[str] = mapped_column(String(64), server_default="")


class Installation(Base):
    """One row: what this database is, and which reference data it holds."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    demo: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    demo_key: Mapped[str | None] = mapped_column(String(64))
    baseline: Mapped[str | None] = mapped_column(String(64))
    # When a server last began to tidy: of several, one does it.
    tidied_at: Mapped[str | None] = mapped_column(INSTANT)


class Idempotency(Base):
    """The answer to a POST that carried an Idempotency-Key, kept in the transaction of its effect."""

    __tablename__ = "idempotency"

    principal: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[str] = mapped_column(JSON_TEXT)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[str] = mapped_column(INSTANT, index=True)
