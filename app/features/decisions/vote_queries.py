"""Reading votes: those on one decision, or one."""

from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import aliased

from app.core import access
from app.core.cards import card_columns, shown_card
from app.core.decision_access import names_voter, visible_decision, visible_vote
from app.core.errors import NotFound
from app.core.feed_position import feed_head, with_position
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.features.decisions.schemas import VoteQuery
from app.models import Decision, Organisation, Person, Vote

Row = dict[str, Any]


def _base(rank: str) -> Any:
    person = aliased(Person)
    return (
        select(
            Vote.id, Vote.decision_id, Vote.network_id, *card_columns("person", person), Vote.vote, Vote.reason,
            Vote.created_at, Vote.updated_at, Vote.version,
        )
        .select_from(Vote)
        .outerjoin(person, and_(person.id == Vote.person_id, names_voter(rank)))
        .outerjoin(Organisation, Organisation.code == person.organisation_code)
        .where(visible_vote(rank))
    )  # fmt: skip


def _shown(row: Row) -> Row:
    row["person"] = shown_card(row["person"])
    return row


def _one(rank: str) -> Any:
    return _base(rank).where(Vote.id == bindparam("vote_id", type_=ID))


async def one_vote(reads: Reads, viewer: Viewer, vote_id: str) -> Row | None:
    """One vote, or None when it is not there for this viewer."""
    rank, values = viewer.rank, {**access.values(viewer), "vote_id": vote_id}
    row = await fetch_one(reads, ("one vote", rank), lambda: _one(rank), values)
    return None if row is None else _shown(row)


def _decision(rank: str) -> Any:
    return select(Decision.network_id).where(
        Decision.id == bindparam("decision_id", type_=ID), visible_decision(rank)
    )


async def network_of(reads: Reads, viewer: Viewer, decision_id: str) -> str:
    """The network of a decision that the viewer sees. Errors: `NotFound`."""
    rank, values = viewer.rank, {**access.values(viewer), "decision_id": decision_id}
    row = await fetch_one(reads, ("decision of votes", rank), lambda: _decision(rank), values)
    if row is None:
        raise NotFound
    return str(row["network_id"])


async def list_votes(
    db: Database, viewer: Viewer, decision_id: str, query: VoteQuery, page: Page
) -> tuple[list[Row], int]:
    """A page of votes on a decision (one row more than the page), and the feed's position before it."""
    rank, started, some = viewer.rank, page.after is not None, query.vote is not None
    values = {
        **access.values(viewer),
        **page_values(page),
        "decision_id": decision_id,
        **({"vote": query.vote} if some else {}),
    }

    def build() -> Any:
        statement = _base(rank).add_columns(feed_head().label("_head"))
        statement = statement.where(Vote.decision_id == bindparam("decision_id", type_=ID))
        if some:
            statement = statement.where(Vote.vote == bindparam("vote"))
        return keyset(statement, Sort("id", Vote.id, Vote.id), started=started)

    rows, at = await with_position(
        db, lambda: db.fetch(("votes on", rank, started, some), build, values)
    )
    return [_shown(row) for row in rows], at
