"""What differs for single occurrences of a series: other fields, another time, or that it is cancelled."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.errors import IllegalTransition, refuse
from app.core.json_columns import json_text, plain
from app.core.occurrence_now import as_it_stands, instant
from app.core.seating import change_places
from app.core.work import Work
from app.features.meetings import chatham
from app.features.meetings.records import Shift, shift_records, veil
from app.features.meetings.schemas import MeetingStatus
from app.features.meetings.series import extent, start_of
from app.features.meetings.telling import change_meeting
from app.features.meetings.timing import instant_at, shown_in
from app.models import MeetingException

Row = dict[str, Any]
CANCELLED = MeetingStatus.CANCELLED
OF_THE_SERIES = ("timezone", "recurrence", "excluded", "confidentiality")
START = ("starts_at", "local_start")
PLACE = ("latitude", "longitude")
SEATING = frozenset({"capacity", "duration_minutes", *START})  # what places hang on
# Of a series, in all that differs for its occurrences: whoever reads the series reads it. A reason that is given
# for the rest of the longest series is half of it.
MOST_CHARACTERS = 4_000_000


async def change_occurrence(
    work: Work, row: Row, exceptions: dict[str, Row], key: str, given: Mapping[str, Any]
) -> None:
    """Edit one occurrence of a loaded series: only what was sent and differs; what is as in the series goes with it.

    Errors: `Invalid`; `IllegalTransition` when it is cancelled; `PlacesTaken`; `ChathamHouseKept`.
    """
    for name in OF_THE_SERIES:
        if name in given:
            detail = "A series has one: use range=following, or leave out `occurrence`."
            raise refuse(f"/{name}", "of_the_series", detail)
    old = exceptions.get(key)
    if old is not None and old["status"] == CANCELLED:
        raise IllegalTransition("This occurrence is cancelled, which is final.")
    found = _overridden(row, old, given)
    moved = _moved(row, key, old, given)
    before: Mapping[str, Any] = {} if old is None else plain(old["overrides"])
    was = None if old is None or old["starts_at"] is None else instant(old["starts_at"])
    if found == before and moved == was:
        return
    if "agenda" in given:
        agenda = given["agenda"]
        await chatham.check_agenda(work, row["network_id"], row["confidentiality"], agenda)
    new: Row = {
        "meeting_id": row["id"], "occurrence": key, "starts_at": moved, "status": None, "reason": None,
        "overrides": json_text(found), "sequence": next_sequence(row), "changed_at": work.now,
    }  # fmt: skip
    after = {**exceptions, key: new}
    _refuse_too_much(after)
    hidden = await chatham.hidden_after(work, (row, exceptions.values()), (row, after.values()))
    if SEATING & set(given):
        await change_places(work, row, lambda name: as_it_stands(row, name, after.get(name)))
    if not found and moved is None:
        del after[key]
        work.delete(MeetingException, {"meeting_id": row["id"], "occurrence": key})
    else:
        write_exception(work, new, known=old is not None)
    await shift_records(work, row, Shift(veil=veil(row, hidden=hidden)))
    values = {"sequence": next_sequence(row), "attendance_hidden": hidden, **extent(row, after)}
    differs = {*(name for name in {*found, *before} if found.get(name) != before.get(name))}
    fields = sorted(differs | ({"starts_at"} if moved != was else set()))
    change_meeting(work, "meeting.occurrence_changed", row, values, also=fields)


def _refuse_too_much(exceptions: Mapping[str, Row]) -> None:
    """Errors: `Invalid` where more differs than a series is read with."""
    length = sum(
        len(json_text(plain(each["overrides"])) or "") + len(each["reason"] or "")
        for each in exceptions.values()
    )
    if length > MOST_CHARACTERS:
        detail = "Too much differs for single occurrences of this series: use range=following."
        raise refuse("?occurrence", "too_much_differs", detail)


def next_sequence(row: Mapping[str, Any]) -> int:
    """Of iCalendar: one more when people were told."""
    return int(row["sequence"]) + (row["announced_at"] is not None)


def write_exception(work: Work, values: Row, *, known: bool) -> None:
    """Write what differs for one occurrence, where there may have been something before."""
    if not known:
        work.insert(MeetingException, values)
        return
    match = {name: values[name] for name in ("meeting_id", "occurrence")}
    changed = {name: value for name, value in values.items() if name not in match}
    work.update_children(MeetingException, match, changed)


def _overridden(row: Row, old: Row | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that differ from the series. Errors: `Invalid` for half a place."""
    found: dict[str, Any] = {} if old is None else dict(plain(old["overrides"]))
    for name, value in given.items():
        if name in START:
            continue
        if value == (plain(row[name]) if name == "agenda" else row[name]):
            found.pop(name, None)
        else:
            found[name] = value
    latitude, longitude = (found.get(name, row[name]) for name in PLACE)
    if (latitude is None) != (longitude is None):
        raise refuse("/latitude", "half_a_place", "latitude and longitude are given together.")
    return found


def _moved(row: Row, key: str, old: Row | None, given: Mapping[str, Any]) -> Any:
    """The instant that it is moved to, None where it stays in its place. Errors: `Invalid`."""
    if "local_start" in given:
        moved = instant_at(given["local_start"], row["timezone"])
    elif "starts_at" in given:
        moved = given["starts_at"]
        shown_in(moved, row["timezone"])
    else:
        return None if old is None or old["starts_at"] is None else instant(old["starts_at"])
    return None if moved == start_of(row, key, None) else moved


def cancel_occurrences(
    work: Work, row: Row, exceptions: Mapping[str, Row], keys: Iterable[str], reason: str | None
) -> None:
    """Cancel these occurrences of a loaded series; those that are cancelled already stay as they are.

    Errors: `IllegalTransition` when all of them are.
    """
    standing = [key for key in keys if (exceptions.get(key) or {}).get("status") != CANCELLED]
    if not standing:
        raise IllegalTransition("This is cancelled already, which is final.")
    for key in standing:
        old = exceptions.get(key)
        kept = {"starts_at": None, "overrides": "{}"} if old is None else {
            "starts_at": None if old["starts_at"] is None else instant(old["starts_at"]),
            "overrides": json_text(plain(old["overrides"])),
        }  # fmt: skip
        new = {
            "meeting_id": row["id"], "occurrence": key, **kept, "status": str(CANCELLED), "reason": reason,
            "sequence": next_sequence(row), "changed_at": work.now,
        }  # fmt: skip
        write_exception(work, new, known=old is not None)
    change_meeting(
        work, "meeting.occurrence_cancelled", row, {"sequence": next_sequence(row)}, also=["status"]
    )
