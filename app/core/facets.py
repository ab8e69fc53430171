"""Facets: everything that was found, counted by topic, region and the like, in one statement however many they are.

Each kind of resource has a CTE of what was found, with the columns that are counted, and parts that count them. The
conditions hold the visibility and every filter; a network is counted only where the viewer reads its front, so that no
count tells what a row would not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, literal, select, union_all
from sqlalchemy.types import String

from app.core import access
from app.core.access import FRONT
from app.core.text_of_search import MOST_FACET_VALUES
from app.db import search
from app.db.database import Database
from app.models import (
    Meeting,
    Network,
    NetworkTerm,
    Organisation,
    Person,
    PersonTopic,
    Result,
    ResultTopic,
    Term,
)
from app.reference.load import region_label

FACETS = ("topic", "region", "meets", "profession", "kind")
# What is no mere word in small letters; the others are called as they are spelt.
_LABELS = {
    "gp_practice": "GP practice",
    "icb": "ICB",
    "pcn": "PCN",
    "pdsa": "PDSA",
    "sub_icb": "Sub-ICB",
}
Counts = dict[str, list[dict[str, Any]] | None]


def of_networks(rank: str, *conditions: Any, by_kind: bool = True) -> Iterator[Any]:
    """The parts that count networks. `conditions` say which are found; here those that the viewer knows by name go.

    `by_kind` counts their kinds; a search counts networks as one kind.
    """
    found = (
        select(Network.id, Network.kind, Network.region, Network.meets)
        .where(*conditions, access.at_least(FRONT, rank))
        .cte("networks_found")
    )
    for name in _or_not("kind", "region", "meets", by_kind=by_kind):
        yield _by(name, found.c[name], found)
    for name in ("topic", "profession"):
        named = and_(NetworkTerm.network_id == found.c.id, NetworkTerm.field == name)
        yield _by(name, NetworkTerm.code, found.join(NetworkTerm, named))


def of_organisations(*conditions: Any, by_kind: bool = True) -> Iterator[Any]:
    """The parts that count organisations."""
    found = (
        select(Organisation.kind, Organisation.region).where(*conditions).cte("organisations_found")
    )
    for name in _or_not("kind", "region", by_kind=by_kind):
        yield _by(name, found.c[name], found)


def of_people(*conditions: Any) -> Iterator[Any]:
    """The parts that count people; all that are found are read as far as their profile."""
    found = (
        select(Person.id, Person.profession, Person.region).where(*conditions).cte("people_found")
    )
    for name in ("profession", "region"):
        yield _by(name, found.c[name], found)
    named = PersonTopic.person_id == found.c.id
    yield _by("topic", PersonTopic.code, found.join(PersonTopic, named))


def of_results(*conditions: Any, by_kind: bool = True) -> Iterator[Any]:
    """The parts that count results."""
    found = select(Result.id, Result.kind).where(*conditions).cte("results_found")
    if by_kind:
        yield _by("kind", found.c.kind, found)
    named = ResultTopic.result_id == found.c.id
    yield _by("topic", ResultTopic.code, found.join(ResultTopic, named))


def of_meetings(*conditions: Any) -> Iterator[Any]:
    """The part that counts meetings as they were planned."""
    found = select(Meeting.mode).where(*conditions).cte("meetings_found")
    yield _by("meets", found.c.mode, found)


def _or_not(*names: str, by_kind: bool) -> Iterator[str]:
    return (name for name in names if by_kind or name != "kind")


def _by(facet: str, value: Any, rows: Any) -> Any:
    return (
        select(
            literal(facet, String).label("facet"),
            value.label("value"),
            func.count(literal(1)).label("count"),
        )
        .select_from(rows)
        .where(value.is_not(None))
        .group_by(value)
    )


def counting_all(parts: Iterable[Any]) -> Any:
    """The SELECT of all counts: `facet`, `value`, `count`, and the label of a topic or profession."""
    tally = union_all(*parts).subquery("tally")
    count = func.sum(tally.c["count"])
    each = (
        select(tally.c.facet, tally.c.value, count.label("count"))
        .group_by(tally.c.facet, tally.c.value)
        .subquery("each")
    )
    named = and_(Term.vocabulary == each.c.facet, Term.code == each.c.value)
    return select(each.c.facet, each.c.value, each.c["count"], Term.label).outerjoin_from(
        each, Term, named
    )


@dataclass(frozen=True, slots=True)
class Counting:
    """What a list needs to count all that it finds: the facets that fit, and a statement of `counting_all`.

    `build` makes it for the shape of a question; `key` and `values` are of all but the question.
    """

    fits: tuple[str, ...]
    key: object
    build: Callable[[search.Shape | None], Any]
    values: Mapping[str, Any]

    async def counts(self, db: Database, question: search.Wanted | None) -> Counts:
        """Everything that answers the question, or where there is none, everything: counted."""
        shape = None if question is None else question.shape
        words = {} if question is None else search.values(db.name, question)
        key = "facets", self.key, shape
        rows = await db.fetch_slow(key, lambda: self.build(shape), {**self.values, **words})
        return sorted_counts(self.fits, rows)


def sorted_counts(fits: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Counts:
    """At most 50 values of each facet that fits, the most frequent first; others are None.

    From rows of `facet`, `value`, `count` and, of topics and professions, `label`.
    """
    found: Counts = {facet: [] if facet in fits else None for facet in FACETS}
    for row in sorted(rows, key=lambda row: (-row["count"], row["value"])):
        counted = found[row["facet"]]
        if counted is not None and len(counted) < MOST_FACET_VALUES:
            facet, value = row["facet"], row["value"]
            label = row.get("label") or _label(facet, value)
            counted.append({"value": value, "label": label, "count": int(row["count"])})
    return found


def _label(facet: str, value: str) -> str:
    if facet == "region":
        return region_label(value) or value
    return _LABELS.get(value) or value.replace("_", " ").capitalize()
