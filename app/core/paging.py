"""Pages by keyset: the sort key and the id of the last row, sealed, and bound to the list's filters."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Integer, bindparam, tuple_

from app.core.errors import InvalidCursor
from app.core.seal import Sealer


@dataclass(frozen=True, slots=True)
class Sort:
    """One offered order: a column that is never null, and its tiebreak, which may be the key itself."""

    name: str
    key: Any
    tie: Any
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page starts: `after` is the last row's key and id, or None at the start.

    `how` is of a list that answers words: loosely or not, and what was meant (`core.answering`).
    """

    limit: int
    bound_to: str
    after: tuple[Any, str] | None
    how: tuple[bool, str | None] | None = None


def open_page(
    sealer: Sealer, list_name: str, given: Mapping[str, Any], *, cursor: str | None, limit: int
) -> Page:
    """Read a list's `cursor`; `given` are the filters and the sort it must have been made with.

    Errors: `InvalidCursor`.
    """
    digest = hashlib.blake2b(
        orjson.dumps(given, option=orjson.OPT_SORT_KEYS, default=str), digest_size=16
    )
    bound_to = f"page 1 {list_name} {digest.hexdigest()}"
    if cursor is None:
        return Page(limit, bound_to, None)
    after = orjson.loads(sealer.open(cursor, bound_to))
    match after:
        case [key, tie]:
            return Page(limit, bound_to, (key, tie))
        case [key, tie, [loose, meant]]:
            return Page(limit, bound_to, (key, tie), (loose, meant))
    raise InvalidCursor


def keyset(statement: Any, sort: Sort, *, started: bool) -> Any:
    """Order by the sort and its tiebreak, start after `:after_key, :after_id` when `started`, take `:take` rows.

    The sort key comes out as `_key`, if it is not the tiebreak.
    """
    if started:
        after_id: Any = bindparam("after_id", type_=sort.tie.type)
        here, there = sort.tie, after_id
        if sort.key is not sort.tie:
            after_key: Any = bindparam("after_key", type_=sort.key.type)
            here, there = tuple_(sort.key, sort.tie), tuple_(after_key, after_id)
        statement = statement.where(here < there if sort.descending else here > there)
    return in_order(statement, sort).limit(take())


def take() -> Any:
    """The parameter that says how many rows: one more than the page shows."""
    return bindparam("take", type_=Integer)


def in_order(statement: Any, sort: Sort) -> Any:
    """Order by the sort and its tiebreak; the sort key comes out as `_key`, if it is not the tiebreak."""
    if sort.key is sort.tie:
        return statement.order_by(sort.tie.desc() if sort.descending else sort.tie)
    order = (sort.key.desc(), sort.tie.desc()) if sort.descending else (sort.key, sort.tie)
    return statement.add_columns(sort.key.label("_key")).order_by(*order)


def page_values(page: Page) -> dict[str, Any]:
    """The parameters of `keyset`: one row more than the page shows."""
    values: dict[str, Any] = {"take": page.limit + 1}
    if page.after is not None:
        values |= {"after_key": page.after[0], "after_id": page.after[1]}
    return values


def cut(sealer: Sealer, page: Page, rows: list[dict[str, Any]], tie: str = "id") -> str | None:
    """Take the extra row off and say where the next page starts; removes `_key` from every row."""
    more = len(rows) > page.limit
    if more:
        rows.pop()
    last = rows[-1] if rows else None
    cursor = None
    if more and last is not None:
        key = last.get("_key", last[tie])
        how = [] if page.how is None else [page.how]
        cursor = sealer.seal(orjson.dumps([key, last[tie], *how]), page.bound_to)
    if last is not None and "_key" in last:
        for row in rows:
            del row["_key"]
    return cursor
