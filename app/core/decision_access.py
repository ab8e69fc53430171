"""Who sees a decision and the votes on it: active members; what moderation hides, facilitators and operators alone."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from app.core.access import active_networks, viewer_id
from app.core.meeting_access import facilitates
from app.models import Decision, Member, Vote


def visible_decision(rank: str, decision: Any = Decision) -> ColumnElement[bool]:
    """A decision of a network that one is an active member of; hidden, that one facilitates."""
    if rank == "anonymous":
        return false()
    if rank == "operator":
        return true()
    shown = decision.hidden_on.is_(None)
    return and_(decision.network_id.in_(active_networks()), or_(shown, facilitates(rank, decision)))


def visible_vote(rank: str, vote: Any = Vote) -> ColumnElement[bool]:
    """A vote on a decision that one sees."""
    if rank == "anonymous":
        return false()
    decision = aliased(Decision)
    seen = visible_decision(rank, decision)
    return exists(select(1).where(decision.id == vote.decision_id, seen))


def names_voter(rank: str, vote: Any = Vote) -> ColumnElement[bool]:
    """The viewer reads whose a visible vote is: of who is a member no more, facilitators and they themselves do."""
    if rank == "operator":
        return true()
    still = aliased(Member)
    member = exists(
        select(1).where(
            still.network_id == vote.network_id,
            still.person_id == vote.person_id,
            still.status == "active",
        )
    )
    return or_(vote.person_id == viewer_id(), facilitates(rank, vote), member)
