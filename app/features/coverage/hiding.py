"""Small numbers of a patch: what is left out so that no count of 1 to the threshold can be read or worked out.

An ICB's own figures go by two rules. A count is left out where it, or what is left of its total, is 1 to the threshold.
Of counts that add up, another is left out where one alone would be missing, or where those missing are so few together
that each of them is known to be small. A region is the sum of its ICBs, which anybody may ask for one by one: so a
figure of a region is there only where that of every part is. A topic's count goes where it leaves 1 to the threshold
of all that are covered: the rest has members in networks about other topics alone.
Source: docs/decisions/0045-engagement-and-coverage.md; the primary rule is that of docs/small-numbers.md.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.small_numbers import is_small

Row = dict[str, Any]


def share_of(
    covered: int, total: int, threshold: int, *, parts: Iterable[Row] = (), every: int = 0
) -> Row:
    """How many of so many are covered.

    `parts` are the figures that add up to this one; `every` is how many are covered at all, where this is of a topic.
    """
    small = is_small(covered, threshold) or is_small(total - covered, threshold)
    small = small or is_small(every - covered, threshold)
    if small or any(part["suppressed"] for part in parts):
        return {"total": total, "covered": None, "share": None, "suppressed": True}
    share = covered / total if total else None
    return {"total": total, "covered": covered, "share": share, "suppressed": False}


def number_of(count: int, threshold: int, *, parts: Iterable[Row] = ()) -> Row:
    """A count without a total that anybody knows."""
    small = is_small(count, threshold) or any(part["suppressed"] for part in parts)
    return {"value": None if small else count, "suppressed": small}


def kept_back(cells: Mapping[str, int], threshold: int) -> set[str]:
    """The keys of counts to leave out of several that add up to a total which is shown.

    All of them come back where nothing else helps: then the total goes too.
    """
    hidden = {key for key, count in cells.items() if is_small(count, threshold)}
    others = sorted((count, key) for key, count in cells.items() if count and key not in hidden)
    # One alone is what the others leave of the total.
    while hidden and (len(hidden) == 1 or sum(cells[key] for key in hidden) <= threshold):
        if not others:
            return set(cells)
        hidden.add(others.pop(0)[1])
    return hidden
