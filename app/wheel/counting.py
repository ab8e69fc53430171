"""From the statements to a numerator, a denominator and a value for each indicator and point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from typing import Any

from app.core.survey_questions import tellable_of
from app.db.database import Build, Database
from app.wheel import agreements, gatherings, people, sharing
from app.wheel.indicators import INDICATORS, C
from app.wheel.points import Point
from app.wheel.shapes import NUMBERS

Row = dict[str, Any]
# Statements of one row with all points, and of one row for each point.
WHOLE: dict[str, Build] = {
    "people": people.people,
    "meetings": gatherings.meetings,
    "purpose": agreements.purpose,
    "facilitators": agreements.facilitators,
}
BY_POINT: dict[str, Build] = {
    "results": sharing.results,
    "adoptions": sharing.adoptions,
    "decisions": agreements.decisions,
    "duties": agreements.duties,
    "asks": agreements.asks,
}


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator at one point. `value` is the quotient unless the statements said otherwise; None: none can be."""

    numerator: float
    denominator: float
    value: float | None
    enough: bool = True


async def counted(
    db: Database,
    network_id: str,
    points: Sequence[Point],
    now: datetime,
    questions: Mapping[str, C],
) -> list[dict[str, Counted]]:
    """What was counted at each point, by the code of the indicator; `questions` says which C a question is of."""
    values: dict[str, object] = {"network_id": network_id}
    for number, point in enumerate(points):
        values |= point.values(number, now)
    found: list[Row] = [{} for _ in points]
    for name, build in WHOLE.items():
        (row,) = await db.fetch_slow(("wheel", name), build, values)
        for number in NUMBERS:
            _into(found[number], row[f"p{number}"])
        footprint = row.get("footprint")
        if footprint is not None:
            for one in found:
                one["footprint"] = footprint
    for name, build in BY_POINT.items():
        for row in await db.fetch_slow(("wheel", name), build, values):
            _into(found[row.pop("number")], row)
    professions = await db.fetch_slow(("wheel", "professions"), people.professions, values)
    answers = await db.fetch_slow(("wheel", "surveys"), agreements.surveys, values)
    for number, one in enumerate(found):
        _of_people(one)
        one["role_diversity"] = _diversity([row[f"p{number}"]["members"] for row in professions])
        _of_surveys(one, [row for row in answers if row["number"] == number], questions)
    return [{code.code: _figure(one, code.code) for code in INDICATORS} for one in found]


def _into(found: Row, row: Row) -> None:
    """Labels with dots are nested already (`db.statement`); an indicator may come from two statements."""
    for name, value in row.items():
        if isinstance(value, dict):
            found.setdefault(name, {}).update(value)
        else:
            found[name] = value


def _of_people(one: Row) -> None:
    members, active, starters = one["members"], one["active"], one["starters"]
    one["facilitators"]["d"] = one["facilitator_rotation"]["d"] = members
    one["sharing_rate"]["d"] = active
    one |= {
        "charter_accepted": {"n": one["accepted"], "d": members},
        "active_rate": {"n": active, "d": members},
        "net_growth": {"n": one["joined"] - one["ended"], "d": starters},
        "retention": {"n": one["stayed"], "d": starters},
        "organisations": {"n": one["organisations"], "d": members},
        "coverage": {"n": one["covered"], "d": one["footprint"]},
        "subgroup_participation": {"n": one["grouped"], "d": members},
        "contribution_evenness": {
            "n": one["contributions"],
            "d": active,
            "value": _evenness(one["doubled_ranks"], one["contributions"], active),
        },
    }


def _evenness(doubled: float | None, contributions: float, people: float) -> float | None:
    """1 - G, of the doubled sum of rank times contributions: G = doubled / (n * sum) - (n + 1) / n."""
    if not doubled:
        return None
    n, every = int(people), int(contributions)
    return 1 - (int(doubled) / (n * every) - (n + 1) / n)


def _diversity(counts: Sequence[float | None]) -> Row:
    """Shannon's H over the professions there are, by its largest value; of counts, which name nobody."""
    there = [int(count) for count in counts if count]
    every = sum(there)
    value = 0.0
    if len(there) > 1:
        shares = [count / every for count in there]
        value = -sum(share * log(share) for share in shares) / log(len(there))
    return {"n": len(there), "d": every, "value": value}


def _of_surveys(one: Row, answers: Sequence[Row], questions: Mapping[str, C]) -> None:
    for c in C:
        own = [row for row in answers if questions.get(row["question"]) == c]
        enough = bool(own) and all(tellable_of(int(row["d"]), row["most"]) for row in own)
        # How few they were is not told either: it would tell who of few took part.
        n, d = (sum(int(row[part]) for row in own) if enough else 0 for part in "nd")
        one[f"survey_{c}"] = {"n": n, "d": d, "enough": enough}


def _figure(one: Row, code: str) -> Counted:
    raw = one[code]
    n, d = _number(raw["n"]), _number(raw["d"])
    value = raw.get("value")
    if "value" not in raw and d:
        value = n / d
    enough = raw.get("enough", True) and _number(one["ever"]) > 0
    return Counted(n, d, None if value is None else float(value), enough)


def _number(value: Any) -> float:
    """A count as Python has it: PostgreSQL adds up into decimals."""
    return int(value or 0)
