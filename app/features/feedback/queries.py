"""Reading feedback: whoever sees the result, and who gave it as they chose to say."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, not_, or_, select
from sqlalchemy.orm import aliased

from app.core import access
from app.core.cards import card_columns, shown_card
from app.core.days import in_days, midnight
from app.core.feed_position import feed_head, with_position
from app.core.paging import Page, Sort, keyset, page_values
from app.core.result_access import visible_feedback
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT, among
from app.features.feedback.schemas import FeedbackQuery, FeedbackSort
from app.models import Feedback, Organisation, Person

Row = dict[str, Any]
NARROW = frozenset({"result_id", "network_id", "answer_to", "mine"})


def _mine(rank: str) -> ColumnElement[bool]:
    if rank == "anonymous":
        return false()
    return and_(Feedback.author_id.is_not(None), Feedback.author_id == access.viewer_id())


def _select(rank: str, *more: Any) -> Any:
    """The columns of feedback, and what `shown` takes off."""
    home, said = aliased(Organisation), aliased(Organisation)
    mine = _mine(rank)
    return (
        select(
            Feedback.id,
            Feedback.result_id,
            Feedback.network_id,
            Feedback.kind,
            Feedback.text,
            Feedback.attribution,
            *card_columns("author", Person, home),
            said.code.label("organisation.code"),
            said.name.label("organisation.name"),
            Feedback.answer_to,
            mine.label("mine"),
            Feedback.hidden_on.is_not(None).label("hidden"),
            Feedback.created_at,
            Feedback.updated_at,
            Feedback.version,
            *more,
        )
        # What is not attributed to them does not even leave the database.
        .outerjoin(
            Person,
            and_(Person.id == Feedback.author_id, or_(Feedback.attribution == "named", mine)),
        )
        .outerjoin(home, home.code == Person.organisation_code)
        .outerjoin(
            said,
            and_(
                said.code == Feedback.organisation_code,
                or_(among(Feedback.attribution, ["named", "organisation"]), mine),
            ),
        )
        .where(visible_feedback(rank))
    )


def _conditions(rank: str, query: FeedbackQuery) -> dict[str, ColumnElement[bool]]:
    """The filters that are given, by name."""
    every: dict[str, ColumnElement[bool]] = {
        "result_id": Feedback.result_id == bindparam("result_id", type_=ID),
        "network_id": Feedback.network_id == bindparam("network_id", type_=ID),
        "kind": Feedback.kind == bindparam("kind"),
        "answer_to": Feedback.answer_to == bindparam("answer_to", type_=ID),
        "mine": _mine(rank) if query.mine else not_(_mine(rank)),
        "updated_since": Feedback.updated_at >= bindparam("updated_since", type_=INSTANT),
    }
    return {name: every[name] for name in every if getattr(query, name) is not None}


def _sort(name: FeedbackSort) -> Sort:
    key: Any = Feedback.updated_at if name is FeedbackSort.UPDATED else Feedback.created_at
    return Sort(str(name), key, Feedback.id, descending=name is not FeedbackSort.EARLIEST)


async def list_feedback(
    db: Database, viewer: Viewer, query: FeedbackQuery, page: Page
) -> tuple[list[Row], int]:
    """A page of feedback (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started, sort = viewer.rank, page.after is not None, query.sort or FeedbackSort.LATEST
    conditions = _conditions(rank, query)
    values: Row = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in conditions},
    }
    if query.updated_since is not None:
        values["updated_since"] = midnight(query.updated_since)

    def build() -> Any:
        statement = _select(rank, feed_head().label("_head")).where(*conditions.values())
        return keyset(statement, _sort(sort), started=started)

    key = ("feedback", rank, frozenset(conditions), query.mine, str(sort), started)
    fetch = db.fetch if NARROW & conditions.keys() else db.fetch_slow
    rows, position = await with_position(db, lambda: fetch(key, build, values))
    return [shown(row) for row in rows], position


def _one(rank: str) -> Any:
    return _select(rank).where(Feedback.id == bindparam("feedback_id", type_=ID))


async def one_feedback(reads: Reads, viewer: Viewer, feedback_id: str) -> Row | None:
    """One feedback as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "feedback_id": feedback_id}
    row = await fetch_one(reads, ("one feedback", rank), lambda: _one(rank), values)
    return None if row is None else shown(row)


def shown(row: Row) -> Row:
    """The row with nothing where nothing is attributed, and days for stamps. In place."""
    row["author"] = shown_card(row["author"])
    if row["organisation"]["code"] is None:
        row["organisation"] = None
    return in_days(row)
