"""What the statements of the wheel share: parameters of the eight points, and conditions about time.

A statement gives one row. Its columns are `p{number}.{indicator}.n` and `.d` (which become nested objects): the
numerator and the denominator at that point. Rows of a network are read once and looked at from all the points.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import join as orm_join
from sqlalchemy.sql.elements import ColumnElement

from app.db.types import DAY, ID, INSTANT
from app.wheel.points import QUARTERS

NUMBERS = range(QUARTERS)


def network() -> ColumnElement[str]:
    """The network that is asked for."""
    return bindparam("network_id", type_=ID)


def instant(name: str, number: int) -> Any:
    """An instant of a point: `start`, `end`, `past`, `rotation`."""
    return bindparam(f"{name}_{number}", type_=INSTANT)


def day(name: str, number: int) -> Any:
    """A day of a point: `from_on`, `as_of`, `answered`."""
    return bindparam(f"{name}_{number}", type_=DAY)


def flag(condition: Any) -> Any:
    """1 where it holds, else 0."""
    return case((condition, literal(1, Integer)), else_=literal(0, Integer))


def holds(from_at: Any, to_at: Any, at: Any) -> ColumnElement[bool]:
    """What begins at `from_at` and ends before `to_at` (null: not yet) is there at this instant."""
    return and_(from_at <= at, or_(to_at.is_(None), to_at > at))


def within(at: Any, number: int) -> ColumnElement[bool]:
    """The instant is in the window of the point."""
    return and_(at >= instant("start", number), at < instant("end", number))


def on_a_day_within(on: Any, number: int) -> ColumnElement[bool]:
    """The day is in the window of the point."""
    return and_(on >= day("from_on", number), on <= day("as_of", number))


def total(value: Any) -> Any:
    """The sum, 0 of nothing."""
    return func.coalesce(func.sum(value), 0)


def at_each(make: Callable[[int], dict[str, Any]]) -> list[Any]:
    """The columns of all points: `make` says those of one by name."""
    return [
        column.label(f"p{number}.{name}")
        for number in NUMBERS
        for name, column in make(number).items()
    ]


def beside_each_other(first: Any, *others: Any) -> Any:
    """Every row with every other: of tables that have one row, but for one of them."""
    joined = orm_join(first, others[0], true())
    for one in others[1:]:
        joined = orm_join(joined, one, true())
    return joined


def point_table() -> Any:
    """The points as rows, for what is few enough to be joined with each of them."""
    kinds = {
        "as_of": DAY, "from_on": DAY, "answered": DAY, "start": INSTANT, "end": INSTANT, "past": INSTANT,
        "settled": INSTANT,
    }  # fmt: skip
    rows = [
        select(
            literal(number, Integer).label("number"),
            *(
                cast(bindparam(f"{name}_{number}", type_=kind), kind).label(name)
                for name, kind in kinds.items()
            ),
        )
        for number in NUMBERS
    ]
    return union_all(*rows).cte("point")
