"""The three people of the demo whom a newcomer can be: fresh tokens at each start, those of the last one revoked."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from app.core.json_columns import plain
from app.core.tokens import create_token
from app.core.viewer import ALL_SCOPES, HOUSE, PERSONAL_SCOPES, Scope
from app.core.work import House, Work, perform
from app.db.database import fetch_one
from app.db.types import ID, among
from app.exchange.demo.load import SYSTEM
from app.features.accounts.commands import revoke_token
from app.models import Member, Person, Token
from app.reference.demo import DemoPerson, Persona, read_demo


@dataclass(frozen=True, slots=True)
class Personas:
    """Their tokens; and of the facilitator's networks the one that most people ask to join, if any is left."""

    tokens: dict[Persona, str]
    asked_network_id: str | None


async def mint_tokens(house: House) -> Personas:
    """Revoke the demo's tokens of the last start and make one for each persona, in one transaction.

    Errors: LookupError when the database does not hold the demo.
    """

    async def renew(work: Work) -> Personas:
        for token in await work.fetch("demo tokens", _demo_tokens, {}):
            await revoke_token(work, token["id"])
        people = {person.persona: person for person in read_demo().people if person.persona}
        ids = await _ids(work)
        tokens: dict[Persona, str] = {}
        for persona, person in people.items():
            tokens[persona] = await _mint(work, persona, person, ids[person.key])
        facilitator = {"person_id": ids[people["facilitator"].key]}
        asked = await fetch_one(work, "asked network", _asked_network, facilitator)
        return Personas(tokens, asked["network_id"] if asked else None)

    return await perform(house, renew, viewer=HOUSE)


async def _ids(work: Work) -> dict[str, str]:
    """The ids of the demo's people by their keys."""
    return {
        known["value"]: row["id"]
        for row in await work.fetch("people's external ids", _people, {})
        for known in plain(row["external_ids"])
        if known["system"] == SYSTEM
    }


async def _mint(work: Work, persona: Persona, person: DemoPerson, person_id: str) -> str:
    # Unbound, provisioning does nothing by itself: the facilitator has it to make a token for a program.
    scopes = ALL_SCOPES if person.operator else PERSONAL_SCOPES
    if persona == "facilitator":
        scopes |= {Scope.MEMBERS_PROVISION}
    _, secret = await create_token(
        work, person_id=person_id, name=f"demo {persona}", scopes=scopes, demo=True
    )
    return secret


def _people() -> Any:
    return select(Person.id, Person.external_ids)


def _demo_tokens() -> Any:
    return (
        select(Token.id).where(Token.demo.is_(True), Token.revoked_at.is_(None)).order_by(Token.id)
    )


def _asked_network() -> Any:
    return (
        select(Member.network_id)
        .where(
            Member.person_id == bindparam("person_id", type_=ID),
            Member.status == "active",
            Member.role == "facilitator",
        )
        .order_by(_requests().desc(), Member.id)
        .limit(1)
    )


def _requests() -> Any:
    asking = aliased(Member)
    return (
        select(func.count(asking.id))
        .where(asking.network_id == Member.network_id, among(asking.status, ["requested"]))
        .scalar_subquery()
    )
