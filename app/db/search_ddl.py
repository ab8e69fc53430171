"""What the full-text search needs of a database, beside the columns: indexes, generated columns, triggers."""

from app.db.search import COLUMNS, INDEXED, LETTERS, LEVELS


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
