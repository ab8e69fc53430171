"""Who hears of a meeting, and the words that it is found by."""

from collections.abc import Mapping
from typing import Any

from app.core import words
from app.core.access import INSIDE
from app.core.changes import Told


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
