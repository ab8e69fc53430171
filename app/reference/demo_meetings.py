"""The meetings of the demo's networks: a year of them after patterns that real networks keep.

Plain data like the rest of the demo (`app.reference.demo`). Days are told relative to the month in which the demo is
loaded, so that some meetings are always past and some to come.
"""

import json
from dataclasses import dataclass
from typing import Any

from app.reference.load import shipped_text


@dataclass(frozen=True, slots=True)
class Moved:
    """An occurrence that takes place so many days later, at this time."""

    number: int
    days: int
    at: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An occurrence that was called off."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Coming:
    """Who has said what about an occurrence to come, in this order: those who decline may have accepted before."""

    number: int
    accepted: tuple[str, ...]
    declined: tuple[str, ...]
    tentative: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A second edition of minutes."""

    text: str
    note: str


@dataclass(frozen=True, slots=True)
class DemoMinutes:
    """Published minutes of an occurrence."""

    number: int
    text: str
    correction: Correction | None


@dataclass(frozen=True, slots=True)
class DemoAction:
    """Something taken on; `due_in_days` counts from the loading, `done_after_days` from the meeting."""

    number: int
    title: str
    detail: str | None
    owner: str
    by: str
    due_in_days: int
    done_after_days: int | None


@dataclass(frozen=True, slots=True)
class DemoMeeting:
    """A meeting, or with `repeats` a series, planned by the network's first facilitator.

    It begins on the `weekday` ("3WE" is the third Wednesday) of the month that is `month` away, `at` this time in
    London. Occurrences are numbered from the next one to come: 0; -1 is the last one that was. `every_second` differs
    for every second occurrence. `regulars` came to each, `now_and_then` to some; of the last ones that were, it is
    known of `recorded` who came.
    """

    key: str
    network: str
    title: str
    description: str
    month: int
    weekday: str
    at: str
    repeats: str | None
    duration_minutes: int
    mode: str
    place: str | None
    place_private: bool
    latitude: float | None
    longitude: float | None
    join_url: str | None
    capacity: int | None
    confidentiality: str
    status: str
    announce: bool
    agenda: tuple[dict[str, Any], ...]
    every_second: dict[str, Any] | None
    moved: tuple[Moved, ...]
    cancelled: tuple[Cancelled, ...]
    regulars: tuple[str, ...]
    now_and_then: tuple[str, ...]
    recorded: int
    coming: Coming | None
    minutes: tuple[DemoMinutes, ...]
    actions: tuple[DemoAction, ...]


def read_demo_meetings() -> tuple[DemoMeeting, ...]:
    """Return the meetings of the invented networks."""
    return tuple(
        _meeting(entry) for entry in json.loads(shipped_text("demo_meetings.json"))["meetings"]
    )


def _meeting(entry: dict[str, Any]) -> DemoMeeting:
    coming = entry["coming"]
    parts = {
        "agenda": tuple(entry["agenda"]),
        "moved": tuple(Moved(**one) for one in entry["moved"]),
        "cancelled": tuple(Cancelled(**one) for one in entry["cancelled"]),
        "regulars": tuple(entry["regulars"]),
        "now_and_then": tuple(entry["now_and_then"]),
        "coming": _coming(coming) if coming else None,
        "minutes": tuple(_minutes(one) for one in entry["minutes"]),
        "actions": tuple(DemoAction(**one) for one in entry["actions"]),
    }
    return DemoMeeting(**entry | parts)


def _coming(entry: dict[str, Any]) -> Coming:
    answers = {name: tuple(entry[name]) for name in ("accepted", "declined", "tentative")}
    return Coming(entry["number"], **answers)


def _minutes(entry: dict[str, Any]) -> DemoMinutes:
    correction = entry["correction"]
    return DemoMinutes(**entry | {"correction": Correction(**correction) if correction else None})
