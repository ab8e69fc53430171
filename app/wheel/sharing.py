"""Results, what was said to them and who tried them: counted for all points.

All that members may read counts, whoever it is by: a number of results names nobody.
"""

from typing import Any

from sqlalchemy import Float, and_, case, cast, distinct, exists, func, or_, select

from app.db.types import DAY, among, day_of, days_between
from app.models import Adoption, Feedback, NetworkTerm, Result, ResultTopic
from app.wheel.gatherings import medians
from app.wheel.shapes import flag, network, point_table, total

TRIED = ("testing", "adopted", "adapted", "sustained", "stopped")
CANDID = ("no_change", "worse", "abandoned")


def _readable() -> list[Any]:
    """What members read, or read until it was withdrawn."""
    return [
        Result.network_id == network(),
        among(Result.status, ["published", "withdrawn"]),
        among(Result.audience, ["network", "public"]),
        Result.hidden_on.is_(None),
        Result.published_on.is_not(None),
    ]


def _in_being(result: Any, point: Any) -> Any:
    """Published by the day of the point, and not withdrawn by then."""
    kept = or_(result.c.withdrawn_on.is_(None), result.c.withdrawn_on > point.c.as_of)
    return and_(result.c.published_on <= point.c.as_of, kept)


def _results() -> Any:
    """One row for each result, with the days of the first feedback and of the first organisation that tried it."""
    answered = (
        select(Feedback.result_id, func.min(day_of(Feedback.created_at), type_=DAY).label("on"))
        .where(Feedback.network_id == network(), Feedback.hidden_on.is_(None))
        .group_by(Feedback.result_id)
        .subquery()
    )
    tried = (
        select(Adoption.result_id, func.min(day_of(Adoption.created_at), type_=DAY).label("on"))
        .where(*_counted())
        .group_by(Adoption.result_id)
        .subquery()
    )
    on_topic = exists(
        select(1)
        .select_from(ResultTopic)
        .join(NetworkTerm, NetworkTerm.code == ResultTopic.code)
        .where(
            ResultTopic.result_id == Result.id,
            NetworkTerm.network_id == network(),
            NetworkTerm.field == "topic",
        )
    )
    return (
        select(
            Result.id,
            Result.published_on,
            Result.withdrawn_on,
            Result.outcome,
            flag(on_topic).label("on_topic"),
            answered.c.on.label("answered_on"),
            tried.c.on.label("tried_on"),
        )
        .outerjoin(answered, answered.c.result_id == Result.id)
        .outerjoin(tried, tried.c.result_id == Result.id)
        .where(*_readable())
        .cte("shared")
    )


def _counted() -> list[Any]:
    return [
        Adoption.network_id == network(),
        Adoption.counted.is_(True),
        Adoption.hidden_on.is_(None),
        among(Adoption.stage, TRIED),
    ]


def results() -> Any:
    """What is counted of results, one row for each point."""
    shared, point = _results(), point_table()
    published = shared.c.published_on >= point.c.from_on
    old = shared.c.published_on <= point.c.answered
    answered = shared.c.answered_on <= point.c.as_of
    tried = shared.c.tried_on <= point.c.as_of
    told = shared.c.outcome.is_not(None)
    candid = among(shared.c.outcome, CANDID)
    gap = (
        select(
            point.c.number,
            cast(
                case(
                    (shared.c.answered_on < shared.c.published_on, 0),
                    else_=days_between(shared.c.published_on, shared.c.answered_on),
                ),
                Float,
            ).label("value"),
        )
        .join_from(point, shared, and_(_in_being(shared, point), published, answered))
        .cte("gap")
    )
    median = medians(gap, "first_answers")
    every = func.count(shared.c.id)
    return (
        select(
            point.c.number,
            total(flag(and_(published, shared.c.on_topic == 1))).label("topic_alignment.n"),
            total(flag(published)).label("topic_alignment.d"),
            total(flag(published)).label("sharing_rate.n"),
            total(flag(and_(old, answered))).label("feedback_rate.n"),
            total(flag(old)).label("feedback_rate.d"),
            func.coalesce(func.min(median.c.first_answers), 0).label("days_to_first_feedback.n"),
            func.coalesce(func.min(median.c.first_answers), 0).label("days_to_first_feedback.d"),
            func.min(median.c.median).label("days_to_first_feedback.value"),
            total(flag(tried)).label("adoption_rate.n"),
            every.label("adoption_rate.d"),
            every.label("spread.d"),
            total(flag(candid)).label("candour.n"),
            total(flag(told)).label("candour.d"),
        )
        .select_from(point)
        .outerjoin(shared, _in_being(shared, point))
        .outerjoin(median, median.c.number == point.c.number)
        .group_by(point.c.number)
    )


def adoptions() -> Any:
    """What is counted of adoptions, one row for each point."""
    point = point_table()
    tried = (
        select(
            Result.published_on,
            Result.withdrawn_on,
            Adoption.organisation_code,
            day_of(Adoption.created_at).label("on"),
            flag(
                and_(Adoption.figures_before.is_not(None), Adoption.figures_after.is_not(None))
            ).label("measured"),
        )
        .join(Result, Result.id == Adoption.result_id)
        .where(*_counted(), *_readable())
        .cte("tried")
    )
    there = and_(_in_being(tried, point), tried.c.on <= point.c.as_of)
    return (
        select(
            point.c.number,
            func.count(distinct(tried.c.organisation_code)).label("spread.n"),
            total(tried.c.measured).label("measured_impact.n"),
            func.count(tried.c.organisation_code).label("measured_impact.d"),
        )
        .select_from(point)
        .outerjoin(tried, there)
        .group_by(point.c.number)
    )
