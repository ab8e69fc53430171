"""Reporting that an organisation tried a result, and taking the report back.

Where it is not told where a result came about, a report by the authors' own organisation is taken like any other and
counts nowhere; nothing that its reporter, or anybody else alone, can ask tells the two apart. Why: docs/decisions/0031.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, exists, literal, or_, select

from app.core import access
from app.core.access import INSIDE
from app.core.adoption_counts import own_organisations, totals
from app.core.changes import Told, change, create, remove
from app.core.errors import FieldError, Forbidden, Invalid
from app.core.errors_of_results import NotYourOrganisation, OwnOrganisation, ResultNotPublished
from app.core.fetching import facts, require
from app.core.fetching_parts import sight_part
from app.core.fetching_results import sight_result
from app.core.json_columns import json_text
from app.core.references import organisations, unknown
from app.core.result_access import visible_adoption, visible_result
from app.core.telling_of_results import again, saw, told_of_part, told_of_result
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.adoptions.schemas import AdoptionPut, AdoptionStage, FiguresGiven
from app.models import Adoption, Member, Person, Result

Row = dict[str, Any]
Seen = Callable[[int | None], None]


def _belongs() -> Any:
    code: Any = bindparam("code")
    represents = exists(
        select(1).where(
            Member.person_id == access.viewer_id(),
            Member.status == "active",
            Member.representing == code,
        )
    )
    at = and_(Person.id == access.viewer_id(), or_(Person.organisation_code == code, represents))
    return select(literal(1).label("one")).where(at)


def _reported() -> Any:
    # What does not count is its reporter's own: a colleague knows nothing of it, and so has a row of their own.
    mine = Adoption.reported_by == access.viewer_id()
    return (
        select(*facts(Adoption))
        .where(
            Adoption.result_id == bindparam("result_id", type_=ID),
            Adoption.organisation_code == bindparam("code"),
            or_(Adoption.counted.is_(True), mine),
        )
        .order_by(Adoption.counted.desc(), Adoption.id)
    )


def _seen_result(rank: str) -> Any:
    return select(Result.id).where(
        Result.id == bindparam("result_id", type_=ID), visible_result(rank)
    )


async def report_adoption(
    work: Work, result_id: str, code: str, body: AdoptionPut, seen: Seen
) -> tuple[str, bool]:
    """Report for an organisation, for the first time or anew. Returns the id, and whether it is the first time.

    `seen` is called with the version of the report so far. Errors: `NotFound`; `UnknownReference` for the organisation
    or the result that follows up; `Invalid` for the fields; `NotYourOrganisation`; `NetworkArchived`;
    `ResultNotPublished`; `OwnOrganisation`; whatever `seen` raises.
    """
    result, network = await sight_result(work, result_id)
    await organisations(work, [code], "/ods_code")
    values = {**access.values(work.viewer), "code": code, "result_id": result_id}
    belongs = await fetch_one(work, "belongs to organisation", _belongs, values)
    try:
        about = None if belongs is None else work.viewer.person_id
        require(work, "adoption.report", network, about=about)
    except Forbidden:
        raise NotYourOrganisation from None
    if result["status"] != "published":
        raise ResultNotPublished
    _sensible(body)
    await _follow_up_is_seen(work, body.follow_up_result_id, result_id)
    own = await own_organisations(work, result)
    if code in own.told:
        raise OwnOrganisation
    row = await fetch_one(work, "reported adoption", _reported, values)
    seen(None if row is None else row["version"])
    given = {**_columns(body), "reported_by": work.viewer.person_id}
    given["last_reported_on"] = work.now.date()
    if row is None:
        row = {
            "id": work.blind_id(),
            "result_id": result_id,
            "network_id": result["network_id"],
            "organisation_code": code,
            "counted": code not in own.every,
            "hidden_on": None,
            **given,
        }
        create(work, "adoption.reported", row, _told(result, row))
        first = True
    else:
        change(work, "adoption.reported", row, given, _told(result, {**row, **given}))
        first = False
    await _sum_up(work, result)
    return str(row["id"]), first


async def _follow_up_is_seen(work: Work, follow_up: str | None, result_id: str) -> None:
    if follow_up is None:
        return
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "result_id": follow_up}
    found = await fetch_one(work, ("seen result", rank), lambda: _seen_result(rank), values)
    if found is None or follow_up == result_id:
        raise unknown("/follow_up_result_id", "There is no other result of this id.")


def _sensible(body: AdoptionPut) -> None:
    """Errors: `Invalid`, naming every field that does not go with the others."""
    errors: list[FieldError] = []
    stopped = body.stage is AdoptionStage.STOPPED
    if stopped and body.stop_reason is None:
        detail = "Say why it was stopped."
        errors.append(FieldError("/stop_reason", "stop_reason_needed", detail))
    for name in ("stop_reason", "stop_detail"):
        if not stopped and getattr(body, name) is not None:
            detail = "It was not stopped: the stage says so."
            errors.append(FieldError(f"/{name}", "not_stopped", detail))
    for name in ("before", "after"):
        figures: FiguresGiven | None = getattr(body, name)
        if figures is not None:
            errors += _of_figures(f"/{name}", figures)
    if errors:
        raise Invalid(errors[0].detail, errors=tuple(errors))


def _of_figures(pointer: str, given: FiguresGiven) -> list[FieldError]:
    errors = []
    if given.denominator is not None and given.numerator is None:
        detail = "A denominator needs a numerator."
        errors.append(FieldError(f"{pointer}/numerator", "denominator_alone", detail))
    if given.denominator == 0:
        detail = "A denominator is more than 0."
        errors.append(FieldError(f"{pointer}/denominator", "zero_denominator", detail))
    if given.from_on is not None and given.to_on is not None and given.to_on < given.from_on:
        detail = "It ends before it begins."
        errors.append(FieldError(f"{pointer}/to_on", "ends_before_it_begins", detail))
    return errors


def _columns(body: AdoptionPut) -> Row:
    given = body.model_dump(exclude={"before", "after"})
    for name in ("before", "after"):
        figures: FiguresGiven | None = getattr(body, name)
        plain = None if figures is None else figures.model_dump(mode="json")
        said = plain is not None and any(value is not None for value in plain.values())
        given[f"figures_{name}"] = json_text(plain) if said else None
    return given


def _told(result: Mapping[str, Any], row: Mapping[str, Any], **more: Any) -> Told:
    """Whoever sees the result; of what does not count, who reported it and nobody else, whatever becomes of it.

    Who reported hears of either in the same way, so that the feed does not tell them apart.
    """
    if row["counted"]:
        return replace(told_of_part(result, **more), person_id=row["reported_by"])
    return Told(
        network_id=result["network_id"],
        person_id=row["reported_by"],
        tier=INSIDE,
        outer=False,
        reach="author",  # of no result: `reach_network_id` names none
    )


async def _sum_up(work: Work, result: Row, **more: Any) -> None:
    """Every report moves the result, also one that does not count: its reporter would else see that it does not."""
    change(
        work,
        "result.adoptions_counted",
        result,
        await totals(work, result["id"]),
        told_of_result(result, **more),
    )


async def delete_adoption(work: Work, adoption_id: str, seen: Seen) -> None:
    """Take a report back, as who reported last.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`; whatever `seen` raises.
    """
    row, result, network = await sight_part(work, Adoption, visible_adoption, adoption_id)
    require(work, "adoption.delete", network, about=row["reported_by"])
    seen(row["version"])
    readers = await saw(work, network, result)
    more: Row = readers if row["counted"] else {}
    if more and row["hidden_on"] is not None:
        more = {"reach": "facilitator"}
    remove(work, "adoption.deleted", row, _told(result, row, **more))
    await _sum_up(work, result, **again(readers))
