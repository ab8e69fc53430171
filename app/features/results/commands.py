"""Writing a result up: a draft that its authors alone see."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import words
from app.core.adoption_counts import NO_ADOPTIONS
from app.core.changes import create
from app.core.fetching import fetch_network
from app.core.json_columns import json_text, plain
from app.core.references import active_members, labels, organisations, unknown
from app.core.telling_of_results import told_of_result
from app.core.work import Work
from app.features.results.schemas import MOST_AUTHORS, ResultCreate
from app.models import ResultAuthor, ResultTopic

Row = dict[str, Any]
NO_AUTHOR = f"Authors are active members of the network, {MOST_AUTHORS} at most."
JSON_FIELDS = ("aim", "context", "change", "topics")


def columns_of(given: Mapping[str, Any]) -> Row:
    """The fields of a body as columns; `author_ids` are rows of their own."""
    columns = {
        name: json_text(value) if name in JSON_FIELDS else value for name, value in given.items()
    }
    columns.pop("author_ids", None)
    if "organisation" in columns:
        columns["organisation_code"] = columns.pop("organisation")
    return columns


def search_words(row: Mapping[str, Any], topics: Iterable[str]) -> Row:
    """The search columns: what every reader reads, so neither who wrote it nor where it came about."""
    aim, made = plain(row["aim"]) or {}, plain(row["change"]) or {}
    told = (
        row["problem"],
        aim.get("text"),
        made.get("what"),
        row["what_happened"],
        row["learning"],
    )
    return {
        "search_name": words.document(row["title"]),
        "search_topics": words.document(" ".join(topics)),
        "search_purpose": words.document(row["summary"] or ""),
        "search_front": words.document(" ".join(text for text in told if text)),
        "search_inside": "",
    }


async def create_result(work: Work, body: ResultCreate) -> str:
    """Begin a draft, as an active member of its network. Returns its id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere` for the network; `UnknownReference` for a
    topic, the organisation or an author who is no active member.
    """
    network = await fetch_network(work, body.network_id, "result.create")
    given = body.model_dump(mode="json")
    topics = await labels(work, "topic", given["topics"], "/topics")
    await organisations(work, [body.organisation] if body.organisation else [], "/organisation")
    row: Row = {
        **columns_of(given),
        "id": work.blind_id(),
        "status": "draft",
        "published_on": None,
        "listed_on": work.now.date(),
        "withdrawn_on": None,
        "withdrawn_reason": None,
        "conduct_version": None,
        "hidden_on": None,
        "adoption_count": 0,
        "adoption_summary": NO_ADOPTIONS,
        "last_reported_on": None,
    }
    row |= search_words(row, topics.values())
    create(work, "result.drafted", row, told_of_result(row))
    for code in dict.fromkeys(given["topics"]):
        work.insert(ResultTopic, {"result_id": row["id"], "code": code})
    authors = await _team(work, network, body.author_ids)
    for position, person_id in enumerate(authors):
        begin_authorship(work, row["id"], person_id, position)
    return str(row["id"])


async def _team(work: Work, network: Row, author_ids: list[str]) -> list[str]:
    """The viewer first, and who wrote it with them. Errors: `UnknownReference` for who is no active member."""
    team = list(dict.fromkeys([str(work.viewer.person_id), *author_ids]))
    await members_alone(work, network, team[1:])
    if len(team) > MOST_AUTHORS:
        raise unknown("/author_ids", NO_AUTHOR)
    return team


async def members_alone(work: Work, network: Row, person_ids: list[str]) -> None:
    """Errors: `UnknownReference` where one of them is no active member: a stranger or nobody, all the same."""
    known = await active_members(work, network["id"], person_ids) if person_ids else set()
    if set(person_ids) - known:
        raise unknown("/author_ids", NO_AUTHOR)
    work.living.update(person_ids)


def begin_authorship(work: Work, result_id: str, person_id: str, position: int) -> None:
    """Somebody is an author now, at this place."""
    work.insert(
        ResultAuthor,
        {
            "result_id": result_id,
            "person_id": person_id,
            "position": position,
            "removed": False,
            "removed_version": None,
        },
    )
