"""Who sees survey rounds and assessments: active members; an assessment that is hidden, facilitators and operators."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from app.core.access import active_networks
from app.core.meeting_access import facilitates
from app.models import Assessment, Network, SurveyRound


def reads_inside(rank: str, network: Any = Network) -> ColumnElement[bool]:
    """The viewer reads what is inside a network: an active member, and an operator, on record."""
    if rank == "anonymous":
        return false()
    return true() if rank == "operator" else network.id.in_(active_networks())


def visible_survey_round(rank: str, survey_round: Any = SurveyRound) -> ColumnElement[bool]:
    """A round of a network that one is an active member of."""
    if rank == "anonymous":
        return false()
    return true() if rank == "operator" else survey_round.network_id.in_(active_networks())


def visible_assessment(rank: str, assessment: Any = Assessment) -> ColumnElement[bool]:
    """An assessment of a network that one is an active member of; hidden, that one facilitates."""
    if rank == "anonymous":
        return false()
    if rank == "operator":
        return true()
    shown = assessment.hidden_on.is_(None)
    within = assessment.network_id.in_(active_networks())
    return and_(within, or_(shown, facilitates(rank, assessment)))
