"""What happened, on a line of its own below the days: cycles of tests of change, and where limits begin anew.

Each has a number; what it is called stands in the key below, where there is room for words.
"""

from app.pictures.frame import Frame
from app.pictures.letters import clean, escaped
from app.pictures.numerals import day, ordinal
from app.pictures.picture import Mark, Picture
from app.pictures.sheet import Sheet
from app.pictures.words import LONGEST_NOTE

MOST = 30  # marks that get a number
FEW = 12  # cycles; the lines of more would hide the points
ROWS = 3
SIZE = 22  # of a number's place, in pixels


def numbered(picture: Picture) -> list[tuple[str, Mark]]:
    """The marks in order of day, each with the number that it bears."""
    ordered = sorted(picture.marks, key=lambda mark: (mark.on, mark.kind, mark.label))
    return [(str(i), mark) for i, mark in enumerate(ordered[:MOST], 1)]


def told(mark: Mark) -> str:
    """What happened, and when."""
    return f"{day(mark.on)}: {clean(mark.label, LONGEST_NOTE)}"


def badge(sheet: Sheet, kind: str, number: str, x: float, y: float) -> None:
    """A number or a letter in its shape: a square for a cycle, a hexagon where limits begin anew, a ring at a point."""
    look = sheet.look
    if kind == "annotation":
        sheet.add(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" fill="{look.ground}" stroke="{look.ink}"/>'
        )
        sheet.text(x, y + 4, number, size=12, anchor="middle")
        return
    if kind == "rebase":
        sheet.add(
            f'<path d="M{x:.1f} {y:.1f}m-10 0l5-9h10l5 9-5 9h-10z" fill="{look.ground}" stroke="{look.ink}"/>'
        )
    else:
        sheet.add(
            f'<rect x="{x - 9:.1f}" y="{y - 9:.1f}" width="18" height="18" rx="3" fill="{look.ink}"/>'
        )
    fill = look.ink if kind == "rebase" else look.ground
    sheet.text(x, y + 4.2, number, size=11.5, fill=fill, bold=True, anchor="middle")


def timeline(sheet: Sheet, picture: Picture, frame: Frame) -> None:
    """Draw the marks below the days, in up to three rows, and a line through the plot for each."""
    marks = numbered(picture)
    if not marks:
        return
    rows: list[list[tuple[float, str, Mark]]] = [[] for _ in range(ROWS)]
    for number, mark in marks:
        x = frame.x(ordinal(mark.on))
        sheet.add(_line(sheet, mark, x, frame, few=len(marks) <= FEW))
        free = (row for row in rows if not row or x - row[-1][0] >= SIZE)
        row = next(free, min(rows, key=lambda row: row[-1][0] if row else 0.0))
        row.append((max(x, row[-1][0] + SIZE) if row else x, number, mark))
    top = sheet.y + 8 + SIZE / 2
    used = [row for row in rows if row]
    for i, row in enumerate(used):
        end = sheet.width - sheet.sizes.edge + SIZE / 2
        for x, number, mark in reversed(row):
            end = min(x, end - SIZE)
            sheet.add(f"<g><title>{escaped(told(mark))}</title>")
            badge(sheet, mark.kind, number, end, top + i * SIZE)
            sheet.add("</g>")
    sheet.y = top + len(used) * SIZE - SIZE / 2


def _line(sheet: Sheet, mark: Mark, x: float, frame: Frame, *, few: bool) -> str:
    """Through the plot where limits begin anew, and for cycles while they are few; else only up to it."""
    rebase = mark.kind == "rebase"
    top, dashes = (
        (frame.top, "8 4" if rebase else "1 4") if few or rebase else (frame.bottom - 6, "none")
    )
    return f'<path d="M{x:.1f} {top:.1f}V{frame.bottom:.1f}" stroke="{sheet.look.soft}" stroke-dasharray="{dashes}"/>'
