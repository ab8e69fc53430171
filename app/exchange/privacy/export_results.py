"""What an export has of results: what one wrote, with its measures and cycles, feedback, reports of any kind."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, exists, select
from sqlalchemy.types import Integer

from app.core import access
from app.core.result_access import visible_feedback, visible_result
from app.core.series import from_text
from app.models import (
    Adoption,
    ConductAcceptance,
    Feedback,
    Measure,
    MeasureSeries,
    PdsaCycle,
    Report,
    Result,
    ResultAuthor,
)

Row = dict[str, Any]
DAYS = ("created_on", "updated_on")


def _me() -> Any:
    return access.viewer_id()


def _newest(statement: Any, model: Any) -> Any:
    return statement.order_by(model.updated_at.desc(), model.id).limit(
        bindparam("take", type_=Integer)
    )


def _stamps(model: Any) -> tuple[Any, Any]:
    return model.created_at.label("created_on"), model.updated_at.label("updated_on")


def _wrote(result_id: Any) -> ColumnElement[bool]:
    return exists(
        select(1).where(
            ResultAuthor.result_id == result_id,
            ResultAuthor.person_id == _me(),
            ResultAuthor.removed.is_(False),
        )
    )


def results(_rank: str) -> Any:
    """Every result that one wrote, drafts too, as it stands; who else wrote it is not in it."""
    columns = (
        Result.id, Result.network_id, Result.organisation_code.label("organisation"), Result.title, Result.summary,
        Result.kind, Result.problem, Result.available_knowledge, Result.rationale, Result.aim, Result.context,
        Result.change, Result.ethics, Result.what_happened, Result.unintended_effects, Result.outcome,
        Result.limitations, Result.learning, Result.sustainability, Result.funding, Result.prerequisites, Result.effort,
        Result.licence, Result.topics, Result.attribution, Result.audience, Result.status, Result.published_on,
        Result.withdrawn_on, Result.withdrawn_reason, Result.conduct_version, *_stamps(Result),
    )  # fmt: skip
    return _newest(select(*columns).where(_wrote(Result.id)), Result)


def measures(_rank: str) -> Any:
    """Every measure of those, with its numbers as they are."""
    columns = (
        Measure.id, Measure.result_id, Measure.name, Measure.kind, Measure.operational_definition,
        Measure.numerator_definition, Measure.denominator_definition, Measure.exclusions, Measure.source, Measure.unit,
        Measure.frequency, Measure.improvement_direction, Measure.target, Measure.rebase, MeasureSeries.data,
        *_stamps(Measure),
    )  # fmt: skip
    found = select(*columns).outerjoin(MeasureSeries, MeasureSeries.measure_id == Measure.id)
    return _newest(found.where(_wrote(Measure.result_id)), Measure)


def cycles(_rank: str) -> Any:
    """Every PDSA cycle of those."""
    columns = (
        PdsaCycle.id, PdsaCycle.result_id, PdsaCycle.number, PdsaCycle.title, PdsaCycle.started_on, PdsaCycle.ended_on,
        PdsaCycle.plan, PdsaCycle.prediction, PdsaCycle.do_text.label("do"), PdsaCycle.study, PdsaCycle.act,
        PdsaCycle.decision, *_stamps(PdsaCycle),
    )  # fmt: skip
    return _newest(select(*columns).where(_wrote(PdsaCycle.result_id)), PdsaCycle)


def feedback(rank: str) -> Any:
    """All that one said to results; to which only where one reads that today."""
    shown = case((visible_feedback(rank), Feedback.result_id), else_=None).label("result_id")
    columns = (
        Feedback.id, shown, Feedback.kind, Feedback.text, Feedback.attribution, *_stamps(Feedback),
    )  # fmt: skip
    return _newest(select(*columns).where(Feedback.author_id == _me()), Feedback)


def adoptions(rank: str) -> Any:
    """All that one reported for organisations, with the figures as they are."""
    result = select(1).where(Result.id == Adoption.result_id, visible_result(rank))
    columns = (
        Adoption.id, case((exists(result), Adoption.result_id), else_=None).label("result_id"),
        Adoption.organisation_code.label("organisation"), Adoption.stage, Adoption.stop_reason, Adoption.stop_detail,
        Adoption.started_on, Adoption.adaptations, Adoption.context_difference, Adoption.fidelity,
        Adoption.figures_before.label("before"), Adoption.figures_after.label("after"), Adoption.effect,
        Adoption.would_recommend, Adoption.last_reported_on, *_stamps(Adoption),
    )  # fmt: skip
    return _newest(select(*columns).where(Adoption.reported_by == _me()), Adoption)


def reports(_rank: str) -> Any:
    """Every report that one made of content, and what was decided."""
    columns = (
        Report.id, Report.content_kind, Report.reason, Report.detail, Report.status, Report.decision_note,
        Report.decided_on, *_stamps(Report),
    )  # fmt: skip
    return _newest(select(*columns).where(Report.reporter_id == _me()), Report)


def acceptances(_rank: str) -> Any:
    """Every version of a code of conduct that one accepted."""
    columns = ConductAcceptance.network_id, ConductAcceptance.version, ConductAcceptance.accepted_on
    mine = ConductAcceptance.person_id == _me()
    newest = (
        ConductAcceptance.accepted_on.desc(),
        ConductAcceptance.network_id,
        ConductAcceptance.version,
    )
    return select(*columns).where(mine).order_by(*newest).limit(bindparam("take", type_=Integer))  # fmt: skip


PARTS = {
    "results": results,
    "measures": measures,
    "pdsa_cycles": cycles,
    "feedback": feedback,
    "adoptions": adoptions,
    "reports": reports,
    "conduct_acceptances": acceptances,
}


def shown(name: str, rows: list[Row]) -> list[Row]:
    """The rows of a part as the contract has them, in place: days, and a series spelt out."""
    for row in rows:
        for day in DAYS:
            if day in row:
                row[day] = row[day][:10]
        if name == "measures":
            row["observations"] = [
                {"on": one.on, "numerator": one.numerator, "denominator": one.denominator}
                | {"value": one.value, "annotation": one.annotation}
                for one in from_text(row.pop("data") or "[]")
            ]
    return rows
