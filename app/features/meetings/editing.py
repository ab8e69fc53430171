"""Editing meetings: all of one, or a series from one occurrence on, which makes it two."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.core.changes import create
from app.core.errors import IllegalTransition, MeetingAnnounced, OccurrenceInUse, refuse
from app.core.json_columns import json_text, plain
from app.core.occurrence_now import Occurrence, as_it_stands, instant
from app.core.seating import change_places
from app.core.telling import reach_outside
from app.core.work import Work
from app.features.meetings import chatham
from app.features.meetings.exceptions import next_sequence
from app.features.meetings.records import Shift, recorded_keys, shift_records, veil
from app.features.meetings.schemas import Confidentiality, MeetingStatus
from app.features.meetings.series import (
    PATTERN,
    RULE,
    carried,
    extent,
    keys_of,
    on_their_days,
    parted,
    start_of,
    still_left_out,
)
from app.features.meetings.telling import (
    JSON_FIELDS,
    change_meeting,
    differing,
    search_words,
    told_of_meeting,
)
from app.features.meetings.timing import when
from app.models import Meeting, MeetingException

Row = dict[str, Any]
TIMES = (*PATTERN, "starts_at", "duration_minutes")
SEATING = frozenset({"capacity", *TIMES})  # what places hang on
SEARCHED = frozenset({"title", "description", "place", "place_private"})
IN_USE = (
    "Answers, minutes or actions hang on occurrences that this would move or take away: change the series from a"
    " later occurrence on (range=following), or cancel occurrences."
)
OF_EXCEPTION = ("starts_at", "status", "reason", "overrides", "sequence", "changed_at")


@dataclass(frozen=True, slots=True)
class Edit:
    """A meeting as it is to be: its row, the exceptions by their new keys, and where every old key went."""

    row: Row
    values: dict[str, Any]
    exceptions: dict[str, Row]
    keys: dict[str, str]

    def to_be(self, key: str) -> Occurrence | None:
        """The occurrence that had this key, which it keeps here, as it is to be; None: it is no part of this."""
        goes = self.keys.get(key)
        if goes is None:
            return None
        found = as_it_stands(self.row, goes, self.exceptions.get(goes))
        return None if found is None else replace(found, name=key)


def edited(
    work: Work, row: Row, exceptions: dict[str, Row], recorded: set[str], given: Mapping[str, Any]
) -> Edit:
    """Work an edit of all of a meeting out, without writing anything.

    Errors: `Invalid`; `OccurrenceInUse`; `IllegalTransition` where one that is cancelled would be all that is left.
    """
    new = {**row, **{name: given[name] for name in given if name not in TIMES}}
    if "agenda" in given:
        new["agenda"] = json_text(given["agenda"])
    if (new["latitude"] is None) != (new["longitude"] is None):
        raise refuse("/latitude", "half_a_place", "latitude and longitude are given together.")
    if set(given) & set(TIMES):
        new |= _retimed(row, given)
    keys = _keys(row, new, exceptions, recorded)
    kept = {keys[key]: exception for key, exception in exceptions.items() if key in keys}
    if new["recurrence"] is None:
        if any(exception["status"] == MeetingStatus.CANCELLED for exception in kept.values()):
            raise IllegalTransition(
                "The occurrence that would be left is cancelled: that is final."
            )
        kept = {}
    edit = Edit(new, {}, kept, keys)
    _begun_stay(work, row, exceptions, edit, recorded)
    new |= extent(new, kept)
    values = differing(row, new)
    if SEARCHED & set(values):
        values |= search_words(new)
    return Edit(new, values, kept, keys)


def _retimed(row: Row, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of time. Errors: `Invalid`."""
    fields = {name: row[name] for name in ("timezone", "duration_minutes", "recurrence")}
    fields |= {name: given[name] for name in given if name in TIMES}
    settled = "local_start" not in given and fields["timezone"] == row["timezone"]
    if fields["recurrence"] is not None and "starts_at" in given:
        detail = "A series recurs by the clock: give local_start."
        raise refuse("/starts_at", "local_start_needed", detail)
    single = fields["recurrence"] is None and row["recurrence"] is None
    if single and not {"starts_at", "local_start"} & set(given):
        fields["starts_at"] = instant(row["starts_at"])
    fields.setdefault("local_start", row["local_start"])
    if "excluded" in given:
        return when(fields, settled=settled)
    bare = when({**fields, "excluded": []}, settled=settled)
    left_out = still_left_out(row, bare) if row["recurrence"] is not None else []
    return when({**fields, "excluded": left_out}, settled=settled) if left_out else bare


def _keys(row: Row, new: Row, exceptions: Mapping[str, Row], recorded: set[str]) -> dict[str, str]:
    """Where what there is of single occurrences goes.

    Errors: `OccurrenceInUse` when that cannot be told; `MeetingAnnounced`, `IllegalTransition`: see `_told_of`.
    """
    found = _kept(row, new, exceptions, recorded)
    if row["announced_at"] is not None:
        _told_of(row, new, exceptions, found)
    return found


def _told_of(row: Row, new: Row, exceptions: Mapping[str, Row], kept: Mapping[str, str]) -> None:
    """Nobody is told of an occurrence that is then silently gone: it is cancelled, and one that is stays to be seen.

    Another rule is another plan, which may have fewer. Errors: `MeetingAnnounced`; `IllegalTransition`.
    """
    left_out = set(plain(new["excluded"])) - set(plain(row["excluded"]))
    if left_out and all(row[name] == new[name] for name in RULE):
        raise MeetingAnnounced(f"People were told of {min(left_out)}: cancel it instead.")
    for key, exception in exceptions.items():
        if exception["status"] == MeetingStatus.CANCELLED and key not in kept:
            raise IllegalTransition(f"{key} is cancelled, which is final: the series keeps it.")


def _kept(row: Row, new: Row, exceptions: Mapping[str, Row], recorded: set[str]) -> dict[str, str]:
    found = carried(row, new, recorded | set(exceptions))
    if found is not None:
        return found
    found = carried(row, new, recorded)  # on their days, or there had been a place for all
    if found is None:
        raise OccurrenceInUse(IN_USE)
    # What differed for an occurrence that is no more goes with it; the others stay as they are, cancelled ones too.
    return on_their_days(row, new, exceptions) | found


def _begun_stay(
    work: Work, row: Row, exceptions: Mapping[str, Row], edit: Edit, recorded: set[str]
) -> None:
    """What was recorded of an occurrence that has begun is about the time it was at. Errors: `OccurrenceInUse`."""
    if row["recurrence"] is None and edit.row["recurrence"] is None:
        return  # one meeting that is moved stays that one
    for key in recorded:
        goes = edit.keys[key]
        old = start_of(row, key, exceptions.get(key))
        if old <= work.now and start_of(edit.row, goes, edit.exceptions.get(goes)) != old:
            raise OccurrenceInUse(IN_USE)


async def edit_all(
    work: Work, row: Row, network: Row, exceptions: dict[str, Row], given: Mapping[str, Any]
) -> None:
    """Edit all of a loaded meeting: only what was sent and differs.

    Errors: `Invalid`; `IllegalTransition`; `OccurrenceInUse`; `PlacesTaken`; `ChathamHouseKept`; `TooManyRecords`.
    """
    edit = edited(work, row, exceptions, await recorded_keys(work, row), given)
    if not edit.values:
        return
    hidden = await _under_the_rule(work, row, exceptions, edit, given)
    if SEATING & set(edit.values):
        await change_places(work, row, edit.to_be)
    moved = {key: goes for key, goes in edit.keys.items() if key != goes}
    if moved or len(edit.exceptions) != len(exceptions):
        _rewrite(work, {**edit.row, "sequence": next_sequence(row)}, edit.exceptions)
    told = await _circle(work, row, edit.row, network)
    shift = Shift(keys=moved, veil=veil(row, hidden=hidden), reach=told)
    await shift_records(work, row, shift)
    more = {"sequence": next_sequence(row), "attendance_hidden": hidden}
    change_meeting(work, "meeting.updated", row, {**edit.values, **more}, reach=told)


async def _under_the_rule(
    work: Work, row: Row, exceptions: dict[str, Row], edit: Edit, given: Mapping[str, Any]
) -> bool:
    """Whether who answered is hidden after this edit. Errors: `Invalid`; `ChathamHouseKept`."""
    new = edit.row
    if {"agenda", "confidentiality"} & set(given):
        agenda = plain(new["agenda"])
        await chatham.check_agenda(work, row["network_id"], new["confidentiality"], agenda)
        if new["confidentiality"] == Confidentiality.CHATHAM_HOUSE:
            await chatham.check_exceptions(work, new, edit.exceptions)
    since = min(keys_of(row), default="") if row["recurrence"] is not None else ""
    before, after = (row, exceptions.values()), (new, edit.exceptions.values())
    return await chatham.hidden_after(work, before, after, since)


async def _circle(
    work: Work, row: Mapping[str, Any], new: Mapping[str, Any], network: Row
) -> dict[str, Any] | None:
    """Who outside the network hears of it because it goes out of, or comes into, their sight; None: nobody."""
    was, now = (each["confidentiality"] == Confidentiality.OPEN for each in (row, new))
    if was == now or row["announced_at"] is None:
        return None
    return await reach_outside(work, network)


def _rewrite(work: Work, row: Row, exceptions: Mapping[str, Row]) -> None:
    """Write the exceptions of a meeting anew, under keys that are other ones now."""
    work.delete(MeetingException, {"meeting_id": row["id"]})
    for key, exception in exceptions.items():
        place = {"meeting_id": row["id"], "occurrence": key, "sequence": row["sequence"]}
        work.insert(MeetingException, {**_of_exception(exception), **place})


def _of_exception(exception: Row) -> Row:
    found = {name: exception[name] for name in OF_EXCEPTION}
    found["overrides"] = json_text(plain(exception["overrides"]))
    for name in ("starts_at", "changed_at"):
        found[name] = None if found[name] is None else instant(found[name])
    return found


async def split(
    work: Work,
    row: Row,
    network: Row,
    exceptions: dict[str, Row],
    key: str,
    given: Mapping[str, Any],
) -> str:
    """Edit a loaded series from one occurrence on, which is not the first: it ends there, and a new one begins.

    What hangs on the occurrences from there on goes along. Returns the id of the meeting that has them now: the old one
    when nothing differs.
    Errors: as `edit_all`.
    """
    head, rest = parted(row, exceptions, key)
    later = {x: e for x, e in exceptions.items() if x >= key}
    rest |= extent(rest, later)
    recorded = {x for x in await recorded_keys(work, row) if x >= key}
    edit = edited(work, rest, later, recorded, given)
    if not edit.values:
        return str(row["id"])
    hidden = await _under_the_rule(work, rest, later, edit, given)
    if SEATING & set(edit.values):
        await change_places(work, row, edit.to_be)
    new_id = work.new_id()
    columns = {column.key for column in Meeting.__table__.columns}
    new = {name: value for name, value in edit.row.items() if name in columns}
    new |= {"id": new_id, "sequence": 0, "follows_id": row["id"], "attendance_hidden": hidden}
    for name in JSON_FIELDS:
        new[name] = json_text(plain(new[name]))
    for name in ("starts_at", "begins_at", "ends_at", "announced_at"):
        new[name] = None if new[name] is None else instant(new[name])
    create(work, "meeting.planned", {**new, **search_words(new)}, told_of_meeting(new))
    for x in later:
        work.delete(MeetingException, {"meeting_id": row["id"], "occurrence": x})
    _rewrite(work, {**new, "sequence": 0}, edit.exceptions)
    told = await _circle(work, row, new, network)
    shift = Shift(edit.keys, new_id, key, veil(row, hidden=hidden), told)
    await shift_records(work, row, shift)
    values = {name: head[name] for name in ("recurrence", "excluded", "begins_at", "ends_at")}
    change_meeting(work, "meeting.split", row, {**values, "sequence": next_sequence(row)})
    return new_id


def final(row: Mapping[str, Any]) -> None:
    """Errors: `IllegalTransition` for a cancelled meeting."""
    if row["status"] == MeetingStatus.CANCELLED:
        raise IllegalTransition("This meeting is cancelled, which is final.")
