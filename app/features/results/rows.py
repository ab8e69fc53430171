"""What a reader is shown of a result: its columns, and the mask of who wrote it."""

from typing import Any

from sqlalchemy import bindparam, false, select

from app.core.adoption_counts import reports_unseen, with_ones_own
from app.core.cards import card_columns, shown_card
from app.core.days import in_days
from app.core.result_access import authored, names_authors, names_organisation
from app.core.viewer import Viewer
from app.db.database import Reads
from app.db.types import one_of
from app.models import Organisation, Person, Result, ResultAuthor

Row = dict[str, Any]
IN_LISTS = (
    Result.id, Result.network_id, Result.title, Result.kind, Result.summary, Result.outcome, Result.topics,
    Result.attribution, Result.audience, Result.status, Result.licence, Result.published_on,
    Result.created_at, Result.updated_at, Result.version,
    Result.adoption_summary.label("adoptions"),
)  # fmt: skip
ALONE = (
    Result.problem, Result.available_knowledge, Result.rationale, Result.aim, Result.context, Result.change,
    Result.ethics, Result.what_happened, Result.unintended_effects, Result.limitations, Result.learning,
    Result.sustainability, Result.funding, Result.prerequisites, Result.effort, Result.contact_ok,
    Result.withdrawn_on, Result.withdrawn_reason, Result.conduct_version,
)  # fmt: skip


def columns(rank: str) -> list[Any]:
    """The columns of a result in a list, and what `shown` takes off; the statement joins the organisation (outer)."""
    return [
        *IN_LISTS,
        Organisation.code.label("organisation.code"),
        Organisation.name.label("organisation.name"),
        Result.hidden_on.is_not(None).label("hidden"),
        authored(rank).label("mine"),
        names_authors(rank).label("_names_authors"),
        names_organisation(rank).label("_names_organisation"),
        (false() if rank == "anonymous" else reports_unseen()).label("_reports_unseen"),
    ]


def _authors() -> Any:
    return (
        select(ResultAuthor.result_id, *card_columns("person"))
        .join(Person, Person.id == ResultAuthor.person_id)
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
        .where(
            one_of(ResultAuthor.result_id, bindparam("result_ids")),
            ResultAuthor.removed.is_(False),
        )
        .order_by(ResultAuthor.result_id, ResultAuthor.position, ResultAuthor.person_id)
    )


async def shown(reads: Reads, viewer: Viewer, rows: list[Row]) -> list[Row]:
    """The rows as their reader may see them: who wrote them, where the attribution says so. In place."""
    if True in {row.pop("_reports_unseen") for row in rows}:
        await with_ones_own(reads, viewer, rows)
    named = sorted(row["id"] for row in rows if row.pop("_names_authors"))
    cards: dict[str, list[Any]] = {}
    if named:
        for found in await reads.fetch("authors of results", _authors, {"result_ids": named}):
            cards.setdefault(found["result_id"], []).append(shown_card(found["person"]))
    for row in rows:
        row["authors"] = cards.get(row["id"], [])
        if not row.pop("_names_organisation") or row["organisation"]["code"] is None:
            row["organisation"] = None
        in_days(row)
    return rows
