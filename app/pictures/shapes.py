"""The marks of the points, one shape for each meaning, and the two icons, drawn for this project.

What they mean follows Making Data Count (NHS England); the drawings are not theirs. Each shape is a path relative to
its centre.
"""

from app.pictures.look import CONCERN, FILLS, IMPROVEMENT, NEUTRAL, Look

ORDER = ("common_cause", "improvement", "concern", "neutral_high", "neutral_low")
WORDS = {
    "common_cause": "Common cause",
    "improvement": "Improvement",
    "concern": "Concern",
    "neutral_high": "Special cause, high",
    "neutral_low": "Special cause, low",
}


def shape(meaning: str, r: float) -> str:
    """The path of a point's mark whose common size is r: circle, diamond, square, triangle up, triangle down."""
    if meaning == "improvement":
        r *= 1.7
        return f"m0-{r:.2f}l{r:.2f} {r:.2f} -{r:.2f} {r:.2f} -{r:.2f}-{r:.2f}z"
    if meaning == "concern":
        r *= 1.2
        return f"m-{r:.2f}-{r:.2f}h{2 * r:.2f}v{2 * r:.2f}h-{2 * r:.2f}z"
    if meaning == "neutral_high":
        r *= 1.45
        return f"m0-{1.15 * r:.2f}l{r:.2f} {2 * r:.2f}h-{2 * r:.2f}z"
    if meaning == "neutral_low":
        r *= 1.45
        return f"m0 {1.15 * r:.2f}l{r:.2f}-{2 * r:.2f}h-{2 * r:.2f}z"
    return f"m-{r:.2f} 0a{r:.2f} {r:.2f} 0 1 0 {2 * r:.2f} 0a{r:.2f} {r:.2f} 0 1 0-{2 * r:.2f} 0z"


def mark(look: Look, meaning: str, x: float, y: float, r: float) -> str:
    """One mark by itself, for the legend."""
    return f'<path d="M{x:.1f} {y:.1f}{shape(meaning, r)}" fill="{FILLS[meaning]}" stroke="{look.outlines[meaning]}"/>'


# Variation -> its colour, its words, and how high the last points of the little series are (0 bottom, 4 top).
_VARIATION = {
    "common_cause": ("common_cause", "Common cause: no significant change", (2, 1, 3, 1.4, 2.4)),
    "improvement_high": (
        "improvement",
        "Special cause: improvement, higher",
        (0.4, 1, 0.4, 2.8, 3.6),
    ),
    "improvement_low": (
        "improvement",
        "Special cause: improvement, lower",
        (3.6, 3, 3.6, 1.2, 0.4),
    ),
    "concern_high": ("concern", "Special cause: concern, higher", (0.4, 1, 0.4, 2.8, 3.6)),
    "concern_low": ("concern", "Special cause: concern, lower", (3.6, 3, 3.6, 1.2, 0.4)),
    "neutral_high": ("neutral_high", "Special cause: higher", (0.4, 1, 0.4, 2.8, 3.6)),
    "neutral_low": ("neutral_low", "Special cause: lower", (3.6, 3, 3.6, 1.2, 0.4)),
}
_ASSURANCE = {
    "pass": (IMPROVEMENT, "Consistently met"),
    "fail": (CONCERN, "Consistently missed"),
    "inconsistent": (FILLS["common_cause"], "Hit and miss: met at times"),
}
VARIATION_WORDS = {name: words for name, (_, words, _) in _VARIATION.items()}
ASSURANCE_WORDS = {name: words for name, (_, words) in _ASSURANCE.items()}


def _ring(look: Look, colour: str, x: float, y: float, size: float) -> str:
    colour = look.outlines["neutral_high"] if colour == NEUTRAL else colour
    return (
        f'<circle cx="{x + size / 2:.1f}" cy="{y + size / 2:.1f}" r="{size / 2 - 2:.1f}" fill="none" '
        f'stroke="{colour}" stroke-width="3.5"/>'
    )


def variation_icon(look: Look, variation: str, x: float, y: float, size: float) -> str:
    """A ring with a little series in it, whose last points say what the last points of the chart do."""
    meaning, _, heights = _VARIATION[variation]
    unit = size / 44
    dots = []
    places = [(x + (10 + 6 * i) * unit, y + (30 - 4 * h) * unit) for i, h in enumerate(heights)]
    line = " ".join(f"{px:.1f} {py:.1f}" for px, py in places)
    for i, (px, py) in enumerate(places):
        of = meaning if i >= len(places) - 2 else "common_cause"
        dots.append(mark(look, of, px, py, 2.4 * unit))
    return (
        f'{_ring(look, FILLS[meaning], x, y, size)}<polyline points="{line}" fill="none" stroke="{look.series}"/>'
        f'<g stroke-width="0.8">{"".join(dots)}</g>'
    )


def assurance_icon(
    look: Look, assurance: str, x: float, y: float, size: float, *, above: bool
) -> str:
    """A ring with the target as a dotted line, and the range to be expected above it, below it or across it."""
    colour, _ = _ASSURANCE[assurance]
    unit = size / 44
    across = assurance == "inconsistent"
    top, tall = (14.0, 16) if across else (9.0 if above else 26.0, 9)
    sign = "" if across else _sign(look, x + 22 * unit, y + (31 if above else 13) * unit, assurance)
    return (
        f"{_ring(look, colour, x, y, size)}"
        f'<rect x="{x + 11 * unit:.1f}" y="{y + top * unit:.1f}" width="{22 * unit:.1f}" '
        f'height="{tall * unit:.1f}" rx="2" fill="{colour}" stroke="{look.soft}" stroke-width="0.8"/>'
        f'<path d="M{x + 7 * unit:.1f} {y + 22 * unit:.1f}h{30 * unit:.1f}" stroke="{look.target}" '
        f'stroke-width="2" stroke-dasharray="2 2"/>{sign}'
    )


def _sign(look: Look, x: float, y: float, assurance: str) -> str:
    path = "m-5 0l3 3.5 6-7" if assurance == "pass" else "m-3.5-3.5l7 7m0-7l-7 7"
    return f'<path d="M{x:.1f} {y:.1f}{path}" fill="none" stroke="{look.ink}" stroke-width="2"/>'
