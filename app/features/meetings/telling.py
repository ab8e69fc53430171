"""Who hears of a meeting, and the words that it is found by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core import words
from app.core.access import INSIDE
from app.core.changes import Told, change
from app.core.json_columns import plain
from app.core.work import Work
from app.db.types import instant_text

JSON_FIELDS = ("agenda", "excluded")


def told_of_meeting(row: Mapping[str, Any], **more: Any) -> Told:
    """Whoever sees the meeting now; `more` says who else, when it goes out of sight."""
    return Told(network_id=row["network_id"], tier=INSIDE, outer=False, **more)


def search_words(row: Mapping[str, Any]) -> dict[str, str]:
    """The search columns: nothing that only some of its readers may read."""
    place = None if row["place_private"] else row["place"]
    return {
        "search_name": words.document(row["title"]),
        "search_topics": "",
        "search_purpose": words.document(row["description"] or ""),
        "search_front": words.document(place or ""),
        "search_inside": "",
    }


def differing(row: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of these values that are others than the row has."""
    return {
        name: value
        for name, value in values.items()
        if name in row and not _same(name, row[name], value)
    }


def _same(name: str, old: Any, new: Any) -> bool:
    if name in JSON_FIELDS:
        return bool(plain(old) == plain(new))
    return bool(as_written(old) == as_written(new))


def as_written(value: Any) -> Any:
    """A value that a command is about to write, as it is read: instants as text."""
    return instant_text(value) if isinstance(value, datetime) else value


def change_meeting(
    work: Work,
    action: str,
    row: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    also: Sequence[str] = (),
    reach: Mapping[str, Any] | None = None,
) -> None:
    """Write what differs of a loaded meeting, and record it; `reach` says who else hears of it."""
    told = told_of_meeting(row, **(reach or {}))
    change(work, action, row, {**differing(row, values), **_words(values)}, told, also=also)


def _words(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name.startswith("search_")}
