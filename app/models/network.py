"""Networks and what belongs to one network row."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import FLOAT, ID, INSTANT, JSON_TEXT
from app.models.base import Base, Searched, Versioned


class Network(Base, Versioned, Searched):
    """A network, or a sub-group of one.

    `parent_tier`, `root_tier` and `outer_tier` say in one number what a reader who is a member of the parent, only of
    the root, or of nothing at all may see: -1 nothing, 0 name, 1 front. They follow from the visibilities along the
    chain and are written with them (`core.access.tiers`).
    """

    __tablename__ = "network"
    __table_args__ = (
        CheckConstraint(
            "visibility IN ('open', 'restricted', 'private', 'confidential')", name="visibility"
        ),
        CheckConstraint("join_policy IN ('open', 'request', 'invite')", name="join_policy"),
        CheckConstraint("member_count >= 0", name="member_count"),
        Index(
            "uq_network_slug",
            "slug",
            unique=True,
            sqlite_where=text("outer_tier >= 0"),
            postgresql_where=text("outer_tier >= 0"),
        ),
        Index("ix_network_name_id", "name", "id"),
        Index("ix_network_region_name_id", "region", "name", "id"),
        Index("ix_network_place", "latitude", "longitude"),
        Index("ix_network_created", "created_at", "id"),
        # Nothing that a join moves is indexed, and every page has room for one row more: PostgreSQL then writes the
        # new row beside the old one and into no index, in half the time.
        {"postgresql_with": {"fillfactor": 70}},
    )

    # What readers of the name tier see instead of the outer version: a sub-group's front may be open to some.
    name_version: Mapped[int] = mapped_column(BigInteger)
    name_updated_at: Mapped[str] = mapped_column(INSTANT)
    # Moves with edits alone, not with counts: what If-Match compares, so that a join does not stop an edit.
    edition: Mapped[int] = mapped_column(BigInteger)
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(String(12))
    join_policy: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    meets: Mapped[str | None] = mapped_column(String(12))
    # Null in a listing whose stage nobody has told us.
    lifecycle_stage: Mapped[str | None] = mapped_column(String(16))
    aims: Mapped[str] = mapped_column(JSON_TEXT)
    topics: Mapped[str] = mapped_column(JSON_TEXT)
    professions: Mapped[str] = mapped_column(JSON_TEXT)
    icbs: Mapped[str] = mapped_column(JSON_TEXT)
    footprint: Mapped[str] = mapped_column(JSON_TEXT)
    links: Mapped[str] = mapped_column(JSON_TEXT)
    charter: Mapped[str | None] = mapped_column(JSON_TEXT)
    facilitators: Mapped[str] = mapped_column(JSON_TEXT)
    member_offer: Mapped[str | None] = mapped_column(Text)
    engagement_strategy: Mapped[str | None] = mapped_column(Text)
    resourcing: Mapped[str | None] = mapped_column(Text)
    size_target: Mapped[int | None] = mapped_column(Integer)
    region: Mapped[str | None] = mapped_column(String(20))
    place: Mapped[str | None] = mapped_column(String(200))
    latitude: Mapped[float | None] = mapped_column(FLOAT)
    longitude: Mapped[float | None] = mapped_column(FLOAT)
    host_code: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    host_name: Mapped[str | None] = mapped_column(String(300))
    hosted_at: Mapped[str | None] = mapped_column(Text)
    verified: Mapped[str | None] = mapped_column(String(300))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("network.id"), index=True)
    root_id: Mapped[str] = mapped_column(ID, index=True)
    depth: Mapped[int] = mapped_column(SmallInteger)
    parent_tier: Mapped[int] = mapped_column(SmallInteger)
    root_tier: Mapped[int] = mapped_column(SmallInteger)
    outer_tier: Mapped[int] = mapped_column(SmallInteger)
    # It and everything above it is open: what is public inside is public.
    open_inside: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    member_count: Mapped[int] = mapped_column(Integer)
    closing_note: Mapped[str | None] = mapped_column(Text)
    archived_at: Mapped[str | None] = mapped_column(INSTANT)


class NetworkTerm(Base):
    """A topic, profession, ICB or footprint organisation of a network, for filters; `field` says which."""

    __tablename__ = "network_term"
    __table_args__ = (Index("ix_network_term_field_code", "field", "code", "network_id"),)

    network_id: Mapped[str] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(String(12), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)


class NetworkPurpose(Base):
    """One wording of a network's purpose and how long it held; the current one has no end."""

    __tablename__ = "network_purpose"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    network_id: Mapped[str] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str] = mapped_column(Text)
    from_at: Mapped[str] = mapped_column(INSTANT)
    to_at: Mapped[str | None] = mapped_column(INSTANT)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
