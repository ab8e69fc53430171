"""What members of the demo's networks decide together, carry for each other, ask for, and say of how it goes.

Plain data like the rest of the demo (`app.reference.demo`). Days are told before the day on which it is loaded; a
negative number of days is a day to come.
"""

import json
from dataclasses import dataclass
from typing import Any

from app.reference.demo import frozen
from app.reference.load import shipped_text


@dataclass(frozen=True, slots=True)
class DemoAccepted:
    """Who has accepted the charter of a network."""

    network: str
    days_ago: int
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoDecision:
    """A proposal and the votes on it: `[person, vote, reason]`. `closed` is what came of it, None: it is open."""

    network: str
    by: str
    days_ago: int
    closes_days_ago: int
    body: dict[str, Any]
    votes: tuple[tuple[str, str, str | None], ...]
    closed: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class DemoTerm:
    """Who holds a duty; the note is what they left for the next one."""

    person: str
    from_days_ago: int
    handover_note: str | None


@dataclass(frozen=True, slots=True)
class DemoDuty:
    """A representative duty, and who carried it in turn."""

    network: str
    by: str
    days_ago: int
    body: dict[str, Any]
    terms: tuple[DemoTerm, ...]


@dataclass(frozen=True, slots=True)
class DemoAsk:
    """A request, the offers to it - `[person, text]` -, and what came of it; None: it is open."""

    network: str
    by: str
    days_ago: int
    body: dict[str, Any]
    offers: tuple[tuple[str, str], ...]
    outcome_note: str | None
    helped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoSurvey:
    """A closed round; each of the `answers` belongs to the person in the same place of `by`."""

    network: str
    days_ago: int
    open_days: int
    title: str
    by: tuple[str, ...]
    answers: tuple[dict[str, int], ...]


@dataclass(frozen=True, slots=True)
class DemoKept:
    """An assessment or a link, as it was sent."""

    network: str
    by: str
    days_ago: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoPairs:
    """Who wished to be paired, and when pairs were drawn."""

    network: str
    days_ago: int
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoTogether:
    """All of it, in the order of the file."""

    accepted: tuple[DemoAccepted, ...]
    decisions: tuple[DemoDecision, ...]
    duties: tuple[DemoDuty, ...]
    asks: tuple[DemoAsk, ...]
    surveys: tuple[DemoSurvey, ...]
    assessments: tuple[DemoKept, ...]
    resources: tuple[DemoKept, ...]
    pairs: tuple[DemoPairs, ...]


def read_demo_together() -> DemoTogether:
    """Return what the members of the invented networks do together."""
    told = json.loads(shipped_text("demo_together.json"))
    return DemoTogether(
        accepted=tuple(DemoAccepted(**frozen(one)) for one in told["accepted"]),
        decisions=tuple(DemoDecision(**frozen(one)) for one in told["decisions"]),
        duties=tuple(_duty(one) for one in told["duties"]),
        asks=tuple(DemoAsk(**frozen(one)) for one in told["asks"]),
        surveys=tuple(DemoSurvey(**frozen(one)) for one in told["surveys"]),
        assessments=tuple(DemoKept(**one) for one in told["assessments"]),
        resources=tuple(DemoKept(**one) for one in told["resources"]),
        pairs=tuple(DemoPairs(**frozen(one)) for one in told["pairs"]),
    )


def _duty(entry: dict[str, Any]) -> DemoDuty:
    return DemoDuty(**entry | {"terms": tuple(DemoTerm(**term) for term in entry["terms"])})
