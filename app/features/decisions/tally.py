"""Counting: the ballots of a decision, and who might have voted.

The electorate is whoever may vote - active facilitators and members, and nobody erased -, and besides whoever did: who
leaves keeps their ballot, and stays in what it is a share of. It is taken at the deadline once that is over, so that
who joins later moves nothing. Turnout never exceeds it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, or_, select

from app.db.database import Reads, fetch_one
from app.db.types import ID, INSTANT, among, instant_from_text
from app.features.decisions.schemas import VoteChoice
from app.models import Member, MemberRole, Person, Vote

Row = dict[str, Any]
CHOICES = tuple(choice.value for choice in VoteChoice)
VOTING = ("facilitator", "member")


def _may_vote() -> Any:
    """Who might vote at an instant: by spells and roles as they were."""
    at = bindparam("at", type_=INSTANT)
    return (
        select(Member.person_id)
        .join(MemberRole, MemberRole.member_id == Member.id)
        .join(Person, Person.id == Member.person_id)
        .where(
            Member.network_id == bindparam("network_id", type_=ID),
            Member.joined_at <= at,
            or_(Member.ended_at.is_(None), Member.ended_at > at),
            among(MemberRole.role, VOTING),
            MemberRole.from_at <= at,
            or_(MemberRole.to_at.is_(None), MemberRole.to_at > at),
            or_(Person.erased_at.is_(None), Person.erased_at > at),
        )
        .distinct()
    )


def _counts() -> Any:
    of_decision = Vote.decision_id == bindparam("decision_id", type_=ID)
    cast = [
        select(func.count().cast(Integer)).where(of_decision, Vote.vote == choice).scalar_subquery()
        for choice in CHOICES
    ]
    may = _may_vote().subquery()
    among_them = select(func.count().cast(Integer)).where(
        of_decision, Vote.person_id.in_(select(may.c.person_id))
    )
    every = _may_vote().subquery()
    return select(
        *(count.label(choice) for count, choice in zip(cast, CHOICES, strict=True)),
        select(func.count().cast(Integer)).select_from(every).scalar_subquery().label("_may"),
        among_them.scalar_subquery().label("_of_them"),
    )


async def tally_of(reads: Reads, decision: Mapping[str, Any], now: datetime) -> Row:
    """The count of a decision: as it was stored when it was closed, else of the ballots there are."""
    counts: Row | None = None
    if decision["electorate"] is not None:
        counts = {name: decision[name] for name in (*CHOICES, "electorate")}
    else:
        values = {
            "decision_id": decision["id"],
            "network_id": decision["network_id"],
            "at": min(now, instant_from_text(decision["closes_at"])),
        }
        counts = await fetch_one(reads, "tally", _counts, values)
        if counts is None:  # a count is always there
            raise LookupError(decision["id"])
    cast = sum(counts[name] for name in CHOICES)
    if "_may" in counts:
        counts["electorate"] = counts.pop("_may") + cast - counts.pop("_of_them")
    met = cast * 100 >= decision["quorum_percent"] * counts["electorate"]
    return {
        **{name: counts[name] for name in CHOICES},
        "cast": cast,
        "electorate": counts["electorate"],
        "quorum_met": met,
    }
