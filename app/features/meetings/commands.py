"""Planning meetings."""

from typing import Any

from app.core.changes import create
from app.core.errors import refuse
from app.core.fetching import fetch_network
from app.core.json_columns import json_text
from app.core.work import Work
from app.features.meetings.planned import as_planned
from app.features.meetings.schemas import Confidentiality, MeetingCreate, PlannedStatus
from app.features.meetings.telling import search_words, told_of_meeting
from app.features.meetings.timing import when


async def plan_meeting(work: Work, body: MeetingCreate) -> dict[str, Any]:
    """Plan a meeting or a series: a draft, unless it is announced or confirmed at once.

    Returns it as the contract has it.
    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere` for the network; `Invalid`.
    """
    network = await fetch_network(work, body.network_id, "meeting.create")
    given = body.model_dump(mode="json", exclude={"starts_at", "announce"})
    agenda = given.pop("agenda")
    hidden = under_chatham_house(given["confidentiality"], agenda)
    check_agenda(given["confidentiality"], agenda)
    told = body.announce or body.status is PlannedStatus.CONFIRMED
    row: dict[str, Any] = {
        **given,
        **when({**given, "starts_at": body.starts_at}),
        "id": work.new_id(),
        "network_id": network["id"],
        "agenda": json_text(agenda),
        "attendance_hidden": hidden,
        "announced_at": work.now if told else None,
        "cancel_reason": None,
        "sequence": 0,
        "follows_id": None,
    }
    row |= search_words(row)
    made = create(work, "meeting.planned", row, told_of_meeting(row))
    return as_planned(made, network, work.viewer)


def under_chatham_house(confidentiality: str, agenda: list[dict[str, Any]]) -> bool:
    """Whether the rule is in force for the whole or a part."""
    whole = confidentiality == Confidentiality.CHATHAM_HOUSE
    return whole or any(item["chatham_house"] for item in agenda)


def check_agenda(confidentiality: str, agenda: list[dict[str, Any]]) -> None:
    """Errors: `Invalid` for a presenter of what is under the Chatham House Rule."""
    for index, item in enumerate(agenda):
        if item["presenter"] is not None and under_chatham_house(confidentiality, [item]):
            detail = "Under the Chatham House Rule nobody is named: leave the presenter out."
            raise refuse(f"/agenda/{index}/presenter", "chatham_house", detail)
