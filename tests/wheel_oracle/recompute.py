"""Every indicator by its definition. Each function gives value, numerator and denominator of one network's past."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from app.core.survey_questions import QUESTIONS
from app.db.types import instant_from_text, instant_text
from tests.wheel_oracle.facts import Past, months_before
from tests.wheel_oracle.tables import Row, Rows

Told = tuple[float | None, float, float]
Formula = Callable[[Past], Told]
LEAST = 5
TELLING = 2  # so many chose otherwise than most


@dataclass(frozen=True)
class Indicator:
    """A formula, from which denominator on it is said, and when it says that something is thin."""

    of: Formula
    least: int
    thin: Callable[[float], bool]


def share(numerator: float, denominator: float) -> Told:
    return (numerator / denominator if denominator else None, numerator, denominator)


def yes(answer: bool) -> Told:
    return (float(answer), float(answer), 1)


def below(bound: float) -> Callable[[float], bool]:
    return lambda value: value < bound


# --- common purpose ---


def purpose_at_start(past: Past) -> Told:
    joined: dict[str, str] = {}
    for row in past.rows["member"]:
        if row["joined_at"] is not None and row["joined_at"] <= past.end:
            first = joined.get(row["person_id"], row["joined_at"])
            joined[row["person_id"]] = min(first, row["joined_at"])
    began = [row["from_at"] for row in past.rows["network_purpose"] if row["from_at"] <= past.end]
    if len(joined) < 2:
        return yes(True)
    return yes(bool(began) and min(began) <= sorted(joined.values())[1])


def purpose_fresh(past: Past) -> Told:
    begun = [*past.rows["network_purpose"], *past.rows["charter_version"]]
    return yes(any(past.within(row["from_at"]) for row in begun))


def topic_alignment(past: Past) -> Told:
    own = {row["code"] for row in past.rows["network_term"] if row["field"] == "topic"}
    shared = 0
    for result in past.published():
        codes = {
            row["code"] for row in past.rows["result_topic"] if row["result_id"] == result["id"]
        }
        shared += bool(codes & own)
    return share(shared, len(past.published()))


# --- co-operative structure ---


def _facilitating(past: Past, since: str) -> set[str]:
    """Who held the role at any time from `since` on up to the end, which is in when both are the same instant."""
    found = set()
    for spell in past.rows["member"]:
        if spell["status"] not in ("active", "left", "removed") or spell["joined_at"] is None:
            continue
        for row in past.rows["member_role"]:
            if row["member_id"] != spell["id"] or row["role"] != "facilitator":
                continue
            began = max(row["from_at"], spell["joined_at"])
            ended = min(row["to_at"] or "9", spell["ended_at"] or "9")
            if ended > since and (began < past.end or began == since == past.end):
                found.add(spell["person_id"])
    return found


def facilitators(past: Past) -> Told:
    who = _facilitating(past, past.end)
    return (len(who), len(who), len(past.members()))


def facilitator_rotation(past: Past) -> Told:
    who = _facilitating(past, past.before_24_months)
    return (len(who), len(who), len(past.members()))


def charter_accepted(past: Past) -> Told:
    there = [row["version"] for row in past.rows["charter_version"] if row["from_at"] <= past.end]
    accepted = {
        row["person_id"]
        for row in past.rows["charter_acceptance"]
        if there and row["version"] == max(there) and row["accepted_at"] <= past.end
    }
    return share(len(past.members() & accepted), len(past.members()))


def contribution_evenness(past: Past) -> Told:
    given = Counter(person for person in past.deeds() if person in past.active())
    numbers, total = list(given.values()), given.total()
    if not numbers:
        return (None, 0, 0)
    apart = sum(abs(one - other) for one in numbers for other in numbers)
    return (1 - apart / (2 * len(numbers) * total), total, len(numbers))


def decision_turnout(past: Past) -> Told:
    cast = electorates = 0
    for decision in past.rows["decision"]:
        closed = decision["closed_at"] or decision["closes_at"]
        if decision["hidden_on"] is not None or decision["outcome"] == "withdrawn":
            continue
        if not past.within(closed) or closed > past.now:
            continue
        cast += sum(row["decision_id"] == decision["id"] for row in past.rows["vote"])
        if decision["electorate"] is not None:
            electorates += decision["electorate"]
        else:
            voters = [
                r["person_id"] for r in past.rows["vote"] if r["decision_id"] == decision["id"]
            ]
            might = past.might_vote(closed)
            electorates += len(might) + sum(voter not in might for voter in voters)
    return share(cast, electorates)


def duties_held(past: Past) -> Told:
    held = duties = 0
    for duty in past.rows["duty"]:
        there = duty["created_at"] < past.end and duty["hidden_on"] is None
        if not there or (duty["ended_on"] is not None and duty["ended_on"] <= past.day):
            continue
        duties += 1
        held += any(
            row["duty_id"] == duty["id"] and row["person_id"] is not None and row["hidden_on"] is None
            and row["from_on"] <= past.day and (row["to_on"] is None or row["to_on"] >= past.day)
            for row in past.rows["duty_term"]
        )  # fmt: skip
    return share(held, duties)


# --- critical mass ---


def active_rate(past: Past) -> Told:
    return share(len(past.active()), len(past.members()))


def net_growth(past: Past) -> Told:
    spells = [row for row in past.rows["member"] if row["joined_at"] is not None]
    joined = sum(past.within(row["joined_at"]) for row in spells)
    ended = sum(past.within(row["ended_at"]) for row in spells)
    return share(joined - ended, len(past.members_at(past.start)))


def retention(past: Past) -> Told:
    before = past.members_at(past.start)
    return share(len(before & past.members()), len(before))


def _represented(past: Past) -> set[str]:
    return {row["representing"] for row in past.spells_at(past.end) if row["representing"]}


def organisations(past: Past) -> Told:
    return (len(_represented(past)), len(_represented(past)), len(past.members()))


def coverage(past: Past) -> Told:
    footprint = {row["code"] for row in past.rows["network_term"] if row["field"] == "footprint"}
    return share(len(footprint & _represented(past)), len(footprint))


def role_diversity(past: Past) -> Told:
    counts = Counter(
        row["profession"]
        for row in past.rows["person"]
        if row["id"] in past.members() and row["profession"] is not None
    )
    total, kinds = counts.total(), len(counts)
    if kinds <= 1:
        return (0.0 if kinds else None, kinds, total)
    entropy = -sum(n / total * math.log(n / total) for n in counts.values())
    return (entropy / math.log(kinds), kinds, total)


# --- collective intelligence ---


def sharing_rate(past: Past) -> Told:
    return share(len(past.published()), len(past.active()))


def feedback_rate(past: Past) -> Told:
    ripe = (past.as_of - timedelta(days=90)).isoformat()
    old = [row for row in past.results() if row["published_on"] <= ripe]
    return share(sum(bool(past.feedback_on(row)) for row in old), len(old))


def days_to_first_feedback(past: Past) -> Told:
    waits = []
    for result in past.published():
        days = [row["created_at"][:10] for row in past.feedback_on(result)]
        if days:
            first = date.fromisoformat(min(days)) - date.fromisoformat(result["published_on"])
            # Feedback may be older than the day on which it was published anew.
            waits.append(max(0, first.days))
    return (median(waits) if waits else None, len(waits), len(waits))


def adoption_rate(past: Past) -> Told:
    adopted = {row["result_id"] for row in past.adoptions()}
    return share(len(adopted), len(past.results()))


def spread(past: Past) -> Told:
    where = {row["organisation_code"] for row in past.adoptions()}
    return (len(where), len(where), len(past.results()))


def measured_impact(past: Past) -> Told:
    measured = sum(
        row["figures_before"] is not None and row["figures_after"] is not None
        for row in past.adoptions()
    )
    return share(measured, len(past.adoptions()))


def candour(past: Past) -> Told:
    outcomes = [row["outcome"] for row in past.results() if row["outcome"] is not None]
    frank = sum(outcome in ("no_change", "worse", "abandoned") for outcome in outcomes)
    return share(frank, len(outcomes))


# --- community building ---


def in_person_share(past: Past) -> Told:
    near = sum(one["mode"] in ("face_to_face", "hybrid") for one in past.held())
    return share(near, len(past.held()))


def meeting_cadence(past: Past) -> Told:
    days = sorted(date.fromisoformat(one["day"]) for one in past.held())
    gaps = [(later - day).days for day, later in pairwise(days)]
    return (median(gaps) if gaps else None, len(gaps), len(gaps))


def attendance_rate(past: Past) -> Told:
    known = [
        row["came"]
        for one in past.occurrences()
        if not one["hidden"]
        for row in one["people"]
        if row["came"] is not None
    ]
    return share(sum(known), len(known))


def repeat_rate(past: Past) -> Told:
    times = Counter(past.visits())
    return share(sum(number >= 2 for number in times.values()), len(times))


def subgroup_participation(past: Past) -> Told:
    groups = {
        row["id"]
        for row in past.rows["subgroup"]
        if row["visibility"] in ("open", "restricted")
        if row["archived_at"] is None or row["archived_at"] > past.end
    }
    inside = {
        row["person_id"]
        for row in past.spells_at(past.end, "sub_member")
        if row["network_id"] in groups
    }
    return share(len(past.members() & inside), len(past.members()))


def asks_answered(past: Past) -> Told:
    made = [
        row
        for row in past.rows["ask"]
        if row["status"] != "withdrawn" and row["hidden_on"] is None
        if past.within(row["created_at"])
    ]
    answered = sum(
        row["status"] == "answered"
        and row["answered_at"] is not None
        and row["answered_at"] < past.end
        for row in made
    )
    return share(answered, len(made))


def survey(c: str) -> Formula:
    """The mean answer to the questions of a C in the last round that was over."""
    codes = {question.code for question in QUESTIONS if question.c == c}

    def mean(past: Past) -> Told:
        settled = instant_text(instant_from_text(past.now) - timedelta(minutes=1))
        over = [
            row for row in past.rows["survey_round"] if row["closes_at"] <= min(past.end, settled)
        ]
        if not over:
            return (None, 0, 0)
        last = max(over, key=lambda row: (row["closes_at"], row["id"]))
        counts = [
            row
            for row in past.rows["survey_count"]
            if row["round_id"] == last["id"] and row["question"] in codes
        ]
        answers = {
            code: sum(row["count"] for row in counts if row["question"] == code) for code in codes
        }
        total = sum(row["choice"] * row["count"] for row in counts)
        number = sum(answers.values())
        for code, every in answers.items():
            most = max(row["count"] for row in counts if row["question"] == code)
            # Fewer than five; or all of them, or all but one, said the same: nothing is told, not even how many.
            if every < LEAST or every - most < TELLING:
                return (None, 0, 0)
        return (total / number, total, number)

    return mean


def never(value: float) -> bool:
    return value == 0


INDICATORS: dict[str, Indicator] = {
    "purpose_at_start": Indicator(purpose_at_start, 0, never),
    "purpose_fresh": Indicator(purpose_fresh, 0, never),
    "topic_alignment": Indicator(topic_alignment, LEAST, below(0.5)),
    "survey_common_purpose": Indicator(survey("common_purpose"), LEAST, below(3)),
    "facilitators": Indicator(facilitators, 0, below(2)),
    "facilitator_rotation": Indicator(facilitator_rotation, 0, below(2)),
    "charter_accepted": Indicator(charter_accepted, LEAST, below(0.5)),
    "contribution_evenness": Indicator(contribution_evenness, LEAST, below(0.4)),
    "decision_turnout": Indicator(decision_turnout, LEAST, below(0.5)),
    "duties_held": Indicator(duties_held, 1, below(1)),
    "survey_cooperative_structure": Indicator(survey("cooperative_structure"), LEAST, below(3)),
    "active_rate": Indicator(active_rate, LEAST, below(0.3)),
    "net_growth": Indicator(net_growth, LEAST, below(0)),
    "retention": Indicator(retention, LEAST, below(0.7)),
    "organisations": Indicator(organisations, 0, below(3)),
    "coverage": Indicator(coverage, LEAST, below(0.2)),
    "role_diversity": Indicator(role_diversity, LEAST, below(0.5)),
    "survey_critical_mass": Indicator(survey("critical_mass"), LEAST, below(3)),
    "sharing_rate": Indicator(sharing_rate, LEAST, below(0.1)),
    "feedback_rate": Indicator(feedback_rate, LEAST, below(0.5)),
    "days_to_first_feedback": Indicator(days_to_first_feedback, LEAST, lambda days: days > 60),
    "adoption_rate": Indicator(adoption_rate, LEAST, below(0.2)),
    "spread": Indicator(spread, LEAST, below(1)),
    "measured_impact": Indicator(measured_impact, LEAST, below(0.3)),
    "candour": Indicator(candour, LEAST, never),
    "survey_collective_intelligence": Indicator(survey("collective_intelligence"), LEAST, below(3)),
    "in_person_share": Indicator(in_person_share, LEAST, below(0.1)),
    "meeting_cadence": Indicator(meeting_cadence, LEAST, lambda days: days > 92),
    "attendance_rate": Indicator(attendance_rate, LEAST, below(0.5)),
    "repeat_rate": Indicator(repeat_rate, LEAST, below(0.4)),
    "subgroup_participation": Indicator(subgroup_participation, LEAST, below(0.1)),
    "asks_answered": Indicator(asks_answered, LEAST, below(0.5)),
    "survey_community_building": Indicator(survey("community_building"), LEAST, below(3)),
}


def told(indicator: Indicator, past: Past) -> Row:
    """What the wheel says of one indicator at one point."""
    value, numerator, denominator = indicator.of(past)
    said: Row = {"as_of": past.day, "denominator": denominator}
    if value is None or denominator < indicator.least or not past.had_begun():
        return said | {"value": None, "numerator": None, "status": "not_enough_data"}
    status = "thin" if indicator.thin(value) else "ok"
    return said | {"value": value, "numerator": numerator, "status": status}


def wheel(rows: Rows, as_of: date, window_days: int, now: str) -> dict[str, list[Row]]:
    """For each indicator its eight points, the oldest first; the last one is what stands in the wheel itself."""
    days = [months_before(as_of, months) for months in range(21, -1, -3)]
    points = [Past(rows, day, window_days, now) for day in days]
    return {
        code: [told(indicator, past) for past in points] for code, indicator in INDICATORS.items()
    }
