"""What a VTIMEZONE is made of, read back as a calendar reads it and held against the zone."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from app.core.wall_time import instant_of, local_from, zone_names, zone_of
from app.core.zone_rules import Observance, _changes, observances

RULE = re.compile(r"FREQ=YEARLY;BYMONTH=(\d+);BYDAY=(-1|[1-5])(\w\w)(?:;UNTIL=(\d{8}T\d{6})Z)?")


def onsets(one: Observance, last_year: int) -> Iterator[datetime]:
    """Every onset of a block, the slow way."""
    if one.rule is None:
        yield one.onset
        return
    found = RULE.fullmatch(one.rule)
    assert found
    until = datetime.fromisoformat(found[4] or "99991231T000000")
    for year in range(one.onset.year, last_year + 2):
        in_month = [one.onset.replace(year=year, month=int(found[1]), day=1)]
        while (following := in_month[-1] + timedelta(days=1)).month == int(found[1]):
            in_month.append(following)
        weekday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(found[3])
        those = [day for day in in_month if day.weekday() == weekday]
        ordinal = int(found[2])
        onset = those[ordinal - 1 if ordinal > 0 else ordinal]
        if onset - timedelta(seconds=one.offset_from) <= until:
            yield onset


def misread(zone: str, first_year: int, last_year: int) -> list[datetime]:
    """The local times whose offset a calendar would get wrong: around each change, and every tenth day."""
    blocks = observances(zone, first_year, last_year)
    begun = sorted((at, one.offset_to) for one in blocks for at in onsets(one, last_year))
    looked_at = [
        local_from(f"{first_year}-01-01T12:00:00") + timedelta(days=days)
        for days in range(0, 365 * (last_year - first_year + 1), 10)
    ]
    for year in range(first_year, last_year + 1):
        for change in _changes(zone, year):
            around = (-7200, -3601, -1800, -1, 0, 1, 1800, 3599, 3600, 7200, 90_000)
            looked_at.extend(change.local + timedelta(seconds=second) for second in around)
    wrong: list[datetime] = []
    for local in looked_at:
        if not first_year <= local.year <= last_year:
            continue
        # A local time that does not exist is not asked of it; behind the gap the new offset holds.
        fold = 1 if instant_of(local, zone).in_gap else 0
        offset = local.replace(tzinfo=zone_of(zone), fold=fold).utcoffset()
        said = [to for at, to in begun if at <= local]
        if not said or offset != timedelta(seconds=said[-1]):
            wrong.append(local)
    return wrong


@pytest.mark.parametrize("part", range(4))
def test_every_zone_reads_back(part: int) -> None:
    found = {name: misread(name, 2025, 2029) for name in sorted(zone_names())[part::4]}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert len(found) > 140


@pytest.mark.parametrize(
    "zone",
    ["Europe/London", "America/New_York", "Africa/Casablanca", "Pacific/Apia", "Asia/Pyongyang"],
)
def test_a_hundred_years_read_back(zone: str) -> None:
    assert misread(zone, 2001, 2099) == []


def test_a_block_that_is_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = observances("Europe/London", 2025, 2029)
    monkeypatch.setitem(globals(), "observances", lambda *_: kept[:1])
    assert len(misread("Europe/London", 2025, 2029)) > 50


def test_london() -> None:
    summer, winter = observances("Europe/London", 2026, 2026)
    assert summer == Observance(
        daylight=True,
        name="BST",
        offset_from=0,
        offset_to=3600,
        onset=local_from("2025-03-30T01:00:00"),
        rule="FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    )
    assert (winter.daylight, winter.name) == (False, "GMT")
    assert (winter.offset_from, winter.offset_to) == (3600, 0)
    assert winter.rule == "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"


def test_summer_is_daylight_in_ireland_too() -> None:
    summer, winter = observances("Europe/Dublin", 2026, 2027)
    assert (summer.name, summer.daylight) == ("IST", True)
    assert (winter.name, winter.daylight) == ("GMT", False)


def test_a_zone_without_changes_is_one_block() -> None:
    (only,) = observances("Asia/Kathmandu", 2026, 2030)
    assert (only.offset_from, only.offset_to) == (20700, 20700)
    assert (only.daylight, only.rule) == (False, None)
    assert only.onset.year == 2025


def test_changes_without_a_rule_are_a_block_each() -> None:
    """The moon moves Ramadan through the year."""
    blocks = observances("Africa/Casablanca", 2020, 2024)
    assert {one.rule for one in blocks} == {None}
    assert len(blocks) == 12


def test_a_rule_that_ended_says_when() -> None:
    """The United States changed theirs in 2007."""
    rules = [one.rule for one in observances("America/New_York", 2004, 2010)]
    assert rules == [
        "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z",
        "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    ]
