"""Reading how members take part. Of persons only what bears their name is looked at: as for the wheel, in its words."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.core import access
from app.core.cards import card_columns, shown_card
from app.core.errors import Forbidden, NotFound
from app.core.inside import seen_from_inside
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.core.windows import Window
from app.core.work import House
from app.db.database import Reads, fetch_one
from app.db.types import DAY, INSTANT, day_of
from app.features.engagement.cohorts import Quarter, cohorts, months_of, quarters_until
from app.features.engagement.schemas import AFTER
from app.models import Member, Network, Organisation, Person
from app.wheel.contributions import contributions
from app.wheel.figures import status
from app.wheel.gatherings import came
from app.wheel.indicators import INDICATORS
from app.wheel.shapes import flag, holds, network

Row = dict[str, Any]
ACTIVE = next(one for one in INDICATORS if one.code == "active_rate")


def _instant(name: str) -> Any:
    return bindparam(name, type_=INSTANT)


def _day(name: str) -> Any:
    return bindparam(name, type_=DAY)


def _seen() -> Any:
    """Of everybody who did something under their name up to `as_of`: the last day of it."""
    there, done = came().subquery(), contributions().subquery()
    every = union_all(
        select(there.c.person_id, there.c.on.label("until")).where(there.c.on <= _day("as_of")),
        select(done.c.person_id, done.c.until).where(
            done.c.on <= _day("as_of"), done.c.withdrawn_on > _day("as_of")
        ),
    ).subquery()
    last = func.max(every.c.until, type_=DAY).label("until")
    return select(every.c.person_id, last).group_by(every.c.person_id).subquery()


def _whole(rank: str) -> Any:
    seen = _seen()
    there = (
        select(Member.person_id)
        .where(
            Member.network_id == network(), holds(Member.joined_at, Member.ended_at, _instant("end"))
        )
        .distinct()
        .subquery()
    )  # fmt: skip
    active = func.coalesce(func.sum(flag(seen.c.until >= _day("from_on"))), 0)
    counted = (
        select(func.count().label("members"), active.label("active"))
        .select_from(there)
        .outerjoin(seen, seen.c.person_id == there.c.person_id)
        .subquery()
    )
    return select(
        Network.id.label("network_id"), Network.member_offer, Network.engagement_strategy,
        select(counted.c.members).scalar_subquery().label("members"),
        select(counted.c.active).scalar_subquery().label("_active"),
    ).where(*seen_from_inside(rank))  # fmt: skip


def _moves() -> Any:
    """How many began (`joined`) and ended (`left`) in each month of the window, where any did."""

    def by_month(at: Any, kind: str) -> Any:
        month = func.substr(cast(day_of(at), String), 1, 7)
        return select(literal(kind, String).label("kind"), month.label("month")).where(
            Member.network_id == network(),
            Member.joined_at.is_not(None),
            at >= _instant("start"),
            at < _instant("end"),
        )

    every = union_all(
        by_month(Member.joined_at, "joined"), by_month(Member.ended_at, "left")
    ).subquery()
    return select(every.c.kind, every.c.month, func.count().label("count")).group_by(
        every.c.kind, every.c.month
    )


def _quarter_table(quarters: int) -> Any:
    names = ("start", "end", *(f"after_{months}" for months in AFTER))
    rows = [
        select(
            literal(number, Integer).label("number"),
            *(cast(_instant(f"q{number}_{name}"), INSTANT).label(name) for name in names),
        )
        for number in range(quarters)
    ]
    return union_all(*rows).cte("quarter")


def _cohorts(quarters: int) -> Any:
    """Of each quarter how many joined for the first time, and how many of them were there later."""
    quarter, later = _quarter_table(quarters), aliased(Member)
    first = (
        select(Member.person_id, func.min(Member.joined_at, type_=INSTANT).label("joined_at"))
        .where(Member.network_id == network(), Member.joined_at.is_not(None))
        .group_by(Member.person_id)
        .cte("first")
    )

    def there(at: Any) -> ColumnElement[bool]:
        here = (later.network_id == network(), later.person_id == first.c.person_id)
        return exists(select(1).where(*here, holds(later.joined_at, later.ended_at, at)))

    within = and_(first.c.joined_at >= quarter.c.start, first.c.joined_at < quarter.c.end)
    marked = (
        select(
            quarter.c.number,
            *(
                flag(there(quarter.c[f"after_{months}"])).label(f"after_{months}")
                for months in AFTER
            ),
        )
        .join_from(quarter, first, within)
        .subquery()
    )
    return select(
        marked.c.number,
        func.count().label("joined"),
        *(func.sum(marked.c[f"after_{months}"]).label(f"after_{months}") for months in AFTER),
    ).group_by(marked.c.number)


def _values(network_id: str, window: Window) -> Row:
    return {
        "network_id": network_id,
        "as_of": window.as_of,
        "from_on": window.from_on,
        "start": window.start,
        "end": window.end,
    }


def _of_quarters(quarters: list[Quarter]) -> Row:
    values: Row = {}
    for number, one in enumerate(quarters):
        values |= {f"q{number}_start": one.start, f"q{number}_end": one.end}
        values |= {f"q{number}_after_{months}": one.after(months) for months in AFTER}
    return values


def window_shown(window: Window) -> Row:
    """The window as the contract has it."""
    return {
        "as_of": window.as_of.isoformat(),
        "window_days": window.days,
        "from_on": window.from_on.isoformat(),
    }


async def engagement(house: House, viewer: Viewer, network_id: str, window: Window) -> Row | None:
    """How members take part, or None where this viewer does not read inside the network."""
    if viewer.person_id is None:
        return None
    db, rank = house.db, viewer.rank
    values = {**access.values(viewer), **_values(network_id, window)}
    row = await fetch_one(db, ("engagement", rank), lambda: _whole(rank), values)
    if row is None:
        return None
    over = min(window.end, house.clock())
    quarters = quarters_until(over)
    moves = await db.fetch("engagement moves", _moves, values)
    build = len(quarters)
    found = await db.fetch(
        ("engagement cohorts", build), lambda: _cohorts(build), {**values, **_of_quarters(quarters)}
    )
    active = row.pop("_active")
    return {
        **row,
        **window_shown(window),
        "active": _active_rate(active, row["members"]),
        "months": months_of(window, moves),
        "cohorts": cohorts(quarters, found, over),
    }


def _active_rate(active: int, members: int) -> Row:
    enough = members >= ACTIVE.fewest
    value = active / members if enough else None
    return {
        "value": value,
        "numerator": active if enough else None,
        "denominator": members,
        "status": status(ACTIVE, value),
    }


def _role(rank: str) -> Any:
    mine = select(Member.role).where(
        Member.network_id == Network.id,
        Member.person_id == access.viewer_id(),
        Member.status == "active",
    )
    return select(mine.scalar_subquery().label("role")).where(*seen_from_inside(rank))


async def may_read_quiet(reads: Reads, viewer: Viewer, network_id: str) -> None:
    """Who has gone quiet is for whoever reads the member history. Errors: `NotFound`; `Forbidden`."""
    rank = viewer.rank
    values = {**access.values(viewer), "network_id": network_id}
    row = await fetch_one(reads, ("role inside", rank), lambda: _role(rank), values)
    if row is None:
        raise NotFound
    roles = access.viewer_roles(viewer) | ({row["role"]} if row["role"] else set())
    if not access.allowed("network.read_history", roles):
        raise Forbidden


def _quiet(*, started: bool) -> Any:
    seen = _seen()
    silent = or_(seen.c.until.is_(None), seen.c.until < _day("from_on"))
    statement = (
        select(
            Member.id, *card_columns("person"), Member.joined_at,
            case((seen.c.until <= _day("as_of"), seen.c.until)).label("last_seen_on"),
        )
        .select_from(Member)
        .join(Person, Person.id == Member.person_id)
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
        .outerjoin(seen, seen.c.person_id == Member.person_id)
        .where(
            Member.network_id == network(),
            Member.status == "active",
            Member.joined_at < _instant("end"),
            Person.erased_at.is_(None),
            silent,
        )
    )  # fmt: skip
    return keyset(statement, Sort("joined_at", Member.joined_at, Member.id), started=started)


async def quiet_members(
    reads: Reads, viewer: Viewer, network_id: str, window: Window, page: Page
) -> list[Row]:
    """A page of quiet members (one row more than the page, with `_key`). Errors: `NotFound`; `Forbidden`."""
    await may_read_quiet(reads, viewer, network_id)
    started = page.after is not None
    values = {**_values(network_id, window), **page_values(page)}
    rows = await reads.fetch(("quiet", started), lambda: _quiet(started=started), values)
    return [{**row, "person": shown_card(row["person"])} for row in rows]
