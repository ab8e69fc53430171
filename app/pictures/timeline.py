"""What happened, on a line of its own below the days: cycles of tests of change, and where limits begin anew.

Each has a number; what it is called stands in the key below, where there is room for words.
"""

from app.pictures.frame import Frame
from app.pictures.numerals import ordinal
from app.pictures.picture import Mark, Picture
from app.pictures.sheet import Sheet

MOST = 30  # marks that get a number
ROWS = 3
SIZE = 22  # of a number's place, in pixels


def numbered(picture: Picture) -> list[tuple[str, Mark]]:
    """The marks in order of day, each with the number that it bears."""
    ordered = sorted(picture.marks, key=lambda mark: (mark.on, mark.kind, mark.label))
    return [(str(i), mark) for i, mark in enumerate(ordered[:MOST], 1)]


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
    rows: list[list[tuple[float, str, str]]] = [[] for _ in range(ROWS)]
    for number, mark in marks:
        x = frame.x(ordinal(mark.on))
        dashes = "8 4" if mark.kind == "rebase" else "1 4"
        sheet.add(
            f'<path d="M{x:.1f} {frame.top:.1f}V{frame.bottom:.1f}" stroke="{sheet.look.soft}" '
            f'stroke-dasharray="{dashes}"/>'
        )
        free = (row for row in rows if not row or x - row[-1][0] >= SIZE)
        row = next(free, min(rows, key=lambda row: row[-1][0] if row else 0.0))
        row.append((max(x, row[-1][0] + SIZE) if row else x, number, mark.kind))
    top = sheet.y + 8 + SIZE / 2
    used = [row for row in rows if row]
    for i, row in enumerate(used):
        end = sheet.width - sheet.sizes.edge + SIZE / 2
        for x, number, kind in reversed(row):
            end = min(x, end - SIZE)
            badge(sheet, kind, number, end, top + i * SIZE)
    sheet.y = top + len(used) * SIZE - SIZE / 2
