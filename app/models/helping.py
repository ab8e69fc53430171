"""How members help each other: representative duties, requests for support, random pairs, and links worth keeping."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, ID, INSTANT, JSON_TEXT
from app.models.base import Base, Versioned


class Duty(Base, Versioned):
    """A representative duty: for whom somebody speaks, at which body, and for how long a term usually lasts."""

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("term_months BETWEEN 1 AND 120", name="term_months"),
        Index("ix_duty_network_id", "network_id", "id"),
        Index("ix_duty_created_by", "created_by"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str | None] = mapped_column(Text)
    term_months: Mapped[int] = mapped_column(SmallInteger)
    ended_on: Mapped[str | None] = mapped_column(DAY)
    created_by: Mapped[str | None] = mapped_column(ID)
    hidden_on: Mapped[str | None] = mapped_column(DAY)


class DutyTerm(Base, Versioned):
    """One person holds a duty from one day up to another, both included; null `to_on`: no end was agreed."""

    __tablename__ = "duty_term"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="to_on"),
        Index("ix_duty_term_duty_id", "duty_id", "from_on", "id"),
        Index("ix_duty_term_network_id", "network_id", "id"),
        Index("ix_duty_term_person_id", "person_id", "id"),
    )

    duty_id: Mapped[str] = mapped_column(ForeignKey("duty.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[str] = mapped_column(DAY)
    to_on: Mapped[str | None] = mapped_column(DAY)
    # What the next one should know; written by who holds the duty.
    handover_note: Mapped[str | None] = mapped_column(Text)
    hidden_on: Mapped[str | None] = mapped_column(DAY)


class Ask(Base, Versioned):
    """A request for support; `answered` once whoever asked says so."""

    __tablename__ = "ask"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'answered', 'withdrawn')", name="status"),
        Index("ix_ask_network_id", "network_id", "status", "id"),
        Index("ix_ask_person_id", "person_id", "id"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str | None] = mapped_column(Text)
    skills: Mapped[str] = mapped_column(JSON_TEXT)
    topics: Mapped[str] = mapped_column(JSON_TEXT)
    needed_by_on: Mapped[str | None] = mapped_column(DAY)
    status: Mapped[str] = mapped_column(String(10))
    answered_at: Mapped[str | None] = mapped_column(INSTANT)
    outcome_note: Mapped[str | None] = mapped_column(Text)
    hidden_on: Mapped[str | None] = mapped_column(DAY)


class Offer(Base, Versioned):
    """A member's offer to help with an ask; `helped` once whoever asked says that it did."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'helped', 'withdrawn')", name="status"),
        Index("ix_offer_ask_id", "ask_id", "id"),
        Index("ix_offer_network_id", "network_id", "id"),
        Index("ix_offer_person_id", "person_id", "id"),
    )

    ask_id: Mapped[str] = mapped_column(ForeignKey("ask.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    hidden_on: Mapped[str | None] = mapped_column(DAY)


class PairingWish(Base):
    """That a person wants to be paired in a network."""

    __tablename__ = "pairing_wish"
    __table_args__ = (Index("ix_pairing_wish_person_id", "person_id"),)

    network_id: Mapped[str] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    from_at: Mapped[str] = mapped_column(INSTANT)


class Pairing(Base, Versioned):
    """Two or three people drawn at `drawn_at` to get to know each other; the third where their number was odd."""

    __tablename__ = "pairing"
    __table_args__ = (
        Index("ix_pairing_network_id", "network_id", "drawn_at", "id"),
        Index("ix_pairing_first_id", "first_id", "id"),
        Index("ix_pairing_second_id", "second_id", "id"),
        Index("ix_pairing_third_id", "third_id", "id"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    drawn_at: Mapped[str] = mapped_column(INSTANT)
    first_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    third_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class Resource(Base, Versioned):
    """A link that a network keeps: what it is for, and under which licence it may be used."""

    __tablename__ = "resource"
    __table_args__ = (
        Index("uq_resource_url", "network_id", "url", unique=True),
        Index("ix_resource_network_id", "network_id", "title", "id"),
        Index("ix_resource_created_by", "created_by"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000))
    what_for: Mapped[str | None] = mapped_column(Text)
    licence: Mapped[str | None] = mapped_column(String(100))
    topics: Mapped[str] = mapped_column(JSON_TEXT)
    created_by: Mapped[str | None] = mapped_column(ID)
    hidden_on: Mapped[str | None] = mapped_column(DAY)
