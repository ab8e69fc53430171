"""What an export has of decisions: those that one proposed or closed, and one's own ballots. Of others nothing."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Integer, and_, bindparam, case, or_, select

from app.core import access
from app.core.decision_access import visible_decision
from app.core.text import Id, LongText, Output, Paragraph, Title, UtcDateTime, line
from app.models import Decision, Vote

Words = Annotated[str, line(60, "adopted")]


class ExportedDecision(Output):
    """A decision that you proposed or closed; what it says only where you read it today."""

    id: Id
    network_id: Id
    title: Title | None
    proposal: LongText | None
    outcome_note: Paragraph | None
    proposed_by_me: bool
    closed_by_me: bool
    created_at: UtcDateTime
    closes_at: UtcDateTime
    outcome: Words | None
    closed_at: UtcDateTime | None


class ExportedVote(Output):
    """A ballot of yours; what it was on only where you read that today."""

    id: Id
    network_id: Id
    decision_id: Id
    decision_title: Title | None
    vote: Words
    reason: Paragraph | None
    created_at: UtcDateTime
    updated_at: UtcDateTime


Decisions = Annotated[list[ExportedDecision], Field(max_length=10_000)]
Votes = Annotated[list[ExportedVote], Field(max_length=10_000)]


def _me() -> Any:
    return access.viewer_id()


def _some(statement: Any) -> Any:
    return statement.limit(bindparam("take", type_=Integer))


def _is_me(column: Any, name: str) -> Any:
    return and_(column.is_not(None), column == _me()).label(name)


def decisions(rank: str) -> Any:
    """Every decision that one proposed or closed."""
    shown = visible_decision(rank)
    said = [
        case((shown, getattr(Decision, name)), else_=None).label(name)
        for name in ("title", "proposal", "outcome_note")
    ]
    columns = (
        Decision.id, Decision.network_id, *said, _is_me(Decision.created_by, "proposed_by_me"),
        _is_me(Decision.closed_by, "closed_by_me"), Decision.created_at, Decision.closes_at, Decision.outcome,
        Decision.closed_at,
    )  # fmt: skip
    mine = or_(Decision.created_by == _me(), Decision.closed_by == _me())
    return _some(select(*columns).where(mine).order_by(Decision.id.desc()))


def votes(rank: str) -> Any:
    """Every ballot of one's own."""
    title = case((visible_decision(rank), Decision.title), else_=None).label("decision_title")
    columns = (
        Vote.id, Vote.network_id, Vote.decision_id, title, Vote.vote, Vote.reason, Vote.created_at, Vote.updated_at,
    )  # fmt: skip
    found = select(*columns).join(Decision, Decision.id == Vote.decision_id)
    return _some(found.where(Vote.person_id == _me()).order_by(Vote.id.desc()))


PARTS = {"decisions": decisions, "votes": votes}
