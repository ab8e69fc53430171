"""Planning meetings, and editing them."""

from dataclasses import dataclass
from typing import Any

from app.core.changes import create
from app.core.errors import refuse
from app.core.fetching import fetch_network
from app.core.fetching_meetings import exceptions_of
from app.core.json_columns import json_text
from app.core.work import Work
from app.features.meetings.aiming import Aim
from app.features.meetings.chatham import check_agenda, under_rule
from app.features.meetings.editing import edit_all, final, split
from app.features.meetings.exceptions import change_occurrence
from app.features.meetings.planned import as_planned
from app.features.meetings.schemas import EditRange, MeetingCreate, MeetingPatch, PlannedStatus
from app.features.meetings.telling import search_words, told_of_meeting
from app.features.meetings.timing import when

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edited:
    """Where an edit is to be seen: a meeting, and one occurrence of it if it was about that alone."""

    meeting_id: str
    occurrence: str | None = None


async def plan_meeting(work: Work, body: MeetingCreate) -> dict[str, Any]:
    """Plan a meeting or a series: a draft, unless it is announced or confirmed at once.

    Returns it as the contract has it.
    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere` for the network; `Invalid`.
    """
    network = await fetch_network(work, body.network_id, "meeting.create")
    given = body.model_dump(mode="json", exclude={"starts_at", "announce"})
    agenda = given.pop("agenda")
    hidden = under_rule(given["confidentiality"], agenda)
    await check_agenda(work, network["id"], given["confidentiality"], agenda)
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


async def edit_meeting(work: Work, row: Row, network: Row, aim: Aim, body: MeetingPatch) -> Edited:
    """Edit a loaded meeting: only what was sent and differs. Returns what of it now has the edit.

    Errors: `Invalid`; `IllegalTransition` when it is cancelled; `OccurrenceInUse`; `PlacesTaken`; `ChathamHouseKept`;
    `RecordsNameAMember`; `TooManyRecords`.
    """
    final(row)
    # Of what was sent all is kept: an item of the agenda has its defaults.
    given = body.model_dump(mode="json", include=body.model_fields_set)
    if "starts_at" in given:
        given["starts_at"] = body.starts_at
    if {"starts_at", "local_start"} <= set(given):
        raise refuse("/starts_at", "one_start", "Give either starts_at or local_start.")
    exceptions = await exceptions_of(work, row["id"])
    if aim.range is EditRange.FOLLOWING:
        return Edited(await split(work, row, network, exceptions, aim.key, given))
    if aim.range is EditRange.THIS:
        await change_occurrence(work, row, exceptions, aim.key, given)
        return Edited(row["id"], aim.key)
    await edit_all(work, row, network, exceptions, given)
    return Edited(row["id"])
