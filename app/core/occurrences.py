"""Which occurrence of a meeting something is about: its original local start, or nothing for a single meeting."""

from collections.abc import Mapping
from typing import Any

from app.core import recurrence
from app.core.errors import refuse
from app.core.json_columns import plain

_WITH_SECONDS = len("2026-03-18T12:30:00")


def whole_local(text: str) -> str:
    """A local start with its seconds, as it is stored."""
    return text if len(text) == _WITH_SECONDS else f"{text}:00"


def series_of(meeting: Mapping[str, Any]) -> recurrence.Series:
    """The occurrences of a row that is a series, by its rule and without those that are left out."""
    excluded = tuple(plain(meeting["excluded"]) or ())
    place = meeting["recurrence"], meeting["local_start"], meeting["timezone"]
    return recurrence.expand(*place, excluded)


def occurrence_of(
    meeting: Mapping[str, Any], given: str | None, pointer: str = "/occurrence"
) -> str:
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
    if wanted not in series_of(meeting).locals:
        detail = "The series has no occurrence of this original local start; lists give it as `occurrence`."
        raise refuse(pointer, "no_such_occurrence", detail)
    return wanted
