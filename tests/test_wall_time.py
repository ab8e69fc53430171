"""What clocks on the wall show: gaps, folds, the names of zones, and whose data they are."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core.wall_time import (
    instant_of,
    known_zone,
    local_from,
    local_of,
    local_text,
    zone_names,
    zone_of,
)

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-01-15T12:30:00", "Europe/London", "2026-01-15T12:30:00"),
        ("2026-07-15T12:30:00", "Europe/London", "2026-07-15T11:30:00"),
        ("2026-07-15T12:30:00", "America/St_Johns", "2026-07-15T15:00:00"),
        ("2026-07-15T12:30:00", "Asia/Kathmandu", "2026-07-15T06:45:00"),
        ("2100-07-15T12:30:00", "Europe/London", "2100-07-15T11:30:00"),
    ],
)
def test_a_local_time_is_an_instant(local: str, zone: str, instant: str) -> None:
    moment = instant_of(local_from(local), zone)
    assert moment == (datetime.fromisoformat(instant).replace(tzinfo=UTC), False, False)
    assert local_text(local_of(moment.at, zone)) == local


@pytest.mark.parametrize(
    ("local", "zone", "instant", "shown"),
    [
        # The offset before the change: RFC 5545, 3.3.5. The clocks then show it moved on by the gap.
        ("2026-03-29T01:30:00", "Europe/London", "2026-03-29T01:30:00", "2026-03-29T02:30:00"),
        ("2026-03-08T02:00:00", "America/New_York", "2026-03-08T07:00:00", "2026-03-08T03:00:00"),
        (
            "2026-10-04T02:15:00",
            "Australia/Lord_Howe",
            "2026-10-03T15:45:00",
            "2026-10-04T02:45:00",
        ),
        ("2011-12-30T10:00:00", "Pacific/Apia", "2011-12-30T20:00:00", "2011-12-31T10:00:00"),
    ],
)
def test_in_a_gap_the_start_moves_on_with_the_clocks(
    local: str, zone: str, instant: str, shown: str
) -> None:
    moment = instant_of(local_from(local), zone)
    assert moment == (datetime.fromisoformat(instant).replace(tzinfo=UTC), False, True)
    assert local_text(local_of(moment.at, zone)) == shown


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-10-25T01:30:00", "Europe/London", "2026-10-25T00:30:00"),
        ("2026-11-01T01:59:59", "America/New_York", "2026-11-01T05:59:59"),
        ("2026-04-05T01:45:00", "Australia/Lord_Howe", "2026-04-04T14:45:00"),
        # Morocco's winter time is the special one; its clocks go back for Ramadan all the same.
        ("2026-02-15T02:30:00", "Africa/Casablanca", "2026-02-15T01:30:00"),
    ],
)
def test_in_a_fold_the_first_is_meant(local: str, zone: str, instant: str) -> None:
    moment = instant_of(local_from(local), zone)
    assert moment == (datetime.fromisoformat(instant).replace(tzinfo=UTC), True, False)
    assert local_text(local_of(moment.at, zone)) == local


def test_the_edges_of_gap_and_fold() -> None:
    def said(local: str) -> tuple[bool, bool]:
        return instant_of(local_from(local), "Europe/London")[1:]

    assert said("2026-03-29T00:59:59") == (False, False)
    assert said("2026-03-29T01:00:00") == (False, True)
    assert said("2026-03-29T01:59:59") == (False, True)
    assert said("2026-03-29T02:00:00") == (False, False)
    assert said("2026-10-25T00:59:59") == (False, False)
    assert said("2026-10-25T01:00:00") == (True, False)
    assert said("2026-10-25T01:59:59") == (True, False)
    assert said("2026-10-25T02:00:00") == (False, False)


@pytest.mark.parametrize("name", ["Europe/London", "GB", "UTC", "Etc/GMT+5", "Pacific/Apia"])
def test_names_of_zones(name: str) -> None:
    assert known_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "europe/london",
        "Europe/London ",
        "Europe",
        "localtime",
        "Factory",
        "posix/Europe/London",
        "right/Europe/London",
        "posixrules",
        "tzdata.zi",
        "zone.tab",
        "../zoneinfo/Europe/London",
        "Europe/../Europe/London",
        "/etc/localtime",
        "BST",
        "GMT Standard Time",
        "Europe/London\n",
        "Europe/London\x00",
        "Europe/" + "L" * 1_000_000,
    ],
)
def test_what_is_no_name_of_a_zone(name: str) -> None:
    assert not known_zone(name)
    with pytest.raises(ValueError, match="not a zone"):
        zone_of(name)


def test_every_zone_has_its_rules() -> None:
    assert len(zone_names()) > 590
    for name in zone_names():
        assert zone_of(name).key == name


def test_the_machines_own_zones_are_not_asked(tmp_path: Path) -> None:
    """A machine whose London is Kathmandu, and that says so before the first zone is loaded."""
    import tzdata

    data = Path(tzdata.__file__).parent / "zoneinfo"
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "London").write_bytes((data / "Asia" / "Kathmandu").read_bytes())
    program = (
        "from datetime import datetime; from zoneinfo import ZoneInfo\n"
        "from app.core.wall_time import instant_of\n"
        "at = datetime(2026, 7, 15, 12, 30)\n"
        "print(at.replace(tzinfo=ZoneInfo('Europe/London')).utcoffset())\n"
        "print(instant_of(at, 'Europe/London').at)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONTZPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["5:45:00", "2026-07-15 11:30:00+00:00"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-18",
        "2026-03-18T12:30",
        "2026-03-18 12:30:00",
        "2026-03-18T12:30:00Z",
        "2026-03-18T12:30:00+00:00",
        "2026-03-18T12:30:00.000",
        "20260318T123000",
        "2026-W12-3T12:30:00",
        "2026-02-29T12:30:00",
        "2026-03-18T24:00:00",
        "2026-03-18T12:30:60",
        "２026-03-18T12:30:00",
    ],
)
def test_what_is_no_local_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        local_from(text)
