"""What a search found, counted: by kind, and by what kinds have in common. See `core.facets`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.types import String

from app.core import facets
from app.core.search_filters import MODELS, Filters, Kind, conditions_of
from app.core.searching import answering, seen, ways
from app.db import search
from app.models import Network


def counting(rank: str, filters: Filters, shape: search.Shape | None) -> Any:
    """The SELECT of all counts: over everything that is found, not a page of it."""
    return facets.counting_all(_parts(rank, filters, shape))


def _parts(rank: str, filters: Filters, shape: search.Shape | None) -> Iterator[Any]:
    for kind in answering(rank, filters):
        found = [*seen(kind, rank), *conditions_of(kind, rank, filters)]
        found.append(_matching(kind, rank, shape))
        yield _how_many(kind, found)
        yield from _in_common(kind, rank, found)


def _matching(kind: Kind, rank: str, shape: search.Shape | None) -> Any:
    """What the words ask of a row. Each way of matching by its own index: a condition of both reads every network."""
    conditions = [way for way, _ in ways(kind, rank, shape)]
    if len(conditions) == 1:
        return conditions[0]
    return Network.id.in_(union_all(*(select(Network.id).where(way) for way in conditions)))


def _how_many(kind: Kind, found: list[Any]) -> Any:
    return (
        select(
            literal("kind", String).label("facet"),
            literal(str(kind), String).label("value"),
            func.count(literal(1)).label("count"),
        )
        .select_from(MODELS[kind])
        .where(*found)
        .having(func.count(literal(1)) > 0)
    )


def _in_common(kind: Kind, rank: str, found: list[Any]) -> Iterator[Any]:
    """Their parts but for those that only one kind has."""
    if kind is Kind.NETWORK:
        return facets.of_networks(rank, *found, by_kind=False)
    if kind is Kind.RESULT:
        return facets.of_results(*found, by_kind=False)
    if kind is Kind.ORGANISATION:
        return facets.of_organisations(*found, by_kind=False)
    return facets.of_people(*found) if kind is Kind.PERSON else facets.of_meetings(*found)
