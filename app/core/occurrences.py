"""Which occurrence of a meeting something is about: its original local start, or nothing for a single meeting."""

from typing import Any

from app.core import recurrence
from app.core.errors import refuse
from app.core.json_columns import plain

_WITH_SECONDS = len("2026-03-18T12:30:00")


def whole_local(text: str) -> str:
    """A local start with its seconds, as it is stored."""
    return text if len(text) == _WITH_SECONDS else f"{text}:00"


def occurrences_of(meeting: dict[str, Any]) -> tuple[str, ...]:
    """The original local starts of a series, without those that are left out; none for a single meeting."""
    if meeting["recurrence"] is None:
        return ()
    excluded = tuple(plain(meeting["excluded"]) or ())
    place = meeting["recurrence"], meeting["local_start"], meeting["timezone"]
    return recurrence.expand(*place, excluded).locals


def occurrence_of(meeting: dict[str, Any], given: str | None, pointer: str = "/occurrence") -> str:
    """The key of what was asked for: '' for a single meeting, else an original local start of the series.

    Errors: `Invalid` with `occurrence_required` for a series without one, `no_such_occurrence`.
    """
    if meeting["recurrence"] is None:
        if given is None:
            return ""
        raise refuse(pointer, "no_such_occurrence", "This meeting is no series: leave it out.")
    if given is None:
        detail = "This is a series: say which occurrence, by its original local start."
        raise refuse(pointer, "occurrence_required", detail)
    wanted = whole_local(given)
    if wanted not in occurrences_of(meeting):
        raise refuse(pointer, "no_such_occurrence", "The series has no occurrence of this start.")
    return wanted
