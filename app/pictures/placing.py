"""Where the nodes of a map stand: the same ties give the same places, at a cost that grows with nodes and ties.

Each connected part is laid out by itself: distances to a few nodes that are far from each other, drawn down to two
directions (pivot MDS: Brandes and Pich, Eigensolver Methods for Progressive Multidimensional Scaling of Large Data,
2007), then a bounded number of rounds in which nodes that are near push and ties pull (Fruchterman and Reingold, Graph
Drawing by Force-Directed Placement, 1991). The parts stand beside each other, the largest first.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from math import cos, hypot, pi, sin, sqrt

PIVOTS, POWER = 10, 30  # nodes that distances are taken from; rounds for a direction
EFFORT, ROUNDS = 150_000, 80  # pairs looked at in all rounds; rounds at most
GOLDEN = pi * (3 - sqrt(5))
Place = tuple[float, float]
Ties = Mapping[int, Sequence[int]]


def parts(nodes: Sequence[int], ties: Ties) -> list[list[int]]:
    """The connected parts with more than one node, the largest first, each in the order of a search from its first."""
    seen: set[int] = set()
    found = []
    for node in nodes:
        if node not in seen:
            order = list(distances(node, ties))
            seen.update(order)
            found.append(order)
    return sorted((part for part in found if len(part) > 1), key=lambda part: (-len(part), part[0]))


def distances(start: int, ties: Ties) -> dict[int, int]:
    """How many ties away each node is that can be reached, the nearest first."""
    found, waiting = {start: 0}, deque([start])
    while waiting:
        node = waiting.popleft()
        for other in ties.get(node, ()):
            if other not in found:
                found[other] = found[node] + 1
                waiting.append(other)
    return found


def placed(part: Sequence[int], ties: Ties) -> dict[int, Place]:
    """The nodes of one part in a square from -1 to 1."""
    places = _spread(part, _pivoted(part, ties))
    return _fitted(_pushed(part, places, ties))


def _pivoted(part: Sequence[int], ties: Ties) -> list[Place]:
    """Two directions out of the distances to a few pivots, each as far as can be from those before it."""
    columns: list[list[float]] = []
    nearest = dict.fromkeys(part, len(part))
    pivot = part[0]
    for _ in range(min(PIVOTS, len(part))):
        far = distances(pivot, ties)
        squares = [float(far[node] ** 2) for node in part]
        mean = sum(squares) / len(squares)
        columns.append([square - mean for square in squares])
        nearest = {node: min(nearest[node], far[node]) for node in part}
        pivot = max(part, key=lambda node: nearest[node])
    first = _direction(columns, [])
    second = _direction(columns, first)
    return [
        (
            sum(column[i] * a for column, a in zip(columns, first, strict=True)),
            sum(column[i] * b for column, b in zip(columns, second, strict=True)),
        )
        for i in range(len(part))
    ]


def _direction(columns: list[list[float]], besides: list[float]) -> list[float]:
    """The direction of most spread among the columns, at right angles to the one there is already."""
    products = [
        [sum(a * b for a, b in zip(one, other, strict=True)) for other in columns]
        for one in columns
    ]
    found = [1.0 + i / 7 for i in range(len(columns))]
    for _ in range(POWER):
        if besides:
            along = sum(a * b for a, b in zip(found, besides, strict=True))
            found = [a - along * b for a, b in zip(found, besides, strict=True)]
        found = [sum(a * b for a, b in zip(row, found, strict=True)) for row in products]
        length = sqrt(sum(a * a for a in found)) or 1.0
        found = [a / length for a in found]
    return found


def _spread(part: Sequence[int], places: list[Place]) -> dict[int, Place]:
    """Scaled so that there is room for each, and a little off, so that no two are on each other."""
    largest = max((max(abs(x), abs(y)) for x, y in places), default=0.0) or 1.0
    room = sqrt(len(part))
    return {
        node: (
            x / largest * room + 0.3 * sqrt(i + 1) * cos(i * GOLDEN),
            y / largest * room + 0.3 * sqrt(i + 1) * sin(i * GOLDEN),
        )
        for i, (node, (x, y)) in enumerate(zip(part, places, strict=True))
    }


def _pushed(part: Sequence[int], places: dict[int, Place], ties: Ties) -> dict[int, Place]:
    """Rounds of pushing and pulling, as many as the effort allows; the steps become shorter."""
    reach = sum(len(ties.get(node, ())) for node in part) + len(part) * min(len(part), 30)
    rounds = min(ROUNDS, max(EFFORT // reach, 2))
    for turn in range(rounds):
        step = 0.8 * (1 - turn / rounds)
        cells: dict[tuple[int, int], list[int]] = {}
        for node, (x, y) in places.items():
            cells.setdefault((int(x // 3), int(y // 3)), []).append(node)
        places = {node: _moved(node, places, cells, ties, step) for node in part}
    return places


def _moved(
    node: int,
    places: dict[int, Place],
    cells: dict[tuple[int, int], list[int]],
    ties: Ties,
    step: float,
) -> Place:
    """A step of one node: away from those in the cells around it (30 of each), towards those it is tied to."""
    x, y = places[node]
    dx = dy = 0.0
    column, row = int(x // 3), int(y // 3)
    for across in (column - 1, column, column + 1):
        for down in (row - 1, row, row + 1):
            for other in cells.get((across, down), ())[:30]:
                if other != node:
                    ax, ay = x - places[other][0], y - places[other][1]
                    square = max(ax * ax + ay * ay, 0.01)
                    dx += ax / square
                    dy += ay / square
    others = ties.get(node, ())
    share = 0.35 / sqrt(max(len(others), 1))
    for other in others:
        ax, ay = places[other][0] - x, places[other][1] - y
        pull = share * hypot(ax, ay) / 2
        dx += ax * pull
        dy += ay * pull
    length = hypot(dx, dy)
    short = min(length, step) / length if length else 0.0
    return x + dx * short, y + dy * short


def _fitted(places: dict[int, Place]) -> dict[int, Place]:
    """Moved and scaled into the square from -1 to 1."""
    xs, ys = [x for x, _ in places.values()], [y for _, y in places.values()]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    half = max(max(xs) - min(xs), max(ys) - min(ys)) / 2 or 1.0
    return {
        node: ((x - middle[0]) / half, (y - middle[1]) / half) for node, (x, y) in places.items()
    }
