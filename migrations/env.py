"""Alembic's entry: the house opens the connection, on either database."""

from alembic import context
from sqlalchemy import Connection

from app.db.schema import is_house_object, run_with_connection
from app.models import Base


def run(connection: Connection) -> None:
    """Run the migrations on this connection, all in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=is_house_object,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    run_with_connection(context.config.attributes["url"], run)
