"""One search over networks, results, meetings, people and organisations: one statement, each kind as its list sees it.

Every branch has the visibility of its list in its condition, so that nothing is ranked, counted or cut that the viewer
may not see; a filter that a kind has no field for leaves the kind out. The key of the order is one whole number: score,
then nearness, then kind. Why it is so: docs/decisions/0036.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.types import Double

from app.core import access, places
from app.core.meeting_access import visible_meeting
from app.core.network_words import ways_to_match
from app.core.paging import Sort, keyset
from app.core.result_access import visible_result
from app.core.search_filters import FIELDS, MODELS, SCOPES, Filters, Kind, conditions_of
from app.core.standing_of_organisations import standing
from app.core.viewer import Viewer
from app.db import search
from app.db.types import INSTANT
from app.models import Meeting, Network, Organisation

TIERS = tuple(reversed(Kind))  # the better a kind, the higher the figure
_NEARER = 64  # steps of nearness
_CLOSED = 20  # points that what is over or closed stands behind


def kinds_for(viewer: Viewer) -> tuple[Kind, ...]:
    """The kinds that this caller's token may read; nobody's token reads what is public."""
    if viewer.person_id is None:
        return tuple(kind for kind in Kind if kind is not Kind.PERSON)
    return tuple(kind for kind in Kind if SCOPES[kind] in viewer.scopes)


def values(viewer: Viewer, filters: Filters, now: datetime) -> dict[str, Any]:
    """The parameters of `found`, but for those of the words."""
    return {**access.values(viewer), **filters.values(), "now": now}


def found(rank: str, filters: Filters, shape: search.Shape | None) -> Any:
    """Everything that is found: `kind`, `id` (text), `score`, `distance` and `tie`, which orders equals."""
    branches = [
        branch
        for kind in answering(rank, filters)
        for branch in _branches(kind, rank, filters, shape)
    ]
    if not branches:
        nothing = select(
            literal(0).label("kind"),
            literal("").label("id"),
            literal(0).label("score"),
            cast(null(), Double).label("distance"),
        )
        branches = [nothing.where(literal(value=False))]
    return union_all(*branches).cte("found")


def answering(rank: str, filters: Filters) -> list[Kind]:
    """The kinds that have a field for every filter, and that this viewer may look through."""
    return [
        kind
        for kind in filters.kinds
        if filters.given <= FIELDS[kind] and not (kind is Kind.PERSON and rank == "anonymous")
    ]


def _branches(kind: Kind, rank: str, filters: Filters, shape: search.Shape | None) -> list[Any]:
    model = MODELS[kind]
    conditions = [*seen(kind, rank), *conditions_of(kind, rank, filters)]
    own_id = Organisation.code if kind is Kind.ORGANISATION else cast(model.id, Text)
    placed = filters.around is not None
    distance = places.distance_km(model) if placed else cast(null(), Double)
    return [
        select(
            literal(TIERS.index(kind)).label("kind"),
            own_id.label("id"),
            (score + _moved(kind, worded=shape is not None)).label("score"),
            distance.label("distance"),
        ).where(*conditions, way)
        for way, score in ways(kind, rank, shape)
    ]


def ways(kind: Kind, rank: str, shape: search.Shape | None) -> list[tuple[Any, Any]]:
    """Conditions of which at most one holds for a row that has the words, each with its score."""
    if shape is None:
        return [(true(), literal(0))]
    if kind is Kind.NETWORK:
        return ways_to_match(rank, shape)
    return [(search.matches(MODELS[kind], "front"), search.score(MODELS[kind], "front", shape))]


def seen(kind: Kind, rank: str) -> list[Any]:
    """As the list of this kind has it."""
    if kind is Kind.NETWORK:
        return [access.visible_network(rank), Network.archived_at.is_(None)]
    if kind is Kind.RESULT:
        return [visible_result(rank)]
    if kind is Kind.MEETING:
        return [visible_meeting(rank)]
    return [access.in_directory(rank)] if kind is Kind.PERSON else []


def _moved(kind: Kind, *, worded: bool) -> Any:
    """Points beside the words: what is over or closed stands behind, a code that was typed before everything."""
    if kind is Kind.MEETING:
        over = or_(Meeting.ends_at < bindparam("now", type_=INSTANT), Meeting.status == "cancelled")
        return case((over, -_CLOSED), else_=0)
    if kind is Kind.ORGANISATION:
        return standing(worded=worded)
    return literal(0)


def order(everything: Any, *, near: bool, by_distance: bool) -> Sort:
    """By relevance: score, then nearness, then kind; or by distance. Equals go by kind and id."""
    c = everything.c
    tie = cast(c.kind, Text) + c.id
    if by_distance:
        return Sort("distance", c.distance, tie)
    nearness: Any = literal(0)
    if near:
        step = func.floor(c.distance * (_NEARER - 1) / bindparam("within_km", type_=Double()))
        nearness = (_NEARER - 1) - cast(step, Integer)
    key = (c.score * _NEARER + nearness) * len(Kind) + c.kind
    return Sort("relevance", key, tie, descending=True)


def page_of(everything: Any, sort: Sort, *, started: bool) -> Any:
    """The page: kind, id, distance, with `_key` and `tie`."""
    c = everything.c
    statement = select(c.kind, c.id, c.distance, sort.tie.label("tie"))
    return keyset(statement, sort, started=started).subquery("page")
