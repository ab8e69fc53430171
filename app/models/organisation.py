"""Organisations and the other reference data: a baseline that only the importer writes."""

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, FLOAT, ID, INSTANT, JSON_TEXT
from app.models.base import Base, Searched


class Organisation(Base, Searched):
    """An NHS body from the Organisation Data Service; `kind` comes from its roles."""

    __tablename__ = "organisation"
    __table_args__ = (
        Index("ix_organisation_name_code", "name", "code"),
        Index("ix_organisation_place", "latitude", "longitude"),
        Index("ix_organisation_kind", "kind", "name", "code"),
    )

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(30))
    ods_roles: Mapped[str] = mapped_column(JSON_TEXT)
    active: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    valid_from: Mapped[str | None] = mapped_column(DAY)
    valid_to: Mapped[str | None] = mapped_column(DAY)
    address: Mapped[str | None] = mapped_column(Text)
    postcode: Mapped[str | None] = mapped_column(String(10), index=True)
    latitude: Mapped[float | None] = mapped_column(FLOAT)
    longitude: Mapped[float | None] = mapped_column(FLOAT)
    region: Mapped[str | None] = mapped_column(String(20))
    parents: Mapped[str] = mapped_column(JSON_TEXT)
    successors: Mapped[str] = mapped_column(JSON_TEXT)
    updated_at: Mapped[str] = mapped_column(INSTANT)


class OrganisationParent(Base):
    """A current parent, for filters; the parent may be unknown to us, so it is no foreign key."""

    __tablename__ = "organisation_parent"
    __table_args__ = (Index("ix_organisation_parent_parent", "parent_code", "code"),)

    code: Mapped[str] = mapped_column(
        ForeignKey("organisation.code", ondelete="CASCADE"), primary_key=True
    )
    parent_code: Mapped[str] = mapped_column(String(10), primary_key=True)
    relationship: Mapped[str] = mapped_column(String(30), primary_key=True)


class Outcode(Base):
    """The centre of the first half of a postcode; nine in ten of its postcodes lie within `precision_km` of it."""

    __tablename__ = "outcode"

    outcode: Mapped[str] = mapped_column(String(4), primary_key=True)
    latitude: Mapped[float] = mapped_column(FLOAT)
    longitude: Mapped[float] = mapped_column(FLOAT)
    precision_km: Mapped[float | None] = mapped_column(FLOAT)


class Term(Base):
    """A topic or a profession."""

    __tablename__ = "term"

    vocabulary: Mapped[str] = mapped_column(String(12), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    label: Mapped[str] = mapped_column(String(200))
    grouping: Mapped[str] = mapped_column(String(60))


class ImportRun(Base):
    """One import of one kind of file: the next one is compared with its size."""

    __tablename__ = "import_run"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    at: Mapped[str] = mapped_column(INSTANT)
    rows: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
