"""The Chatham House Rule over a meeting or a part of it: nobody is named, who came is kept, and it cannot be lifted.

Source: https://www.chathamhouse.org/about-us/chatham-house-rule; docs/decisions/0021-meetings.md.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, literal, select

from app.core.errors import ChathamHouseKept, refuse
from app.core.json_columns import plain
from app.core.named_records import refuse_named_records
from app.core.naming import refuse_names
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.meetings.schemas import Confidentiality
from app.models import Attendance

Row = dict[str, Any]
Agenda = list[dict[str, Any]]


def under_rule(confidentiality: str, agenda: Agenda) -> bool:
    """Whether the rule is in force for the whole or a part."""
    whole = confidentiality == Confidentiality.CHATHAM_HOUSE
    return whole or any(item["chatham_house"] for item in agenda)


def in_force(meeting: Mapping[str, Any], exceptions: Iterable[Mapping[str, Any]] = ()) -> bool:
    """The same for a series with what differs for single occurrences."""
    agendas = [plain(meeting["agenda"])]
    agendas += [plain(exception["overrides"]).get("agenda", []) for exception in exceptions]
    return any(under_rule(meeting["confidentiality"], agenda) for agenda in agendas)


async def check_agenda(work: Work, network_id: str, confidentiality: str, agenda: Agenda) -> None:
    """What is under the rule has no presenter and names no member. Errors: `Invalid` with the place in the agenda."""
    under = [
        (f"/agenda/{index}", item)
        for index, item in enumerate(agenda)
        if under_rule(confidentiality, [item])
    ]
    for pointer, item in under:
        if item["presenter"] is not None:
            detail = "Under the Chatham House Rule nobody is named: leave the presenter out."
            raise refuse(f"{pointer}/presenter", "chatham_house", detail)
    texts = [(f"{pointer}/{name}", item[name]) for pointer, item in under for name in ("title", "detail")]  # fmt: skip
    await refuse_names(work, network_id, texts)


async def check_exceptions(
    work: Work, meeting: Mapping[str, Any], exceptions: Mapping[str, Row]
) -> None:
    """The same for the agendas of single occurrences when the whole comes under the rule. Errors: `Invalid`."""
    for key, exception in exceptions.items():
        for item in plain(exception["overrides"]).get("agenda", []):
            if item["presenter"] is not None:
                detail = f"The agenda of {key} has a presenter: take the name out first."
                raise refuse("/confidentiality", "chatham_house", detail)
            texts = [("/confidentiality", item[name]) for name in ("title", "detail")]
            await refuse_names(work, meeting["network_id"], texts)


def _answered() -> Any:
    return (
        select(literal(1).label("found"))
        .where(
            Attendance.meeting_id == bindparam("meeting_id", type_=ID),
            Attendance.occurrence >= bindparam("since"),
        )
        .limit(1)
    )


async def answered(work: Work, meeting_id: str, since: str = "") -> bool:
    """Whether anybody answered, or was recorded as having come, from this occurrence on."""
    values = {"meeting_id": meeting_id, "since": since}
    return await fetch_one(work, "answered", _answered, values) is not None


async def hidden_after(
    work: Work, before: tuple[Row, Iterable[Row]], after: tuple[Row, Iterable[Row]], since: str = ""
) -> bool:
    """What `attendance_hidden` is after an edit; each side is a meeting and its exceptions, `since` where it begins.

    Whoever answered did so under the rule: it may be put on afterwards, if nothing that was written names anybody, but
    not be taken off. Errors: `ChathamHouseKept`; `RecordsNameAMember`.
    """
    (old, old_exceptions), (new, new_exceptions) = before, after
    now = in_force(new, new_exceptions)
    whole = Confidentiality.CHATHAM_HOUSE
    narrowed = old["confidentiality"] == whole and new["confidentiality"] != whole
    if now and not old["attendance_hidden"]:
        await refuse_named_records(work, old["id"], old["network_id"], since)
    if (now or not old["attendance_hidden"]) and not narrowed:
        return now
    if not await answered(work, old["id"], since):
        return now
    if narrowed or in_force(old, old_exceptions):
        raise ChathamHouseKept
    return True  # it has come from a part of the series that this one was split off
