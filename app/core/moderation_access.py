"""Who sees a report of content, and what of it: by the manners of `core.access`.

Who reported is for that person alone: no column but `mine` and no predicate but one's own tells of it. Whoever wrote
the content moderates nothing about it, in whatever role; they are told once it was hidden or the report upheld.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, exists, false, not_, or_, select, true
from sqlalchemy.orm import aliased

from app.core import (
    access,
    decision_access,
    helping_access,
    listening_access,
    meeting_access,
    result_access,
)
from app.core.access import viewer_id
from app.core.meeting_access import facilitates
from app.core.result_access import authored
from app.db.types import among
from app.models import (
    Action,
    Adoption,
    Ask,
    Assessment,
    Change,
    Decision,
    Duty,
    DutyTerm,
    Feedback,
    Measure,
    Meeting,
    Member,
    Minutes,
    MinutesEdition,
    Network,
    Offer,
    PdsaCycle,
    Person,
    Report,
    Resource,
    Result,
)

# What can be reported: the table, and who sees a row of it.
Sight = Callable[[str], ColumnElement[bool]]
CONTENT: dict[str, tuple[Any, Sight]] = {
    "result": (Result, result_access.visible_result),
    "measure": (Measure, result_access.visible_measure),
    "pdsa_cycle": (PdsaCycle, result_access.visible_cycle),
    "feedback": (Feedback, result_access.visible_feedback),
    "adoption": (Adoption, result_access.visible_adoption),
    "meeting": (Meeting, meeting_access.visible_meeting),
    "minutes": (Minutes, meeting_access.visible_minutes),
    "action": (Action, meeting_access.visible_action),
    "assessment": (Assessment, listening_access.visible_assessment),
    "duty": (Duty, helping_access.visible_duty),
    "duty_term": (DutyTerm, helping_access.visible_duty_term),
    "decision": (Decision, decision_access.visible_decision),
    "ask": (Ask, helping_access.visible_ask),
    "offer": (Offer, helping_access.visible_offer),
    "resource": (Resource, helping_access.visible_resource),
    "network": (Network, access.visible_network),
    "person": (Person, access.visible_person),
}
OF_RESULT = ("result", "measure", "pdsa_cycle")  # hidden together
# What one person makes, and may take back.
MADE_BY_ONE = ("feedback", "adoption", "action", "ask", "offer", "duty", "decision", "resource")
# What moderation itself does to content is nothing that somebody wrote.
NOT_WRITING = tuple(
    f"{kind}.{done}"
    for kind in ("meeting", "minutes", "assessment")
    for done in ("hidden", "shown")
)


def _noted(report: Any) -> ColumnElement[bool]:
    """The viewer wrote the note that this term of a duty is handed over with, says the log."""
    written = aliased(Change)
    return exists(
        select(1).where(
            written.resource_id == report.content_id.cast(String(36)),
            written.action == "duty_term.noted",
            written.actor_id == viewer_id(),
        )
    )


def _logged(report: Any) -> ColumnElement[bool]:
    """The viewer wrote it, says the log: of what facilitators write together no column does."""
    written = aliased(Change)
    return exists(
        select(1).where(
            written.resource_id == report.content_id.cast(String(36)),
            written.kind == report.content_kind,
            written.actor_id == viewer_id(),
            not_(among(written.action, NOT_WRITING)),
        )
    )


def _made(report: Any) -> ColumnElement[bool]:
    """The viewer made it, says the log, which is kept when they take it back: what was said about it stays theirs.

    Without it whoever takes back what was reported would lose sight of the report, and one who facilitates could then
    decide on it.
    """
    written = aliased(Change)
    made = exists(
        select(1).where(
            written.resource_id == report.content_id.cast(String(36)),
            written.kind == report.content_kind,
            written.actor_id == viewer_id(),
            written.version == 1,
        )
    )
    return and_(among(report.content_kind, MADE_BY_ONE), made)


def wrote(rank: str, report: Any = Report) -> ColumnElement[bool]:
    """The viewer wrote the content of a report."""
    if rank == "anonymous":
        return false()

    def by(model: Any, person: Any) -> ColumnElement[bool]:
        return exists(select(1).where(model.id == report.content_id, person == viewer_id()))

    edition, leads = aliased(MinutesEdition), aliased(Member)
    published = exists(
        select(1).where(edition.minutes_id == report.content_id, edition.by_id == viewer_id())
    )
    led = exists(
        select(1).where(
            leads.network_id == report.content_id,
            leads.person_id == viewer_id(),
            leads.status == "active",
            leads.role == "facilitator",
        )
    )
    kind = report.content_kind
    still_there = case(
        (among(kind, OF_RESULT), authored(rank, report.result_id)),
        (kind == "feedback", by(Feedback, Feedback.author_id)),
        (kind == "adoption", by(Adoption, Adoption.reported_by)),
        (kind == "action", by(Action, Action.created_by)),
        (kind == "ask", by(Ask, Ask.person_id)),
        (kind == "offer", by(Offer, Offer.person_id)),
        (kind == "duty", by(Duty, Duty.created_by)),
        (kind == "duty_term", or_(by(DutyTerm, DutyTerm.person_id), _noted(report))),
        (kind == "decision", by(Decision, Decision.created_by)),
        (kind == "assessment", or_(by(Assessment, Assessment.created_by), _logged(report))),
        (kind == "resource", by(Resource, Resource.created_by)),
        (kind == "minutes", or_(published, _logged(report))),
        (kind == "meeting", _logged(report)),
        (kind == "network", led),
        (kind == "person", report.content_id == viewer_id()),
        else_=false(),
    )  # fmt: skip
    return or_(still_there, _made(report))


def moderates(rank: str, report: Any = Report) -> ColumnElement[bool]:
    """The viewer looks into the report: a facilitator of its network or an operator, who did not write the content."""
    if rank == "anonymous":
        return false()
    runs = true() if rank == "operator" else facilitates(rank, report)
    return and_(runs, not_(wrote(rank, report)))


def mine(rank: str, report: Any = Report) -> ColumnElement[bool]:
    """The viewer reported it."""
    if rank == "anonymous":
        return false()
    return and_(report.reporter_id.is_not(None), report.reporter_id == viewer_id())


def visible_report(rank: str, report: Any = Report) -> ColumnElement[bool]:
    """One's own reports, those that one moderates, and those against what one wrote, once one was told."""
    if rank == "anonymous":
        return false()
    if rank == "operator":
        return true()
    # As `moderates`, and for whoever wrote it whether they were told: the question is planned once.
    told_or_moderates = case(
        (wrote(rank, report), report.told_author), else_=facilitates(rank, report)
    )
    return or_(mine(rank, report), told_or_moderates)


def seen_by_others(kind: str) -> ColumnElement[bool]:
    """Somebody besides its authors sees content of this kind: what they keep to themselves nobody looks into.

    An adoption that one reported oneself is taken back and not reported: that nobody else sees it, because it does not
    count, would tell whose result it is of.
    """
    if kind not in (*OF_RESULT, "feedback", "adoption"):
        return true()
    shared = and_(Result.status == "published", Result.audience != "author")
    if kind == "result":
        return shared
    model: Any = CONTENT[kind][0]
    of_shared = exists(select(1).where(Result.id == model.result_id, shared))
    if kind == "feedback" or kind in OF_RESULT:
        return of_shared
    others = or_(Adoption.reported_by.is_(None), Adoption.reported_by != viewer_id())
    return and_(of_shared, Adoption.counted.is_(True), others)
