"""What follows from a change of a network or of who is in it: tiers, counts, listed facilitators, search words."""

from typing import Any

import orjson
from sqlalchemy import and_, bindparam, select

from app.core import words
from app.core.access import FRONT, HIDDEN
from app.core.changes import Told, change
from app.core.errors import FieldError, UnknownReference
from app.core.work import Work
from app.db.types import ID, one_of
from app.features.networks.queries import plain
from app.models import Member, NetworkTerm, Organisation, Person, Term

TERM_FIELDS = {
    "topics": "topic",
    "professions": "profession",
    "icbs": "icb",
    "footprint": "footprint",
}
VOCABULARIES = {"topics": "topic", "professions": "profession"}


def json_text(value: Any) -> str | None:
    """A value for a JSON column."""
    return None if value is None else orjson.dumps(value).decode()


def search_words(row: dict[str, Any], labels: dict[str, str]) -> dict[str, str]:
    """The search columns of a network from its fields; `labels` are the words for its topic codes."""
    topics = [labels.get(code, code) for code in plain(row["topics"])]
    charter = plain(row["charter"]) or {}
    front = [
        *plain(row["aims"]),
        row["place"],
        row["host_name"],
        row["member_offer"],
        row["closing_note"],
    ]
    inside = [row["engagement_strategy"], row["resourcing"], *charter.values()]
    return {
        "search_name": words.document(
            f"{row['name']} {row['slug'].replace('-', ' ') if row['visibility'] != 'confidential' else ''}"
        ),
        "search_purpose": words.document(row["purpose"]),
        "search_topics": words.document(" ".join(topics)),
        "search_front": words.document(" ".join(text for text in front if text)),
        "search_inside": words.document(" ".join(text for text in inside if text)),
    }


def _labels() -> Any:
    return select(Term.code, Term.label).where(
        Term.vocabulary == bindparam("vocabulary"), one_of(Term.code, bindparam("codes"))
    )


async def labels(work: Work, vocabulary: str, codes: list[str], pointer: str) -> dict[str, str]:
    """The labels of these codes. Errors: `UnknownReference` naming the code that is in no vocabulary."""
    if not codes:
        return {}
    rows = await work.fetch("labels", _labels, {"vocabulary": vocabulary, "codes": codes})
    found = {row["code"]: row["label"] for row in rows}
    missing = [code for code in codes if code not in found]
    if missing:
        detail = f"There is no {vocabulary} {missing[0]!r}; GET /v1/{vocabulary}s lists them."
        raise UnknownReference(detail, errors=(FieldError(pointer, "unknown_reference", detail),))
    return found


def _organisations() -> Any:
    return select(Organisation.code, Organisation.name, Organisation.kind).where(
        one_of(Organisation.code, bindparam("codes"))
    )


async def organisations(work: Work, codes: list[str], pointer: str) -> dict[str, dict[str, Any]]:
    """These organisations by code. Errors: `UnknownReference` naming the one that is not known."""
    if not codes:
        return {}
    rows = await work.fetch("organisations", _organisations, {"codes": codes})
    found = {row["code"]: row for row in rows}
    missing = [code for code in codes if code not in found]
    if missing:
        detail = f"There is no organisation {missing[0]!r}."
        raise UnknownReference(detail, errors=(FieldError(pointer, "unknown_reference", detail),))
    return found


def set_terms(work: Work, network_id: str, field: str, old: list[str], new: list[str]) -> None:
    """Write the rows that filters look at: what went and what came, so that no row is touched twice."""
    name = TERM_FIELDS[field]
    for code in set(old) - set(new):
        work.delete(NetworkTerm, {"network_id": network_id, "field": name, "code": code})
    for code in dict.fromkeys(new):
        if code not in old:
            work.insert(NetworkTerm, {"network_id": network_id, "field": name, "code": code})


def told_of_network(row: dict[str, Any], tier: int, **more: Any) -> Told:
    """Who hears of a change to fields of this tier."""
    return Told(network_id=row["id"], tier=tier, outer=tier <= row["parent_tier"], **more)


def reach_of(row: dict[str, Any]) -> dict[str, Any]:
    """Who could see a network and must hear when it goes: everybody, the members of its parent, or its own."""
    if row["outer_tier"] > HIDDEN:
        return {"reach": "anyone"}
    if row["parent_id"] is not None and row["parent_tier"] > HIDDEN:
        return {"reach": "member", "reach_network_id": row["parent_id"]}
    if row["parent_id"] is not None and row["root_tier"] > HIDDEN:
        return {"reach": "member", "reach_network_id": row["root_id"]}
    return {"reach": "member"}


def _listed_facilitators() -> Any:
    return (
        select(Person.id.label("person_id"), Person.display_name)
        .join(
            Member,
            and_(
                Member.person_id == Person.id,
                Member.status == "active",
                Member.role == "facilitator",
            ),
        )
        .where(Member.network_id == bindparam("network_id", type_=ID), Person.listed.is_(True))
        .order_by(Member.joined_at, Member.id)
    )


async def count_in(
    work: Work,
    network: dict[str, Any],
    delta: int,
    *,
    facilitators: bool,
    told: dict[str, Any],
    action: str,
) -> None:
    """After a spell began or ended: the count, the listed facilitators if they may have changed, one change row."""
    values: dict[str, Any] = {}
    if delta:
        values["member_count"] = network["member_count"] + delta
    if facilitators:
        await work.flush()
        rows = await work.fetch(
            "listed facilitators", _listed_facilitators, {"network_id": network["id"]}
        )
        fresh = json_text(rows)
        if fresh != json_text(plain(network["facilitators"])):
            values["facilitators"] = fresh
    # A member count is no edit: it moves the outer stamps when outsiders read it, and no version that If-Match compares.
    if values or told:
        change_counts(work, network, values, told, action)


def change_counts(
    work: Work, network: dict[str, Any], values: dict[str, Any], told: dict[str, Any], action: str
) -> None:
    """Write what is counted, and tell whoever reads it."""
    change(work, action, network, values, told_of_network(network, FRONT, **told))
