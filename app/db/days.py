"""Arithmetic with days, which the two databases spell differently."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement


class days_between(ColumnElement[int]):  # noqa: N801 - reads as SQL where it is used
    """Whole days from one day (`DAY`) to another: 0 for the same, negative for an earlier one."""

    inherit_cache = False
    type = Integer()

    def __init__(self, first: Any, last: Any) -> None:
        """Both are columns or parameters of type `DAY`."""
        self.first, self.last = first, last


@compiles(days_between, "postgresql")
def _days_postgresql(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.last, **kw)} - {compiler.process(element.first, **kw)})"


@compiles(days_between, "sqlite")
def _days_sqlite(element: days_between, compiler: SQLCompiler, **kw: Any) -> str:
    first, last = compiler.process(element.first, **kw), compiler.process(element.last, **kw)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"
