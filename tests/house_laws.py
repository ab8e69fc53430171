"""The laws of the house that its source must keep, each a function that yields the breaches of one module."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
DRIVERS = {"asyncpg", "sqlite3", "aiosqlite", "psycopg"}
STATEMENTS = (
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "CREATE ",
    "ALTER ",
    "DROP ",
    "PRAGMA ",
    "WITH ",
)


@dataclass(frozen=True)
class Source:
    """One module: where it is in the house, and its syntax tree."""

    where: str
    tree: ast.Module

    def imports(self) -> Iterator[tuple[str, str]]:
        """Module and name of every import; the name is empty where the module itself is imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((name.name, "") for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.module or "", name.name) for name in node.names)


Law = Callable[[Source], Iterator[str]]


def drivers_stay_in_the_database_room(source: Source) -> Iterator[str]:
    for module, _ in source.imports():
        if module.split(".")[0] in DRIVERS or module.startswith("sqlalchemy.dialects"):
            yield module


def dialects_stay_in_the_database_room(source: Source) -> Iterator[str]:
    """No question of which database it is. A partial index of a model must say its condition twice."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "dialect":
            yield f"line {node.lineno}: .dialect"
        if isinstance(node, ast.keyword) and (node.arg or "").startswith(
            ("sqlite_", "postgresql_")
        ):
            partial = source.where.startswith("models/") and str(node.arg).endswith("_where")
            yield from [] if partial else [f"line {node.value.lineno}: {node.arg}"]
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                if isinstance(side, ast.Constant) and side.value in ("sqlite", "postgresql"):
                    yield f"line {node.lineno}: asks for {side.value}"


def sql_is_said_by_sqlalchemy(source: Source) -> Iterator[str]:
    """No SQL as text: neither through `text()` nor as a statement in a string."""
    if not source.where.startswith("models/") and ("sqlalchemy", "text") in set(source.imports()):
        yield "imports sqlalchemy.text"
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            said = node.value if isinstance(node.value, str) else ""
            if said.lstrip().startswith(STATEMENTS):
                yield f"line {node.lineno}: {said[:40]}"
        if isinstance(node, ast.Attribute) and node.attr == "exec_driver_sql":
            yield f"line {node.lineno}: exec_driver_sql"


def constants_go_through_among(source: Source) -> Iterator[str]:
    """`column.in_(["a", "b"])` compiles to a statement that cannot be kept; `among` can."""
    for node in ast.walk(source.tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in ("in_", "not_in"):
            values = [
                value
                for given in ast.iter_child_nodes(node)
                for value in getattr(given, "elts", [])
            ]
            if any(isinstance(value, ast.Constant) for value in values):
                yield f"line {called.lineno}: .{called.attr}() with constants"


def middleware_is_pure_asgi(source: Source) -> Iterator[str]:
    for module, name in source.imports():
        if name == "BaseHTTPMiddleware" or module == "starlette.middleware.base":
            yield f"{module}.{name}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("middleware", "add_middleware"):
            yield f"line {node.lineno}: .{node.attr}"


def annotations_are_real(source: Source) -> Iterator[str]:
    """FastAPI and pydantic read them when the program runs."""
    if ("__future__", "annotations") in set(source.imports()):
        yield "from __future__ import annotations"


def files_are_short(source: Source) -> Iterator[str]:
    last = max((getattr(node, "end_lineno", 0) or 0 for node in source.tree.body), default=0)
    if last > LONGEST_FILE:
        yield f"{last} lines"


def functions_are_short(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name}: {length} lines"


def names_say_what_is_there(source: Source) -> Iterator[str]:
    vague = {"utils", "helpers", "helper", "manager", "common", "misc", "base"}
    if Path(source.where).stem in vague and source.where != "models/base.py":
        yield source.where
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith(
            ("Manager", "Helper", "Utils", "Service", "Repository")
        ):
            yield node.name


def errors_are_defined_in_one_place(source: Source) -> Iterator[str]:
    """Another module's error would be missing in the catalogue, and so in the contract."""
    if source.where.startswith("core/errors_of_"):  # the catalogue looks there too
        return
    known = {name for module, name in source.imports() if module == "app.core.errors"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and known & {getattr(b, "id", "") for b in node.bases}:
            yield f"{node.name} is an error that the catalogue does not have"
