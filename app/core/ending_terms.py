"""Help that does not go on: of somebody who is a member no more, or terms of a duty that ended."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import bindparam, or_, select

from app.core.changes import Told, change_many, remove_many
from app.core.fetching import facts
from app.core.work import Work
from app.db.types import DAY, ID, day_text
from app.models import Ask, DutyTerm, Offer, PairingWish


def _lasting(of: str) -> Any:
    here = getattr(DutyTerm, of) == bindparam(of, type_=ID)
    lasts = or_(DutyTerm.to_on.is_(None), DutyTerm.to_on > bindparam("today", type_=DAY))
    within = DutyTerm.network_id == bindparam("network_id", type_=ID)
    return select(*facts(DutyTerm)).where(within, here, lasts).order_by(DutyTerm.id)


async def end_terms(
    work: Work, network: Mapping[str, Any], of: str, whose: str, told: Told
) -> None:
    """End what lasts beyond today in a locked network: `of` is `person_id` or `duty_id`, `whose` its value.

    Who holds a duty held it until today; a term that is still to begin is taken away.
    """
    today = work.now.date()
    values = {"network_id": network["id"], of: whose, "today": today}
    rows = await work.fetch(("lasting terms", of), lambda: _lasting(of), values)
    begun = [row for row in rows if row["from_on"] <= day_text(today)]
    ahead = [row for row in rows if row["from_on"] > day_text(today)]
    if begun:
        await change_many(work, "duty_term.ended", [(row, {"to_on": today}) for row in begun], told)
    await remove_many(work, "duty_term.withdrawn", ahead, replace(told, reach="member"))


def _open_help(model: Any) -> Any:
    return (
        select(*facts(model))
        .where(
            model.network_id == bindparam("network_id", type_=ID),
            model.person_id == bindparam("person_id", type_=ID),
            model.status == "open",
        )
        .order_by(model.id)
    )


async def withdraw_help(work: Work, values: Mapping[str, Any], told: Told) -> None:
    """Withdraw what somebody asks for, offers and wishes in a locked network: `network_id`, `person_id`."""
    work.delete(PairingWish, {name: values[name] for name in ("network_id", "person_id")})
    for kind, model in (("ask", Ask), ("offer", Offer)):
        found = await work.fetch(("open help", kind), partial(_open_help, model), values)
        edits = [(row, {"status": "withdrawn"}) for row in found]
        if edits:
            await change_many(work, f"{kind}.withdrawn", edits, told)
