"""Proposing, voting, closing: every ballot and the closing stand in one line, the decision's lock, and read the clock.

So what was acknowledged before the count is in it, and nothing that was refused is (docs/decisions/0041).
"""

from datetime import datetime, timedelta
from typing import Any

from app.core.changes import change, create, remove
from app.core.errors import refuse
from app.core.errors_of_decisions import (
    BlockStands,
    DecisionClosed,
    DecisionVoted,
    QuorumMet,
    QuorumNotMet,
)
from app.core.fetching import fetch_network
from app.core.fetching_decisions import fetch_decision, own_vote, was_voted_on
from app.core.telling import told_of_decision
from app.core.work import Work
from app.db.types import instant_from_text, instant_text
from app.features.decisions.schemas import (
    DecisionClose,
    DecisionCreate,
    DecisionOutcome,
    DecisionPatch,
    VoteChoice,
    VotePut,
)
from app.features.decisions.tally import CHOICES, tally_of

Row = dict[str, Any]
LONGEST = timedelta(days=366)
USUAL = timedelta(days=14)


async def create_decision(work: Work, body: DecisionCreate) -> str:
    """Put a proposal to the members. Returns its id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `Invalid` for the deadline.
    """
    network = await fetch_network(work, body.network_id, "decision.create")
    work.read_clock()
    row = {
        "id": work.new_id(),
        **body.model_dump(),
        "network_id": network["id"],
        "closes_at": _deadline(work, body.closes_at or work.now + USUAL),
        "status": "open",
        **dict.fromkeys(("outcome", "outcome_note", "closed_at", "closed_by", "electorate")),
        **dict.fromkeys(CHOICES),
        "created_by": work.viewer.person_id,
    }
    create(work, "decision.proposed", row, told_of_decision(row))
    return str(row["id"])


def _deadline(work: Work, closes_at: datetime) -> datetime:
    """Errors: `Invalid`."""
    if closes_at <= work.now:
        raise refuse("/closes_at", "in_the_past", "Votes are taken until an instant to come.")
    if closes_at > work.now + LONGEST:
        raise refuse("/closes_at", "out_of_range", "Votes are taken for a year at most.")
    return closes_at


def takes_votes(work: Work, row: Row) -> bool:
    """Whether a locked decision is open, now."""
    return row["status"] == "open" and work.now < instant_from_text(row["closes_at"])


async def decision_to_change(work: Work, decision_id: str, action: str) -> Row:
    """A decision that nobody has voted on, locked, and the right to change it.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `DecisionClosed` where its outcome is stated; `DecisionVoted`.
    """
    row, _ = await fetch_decision(work, decision_id, action)
    if row["status"] != "open":
        raise DecisionClosed
    if await was_voted_on(work, row):
        raise DecisionVoted
    return row


def update_decision(work: Work, row: Row, body: DecisionPatch) -> None:
    """Change a decision that nobody has voted on; past its deadline, with a new one. Errors: `Invalid`."""
    given = body.model_dump(include=body.model_fields_set)
    closes_at = given.pop("closes_at", None)
    values = {name: value for name, value in given.items() if row[name] != value}
    if closes_at is not None and instant_text(closes_at) != row["closes_at"]:
        values["closes_at"] = _deadline(work, closes_at)
    if values:
        change(work, "decision.updated", row, values, told_of_decision(row))


def delete_decision(work: Work, row: Row) -> None:
    """Delete a decision that nobody has voted on."""
    remove(work, "decision.deleted", row, told_of_decision(row, reach="member"))


async def vote_to_cast(work: Work, decision_id: str) -> tuple[Row, Row | None]:
    """A decision that takes the viewer's vote, locked, and the ballot that they cast before.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `DecisionClosed`.
    """
    decision, _ = await fetch_decision(work, decision_id, "decision.vote")
    if not takes_votes(work, decision):
        raise DecisionClosed
    return decision, await own_vote(work, decision)


def cast_vote(work: Work, decision: Row, before: Row | None, body: VotePut) -> str:
    """Cast or change the viewer's ballot; the same again changes nothing. Returns its id. Errors: `Invalid`."""
    if body.vote is VoteChoice.BLOCK and body.reason is None:
        raise refuse("/reason", "reason_needed", "Who blocks says why, so that it can be met.")
    said = {"vote": body.vote.value, "reason": body.reason}
    if before is None:
        row = {
            "id": work.new_id(),
            "decision_id": decision["id"],
            "network_id": decision["network_id"],
            "person_id": work.viewer.person_id,
            **said,
        }
        create(work, "vote.cast", row, told_of_decision(row))
        return str(row["id"])
    values = {name: value for name, value in said.items() if before[name] != value}
    if values:
        change(work, "vote.changed", before, values, told_of_decision(before))
    return str(before["id"])


async def close_decision(work: Work, decision_id: str, body: DecisionClose) -> None:
    """State what came of it, before the deadline or after; the count is kept as it is now.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `DecisionClosed`; `QuorumNotMet`, `QuorumMet`; `BlockStands`.
    """
    row, _ = await fetch_decision(work, decision_id, "decision.close")
    if row["status"] != "open":
        raise DecisionClosed
    tally = await tally_of(work, row, work.now)
    if body.outcome is DecisionOutcome.ADOPTED and not tally["quorum_met"]:
        raise QuorumNotMet
    if body.outcome is DecisionOutcome.NO_QUORUM and tally["quorum_met"]:
        raise QuorumMet
    if body.outcome is DecisionOutcome.ADOPTED and tally["block"] and body.outcome_note is None:
        raise BlockStands
    values = {
        "status": "closed",
        "outcome": body.outcome.value,
        "outcome_note": body.outcome_note,
        "closed_at": work.now,
        "closed_by": work.viewer.person_id,
        **{name: tally[name] for name in (*CHOICES, "electorate")},
    }
    change(work, "decision.closed", row, values, told_of_decision(row))
