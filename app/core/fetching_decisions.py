"""Load = authorise, for commands about decisions: the decision's lock is the one that its ballots depend on.

One ballot after the other, and who closes it in the same line: whoever votes holds nothing of the network, so nobody
else waits for them. What the viewer may is read when the lock is held (docs/decisions/0041).
"""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.decision_access import visible_decision
from app.core.errors import NotFound
from app.core.fetching import facts, require, sight_network
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Decision, Vote

Row = dict[str, Any]


def _decision(rank: str, *, lock: bool) -> Any:
    statement = select(*facts(Decision)).where(
        Decision.id == bindparam("decision_id", type_=ID), visible_decision(rank)
    )
    return statement.with_for_update(of=Decision) if lock else statement


async def _sight_decision(work: Work, decision_id: str, *, lock: bool) -> Row:
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "decision_id": decision_id}
    key = ("fetch decision", rank, lock)
    row = await fetch_one(work, key, lambda: _decision(rank, lock=lock), values)
    if row is None:
        raise NotFound
    return row


async def fetch_decision(work: Work, decision_id: str, action: str) -> tuple[Row, Row]:
    """A visible decision, locked, its network as it is then, and the right to `action`; `work.now` is after the lock.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    await _sight_decision(work, decision_id, lock=True)
    row = await _sight_decision(work, decision_id, lock=False)  # now that nobody else can change it
    network = await sight_network(work, row["network_id"], lock=False)
    require(work, action, network, about=row["created_by"])
    work.read_clock()
    return row, network


def _own_vote() -> Any:
    mine = (
        Vote.decision_id == bindparam("decision_id", type_=ID),
        Vote.person_id == access.viewer_id(),
    )
    return select(*facts(Vote)).where(*mine)


async def own_vote(work: Work, decision: Row) -> Row | None:
    """The viewer's ballot on a decision that this work has locked."""
    values = {"viewer_id": work.viewer.person_id, "decision_id": decision["id"]}
    return await fetch_one(work, "own vote", _own_vote, values)


def _any_vote() -> Any:
    return select(Vote.id).where(Vote.decision_id == bindparam("decision_id", type_=ID)).limit(1)


async def was_voted_on(work: Work, decision: Row) -> bool:
    """Whether anybody voted on a decision that this work has locked."""
    values = {"decision_id": decision["id"]}
    return await fetch_one(work, "any vote", _any_vote, values) is not None
