"""What a chart says in words: the description for those who do not see it, and what stands at a point."""

from collections import Counter
from collections.abc import Callable

from app.pictures.letters import clean, escaped
from app.pictures.numerals import DAYS, MONTHS_OF, day, formatter
from app.pictures.picture import CHARTS, Picture, Point
from app.pictures.shapes import ASSURANCE_WORDS, VARIATION_WORDS, WORDS

LONGEST_TITLE, LONGEST_TEXT, LONGEST_UNIT, LONGEST_NOTE = 200, 1_200, 30, 240
LONGEST_ANNOTATION = 120
SUPPRESSED = "not shown: small numbers"
MISSING = "no value"
_SIGNALS = {
    "above_upper_limit": "above the upper limit",
    "below_lower_limit": "below the lower limit",
    "trend": "part of a trend",
    "two_of_three": "two of three near a limit",
    "shift": "part of a run on one side of the centre line",
}
_MEANINGS = {meaning: words.lower() for meaning, words in WORDS.items()}
_BECAUSE = {
    (meaning, signal): f" ({words}{because and f': {because}'})"
    for meaning, words in _MEANINGS.items()
    for signal, because in (_SIGNALS | {None: ""}).items()
}


def tooltip(point: Point, written: Callable[[float], str], *, annotated: bool) -> str:
    """What a point says when the pointer rests on it, as markup; `written` gives an escaped number with its unit."""
    if point.value is None:
        said = f"{day(point.on)}: {SUPPRESSED if point.suppressed else MISSING}"
    else:
        on = point.on  # as `day`, without the call: it is done for every point
        said = f"{DAYS[on[8:]]} {MONTHS_OF[on[5:7]]} {on[:4]}: {written(point.value)}"
        if point.signal is not None or point.meaning != "common_cause":
            said += _BECAUSE.get((point.meaning, point.signal), "")
        if point.excluded:
            said += " (left out of the limits)"
    if point.annotation and annotated:
        said += f". {escaped(clean(point.annotation, LONGEST_ANNOTATION))}"
    return said


def description(picture: Picture, decimals: int, unit: str) -> str:
    """The verdict and the numbers that matter, in whole sentences."""
    said = [clean(picture.summary, LONGEST_TEXT)] if picture.summary else []
    points = picture.points
    kind = CHARTS.get(picture.chart, "Chart")
    if not points:
        return " ".join([*said, f"{kind} without any points."])
    count = "1 point" if len(points) == 1 else f"{len(points):,} points"
    period = (
        f"from {day(points[0].on)} to {day(points[-1].on)}"
        if len(points) > 1
        else f"of {day(points[0].on)}"
    )
    said.append(f"{kind} of {count} {period}.")
    said += _lines(picture, formatter(decimals, unit, exact=True))
    counted = Counter(point.meaning for point in points if point.value is not None)
    found = [
        f"{counted[name]} {_MEANINGS[name]}"
        for name in WORDS
        if name != "common_cause" and counted[name]
    ]
    if found:
        said.append(f"Points that signal: {', '.join(found)}.")
    hidden = sum(point.suppressed for point in points)
    missing = sum(point.value is None for point in points) - hidden
    if hidden:
        said.append(f"{hidden} not shown: small numbers.")
    if missing:
        said.append(f"{missing} without a value.")
    if picture.variation in VARIATION_WORDS:
        said.append(f"Variation: {_low(VARIATION_WORDS[picture.variation])}.")
    if picture.assurance in ASSURANCE_WORDS:
        said.append(f"Target: {_low(ASSURANCE_WORDS[picture.assurance])}.")
    return " ".join(said)


def _lines(picture: Picture, written: Callable[[float], str]) -> list[str]:
    last = next((p for p in reversed(picture.points) if p.centre_line is not None), None)
    said = []
    if last is not None and last.centre_line is not None:
        sentence = f"{picture.centre_name} {written(last.centre_line)}"
        if last.lower is not None and last.upper is not None:
            low, high = written(last.lower), written(last.upper)
            sentence += f", limits {low} to {high}"
        groups = len({point.group for point in picture.points})
        said.append(f"{sentence}{f' in the last of {groups} periods' if groups > 1 else ''}.")
    if picture.target is not None:
        said.append(f"Target {written(picture.target)}.")
    return said


def _low(words: str) -> str:
    return words[:1].lower() + words[1:]
