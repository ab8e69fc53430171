"""Who tried a result too, in numbers: the summary that stands on the result, and which adoptions count.

An adoption by the authors' own organisation never counts. Where that organisation is told it is refused or, once it
came to be told, no longer counted. Where it is not told, whether one counts is decided when it is reported first and
never again: what came or went with an edit would tell everybody where the authors are. Why: docs/decisions/0031.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.core.access import viewer_id
from app.core.changes import change_many
from app.core.fetching import facts
from app.core.json_columns import json_text, plain
from app.core.result_access import authored
from app.core.telling_of_results import saw, told_of_part
from app.core.viewer import Viewer
from app.core.work import Work
from app.db.database import Reads
from app.db.types import ID, one_of
from app.models import Adoption, Member, Person, Result, ResultAuthor

Row = dict[str, Any]
STAGES = ("interested", "planning", "testing", "adopted", "adapted", "sustained", "stopped")
EFFECTS = ("better", "same", "worse", "unknown")


def _nothing() -> Row:
    return {
        "organisations": 0,
        "stages": dict.fromkeys(STAGES, 0),
        "effects": dict.fromkeys(EFFECTS, 0),
        "last_reported_on": None,
    }


NO_ADOPTIONS = orjson.dumps(_nothing()).decode()


def _add(summary: Row, row: Mapping[str, Any]) -> None:
    """Count the organisations of one stage and effect in; days compare as text."""
    number = int(row["number"])
    summary["organisations"] += number
    summary["stages"][row["stage"]] += number
    summary["effects"][row["effect"]] += number
    last = summary["last_reported_on"]
    summary["last_reported_on"] = max(last or "", row["last_on"])


def _counted() -> Any:
    return (
        select(
            Adoption.stage,
            Adoption.effect,
            func.count(literal(1)).label("number"),
            func.max(Adoption.last_reported_on, type_=Adoption.last_reported_on.type).label(
                "last_on"
            ),
        )
        .where(
            Adoption.result_id == bindparam("result_id", type_=ID),
            Adoption.counted.is_(True),
            Adoption.hidden_on.is_(None),
        )
        .group_by(Adoption.stage, Adoption.effect)
    )


async def totals(work: Work, result_id: str) -> Row:
    """The columns of a result, whose network is locked, that sum up its adoptions as they are now in this work."""
    await work.flush()
    summary = _nothing()
    for row in await work.fetch("adoptions counted", _counted, {"result_id": result_id}):
        _add(summary, row)
    last = summary["last_reported_on"]
    return {
        "adoption_count": summary["organisations"],
        "adoption_summary": json_text(summary),
        "last_reported_on": None if last is None else date.fromisoformat(last),
    }


# --- The authors' own organisations ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnOrganisations:
    """Where the authors of a result are: all of it, and what every reader is told of it."""

    every: frozenset[str]
    told: frozenset[str]


def _of_authors() -> Any:
    spell = and_(
        Member.person_id == ResultAuthor.person_id,
        Member.network_id == bindparam("network_id", type_=ID),
        Member.status == "active",
    )
    return (
        select(Person.organisation_code, Member.representing)
        .select_from(ResultAuthor)
        .join(Person, Person.id == ResultAuthor.person_id)
        .outerjoin(Member, spell)
        .where(
            ResultAuthor.result_id == bindparam("result_id", type_=ID),
            ResultAuthor.removed.is_(False),
        )
    )


async def own_organisations(work: Work, result: Mapping[str, Any]) -> OwnOrganisations:
    """The organisations of a result and of its authors, as they are now in this work."""
    await work.flush()
    values = {"result_id": result["id"], "network_id": result["network_id"]}
    authors = await work.fetch("organisations of authors", _of_authors, values)
    at = {result["organisation_code"]}
    profiles = {row["organisation_code"] for row in authors}
    told: set[str | None] = set()
    if result["attribution"] != "network_only":
        told |= at
    if result["attribution"] == "named":  # their cards say it
        told |= profiles
    every = at | profiles | {row["representing"] for row in authors}
    return OwnOrganisations(
        frozenset(code for code in every if code), frozenset(code for code in told if code)
    )


def _counted_of() -> Any:
    return select(*facts(Adoption)).where(
        Adoption.result_id == bindparam("result_id", type_=ID),
        Adoption.counted.is_(True),
        one_of(Adoption.organisation_code, bindparam("codes")),
    )


async def recount(work: Work, network: Mapping[str, Any], result: Mapping[str, Any]) -> Row:
    """Take out what is the authors' own, now that it is told where they are; returns the result's columns of the sum.

    For whoever edits attribution, organisation or authors of a result in a locked network: `result` is the row as it
    will be, and the columns go into the same `change` of it.
    """
    own = await own_organisations(work, result)
    values = {"result_id": result["id"], "codes": sorted(own.told)}
    rows = await work.fetch("counted adoptions of", _counted_of, values) if own.told else []
    if rows:
        told = told_of_part(result, **await saw(work, network, result))
        edits = [(row, {"counted": False}) for row in rows]
        await change_many(work, "adoption.uncounted", edits, told)
    return await totals(work, result["id"])


# --- As one viewer sees it ------------------------------------------------------------------------


def _ones_own(rank: str, result_id: Any) -> Any:
    """The adoptions of a result that do not count and that the viewer reported without being its author.

    Only they know of them, and nothing tells them that they do not count.
    """
    mine, theirs = aliased(Adoption), aliased(Adoption)
    doubled = exists(
        select(1).where(
            theirs.result_id == mine.result_id,
            theirs.organisation_code == mine.organisation_code,
            theirs.counted.is_(True),
        )
    )
    return mine, and_(
        mine.result_id == result_id,
        mine.reported_by == viewer_id(),
        mine.counted.is_(False),
        mine.hidden_on.is_(None),
        ~doubled,
        ~authored(rank, mine.result_id),
    )


def count_seen(rank: str, result: Any = Result) -> Any:
    """How many organisations tried a visible result, as this viewer is told: for filters and orders."""
    if rank == "anonymous":
        return result.adoption_count
    mine, own = _ones_own(rank, result.id)
    more = select(func.count(mine.organisation_code.distinct())).where(own).scalar_subquery()
    return result.adoption_count + more


def reports_unseen() -> Any:
    """Whether the viewer reported anything at all that does not count: for most, nothing is to be counted in."""
    mine = aliased(Adoption)
    own = select(1).where(mine.reported_by == viewer_id(), mine.counted.is_(False))
    return exists(own)


def _own_of(rank: str) -> Any:
    mine, own = _ones_own(rank, Result.id)
    return (
        select(
            mine.result_id,
            mine.stage,
            mine.effect,
            literal(1).label("number"),
            mine.last_reported_on.label("last_on"),
        )
        .join(Result, Result.id == mine.result_id)
        .where(own, one_of(Result.id, bindparam("result_ids")))
        .order_by(mine.id)
    )


async def with_ones_own(
    reads: Reads, viewer: Viewer, rows: list[Row], name: str = "adoptions"
) -> None:
    """Count in, for this viewer, what they reported and what does not count; in place, in documents of results."""
    if viewer.person_id is None or not rows:
        return
    rank, ids = viewer.rank, sorted(row["id"] for row in rows)
    values = {"viewer_id": viewer.person_id, "result_ids": ids}
    found = await reads.fetch(("own uncounted", rank), lambda: _own_of(rank), values)
    if not found:
        return
    by_id = {row["id"]: row for row in rows}
    for own in found:
        row = by_id[own["result_id"]]
        summary = plain(row[name])
        _add(summary, own)
        row[name] = summary


def counts_for(rank: str, adoption: Any = Adoption) -> Any:
    """Whether a visible adoption counts, as the viewer is told: one of theirs does, unless they wrote the result."""
    return or_(adoption.counted.is_(True), ~authored(rank, adoption.result_id))
