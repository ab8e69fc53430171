"""The ring of a wheel: a sector for each C, a segment for each indicator, and the key of what is drawn."""

from collections.abc import Mapping
from math import cos, pi, sin
from typing import Any

from app.pictures.letters import clean, escaped, width, wrapped
from app.pictures.look import Look
from app.pictures.sheet import Sheet
from app.pictures.wheel_words import LONGEST_LABEL, STATUSES, numbered, written

BETWEEN, APART = 0.10, 0.022  # radians: between two sectors, between two segments
INNER, NUMBERS = 0.73, 0.645  # of the radius: where segments begin, where their numbers stand
STRIPES = (0.25, 0.5, 0.75)  # of a segment's depth
HINTS = {
    "ok": "filled: at or above what is looked for",
    "thin": "striped: there, but little of it",
    "not_enough_data": "dotted: too little to say anything",
}


def ring(sheet: Sheet, wheel: Mapping[str, Any], left: float, top: float, across: float) -> float:
    """Draw it in a square so wide, with the names of the Cs in the corners; return where it ends below."""
    small = sheet.sizes.small
    label = round(small * 1.3)
    radius = across / 2
    x, y = left + radius, top + 2 * label + radius
    _segments(sheet, wheel, x, y, radius)
    _names(sheet, wheel, x, y, radius)
    return y + radius + label


def _segments(sheet: Sheet, wheel: Mapping[str, Any], x: float, y: float, radius: float) -> None:
    """The segments, and their numbers in the hole, which is laid over the ring so that no text stands on colour."""
    numbers: list[tuple[float, int]] = []
    every = list(numbered(wheel))
    step = (2 * pi - BETWEEN * len(wheel["cs"])) / max(len(every), 1)
    first = len(wheel["cs"][0]["indicators"]) if every else 0
    start = -pi / 2 - first * step / 2
    for c in wheel["cs"]:
        for number, _, indicator in (one for one in every if one[1] is c):
            begins, ends = start + APART / 2, start + step - APART / 2
            start += step
            told = f"{number} {clean(indicator['label'], LONGEST_LABEL)}: {written(indicator)}, "
            told += STATUSES[indicator["status"]].lower()
            drawn = segment(
                sheet.look, indicator["status"], x, y, (INNER * radius, radius), (begins, ends)
            )
            sheet.add(f"<g><title>{escaped(told)}</title>{drawn}</g>")
            numbers.append(((begins + ends) / 2, number))
        start += BETWEEN
    hole = INNER * radius - 1.5
    sheet.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{hole:.1f}" fill="{sheet.look.ground}"/>')
    for angle, number in numbers:
        at = NUMBERS * radius
        sheet.text(
            x + at * cos(angle), y + at * sin(angle) + 4, str(number), size=12, anchor="middle"
        )


def segment(
    look: Look,
    status: str,
    x: float,
    y: float,
    radii: tuple[float, float],
    angles: tuple[float, float],
) -> str:
    """One segment as markup: filled, striped along the ring, or only a dotted outline."""
    inner, outer = radii
    (ax, ay), (bx, by) = [_at(x, y, outer, angle) for angle in angles]
    (cx, cy), (dx, dy) = [_at(x, y, inner, angle) for angle in reversed(angles)]
    path = (
        f"M{ax:.1f} {ay:.1f}A{outer:.1f} {outer:.1f} 0 0 1 {bx:.1f} {by:.1f}"
        f"L{cx:.1f} {cy:.1f}A{inner:.1f} {inner:.1f} 0 0 0 {dx:.1f} {dy:.1f}z"
    )
    if status == "ok":
        colour = look.outlines["improvement"]
        return f'<path d="{path}" fill="{colour}" stroke="{colour}"/>'
    if status != "thin":
        return (
            f'<path d="{path}" fill="none" stroke="{look.limits}" stroke-width="1.6" '
            'stroke-dasharray="0.1 4.5" stroke-linecap="round"/>'
        )
    colour = look.outlines["concern"]
    stripes = ""
    for share in STRIPES:
        r = inner + (outer - inner) * share
        (ex, ey), (fx, fy) = [_at(x, y, r, angle) for angle in angles]
        stripes += f"M{ex:.1f} {ey:.1f}A{r:.1f} {r:.1f} 0 0 1 {fx:.1f} {fy:.1f}"
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
        f'<path d="{stripes}" fill="none" stroke="{colour}" stroke-width="2.6"/>'
    )


def _at(x: float, y: float, r: float, angle: float) -> tuple[float, float]:
    return x + r * cos(angle), y + r * sin(angle)


def _names(sheet: Sheet, wheel: Mapping[str, Any], x: float, y: float, radius: float) -> None:
    """The first above the ring, the others in the corners: right above, right below, left below, left above."""
    small = sheet.sizes.small
    line = round(small * 1.3)
    above, below = y - radius - line - 6, y + radius - 4
    places = [
        (x, above - line * 0.2, "middle"),
        (x + radius, above + line, "end"),
        (x + radius, below, "end"),
        (x - radius, below, ""),
        (x - radius, above + line, ""),
    ]
    for (at, base, anchor), c in zip(places, wheel["cs"], strict=False):
        room = radius * (1.1 if anchor == "middle" else 0.62)
        for i, words in enumerate(
            wrapped(clean(c["label"], LONGEST_LABEL), room, small, 2, bold=True)
        ):
            sheet.text(at, base + i * line, words, size=small, bold=True, anchor=anchor)


def sign(look: Look, status: str, x: float, y: float, size: float) -> str:
    """A small square with the same filling as the segments of that status."""
    if status == "ok":
        colour = look.outlines["improvement"]
        return (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{size:.1f}" height="{size:.1f}" '
            f'fill="{colour}" stroke="{colour}"/>'
        )
    if status != "thin":
        return (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{size:.1f}" height="{size:.1f}" fill="none" '
            f'stroke="{look.limits}" stroke-width="1.4" stroke-dasharray="0.1 3" stroke-linecap="round"/>'
        )
    colour = look.outlines["concern"]
    third = size / 3
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{size:.1f}" height="{size:.1f}" fill="none" stroke="{colour}"/>'
        f'<path d="M{x:.1f} {y + third:.1f}h{size:.1f}m0 {third:.1f}h-{size:.1f}" stroke="{colour}" '
        f'stroke-width="{size / 7:.1f}" fill="none"/>'
    )


def small_sign(look: Look, status: str, x: float, y: float, size: float) -> str:
    """The same where there is no room for a filling: a tall bar, a short one, a dot, standing on y."""
    if status == "ok":
        return (
            f'<path d="M{x:.1f} {y:.1f}v-{size * 1.6:.1f}h{size:.1f}v{size * 1.6:.1f}z" '
            f'fill="{look.outlines["improvement"]}"/>'
        )
    if status == "thin":
        return (
            f'<path d="M{x:.1f} {y:.1f}v-{size * 0.6:.1f}h{size:.1f}v{size * 0.6:.1f}z" '
            f'fill="{look.outlines["concern"]}"/>'
        )
    return f'<circle cx="{x + size / 2:.1f}" cy="{y - 1:.1f}" r="1" fill="{look.limits}"/>'


def key(sheet: Sheet, x: float, room: float) -> None:
    """What the fillings mean, one below the other."""
    small = sheet.sizes.small
    for status, words in STATUSES.items():
        sheet.y += round(small * 1.6)
        sheet.add(sign(sheet.look, status, x, sheet.y - 11, 12))
        sheet.text(x + 20, sheet.y, words, size=small, bold=True)
        after = x + 20 + width(f"{words}  ", small, bold=True)
        lines = wrapped(HINTS[status], x + room - after, small, 2)
        for i, line in enumerate(lines):
            sheet.y += round(small * 1.3) if i else 0
            sheet.text(after, sheet.y, line, size=small, fill=sheet.look.soft)
