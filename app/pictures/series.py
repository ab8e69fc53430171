"""The lines and the points of a chart."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.pictures.frame import Frame
from app.pictures.look import FILLS, Look
from app.pictures.picture import Picture, Point
from app.pictures.shapes import ORDER, shape
from app.pictures.words import tooltip

MARKED_MOST = 1_000  # points; above it those of common cause have no mark of their own
STEP = 12  # pixels; dashes as long as the steps of a line would not show them
CROWDED = 2.2  # pixels; points smaller than that would cover the centre line

Placed = tuple[Point, float]  # a point and its x


def thinned(placed: list[Placed], pixels: int = 2) -> list[Placed]:
    """All points where they are few; else for each column of pixels the lowest, the highest and one that is told of.

    So a picture has a largest size, whatever it is made of, and nothing that stands out is lost.
    """
    if len(placed) <= MARKED_MOST:
        return placed
    kept: set[int] = {0, len(placed) - 1}
    numbered = enumerate(placed)
    for _, column in groupby(numbered, key=lambda item: (item[1][1] // pixels, item[1][0].group)):
        within = list(column)
        with_value = [(i, p.value) for i, (p, _) in within if p.value is not None]
        if with_value:
            kept.add(min(with_value, key=lambda item: item[1])[0])
            kept.add(max(with_value, key=lambda item: item[1])[0])
        kept.update(i for i, (p, _) in within[:1] if p.value is None)
        telling = [i for i, (p, _) in within if p.meaning != "common_cause" or p.suppressed]
        kept.update(telling[:1])
    return [placed[i] for i in sorted(kept)]


def places(placed: Sequence[Placed], frame: Frame) -> list[str]:
    """Where each point is, as a path says it; nothing where it has no value."""
    base, factor = frame.ups
    return [
        "" if point.value is None else f"{x:.1f} {base - point.value * factor:.1f}"
        for point, x in placed
    ]


def series_line(where: Sequence[str], look: Look) -> str:
    """The values in order, with a gap where there is none."""
    path = "L".join(where)
    if "" in where:
        runs = (run.strip("L") for run in re.split("LL+", path))
        path = "M".join(filter(None, runs))
    return _stroked(path and f"M{path}", look.series, '1.4" stroke-linejoin="round')


def lines_of_groups(picture: Picture, placed: Sequence[Placed], frame: Frame, look: Look) -> str:
    """Centre line and limits of each group; those of single points as steps."""
    centre: list[str] = []
    dashed: list[str] = []
    limits: list[str] = []
    xs = [x for _, x in placed]
    start = 0
    for group, members in groupby(placed, key=lambda item: item[0].group):
        points = [point for point, _ in members]
        end = start + len(points)
        edges = _edges(xs, start, end, frame)
        lines = dashed if group in picture.runs_signal else centre
        lines.append(_steps([p.centre_line for p in points], edges, frame))
        limits.append(_steps([p.lower for p in points], edges, frame))
        limits.append(_steps([p.upper for p in points], edges, frame))
        start = end
    crowded = len(xs) > 1 and (xs[-1] - xs[0]) / (len(xs) - 1) < STEP
    dashes = "3 2" if crowded and any("V" in path for path in limits) else "6 4"
    return (
        _stroked("".join(limits), look.limits, f'1.3" stroke-dasharray="{dashes}')
        + _stroked("".join(centre), look.centre, "1.8")
        + _stroked("".join(dashed), look.centre, '2.4" stroke-dasharray="12 4')
    )


def _stroked(path: str, colour: str, width: str) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>' if path else ""
    )


def _edges(xs: list[float], start: int, end: int, frame: Frame) -> list[float]:
    """Where the steps of these points begin and end: halfway to the neighbours."""
    half = frame.inset if len(xs) == 1 else (xs[-1] - xs[0]) / (len(xs) - 1) / 2
    within = [(a + b) / 2 for a, b in zip(xs[start : end - 1], xs[start + 1 : end], strict=True)]
    left = (xs[start - 1] + xs[start]) / 2 if start else xs[0] - half
    right = (xs[end - 1] + xs[end]) / 2 if end < len(xs) else xs[-1] + half
    return [max(left, frame.left), *within, min(right, frame.right)]


def _steps(values: list[float | None], edges: list[float], frame: Frame) -> str:
    """A path for one line; a point that has none leaves a gap, but not where the line is the same all along."""
    there = [i for i, value in enumerate(values) if value is not None]
    levels = {value for value in values if value is not None}
    if len(levels) == 1:
        level = frame.y(levels.pop())
        return f"M{edges[there[0]]:.1f} {level:.1f}H{edges[there[-1] + 1]:.1f}"
    pieces: list[str] = []
    before: str | None = None
    base, factor = frame.ups
    for i, value in enumerate(values):
        if value is None:
            before = None
            continue
        y = f"{base - value * factor:.1f}"
        if before is None:
            pieces.append(f"M{edges[i]:.1f} {y}")
        elif y != before:
            pieces.append(f"V{y}")
        pieces.append(f"H{edges[i + 1]:.1f}")
        before = y
    return "".join(pieces)


@dataclass(slots=True)
class Drawn:
    """The points as markup, those of common cause apart: in a crowded chart the lines go over them."""

    common: str
    others: str
    crowded: bool


def points(
    placed: Sequence[Placed],
    where: Sequence[str],
    frame: Frame,
    look: Look,
    written: Callable[[float], str],
) -> Drawn:
    """Every point with its shape and what it says; of very many those alone that stand out."""
    drawn: dict[str, list[str]] = {meaning: [] for meaning in ORDER}
    hollow: list[str] = []
    gaps: list[str] = []
    few = len(placed) <= MARKED_MOST
    r = radius(placed)
    shapes = {meaning: shape(meaning, r) for meaning in ORDER}
    for (point, x), at in zip(placed, where, strict=True):
        meaning = point.meaning if point.meaning in drawn else "common_cause"
        if not at:
            gaps.append(_gap(point, x, frame.bottom, tooltip(point, written, annotated=few)))
        elif few or meaning != "common_cause":
            title = f"<title>{tooltip(point, written, annotated=few)}</title></path>"
            path = f'<path d="M{at}{shapes[meaning]}"'
            if point.excluded:
                hollow.append(f'{path} stroke="{look.outlines[meaning]}">{title}')
            else:
                drawn[meaning].append(f"{path}>{title}")
    layers = [
        f'<g fill="{FILLS[meaning]}" stroke="{look.outlines[meaning]}">{"".join(marks)}</g>' if marks else ""
        for meaning, marks in drawn.items()
    ]  # fmt: skip
    if hollow:
        layers.append(f'<g fill="{look.ground}" stroke-width="1.4">{"".join(hollow)}</g>')
    if gaps:
        layers.append(
            f'<g fill="{look.ground}" stroke="{look.soft}" stroke-width="1.2">{"".join(gaps)}</g>'
        )
    return Drawn(layers[0], "".join(layers[1:]), crowded=r < CROWDED)


def radius(placed: Sequence[Placed]) -> float:
    """Half the width of a common point: smaller where they stand close."""
    if not placed[1:]:
        return 4.0
    return min(max((placed[-1][1] - placed[0][1]) / (len(placed) - 1) * 0.36, 1.4), 3.8)


GAP, CROSS = shape("common_cause", 3), "m-3-3l6 6m0-6l-6 6"  # suppressed; without a value


def _gap(point: Point, x: float, bottom: float, said: str) -> str:
    path = GAP if point.suppressed else CROSS
    return f'<path d="M{x:.1f} {bottom:.1f}{path}"><title>{said}</title></path>'
