"""Column types that give the same Python value from both databases.

Ids are canonical UUID strings, instants and days go in as `datetime`/`date` and come out as RFC 3339 strings, JSON
stays text and is spliced into answers unparsed. PostgreSQL keeps its native types; SQLite keeps text in the exact
output format, so that both databases give the same bytes.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, TIMESTAMP, Date, Double, Integer, String, Text, literal
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import Boolean


class JsonText(Text):
    """JSON kept as the text that was written; marks the column for splicing."""

    cache_ok = True


class InstantText(String):
    """An instant, as fixed-width RFC 3339 text with microseconds on SQLite."""

    cache_ok = True


ID = String(36).with_variant(UUID(as_uuid=False), "postgresql")
INSTANT = InstantText(27).with_variant(TIMESTAMP(timezone=True), "postgresql")
DAY = String(10).with_variant(Date(), "postgresql")
JSON_TEXT = JsonText().with_variant(JSON(), "postgresql")
FLOAT: Double[float] = Double()


@lru_cache(maxsize=256)  # a command writes the same instant into a dozen columns
def instant_text(value: datetime) -> str:
    """An aware datetime as the house writes it: UTC, six fractional digits, `Z`."""
    # `strftime` is slower.
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_from_text(value: str) -> datetime:
    """The inverse of `instant_text`."""
    return datetime.fromisoformat(value)


def day_text(value: date) -> str:
    """A day as ISO 8601."""
    return value.isoformat()


def among(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """`column` is one of these constants; unlike `in_` with plain strings it compiles to text that can be kept."""
    found: ColumnElement[bool] = column.in_([literal(value) for value in values])
    return found


def holding(text: str) -> str:
    """The LIKE pattern, with a backslash as its escape, of whatever has this text in it."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"


class one_of(ColumnElement[bool]):  # noqa: N801 - reads as SQL where it is used
    """`column` is one of the strings in the list parameter `name`; the list may have any length."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: Any, parameter: Any) -> None:
        """`parameter` is a `bindparam`; give its value as a list of strings."""
        self.column = column
        self.parameter = parameter

    def self_group(self, against: Any = None) -> ColumnElement[bool]:  # noqa: ARG002 - SQLAlchemy's signature
        """Already a condition: keeps SQLite from comparing it with 1, which would hide the index."""
        return self


@compiles(one_of, "postgresql")
def _one_of_postgresql(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    kind = compiler.dialect.type_compiler_instance.process(element.column.type)
    name = compiler.process(element.parameter, **kw).split("::", 1)[0]
    return f"{column} = ANY (CAST({name} AS {kind}[]))"


@compiles(one_of, "sqlite")
def _one_of_sqlite(element: one_of, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    return (
        f"({column} IN (SELECT value FROM json_each({compiler.process(element.parameter, **kw)})))"
    )


class day_of(ColumnElement[Any]):  # noqa: N801 - reads as SQL where it is used
    """The day, UTC, of an instant."""

    inherit_cache = False
    type = DAY

    def __init__(self, instant: Any) -> None:
        """`instant` is a column of the type INSTANT."""
        self.instant = instant


@compiles(day_of, "postgresql")
def _day_of_postgresql(element: day_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(({compiler.process(element.instant, **kw)}) AT TIME ZONE 'UTC' AS DATE)"


@compiles(day_of, "sqlite")
def _day_of_sqlite(element: day_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"substr({compiler.process(element.instant, **kw)}, 1, 10)"


class days_between(ColumnElement[int]):  # noqa: N801 - reads as SQL where it is used
    """How many days one day is after another."""

    inherit_cache = False
    type = Integer()

    def __init__(self, earlier: Any, later: Any) -> None:
        """Both are of the type DAY."""
        self.earlier = earlier
        self.later = later


@compiles(days_between, "postgresql")
def _days_between_postgresql(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = (compiler.process(day, **kw) for day in (element.earlier, element.later))
    return f"({later} - {earlier})"


@compiles(days_between, "sqlite")
def _days_between_sqlite(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = (compiler.process(day, **kw) for day in (element.earlier, element.later))
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"
