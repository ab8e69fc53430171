"""What a chart shows: plain data, told by whoever has it. Nothing here knows where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

NARROWEST, WIDEST = 360, 1600  # CSS pixels

CHARTS = {
    "run": "Run chart", "xmr": "XmR chart", "i": "I chart", "mr": "Moving range chart", "p": "P chart",
    "pp": "P\u2032 chart", "u": "U chart", "up": "U\u2032 chart", "c": "C chart", "g": "G chart", "t": "T chart",
}  # fmt: skip
MarkKind = Literal["pdsa", "rebase"]
Theme = Literal["light", "dark"]


@dataclass(slots=True)
class Point:
    """One period: its first day (YYYY-MM-DD), what is plotted, and the lines at that place.

    `value` None is a gap: `suppressed` says that the figure is there and may not be shown. `excluded` points are shown
    and were left out of the limits. `signal` is the name of a rule or None.
    """

    on: str
    value: float | None
    centre_line: float | None = None
    lower: float | None = None
    upper: float | None = None
    group: int = 0
    signal: str | None = None
    meaning: str = "common_cause"
    annotation: str | None = None
    suppressed: bool = False
    excluded: bool = False


@dataclass(slots=True)
class Mark:
    """Something that happened, for the time line below the chart."""

    on: str
    label: str
    kind: MarkKind = "pdsa"


@dataclass(slots=True, kw_only=True)
class Picture:
    """A chart. `points` in order of day; texts may hold anything, they are never markup.

    `summary` is the verdict in words. `variation` and `assurance` are the words of the analysis, None where there is
    no verdict. `runs_signal` names the groups whose runs are unusually long or few. `notes` stand below, one
    paragraph each. `width` is in CSS pixels; the height follows from what there is to show.
    """

    title: str
    points: Sequence[Point]
    subtitle: str = ""
    unit: str = ""
    axis: str = ""
    chart: str = ""
    centre_name: str = "Mean"
    target: float | None = None
    improvement_direction: str = "neutral"
    variation: str | None = None
    assurance: str | None = None
    summary: str = ""
    marks: Sequence[Mark] = ()
    runs_signal: frozenset[int] = frozenset()
    notes: Sequence[str] = ()
    width: int = 800
    theme: Theme = "light"
