"""Taking on, changing, completing and deleting actions.

Who owns an action of a meeting under the Chatham House Rule is read by facilitators and by the owner alone, so nothing
that is written of it names a member either.
"""

from collections.abc import Mapping
from typing import Any

from app.core.changes import change, create, remove
from app.core.errors import ActionDone, ActionNotDone, MeetingNotAnnounced
from app.core.fetching import fetch_network, require
from app.core.fetching_follow_up import fetch_action
from app.core.fetching_meetings import fetch_meeting
from app.core.naming import refuse_names
from app.core.occurrences import occurrence_of
from app.core.references import active_members, unknown
from app.core.telling import told_of_action
from app.core.work import Work
from app.db.types import day_text
from app.features.actions.schemas import ActionCreate, ActionPatch

Row = dict[str, Any]
NAMED_IN = ("title", "detail")  # what might name somebody


async def create_action(work: Work, body: ActionCreate) -> str:
    """Write an action down, of a network or of a meeting that was announced. Returns its id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `MeetingNotAnnounced`; `UnknownReference` for
    an owner who is no active member; `Invalid` for the occurrence, or a text that names a member under the Chatham
    House Rule.
    """
    given = body.model_dump(exclude={"network_id", "meeting_id", "occurrence"})
    occurrence = ""
    if body.meeting_id is None:
        network = await fetch_network(work, str(body.network_id), "action.create")
    else:
        meeting, network = await fetch_meeting(work, body.meeting_id, "action.create")
        if meeting["announced_at"] is None:
            detail = "Members do not know of this meeting yet: announce it first."
            raise MeetingNotAnnounced(detail)
        occurrence = occurrence_of(meeting, body.occurrence)
        if meeting["attendance_hidden"]:
            await _name_nobody(work, network, given)
    await _owned_by_a_member(work, network, body.owner_id)
    row = {
        "id": work.new_id(),
        **given,
        "network_id": network["id"],
        "meeting_id": body.meeting_id,
        "occurrence": occurrence,
        "done_at": None,
        "done_by": None,
        "created_by": work.viewer.person_id,
    }
    create(work, "action.created", row, told_of_action(row))
    return str(row["id"])


async def _owned_by_a_member(work: Work, network: Row, owner_id: str | None) -> None:
    """Errors: `UnknownReference`, the same for a member of another network, a stranger and nobody."""
    if owner_id is None:
        return
    if owner_id not in await active_members(work, network["id"], [owner_id]):
        raise unknown("/owner_id", "The owner is an active member of the network.")
    work.living.add(owner_id)


async def _name_nobody(work: Work, network: Row, values: Mapping[str, Any]) -> None:
    texts = [(f"/{name}", values[name]) for name in NAMED_IN if name in values]
    await refuse_names(work, network["id"], texts)


async def action_to_change(work: Work, action_id: str, action: str) -> tuple[Row, Row]:
    """An action, its network and the right to change it: `self` is who owns it and who wrote it down.

    To delete it, `self` is who wrote it down: what was given to somebody is not theirs to wipe out.
    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await fetch_action(work, action_id)
    viewer = work.viewer.person_id
    owns = action == "action.update" and row["owner_id"] == viewer
    require(work, action, network, about=viewer if owns else row["created_by"])
    return row, network


async def update_action(work: Work, row: Row, network: Row, body: ActionPatch) -> None:
    """Change what is said of an action. Errors: `UnknownReference` for the owner; `Invalid` for a name."""
    given = body.model_dump(include=body.model_fields_set)
    days = {"due_on": day_text(given["due_on"])} if given.get("due_on") else {}
    values = {name: value for name, value in {**given, **days}.items() if row[name] != value}
    if not values:
        return
    if row["_names_nobody"]:
        await _name_nobody(work, network, values)
    await _owned_by_a_member(work, network, values.get("owner_id"))
    values |= {"due_on": given["due_on"]} if "due_on" in values else {}
    change(work, "action.updated", row, values, told_of_action(row))


async def complete_action(work: Work, action_id: str) -> None:
    """Note that it is done. Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `ActionDone`."""
    row, _ = await action_to_change(work, action_id, "action.update")
    if row["done_at"] is not None:
        raise ActionDone
    values = {"done_at": work.now, "done_by": work.viewer.person_id}
    change(work, "action.completed", row, values, told_of_action(row))


async def reopen_action(work: Work, action_id: str) -> None:
    """Note that it is not done after all. Errors: `NotFound`; `Forbidden`; `NetworkArchived`; `ActionNotDone`."""
    row, _ = await action_to_change(work, action_id, "action.update")
    if row["done_at"] is None:
        raise ActionNotDone
    change(work, "action.reopened", row, {"done_at": None, "done_by": None}, told_of_action(row))


def delete_action(work: Work, row: Row) -> None:
    """Delete a loaded action that should not have been written down; one that was done is completed."""
    remove(work, "action.deleted", row, told_of_action(row, reach="member"))
