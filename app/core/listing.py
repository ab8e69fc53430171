"""A page of a list that may be asked by words: its rows, what they answer, where the change feed stands."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from app.core.answering import ENOUGH, Answered, Row, answered
from app.core.facets import Counts, sorted_counts
from app.core.feed_position import with_position
from app.core.paging import Page
from app.core.spelling import correct
from app.core.work import House
from app.db.database import Database
from app.db.search import Wanted

Run = Callable[[Wanted | None, Page], Awaitable[list[Row]]]


class Counter(Protocol):
    """What counts all that a list finds (`facets.Counting`)."""

    @property
    def fits(self) -> Sequence[str]:
        """The facets that it counts."""

    async def counts(self, db: Database, question: Wanted | None) -> Counts:
        """Everything that answers the question, or where there is none, everything: counted."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row more than the page, with `_key`; `wanted` is the question that these rows answer.

    `position` is the feed's before the list was read, where it is in the feed at all.
    """

    rows: list[Row]
    page: Page
    wanted: Wanted | None
    did_you_mean: str | None
    position: int | None
    facets: Counts | None

    def said(self) -> dict[str, Any]:
        """What the answer says beside its rows."""
        loose = self.wanted is not None and self.wanted.loose
        return {"did_you_mean": self.did_you_mean, "loose": loose, "facets": self.facets}


async def list_found(
    house: House,
    q: str | None,
    page: Page,
    run: Run,
    *,
    by_relevance: bool,
    counting: Counter | None,
    in_step: bool = True,
) -> Listed:
    """Read a page; `run` reads one of rows that answer a question (None: of all rows); `in_step`, each with `_head`.

    With `counting`, count everything that is found.

    In another order than by relevance what fits in part would stand among what fits: then it is looked for only where
    nothing fits.
    """
    found = Answered([], None, page, None)
    asked = False

    async def rows() -> list[Row]:
        nonlocal found, asked
        if q is None:
            return await run(None, page)
        if not asked:
            asked = True
            enough = ENOUGH if by_relevance else 1
            found = await answered(q, page, run, partial(correct, house), enough=enough)
            return found.rows
        return [] if found.wanted is None else await run(found.wanted, found.page)

    got, position = await with_position(house.db, rows) if in_step else (await rows(), None)
    counts = None
    if counting is not None and q is not None and found.wanted is None:
        counts = sorted_counts(counting.fits, [])  # words that nothing can have
    elif counting is not None:
        counts = await counting.counts(house.db, found.wanted)
    return Listed(got, found.page, found.wanted, found.did_you_mean, position, counts)
