"""From meetings as their reader is shown them to events: a series is one with its rule, and one for what differs."""

from collections.abc import Iterator
from typing import Any

from app.exchange.ical.event import Event
from app.features.meetings.finding import Wanted, wanted_occurrences
from app.features.meetings.occurrences import Occurrence, Planned, differing, occurrence_at
from app.features.meetings.rows import Row, masked, text_of

OF_OCCURRENCES = frozenset({"since", "until", "mode", "status"})


def single(planned: Planned, network: str | None) -> Event:
    """The event of a single meeting."""
    row = masked(dict(planned.row), attends=planned.attends)
    return _event(row, network, starts_at=row["starts_at"], ends_at=row["last_ends_at"])


def everything(wanted: Wanted) -> bool:
    """Whether every occurrence of what is found is wanted."""
    return not wanted.worded and not OF_OCCURRENCES & wanted.given


def events_of(planned: Planned, wanted: Wanted, network: str | None) -> Iterator[Event]:
    """The events of a series, as far as anything of it is wanted.

    Occurrences that are not wanted are left out of the rule; what differs for the others are events of their own.
    """
    row = masked(dict(planned.row), attends=planned.attends)
    left_out: list[str] = []
    if everything(wanted):
        found = [occurrence_at(planned, local) for local in planned.differences]
        differ = [occurrence for occurrence in found if occurrence is not None]
    else:
        kept = {
            each.occurrence.local: each.occurrence for each in wanted_occurrences(planned, wanted)
        }
        if not kept:
            return
        left_out = [local for local in planned.series().locals if local not in kept]
        differ = [kept[local] for local in planned.differences if local in kept]
    yield _event(
        row,
        network,
        local_start=row["local_start"],
        zone=row["timezone"],
        recurrence=row["recurrence"],
        excluded=tuple(sorted({*planned.excluded, *left_out})),
    )
    for occurrence in differ:
        yield _differing(occurrence, network)


def _differing(occurrence: Occurrence, network: str | None) -> Event:
    row, difference = differing(occurrence), occurrence.difference
    when: Row = {"local_start": occurrence.local}
    if difference is not None:
        row["updated_at"] = max(row["updated_at"], difference.changed_at)
        # Calendars pass over an occurrence that is behind its series (nextcloud/calendar, issue 4727).
        row["sequence"] = max(occurrence.of.row["sequence"], difference.sequence)
        if difference.starts_at is not None:
            when = {"starts_at": text_of(occurrence.starts)}
    return _event(row, network, zone=row["timezone"], occurrence=occurrence.local, **when)


def _event(row: Row, network: str | None, **when: Any) -> Event:
    return Event(
        meeting_id=row["id"],
        changed_at=row["updated_at"],
        sequence=row["sequence"],
        status=row["status"],
        confidentiality=row["confidentiality"],
        title=row["title"],
        duration_minutes=row["duration_minutes"],
        description=row["description"],
        place=row["place"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        join_url=row["join_url"],
        cancel_reason=row["cancel_reason"],
        network=network,
        **when,
    )
