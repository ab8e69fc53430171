"""That a calendar's address was used: once a day, which is enough to find those that nobody uses."""

from datetime import UTC
from typing import Any

from sqlalchemy import bindparam, update

from app.core.work import House
from app.db.database import Transaction, Write
from app.models import CalendarToken


def _used() -> Any:
    mine = CalendarToken.id == bindparam("row_id")
    return update(CalendarToken).where(mine).values({"last_used_on": bindparam("day")})


async def note_use(house: House, row: dict[str, Any]) -> None:
    """Note today as the day of its last use, if that is not noted yet; `row` has `id` and `last_used_on`."""
    today = house.clock().astimezone(UTC).date()
    if row["last_used_on"] == today.isoformat():
        return

    async def note(tx: Transaction) -> None:
        values = {"row_id": row["id"], "day": today}
        await tx.write([Write("calendar use", _used, values, ("calendar_token", row["id"]), None)])

    await house.db.unit(note)
