"""Migrating a database, and checking at start that it is the one this release needs.

Alembic is imported where it is used: a server starts sooner without it.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, UniqueConstraint, create_engine, event, pool, text
from sqlalchemy.exc import DBAPIError

import app
from app.db.errors import DatabaseError, NotMigrated, Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(app.__file__).parent


def migrations_folder() -> Path:
    """Where the migrations lie: beside the package in a checkout, inside it when installed."""
    beside = _HERE.parent / "migrations"
    return beside if (beside / "env.py").exists() else _HERE / "_migrations"


def alembic_config(url: str) -> "Config":
    """Alembic's settings for this database, without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.attributes["url"] = url
    return config


def head_revision() -> str:
    """The newest migration of this release."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory.from_config(alembic_config("")).get_current_head())


def known_revisions() -> frozenset[str]:
    """Every migration that this release has."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(alembic_config(""))
    return frozenset(found.revision for found in script.walk_revisions())


def sqlite_path(url: str) -> str:
    """The file of a `sqlite:///` address."""
    return url.removeprefix("sqlite:///")


def sqlite_file(url: str) -> Path | None:
    """The file that the database is; None for PostgreSQL, where it is no file."""
    return Path(sqlite_path(url)) if url.startswith("sqlite:") else None


def unique_rules(metadata: MetaData) -> dict[str, str]:
    """SQLite names the columns of a broken unique rule: this maps them to the rule's name."""
    rules = {}
    for table in metadata.tables.values():
        unique: list[Any] = [index for index in table.indexes if index.unique]
        constraints = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
        for rule in [*unique, *constraints, table.primary_key]:
            columns = ", ".join(f"{table.name}.{column.name}" for column in rule.columns)
            rules[columns] = str(rule.name)
    return rules


def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`. Raises `Unavailable`; `DatabaseError` when a migration fails."""
    from alembic import command
    from alembic.util import CommandError

    file = sqlite_file(url)
    if file is not None:
        with suppress(OSError):  # what is wrong with the path, SQLite says below
            file.touch(mode=0o600)  # and gives its log the rights of the file
    try:
        run_with_connection(url, lambda _connection: None)
    except (DBAPIError, OSError) as error:
        raise Unavailable(_reason(error)) from error
    try:
        command.upgrade(alembic_config(url), revision)
    except (DBAPIError, CommandError, OSError) as error:
        raise DatabaseError(f"The migration failed: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    """What the driver said, without SQLAlchemy's frame around it: one line."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return str(said).partition("\n")[0].rstrip(".") or type(said).__name__


def run_with_connection(url: str, run: Any) -> None:
    """Call `run(connection)` on a plain SQLAlchemy connection: for Alembic only."""
    if url.startswith("sqlite"):
        engine = create_engine(url, poolclass=pool.NullPool)
        event.listen(engine, "connect", _no_own_begin)
        event.listen(engine, "begin", _begin_immediate)
        with engine.begin() as connection:
            run(connection)
        return

    from sqlalchemy.ext.asyncio import create_async_engine

    async def over_asyncpg() -> None:
        address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        async_engine = create_async_engine(address, poolclass=pool.NullPool)
        async with async_engine.begin() as connection:
            await connection.run_sync(run)
        await async_engine.dispose()

    asyncio.run(over_asyncpg())


def _no_own_begin(connection: Any, _record: Any) -> None:
    """Without this the driver begins transactions behind our back and DDL is not in them."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA busy_timeout = 5000")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def current_revision(url: str) -> str | None:
    """The revision of the database, None when it was never migrated. Raises `Unavailable`."""
    found: list[str | None] = [None]

    def look(connection: Connection) -> None:
        from alembic.migration import MigrationContext

        found[0] = MigrationContext.configure(connection).get_current_revision()

    if url.startswith("sqlite") and not Path(sqlite_path(url)).exists():
        return None
    try:
        run_with_connection(url, look)
    except (DBAPIError, OSError) as error:
        raise Unavailable(_reason(error)) from error
    return found[0]


def require_current(url: str) -> None:
    """Raise `NotMigrated` with what to do when the schema is not this release's."""
    here, needed = current_revision(url), head_revision()
    if here != needed:
        state = (
            "has not been migrated"
            if here is None
            else f"is at migration {here}, this release needs {needed}"
        )
        raise NotMigrated(f"The database {state}. Run: qi-networks migrate")


def execute_all(connection: Connection, statements: list[str]) -> None:
    """Run plain statements: what Alembic has no words for."""
    for statement in statements:
        connection.execute(text(statement))


def is_house_object(
    _object: Any, name: str | None, kind: str, _reflected: Any, _compared: Any
) -> bool:
    """Leave out what `search_ddl` made when Alembic compares the schema with the models."""
    if kind == "table":
        return "_fts" not in str(name)
    ours = ("_words_", "_names_begin")
    return not str(name).startswith("words_") and not any(part in str(name) for part in ours)
