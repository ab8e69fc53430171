"""Whom to pair: as many as can be with somebody they have not met, and nobody alone.

A matching of the greatest size in the graph of who has not met, by growing alternating trees and shrinking their odd
cycles (J. Edmonds, "Paths, trees, and flowers", Canadian Journal of Mathematics 17, 1965). People are places in a list
that is shuffled beforehand, sets of them the bits of a whole number.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

NOBODY = -1
# A tree grows by looking at everybody from everybody: beyond so many only the first, quick pairing is made. In a crowd
# few have met, and it leaves hardly anybody over.
MOST_EXACT = 500


def drawn(strangers: Sequence[int]) -> list[tuple[int, ...]]:
    """Groups of two, and one of three where their number is odd; two at least are asked for.

    `strangers[i]` has the bits of those whom `i` has not met; it is symmetric. Up to `MOST_EXACT` people as many pairs
    as possible have not met. Who is left over is paired all the same; a last one makes a pair three, where possible one
    of people they have not met.
    """
    mate = _quick(strangers)
    if len(strangers) <= MOST_EXACT:
        mate = _greatest(strangers, mate)
    groups = [(one, other) for one, other in enumerate(mate) if one < other]
    left = [one for one, other in enumerate(mate) if other == NOBODY]
    groups += [(left[i], left[i + 1]) for i in range(0, len(left) - 1, 2)]
    if len(left) % 2:
        last = left[-1]
        new = [sum(strangers[last] >> one & 1 for one in group) for group in groups]
        best = new.index(max(new))
        return [*groups[:best], (*groups[best], last), *groups[best + 1 :]]
    return list(groups)


def _quick(strangers: Sequence[int]) -> list[int]:
    """Everybody in turn, who has the fewest to choose from first, with the first that is free."""
    n = len(strangers)
    mate, free = [NOBODY] * n, (1 << n) - 1
    for one in sorted(range(n), key=lambda i: strangers[i].bit_count()):
        choice = strangers[one] & free
        if free >> one & 1 and choice:
            other = (choice & -choice).bit_length() - 1
            mate[one], mate[other] = other, one
            free &= ~(1 << one | 1 << other)
    return mate


@dataclass
class _Tree:
    """What one search knows: from whom each was reached, and in which shrunk cycle they are."""

    mate: list[int]
    root: int
    parent: list[int] = field(default_factory=list)
    base: list[int] = field(default_factory=list)
    queue: deque[int] = field(default_factory=deque)
    even: int = 0  # those reached over an even number of steps: their strangers are looked at

    def __post_init__(self) -> None:
        self.parent = [NOBODY] * len(self.mate)
        self.base = list(range(len(self.mate)))
        self.reach(self.root)

    def reach(self, one: int) -> None:
        """Look at the strangers of this one, too."""
        if not self.even >> one & 1:
            self.even |= 1 << one
            self.queue.append(one)

    def meeting_point(self, one: int, other: int) -> int:
        """Where the ways of two back to the root come together."""
        passed = 0
        while True:
            one = self.base[one]
            passed |= 1 << one
            if self.mate[one] == NOBODY:
                break
            one = self.parent[self.mate[one]]
        while not passed >> self.base[other] & 1:
            other = self.parent[self.mate[self.base[other]]]
        return self.base[other]

    def shrink(self, one: int, other: int) -> None:
        """Two even ones are strangers: all on the cycle that this closes can be reached evenly."""
        top = self.meeting_point(one, other)
        cycle = self._walk(one, other, top) | self._walk(other, one, top)
        for node, base in enumerate(self.base):
            if cycle >> base & 1:
                self.base[node] = top
                self.reach(node)

    def _walk(self, node: int, child: int, top: int) -> int:
        on_it = 0
        while self.base[node] != top:
            across = self.mate[node]
            on_it |= 1 << self.base[node] | 1 << self.base[across]
            self.parent[node], child = child, across
            node = self.parent[across]
        return on_it


def _greatest(strangers: Sequence[int], mate: list[int]) -> list[int]:
    """No pairing has more pairs. Whom a search in vain began with, no later one ends at: it takes two others."""
    mate, in_vain = list(mate), 0
    for root in range(len(mate)):
        if mate[root] == NOBODY and mate.count(NOBODY) - in_vain > 1:
            tree = _Tree(mate, root)
            end = _grow(strangers, tree)
            in_vain += end == NOBODY
            _turn(tree, end)
    return mate


def _grow(strangers: Sequence[int], tree: _Tree) -> int:
    """Look from everybody who is reached evenly. Returns somebody unpaired at the end of a way, or `NOBODY`."""
    mate = tree.mate
    while tree.queue:
        one = tree.queue.popleft()
        others = strangers[one]
        while others:
            bit = others & -others
            others ^= bit
            other = bit.bit_length() - 1
            if tree.base[one] == tree.base[other] or mate[one] == other:
                continue
            if other == tree.root or (mate[other] != NOBODY and tree.parent[mate[other]] != NOBODY):
                tree.shrink(one, other)
            elif tree.parent[other] == NOBODY:
                tree.parent[other] = one
                if mate[other] == NOBODY:
                    return other
                tree.reach(mate[other])
    return NOBODY


def _turn(tree: _Tree, end: int) -> None:
    """Pair along the way from `end` to the root the other way round: one pair more."""
    while end != NOBODY:
        before = tree.parent[end]
        after = tree.mate[before]
        tree.mate[end], tree.mate[before] = before, end
        end = after
