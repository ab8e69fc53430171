"""Stamps that are days: of what may have an author who is not named, no time of day is kept or told.

`core.changes` writes them; here is how they are compared with instants, and shown.
"""

from datetime import datetime
from typing import Any

_MIDNIGHT = "T00:00:00.000000Z"


def midnight(at: datetime) -> datetime:
    """The beginning of the day of an instant, UTC: what is stamped with days is compared with days."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def at_midnight(instant: str) -> str:
    """The same of an instant as answers have it."""
    return f"{instant[:10]}{_MIDNIGHT}"


def in_days(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose stamps are shown as the days that they are, in place: `created_on`, `updated_on`."""
    row["created_on"] = row.pop("created_at")[:10]
    row["updated_on"] = row.pop("updated_at")[:10]
    return row
