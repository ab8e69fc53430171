"""Reading adoptions: what counts, and what one reported oneself."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, false, not_, null, select
from sqlalchemy.orm import aliased

from app.core import access
from app.core.adoption_counts import counts_for
from app.core.days import in_days, midnight
from app.core.feed_position import feed_head, with_position
from app.core.json_columns import plain
from app.core.paging import Page, Sort, keyset, page_values
from app.core.result_access import names_organisation, visible_adoption, visible_result
from app.core.small_numbers import Figures, suppress_pair
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT
from app.features.adoptions.schemas import AdoptionQuery, AdoptionSort
from app.models import Adoption, Organisation, Result

Row = dict[str, Any]
NARROW = frozenset({"result_id", "network_id", "organisation", "mine"})
NUMBERS = ("numerator", "denominator", "value")


def _mine(rank: str) -> ColumnElement[bool]:
    if rank == "anonymous":
        return false()
    return and_(Adoption.reported_by.is_not(None), Adoption.reported_by == access.viewer_id())


def _columns(rank: str) -> list[Any]:
    follows = aliased(Result)
    # It would else tell where a result came about whose authors do not say it.
    told = exists(
        select(1).where(
            follows.id == Adoption.follow_up_result_id,
            visible_result(rank, follows),
            names_organisation(rank, follows),
        )
    )
    return [
        Adoption.id,
        Adoption.result_id,
        Adoption.network_id,
        Organisation.code.label("organisation.code"),
        Organisation.name.label("organisation.name"),
        Adoption.stage,
        Adoption.stop_reason,
        Adoption.stop_detail,
        Adoption.started_on,
        Adoption.adaptations,
        Adoption.context_difference,
        Adoption.fidelity,
        Adoption.figures_before.label("before"),
        Adoption.figures_after.label("after"),
        Adoption.effect,
        Adoption.would_recommend,
        case((told, Adoption.follow_up_result_id), else_=null()).label("follow_up_result_id"),
        _mine(rank).label("mine"),
        counts_for(rank).label("counted"),
        Adoption.hidden_on.is_not(None).label("hidden"),
        Adoption.last_reported_on,
        Adoption.created_at,
        Adoption.updated_at,
        Adoption.version,
    ]


def _conditions(rank: str, query: AdoptionQuery) -> dict[str, ColumnElement[bool]]:
    """The filters that are given, by name."""
    every: dict[str, ColumnElement[bool]] = {
        "result_id": Adoption.result_id == bindparam("result_id", type_=ID),
        "network_id": Adoption.network_id == bindparam("network_id", type_=ID),
        "organisation": Adoption.organisation_code == bindparam("organisation"),
        "stage": Adoption.stage == bindparam("stage"),
        "effect": Adoption.effect == bindparam("effect"),
        "mine": _mine(rank) if query.mine else not_(_mine(rank)),
        "updated_since": Adoption.updated_at >= bindparam("updated_since", type_=INSTANT),
    }
    return {name: every[name] for name in every if getattr(query, name) is not None}


def _sort(name: AdoptionSort) -> Sort:
    key: Any = Adoption.last_reported_on
    if name is AdoptionSort.UPDATED:
        key = Adoption.updated_at
    return Sort(str(name), key, Adoption.id, descending=name is not AdoptionSort.EARLIEST)


async def list_adoptions(
    db: Database, viewer: Viewer, query: AdoptionQuery, page: Page, threshold: int
) -> tuple[list[Row], int]:
    """A page of adoptions (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started, sort = viewer.rank, page.after is not None, query.sort or AdoptionSort.LATEST
    conditions = _conditions(rank, query)
    values: Row = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in conditions},
    }
    if query.updated_since is not None:
        values["updated_since"] = midnight(query.updated_since)

    def build() -> Any:
        statement = (
            select(*_columns(rank), feed_head().label("_head"))
            .join(Organisation, Organisation.code == Adoption.organisation_code)
            .where(visible_adoption(rank), *conditions.values())
        )
        return keyset(statement, _sort(sort), started=started)

    key = ("adoptions", rank, frozenset(conditions), query.mine, str(sort), started)
    fetch = db.fetch if NARROW & conditions.keys() else db.fetch_slow
    rows, position = await with_position(db, lambda: fetch(key, build, values))
    return [shown(row, threshold) for row in rows], position


def _one(rank: str) -> Any:
    return (
        select(*_columns(rank))
        .join(Organisation, Organisation.code == Adoption.organisation_code)
        .where(Adoption.id == bindparam("adoption_id", type_=ID), visible_adoption(rank))
    )


async def one_adoption(
    reads: Reads, viewer: Viewer, adoption_id: str, threshold: int
) -> Row | None:
    """One adoption as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "adoption_id": adoption_id}
    row = await fetch_one(reads, ("one adoption", rank), lambda: _one(rank), values)
    return None if row is None else shown(row, threshold)


def shown(row: Row, threshold: int) -> Row:
    """The row as its reader may see it: days for stamps, and small numbers for who reported them alone. In place."""
    in_days(row)
    given = [plain(row["before"]), plain(row["after"])]
    if given == [None, None]:
        return row
    pair = [None if one is None else Figures(*(one[name] for name in NUMBERS)) for one in given]
    if not row["mine"]:
        pair = list(suppress_pair(pair[0], pair[1], threshold))
    for name, one, figures in zip(("before", "after"), given, pair, strict=True):
        if one is not None and figures is not None:
            row[name] = {**one, **figures._asdict()}
    return row
