"""`token`: made, listed and revoked by whoever has a shell on the server, who is the house itself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import typer
from sqlalchemy import bindparam, select

from app.cli.starting import Refused, with_house
from app.core.fetching import facilitates
from app.core.tokens import create_token
from app.core.viewer import ALL_SCOPES, HOUSE, PERSONAL_SCOPES, Scope
from app.core.work import House, Work, perform
from app.db.database import fetch_one
from app.db.types import ID
from app.features.accounts.commands import revoke_token
from app.features.people.commands import create_person
from app.features.people.schemas import PersonCreate
from app.models import Person, Token


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `token create` was asked for; no scopes means all that go with the kind of token."""

    operator: bool
    person_id: str | None
    name: str | None
    scopes: frozenset[Scope]
    network_id: str | None
    expires_days: int | None


def create(wanted: Wanted) -> None:
    """Make a token and write it, and nothing else, to stdout. Errors: `Refused`."""

    async def run(house: House) -> tuple[dict[str, Any], str, str]:
        return await perform(house, lambda work: _create(work, wanted), viewer=HOUSE)

    row, secret, name = with_house(run)
    typer.echo(secret)
    end = row["expires_at"]
    until = f"until {end:%d %B %Y}" if end else "until it is revoked"
    typer.echo(
        f"A token of {name}, {until}. It is shown this once. Its id is {row['id']}.", err=True
    )


async def _create(work: Work, wanted: Wanted) -> tuple[dict[str, Any], str, str]:
    person = await _person_of(work, wanted)
    scopes = _scopes(wanted)
    if (Scope.MEMBERS_PROVISION in wanted.scopes) != (wanted.network_id is not None):
        raise Refused(f"--network and --scope {Scope.MEMBERS_PROVISION} are given together.")
    if wanted.network_id and not await facilitates(work, person["id"], wanted.network_id):
        raise Refused(f"{person['display_name']} facilitates no network {wanted.network_id}.")
    expires = timedelta(days=wanted.expires_days) if wanted.expires_days else None
    row, secret = await create_token(
        work,
        person_id=person["id"],
        name=wanted.name or "command line",
        scopes=scopes,
        network_id=wanted.network_id,
        expires_at=work.now + expires if expires else None,
    )
    return row, secret, person["display_name"]


def _scopes(wanted: Wanted) -> frozenset[Scope]:
    if wanted.scopes:
        return wanted.scopes
    # An operator's token has provisioning to hand on, bound to a network: unbound it provisions nothing.
    return ALL_SCOPES if wanted.operator else PERSONAL_SCOPES


async def _person_of(work: Work, wanted: Wanted) -> dict[str, Any]:
    """Whose token it is to be. Errors: `Refused`."""
    if wanted.person_id is not None:
        person = await fetch_one(work, "person for cli", _by_id, {"person_id": wanted.person_id})
        if person is None:
            raise Refused(f"There is no person {wanted.person_id}.")
        operates = wanted.operator or Scope.OPERATE in wanted.scopes
        if operates and not person["operator"]:
            raise Refused(
                f"{person['display_name']} is no operator; an operator makes another one with POST /v1/people."
            )
        return person
    if not wanted.operator:
        raise Refused("Say whose token it is: --person ID, or --operator for the first operator.")
    return await _first_operator(work, wanted)


async def _first_operator(work: Work, wanted: Wanted) -> dict[str, Any]:
    operators = await work.fetch("operators", _operators, {})
    if operators:
        known = ", ".join(f"{row['display_name']} ({row['id']})" for row in operators)
        raise Refused(f"There is an operator already: add --person with the id of one, {known}.")
    name = wanted.name or "Operator"
    body = PersonCreate(display_name=name, operator=True)
    return {"id": await create_person(work, body), "display_name": name}


def _by_id() -> Any:
    return select(Person.id, Person.display_name, Person.operator).where(
        Person.id == bindparam("person_id", type_=ID), Person.erased_at.is_(None)
    )


def _operators() -> Any:
    found = select(Person.id, Person.display_name).where(Person.operator.is_(True))
    return found.order_by(Person.id).limit(5)


def list_all() -> None:
    """Write every token that is not revoked to stdout, one a line, its fields between tabs."""
    rows = with_house(lambda house: house.db.fetch("all tokens", _all, {}))
    typer.echo("id\tperson\tname\tends with\tmade\texpires\tlast used")
    for row in rows:
        days = [
            str(row[name] or "never")[:10] for name in ("created_at", "expires_at", "last_used_on")
        ]
        typer.echo("\t".join([row["id"], row["display_name"], row["name"], row["hint"], *days]))


def _all() -> Any:
    columns = (
        Token.id, Person.display_name, Token.name, Token.hint, Token.created_at, Token.expires_at,
        Token.last_used_on,
    )  # fmt: skip
    joined = select(*columns).join(Person, Person.id == Token.person_id)
    return joined.where(Token.revoked_at.is_(None)).order_by(Token.id)


def revoke(token_id: str) -> None:
    """Revoke a token, whosever it is. Errors: `NotFound`."""

    async def run(house: House) -> None:
        await perform(house, lambda work: revoke_token(work, token_id), viewer=HOUSE)
        await house.db.forget_tokens()

    with_house(run)
    typer.echo("Revoked: it opens nothing any more.", err=True)
