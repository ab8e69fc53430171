"""Two hundred texts that try to become more than text, through the service into calendars and headers."""

import re
from urllib.parse import unquote

import icalendar
import pytest

from app.exchange.ical import lines
from app.exchange.ical.calendar import vcalendar
from app.exchange.ical.router import disposition
from tests.calendars import events, network_of, people
from tests.house import TestHouse, TestPerson
from tests.injected import corpus

pytestmark = pytest.mark.anyio
CORPUS = corpus()
# Half of a pair is in no JSON that could be sent.
SENDABLE = [text for text in CORPUS if not re.search("[\ud800-\udfff]", text)]


async def test_injected_texts_are_refused_or_come_back_as_they_went_in(house: TestHouse) -> None:
    """Through every text of a meeting and the name of its network: no property too many, whatever is let in."""
    (fay,) = await people(house, "Fay")
    network_id = await network_of(fay)
    taken = {"title": 0, "description": 0, "place": 0, "name": 0}
    sent: dict[str, dict[str, str]] = {}
    for text in SENDABLE:
        for field in ("title", "description", "place"):
            body = {"title": "T", "starts_at": "2027-03-17T12:30:00Z", field: text}
            made = await fay.client.post(
                "/v1/meetings", {**body, "status": "confirmed", "network_id": network_id}
            )
            if made.status_code == 201:
                sent[made.json()["ical_uid"]] = made.json()
                taken[field] += 1
            else:
                assert (made.status_code, made.json()["errors"][0]["pointer"]) == (422, f"/{field}")
    calendar = (await fay.client.get(f"/v1/networks/{network_id}/calendar.ics")).content
    found = events(calendar)
    assert {str(event["UID"]) for event in found} == set(sent)
    expected = {
        "UID",
        "DTSTAMP",
        "LAST-MODIFIED",
        "SEQUENCE",
        "STATUS",
        "CLASS",
        "TRANSP",
        "DTSTART",
        "DTEND",
    }
    expected |= {"SUMMARY", "CATEGORIES"}
    for event in found:
        item = sent[str(event["UID"])]
        words = {"DESCRIPTION": item["description"], "LOCATION": item["place"]}
        assert set(event) == expected | {name for name, text in words.items() if text}
        assert str(event["SUMMARY"]) == item["title"]
        for name, text in words.items():
            if text:
                assert str(event[name]) == lines.plain(text)
        assert not event.subcomponents
    for text in SENDABLE:
        renamed = await _renamed(fay, network_id, text)
        if renamed is None:
            continue
        taken["name"] += 1
        answer = await fay.client.get(
            f"/v1/networks/{network_id}/calendar.ics?from=2030-01-01T00:00:00Z"
        )
        assert answer.status_code == 200
        assert list(icalendar.Calendar.from_ical(answer.content)) == list(
            icalendar.Calendar.from_ical(vcalendar("Word", []))
        )
        said = answer.headers["content-disposition"]
        assert re.fullmatch(
            r'inline; filename="[A-Za-z0-9-]+\.ics"; filename\*=UTF-8\'\'[\w.~%-]+', said
        )
        assert unquote(said.rpartition("''")[2]) == f"{renamed[:60]}.ics"
        assert "set-cookie" not in answer.headers
    assert min(taken.values()) >= 60


async def _renamed(person: TestPerson, network_id: str, text: str) -> str | None:
    """The network's name, if it may be this text."""
    changed = await person.client.patch(f"/v1/networks/{network_id}", {"name": text})
    if changed.status_code != 200:
        assert (changed.status_code, changed.json()["errors"][0]["pointer"]) == (422, "/name")
        return None
    return str(changed.json()["name"])


@pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))
def test_a_header_says_a_name_and_nothing_else(text: str) -> None:
    """Also of what no network may be called."""
    name, value = disposition(text)
    assert name == b"content-disposition"
    assert re.fullmatch(rb"[ -~]{1,1000}", value)
    assert value.count(b'"') == 2
    assert value.count(b";") == 2
