"""Our iCalendar writer: no text becomes a property, nothing is lost, no line is too long; by rules and by libraries."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import icalendar
import ics
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.ical import lines
from app.exchange.ical.calendar import vcalendar
from app.exchange.ical.event import CANCELLED, Event, vevent
from tests.injected import corpus

CORPUS = corpus()
ID = "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"
EVENT = Event(
    meeting_id=ID, changed_at="2026-03-01T09:30:00.000000Z", sequence=3, status="confirmed", confidentiality="members",
    title="Title", duration_minutes=60, description="Description", place="Place", latitude=51.2787, longitude=0.5217,
    join_url="https://example.org/join?a=1,2;b", starts_at="2026-03-18T12:30:00.000000Z",
    ends_at="2026-03-18T13:30:00.000000Z",
)  # fmt: skip
FIELDS: dict[str, Callable[[str], bytes]] = {
    "SUMMARY": lambda text: vcalendar("Name", [vevent(replace(EVENT, title=text))]),
    "DESCRIPTION": lambda text: vcalendar(
        "Name", [vevent(replace(EVENT, description=text, join_url=None))]
    ),
    "LOCATION": lambda text: vcalendar("Name", [vevent(replace(EVENT, place=text))]),
    "NAME": lambda text: vcalendar(text, [vevent(EVENT)]),
    "X-WR-CALDESC": lambda text: vcalendar("Name", [vevent(EVENT)], description=text),
}


def unfolded(calendar: bytes) -> list[str]:
    """The content lines, by the letter of RFC 5545 3.1 and nothing else."""
    assert calendar.endswith(b"\r\n")
    physical = calendar[:-2].split(b"\r\n")
    assert all(len(line) <= 75 for line in physical)
    assert not any(re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line) for line in physical)
    for line in physical:
        line.decode()  # no character is cut in two
    whole = b"\r\n".join(physical).replace(b"\r\n ", b"")
    return whole.decode().split("\r\n")


def names(calendar: bytes) -> list[str]:
    """What each line is, the values left out: BEGIN and END with theirs."""
    found = []
    for line in unfolded(calendar):
        name, colon, value = line.partition(":")
        assert colon
        found.append(f"{name}:{value}" if name in ("BEGIN", "END") else name.partition(";")[0])
    return found


def read_back(calendar: bytes, field: str) -> str:
    """The value as the `icalendar` library reads it."""
    parsed = icalendar.Calendar.from_ical(calendar)
    assert parsed.errors == []
    (event,) = parsed.walk("VEVENT")
    assert event.errors == []
    if field in ("SUMMARY", "DESCRIPTION", "LOCATION"):
        return str(event[field])
    # Names of calendars it knows no type of, and leaves them escaped.
    return re.sub(r"\\(.)", lambda pair: "\n" if pair[1] == "n" else pair[1], str(parsed[field]))


def same_properties(field: str, text: str, write: Callable[[str], bytes]) -> None:
    """Whatever is written, the lines are those of a plain word; `icalendar` counts as many and reads the same."""
    written, control = write(text), write("Word")
    assert names(written) == names(control)
    read, expected = icalendar.Calendar.from_ical(written), icalendar.Calendar.from_ical(control)
    assert [(one.name, sorted(one)) for one in read.walk()] == [
        (one.name, sorted(one)) for one in expected.walk()
    ]
    assert read_back(written, field) == lines.plain(text)


def test_the_corpus_has_two_hundred_texts() -> None:
    assert len(CORPUS) >= 200
    assert sum(1 for text in CORPUS if lines.plain(text) == text) >= 100


@pytest.mark.parametrize("field", FIELDS)
def test_no_text_of_the_corpus_becomes_a_property(field: str) -> None:
    for text in CORPUS:
        if lines.plain(text):
            same_properties(field, text, FIELDS[field])


@pytest.mark.parametrize("field", FIELDS)
@settings(deadline=None)  # machines are busy
@given(text=st.text(min_size=1, max_size=400))
def test_no_text_becomes_a_property(field: str, text: str) -> None:
    if lines.plain(text):
        same_properties(field, text, FIELDS[field])


@settings(deadline=None)  # machines are busy
@given(text=st.text(alphabet="\\;,\n\u00e9\U0001f600 ab", min_size=60, max_size=300))
def test_no_line_is_cut_within_a_character_or_an_escape(text: str) -> None:
    line = f"DESCRIPTION:{lines.escaped(text)}"
    physical = lines.folded(line).removesuffix("\r\n").split("\r\n ")
    assert "".join(physical) == line
    for piece in physical[:-1]:
        assert (len(piece) - len(piece.rstrip("\\"))) % 2 == 0


def test_the_second_parser_reads_the_same() -> None:
    """`ics` strips the ends of some values and takes a line of blanks for none, so texts that show something inside."""
    texts = [text for text in CORPUS if lines.plain(text).strip() == text and "\\" not in text]
    assert len(texts) >= 80
    for text in texts:
        calendar = ics.Calendar(FIELDS["SUMMARY"](text).decode())
        (event,) = calendar.events
        assert (event.uid, event.name) == (f"{ID}@qi-networks", text)
        assert not calendar.todos
        assert not event.attendees


@settings(deadline=None)  # machines are busy
@given(text=st.text(max_size=300))
def test_an_address_stays_an_address(text: str) -> None:
    """Nothing ends the line, and what a URI may hold is left as it is."""
    address = f"https://example.org/{text}"
    written = lines.uri(address)
    assert re.fullmatch(r"[!-~]+", written)
    assert "\\" not in written
    assert lines.uri(written) == written
    calendar = vcalendar("Name", [vevent(replace(EVENT, join_url=address))])
    assert names(calendar) == names(vcalendar("Name", [vevent(EVENT)]))


def test_what_is_said_of_a_cancelled_meeting() -> None:
    event = replace(EVENT, status="cancelled", cancel_reason="Too few; sorry", sequence=4)
    (read,) = icalendar.Calendar.from_ical(vcalendar("Name", [vevent(event)])).walk("VEVENT")
    assert (read["STATUS"], read["SEQUENCE"], read["TRANSP"]) == ("CANCELLED", 4, "TRANSPARENT")
    assert str(read["SUMMARY"]) == CANCELLED + "Title"
    assert str(read["DESCRIPTION"]) == "Too few; sorry\n\nDescription"


def test_what_is_said_of_a_meeting() -> None:
    """Every property of a single one, in the calendar and in the event."""
    text = vcalendar("Kent, diabetes", [vevent(EVENT)], description="What is on").decode()
    head, _, rest = text.partition("BEGIN:VEVENT\r\n")
    assert re.sub(r"(?<=PRODID:).*", "...", head).splitlines() == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:...", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "NAME:Kent\\, diabetes", "X-WR-CALNAME:Kent\\, diabetes", "DESCRIPTION:What is on", "X-WR-CALDESC:What is on",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    ]  # fmt: skip
    assert rest.splitlines() == [
        f"UID:{ID}@qi-networks", "DTSTAMP:20260301T093000Z", "LAST-MODIFIED:20260301T093000Z", "SEQUENCE:3",
        "STATUS:CONFIRMED", "CLASS:PRIVATE", "TRANSP:OPAQUE", "DTSTART:20260318T123000Z", "DTEND:20260318T133000Z",
        "SUMMARY:Title", "DESCRIPTION:Description\\n\\nJoin: https://example.org/join?a=1\\,2\\;b", "LOCATION:Place",
        "GEO:51.278700;0.521700", "URL:https://example.org/join?a=1,2;b", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip


def test_an_event_takes_microseconds() -> None:
    """A library that takes hundreds would be most of a feed's time; the bound is wide, for machines are busy."""
    event = replace(EVENT, description="We meet monthly, online.\nNew practices are welcome.\n" * 8)

    def cost(one: Callable[[], Any], times: int) -> float:
        began = time.process_time()
        for _ in range(times):
            one()
        return (time.process_time() - began) / times

    ours = min(cost(lambda: vevent(event), 200) for _ in range(5))
    assert ours < 100e-6


# --- Negative controls ----------------------------------------------------------------------------


@pytest.mark.parametrize("instead", ["nothing escaped", "no comma escaped", "folded anywhere"])
def test_what_is_broken_on_purpose_is_found(monkeypatch: pytest.MonkeyPatch, instead: str) -> None:
    if instead == "nothing escaped":
        monkeypatch.setattr("app.exchange.ical.lines.escaped", lambda text: text)
    elif instead == "no comma escaped":
        whole = lines.escaped
        monkeypatch.setattr(
            "app.exchange.ical.lines.escaped", lambda text: whole(text).replace("\\\\", "\\")
        )
    else:
        monkeypatch.setattr("app.exchange.ical.lines._before", lambda _octets, _start, cut: cut)
    with pytest.raises((AssertionError, ValueError)):
        test_no_text_of_the_corpus_becomes_a_property("SUMMARY")
