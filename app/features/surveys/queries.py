"""Reading survey rounds and, once they are closed, what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select

from app.core import access
from app.core.feed_position import feed_head, with_position
from app.core.listening_access import visible_survey_round
from app.core.meeting_access import own_role, roles_of
from app.core.paging import Page, Sort, keyset, page_values
from app.core.survey_questions import CHOICES, MINIMUM, questions_of, tellable
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, instant_text
from app.features.surveys.schemas import (
    SurveyResultStatus,
    SurveyRoundState,
    SurveyRoundVerb,
)
from app.models import Network, SurveyCount, SurveyPart, SurveyRound

Row = dict[str, Any]
COLUMNS = (
    SurveyRound.id, SurveyRound.network_id, SurveyRound.title, SurveyRound.opens_at, SurveyRound.closes_at,
    SurveyRound.questions_version, SurveyRound.created_by, SurveyRound.created_at, SurveyRound.updated_at,
    SurveyRound.version,
)  # fmt: skip


def state_of(row: Row, now: datetime) -> SurveyRoundState:
    """Whether a round can be answered at an instant: from `opens_at` on, and before `closes_at`."""
    at = instant_text(now)
    if at < row["opens_at"]:
        return SurveyRoundState.PLANNED
    return SurveyRoundState.OPEN if at < row["closes_at"] else SurveyRoundState.CLOSED


async def list_rounds(
    db: Database, viewer: Viewer, network_id: str, page: Page, now: datetime
) -> tuple[list[Row], int]:
    """A page of a network's rounds (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page), "network_id": network_id}

    def build() -> Any:
        statement = select(*COLUMNS, feed_head().label("_head")).where(
            SurveyRound.network_id == bindparam("network_id", type_=ID),
            visible_survey_round(rank),
        )
        sort = Sort("closes_at", SurveyRound.closes_at, SurveyRound.id, descending=True)
        return keyset(statement, sort, started=started)

    key = ("survey rounds", rank, started)
    rows, position = await with_position(db, lambda: db.fetch(key, build, values))
    for row in rows:
        row["state"] = state_of(row, now)
    return rows, position


def _one(rank: str) -> Any:
    return (
        select(
            *COLUMNS,
            own_role(rank, SurveyRound).label("_role"),
            Network.archived_at.is_not(None).label("_archived"),
        )
        .join(Network, Network.id == SurveyRound.network_id)
        .where(SurveyRound.id == bindparam("round_id", type_=ID), visible_survey_round(rank))
    )


async def _row(reads: Reads, viewer: Viewer, round_id: str) -> Row | None:
    rank, values = viewer.rank, {**access.values(viewer), "round_id": round_id}
    return await fetch_one(reads, ("one survey round", rank), lambda: _one(rank), values)


async def one_round(reads: Reads, viewer: Viewer, round_id: str, now: datetime) -> Row | None:
    """One round as the contract has it, or None when it is not there for this viewer."""
    row = await _row(reads, viewer, round_id)
    if row is None:
        return None
    roles, archived = roles_of(viewer, row.pop("_role")), row.pop("_archived")
    row["state"] = state_of(row, now)
    asked = questions_of(row["questions_version"])
    row["questions"] = [{"code": one.code, "c": one.c, "text": one.text} for one in asked]
    row["actions"] = _verbs(viewer, roles, row["state"], archived=archived)
    return row


def _verbs(
    viewer: Viewer, roles: frozenset[str], state: SurveyRoundState, *, archived: bool
) -> list[SurveyRoundVerb]:
    found: list[SurveyRoundVerb] = []
    leads = Scope.NETWORKS_WRITE in viewer.scopes and not archived
    if leads and access.allowed("survey_round.update", roles):
        found += [SurveyRoundVerb.UPDATE]
        found += [SurveyRoundVerb.CLOSE] if state is SurveyRoundState.OPEN else []
        found += [SurveyRoundVerb.DELETE] if state is SurveyRoundState.PLANNED else []
    answers = Scope.MEMBERS_WRITE in viewer.scopes and not archived
    if state is SurveyRoundState.OPEN and answers and access.allowed("survey_round.answer", roles):
        found.append(SurveyRoundVerb.ANSWER)
    if state is SurveyRoundState.CLOSED and Scope.NETWORKS_READ in viewer.scopes:
        found.append(SurveyRoundVerb.READ_RESULTS)
    return found


def overlapping() -> Any:
    """The rounds of a network, other than one, that can be answered within a stretch of time."""
    return select(SurveyRound.id).where(
        SurveyRound.network_id == bindparam("network_id", type_=ID),
        SurveyRound.opens_at < bindparam("closes_at", type_=SurveyRound.closes_at.type),
        SurveyRound.closes_at > bindparam("opens_at", type_=SurveyRound.opens_at.type),
        or_(
            bindparam("round_id", type_=ID).is_(None),
            SurveyRound.id != bindparam("round_id", type_=ID),
        ),
    )


def _counted() -> Any:
    of_round = SurveyCount.round_id == bindparam("round_id", type_=ID)
    counts = select(SurveyCount.question, SurveyCount.choice, SurveyCount.count)
    return counts.where(of_round).order_by(SurveyCount.question, SurveyCount.choice)


def _marks() -> Any:
    return select(SurveyPart.marks).where(SurveyPart.round_id == bindparam("round_id", type_=ID))


async def marks_of(reads: Reads, round_id: str) -> list[str] | None:
    """The marks of who took part in a round, sorted; None where there is no such round."""
    row = await fetch_one(reads, "survey marks", _marks, {"round_id": round_id})
    return None if row is None else str(row["marks"]).split()


async def results(reads: Reads, viewer: Viewer, round_id: str, now: datetime) -> Row | None:
    """What a round brought, as the contract has it; None when it is not there for this viewer.

    `_closed` says whether it is closed; while it is not, that is all.
    """
    row = await _row(reads, viewer, round_id)
    if row is None:
        return None
    closed = state_of(row, now) is SurveyRoundState.CLOSED
    found = {"_closed": closed, "_closed_at": row["closes_at"], "network_id": row["network_id"]}
    if not closed:
        return found
    values = {"round_id": round_id}
    respondents = len(await marks_of(reads, round_id) or [])
    counts = {code: [0] * len(CHOICES) for code in _codes(row)}
    for one in await reads.fetch("survey counts", _counted, values):
        counts[one["question"]][one["choice"] - 1] = one["count"]
    return found | {
        "round_id": round_id,
        "closed_at": row["closes_at"],
        "respondents": respondents if respondents >= MINIMUM else None,
        "questions": [
            {"code": one.code, "c": one.c, "text": one.text, **told(counts[one.code])}
            for one in questions_of(row["questions_version"])
        ],
    }


def _codes(row: Row) -> list[str]:
    return [one.code for one in questions_of(row["questions_version"])]


def told(counts: list[int]) -> Row:
    """What is told of a question: everything, or nothing (`survey_questions.tellable`)."""
    if not tellable(counts):
        status = SurveyResultStatus.NOT_ENOUGH_DATA
        return {"status": status, "answers": None, "mean": None, "counts": None}
    answers = sum(counts)
    total = sum(choice * count for choice, count in zip(CHOICES, counts, strict=True))
    return {
        "status": SurveyResultStatus.OK,
        "answers": answers,
        "mean": total / answers,
        "counts": counts,
    }
