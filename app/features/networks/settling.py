"""What follows from a change of a network or of who is in it: tiers, counts, listed facilitators, search words."""

from typing import Any

from app.core import words
from app.core.access import FRONT, HIDDEN
from app.core.changes import change, told_of_network
from app.core.facilitators import listed_facilitators
from app.core.json_columns import plain
from app.core.references import labels, organisations
from app.core.work import Work
from app.models import NetworkTerm
from app.reference.load import region_label

TERM_FIELDS = {
    "topics": "topic",
    "professions": "profession",
    "icbs": "icb",
    "footprint": "footprint",
}
VOCABULARIES = {"topics": "topic", "professions": "profession"}


async def words_of(work: Work, row: dict[str, Any]) -> dict[str, str]:
    """The search columns of a network from its fields. Errors: `UnknownReference`."""
    spoken = await labels(work, "topic", plain(row["topics"]), "/topics")
    icbs = await organisations(work, plain(row["icbs"]), "/icbs")
    return search_words(row, {**spoken, **{code: icb["name"] for code, icb in icbs.items()}})


def search_words(row: dict[str, Any], spoken: dict[str, str]) -> dict[str, str]:
    """The search columns of a network from its fields; `spoken` are the words for its topics and ICBs, by code."""
    about = [spoken.get(code, code) for code in (*plain(row["topics"]), *plain(row["icbs"]))]
    about += [region_label(row["region"]), row["place"]]
    charter = plain(row["charter"]) or {}
    front = [
        *plain(row["aims"]),
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
        "search_topics": words.document(" ".join(text for text in about if text)),
        "search_front": words.document(" ".join(text for text in front if text)),
        "search_inside": words.document(" ".join(text for text in inside if text)),
    }


def set_terms(work: Work, network_id: str, field: str, old: list[str], new: list[str]) -> None:
    """Write the rows that filters look at: what went and what came, so that no row is touched twice."""
    name = TERM_FIELDS[field]
    for code in set(old) - set(new):
        work.delete(NetworkTerm, {"network_id": network_id, "field": name, "code": code})
    for code in dict.fromkeys(new):
        if code not in old:
            work.insert(NetworkTerm, {"network_id": network_id, "field": name, "code": code})


def reach_of(row: dict[str, Any]) -> dict[str, Any]:
    """Who could see a network and must hear when it goes: everybody, the members of its root or parent, or its own.

    The widest of these: who is a member of the parent is one of the root.
    """
    if row["outer_tier"] > HIDDEN:
        return {"reach": "anyone"}
    if row["parent_id"] is not None and row["root_tier"] > HIDDEN:
        return {"reach": "member", "reach_network_id": row["root_id"]}
    if row["parent_id"] is not None and row["parent_tier"] > HIDDEN:
        return {"reach": "member", "reach_network_id": row["parent_id"]}
    return {"reach": "member"}


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
        values |= await listed_facilitators(work, network)
    # A count is no edit: it moves the version, but not the edition that If-Match compares.
    if values or told:
        change_counts(work, network, values, told, action)


def change_counts(
    work: Work, network: dict[str, Any], values: dict[str, Any], told: dict[str, Any], action: str
) -> None:
    """Write what is counted, and tell whoever reads it."""
    change(work, action, network, values, told_of_network(network, FRONT, **told))
