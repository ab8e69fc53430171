"""The two axes: values to the left with a line through the plot, days below with the years below them."""

from app.pictures.frame import Frame, Range, day_ticks
from app.pictures.letters import width
from app.pictures.numerals import number
from app.pictures.sheet import Sheet


def words_of_ticks(values: Range, unit: str) -> list[tuple[float, str]]:
    """The values that are written, with what is written."""
    after = unit if unit in ("%", "\u2030") else ""
    return [(tick, number(tick, values.decimals) + after) for tick in values.ticks]


def axis_of_values(sheet: Sheet, frame: Frame, ticks: list[tuple[float, str]]) -> None:
    """Draw a line for each value that is written, and the ground line."""
    look, small = sheet.look, sheet.sizes.small
    for tick, words in ticks:
        y = frame.y(tick)
        sheet.add(f'<path d="M{frame.left:.1f} {y:.1f}H{frame.right:.1f}" stroke="{look.grid}"/>')
        sheet.text(
            frame.left - 7, y + small * 0.35, words, size=small, fill=look.soft, anchor="end"
        )
    sheet.add(
        f'<path d="M{frame.left:.1f} {frame.bottom:.1f}H{frame.right:.1f}" stroke="{look.axis}"/>'
    )
    sheet.y = frame.bottom


def axis_of_days(sheet: Sheet, frame: Frame) -> None:
    """The days below the axis, and the years below the days."""
    small, soft = sheet.sizes.small, sheet.look.soft
    room = small * 4.2
    if frame.first == frame.last:
        ticks = day_ticks(frame.first, frame.last, room, room)
    else:
        ticks = day_ticks(frame.first, frame.last, frame.per_day, room)
    years = False
    if len(ticks) > 1 and ticks[1].year:
        room = width(f"{ticks[0].year} ", small, bold=True)
        if frame.x(ticks[1].ordinal) - frame.x(ticks[0].ordinal) < room:
            ticks[0].year = ""  # the year that begins there says which one ended
    for tick in ticks:
        x = frame.x(tick.ordinal)
        sheet.add(f'<path d="M{x:.1f} {frame.bottom:.1f}v5" stroke="{sheet.look.axis}"/>')
        sheet.text(x, frame.bottom + small + 8, tick.label, size=small, fill=soft, anchor="middle")
        if tick.year:
            years = True
            sheet.text(
                x,
                frame.bottom + 2 * small + 11,
                tick.year,
                size=small,
                fill=soft,
                anchor="middle",
                bold=True,
            )
    sheet.y = frame.bottom + (2 * small + 11 if years else small + 8)


def nothing(sheet: Sheet, frame: Frame) -> None:
    """Say that there is nothing in the plot."""
    x, y = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    sheet.text(
        x, y, "No figures to show", size=sheet.sizes.body, fill=sheet.look.soft, anchor="middle"
    )
