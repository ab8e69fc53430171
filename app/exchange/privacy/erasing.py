"""Erasure: who somebody was goes, what they did stays, under an id that says nothing.

In place, so that counts, histories and the log stay right (docs/decisions/0015-privacy.md). Everything here happens in
one transaction; what a database keeps of deleted rows goes afterwards (`Database.scrub`).
"""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, or_, update

from app.core import words
from app.core.access import CARD, INSIDE
from app.core.changes import Told, change, remove
from app.core.erased import mark_sign_in
from app.core.errors import FieldError, LastFacilitator, LastOperator
from app.core.fetching import is_last_facilitator, lives_elsewhere
from app.core.letting_go import let_go
from app.core.newcomers import BLANK
from app.core.telling import told_of_decision
from app.core.vocabulary import note_due
from app.core.work import Work
from app.db.database import Write
from app.db.types import ID, holding
from app.exchange.privacy import holdings
from app.exchange.privacy.erasing_results import erase_results
from app.exchange.privacy.holdings import Held, Row
from app.features.networks.settling import count_in
from app.features.networks.spells import OPEN, begin_role, end_role, told_of_member
from app.models import CharterAcceptance, Erasure, Idempotency, Identity, PersonTopic
from app.web.idempotency import ERASED

MOST_NAMED = 8  # networks in one sentence, which has 2,000 characters; `errors` names more


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did; `unled` are the live networks that have no facilitator now."""

    person_id: str
    unled: tuple[str, ...]


async def erase_person(work: Work, held: Held) -> Erased:
    """Erase a locked person: oneself, or again as the house itself after a backup was restored, which nothing stops.

    Errors: `LastFacilitator` naming each network to hand over; `LastOperator`.
    """
    person, networks = held.person, held.networks
    person_id = person["id"]
    spells = await holdings.owned(work, person_id, "spells")
    unled = await _left_without(work, spells, networks)
    if not work.viewer.house:
        _may_go(unled)
        if person["operator"] and await holdings.is_last_operator(work, person_id):
            raise LastOperator
    for spell in spells:
        if spell["status"] == "active":
            await let_go(work, networks[spell["network_id"]], person_id)
    await erase_results(work, person_id)
    work.delete(CharterAcceptance, {"person_id": person_id})
    await _unname_votes(work, person_id)
    handed_down = [_empty_spell(work, spell, networks.get(spell["network_id"])) for spell in spells]
    _empty_person(work, person)
    addresses = await _forget_addresses(work, person)
    await _end_access(work, person_id)
    _forget_answers(work, person, addresses)
    for network in handed_down:
        if network is not None:
            told = {"person_id": person_id, "scope": "person"}
            await count_in(
                work, network, 0, facilitators=True, told=told, action="network.role_changed"
            )
    if await holdings.erasure_of(work, person_id) is None:
        work.insert(Erasure, {"person_id": person_id, "erased_at": work.now})
    await note_due(work.tx)  # of what they wrote for everybody no word is offered any more
    await work.flush()  # so many writes are not made into one statement
    return Erased(person_id, tuple(network["id"] for network in unled))


async def _left_without(
    work: Work, spells: list[Row], networks: dict[str, Row]
) -> list[dict[str, Any]]:
    """The live networks of which the person is the only facilitator; an archived one is read by all the same."""
    found = []
    for spell in spells:
        if spell["status"] != "active" or spell["role"] != "facilitator":
            continue
        network = networks[spell["network_id"]]
        if network["archived_at"] is not None or lives_elsewhere(network):
            continue
        if await is_last_facilitator(work, network["id"]):
            found.append(network)
    return found


def _may_go(unled: list[dict[str, Any]]) -> None:
    """Errors: `LastFacilitator`."""
    if unled:
        named = "; ".join(one["name"] for one in unled[:MOST_NAMED])
        more = f"; and {len(unled) - MOST_NAMED} more" if len(unled) > MOST_NAMED else ""
        raise LastFacilitator(
            f"Hand over, archive or delete first: {named}{more}.",
            errors=tuple(
                FieldError(f"/v1/networks/{one['id']}", "last_facilitator", one["name"])
                for one in unled
            ),
        )


async def _unname_votes(work: Work, person_id: str) -> None:
    """Leave ballots in their counts, without a name and without a reason."""
    for vote in await holdings.owned(work, person_id, "votes"):
        nobody = {"person_id": None, "reason": None}
        change(work, "vote.forgotten", vote, nobody, told_of_decision(vote))


def _empty_spell(work: Work, spell: Row, network: Row | None) -> Row | None:
    """Take the person's own words out of a spell and end what was never begun. Returns a network handed down."""
    own = {"offer": None, "message": None}
    if spell["ended_by"] == spell["person_id"]:
        own["reason"] = None
    values: dict[str, Any] = {name: None for name in own if spell[name] is not None}
    if network is None or spell["status"] not in OPEN:
        if values:
            told = Told(network_id=spell["network_id"], tier=INSIDE, outer=False)
            change(work, "member.forgotten", spell, values, told, op="gone")
        return None
    if spell["status"] != "active":
        ended = {"status": "declined", "ended_at": work.now, "ended_by": work.viewer.person_id}
        told = told_of_member(network, spell["person_id"], active=False, gone=True)
        change(work, "member.declined", spell, {**values, **ended}, told, op="gone")
        return None
    led = spell["role"] == "facilitator"
    if led:
        values["role"] = "member"
        end_role(work, spell["id"])
        begin_role(work, spell["id"], "member")
    if values:
        told = told_of_member(network, spell["person_id"], active=True)
        change(work, "member.updated", spell, values, told)
    return network if led else None


def _empty_person(work: Work, person: Row) -> None:
    """Everything that says who it was, in place; whoever has the card reads it again, others forget it."""
    # Of the id's random end and not of the person's id, which is known.
    name = f"Former member {work.new_id()[-4:]}"
    values = {
        **BLANK,
        "display_name": name,
        "search_name": words.document(name),
        "erased_at": work.now,
    }
    told = Told(person_id=person["id"], tier=CARD, reach="signed_in" if person["listed"] else None)
    change(work, "person.erased", person, values, told)
    work.delete(PersonTopic, {"person_id": person["id"]})


async def _forget_addresses(work: Work, person: Row) -> list[str]:
    """Take the person's addresses out of invitations, and what they wrote with their own. Returns the addresses."""
    addresses = []
    for row in await holdings.invitations_about(work, person["id"], person["email_key"]):
        values = {"message": None}
        if row["_to_person"]:
            addresses.append(row["address"])
            values["address"] = None
        told = Told(network_id=row["network_id"], tier=INSIDE, outer=False)
        change(work, "invitation.forgotten", row, values, told)
    return addresses


async def _end_access(work: Work, person_id: str) -> None:
    """Delete sign-ins, tokens, calendars, clients and saved searches: what lets one in, and what one named."""
    for identity in await holdings.identities_of(work, person_id):
        mark_sign_in(work, identity["issuer"], identity["subject"])
    work.delete(Identity, {"person_id": person_id})
    for what, action in (
        ("tokens", "token.erased"),
        ("clients", "client.erased"),
        ("calendar_tokens", "calendar_token.erased"),
        ("saved_searches", "saved_search.erased"),
    ):
        for row in await holdings.owned(work, person_id, what):
            remove(work, action, row, Told(person_id=person_id))


def _forget_answers(work: Work, person: Row, addresses: list[str]) -> None:
    """Delete the answers kept for the person, and empty those kept for others that speak of them.

    The key of somebody else stays: without it, a repeated request would be done a second time.
    """
    # By the id, which stands wherever the name does. A name alone may be any word.
    said = [person["id"], person["email"], *addresses]
    patterns = {
        f"said_{index}": holding(_in_json(text)) for index, text in enumerate(filter(None, said))
    }

    def own() -> Any:
        return delete(Idempotency).where(Idempotency.principal == bindparam("person_id", type_=ID))

    def others() -> Any:
        found = [Idempotency.body.like(bindparam(name), escape="\\") for name in patterns]
        return (
            update(Idempotency)
            .where(or_(*found))
            .values({name: bindparam(f"new_{name}") for name in ERASED})
        )

    emptied = {f"new_{name}": value for name, value in ERASED.items()}
    target = ("idempotency", person["id"])
    work.writes += [
        Write("own kept answers", own, {"person_id": person["id"]}, target, None),
        Write(("kept answers about", len(patterns)), others, {**patterns, **emptied}, target, None),
    ]


def _in_json(text: str) -> str:
    return orjson.dumps(text).decode()[1:-1]
