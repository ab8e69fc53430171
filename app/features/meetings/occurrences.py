"""From meetings as they were planned to their occurrences: what a rule gives, and what differs for single ones.

No row is made for an occurrence. All of it is computed from the series and its exceptions, in memory.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.core import recurrence
from app.core.json_columns import plain
from app.features.meetings.rows import SECOND, Row, masked, micros, text_of, timed
from app.features.meetings.schemas import MeetingStatus

# What may differ for one occurrence, by the names of the columns.
DIFFERS = (
    *("title", "description", "mode", "place", "place_private", "latitude", "longitude"),
    *("join_url", "capacity", "duration_minutes", "agenda"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """How one occurrence differs; `starts_at` is where it was moved to, `overrides` are the fields that differ."""

    starts_at: str | None
    status: str | None
    reason: str | None
    overrides: Mapping[str, Any]
    sequence: int
    changed_at: str

    @classmethod
    def of(cls, exception: Row) -> "Difference":
        """From a row of `models.MeetingException`."""
        found = plain(exception["overrides"]) or {}
        return cls(
            exception["starts_at"],
            exception["status"],
            exception["reason"],
            {name: found[name] for name in DIFFERS if name in found},
            exception["sequence"],
            exception["changed_at"],
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting or a series that its reader sees, and whether they may attend it.

    `row` is as it stands in the database: give rows out by `as_planned` and `as_it_is` alone, which mask them.
    `score` says how well it fits the words that were looked for, None where it does not; `differences` are by
    original local start.
    """

    row: Row
    attends: bool
    score: int | None = None
    excluded: tuple[str, ...] = ()
    differences: dict[str, Difference] = field(default_factory=dict)

    @property
    def is_series(self) -> bool:
        """Whether it recurs."""
        return self.row["recurrence"] is not None

    def series(self) -> recurrence.Series:
        """Every original start, cached."""
        row = self.row
        return recurrence.expand(
            row["recurrence"], row["local_start"], row["timezone"], self.excluded
        )


class Occurrence(NamedTuple):
    """One time that people meet; `local` is its original local start, empty for a single meeting.

    `starts` and `ends` are microseconds since 1970.
    """

    of: Planned
    local: str
    starts: int
    ends: int

    @property
    def difference(self) -> Difference | None:
        """How it differs from its series."""
        return self.of.differences.get(self.local)


def planned_of(row: Row) -> Planned:
    """A row of `rows.columns`, without exceptions so far."""
    given = row.pop("_excluded")
    excluded = () if row["recurrence"] is None else tuple(plain(given))
    return Planned(row, row.pop("_attends"), row.pop("_score", None), excluded)


def occurrences(
    planned: Planned,
    since: int | None = None,
    until: int | None = None,
    *,
    differing_alone: bool = False,
) -> Iterator[Occurrence]:
    """Those that start before `until` and end after `since` (microseconds since 1970), moved ones included.

    Those that differ come last, or are all there is with `differing_alone`; nothing else is said of the order.
    """
    row, differences = planned.row, planned.differences
    lasts = row["duration_minutes"] * 60 * SECOND
    if not planned.is_series:
        starts = micros(row["starts_at"])
        if _meets(starts, starts + lasts, since, until):
            yield Occurrence(planned, "", starts, starts + lasts)
        return
    series = planned.series()
    for index in () if differing_alone else _around(series, lasts, since, until):
        local = series.locals[index]
        if local not in differences:
            starts = series.starts[index] * SECOND
            if _meets(starts, starts + lasts, since, until):
                yield Occurrence(planned, local, starts, starts + lasts)
    for local in differences:
        found = occurrence_at(planned, local)
        if found is not None and _meets(found.starts, found.ends, since, until):
            yield found


def _around(series: recurrence.Series, lasts: int, since: int | None, until: int | None) -> range:
    """The indexes of those that may meet the window, by whole seconds: a few more rather than one less."""
    if since is None and until is None:
        return range(len(series.locals))
    first = 0 if since is None else since // SECOND
    last = 2**62 if until is None else until // SECOND + 1
    return series.between(first - 1, last, lasts // SECOND)


def _meets(starts: int, ends: int, since: int | None, until: int | None) -> bool:
    return (until is None or starts < until) and (since is None or ends > since)


def occurrence_at(planned: Planned, local: str) -> Occurrence | None:
    """The occurrence with this original local start, or None when the series has none."""
    if not planned.is_series:
        return None
    series = planned.series()
    index = bisect_left(series.locals, local)
    if series.locals[index : index + 1] != (local,):
        return None
    difference = planned.differences.get(local)
    starts, lasts = series.starts[index] * SECOND, planned.row["duration_minutes"]
    if difference is not None:
        lasts = difference.overrides.get("duration_minutes", lasts)
        if difference.starts_at is not None:
            starts = micros(difference.starts_at)
    return Occurrence(planned, local, starts, starts + lasts * 60 * SECOND)


def as_planned(planned: Planned) -> Row:
    """What its reader is shown of a meeting, or of a series as a whole."""
    row = timed(masked(dict(planned.row), attends=planned.attends))
    row["occurrence"] = None
    return row


def as_it_is(occurrence: Occurrence) -> Row:
    """What its reader is shown of one occurrence: the series with what differs."""
    if not occurrence.of.is_series:
        return as_planned(occurrence.of)
    row = differing(occurrence)
    row["starts_at"] = text_of(occurrence.starts)
    row["occurrence"] = occurrence.local
    return timed(row)


def differing(occurrence: Occurrence) -> Row:
    """The masked row of an occurrence as far as filters look at it: not its times."""
    row = dict(occurrence.of.row)
    difference = occurrence.difference
    if difference is not None:
        row.update(
            (name, value) for name, value in difference.overrides.items() if name in row
        )  # lists have no agenda
        row["sequence"] = difference.sequence
        if difference.status == MeetingStatus.CANCELLED:
            row["status"] = difference.status
            row["cancel_reason"] = difference.reason or row["cancel_reason"]
    return masked(row, attends=occurrence.of.attends)
