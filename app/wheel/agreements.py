"""Purpose, facilitators, decisions, duties, requests for support and surveys: counted for all points."""

from typing import Any

from sqlalchemy import and_, case, distinct, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from app.db.types import among, day_of
from app.models import (
    Ask,
    CharterVersion,
    Decision,
    Duty,
    DutyTerm,
    Member,
    MemberRole,
    NetworkPurpose,
    Person,
    SurveyCount,
    SurveyRound,
    Vote,
)
from app.wheel.shapes import (
    at_each,
    beside_each_other,
    flag,
    holds,
    instant,
    network,
    point_table,
    total,
    within,
)

VOTING = ["facilitator", "member"]


def purpose() -> Any:
    """When the purpose was worded first, whether it or the charter was within each window, and the second joining."""
    first = (
        select(func.min(NetworkPurpose.from_at))
        .where(NetworkPurpose.network_id == network())
        .scalar_subquery()
    )
    joined = (
        select(Member.person_id, func.min(Member.joined_at).label("at"))
        .where(Member.network_id == network(), Member.joined_at.is_not(None))
        .group_by(Member.person_id)
        .subquery()
    )
    second = select(joined.c.at).order_by(joined.c.at).limit(1).offset(1).scalar_subquery()
    began = select(first.label("first"), second.label("second")).cte("began")
    worded = union_all(
        *(
            select(model.from_at.label("at")).where(model.network_id == network())
            for model in (NetworkPurpose, CharterVersion)
        )
    ).cte("worded")

    def wordings(number: int) -> dict[str, Any]:
        return {"purpose_fresh.n": func.coalesce(func.max(flag(within(worded.c.at, number))), 0)}

    fresh = select(*at_each(wordings)).select_from(worded).cte("fresh")

    def columns(number: int) -> dict[str, Any]:
        late = and_(
            began.c.second <= instant("end", number),
            or_(began.c.first.is_(None), began.c.first > began.c.second),
        )
        return {
            "purpose_at_start.n": case((late, 0), else_=1),
            "purpose_at_start.d": literal(1),
            "purpose_fresh.d": literal(1),
        }

    return select(*fresh.c, *at_each(columns)).select_from(beside_each_other(began, fresh))


def facilitators() -> Any:
    """Who facilitated at each point, and in the 24 months before."""
    role = (
        select(
            Member.person_id, Member.joined_at, Member.ended_at,
            MemberRole.from_at, MemberRole.to_at,
        )
        .join(Member, Member.id == MemberRole.member_id)
        .where(
            Member.network_id == network(),
            Member.joined_at.is_not(None),
            MemberRole.role == "facilitator",
        )
        .cte("facilitating")
    )  # fmt: skip

    def columns(number: int) -> dict[str, Any]:
        end, since = instant("end", number), instant("rotation", number)
        now = and_(holds(role.c.joined_at, role.c.ended_at, end), holds(role.c.from_at, role.c.to_at, end))  # fmt: skip
        lately = and_(
            role.c.from_at < end,
            role.c.joined_at < end,
            or_(role.c.to_at.is_(None), role.c.to_at > since),
            or_(role.c.ended_at.is_(None), role.c.ended_at > since),
        )
        return {
            "facilitators.n": func.count(distinct(case((now, role.c.person_id)))),
            "facilitator_rotation.n": func.count(distinct(case((lately, role.c.person_id)))),
        }

    return select(*at_each(columns)).select_from(role)


def _could_vote(person_id: Any) -> Any:
    """Who might vote when a decision closed, by spells and roles as they were: as the decision's own tally has it."""
    spell, role, person, at = (
        aliased(Member),
        aliased(MemberRole),
        aliased(Person),
        Decision.closes_at,
    )
    return (
        select(func.count(distinct(spell.person_id)))
        .select_from(spell)
        .join(role, role.member_id == spell.id)
        .join(person, person.id == spell.person_id)
        .where(
            *([] if person_id is None else [spell.person_id == person_id]),
            spell.network_id == Decision.network_id,
            spell.joined_at.is_not(None),
            holds(spell.joined_at, spell.ended_at, at),
            among(role.role, VOTING),
            holds(role.from_at, role.to_at, at),
            or_(person.erased_at.is_(None), person.erased_at > at),
        )
    )


def _electorate() -> Any:
    """Who could vote, and besides whoever did."""
    might = _could_vote(Vote.person_id).correlate(Decision, Vote).scalar_subquery()
    besides = (
        select(func.count())
        .where(Vote.decision_id == Decision.id, or_(Vote.person_id.is_(None), might == 0))
        .correlate(Decision)
        .scalar_subquery()
    )
    return _could_vote(None).correlate(Decision).scalar_subquery() + besides


def decisions() -> Any:
    """Votes cast and how many could have been, in decisions that ended within each window; one row for each point."""
    point = point_table()
    ballots = (
        select(func.count())
        .where(Vote.decision_id == Decision.id)
        .correlate(Decision)
        .scalar_subquery()
    )
    written = Decision.agree + Decision.abstain + Decision.disagree + Decision.block
    closed = Decision.closed_at.is_not(None)
    ended = (
        select(
            func.coalesce(Decision.closed_at, Decision.closes_at).label("at"),
            case((closed, func.coalesce(written, ballots)), else_=ballots).label("votes"),
            func.coalesce(Decision.electorate, _electorate()).label("electorate"),
        )
        .where(
            Decision.network_id == network(),
            Decision.hidden_on.is_(None),
            or_(Decision.outcome.is_(None), Decision.outcome != "withdrawn"),
        )
        .cte("ended")
    )
    there = and_(ended.c.at >= point.c.start, ended.c.at < point.c.end, ended.c.at <= point.c.past)
    return (
        select(
            point.c.number,
            total(ended.c.votes).label("decision_turnout.n"),
            total(ended.c.electorate).label("decision_turnout.d"),
        )
        .select_from(point)
        .outerjoin(ended, there)
        .group_by(point.c.number)
    )


def duties() -> Any:
    """Duties, and those that somebody holds; one row for each point."""
    point = point_table()
    duty = (
        select(Duty.id, day_of(Duty.created_at).label("on"), Duty.ended_on)
        .where(Duty.network_id == network(), Duty.hidden_on.is_(None))
        .cte("kept")
    )
    term = (
        select(DutyTerm.duty_id, DutyTerm.from_on, DutyTerm.to_on)
        .where(
            DutyTerm.network_id == network(),
            DutyTerm.person_id.is_not(None),
            DutyTerm.hidden_on.is_(None),
        )
        .cte("term")
    )
    alive = and_(
        duty.c.on <= point.c.as_of,
        or_(duty.c.ended_on.is_(None), duty.c.ended_on > point.c.as_of),
    )
    held = and_(
        term.c.duty_id == duty.c.id,
        term.c.from_on <= point.c.as_of,
        or_(term.c.to_on.is_(None), term.c.to_on >= point.c.as_of),
    )
    return (
        select(
            point.c.number,
            func.count(distinct(term.c.duty_id)).label("duties_held.n"),
            func.count(distinct(duty.c.id)).label("duties_held.d"),
        )
        .select_from(point)
        .outerjoin(duty, alive)
        .outerjoin(term, held)
        .group_by(point.c.number)
    )


def asks() -> Any:
    """Requests for support, and those that were answered; one row for each point."""
    point = point_table()
    asked = (
        select(Ask.id, day_of(Ask.created_at).label("on"), Ask.status, Ask.answered_at)
        .where(
            Ask.network_id == network(), Ask.hidden_on.is_(None), Ask.status != "withdrawn"
        )
        .cte("asked")
    )  # fmt: skip
    there = and_(asked.c.on >= point.c.from_on, asked.c.on <= point.c.as_of)
    answered = and_(asked.c.status == "answered", asked.c.answered_at < point.c.end)
    return (
        select(
            point.c.number,
            total(flag(answered)).label("asks_answered.n"),
            func.count(asked.c.id).label("asks_answered.d"),
        )
        .select_from(point)
        .outerjoin(asked, there)
        .group_by(point.c.number)
    )


def surveys() -> Any:
    """The answers to each question in the last round that was closed and settled by each point.

    Rows of `number`, `question`, n and d; `most` is how often the option was chosen that was chosen most: what is not
    told of a round is not told here.
    """
    point = point_table()
    latest = (
        select(SurveyRound.id)
        .where(
            SurveyRound.network_id == network(),
            SurveyRound.closes_at <= point.c.settled,
        )
        .order_by(SurveyRound.closes_at.desc(), SurveyRound.id.desc())
        .limit(1)
        .correlate(point)
        .scalar_subquery()
    )
    return (
        select(
            point.c.number,
            SurveyCount.question,
            func.sum(SurveyCount.count * SurveyCount.choice).label("n"),
            func.sum(SurveyCount.count).label("d"),
            func.max(SurveyCount.count).label("most"),
        )
        .select_from(point)
        .join(SurveyCount, SurveyCount.round_id == latest)
        .group_by(point.c.number, SurveyCount.question)
    )
