"""A meeting, or one occurrence of a series, as a VEVENT (RFC 5545, 3.6.1).

No ATTENDEE and no ORGANIZER: nobody is told who comes, and nobody's calendar answers in their name.
"""

from dataclasses import dataclass

from app.exchange.ical.lines import folded, text_line, uri
from app.features.meetings.queries import UID_HOST

CANCELLED = "Cancelled: "  # said in the title too: many calendars show no status


@dataclass(slots=True)
class Event:
    """What a VEVENT says. Instants and wall times are the service's texts (2026-03-18T12:30:00...).

    A single meeting and a moved occurrence have `starts_at`, and a single one `ends_at`; a series and an occurrence
    that was not moved have `local_start` in `zone`. `occurrence` names which one it is, by its original local start.
    """

    meeting_id: str
    changed_at: str
    sequence: int
    status: str
    confidentiality: str
    title: str
    duration_minutes: int
    description: str | None = None
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    join_url: str | None = None
    cancel_reason: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    local_start: str | None = None
    zone: str | None = None
    recurrence: str | None = None
    excluded: tuple[str, ...] = ()
    occurrence: str | None = None
    network: str | None = None


_CLASS = {"open": "PUBLIC", "members": "PRIVATE", "chatham_house": "CONFIDENTIAL"}


def vevent(event: Event) -> str:
    """The component with its lines."""
    cancelled = event.status == "cancelled"
    stamp = basic(event.changed_at) + "Z"
    head = (
        f"BEGIN:VEVENT\r\nUID:{event.meeting_id}@{UID_HOST}\r\nDTSTAMP:{stamp}\r\nLAST-MODIFIED:{stamp}\r\n"
        f"SEQUENCE:{event.sequence}\r\nSTATUS:{event.status.upper()}\r\n"
        f"CLASS:{_CLASS[event.confidentiality]}\r\nTRANSP:{'TRANSPARENT' if cancelled else 'OPAQUE'}\r\n"
    )
    lines = [
        head,
        _when(event),
        text_line("SUMMARY", CANCELLED + event.title if cancelled else event.title),
    ]
    words = _words(event, cancelled=cancelled)
    if words:
        lines.append(text_line("DESCRIPTION", words))
    where = event.place or event.join_url
    if where:
        lines.append(text_line("LOCATION", where))
    if event.latitude is not None and event.longitude is not None:
        lines.append(f"GEO:{event.latitude:.6f};{event.longitude:.6f}\r\n")
    if event.network:
        lines.append(text_line("CATEGORIES", event.network))
    if event.join_url:
        lines.append(folded(f"URL:{uri(event.join_url)}"))
    lines.append("END:VEVENT\r\n")
    return "".join(lines)


def _words(event: Event, *, cancelled: bool) -> str:
    """The description, with what calendars have no field for or do not show: why it is off, and where to join."""
    reason = event.cancel_reason if cancelled else None
    join = f"Join: {event.join_url}" if event.join_url and not cancelled else None
    return "\n\n".join(filter(None, (reason, event.description, join)))


def _when(event: Event) -> str:
    """Start, length, and how it repeats or which one it is.

    A series is as long as DURATION says: an end by wall time would be two instants in the hour that comes twice.
    """
    zone = event.zone
    if event.starts_at is not None:
        start = f"DTSTART:{basic(event.starts_at)}Z\r\n"
    else:
        start = f"DTSTART;TZID={zone}:{basic(event.local_start or '')}\r\n"
    if event.ends_at is not None:
        length = f"DTEND:{basic(event.ends_at)}Z\r\n"
    else:
        length = f"DURATION:PT{event.duration_minutes}M\r\n"
    if zone is None:
        return start + length
    lines = [start, length]
    if event.occurrence is not None:
        lines.append(f"RECURRENCE-ID;TZID={zone}:{basic(event.occurrence)}\r\n")
    if event.recurrence is not None:
        lines.append(folded(f"RRULE:{event.recurrence}"))
    if event.excluded:
        lines.append(folded(f"EXDATE;TZID={zone}:{','.join(map(basic, event.excluded))}"))
    return "".join(lines)


def basic(text: str) -> str:
    """`20260318T123000` of 2026-03-18T12:30:00, with or without what follows."""
    return f"{text[:4]}{text[5:7]}{text[8:13]}{text[14:16]}{text[17:19]}"
