"""Where words still stand in free text that somebody wrote: for an operator who was asked to have them redacted.

It reads what people typed and nothing else, and changes nothing: what to do about a name in somebody else's sentence
is for people to decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Text, bindparam, func, select

from app.db.database import Database
from app.db.types import JsonText, holding
from app.models import (
    Action,
    Adoption,
    Ask,
    Assessment,
    Base,
    CalendarToken,
    CharterVersion,
    Conduct,
    Decision,
    Duty,
    DutyTerm,
    Feedback,
    Invitation,
    Measure,
    MeasureSeries,
    Meeting,
    MeetingException,
    Member,
    Minutes,
    MinutesEdition,
    Network,
    NetworkPurpose,
    Offer,
    PdsaCycle,
    Person,
    Report,
    Resource,
    Result,
    SavedSearch,
    SurveyRound,
    Vote,
)

# Every column that people type something into, by table.
TYPED: dict[Any, tuple[str, ...]] = {
    Network: (
        *("name", "purpose", "aims", "links", "charter", "member_offer", "engagement_strategy", "resourcing"),
        *("place", "host_name", "hosted_at", "closing_note"),
    ),
    NetworkPurpose: ("purpose",),
    Member: ("offer", "message", "reason"),
    Person: ("display_name", "skills", "bio", "links", "email"),
    Invitation: ("address", "message"),
    Meeting: ("title", "description", "place", "join_url", "cancel_reason", "agenda"),
    MeetingException: ("reason", "overrides"),
    Minutes: ("text", "published_text"),
    MinutesEdition: ("text", "note"),
    Action: ("title", "detail"),
    CalendarToken: ("name", "filters"),
    Duty: ("title", "body", "detail"),
    DutyTerm: ("handover_note",),
    Ask: ("title", "detail", "skills", "outcome_note"),
    Offer: ("text",),
    SavedSearch: ("name", "params"),
    Result: (
        *("title", "summary", "problem", "available_knowledge", "rationale", "aim", "context", "change", "ethics"),
        *("what_happened", "unintended_effects", "limitations", "learning", "sustainability", "funding"),
        *("prerequisites", "effort", "withdrawn_reason"),
    ),
    Measure: (
        *("name", "operational_definition", "numerator_definition", "denominator_definition", "exclusions"),
        *("source", "unit", "rebase"),
    ),
    MeasureSeries: ("data",),
    PdsaCycle: ("title", "plan", "prediction", "do_text", "study", "act"),
    Feedback: ("text",),
    Adoption: ("stop_detail", "adaptations", "context_difference"),
    Report: ("detail", "decision_note", "appeal", "first_note"),
    Conduct: ("text",),
    Resource: ("title", "url", "what_for", "licence"),
    CharterVersion: ("leadership", "purpose_and_direction", "communication", "knowledge_and_learning"),
    Decision: ("title", "proposal", "outcome_note"),
    Vote: ("reason",),
    SurveyRound: ("title",),
    Assessment: ("levels", "notes"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A field that has the words: no text, so that a report can be handed on.

    `id` is the row's; of an occurrence it is the meeting's and its original start, of an edition the minutes' and its
    number, with a slash between them.
    """

    table: str
    id: str
    field: str


def _holding(model: type[Base], name: str) -> Any:
    table: Any = model
    text = getattr(table, name)
    if isinstance(text.type, JsonText) or name in ("aims", "links", "charter", "skills"):
        text = text.cast(Text)
    found = func.lower(text).like(func.lower(bindparam("pattern")), escape="\\")
    keys = table.__table__.primary_key.columns
    return select(*keys).where(found).order_by(*keys)


async def find(db: Database, words: str) -> list[Found]:
    """Every field in which these words stand, one after the other, in whatever case (of ASCII letters on SQLite)."""
    values = {"pattern": holding(words)}
    found: list[Found] = []
    for model, name in _columns():
        build = partial(_holding, model, name)
        rows = await db.fetch_slow(("find", model, name), build, values)
        found += [
            Found(model.__tablename__, "/".join(map(str, row.values())), name) for row in rows
        ]
    return found


def _columns() -> Iterator[tuple[Any, str]]:
    for model, names in TYPED.items():
        for name in names:
            yield model, name
