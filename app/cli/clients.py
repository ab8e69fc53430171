"""`client`: listed and revoked by whoever has a shell on the server; people register their own."""

from typing import Any

import typer
from sqlalchemy import select

from app.cli.starting import with_house
from app.core.viewer import HOUSE
from app.core.work import House, perform
from app.features.clients.commands import revoke_client
from app.models import Client, Person


def list_all() -> None:
    """Write every client that is not revoked to stdout, one a line, its fields between tabs."""
    rows = with_house(lambda house: house.db.fetch("all clients", _all, {}))
    typer.echo("id\tperson\tname\tproof\tmade\texpires\tlast used")
    for row in rows:
        days = [
            str(row[name] or "never")[:10] for name in ("created_at", "expires_at", "last_used_on")
        ]
        proof = f"secret ...{row['hint']}" if row["hint"] else "keys"
        typer.echo("\t".join([row["id"], row["display_name"], row["name"], proof, *days]))


def _all() -> Any:
    columns = (
        Client.id, Person.display_name, Client.name, Client.hint, Client.created_at, Client.expires_at,
        Client.last_used_on,
    )  # fmt: skip
    joined = select(*columns).join(Person, Person.id == Client.person_id)
    return joined.where(Client.revoked_at.is_(None)).order_by(Client.id)


def revoke(client_id: str) -> None:
    """Revoke a client, whosever it is. Errors: `NotFound`."""

    async def run(house: House) -> None:
        await perform(house, lambda work: revoke_client(work, client_id), viewer=HOUSE)
        await house.db.forget_tokens()

    with_house(run)
    typer.echo("Revoked: it gets no more tokens, and those it has open nothing.", err=True)
