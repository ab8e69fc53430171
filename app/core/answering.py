"""What a list answers to words: rows that have all of them; or else what was meant; or else the nearest there is.

1. Rows that answer the question whole. Five of them are enough.
2. Where there is none, the question as it was meant, if a word of it looks like a slip: `did_you_mean`.
3. Where there are fewer than five, rows that answer one of its weightiest groups; those of before are among them,
   and come first by their score.

All of it looks only at what the caller may see. The cursor keeps which of these a list was, so that pages fit.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from app.core.paging import Page
from app.core.questions import ask
from app.db.search import Wanted

ENOUGH = 5

Row = dict[str, Any]
Run = Callable[[Wanted, Page], Awaitable[list[Row]]]
Correct = Callable[[str, Callable[[str], Awaitable[bool]]], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Answered:
    """One row more than the page, what was meant instead of what was typed; the page keeps that for the next one."""

    rows: list[Row]
    did_you_mean: str | None
    page: Page
    wanted: Wanted | None


async def answered(
    q: str, page: Page, run: Run, correct: Correct, *, enough: int = ENOUGH
) -> Answered:
    """Answer what was typed; `run` reads a page of rows that answer a question, `correct` is `spelling`'s.

    Fewer than `enough` whole answers, and the nearest are looked for.
    """
    if page.how is not None:
        loose, meant = page.how
        wanted = _wanted(meant or q, loose=loose)
        return Answered(await run(wanted, page), meant, page, wanted) if wanted else _nothing(page)
    # However few a page shows, five are enough.
    first = replace(page, limit=max(page.limit, ENOUGH))
    wanted, meant = _wanted(q), None
    if wanted is None:
        return _nothing(page)
    rows = await run(wanted, first)
    if not rows:
        meant = await correct(q, lambda text: _finds(text, run, page))
        better = None if meant is None else _wanted(meant)
        if better is not None:
            wanted = better
            rows = await run(wanted, first)
    if len(rows) < enough and wanted.may_loosen:
        wanted = replace(wanted, loose=True)
        rows = await run(wanted, first)
    kept = replace(page, how=(wanted.loose, meant))
    return Answered(rows[: page.limit + 1], meant, kept, wanted)


def _wanted(q: str, *, loose: bool = False) -> Wanted | None:
    asked = ask(q)
    return None if asked is None else asked.wanted(loose=loose)


async def _finds(text: str, run: Run, page: Page) -> bool:
    """Whether the caller finds anything by these words."""
    wanted = _wanted(text)
    return wanted is not None and bool(await run(wanted, replace(page, limit=1)))


def _nothing(page: Page) -> Answered:
    return Answered([], None, page, None)
