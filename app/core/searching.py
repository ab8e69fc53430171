"""One search over networks, results, meetings, people and organisations: one statement, each kind as its list sees it.

Every branch has the visibility of its list in its condition, so that nothing is ranked, counted or cut that the viewer
may not see; a filter that a kind has no field for leaves the kind out. The key of the order is one whole number: score,
then nearness, then kind. Why it is so: docs/decisions/0036.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
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
from app.core.access import FRONT
from app.core.meeting_access import reads_place, visible_meeting
from app.core.network_words import ways_to_match
from app.core.paging import Sort, keyset
from app.core.places import Around
from app.core.result_access import visible_result
from app.core.viewer import Scope, Viewer
from app.db import search
from app.db.types import ID, INSTANT, one_of
from app.models import Meeting, Network, NetworkTerm, Organisation, Person, PersonTopic, Result, ResultTopic


class Kind(StrEnum):
    """What a search finds; among equals, those that stand first here come first."""

    NETWORK = "network"
    RESULT = "result"
    MEETING = "meeting"
    PERSON = "person"
    ORGANISATION = "organisation"


SCOPES = {
    Kind.NETWORK: Scope.NETWORKS_READ,
    Kind.RESULT: Scope.RESULTS_READ,
    Kind.MEETING: Scope.MEETINGS_READ,
    Kind.PERSON: Scope.PEOPLE_READ,
    Kind.ORGANISATION: Scope.ORGANISATIONS_READ,
}
MODELS: dict[Kind, Any] = {
    Kind.NETWORK: Network,
    Kind.RESULT: Result,
    Kind.MEETING: Meeting,
    Kind.PERSON: Person,
    Kind.ORGANISATION: Organisation,
}
# Which filters a kind can answer: a meeting and a result by what their network is about, where the viewer reads that.
FIELDS = {
    Kind.NETWORK: frozenset({"topic", "around", "region", "icb", "profession", "open_to_join"}),
    Kind.RESULT: frozenset({"topic", "region", "icb", "profession"}),
    Kind.MEETING: frozenset({"topic", "around", "region", "icb", "profession"}),
    Kind.PERSON: frozenset({"topic", "region", "profession"}),
    Kind.ORGANISATION: frozenset({"around", "region", "icb"}),
}
TIERS = tuple(reversed(Kind))  # the better a kind, the higher the figure
_NEARER = 64  # steps of nearness
_CLOSED = 20  # points that what is over or closed stands behind


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for beside words, every name resolved; empty asks nothing."""

    kinds: tuple[Kind, ...]
    topic: tuple[str, ...] = ()
    around: Around | None = None
    region: str | None = None
    icb: str | None = None
    profession: tuple[str, ...] = ()
    open_to_join: bool | None = None

    @property
    def given(self) -> frozenset[str]:
        """The names of the filters that are set."""
        names = ("topic", "around", "region", "icb", "profession", "open_to_join")
        return frozenset(name for name in names if getattr(self, name) not in (None, ()))

    def values(self) -> dict[str, Any]:
        """The parameters of the conditions."""
        found: dict[str, Any] = {
            name: getattr(self, name) for name in self.given - {"around", "open_to_join"}
        }
        found |= {name: list(found[name]) for name in ("topic", "profession") if name in found}
        return found | ({} if self.around is None else self.around.values())


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
    given = filters.given
    branches: list[Any] = []
    for kind in filters.kinds:
        if not given <= FIELDS[kind] or (kind is Kind.PERSON and rank == "anonymous"):
            continue
        branches += _branches(kind, rank, given, filters.open_to_join, shape)
    if not branches:
        nothing = select(
            literal(0).label("kind"),
            literal("").label("id"),
            literal(0).label("score"),
            cast(null(), Double).label("distance"),
        )
        branches = [nothing.where(literal(value=False))]
    return union_all(*branches).cte("found")


def _branches(
    kind: Kind, rank: str, given: frozenset[str], open_to_join: bool | None, shape: Any  # noqa: FBT001 - a filter
) -> list[Any]:
    model = MODELS[kind]
    conditions = [*_seen(kind, rank), *_filters(kind, rank, given)]
    if open_to_join is not None:
        joinable = may_be_joined()
        conditions.append(joinable if open_to_join else ~joinable)
    own_id = Organisation.code if kind is Kind.ORGANISATION else cast(model.id, Text)
    placed = "around" in given
    distance = places.distance_km(model) if placed else cast(null(), Double)
    ways: list[tuple[Any, Any]]
    if shape is None:
        ways = [(true(), literal(0))]
    elif kind is Kind.NETWORK:
        ways = ways_to_match(rank, shape)
    else:
        ways = [(search.matches(model, "front"), search.score(model, "front", shape))]
    return [
        select(
            literal(TIERS.index(kind)).label("kind"),
            own_id.label("id"),
            (score + _moved(kind, worded=shape is not None)).label("score"),
            distance.label("distance"),
        ).where(*conditions, way)
        for way, score in ways
    ]


def _seen(kind: Kind, rank: str) -> list[Any]:
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
        moved: Any = case((Organisation.active.is_(True), 0), else_=-_CLOSED)
        if worded:
            moved += case((Organisation.code == bindparam("exact"), 1_000), else_=0)
        return moved
    return literal(0)


def may_be_joined() -> Any:
    """Anybody may join the network, or ask to."""
    return and_(
        Network.join_policy != "invite",
        Network.hosted_at.is_(None),
        Network.verified.is_(None),
        Network.parent_id.is_(None),
    )


def _filters(kind: Kind, rank: str, given: frozenset[str]) -> list[Any]:
    conditions: list[Any] = []
    if "around" in given:
        conditions.append(places.within(MODELS[kind]))
    if kind is Kind.ORGANISATION:
        if "region" in given:
            conditions.append(Organisation.region == bindparam("region"))
        if "icb" in given:
            conditions.append(_below("icb"))
        return conditions
    if kind is Kind.PERSON:
        conditions += [
            column == bindparam("region")
            for column in (Person.region,)
            if "region" in given
        ]
        if "profession" in given:
            conditions.append(one_of(Person.profession, bindparam("profession")))
        if "topic" in given:
            conditions.append(_has(PersonTopic, PersonTopic.person_id == Person.id))
        return conditions
    if kind is Kind.MEETING and "around" in given:
        conditions.append(reads_place(rank))
    own: list[Any] = []
    if kind is Kind.RESULT and "topic" in given:
        conditions.append(_has(ResultTopic, ResultTopic.result_id == Result.id))
        given -= {"topic"}
    own += [Network.region == bindparam("region")] if "region" in given else []
    own += [_of_network(name) for name in ("topic", "profession", "icb") if name in given]
    if kind is Kind.NETWORK:
        fronted = own or given - {"open_to_join"}
        return [*conditions, *own, *([access.at_least(FRONT, rank)] if fronted else [])]
    if own:
        network_id = MODELS[kind].network_id
        within = select(1).where(Network.id == network_id, *own, access.at_least(FRONT, rank))
        conditions.append(exists(within))
    return conditions


def _has(table: Any, of_row: Any) -> Any:
    return exists(select(1).where(of_row, one_of(table.code, bindparam("topic"))))


def _of_network(field: str) -> Any:
    code: Any = bindparam(field)
    matched = NetworkTerm.code == code if field == "icb" else one_of(NetworkTerm.code, code)
    term = select(1).where(
        NetworkTerm.network_id == Network.id, NetworkTerm.field == field, matched
    )
    return exists(term)


def _below(field: str) -> Any:
    from app.models import OrganisationParent

    parent = select(1).where(
        OrganisationParent.code == Organisation.code,
        OrganisationParent.parent_code == bindparam(field),
    )
    return or_(exists(parent), Organisation.code == bindparam(field))


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
