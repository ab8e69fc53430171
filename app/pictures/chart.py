"""A run chart or a control chart as SVG: `draw` takes a picture and gives the text of the file.

The same picture gives the same bytes. Nothing in it refers to anything outside, nothing is a style, and every text is
escaped where it is written (`Sheet.text`, `tooltip`), so that no word can become markup. Why our own, and what was
chosen: docs/decisions/0027-charts.md.
"""

import math
from collections.abc import Callable

from app.pictures.annotations import annotations
from app.pictures.axes import axis_of_days, axis_of_values, nothing, words_of_ticks
from app.pictures.document import document
from app.pictures.foot import foot
from app.pictures.frame import Frame, Range, range_of
from app.pictures.head import head
from app.pictures.labels import label_lines
from app.pictures.letters import clean, escaped, width
from app.pictures.look import LOOKS, sizes
from app.pictures.numerals import formatter, ordinal
from app.pictures.picture import CHARTS, NARROWEST, WIDEST, Picture
from app.pictures.series import Placed, lines_of_groups, places, points, series_line, thinned
from app.pictures.sheet import Sheet
from app.pictures.timeline import timeline
from app.pictures.words import LONGEST_TITLE, LONGEST_UNIT, description

LARGEST = 1e100
REACH = 0.15  # of the period: so far beside the points a mark still widens the time line


def draw(picture: Picture) -> str:
    """The SVG of a chart: some 5 kB and about 150 bytes for each point, of a thousand at the most.

    Errors: `ValueError` where a day is not YYYY-MM-DD, a value is no number or one beyond 1e100, or
    a suppressed point has one.
    """
    wide = min(max(picture.width, NARROWEST), WIDEST)
    sheet = Sheet(wide, LOOKS[picture.theme], sizes(wide))
    unit = clean(picture.unit, LONGEST_UNIT)
    head(sheet, picture)
    if any(point.suppressed and point.value is not None for point in picture.points):
        raise ValueError("what is suppressed has no value here")
    numbers = _numbers(picture)
    values = _range(numbers, picture.target, 5 if sheet.sizes.narrow else 7, unit)
    _plot(sheet, picture, values, unit, scaled=bool(numbers) or picture.target is not None)
    foot(sheet, picture)
    title = clean(picture.title, LONGEST_TITLE) or CHARTS.get(picture.chart, "Chart")
    return document(sheet, "chart", title, description(picture, values.decimals + 1, unit))


def _numbers(picture: Picture) -> list[float]:
    """All that has to have room on the axis of values, each number of a kind once."""
    rows = [(p.value, p.centre_line, p.lower, p.upper) for p in picture.points]
    columns = zip(*rows, strict=True)
    return [number for column in columns for number in set(column) if number is not None]


def _range(numbers: list[float], target: float | None, most: int, unit: str) -> Range:
    every = (*numbers, target or 0.0)
    if not (min(every) > -LARGEST and max(every) < LARGEST) or math.isnan(sum(every)):
        raise ValueError("a chart has room for numbers up to 1e100")
    return range_of(numbers, target, most, unit)


def _plot(sheet: Sheet, picture: Picture, values: Range, unit: str, *, scaled: bool) -> None:
    """The rectangle with all that is in it, its axes, and the time line below."""
    small = sheet.sizes.small
    ticks = words_of_ticks(values, unit) if scaled else []
    left = sheet.sizes.edge + max((width(words, small) for _, words in ticks), default=0) + 8
    labels = label_lines(sheet, picture, values.decimals + 1, unit)
    right = sheet.width - max(labels.room, sheet.sizes.edge + 4)
    top = sheet.y + 12
    days = [ordinal(point.on) for point in picture.points]
    first, last = _period(days, picture)
    inset = min(max((right - left) / max(len(days), 8) / 2, 8), 20)
    tall = round(150 + 0.22 * sheet.width)
    frame = Frame(left, right, top, top + tall, first, last, values, inset)
    placed = thinned(list(zip(picture.points, frame.xs(days), strict=True)))
    axis_of_values(sheet, frame, ticks)
    if days:
        axis_of_days(sheet, frame)
        timeline(sheet, picture, frame)
    if not any(p.value is not None for p in picture.points):
        nothing(sheet, frame)
    labels.target(frame)
    _series(
        sheet, picture, frame, placed, formatter(values.decimals + 1, escaped(unit), exact=True)
    )
    annotations(sheet, picture, placed, frame)
    labels.write(frame)


def _series(
    sheet: Sheet,
    picture: Picture,
    frame: Frame,
    placed: list[Placed],
    written: Callable[[float], str],
) -> None:
    """Lines below points, but for points so small that they would be a carpet over the lines."""
    lines = lines_of_groups(picture, placed, frame, sheet.look)
    where = places(placed, frame)
    drawn = points(placed, where, frame, sheet.look, written)
    below, above = ("", lines) if drawn.crowded else (lines, "")
    sheet.add(below + series_line(where, sheet.look) + drawn.common + above + drawn.others)


def _period(days: list[int], picture: Picture) -> tuple[int, int]:
    """The first and the last day of the time line: those of the points, and of marks that are not far."""
    if not days:
        return 0, 0
    first, last = min(days), max(days)
    reach = max((last - first) * REACH, 1)
    marks = [ordinal(mark.on) for mark in picture.marks]
    near = [day for day in marks if first - reach <= day <= last + reach]
    return min([first, *near]), max([last, *near])
