"""Reading requests for support, the offers to them, and whom they may suit."""

from typing import Any

from sqlalchemy import and_, bindparam, case, null, or_, select

from app.core import access
from app.core.cards import card_columns, shown_card
from app.core.feed_position import feed_head, with_position
from app.core.helping_access import visible_ask, visible_offer
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.features.asks.matching import match
from app.features.asks.schemas import MOST_MATCHES, AskQuery
from app.models import Ask, Member, Offer, Organisation, Person

Row = dict[str, Any]
OF_ASK = (
    "id network_id person_id title detail skills topics needed_by_on status answered_at outcome_note "
    "created_at updated_at version"
)
OF_OFFER = "id ask_id network_id person_id text status created_at updated_at version"


def _columns(model: Any, names: str) -> list[Any]:
    return [getattr(model, name) for name in names.split()]


async def list_asks(
    db: Database, viewer: Viewer, query: AskQuery, page: Page
) -> tuple[list[Row], int]:
    """A page of requests, the newest first (one row more than the page), and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    every = {
        "network_id": Ask.network_id == bindparam("network_id", type_=ID),
        "status": Ask.status == bindparam("status"),
    }
    conditions = {name: every[name] for name in every if getattr(query, name) is not None}
    values = {**access.values(viewer), **page_values(page), "network_id": query.network_id}
    values |= {} if query.status is None else {"status": query.status.value}

    def build() -> Any:
        statement = select(*_columns(Ask, OF_ASK), feed_head().label("_head"))
        statement = statement.where(visible_ask(rank), *conditions.values())
        order = Sort("-created_at", Ask.created_at, Ask.id, descending=True)
        return keyset(statement, order, started=started)

    key = ("asks", rank, frozenset(conditions), started)
    fetch = db.fetch if query.network_id is not None else db.fetch_slow
    return await with_position(db, lambda: fetch(key, build, values))


async def one_ask(reads: Reads, viewer: Viewer, ask_id: str) -> Row | None:
    """One request as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank

    def build() -> Any:
        here = Ask.id == bindparam("ask_id", type_=ID)
        return select(*_columns(Ask, OF_ASK)).where(here, visible_ask(rank))

    values = {**access.values(viewer), "ask_id": ask_id}
    return await fetch_one(reads, ("one ask", rank), build, values)


async def list_offers(
    db: Database, viewer: Viewer, ask_id: str, page: Page
) -> tuple[list[Row], int]:
    """A page of the offers to a request, the first one first, and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page), "ask_id": ask_id}

    def build() -> Any:
        here = Offer.ask_id == bindparam("ask_id", type_=ID)
        statement = select(*_columns(Offer, OF_OFFER), feed_head().label("_head"))
        statement = statement.where(here, visible_offer(rank))
        return keyset(statement, Sort("created_at", Offer.created_at, Offer.id), started=started)

    return await with_position(db, lambda: db.fetch(("offers", rank, started), build, values))


async def one_offer(reads: Reads, viewer: Viewer, offer_id: str) -> Row | None:
    """One offer as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank

    def build() -> Any:
        here = Offer.id == bindparam("offer_id", type_=ID)
        return select(*_columns(Offer, OF_OFFER)).where(here, visible_offer(rank))

    values = {**access.values(viewer), "offer_id": offer_id}
    return await fetch_one(reads, ("one offer", rank), build, values)


def _members() -> Any:
    """Active members but who asked; of a profile what every member may read: it is told of who is listed."""
    profile = [
        case((Person.listed.is_(True), column), else_=null()).label(column.key)
        for column in (Person.skills, Person.interests)
    ]
    asker = bindparam("asker_id", type_=ID)
    return (
        select(*card_columns("person"), *profile, Member.offer)
        .select_from(Member)
        .join(Person, Person.id == Member.person_id)
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
        .where(
            Member.network_id == bindparam("network_id", type_=ID),
            Member.status == "active",
            Person.erased_at.is_(None),
            and_(Member.person_id != asker),
            or_(Person.listed.is_(True), Member.offer.is_not(None)),
        )
        .order_by(Member.joined_at, Member.person_id)
    )


async def matches(db: Database, ask: Row) -> list[Row]:
    """Whom a request that the viewer sees may suit, best first, the longest a member first among equals."""
    values = {"network_id": ask["network_id"], "asker_id": ask["person_id"]}
    found = []
    for member in await db.fetch_slow("members who may help", _members, values):
        score, reasons = match(ask, member)
        if score:
            card = shown_card(member["person"])
            found.append({"person": card, "score": score, "reasons": reasons})
    found.sort(key=lambda one: -int(str(one["score"])))
    return found[:MOST_MATCHES]
