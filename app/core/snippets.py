"""What of a text answers a question: where its words stand, and the stretch of it that has most of them.

Works on the text as it is shown. A word counts where its stem is one that was asked for, itself or in what means the
same, or where it begins as the last word typed does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.core import words
from app.db.search import Wanted

LONGEST = 200
_LEAD = 60  # characters before the first word found

Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the words of a question in texts: `asked` are the search words it may be, `beginning` one's start."""

    asked: frozenset[str]
    beginning: str | None

    def marks(self, text: str) -> list[Mark]:
        """Where its words stand, in code points of the text, in order."""
        return list(self._marks(text))

    def _marks(self, text: str) -> Iterator[Mark]:
        for run in words.RUN.finditer(text):
            for token in words.tokens(run[0]):
                begun = self.beginning is not None and words.written(token).startswith(
                    self.beginning
                )
                if begun or words.meant(token) in self.asked:
                    yield run.span()
                    break

    def snippet(self, text: str) -> tuple[str, list[Mark]]:
        """At most 200 characters of the text, from shortly before the words found; and where they stand in it."""
        marks = self.marks(text)
        if len(text) <= LONGEST:
            return text, marks
        start = max((marks[0][0] if marks else 0) - _LEAD, 0)
        if start:
            start = min(start, len(text) - LONGEST)
            start = text.find(" ", start) + 1 or start
        end = start + LONGEST
        if end < len(text):
            end = text.rfind(" ", start, end) if " " in text[start:end] else end
        before, after = "…" if start else "", "…" if end < len(text) else ""
        moved = len(before) - start
        kept = [(a + moved, b + moved) for a, b in marks if a >= start and b <= end]
        return f"{before}{text[start:end]}{after}", kept


def finder(wanted: Wanted | None) -> Finder:
    """The finder of a question; of none, one that finds nothing."""
    if wanted is None:
        return Finder(frozenset(), None)
    asked = {word for part in wanted.parts for phrase in part.all_of for word in phrase}
    return Finder(frozenset(asked), wanted.parts[-1].beginning)
