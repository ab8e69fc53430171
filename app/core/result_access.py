"""Who sees a result, and what of it: the predicates beside those of `core.access`, by the same manners.

A draft, a withdrawn result and one kept to its authors is for its authors alone: nobody else knows of it, an operator
included. Who wrote a result is read where it is attributed so; everybody else is told nobody's name, in every channel.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from app.core.access import active_networks, viewer_id
from app.core.meeting_access import facilitates, public_inside
from app.db.types import among
from app.models import Adoption, Feedback, Measure, Network, PdsaCycle, Result, ResultAuthor


def authored(rank: str, result_id: Any = Result.id) -> ColumnElement[bool]:
    """The viewer is an author of the result with this id."""
    if rank == "anonymous":
        return false()
    mine = aliased(ResultAuthor)
    return exists(
        select(1).where(
            mine.result_id == result_id, mine.person_id == viewer_id(), mine.removed.is_(False)
        )
    )


def _public(rank: str, result: Any) -> ColumnElement[bool]:
    """It is for everybody, as far as its network lets anybody in."""
    network = aliased(Network)
    # Asked of each row and not of all networks at once: few rows come this far.
    passes = (
        select(public_inside(rank, network))
        .where(network.id == result.network_id)
        .scalar_subquery()
    )
    return and_(result.audience == "public", passes)


def visible_result(rank: str, result: Any = Result) -> ColumnElement[bool]:
    """The result is there for this viewer."""
    published = and_(result.status == "published", result.audience != "author")
    if rank == "operator":
        return or_(published, authored(rank, result.id))
    shown = result.hidden_on.is_(None)
    if rank == "anonymous":
        return and_(published, shown, _public(rank, result))
    inside = result.network_id.in_(active_networks())
    others = or_(and_(shown, or_(inside, _public(rank, result))), facilitates(rank, result))
    return or_(and_(published, others), authored(rank, result.id))


def names_authors(rank: str, result: Any = Result) -> ColumnElement[bool]:
    """The viewer reads who wrote a visible result: what a filter by author needs to match."""
    return or_(result.attribution == "named", authored(rank, result.id))


def names_organisation(rank: str, result: Any = Result) -> ColumnElement[bool]:
    """The viewer reads at which organisation a visible result came about: what a filter by it needs to match."""
    shown = among(result.attribution, ["named", "organisation"])
    return or_(shown, authored(rank, result.id))


def _of_visible(rank: str, row: Any) -> ColumnElement[bool]:
    result = aliased(Result)
    return exists(select(1).where(result.id == row.result_id, visible_result(rank, result)))


def visible_measure(rank: str, measure: Any = Measure) -> ColumnElement[bool]:
    """A measure is seen as its result is; its small numbers by the authors alone (`core.small_numbers`)."""
    return _of_visible(rank, measure)


def visible_cycle(rank: str, cycle: Any = PdsaCycle) -> ColumnElement[bool]:
    """A PDSA cycle is seen as its result is."""
    return _of_visible(rank, cycle)


def visible_feedback(rank: str, feedback: Any = Feedback) -> ColumnElement[bool]:
    """Feedback on a result that the viewer sees; hidden, for who wrote it, facilitators and operators."""
    there = _of_visible(rank, feedback)
    if rank == "operator":
        return there
    shown: ColumnElement[bool] = feedback.hidden_on.is_(None)
    if rank == "anonymous":
        return and_(there, shown)
    own = feedback.author_id == viewer_id()
    return and_(there, or_(shown, own, facilitates(rank, feedback)))


def visible_adoption(rank: str, adoption: Any = Adoption) -> ColumnElement[bool]:
    """What counts, of a result that the viewer sees; and what they reported themselves."""
    there, counted = _of_visible(rank, adoption), adoption.counted.is_(True)
    if rank == "operator":
        return and_(there, or_(counted, adoption.reported_by == viewer_id()))
    shown = and_(counted, adoption.hidden_on.is_(None))
    if rank == "anonymous":
        return and_(there, shown)
    own = adoption.reported_by == viewer_id()
    return and_(there, or_(shown, own, and_(counted, facilitates(rank, adoption))))
