"""The map of ties in a network as SVG: `draw_map` takes the public document of a map and gives the text of the file.

Nodes have no names and no numbers: a mark for each member, larger with more ties, and one of another shape for who
asks. What a tie is made of is said by its line. The measures of the whole stand beside the map.
"""

from collections.abc import Mapping, Sequence
from math import ceil, hypot, sqrt
from typing import Any

from app.pictures.document import document
from app.pictures.letters import clean, width, wrapped
from app.pictures.look import LOOKS, Look, sizes
from app.pictures.map_words import KINDS, LONGEST, TOO_FEW, TOO_MANY, described, measured
from app.pictures.numerals import day
from app.pictures.picture import NARROWEST, WIDEST, Theme
from app.pictures.placing import Place, parts, placed
from app.pictures.sheet import Sheet
from app.pictures.words import LONGEST_TITLE

BESIDE = 720  # from this width the measures stand beside the map, else below it
LARGEST_MAP = 640  # pixels across
MOST_TIES = 3_000
# Of each kind how its line is drawn: dashes, thickness.
LINES = {
    "met": ("none", 0.8),
    "sub_group": ("1 3", 1.4),
    "feedback": ("7 3", 1.2),
    "adopted": ("none", 2.6),
}
EDGE, APART = 16.0, 20  # pixels: around the map, between members without ties
FEW, MANY = 12, 100  # members that need less room, and that are drawn smaller
PARALLEL = 2.4  # pixels between the lines of a tie of several kinds


def draw_map(
    network_map: Mapping[str, Any], name: str, *, width: int = 800, theme: Theme = "light"
) -> str:
    """The SVG of a map, of the network of this name: 100 bytes for each node and each tie.

    Above 3,000 ties those that are more than having met are drawn first, and a note says so. Without nodes it says why.
    """
    wide = min(max(width, NARROWEST), WIDEST)
    sheet = Sheet(wide, LOOKS[theme], sizes(wide))
    title = f"Map of ties: {clean(name, LONGEST_TITLE)}"
    size, small = sheet.sizes.title, sheet.sizes.small
    sheet.y = sheet.sizes.edge - 4
    sheet.lines(wrapped(title, sheet.room, size, 3, bold=True), size=size, bold=True)
    when = f"As of {day(network_map['as_of'])}. Each mark is a member; nobody is named."
    sheet.lines(wrapped(when, sheet.room, small, 2), size=small, fill=sheet.look.soft)
    if network_map["nodes"]:
        _beside_map(sheet, network_map)
    else:
        why = TOO_FEW if network_map["measures"] is None else TOO_MANY
        sheet.y += 10
        sheet.lines(wrapped(why, sheet.room, sheet.sizes.body, 3), size=sheet.sizes.body)
        _measures(sheet, network_map, sheet.sizes.edge, sheet.room)
    return document(sheet, "map", title, described(network_map))


def _beside_map(sheet: Sheet, network_map: Mapping[str, Any]) -> None:
    """The map with its key and its measures, beside it or below it."""
    beside = sheet.width >= BESIDE
    across = min(sheet.room * 0.6 if beside else sheet.room, LARGEST_MAP)
    top = sheet.y + 14
    nodes, every = network_map["nodes"], network_map["ties"]
    ties = sorted(every, key=lambda tie: tie["kinds"] == ["met"])[:MOST_TIES]
    tall = _map(sheet, nodes, ties, (sheet.sizes.edge, top), across)
    x = sheet.sizes.edge + across + 36 if beside else float(sheet.sizes.edge)
    sheet.y = top if beside else top + tall + 12
    _key(sheet, nodes, ties, x)
    _measures(sheet, network_map, x, sheet.width - sheet.sizes.edge - x)
    sheet.y = max(sheet.y, top + tall) + 6
    if len(ties) < len(every):
        note = f"Drawn are {len(ties):,} of {len(every):,} ties; the numbers are of all."
        small = sheet.sizes.small
        sheet.lines(wrapped(note, sheet.room, small, 3), size=small, fill=sheet.look.soft)


def _map(
    sheet: Sheet,
    nodes: Sequence[Mapping[str, Any]],
    ties: Sequence[Mapping[str, Any]],
    at: Place,
    across: float,
) -> float:
    """Draw ties below nodes, and return how high it all is."""
    found: dict[int, dict[int, None]] = {}  # as sets that keep their order
    for tie in ties:
        found.setdefault(tie["source"], {})[tie["target"]] = None
        found.setdefault(tie["target"], {})[tie["source"]] = None
    tied = {one: list(others) for one, others in found.items()}
    places, tall = _places([node["id"] for node in nodes], tied, across)
    at_all = {node: (at[0] + x, at[1] + y) for node, (x, y) in places.items()}
    largest = max((node["degree"] for node in nodes), default=0) or 1
    radii = {node["id"]: 4 + 4.5 * sqrt(node["degree"] / largest) for node in nodes}
    if len(nodes) > MANY:
        radii = {node: radius * 0.7 for node, radius in radii.items()}
    sheet.add(
        f'<rect x="{at[0]:.1f}" y="{at[1]:.1f}" width="{across:.1f}" height="{tall:.1f}" fill="none" '
        f'stroke="{sheet.look.grid}"/>'
    )
    for tie in ties:
        one, other = tie["source"], tie["target"]
        drawn = [kind for kind in LINES if kind in tie["kinds"]]
        for i, kind in enumerate(drawn):
            beside = (i - (len(drawn) - 1) / 2) * PARALLEL
            arrow = radii[other] if tie["directed"] and kind in ("feedback", "adopted") else None
            sheet.add(_line(sheet.look, kind, (at_all[one], at_all[other]), beside, arrow))
    for node in nodes:
        sheet.add(_node(sheet.look, at_all[node["id"]], radii[node["id"]], own=node["own"]))
    return tall


def _places(
    nodes: Sequence[int], tied: Mapping[int, Sequence[int]], across: float
) -> tuple[dict[int, Place], float]:
    """All nodes in a frame so wide, and its height: the largest part, the smaller ones in rows, those without ties."""
    places: dict[int, Place] = {}
    x, y, row = EDGE, EDGE, 0.0
    found = parts(nodes, tied)
    most = len(found[0]) if found else 1
    for part in found:
        inside = placed(part, tied)
        first = part is found[0]
        share = (0.6 if len(part) < FEW else 1) if first else 0.5 * sqrt(len(part) / most)
        size = max((across - 2 * EDGE) * share, 60.0)
        room = size / 2 - 10
        tall = 2 * room * max(abs(ay) for _, ay in inside.values()) + 20
        if x > EDGE and x + size > across - EDGE:
            x, y, row = EDGE, y + row + 8, 0.0
        middle = across / 2 if first else x + size / 2
        for node, (ax, ay) in inside.items():
            places[node] = (middle + ax * room, y + tall / 2 + ay * room)
        x, row = x + size + 10, max(row, tall)
        if first:
            x, y, row = EDGE, y + row + 8, 0.0
    y += row + (8 if row else 0)
    alone = [node for node in nodes if node not in places]
    each = max(int((across - 2 * EDGE) // APART), 1)
    for i, node in enumerate(alone):
        places[node] = (EDGE + 8 + i % each * APART, y + 8 + i // each * APART)
    return places, y + ceil(len(alone) / each) * APART + 8


def _line(
    look: Look, kind: str, ends: tuple[Place, Place], beside: float, arrow: float | None
) -> str:
    """One line of a tie, moved to its side, with a head before the node it goes to where it has a direction."""
    (ax, ay), (bx, by) = ends
    length = hypot(bx - ax, by - ay) or 1.0
    ux, uy = (bx - ax) / length, (by - ay) / length
    ax, ay, bx, by = ax - uy * beside, ay + ux * beside, bx - uy * beside, by + ux * beside
    dashes, thick = LINES[kind]
    colour = look.series if kind == "met" else look.ink
    dashed = "" if dashes == "none" else f' stroke-dasharray="{dashes}"'
    line = (
        f'<path d="M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}" fill="none" stroke="{colour}" '
        f'stroke-width="{thick}"{dashed}/>'
    )
    if arrow is None:
        return line
    tip = (bx - ux * (arrow + 1), by - uy * (arrow + 1))
    back = (tip[0] - ux * 7, tip[1] - uy * 7)
    return (
        f'{line}<path d="M{tip[0]:.1f} {tip[1]:.1f}L{back[0] - uy * 3.5:.1f} {back[1] + ux * 3.5:.1f}'
        f'L{back[0] + uy * 3.5:.1f} {back[1] - ux * 3.5:.1f}z" fill="{colour}"/>'
    )


def _node(look: Look, at: Place, radius: float, *, own: bool) -> str:
    x, y = at
    if own:
        r = radius + 5
        return (
            f'<path d="M{x:.1f} {y - r:.1f}l{r:.1f} {r:.1f}-{r:.1f} {r:.1f}-{r:.1f}-{r:.1f}z" '
            f'fill="{look.outlines["concern"]}" stroke="{look.ground}" stroke-width="1.5"/>'
        )
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{look.outlines["improvement"]}" '
        f'stroke="{look.ground}"/>'
    )


def _key(
    sheet: Sheet, nodes: Sequence[Mapping[str, Any]], ties: Sequence[Mapping[str, Any]], x: float
) -> None:
    """The shapes and lines that are in the map, one below the other."""
    small, look = sheet.sizes.small, sheet.look
    entries = [
        (
            _node(look, (x + 14, sheet.y + small * 1.2), 6, own=False),
            "A member; larger with more ties",
        )
    ]
    if any(node["own"] for node in nodes):
        entries.append(("own", "You"))
    there = {kind for tie in ties for kind in tie["kinds"]}
    entries += [(kind, KINDS[kind]) for kind in LINES if kind in there]
    for what, words in entries:
        sheet.y += round(small * 1.6)
        y = sheet.y - small * 0.35
        if what == "own":
            sheet.add(_node(look, (x + 14, y), 3, own=True))
        elif what in LINES:
            arrow = 0.0 if what in ("feedback", "adopted") else None
            sheet.add(_line(look, what, ((x, y), (x + 28, y)), 0, arrow))
        else:
            sheet.add(what)
        sheet.text(x + 38, sheet.y, words, size=small, fill=look.soft)


def _measures(sheet: Sheet, network_map: Mapping[str, Any], x: float, room: float) -> None:
    """The numbers of the whole, a line each."""
    small, body = sheet.sizes.small, sheet.sizes.body
    if network_map["measures"] is None:
        return
    sheet.y += 34
    sheet.text(x, sheet.y, "The whole", size=body, bold=True)
    for label, value in measured(network_map):
        sheet.y += round(small * 1.7)
        sheet.text(x, sheet.y, value, size=small, bold=True)
        after = max(width(value, small, bold=True) + 10, 58)
        for i, line in enumerate(wrapped(clean(label, LONGEST), room - after, small, 3)):
            sheet.y += round(small * 1.3) if i else 0
            sheet.text(x + after, sheet.y, line, size=small, fill=sheet.look.soft)
