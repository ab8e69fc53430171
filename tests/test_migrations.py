"""The migrations make what the models say, on both databases, and can be undone and done again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.util import CommandError

from app.db import schema
from app.db.errors import NotMigrated
from app.models import Base
from tests.postgres import PostgresServer

URL = Iterator[str]


@pytest.fixture
def url(engine: str, postgres: PostgresServer, tmp_path: Path, worker_id: str) -> URL:
    """An empty database."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"empty_{worker_id}"
    postgres.create_database(name)
    yield postgres.url(name)
    postgres.drop_database(name)


def shape(url: str) -> dict[str, list[str]]:
    """Tables with their columns, indexes and rules, as the database tells them."""
    found: dict[str, list[str]] = {}

    def look(connection: sa.Connection) -> None:
        inspector = sa.inspect(connection)
        for table in inspector.get_table_names():
            if "_fts" in table:
                found[table] = []
                continue
            columns = [
                f"{column['name']} {column['type']} {column['nullable']}"
                for column in inspector.get_columns(table)
            ]
            rules = [
                f"{kind} {rule['name']}"
                for kind, rules in (
                    ("index", inspector.get_indexes(table)),
                    ("unique", inspector.get_unique_constraints(table)),
                    ("check", inspector.get_check_constraints(table)),
                    ("foreign key", inspector.get_foreign_keys(table)),
                    ("primary key", [inspector.get_pk_constraint(table)]),
                )
                for rule in rules
            ]
            found[table] = sorted([*columns, *rules])

    schema.run_with_connection(url, look)
    return found


def test_up_down_and_up_again(url: str) -> None:
    config = schema.alembic_config(url)
    schema.migrate(url)
    first = shape(url)
    command.check(config)
    assert {table.name for table in Base.metadata.sorted_tables} <= set(first)
    schema.require_current(url)

    command.downgrade(config, "base")
    assert set(shape(url)) <= {"alembic_version"}
    with pytest.raises(NotMigrated, match="has not been migrated"):
        schema.require_current(url)

    schema.migrate(url)
    assert shape(url) == first
    command.check(config)


def unnamed(found: dict[str, list[str]]) -> list[str]:
    """Rules without a name, but for those of Alembic's own table."""
    return [
        f"{table}: {rule}"
        for table, rules in found.items()
        for rule in rules
        if rule.endswith(" None") and table != "alembic_version"
    ]


def test_every_rule_has_a_name(url: str) -> None:
    """Alembic cannot alter an unnamed rule on SQLite."""
    schema.migrate(url)
    assert unnamed(shape(url)) == []


def test_a_rule_without_a_name_is_noticed(tmp_path: Path) -> None:
    """PostgreSQL gives every rule a name; SQLite does not."""
    url = f"sqlite:///{tmp_path / 'nameless.db'}"
    statement = sa.text("CREATE TABLE nameless (id INTEGER CHECK (id > 0), UNIQUE (id))")
    schema.run_with_connection(url, lambda connection: connection.execute(statement))
    assert unnamed(shape(url)) == [
        "nameless: check None",
        "nameless: primary key None",
        "nameless: unique None",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE network ADD COLUMN forgotten INTEGER",
        "DROP INDEX ix_network_place",
        "CREATE TABLE left_behind (id INTEGER PRIMARY KEY)",
    ],
)
def test_a_schema_that_is_not_the_models_is_noticed(url: str, statement: str) -> None:
    schema.migrate(url)
    schema.run_with_connection(url, lambda connection: connection.execute(sa.text(statement)))
    with pytest.raises(CommandError, match="New upgrade operations detected"):
        command.check(schema.alembic_config(url))


def test_the_file_is_for_its_owner(tmp_path: Path) -> None:
    """Whoever else has an account on the machine does not read people's data, in the file or in its log."""
    file = tmp_path / "own.db"
    schema.migrate(f"sqlite:///{file}")
    assert file.stat().st_mode & 0o777 == 0o600
