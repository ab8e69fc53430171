"""The indicators of a wheel as lists, a C after the other in as many columns as there is room for."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.pictures.letters import clean, width, wrapped
from app.pictures.numerals import day
from app.pictures.ring import sign, small_sign
from app.pictures.sheet import Sheet
from app.pictures.wheel_words import LONGEST_LABEL, Indicator, numbered, written

COLUMN, GUTTER = 300, 28  # the narrowest column, and between two
INDENT = 44  # of an indicator's words: its sign and its number stand before them
MARK = 7  # pixels: a quarter's mark
QUARTERS = 8


def columns(sheet: Sheet, wheel: Mapping[str, Any]) -> None:
    """Write them below what is there, each C whole, in the column that ends highest."""
    count = min(max(int((sheet.room + GUTTER) / (COLUMN + GUTTER)), 1), 3)
    room = (sheet.room - (count - 1) * GUTTER) / count
    tops = [sheet.y + 16] * count
    every = list(numbered(wheel))
    for c in wheel["cs"]:
        column = tops.index(min(tops))
        x = sheet.sizes.edge + column * (room + GUTTER)
        rows = [(number, one) for number, of, one in every if of is c]
        tops[column] = _block(
            sheet, clean(c["label"], LONGEST_LABEL), rows, (x, tops[column]), room
        )
    sheet.y = max(tops)
    if any(_trend(one) for _, _, one in every):
        words = (
            f"The row at the right of an indicator is its last {QUARTERS} quarters, the latest at the end: a tall bar "
            "is OK, a short one thin, a dot not enough data."
        )
        small = sheet.sizes.small
        sheet.lines(
            wrapped(words, min(sheet.room, 900), small, 3), size=small, fill=sheet.look.soft
        )


def _block(
    sheet: Sheet,
    label: str,
    rows: Sequence[tuple[int, Indicator]],
    at: tuple[float, float],
    room: float,
) -> float:
    """One C; returns where it ends."""
    x, y = at
    body = sheet.sizes.body
    y += body
    for line in wrapped(label, room, body, 2, bold=True):
        sheet.text(x, y, line, size=body, bold=True)
        y += round(body * 1.3)
    sheet.add(f'<path d="M{x:.1f} {y - body:.1f}h{room:.1f}" stroke="{sheet.look.axis}"/>')
    y += 2
    for number, indicator in rows:
        y = _row(sheet, number, indicator, (x, y), room)
    return y + 10


def _row(
    sheet: Sheet, number: int, indicator: Indicator, at: tuple[float, float], room: float
) -> float:
    """Its sign, number and label; below them its value with the numbers behind it, and how it was."""
    (x, y), small, look = at, sheet.sizes.small, sheet.look
    line = round(small * 1.3)
    y += small
    sheet.add(sign(look, indicator["status"], x, y - 11, 12))
    sheet.text(x + INDENT - 6, y, str(number), size=small, fill=look.soft, anchor="end")
    for words in wrapped(clean(indicator["label"], LONGEST_LABEL), room - INDENT, small, 3):
        sheet.text(x + INDENT, y, words, size=small)
        y += line
    said = written(indicator)
    thin = indicator["status"] == "thin"
    said = f"Thin: {said}" if thin else said
    sheet.text(x + INDENT, y, said, size=small, fill=look.ink if thin else look.soft, bold=thin)
    trend = _trend(indicator)
    begins = x + room - len(trend) * (MARK + 2)
    if trend and begins > x + INDENT + width(said, small, bold=thin) + 6:
        marks = (
            small_sign(look, one["status"], begins + i * (MARK + 2), y, MARK)
            for i, one in enumerate(trend)
        )
        first = clean(str(trend[0]["as_of"]), 10)
        sheet.add(f"<g><title>Since {day(first)}</title>{''.join(marks)}</g>")
    return y + round(line * 0.6)


def _trend(indicator: Indicator) -> Sequence[Indicator]:
    """Its last points, oldest first."""
    trend: Sequence[Indicator] = indicator.get("trend") or ()
    return trend[-QUARTERS:]
