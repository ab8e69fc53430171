"""What was written of a meeting before it came under the Chatham House Rule: it must name nobody to come under it.

Minutes as they are written and as they are read, the note to the last edition, and actions. What earlier editions said
is for facilitators alone from then on (docs/decisions/0024).
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from sqlalchemy import Integer, and_, bindparam, select

from app.core.errors import FieldError, RecordsNameAMember
from app.core.naming import Names, first_named, members_names
from app.core.work import Work
from app.db.types import ID
from app.models import Action, Minutes, MinutesEdition

AT_ONCE = 20  # minutes may be long
MOST_TOLD = 20
FIRST = "00000000-0000-0000-0000-000000000000"
TEXTS = ("text", "published_text", "note", "title", "detail")


def _some(model: Any, *columns: Any) -> Any:
    return (
        select(model.id, *columns)
        .where(
            model.meeting_id == bindparam("meeting_id", type_=ID),
            model.occurrence >= bindparam("since"),
            model.id > bindparam("after", type_=ID),
        )
        .order_by(model.id)
        .limit(bindparam("most", type_=Integer))
    )


def _minutes() -> Any:
    latest = and_(MinutesEdition.minutes_id == Minutes.id, MinutesEdition.number == Minutes.edition)
    columns = Minutes.text, Minutes.published_text, MinutesEdition.note
    return _some(Minutes, *columns).outerjoin(MinutesEdition, latest)


def _actions() -> Any:
    return _some(Action, Action.title, Action.detail)


async def _written(
    work: Work, meeting_id: str, since: str
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    for kind, build in (("minutes", _minutes), ("actions", _actions)):
        values = {"meeting_id": meeting_id, "since": since, "after": FIRST, "most": AT_ONCE}
        while rows := await work.fetch(("written of meeting", kind), build, values):
            for row in rows:
                yield f"/v1/{kind}/{row['id']}", row
            values["after"] = rows[-1]["id"]


def _naming(row: Mapping[str, Any], names: Names) -> Iterator[int]:
    for name in TEXTS:
        offset = first_named(row.get(name) or "", names)
        if offset is not None:
            yield offset


async def refuse_named_records(
    work: Work, meeting_id: str, network_id: str, since: str = ""
) -> None:
    """Refuse a meeting the Chatham House Rule while something written of it names an active member of its network.

    `since` is the first occurrence that is concerned. Errors: `RecordsNameAMember`, with the addresses of what is to be
    corrected, never the name.
    """
    names = await members_names(work, network_id)
    found: list[FieldError] = []
    async for path, row in _written(work, meeting_id, since):
        for offset in list(_naming(row, names))[:1]:
            detail = f"It names a member of this network, from character {offset + 1} on."
            found.append(FieldError(path, "names_a_member", detail))
        if len(found) == MOST_TOLD:
            break
    if found:
        raise RecordsNameAMember(errors=tuple(found))
