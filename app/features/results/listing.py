"""The list of results: one statement for each shape; every filter and order looks at what this viewer is shown."""

from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, not_, select
from sqlalchemy.orm import aliased

from app.core import access
from app.core.adoption_counts import count_seen
from app.core.days import midnight
from app.core.errors import refuse
from app.core.facets import Counting, counting_all, of_results
from app.core.feed_position import feed_head
from app.core.listing import Listed, list_found
from app.core.paging import Page, Sort, in_order, keyset, page_values
from app.core.result_access import (
    authored,
    names_authors,
    names_organisation,
    visible_result,
)
from app.core.viewer import Viewer
from app.core.work import House
from app.db import search
from app.db.types import ID, INSTANT, one_of
from app.features.results.listing_schemas import ResultQuery, ResultSort
from app.features.results.rows import Row, columns, shown
from app.models import Organisation, Result, ResultAuthor, ResultTopic

# Filters that are a column which every reader of a result is shown.
PLAIN = {
    "network_id": Result.network_id,
    "kind": Result.kind,
    "outcome": Result.outcome,
    "status": Result.status,
    "audience": Result.audience,
}
FACETS_THAT_FIT = ("topic", "kind")
FILTERS = frozenset(
    {*PLAIN, "topic", "organisation", "author_id", "mine", "has_adoptions", "updated_since"}
)
NARROW = frozenset({"network_id", "author_id", "organisation"})


def _wrote() -> ColumnElement[bool]:
    author = aliased(ResultAuthor)
    return exists(
        select(1).where(
            author.result_id == Result.id,
            author.person_id == bindparam("author_id", type_=ID),
            author.removed.is_(False),
        )
    )


def _about() -> ColumnElement[bool]:
    found = select(1).where(
        ResultTopic.result_id == Result.id, one_of(ResultTopic.code, bindparam("topic"))
    )
    return exists(found)


def _given(query: ResultQuery) -> frozenset[str]:
    """The names of the filters that are given: a part of the shape, without building it."""
    set_to = {name for name in FILTERS & query.model_fields_set if getattr(query, name) is not None}
    return frozenset(set_to if query.topic else set_to - {"topic"})


def _conditions(rank: str, query: ResultQuery) -> dict[str, ColumnElement[bool]]:
    """The filters of `_given`, by name."""
    found: dict[str, ColumnElement[bool]] = {
        name: column == bindparam(name, type_=column.type)
        for name, column in PLAIN.items()
        if getattr(query, name) is not None
    }
    if query.topic:
        found["topic"] = _about()
    if query.organisation is not None:
        code = Result.organisation_code == bindparam("organisation")
        found["organisation"] = and_(code, names_organisation(rank))
    if query.author_id is not None:
        found["author_id"] = and_(_wrote(), names_authors(rank))
    if query.mine is not None:
        found["mine"] = authored(rank) if query.mine else not_(authored(rank))
    if query.has_adoptions is not None:
        some = count_seen(rank) > 0
        found["has_adoptions"] = some if query.has_adoptions else not_(some)
    if query.updated_since is not None:
        since = bindparam("updated_since", type_=INSTANT)
        found["updated_since"] = Result.updated_at >= since
    return found


def _sort(rank: str, name: ResultSort, score: Any) -> Sort:
    if name is ResultSort.TITLE:
        return Sort("title", Result.title, Result.id)
    keys = {
        ResultSort.SCORE: score,
        ResultSort.PUBLISHED: Result.listed_on,
        ResultSort.UPDATED: Result.updated_at,
        ResultSort.ADOPTIONS: count_seen(rank),
    }
    return Sort(str(name), keys[name], Result.id, descending=True)


def _wanted(rank: str, query: ResultQuery, shape: search.Shape | None) -> list[Any]:
    words = [] if shape is None else [search.matches(Result, "front")]
    return [visible_result(rank), *_conditions(rank, query).values(), *words]


def list_shape(
    rank: str, query: ResultQuery, sort: ResultSort, *, started: bool, shape: search.Shape | None
) -> Any:
    """The SELECT of a page; where the order is computed, the page is found first, and its rows fetched then."""
    wanted = _wanted(rank, query, shape)
    statement = select(*columns(rank), feed_head().label("_head")).outerjoin(
        Organisation, Organisation.code == Result.organisation_code
    )
    order = _sort(rank, sort, search.score(Result, "front", shape) if shape else None)
    if sort is not ResultSort.SCORE and not (sort is ResultSort.ADOPTIONS and rank != "anonymous"):
        return keyset(statement.where(*wanted), order, started=started)
    found = select(Result.id, order.key.label("_key")).where(*wanted).subquery("found")
    there = Sort(order.name, found.c["_key"], found.c.id, descending=True)
    page = keyset(select(found.c.id), there, started=started).subquery("page")
    here = Sort(order.name, page.c["_key"], page.c.id, descending=True)
    return in_order(statement.join(page, page.c.id == Result.id), here)


def counted_shape(rank: str, query: ResultQuery, shape: search.Shape | None) -> Any:
    """The SELECT that counts all that is found."""
    return counting_all(of_results(*_wanted(rank, query, shape)))


def chosen_sort(query: ResultQuery) -> ResultSort:
    """The order asked for, or the best there is. Errors: `Invalid` for the relevance of no words."""
    if query.sort is None:
        return ResultSort.PUBLISHED if query.q is None else ResultSort.SCORE
    if query.sort not in (ResultSort.SCORE, ResultSort.RELEVANCE):
        return query.sort
    if query.q is None:
        raise refuse("?sort", "nothing_to_sort_by", f"sort={query.sort} needs q.")
    return ResultSort.SCORE


async def list_results(house: House, viewer: Viewer, query: ResultQuery, page: Page) -> Listed:
    """A page of results. Errors: `Invalid` for the relevance of no words."""
    db, rank, sort = house.db, viewer.rank, chosen_sort(query)
    given, flags = _given(query), (query.mine, query.has_adoptions)
    values = {**access.values(viewer), **{name: getattr(query, name) for name in given}}
    if query.updated_since is not None:
        values["updated_since"] = midnight(query.updated_since)

    async def run(question: search.Wanted | None, page: Page) -> list[Row]:
        shape, started = None if question is None else question.shape, page.after is not None
        words = {} if question is None else search.values(db.name, question)
        quick = question is None and sort is not ResultSort.ADOPTIONS
        fetch = db.fetch if quick and (not given or NARROW & given) else db.fetch_slow
        return await fetch(
            ("results", rank, given, flags, str(sort), started, shape),
            lambda: list_shape(rank, query, sort, started=started, shape=shape),
            {**values, **words, **page_values(page)},
        )

    key = "results", rank, given, flags
    counting = Counting(FACETS_THAT_FIT, key, partial(counted_shape, rank, query), values)
    found = await list_found(
        house, query.q, page, run,
        by_relevance=sort is ResultSort.SCORE, counting=counting if query.facets else None,
    )  # fmt: skip
    return replace(found, rows=await shown(db, viewer, found.rows))
