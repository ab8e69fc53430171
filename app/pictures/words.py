"""What a chart says in words: the description for those who do not see it, and what stands at a point."""

from collections import Counter

from app.pictures.letters import clean
from app.pictures.numerals import day, number, with_unit
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


def value_words(value: float, decimals: int, unit: str) -> str:
    """A value with its unit, one digit finer than the axis."""
    return with_unit(number(value, decimals), unit)


def tooltip(point: Point, decimals: int, unit: str, *, annotated: bool = True) -> str:
    """What a point says when the pointer rests on it."""
    if point.value is None:
        said = f"{day(point.on)}: {SUPPRESSED if point.suppressed else MISSING}"
    else:
        said = f"{day(point.on)}: {value_words(point.value, decimals, unit)}"
        if point.meaning != "common_cause" or point.signal is not None:
            said += f" ({_MEANINGS.get(point.meaning, '')}{_because(point)})"
        if point.excluded:
            said += " (left out of the limits)"
    if point.annotation and annotated:
        said += f". {clean(point.annotation, LONGEST_ANNOTATION)}"
    return said


def _because(point: Point) -> str:
    return f": {_SIGNALS[point.signal]}" if point.signal in _SIGNALS else ""


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
    said += _lines(picture, decimals, unit)
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


def _lines(picture: Picture, decimals: int, unit: str) -> list[str]:
    last = next((p for p in reversed(picture.points) if p.centre_line is not None), None)
    said = []
    if last is not None and last.centre_line is not None:
        sentence = f"{picture.centre_name} {value_words(last.centre_line, decimals, unit)}"
        if last.lower is not None and last.upper is not None:
            low, high = (value_words(v, decimals, unit) for v in (last.lower, last.upper))
            sentence += f", limits {low} to {high}"
        groups = len({point.group for point in picture.points})
        said.append(f"{sentence}{f' in the last of {groups} periods' if groups > 1 else ''}.")
    if picture.target is not None:
        said.append(f"Target {value_words(picture.target, decimals, unit)}.")
    return said


def _low(words: str) -> str:
    return words[:1].lower() + words[1:]
