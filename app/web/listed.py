"""The door's side of lists that may be asked by words."""

from typing import Any, Protocol

from app.core.listing import Listed
from app.core.paging import Page, cut, open_page
from app.web import answers
from app.web.call import Answer, Call
from app.web.changes_cursor import seal_position

# What does not decide which rows a list has, nor in which order.
_OF_THE_PAGE = {"cursor", "limit", "facets"}


class ListQuery(Protocol):
    """The query of a list."""

    cursor: str | None
    limit: int

    def model_dump(self, *, mode: str, exclude: set[str], exclude_unset: bool) -> dict[str, Any]:
        """Pydantic's."""


def begin(call: Call, name: str, params: ListQuery, sort: str) -> Page:
    """The page that a list's query asks for; its cursor is bound to the filters and the order.

    Errors: `InvalidCursor`.
    """
    given = params.model_dump(mode="json", exclude=_OF_THE_PAGE, exclude_unset=True)
    asked = {**given, "sort": sort}
    return open_page(call.rooms.sealer, name, asked, cursor=params.cursor, limit=params.limit)


async def listed(call: Call, found: Listed, tie: str = "id") -> Answer:
    """The answer: the rows without the one too many, and what is said beside them."""
    cursor = cut(call.rooms.sealer, found.page, found.rows, tie)
    if tie.startswith("_"):  # made for the cursor alone
        for row in found.rows:
            del row[tie]
    more = found.said()
    if found.position is not None:
        more["changes_cursor"] = await seal_position(call, found.position)
    return answers.page(call, found.rows, cursor, **more)
