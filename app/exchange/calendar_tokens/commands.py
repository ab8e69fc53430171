"""Making and revoking calendar tokens: one opens what its person may read without being an operator, and no more."""

from typing import Any

from sqlalchemy import bindparam, func, literal, select

from app.core import access
from app.core.changes import Told, change, create
from app.core.errors import InsufficientScope, NotFound, TooManyCalendars
from app.core.fetching import fetch_self
from app.core.json_columns import json_text
from app.core.meeting_access import visible_calendar_token, visible_meeting
from app.core.references import unknown
from app.core.tokens import HINT, hash_of, new_secret
from app.core.viewer import Scope
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.exchange.calendar_tokens.schemas import CalendarTokenCreate
from app.models import CalendarToken, Meeting, Network

MOST = 20  # a person: a few calendars on a few machines


async def make_calendar_token(work: Work, body: CalendarTokenCreate) -> tuple[dict[str, Any], str]:
    """Make an address for one feed of the viewer's. Returns its row and the secret, which is kept nowhere.

    Errors: `InsufficientScope` for a token that reads no meetings; `UnknownReference` for a network or meeting that
    its person does not see, an operator's eyes apart; `TooManyCalendars`.
    """
    if Scope.MEETINGS_READ not in work.viewer.scopes:
        raise InsufficientScope(f"A calendar opens meetings: this needs {Scope.MEETINGS_READ} too.")
    person, _ = await fetch_self(work, facilitated=False)  # locked: nobody counts beside this
    await _there(work, body)
    row = await fetch_one(work, "count calendars", _count, access.values(work.viewer))
    if row is not None and int(row["count"]) >= MOST:
        raise TooManyCalendars(f"A person has {MOST} calendar addresses at most: revoke one first.")
    secret = new_secret("calendar")
    filters = body.filters.model_dump(mode="json", by_alias=True, exclude_none=True)
    values = {
        "id": work.new_id(),
        "person_id": person["id"],
        "name": body.name,
        "secret_hash": hash_of(secret),
        "hint": secret[-HINT:],
        "feed": body.feed.value,
        "network_id": body.network_id,
        "meeting_id": body.meeting_id,
        "filters": json_text(filters),
        "revoked_at": None,
        "last_used_on": None,
    }
    told = Told(person_id=person["id"])
    return create(work, "calendar_token.created", values, told), secret


def _count() -> Any:
    mine = visible_calendar_token("person")
    return select(func.count(literal(1)).label("count")).select_from(CalendarToken).where(mine)


def _network() -> Any:
    asked = Network.id == bindparam("about_id", type_=ID)
    return select(Network.id).where(asked, access.visible_network("person"))


def _meeting() -> Any:
    asked = Meeting.id == bindparam("about_id", type_=ID)
    return select(Meeting.id).where(asked, visible_meeting("person"))


async def _there(work: Work, body: CalendarTokenCreate) -> None:
    """Errors: `UnknownReference`."""
    asked = (
        ("network", body.network_id, _network),
        ("meeting", body.meeting_id, _meeting),
    )
    for kind, about_id, build in asked:
        values = {**access.values(work.viewer), "about_id": about_id}
        seen = about_id is None or await fetch_one(work, ("calendar is of", kind), build, values)
        if not seen:
            raise unknown(f"/{kind}_id", f"You see no such {kind}.")


def end_calendar_token(work: Work, row: dict[str, Any]) -> None:
    """Revoke a loaded calendar token: from the commit on its address opens nothing."""
    told = Told(person_id=row["person_id"])
    change(work, "calendar_token.revoked", row, {"revoked_at": work.now}, told, op="gone")


def _own() -> Any:
    mine = (CalendarToken.id == bindparam("token_id", type_=ID), visible_calendar_token("person"))
    return select(*CalendarToken.__table__.columns).where(*mine).with_for_update()


async def fetch_calendar_token(work: Work, token_id: str) -> dict[str, Any]:
    """One of the viewer's own calendar tokens, locked. Errors: `NotFound`, also for another person's."""
    values = {**access.values(work.viewer), "token_id": token_id}
    row = await fetch_one(work, "fetch calendar token", _own, values)
    if row is None:
        raise NotFound
    return row
