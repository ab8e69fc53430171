"""Colours and sizes. Colours of the points: NHS England, Making Data Count; the rest is chosen for contrast.

Text has at least 4.5 : 1 to the ground, lines and outlines of points 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11); the test
computes it. Fills of points keep the programme's colours; outlines carry the contrast where those do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass

COMMON, IMPROVEMENT, CONCERN, NEUTRAL = "#a6a6a6", "#00b0f0", "#e46c0a", "#490092"
FILLS: Mapping[str, str] = {
    "common_cause": COMMON,
    "improvement": IMPROVEMENT,
    "concern": CONCERN,
    "neutral_high": NEUTRAL,
    "neutral_low": NEUTRAL,
}
NARROW = 560  # below this width: the sizes of a phone


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a theme."""

    ground: str
    ink: str
    soft: str
    grid: str
    axis: str
    series: str
    centre: str
    limits: str
    target: str
    target_text: str
    outlines: Mapping[str, str]


LOOKS: Mapping[str, Look] = {
    "light": Look(
        ground="#ffffff", ink="#1a1a1a", soft="#4a4a4a", grid="#e4e4e4", axis="#757575", series="#757575",
        centre="#000000", limits="#6b6b6b", target="#de1b1b", target_text="#b81414",
        outlines={"common_cause": "#6b6b6b", "improvement": "#00607f", "concern": "#8f4300",
                  "neutral_high": "#490092", "neutral_low": "#490092"},
    ),
    "dark": Look(
        ground="#161616", ink="#f2f2f2", soft="#c6c6c6", grid="#333333", axis="#8c8c8c", series="#9a9a9a",
        centre="#ffffff", limits="#b0b0b0", target="#ff5c5c", target_text="#ff8080",
        outlines={"common_cause": "#d9d9d9", "improvement": "#bfeeff", "concern": "#ffd0a8",
                  "neutral_high": "#d9b8ff", "neutral_low": "#d9b8ff"},
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in CSS pixels."""

    edge: int
    title: int
    body: int
    small: int
    icon: int
    narrow: bool


def sizes(width: int) -> Sizes:
    """The sizes for a picture that wide."""
    if width < NARROW:
        return Sizes(edge=12, title=16, body=14, small=12, icon=36, narrow=True)
    return Sizes(edge=20, title=20, body=15, small=13, icon=44, narrow=False)
