"""Asking for support, offering it, and saying what came of it."""

from typing import Any

from sqlalchemy import bindparam, exists, literal, select

from app.core.changes import change, create, remove
from app.core.errors_of_helping import AlreadyOffered, AskClosed, AskHasOffers, OwnAsk
from app.core.fetching import facts, fetch_network, require
from app.core.fetching_helping import fetch_ask, fetch_offer, told_inside
from app.core.json_columns import json_text, plain
from app.core.references import labels, unknown
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID, day_text
from app.features.asks.schemas import AskAnswer, AskCreate, AskPatch, OfferCreate
from app.models import Offer

Row = dict[str, Any]
LISTS = ("skills", "topics")


async def create_ask(work: Work, body: AskCreate) -> str:
    """Ask for support. Returns its id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `UnknownReference` for a topic.
    """
    network = await fetch_network(work, body.network_id, "ask.create")
    await labels(work, "topic", body.topics, "/topics")
    given = body.model_dump()
    row = {
        "id": work.new_id(),
        **given,
        **{name: json_text(given[name]) for name in LISTS},
        "person_id": work.viewer.person_id,
        "status": "open",
        "answered_at": None,
        "outcome_note": None,
    }
    create(work, "ask.created", row, told_inside(network["id"]))
    return str(row["id"])


async def ask_to_change(work: Work, ask_id: str, action: str) -> tuple[Row, Row]:
    """A request, its network and the right to `action`; `self` is who asked.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await fetch_ask(work, ask_id)
    require(work, action, network, about=row["person_id"])
    return row, network


def _still_open(row: Row) -> None:
    if row["status"] != "open":
        raise AskClosed


async def update_ask(work: Work, row: Row, body: AskPatch) -> None:
    """Change what is asked for. Errors: `AskClosed`; `UnknownReference` for a topic."""
    _still_open(row)
    given = body.model_dump(include=body.model_fields_set)
    if "topics" in given:
        await labels(work, "topic", given["topics"], "/topics")
    values: Row = {}
    for name, value in given.items():
        before = plain(row[name]) if name in LISTS else row[name]
        new = day_text(value) if name == "needed_by_on" and value else value
        if before != new:
            values[name] = json_text(value) if name in LISTS else value
    if values:
        change(work, "ask.updated", row, values, told_inside(row["network_id"]))


def withdraw_ask(work: Work, row: Row) -> None:
    """Ask no longer. Errors: `AskClosed`."""
    _still_open(row)
    change(work, "ask.withdrawn", row, {"status": "withdrawn"}, told_inside(row["network_id"]))


def _offered() -> Any:
    found = exists(select(1).where(Offer.ask_id == bindparam("ask_id", type_=ID)))
    return select(literal(1).label("one")).where(found)


async def delete_ask(work: Work, row: Row) -> None:
    """Delete a request to which nobody offered anything. Errors: `AskHasOffers`."""
    if await fetch_one(work, "offers to ask", _offered, {"ask_id": row["id"]}) is not None:
        raise AskHasOffers
    remove(work, "ask.deleted", row, told_inside(row["network_id"], reach="member"))


def _open_offers() -> Any:
    here = (Offer.ask_id == bindparam("ask_id", type_=ID), Offer.status == "open")
    return select(*facts(Offer)).where(*here).order_by(Offer.id)


async def _offers(work: Work, ask_id: str) -> list[Row]:
    """The open offers to a request, whose network is locked."""
    return await work.fetch("open offers", _open_offers, {"ask_id": ask_id})


async def create_offer(work: Work, ask_id: str, body: OfferCreate) -> str:
    """Offer to help. Returns the id of the offer.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `AskClosed`; `OwnAsk`; `AlreadyOffered`.
    """
    ask, network = await ask_to_change(work, ask_id, "offer.create")
    _still_open(ask)
    me = work.viewer.person_id
    if ask["person_id"] == me:
        raise OwnAsk
    if me in {offer["person_id"] for offer in await _offers(work, ask_id)}:
        raise AlreadyOffered
    row = {
        "id": work.new_id(),
        "ask_id": ask_id,
        "network_id": network["id"],
        "person_id": me,
        "text": body.text,
        "status": "open",
    }
    create(work, "offer.created", row, told_inside(network["id"]))
    return str(row["id"])


async def withdraw_offer(work: Work, offer_id: str) -> None:
    """Offer it no longer. Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `AskClosed` once it is settled."""
    row, network = await fetch_offer(work, offer_id)
    require(work, "offer.withdraw", network, about=row["person_id"])
    _still_open(row)
    change(work, "offer.withdrawn", row, {"status": "withdrawn"}, told_inside(network["id"]))


async def answer_ask(work: Work, ask_id: str, body: AskAnswer) -> None:
    """Say what came of it, and who helped.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `AskClosed`; `UnknownReference` for what is no open offer to it.
    """
    row, network = await ask_to_change(work, ask_id, "ask.update")
    _still_open(row)
    told = told_inside(network["id"])
    offers = {offer["id"]: offer for offer in await _offers(work, ask_id)}
    for offer_id in dict.fromkeys(body.helped_by):
        if offer_id not in offers:
            raise unknown("/helped_by", "Who helped had an open offer to this request.")
        change(work, "offer.helped", offers[offer_id], {"status": "helped"}, told)
    note = {"outcome_note": body.outcome_note}
    values = {"status": "answered", "answered_at": work.now, **note}
    change(work, "ask.answered", row, values, told)
