"""Full text on both databases, over words the house prepared itself (`core.words`).

PostgreSQL indexes the words with the `simple` configuration, SQLite with FTS5; neither stems, folds or drops
anything, so both find the same rows by construction. The score is field weights alone - name 8, topics 4, purpose 2,
the rest 1, the best field for each term - and no statistics of the corpus, so that a hidden row cannot move a visible
one. There is a level of fields for each tier of readers: `name`, `front`, `inside`.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Integer, String, bindparam, inspect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement

COLUMNS = ("search_name", "search_topics", "search_purpose", "search_front", "search_inside")
LEVELS = {
    "name": ("search_name", "search_purpose"),
    "front": ("search_name", "search_topics", "search_purpose", "search_front"),
    "inside": COLUMNS,
}
LETTERS = {
    "search_name": "A",
    "search_topics": "B",
    "search_purpose": "C",
    "search_front": "D",
    "search_inside": "D",
}
WEIGHTS = {"A": 8, "B": 4, "C": 2, "D": 1}
# Which levels PostgreSQL has an index for, and over which rows: a network whose front is open to everybody is found by
# it, any other by its name (1 is `core.access.FRONT`). The inside is searched among a reader's own networks, without.
INDEXED = {
    "network": {"front": "outer_tier >= 1", "name": "outer_tier < 1"},
    "person": {"front": "true", "name": "true"},
    "organisation": {"front": "true"},
    "meeting": {"front": "true"},
    "result": {"front": "true"},
}

Terms = Sequence[tuple[str, str | None]]


class _OverText(ColumnElement[Any]):
    """A construct over the searched columns of `table` as far as `level` allows."""

    inherit_cache = False

    def __init__(self, table: Any, level: str, terms: int) -> None:
        """`terms` is how many terms the query has: a part of the shape."""
        (self.id,) = inspect(table).selectable.primary_key
        self.level = level
        self.terms = terms

    def name_in(self, compiler: SQLCompiler, **kw: Any) -> str:
        """The table or alias as this statement calls it."""
        return str(compiler.process(self.id, **kw)).rsplit(".", 1)[0]

    def self_group(self, against: Any = None) -> ColumnElement[Any]:  # noqa: ARG002 - SQLAlchemy's signature
        """Already a condition or a number."""
        return self


class matches(_OverText):  # noqa: N801 - reads as SQL where it is used
    """Every term is found in the fields of this level."""

    type = Boolean()


class score(_OverText):  # noqa: N801
    """The sum over the terms of the weight of the best field of this level that has it."""

    type = Integer()


def _bind(compiler: SQLCompiler, name: str, **kw: Any) -> str:
    return str(compiler.process(bindparam(name, type_=String()), **kw))


@compiles(matches, "postgresql")
def _matches_postgresql(element: matches, compiler: SQLCompiler, **kw: Any) -> str:
    name = element.name_in(compiler, **kw)
    words = f"{name}.words_{element.level}"
    if element.level == "inside":
        words = f"({name}.words_front || to_tsvector('simple'::regconfig, {name}.search_inside))"
    return f"({words} @@ CAST({_bind(compiler, 'q', **kw)} AS tsquery))"


@compiles(score, "postgresql")
def _score_postgresql(element: score, compiler: SQLCompiler, **kw: Any) -> str:
    """Looks into the few words of the fields that weigh more: taking a whole tsvector apart costs ten times that."""
    name = element.name_in(compiler, **kw)
    parts = []
    for index in range(element.terms):
        whens = []
        for column in LEVELS[element.level]:
            weight = WEIGHTS[LETTERS[column]]
            exact = (
                f"strpos(' ' || {name}.{column} || ' ', {_bind(compiler, f'e{index}', **kw)}) > 0"
            )
            begun = f"strpos(' ' || {name}.{column}, {_bind(compiler, 'p', **kw)}) > 0"
            found = exact if index < element.terms - 1 else f"{exact} OR {begun}"
            if weight > 1:
                whens.append((-weight, f"WHEN {found} THEN {weight}"))
        parts.append(f"CASE {' '.join(when for _, when in sorted(whens))} ELSE 1 END")
    return "(" + " + ".join(parts) + ")"


@compiles(matches, "sqlite")
def _matches_sqlite(element: matches, compiler: SQLCompiler, **kw: Any) -> str:
    name = element.name_in(compiler, **kw)
    table = (
        element.id.table.description
        if not hasattr(element.id.table, "element")
        else element.id.table.element.name
    )
    level = _bind(compiler, f"q_{element.level}", **kw)
    return (
        f"({name}.{element.id.name} IN (SELECT k.id FROM {table}_fts_key k JOIN {table}_fts f ON f.rowid = k.docid "
        f"WHERE {table}_fts MATCH {level}))"
    )


@compiles(score, "sqlite")
def _score_sqlite(element: score, compiler: SQLCompiler, **kw: Any) -> str:
    name = element.name_in(compiler, **kw)
    fields = [f"{name}.{column}" if column in LEVELS[element.level] else "''" for column in COLUMNS]
    return f"qi_score({_bind(compiler, 'q_terms', **kw)}, {', '.join(fields)})"


def values(database: str, terms: Terms) -> dict[str, Any]:
    """The bind values of `matches` and `score` for these terms."""
    if database == "postgresql":
        found = {f"e{index}": f" {exact} " for index, (exact, _) in enumerate(terms)}
        exact, prefix = terms[-1]  # only the last one may be a beginning
        query = " & ".join(_tsquery(term) for term in terms)
        return {**found, "p": f" {prefix or exact + ' '}", "q": query}
    query = " AND ".join(_fts(term) for term in terms)
    levels = {
        f"q_{level}": f"{{{' '.join(columns)}}} : ({query})" for level, columns in LEVELS.items()
    }
    return {**levels, "q_terms": json.dumps([list(term) for term in terms])}


def _tsquery(term: tuple[str, str | None]) -> str:
    exact, prefix = term
    return f"({exact})" if prefix is None else f"({exact} | {prefix}:*)"


def _fts(term: tuple[str, str | None]) -> str:
    exact, prefix = term
    return f"({exact})" if prefix is None else f"({exact} OR {prefix} *)"


def _score(terms: str, *fields: str) -> int:
    """The same score as on PostgreSQL, over the columns of one row in the order of `COLUMNS`."""
    padded = [f" {field} " for field in fields]
    order = sorted(range(len(COLUMNS)), key=lambda index: -WEIGHTS[LETTERS[COLUMNS[index]]])
    total = 0
    for exact, prefix in json.loads(terms):
        for index in order:
            field = padded[index]
            if f" {exact} " in field or (prefix is not None and f" {prefix}" in field):
                total += WEIGHTS[LETTERS[COLUMNS[index]]]
                break
    return total


def found_in(terms: Terms, *fields: str) -> int | None:
    """The score of a row that is in no table, its words in the order of `COLUMNS`; None where a term is missing."""
    written = f" {' '.join(fields)} "
    for exact, prefix in terms:
        if f" {exact} " not in written and (prefix is None or f" {prefix}" not in written):
            return None
    return _score(json.dumps(terms), *fields)


def teach_sqlite(connection: sqlite3.Connection) -> None:
    """Register the score on a connection."""
    connection.create_function("qi_score", 1 + len(COLUMNS), _score, deterministic=True)


def ddl(database: str, table: str, key: str) -> list[str]:
    """The statements that give `table` its full-text indexes; `key` is its primary key."""
    return _ddl_postgresql(table) if database == "postgresql" else _ddl_sqlite(table, key)


def ddl_drop(database: str, table: str) -> list[str]:
    """The inverse of `ddl`, for what does not go with the table itself."""
    if database == "postgresql":
        return []
    return [f"DROP TABLE {table}_fts", f"DROP TABLE {table}_fts_key"]


def ddl_beginning(database: str, table: str, column: str) -> str:
    """The statement that lets a column be found by its beginning."""
    kind = " text_pattern_ops" if database == "postgresql" else ""
    return f"CREATE INDEX ix_{table}_names_begin ON {table} ({column}{kind})"


def ddl_names(database: str, table: str) -> list[str]:
    """The statements that let names alone be found: by their beginning, and by the words in them."""
    if database != "postgresql":
        return [ddl_beginning(database, table, "search_name")]
    statements = []
    if "name" not in INDEXED[table]:
        words = "to_tsvector('simple'::regconfig, search_name)"
        statements.append(
            f"ALTER TABLE {table} ADD COLUMN words_name tsvector GENERATED ALWAYS AS ({words}) STORED"
        )
    return [
        *statements,
        f"CREATE INDEX ix_{table}_words_names ON {table} USING gin (words_name) WITH (fastupdate = off)",
        # A whole name may be longer than a page of an index holds.
        ddl_beginning(database, table, "left(search_name, 60)"),
    ]


def ddl_names_drop(database: str, table: str) -> list[str]:
    """The inverse of `ddl_names`."""
    statements = [f"DROP INDEX ix_{table}_names_begin"]
    if database == "postgresql":
        statements.append(f"DROP INDEX ix_{table}_words_names")
        if "name" not in INDEXED[table]:
            statements.append(f"ALTER TABLE {table} DROP COLUMN words_name")
    return statements


def _ddl_postgresql(table: str) -> list[str]:
    statements = []
    for level, rows in INDEXED[table].items():
        words = " || ".join(
            f"setweight(to_tsvector('simple'::regconfig, {column}), '{LETTERS[column]}')"
            for column in LEVELS[level]
        )
        index = f"CREATE INDEX ix_{table}_words_{level} ON {table} USING gin (words_{level})"
        statements += [
            f"ALTER TABLE {table} ADD COLUMN words_{level} tsvector GENERATED ALWAYS AS ({words}) STORED",
            f"{index} WITH (fastupdate = off) WHERE {rows}",
        ]
    return statements


def _ddl_sqlite(table: str, key: str) -> list[str]:
    names = ", ".join(COLUMNS)
    new = ", ".join(f"new.{column}" for column in COLUMNS)
    sets = ", ".join(f"{column} = new.{column}" for column in COLUMNS)
    changed = ", ".join(COLUMNS)
    docid = f"(SELECT docid FROM {table}_fts_key WHERE id = {{}}.{key})"
    on_insert = (
        f"INSERT INTO {table}_fts_key (id) VALUES (new.{key}); "
        f"INSERT INTO {table}_fts (rowid, {names}) VALUES ({docid.format('new')}, {new})"
    )
    on_update = f"UPDATE {table}_fts SET {sets} WHERE rowid = {docid.format('new')}"
    on_delete = (
        f"DELETE FROM {table}_fts WHERE rowid = {docid.format('old')}; "
        f"DELETE FROM {table}_fts_key WHERE id = old.{key}"
    )
    options = "tokenize = 'ascii', detail = 'column', prefix = '3 4'"
    return [
        f"CREATE TABLE {table}_fts_key (docid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
        f"CREATE VIRTUAL TABLE {table}_fts USING fts5({names}, {options})",
        f"CREATE TRIGGER {table}_fts_insert AFTER INSERT ON {table} BEGIN {on_insert}; END",
        f"CREATE TRIGGER {table}_fts_update AFTER UPDATE OF {changed} ON {table} BEGIN {on_update}; END",
        f"CREATE TRIGGER {table}_fts_delete AFTER DELETE ON {table} BEGIN {on_delete}; END",
    ]
