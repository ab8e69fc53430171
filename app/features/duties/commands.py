"""Setting up duties, giving them to somebody for a term, handing over, ending them."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, literal, or_, select

from app.core.changes import change, create, remove
from app.core.ending_terms import end_terms
from app.core.errors import FieldError, Invalid
from app.core.errors_of_helping import DutyEnded, DutyHasTerms, TermOverlaps
from app.core.fetching import fetch_network, require
from app.core.fetching_helping import fetch_duty, fetch_duty_term, told_inside
from app.core.references import active_members, unknown
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import DAY, ID, day_text
from app.features.duties.schemas import DutyCreate, DutyPatch, TermCreate, TermPatch
from app.models import DutyTerm

Row = dict[str, Any]
FOREVER = date(9999, 12, 31)


async def create_duty(work: Work, body: DutyCreate) -> str:
    """Set a duty up. Returns its id. Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`."""
    network = await fetch_network(work, body.network_id, "duty.create")
    given = body.model_dump()
    more = {"ended_on": None, "created_by": work.viewer.person_id}
    row = {"id": work.new_id(), **given, **more}
    create(work, "duty.created", row, told_inside(network["id"]))
    return str(row["id"])


async def duty_to_change(work: Work, duty_id: str, action: str) -> tuple[Row, Row]:
    """A duty, its network and the right to `action`; `self` is who wrote it down.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await fetch_duty(work, duty_id)
    require(work, action, network, about=row["created_by"])
    return row, network


def update_duty(work: Work, row: Row, body: DutyPatch) -> None:
    """Change what is said of a loaded duty. Errors: `DutyEnded`."""
    _goes_on(row)
    given = body.model_dump(include=body.model_fields_set)
    values = {name: value for name, value in given.items() if row[name] != value}
    if values:
        change(work, "duty.updated", row, values, told_inside(row["network_id"]))


def _goes_on(row: Row) -> None:
    if row["ended_on"] is not None:
        raise DutyEnded


async def end_duty(work: Work, duty_id: str) -> None:
    """Give a duty up; who holds it held it until today. Errors: `NotFound`; `Forbidden`; `DutyEnded`."""
    row, network = await duty_to_change(work, duty_id, "duty.end")
    _goes_on(row)
    told = told_inside(network["id"])
    await end_terms(work, network, "duty_id", duty_id, told)
    change(work, "duty.ended", row, {"ended_on": work.now.date()}, told)


def _terms() -> Any:
    found = exists(select(1).where(DutyTerm.duty_id == bindparam("duty_id", type_=ID)))
    return select(literal(1).label("one")).where(found)


async def delete_duty(work: Work, row: Row) -> None:
    """Delete a loaded duty that nobody ever held. Errors: `DutyHasTerms`."""
    if await fetch_one(work, "terms of duty", _terms, {"duty_id": row["id"]}) is not None:
        raise DutyHasTerms
    remove(work, "duty.deleted", row, told_inside(row["network_id"], reach="member"))


def last_day(first: date, months: int) -> date:
    """The last day of a term of so many months: the day before the same day of a later month, or that month's last."""
    month = first.month - 1 + months
    year, month = first.year + month // 12, month % 12 + 1
    day = min(first.day, monthrange(year, month)[1])
    return date(year, month, day) - timedelta(days=1)


async def create_term(work: Work, duty_id: str, body: TermCreate) -> str:
    """Give a duty to a member for a term. Returns its id.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `DutyEnded`; `UnknownReference` for who is no active member;
    `Invalid` for an end before the beginning; `TermOverlaps`.
    """
    duty, network = await duty_to_change(work, duty_id, "duty.appoint")
    _goes_on(duty)
    if body.person_id not in await active_members(work, network["id"], [body.person_id]):
        raise unknown("/person_id", "Who holds a duty is an active member of the network.")
    work.living.add(body.person_id)
    to_on = body.to_on
    if "to_on" not in body.model_fields_set:
        to_on = last_day(body.from_on, duty["term_months"])
    row: Row = {
        "id": work.new_id(),
        "duty_id": duty_id,
        "network_id": network["id"],
        "person_id": body.person_id,
        "from_on": body.from_on,
        "to_on": to_on,
        "handover_note": None,
    }
    await _fits(work, row, body.from_on, to_on)
    create(work, "duty_term.created", row, told_inside(network["id"]))
    return str(row["id"])


def _same_days() -> Any:
    term = DutyTerm
    return select(literal(1).label("one")).where(
        term.duty_id == bindparam("duty_id", type_=ID),
        term.person_id == bindparam("person_id", type_=ID),
        term.id != bindparam("id", type_=ID),
        term.from_on <= bindparam("to_on", type_=DAY),
        or_(term.to_on.is_(None), term.to_on >= bindparam("from_on", type_=DAY)),
    )


async def _fits(work: Work, row: Row, from_on: date, to_on: date | None) -> None:
    """Errors: `Invalid`; `TermOverlaps`. The network is locked, so no other term comes in between."""
    if to_on is not None and to_on < from_on:
        detail = "A term ends on the day it begins, or later."
        raise Invalid(detail, errors=(FieldError("/to_on", "ends_before_it_begins", detail),))
    values = {name: row[name] for name in ("id", "duty_id", "person_id")}
    values |= {"from_on": from_on, "to_on": to_on or FOREVER}
    if await fetch_one(work, "terms of the same days", _same_days, values) is not None:
        raise TermOverlaps


async def term_to_change(work: Work, term_id: str, body: TermPatch) -> Row:
    """A term and the right to this change: the end of it is for facilitators, the note for who holds it too.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await fetch_duty_term(work, term_id)
    require(work, "duty_term.update", network, about=row["person_id"])
    if "to_on" in body.model_fields_set:
        require(work, "duty.appoint", network)
    return row


async def update_term(work: Work, row: Row, body: TermPatch) -> None:
    """Write the note to hand over, or move the end. Errors: `DutyEnded`; `Invalid`; `TermOverlaps`."""
    given = body.model_dump(include=body.model_fields_set)
    told = told_inside(row["network_id"])
    if "to_on" in given and row["to_on"] != (given["to_on"] and day_text(given["to_on"])):
        duty, _ = await fetch_duty(work, row["duty_id"])
        _goes_on(duty)
        await _fits(work, row, date.fromisoformat(row["from_on"]), given["to_on"])
    else:
        given.pop("to_on", None)
    values = {name: value for name, value in given.items() if row[name] != value}
    if values:
        noted = "handover_note" in values
        action = "duty_term.noted" if noted else "duty_term.updated"
        change(work, action, row, values, told)
