"""Reading duties and their terms: who holds one today, and whose turn it may be next."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.core import access
from app.core.cards import card_columns, shown_card
from app.core.feed_position import feed_head, with_position
from app.core.helping_access import visible_duty, visible_duty_term
from app.core.meeting_access import own_role, roles_of
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.days import days_between
from app.db.types import DAY, ID, INSTANT, among, one_of
from app.features.duties.schemas import MOST_SUGGESTED, DutyQuery, DutySort, DutyVerb
from app.models import Duty, DutyTerm, Member, Network, Organisation, Person

Row = dict[str, Any]
DUE_WITHIN = timedelta(days=60)
CARRIERS = ["facilitator", "member"]


def _today() -> Any:
    return bindparam("today", type_=DAY)


def _columns() -> list[Any]:
    names = "id network_id title body detail term_months ended_on created_by created_at updated_at version"
    return [getattr(Duty, name) for name in names.split()]


def _current(term: Any = DutyTerm) -> ColumnElement[bool]:
    """The term is one of today, of somebody who is still a member."""
    still = aliased(Member)
    member = exists(
        select(1).where(
            still.network_id == term.network_id,
            still.person_id == term.person_id,
            still.status == "active",
        )
    )
    return and_(term.from_on <= _today(), or_(term.to_on.is_(None), term.to_on >= _today()), member)


def _due_soon() -> ColumnElement[bool]:
    """It goes on, and no term of today goes on beyond `soon`."""
    term = aliased(DutyTerm)
    lasts = or_(term.to_on.is_(None), term.to_on > bindparam("soon", type_=DAY))
    held = exists(select(1).where(term.duty_id == Duty.id, _current(term), lasts))
    return and_(Duty.ended_on.is_(None), not_(held))


def _conditions(query: DutyQuery) -> dict[str, ColumnElement[bool]]:
    every: dict[str, ColumnElement[bool]] = {
        "network_id": Duty.network_id == bindparam("network_id", type_=ID),
        "ended": Duty.ended_on.is_not(None) if query.ended else Duty.ended_on.is_(None),
        "due_soon": _due_soon() if query.due_soon else not_(_due_soon()),
        "updated_since": Duty.updated_at >= bindparam("updated_since", type_=INSTANT),
    }
    return {name: every[name] for name in every if getattr(query, name) is not None}


async def list_duties(
    db: Database, viewer: Viewer, query: DutyQuery, page: Page, today: date
) -> tuple[list[Row], int]:
    """A page of duties (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started, sort = viewer.rank, page.after is not None, query.sort or DutySort.LATEST
    conditions = _conditions(query)
    values: Row = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in conditions},
        "today": today,
        "soon": today + DUE_WITHIN,
    }

    def build() -> Any:
        key = Duty.updated_at if sort is DutySort.UPDATED else Duty.created_at
        statement = select(*_columns(), feed_head().label("_head"))
        statement = statement.where(visible_duty(rank), *conditions.values())
        order = Sort(str(sort), key, Duty.id, descending=True)
        return keyset(statement, order, started=started)

    key = ("duties", rank, frozenset(conditions), query.ended, query.due_soon, str(sort), started)
    fetch = db.fetch if query.network_id is not None else db.fetch_slow
    rows, position = await with_position(db, lambda: fetch(key, build, values))
    await _hold(db, rows, today)
    return rows, position


def _holders() -> Any:
    return (
        select(DutyTerm.duty_id, DutyTerm.to_on, *card_columns("person"))
        .join(Person, Person.id == DutyTerm.person_id)
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
        .where(one_of(DutyTerm.duty_id, bindparam("duty_ids")), _current())
        .order_by(DutyTerm.from_on, DutyTerm.id)
    )


async def _hold(reads: Reads, rows: list[Row], today: date) -> None:
    """Put into each of these duties who holds it today, and when the last of these terms ends."""
    values = {"duty_ids": [row["id"] for row in rows], "today": today}
    terms: list[Row] = await reads.fetch("holders of duties", _holders, values) if rows else []
    for row in rows:
        own = [term for term in terms if term["duty_id"] == row["id"]]
        ends = [term["to_on"] for term in own]
        row["holders"] = [shown_card(term["person"]) for term in own]
        row["ends_on"] = max(ends) if ends and None not in ends else None


def _suggested() -> Any:
    """Members who do not hold this duty, by the days that they carried, then by how long they are members."""
    term, held = aliased(DutyTerm), aliased(DutyTerm)
    until = case((or_(term.to_on.is_(None), term.to_on > _today()), _today()), else_=term.to_on)
    network_id = bindparam("network_id", type_=ID)
    carried = (
        select(term.person_id, func.sum(days_between(term.from_on, until) + 1).label("days"))
        .where(
            term.network_id == network_id, term.from_on <= _today(),
            term.duty_id.in_(select(Duty.id).where(Duty.hidden_on.is_(None))),
        )
        .group_by(term.person_id)
        .subquery()
    )  # fmt: skip
    days = func.coalesce(carried.c.days, literal(0))
    holds = exists(
        select(1).where(
            held.duty_id == bindparam("duty_id", type_=ID),
            held.person_id == Member.person_id,
            _current(held),
        )
    )
    return (
        select(*card_columns("person"), days.label("days_carried"))
        .select_from(Member)
        .join(Person, Person.id == Member.person_id)
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
        .outerjoin(carried, carried.c.person_id == Member.person_id)
        .where(
            Member.network_id == network_id,
            Member.status == "active",
            among(Member.role, CARRIERS),
            Person.erased_at.is_(None),
            not_(holds),
        )
        .order_by(days, Member.joined_at, Member.person_id)
        .limit(MOST_SUGGESTED)
    )


def _one(rank: str) -> Any:
    wrote = and_(Duty.created_by.is_not(None), Duty.created_by == access.viewer_id())
    held = exists(select(1).where(DutyTerm.duty_id == Duty.id))
    return (
        select(
            *_columns(),
            own_role(rank, Duty).label("_role"),
            wrote.label("_wrote"),
            held.label("_held"),
            Network.archived_at.is_not(None).label("_archived"),
        )
        .join(Network, Network.id == Duty.network_id)
        .where(Duty.id == bindparam("duty_id", type_=ID), visible_duty(rank))
    )


async def one_duty(reads: Reads, viewer: Viewer, duty_id: str, today: date) -> Row | None:
    """One duty as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "duty_id": duty_id}
    row = await fetch_one(reads, ("one duty", rank), lambda: _one(rank), values)
    if row is None:
        return None
    roles = roles_of(viewer, row.pop("_role")) | ({"self"} if row.pop("_wrote") else set())
    closed = row.pop("_archived") or Scope.MEMBERS_WRITE not in viewer.scopes
    held = row.pop("_held")
    row["actions"] = [] if closed else _verbs(roles, ended=row["ended_on"] is not None, held=held)
    await _hold(reads, [row], today)
    row["suggested"] = []
    if row["ended_on"] is None:
        values = {"network_id": row["network_id"], "duty_id": duty_id, "today": today}
        found = await reads.fetch("suggested for duty", _suggested, values)
        row["suggested"] = [{**one, "person": shown_card(one["person"])} for one in found]
    return row


def _verbs(roles: frozenset[str], *, ended: bool, held: bool) -> list[DutyVerb]:
    found = []
    if not ended:
        for verb, action in (
            (DutyVerb.UPDATE, "duty.update"),
            (DutyVerb.APPOINT, "duty.appoint"),
            (DutyVerb.END, "duty.end"),
        ):
            found += [verb] if access.allowed(action, roles) else []
    if not held and access.allowed("duty.update", roles):
        found.append(DutyVerb.DELETE)
    return found


def _term_columns() -> list[Any]:
    names = (
        "id duty_id network_id person_id from_on to_on handover_note created_at updated_at version"
    )
    return [getattr(DutyTerm, name) for name in names.split()]


def _sighted(rank: str) -> Any:
    here = Duty.id == bindparam("duty_id", type_=ID)
    return select(Duty.network_id).where(here, visible_duty(rank))


async def network_of_duty(reads: Reads, viewer: Viewer, duty_id: str) -> str | None:
    """The network of a duty that is there for this viewer, or None."""
    values = {**access.values(viewer), "duty_id": duty_id}
    key = ("network of duty", viewer.rank)
    row = await fetch_one(reads, key, lambda: _sighted(viewer.rank), values)
    return None if row is None else str(row["network_id"])


async def list_terms(
    db: Database, viewer: Viewer, duty_id: str, page: Page
) -> tuple[list[Row], int]:
    """A page of the terms of a duty, the latest first, and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page), "duty_id": duty_id}

    def build() -> Any:
        here = DutyTerm.duty_id == bindparam("duty_id", type_=ID)
        statement = select(*_term_columns(), feed_head().label("_head"))
        statement = statement.where(here, visible_duty_term(rank))
        order = Sort("-from_on", DutyTerm.from_on, DutyTerm.id, descending=True)
        return keyset(statement, order, started=started)

    key = ("duty terms", rank, started)
    return await with_position(db, lambda: db.fetch(key, build, values))


def _term(rank: str) -> Any:
    here = DutyTerm.id == bindparam("term_id", type_=ID)
    return select(*_term_columns()).where(here, visible_duty_term(rank))


async def one_term(reads: Reads, viewer: Viewer, term_id: str) -> Row | None:
    """One term as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "term_id": term_id}
    return await fetch_one(reads, ("one duty term", rank), lambda: _term(rank), values)
