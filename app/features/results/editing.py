"""Editing results: only what differs; who wrote it, who reads it, and what a published one may not lose."""

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from sqlalchemy import bindparam, func, literal, select

from app.core.adoption_counts import recount
from app.core.changes import change
from app.core.errors import Forbidden, refuse
from app.core.fetching_results import authorships
from app.core.json_columns import plain
from app.core.references import labels, organisations
from app.core.result_requirements import needed, refuse_incomplete
from app.core.telling_of_results import told_of_edit
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID, day_text
from app.features.results.commands import (
    JSON_FIELDS,
    begin_authorship,
    columns_of,
    members_alone,
    search_words,
)
from app.features.results.schemas import MOST_AUTHORS, ResultPatch
from app.features.results.squire import ResultAim, ResultChange, ResultContext
from app.models import Measure, ResultAuthor, ResultTopic

Row = dict[str, Any]
OBJECTS: dict[str, type[BaseModel]] = {
    "aim": ResultAim,
    "context": ResultContext,
    "change": ResultChange,
}
NOTHING_TO_MERGE = "The result has none yet that the rest could be merged into: give it."
SEARCHED = frozenset(
    {"title", "topics", "summary", "problem", "aim", "change", "what_happened", "learning"}
)
# What tells where its authors are: an adoption by their own organisation does not count once it is told.
OF_THE_AUTHORS = frozenset({"attribution", "organisation_code"})
# The wider, the more people read it.
WIDTH = {"author": 0, "network": 1, "public": 2}


class Team(NamedTuple):
    """Who wrote a result from now on, by their places: who stays, joins, comes back; and who is out."""

    stay: dict[str, int]
    new: dict[str, int]
    back: dict[str, int]
    out: list[str]

    @property
    def joined(self) -> bool:
        """Whether somebody is an author who was none."""
        return bool(self.new or self.back)


def _measures() -> Any:
    return select(func.count(literal(1)).label("count")).where(
        Measure.result_id == bindparam("result_id", type_=ID)
    )


async def count_measures(work: Work, result_id: str) -> int:
    """How many measures a loaded result has."""
    row = await fetch_one(work, "how many measures", _measures, {"result_id": result_id})
    return 0 if row is None else int(row["count"])


async def update_result(work: Work, row: Row, network: Row, body: ResultPatch) -> None:
    """Edit a loaded result: only what was sent and differs.

    Errors: `Invalid`; `UnknownReference`; `ResultIncomplete` where a published one would lose what it has to have;
    `Forbidden` where it would reach more people by somebody who is no active member.
    """
    given = _merged(row, body)
    topics = await labels(work, "topic", given.get("topics") or [], "/topics")
    if given.get("organisation"):
        await organisations(work, [given["organisation"]], "/organisation")
    columns = columns_of(given)
    values = {name: value for name, value in columns.items() if _differs(name, row[name], value)}
    team = await _team(work, row, network, given["author_ids"]) if "author_ids" in given else None
    if not values and team is None:
        return
    new = {**row, **values}
    if row["status"] == "published":
        await _still_fit(work, row, new)
        _widened(network, row, new)
    if SEARCHED & set(values):
        if "topics" not in given:
            topics = await labels(work, "topic", plain(row["topics"]), "/topics")
        values |= search_words(new, topics.values())
    if "topics" in values:
        _set_topics(work, row, given["topics"])
    if team is not None:
        _set_team(work, row, team, row["version"] + 1)
    if team is not None or OF_THE_AUTHORS & set(values):
        counted = await recount(work, network, new)
        values |= {
            name: value for name, value in counted.items() if _differs(name, row[name], value)
        }
    # Who left the network hears by the result alone that an adoption does not count any more.
    other = "adoption_count" in values or (team is not None and team.joined)
    told = await told_of_edit(work, network, row, new, joined=other)
    also = () if team is None else ("author_ids",)
    change(work, "result.updated", row, values, told, also=also)


def _merged(row: Mapping[str, Any], body: ResultPatch) -> Row:
    """What was sent, its objects merged into those that are there (RFC 7396). Errors: `Invalid`."""
    given = body.model_dump(mode="json", exclude_unset=True)
    for name, kind in OBJECTS.items():
        if given.get(name) is not None:
            whole = {**(plain(row[name]) or {}), **given[name]}
            try:
                given[name] = kind.model_validate(whole).model_dump(mode="json")
            except ValidationError as error:
                place = "/".join(str(step) for step in (name, *error.errors()[0]["loc"]))
                raise refuse(f"/{place}", "nothing_to_merge", NOTHING_TO_MERGE) from None
    return given


def _differs(name: str, old: Any, new: Any) -> bool:
    if name in (*JSON_FIELDS, "adoption_summary"):
        return bool(plain(old) != plain(new))
    return bool(old != (day_text(new) if isinstance(new, date) else new))


async def _still_fit(work: Work, row: Row, new: Row) -> None:
    """Errors: `ResultIncomplete` for what a published result had, and would not have any more."""
    measures = await count_measures(work, row["id"])
    lost = [
        name
        for name in needed(new, measures=measures)
        if name not in needed(row, measures=measures)
    ]
    refuse_incomplete(lost, "It is published: what a published result has stays, or withdraw it.")


def _widened(network: Row, row: Row, new: Row) -> None:
    """To show it to more people is to publish it to them. Errors: `Forbidden`."""
    if WIDTH[new["audience"]] > WIDTH[row["audience"]] and network["_status"] != "active":
        raise Forbidden("Who shows it to more people is an active member of its network.")


def _set_topics(work: Work, row: Row, topics: list[str]) -> None:
    old, new = set(plain(row["topics"])), dict.fromkeys(topics)
    for code in sorted(old - set(new)):
        work.delete(ResultTopic, {"result_id": row["id"], "code": code})
    for code in new:
        if code not in old:
            work.insert(ResultTopic, {"result_id": row["id"], "code": code})


async def _team(work: Work, row: Row, network: Row, author_ids: list[str]) -> Team | None:
    """Who began it comes first, unless they take themselves out; None where nothing changes.

    Errors: `Invalid`; `UnknownReference` for a new one who is no active member; `Forbidden` for who is none themselves.
    """
    rows = await authorships(work, row["id"])
    now = {one["person_id"]: one["position"] for one in rows if not one["removed"]}
    begun = next((person_id for person_id, place in now.items() if place == 0), None)
    order = list(dict.fromkeys(author_ids))
    if begun is not None and (begun in order or begun != work.viewer.person_id):
        order = [begun, *(person_id for person_id in order if person_id != begun)]
    if not order:
        detail = "A result has an author: name one, or delete it."
        raise refuse("/author_ids", "no_author_left", detail)
    if len(order) > MOST_AUTHORS:
        detail = f"A result has {MOST_AUTHORS} authors at most."
        raise refuse("/author_ids", "too_many_authors", detail)
    joining = [person_id for person_id in order if person_id not in now]
    if joining and network["_status"] != "active":  # who left would else ask who is a member
        raise Forbidden("Who brings in an author is an active member of the network.")
    await members_alone(work, network, joining)
    places = dict(zip(order, count(0 if order[0] == begun else 1), strict=False))
    known = {one["person_id"] for one in rows}
    if places == now:
        return None
    return Team(
        stay={one: places[one] for one in order if one in now},
        new={one: places[one] for one in joining if one not in known},
        back={one: places[one] for one in joining if one in known},
        out=[one for one in now if one not in places],
    )


def _set_team(work: Work, row: Row, team: Team, version: int) -> None:
    """Write who wrote it; `version` is the one from which on that holds."""

    def note(person_id: str, **values: Any) -> None:
        found = {"result_id": row["id"], "person_id": person_id}
        work.update_children(ResultAuthor, found, values)

    for person_id, place in team.new.items():
        begin_authorship(work, row["id"], person_id, place)
    for person_id, place in team.stay.items():
        note(person_id, position=place)
    for person_id, place in team.back.items():
        note(person_id, position=place, removed=False, removed_version=None)
    for person_id in team.out:
        note(person_id, removed=True, removed_version=version)
