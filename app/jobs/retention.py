"""Retention: what is due by `rules` is done, rule by rule and in small transactions, or only counted.

The same database at the same instant gives the same report, and doing it twice does nothing more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, delete, func, literal, select, update

from app.core.work import House, Work, perform
from app.db.database import Transaction, Write, fetch_one
from app.db.types import INSTANT
from app.jobs.rules import RULES, Row, Rule, values_of
from app.models import Change, FeedHead
from app.settings import Settings

AT_ONCE = 200  # rows in one transaction: nobody waits long for the feed's position


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule found due, and did unless it was a dry run."""

    rule: str
    days: float
    rows: int


async def retain(house: House, settings: Settings, *, dry_run: bool = False) -> list[Outcome]:
    """Apply every rule, the log's last. Errors: `db.errors`; what was done until then stays done."""
    found = [await _apply(house, rule, dry_run=dry_run) for rule in RULES]
    if settings.log_kept_days is not None:
        found.append(await _shorten_log(house, settings.log_kept_days, dry_run=dry_run))
    if not dry_run and any(one.rows and one.rule.startswith("unused") for one in found):
        await house.db.forget_tokens()
    return found


async def _apply(house: House, rule: Rule, *, dry_run: bool) -> Outcome:
    values = values_of(rule, house.clock())
    row = await fetch_one(
        house.db,
        ("due", rule.name),
        lambda: (
            select(func.count(literal(1)).label("due")).select_from(rule.model).where(rule.old())
        ),
        values,
    )
    due = int(row["due"]) if row is not None else 0
    if not dry_run and due:
        if rule.treat is None:
            await _delete(house, rule, values)
        else:
            for _ in range(0, due, AT_ONCE):
                await _treat_some(house, rule, rule.treat, values)
    return Outcome(rule.name, rule.days, due)


async def _delete(house: House, rule: Rule, values: Any) -> None:
    async def run(tx: Transaction) -> None:
        write = Write(
            ("delete due", rule.name),
            lambda: delete(rule.model).where(rule.old()),
            values,
            (rule.name, "due"),
            None,
        )
        await tx.write([write])

    await house.db.unit(run)


async def _treat_some(
    house: House, rule: Rule, treat: Callable[[Work, Row], None], values: Any
) -> None:
    def build() -> Any:
        more = [] if rule.beside is None else [rule.beside()]
        found = select(*rule.model.__table__.columns, *more).where(rule.old())
        return (
            found.order_by(rule.model.id)
            .limit(bindparam("take", type_=Integer))
            .with_for_update(skip_locked=True)
        )

    async def command(work: Work) -> None:
        rows = await work.fetch(("treat", rule.name), build, {**values, "take": AT_ONCE})
        for row in rows:
            treat(work, row)
        await work.flush()

    await perform(house, command)


def _first_kept() -> Any:
    return select(func.min(Change.seq).label("seq")).where(
        Change.at >= bindparam("since", type_=INSTANT)
    )


def _seal_at() -> Any:
    return select(Change.seal).where(Change.seq == bindparam("position"))


def _kept() -> Any:
    return select(FeedHead.kept_from, FeedHead.seq).where(FeedHead.id == 1)


async def _shorten_log(house: House, days: int, *, dry_run: bool) -> Outcome:
    """Cut the log off before the first row that is young enough, and keep the seal there: the rest stays provable."""
    since = house.clock() - timedelta(days=days)
    cut: list[int] = []

    async def run(tx: Transaction) -> None:
        head = await fetch_one(tx, "kept log", _kept, {})
        young = await fetch_one(tx, "first kept", _first_kept, {"since": since})
        if head is None or young is None:
            return
        first = int(head["kept_from"])
        # Never within a transaction, whose rows have one seal: they share their instant too.
        keep = int(young["seq"] if young["seq"] is not None else head["seq"] + 1)
        cut[:] = [max(keep - first, 0)]
        if dry_run or keep <= first:
            return
        before = await fetch_one(tx, "seal at", _seal_at, {"position": keep - 1})
        seal = (before["seal"] if before is not None else None) or ""
        await tx.write(_cuts(keep, seal))

    await house.db.unit(run)
    return Outcome("log", days, cut[0] if cut else 0)


def _cuts(keep: int, seal: str) -> Sequence[Write]:
    def old() -> Any:
        return delete(Change).where(Change.seq < bindparam("keep"))

    def head() -> Any:
        kept: dict[Any, Any] = {
            "kept_from": bindparam("keep"),
            "kept_seal": bindparam("kept_seal_now"),
        }
        return update(FeedHead).where(FeedHead.id == 1).values(kept)

    values = {"keep": keep, "kept_seal_now": seal}
    return [
        Write("old log", old, values, ("change", keep), None),
        Write("log kept from", head, values, ("feed_head", 1)),
    ]
