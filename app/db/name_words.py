"""Names by the beginning of any word in them, in an order that an index has: for suggestions while somebody types.

An index of full text finds all rows of a beginning before the first can be shown, thousands for two letters. Here the
name and each of its further words is a row, kept by triggers from `search_name`, and the first few are read in order:

    n + all the written words     nwkent wasthma     the name from its beginning
    a written word                wasthma            each word but the first
"""

from typing import Any

from sqlalchemy import Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement

# Compared by their bytes, whatever the order of the database's language is.
WORD = Text().with_variant(Text(collation="C"), "postgresql")
CUT = 200  # characters that are kept of a name
# No search word has a letter beyond the one, and what follows a whole word in a name is before the other.
AFTER_ALL, AFTER_SPACE = "~", "!"


class begins(ColumnElement[Any]):  # noqa: N801 - reads as SQL where it is used
    """A column that `search_ddl` has indexed by its beginning begins with the parameter `name`, up to `<name>_end`."""

    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        """`column` is of text without capitals and accents."""
        self.column, self.name = column, name


class has_word(ColumnElement[Any]):  # noqa: N801 - reads as SQL where it is used
    """The words of a column have the parameter among them, which brings the blank before it, and one behind it."""

    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        """`name` is of the parameter; without a blank behind, the word may go on."""
        self.column, self.name = column, name


def _bound(compiler: SQLCompiler, name: str, **kw: Any) -> str:
    return str(compiler.process(bindparam(name, type_=Text()), **kw))


@compiles(begins, "postgresql")
def _begins_postgresql(element: begins, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    start = _bound(compiler, element.name, **kw)
    return (
        f"({column} ~>=~ {start} AND {column} ~<~ {_bound(compiler, f'{element.name}_end', **kw)})"
    )


@compiles(begins, "sqlite")
def _begins_sqlite(element: begins, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    start = _bound(compiler, element.name, **kw)
    return f"({column} >= {start} AND {column} < {_bound(compiler, f'{element.name}_end', **kw)})"


@compiles(has_word, "postgresql")
def _has_word_postgresql(element: has_word, compiler: SQLCompiler, **kw: Any) -> str:
    return _has_word(element, compiler, "strpos", **kw)


@compiles(has_word, "sqlite")
def _has_word_sqlite(element: has_word, compiler: SQLCompiler, **kw: Any) -> str:
    return _has_word(element, compiler, "instr", **kw)


def _has_word(element: has_word, compiler: SQLCompiler, find: str, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    return f"({find}(' ' || {column} || ' ', {_bound(compiler, element.name, **kw)}) > 0)"


def ddl(database: str, table: str, key: str) -> list[str]:
    """The statements that keep the words of the names of `table`, whose primary key is `key`, those there now too."""
    if database == "postgresql":
        return _ddl_postgresql(table, key)
    old = (
        f"DELETE FROM name_word WHERE kind = '{table}' AND id = old.{key} "
        f"AND word IN (SELECT word FROM ({_words_sqlite('old.search_name')}))"
    )
    new = _insert(table, f"new.{key}", f"({_words_sqlite('new.search_name')}) AS w")
    there = f"{table} AS t, json_each({_split_sqlite('t.search_name')}) AS j"
    changed = f"AFTER UPDATE OF search_name ON {table} WHEN new.search_name <> old.search_name"
    begun = _insert(
        table,
        f"t.{key}",
        f"(SELECT {key}, {_name_sqlite('search_name')} AS word FROM {table}) AS t",
        "t.word",
    )
    further = f"j.value >= 'u' AND j.value < 'x' AND j.value <> {_first_sqlite('t.search_name')}"
    return [
        f"CREATE TRIGGER {table}_name_words_insert AFTER INSERT ON {table} BEGIN {new}; END",
        f"CREATE TRIGGER {table}_name_words_update {changed} BEGIN {old}; {new}; END",
        f"CREATE TRIGGER {table}_name_words_delete AFTER DELETE ON {table} BEGIN {old}; END",
        begun,
        f"{_insert(table, f't.{key}', there, 'j.value')} WHERE {further}",
    ]


def _insert(table: str, key: str, rows: str, word: str = "w.word") -> str:
    return f"INSERT INTO name_word (kind, word, id) SELECT DISTINCT '{table}', {word}, {key} FROM {rows}"


def _first_sqlite(name: str) -> str:
    return f"substr({name}, 1, instr({name} || ' ', ' ') - 1)"


def _name_sqlite(name: str) -> str:
    return f"'n' || substr({name}, 1, min(instr({name} || ' x', ' x') - 1, {CUT}))"


def _split_sqlite(name: str) -> str:
    return f"""'["' || replace({name}, ' ', '","') || '"]'"""


def _words_sqlite(name: str) -> str:
    return (
        f"SELECT value AS word FROM json_each({_split_sqlite(name)}) "
        f"WHERE value >= 'u' AND value < 'x' AND value <> {_first_sqlite(name)} UNION SELECT {_name_sqlite(name)}"
    )


def _words_postgresql(name: str) -> str:
    return (
        f"SELECT s.word FROM unnest(string_to_array({name}, ' ')) AS s(word) "
        f"WHERE s.word >= 'u' AND s.word < 'x' AND s.word <> split_part({name}, ' ', 1) "
        f"UNION SELECT 'n' || left(split_part({name}, ' x', 1), {CUT})"
    )


def _ddl_postgresql(table: str, key: str) -> list[str]:
    new = _insert(
        table, f"CAST(NEW.{key} AS text)", f"({_words_postgresql('NEW.search_name')}) AS w"
    )
    there = f"{table} AS t CROSS JOIN LATERAL ({_words_postgresql('t.search_name')}) AS w"
    run = f"FOR EACH ROW EXECUTE FUNCTION name_words_of_{table}()"
    return [
        f"""
        CREATE FUNCTION name_words_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NEW.search_name = OLD.search_name THEN RETURN NULL; END IF;
            END IF;
            IF TG_OP <> 'INSERT' THEN
                DELETE FROM name_word WHERE kind = '{table}' AND id = CAST(OLD.{key} AS text)
                    AND word IN ({_words_postgresql("OLD.search_name")});
            END IF;
            IF TG_OP <> 'DELETE' THEN {new}; END IF;
            RETURN NULL;
        END $$
        """,
        f"CREATE TRIGGER name_words AFTER INSERT OR DELETE OR UPDATE OF search_name ON {table} {run}",
        _insert(table, f"CAST(t.{key} AS text)", there),
    ]


def ddl_drop(database: str, table: str) -> list[str]:
    """The inverse of `ddl`."""
    if database == "postgresql":
        return [f"DROP TRIGGER name_words ON {table}", f"DROP FUNCTION name_words_of_{table}()"]
    return [f"DROP TRIGGER {table}_name_words_{when}" for when in ("insert", "update", "delete")]
