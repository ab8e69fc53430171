"""One database for an address."""

from sqlalchemy import MetaData

from app.db.database import Database
from app.db.postgres import Postgres
from app.db.schema import sqlite_path, unique_rules
from app.db.sqlite import Sqlite


def open_database(
    url: str, metadata: MetaData, *, read_connections: int, write_connections: int
) -> Database:
    """`postgresql://user@host:port/name` or `sqlite:///file`; nothing is opened before `start`."""
    if url.startswith("sqlite:///"):
        return Sqlite(sqlite_path(url), unique_rules(metadata))
    if url.startswith("postgresql://"):
        return Postgres(url, read_connections=read_connections, write_connections=write_connections)
    message = "DATABASE_URL must start with sqlite:/// or postgresql://"
    raise ValueError(message)
