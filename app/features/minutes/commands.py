"""Writing and publishing minutes.

Two texts are kept: the one that facilitators write, and the one that was published last. Only a publication moves what
readers see, their version and their feed included. Why it is like that: docs/decisions/0024.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.core.changes import change, create
from app.core.errors import MeetingNotAnnounced, MinutesExist, MinutesUnchanged, refuse
from app.core.fetching_meetings import fetch_meeting
from app.core.naming import refuse_names
from app.core.occurrences import occurrence_of
from app.core.telling import told_of_minutes
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.minutes.schemas import MinutesCreate, MinutesPatch, MinutesPublish
from app.models import Minutes, MinutesEdition


def _of_occurrence() -> Any:
    return select(Minutes.id).where(
        Minutes.meeting_id == bindparam("meeting_id", type_=ID),
        Minutes.occurrence == bindparam("occurrence"),
    )


async def write_minutes(work: Work, body: MinutesCreate) -> str:
    """Begin the minutes of a meeting or of one occurrence: a draft. Returns their id.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived` for the meeting; `MeetingNotAnnounced`; `MinutesExist` naming
    those that are there; `Invalid` for the occurrence, or a text that names a member under the Chatham House Rule.
    """
    meeting, network = await fetch_meeting(work, body.meeting_id, "minutes.write")
    if meeting["announced_at"] is None:
        raise MeetingNotAnnounced("Announce the meeting first: minutes are of what people knew of.")
    occurrence = occurrence_of(meeting, body.occurrence)
    values = {"meeting_id": meeting["id"], "occurrence": occurrence}
    there = await fetch_one(work, "minutes of occurrence", _of_occurrence, values)
    if there is not None:
        raise MinutesExist(f"They are there already: /v1/minutes/{there['id']}.")
    if meeting["attendance_hidden"]:
        await refuse_names(work, network["id"], [("/text", body.text)])
    row = {
        "id": work.new_id(),
        **values,
        "network_id": network["id"],
        "text": body.text,
        "published_text": None,
        "published_at": None,
        "edition": 0,
    }
    create(work, "minutes.written", row, told_of_minutes(row, published=False))
    return str(row["id"])


async def edit_minutes(
    work: Work, row: Mapping[str, Any], network: Mapping[str, Any], body: MinutesPatch
) -> None:
    """Change the text that is being written; what was published stays as it is.

    Errors: `Invalid` for a text that names a member under the Chatham House Rule.
    """
    if "text" not in body.model_fields_set or body.text == row["text"]:
        return
    if row["_names_nobody"]:
        await refuse_names(work, network["id"], [("/text", body.text)])
    told = told_of_minutes(row, published=False)
    change(work, "minutes.edited", row, {"text": body.text}, told)


async def publish_minutes(
    work: Work, row: Mapping[str, Any], network: Mapping[str, Any], body: MinutesPublish
) -> None:
    """Show readers the text as it is now: an edition. What was published before stays in the history.

    Errors: `MinutesUnchanged`; `Invalid` for a correction without a note, or where a text names a member under the
    Chatham House Rule: members may have come since it was written.
    """
    if row["text"] == row["published_text"]:
        raise MinutesUnchanged("Readers see this text already; change it first.")
    if row["edition"] and body.note is None:
        raise refuse("/note", "missing", "They were published before: say what was corrected.")
    if row["_names_nobody"]:
        texts = [("/text", row["text"]), ("/note", body.note)]
        await refuse_names(work, network["id"], texts)
    number = row["edition"] + 1
    edition = {
        "minutes_id": row["id"],
        "number": number,
        "text": row["text"],
        "note": body.note,
        "by_id": work.viewer.person_id,
        "published_at": work.now,
    }
    work.insert(MinutesEdition, edition)
    values = {"published_text": row["text"], "published_at": work.now, "edition": number}
    action = "minutes.published" if number == 1 else "minutes.corrected"
    change(work, action, row, values, told_of_minutes(row, published=True))
