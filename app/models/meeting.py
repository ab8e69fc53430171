"""Meetings: one row is a meeting or a whole series; occurrences of a series are no rows but what differs is."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.types import DAY, FLOAT, ID, INSTANT, JSON_TEXT
from app.models.base import Base, Searched, Versioned


class Meeting(Base, Versioned, Searched):
    """A meeting of a network, or a series of them.

    A single meeting is the instant `starts_at`; a series is the wall time `local_start` in `timezone`, repeated by
    `recurrence`. Both columns are there for both. `begins_at` and `ends_at` are the first start and the last end of
    all that belongs to it, moved occurrences too: what a window of time is compared with. While `announced_at` is
    null it is a draft. `attendance_hidden` says that the meeting, or a part of it, is under the Chatham House Rule.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("status IN ('tentative', 'confirmed', 'cancelled')", name="status"),
        CheckConstraint("mode IN ('face_to_face', 'virtual', 'hybrid')", name="mode"),
        CheckConstraint(
            "confidentiality IN ('open', 'members', 'chatham_house')", name="confidentiality"
        ),
        CheckConstraint("duration_minutes > 0", name="duration_minutes"),
        CheckConstraint("capacity > 0", name="capacity"),
        Index("ix_meeting_network_starts", "network_id", "starts_at", "id"),
        Index("ix_meeting_starts", "starts_at", "id"),
        Index("ix_meeting_ends", "ends_at"),
        Index("ix_meeting_place", "latitude", "longitude"),
    )

    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[str] = mapped_column(INSTANT)
    local_start: Mapped[str] = mapped_column(String(19))
    timezone: Mapped[str] = mapped_column(String(64))
    duration_minutes: Mapped[int] = mapped_column(Integer)
    # An RFC 5545 rule in canonical form, and the original local starts that are left out of it.
    recurrence: Mapped[str | None] = mapped_column(Text)
    excluded: Mapped[str] = mapped_column(JSON_TEXT)
    begins_at: Mapped[str] = mapped_column(INSTANT)
    ends_at: Mapped[str] = mapped_column(INSTANT)
    mode: Mapped[str] = mapped_column(String(12))
    place: Mapped[str | None] = mapped_column(Text)
    place_private: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    latitude: Mapped[float | None] = mapped_column(FLOAT)
    longitude: Mapped[float | None] = mapped_column(FLOAT)
    join_url: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    announced_at: Mapped[str | None] = mapped_column(INSTANT)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    capacity: Mapped[int | None] = mapped_column(Integer)
    confidentiality: Mapped[str] = mapped_column(String(14))
    attendance_hidden: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    agenda: Mapped[str] = mapped_column(JSON_TEXT)
    # Of iCalendar: rises with every edit that those invited should hear of.
    sequence: Mapped[int] = mapped_column(Integer)
    # The series that this one was split off.
    follows_id: Mapped[str | None] = mapped_column(ID)
    # By moderation: for facilitators and operators alone meanwhile.
    hidden_on: Mapped[str | None] = mapped_column(DAY)


class MeetingException(Base):
    """What differs for one occurrence of a series, by its original local start.

    `overrides` holds the fields that differ, `starts_at` the instant it was moved to; `status` is `cancelled` or null.
    """

    __tablename__ = "meeting_exception"

    meeting_id: Mapped[str] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True
    )
    occurrence: Mapped[str] = mapped_column(String(19), primary_key=True)
    starts_at: Mapped[str | None] = mapped_column(INSTANT)
    status: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    overrides: Mapped[str] = mapped_column(JSON_TEXT)
    sequence: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[str] = mapped_column(INSTANT)


class Attendance(Base, Versioned):
    """One person's answer to one occurrence, the place it gives, and whether they came.

    `occurrence` is empty for a single meeting. The waiting are promoted by `queue`, a number that only rises.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("answer IN ('accepted', 'declined', 'tentative')", name="answer"),
        CheckConstraint("place IN ('held', 'waiting')", name="place"),
        Index("uq_attendance_person", "meeting_id", "occurrence", "person_id", unique=True),
        Index("ix_attendance_place", "meeting_id", "occurrence", "place", "queue"),
        Index("ix_attendance_person_id", "person_id", "id"),
        Index("ix_attendance_network_id", "network_id", "person_id"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    network_id: Mapped[str] = mapped_column(ForeignKey("network.id"))
    occurrence: Mapped[str] = mapped_column(String(19))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(String(10))
    place: Mapped[str | None] = mapped_column(String(8))
    queue: Mapped[int | None] = mapped_column(Integer)
    answered_at: Mapped[str | None] = mapped_column(INSTANT)
    came: Mapped[bool | None] = mapped_column(Boolean(create_constraint=False))
    recorded_by: Mapped[str | None] = mapped_column(ID)
    recorded_at: Mapped[str | None] = mapped_column(INSTANT)
