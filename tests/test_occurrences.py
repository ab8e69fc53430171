"""Occurrences in a window, against all occurrences one by one: whatever was moved, stretched or cancelled."""

import random
from datetime import UTC, datetime

from app.core import recurrence
from app.core.wall_time import local_from
from app.features.meetings import occurrences as rules
from app.features.meetings.occurrences import Difference, Planned, as_it_is, occurrences
from app.features.meetings.rows import SECOND, micros, text_of

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
)
RULES = (
    "FREQ=DAILY;COUNT=60",
    "FREQ=WEEKLY;COUNT=30",
    "FREQ=MONTHLY;COUNT=12",
    "FREQ=DAILY;INTERVAL=3;COUNT=40",
)
HOUR, DAY = 3600 * SECOND, 86400 * SECOND


def some_series(chance: random.Random) -> Planned:
    """A series near a change of clocks, at any time of day, of which a few occurrences differ."""
    month, day = chance.choice(((3, 7), (3, 26), (4, 2), (10, 2), (10, 29)))
    local = (
        f"2027-{month:02d}-{day:02d}T{chance.randrange(24):02d}:{chance.choice((0, 30, 45)):02d}:00"
    )
    zone, rule = chance.choice(ZONES), chance.choice(RULES)
    canonical = recurrence.canonical(rule, local_from(local), zone)
    starts = text_of(recurrence.expand(canonical, local, zone).starts[0] * SECOND)
    row = {
        "id": "m", "recurrence": canonical, "local_start": local, "timezone": zone, "starts_at": starts,
        "duration_minutes": chance.choice((15, 60, 24 * 60, 14 * 24 * 60)), "place_private": False, "join_url": None,
        "status": "confirmed", "cancel_reason": None, "sequence": 0,
    }  # fmt: skip
    whole = recurrence.expand(canonical, local, zone)
    excluded = tuple(sorted(chance.sample(whole.locals, 2)))
    differences = {}
    for name in sorted(chance.sample(whole.locals, 4)):
        away = chance.randrange(-40 * DAY, 40 * DAY, HOUR // 4)
        moved = whole.starts[whole.locals.index(name)] * SECOND + away
        longer = {"duration_minutes": chance.choice((5, 60, 3000))} if chance.random() < 0.5 else {}
        differences[name] = Difference(
            text_of(moved) if chance.random() < 0.6 else None,
            "cancelled" if chance.random() < 0.3 else None,
            None, longer, 1, starts,
        )  # fmt: skip
    return Planned(row, attends=True, excluded=excluded, differences=differences)


def test_a_window_has_what_touches_it() -> None:
    chance = random.Random(4)
    found = 0
    for _ in range(400):
        planned = some_series(chance)
        whole = list(occurrences(planned))
        edges = [at for each in whole for at in (each.starts, each.ends)]
        for _ in range(10):
            since, until = sorted(
                chance.choice(edges) + chance.choice((-1, 0, 1)) for _ in range(2)
            )
            inside = {each[1:] for each in whole if each.starts < until and each.ends > since}
            assert {each[1:] for each in occurrences(planned, since, until)} == inside
            found += len(inside)
    assert found > 4_000


def test_every_occurrence_is_shown_as_it_is() -> None:
    """None that is left out, each once, at the start and of the length that it has."""
    chance = random.Random(5)
    for _ in range(100):
        planned = some_series(chance)
        names = recurrence.expand(
            planned.row["recurrence"], planned.row["local_start"], planned.row["timezone"]
        ).locals
        shown = {each.local: as_it_is(each) for each in occurrences(planned)}
        assert sorted(shown) == [name for name in names if name not in planned.excluded]
        for each in occurrences(planned):
            row = shown[each.local]
            assert (micros(row["starts_at"]), micros(row["ends_at"])) == (each.starts, each.ends)
            cancelled = each.difference is not None and each.difference.status is not None
            assert row["status"] == ("cancelled" if cancelled else "confirmed")


def test_what_a_series_does_not_have_is_not_there() -> None:
    """Neither by name, nor because something once differed for it."""
    planned = some_series(random.Random(6))
    stale = Difference(
        "2027-05-01T00:00:00.000000Z", None, None, {}, 1, "2027-01-01T00:00:00.000000Z"
    )
    planned.differences["2031-01-01T09:00:00"] = stale
    planned.differences[planned.excluded[0]] = stale
    names = {each.local for each in occurrences(planned)}
    assert not names & {"2031-01-01T09:00:00", *planned.excluded}
    assert rules.occurrence_at(planned, "2031-01-01T09:00:00") is None
    assert text_of(micros("2027-05-01T00:00:00.000001Z")) == "2027-05-01T00:00:00.000001Z"
    assert text_of(int(datetime(2100, 12, 31, tzinfo=UTC).timestamp()) * SECOND)[:4] == "2100"
