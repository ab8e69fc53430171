"""What stands below the plot: the key of the shapes, what the marks are called, and the notes."""

from app.pictures.annotations import lettered
from app.pictures.letters import clean, width, wrapped
from app.pictures.numerals import day
from app.pictures.picture import Picture
from app.pictures.series import CROSS, GAP
from app.pictures.shapes import ORDER, WORDS, mark, shape
from app.pictures.sheet import Sheet
from app.pictures.timeline import badge, numbered, told
from app.pictures.words import LONGEST_NOTE, LONGEST_TEXT

MOST = 12  # marks whose words are written


def foot(sheet: Sheet, picture: Picture) -> None:
    """Draw it, below what is there."""
    sheet.y += 10
    _shapes(sheet, picture)
    _key(sheet, picture)
    small = sheet.sizes.small
    for note in list(picture.notes)[:6]:
        sheet.y += 4
        lines = wrapped(clean(note, LONGEST_TEXT), min(sheet.room, 900), small, 4)
        sheet.lines(lines, size=small, fill=sheet.look.soft)


def _shapes(sheet: Sheet, picture: Picture) -> None:
    """The shapes that are in the chart, in a row that wraps."""
    look, small = sheet.look, sheet.sizes.small
    there = {p.meaning for p in picture.points if p.value is not None}
    gaps = {p.suppressed for p in picture.points if p.value is None}
    entries: list[tuple[str, str]] = [
        (meaning, WORDS[meaning]) for meaning in ORDER if meaning in there
    ]
    entries += (
        [("excluded", "Left out of the limits")] if any(p.excluded for p in picture.points) else []
    )
    entries += [("suppressed", "Not shown: small numbers")] if True in gaps else []
    entries += [("missing", "No value")] if False in gaps else []
    if picture.runs_signal:
        entries.append(("runs", f"{picture.centre_name}, dashed: unusually long or few runs"))
    x = float(sheet.sizes.edge)
    y = sheet.y + small
    for kind, words in entries:
        needs = 20 + width(words, small)
        if x > sheet.sizes.edge and x + needs > sheet.width - sheet.sizes.edge:
            x, y = float(sheet.sizes.edge), y + small * 1.6
        middle = y - small * 0.35
        if kind in WORDS:
            sheet.add(mark(look, kind, x + 7, middle, 3.6))
        elif kind == "runs":
            sheet.add(f'<path d="M{x:.1f} {middle:.1f}h16" stroke="{look.centre}" stroke-width="2.4" '
                      'stroke-dasharray="7 2"/>')  # fmt: skip
        else:
            path = {"excluded": shape("common_cause", 3.6), "suppressed": GAP, "missing": CROSS}[
                kind
            ]
            sheet.add(f'<path d="M{x + 7:.1f} {middle:.1f}{path}" fill="{look.ground}" stroke="{look.soft}" '
                      'stroke-width="1.3"/>')  # fmt: skip
        sheet.text(x + 20, y, words, size=small, fill=look.soft)
        x += needs + 18
    sheet.y = y + small * 0.5 if entries else sheet.y


def _key(sheet: Sheet, picture: Picture) -> None:
    """What the numbers on the time line and the letters at the points stand for."""
    small, before = sheet.sizes.small, sheet.y
    for number, happened in numbered(picture)[:MOST]:
        _entry(sheet, happened.kind, number, told(happened))
    more = len(picture.marks) - MOST
    if more > 0:
        sheet.y += 4
        sheet.lines([f"and {more} more on the time line"], size=small, fill=sheet.look.soft)
    for letter, point in lettered(picture):
        _entry(
            sheet,
            "annotation",
            letter,
            f"{day(point.on)}: {clean(point.annotation or '', LONGEST_NOTE)}",
        )
    sheet.y += 4 if sheet.y > before else 0


def _entry(sheet: Sheet, kind: str, sign: str, words: str) -> None:
    small = sheet.sizes.small
    sheet.y += 6
    badge(sheet, kind, sign, sheet.sizes.edge + 10, sheet.y + 10)
    lines = wrapped(words, min(sheet.room - 28, 900), small, 2)
    for i, line in enumerate(lines):
        sheet.text(sheet.sizes.edge + 28, sheet.y + 14 + i * small * 1.35, line, size=small)
    sheet.y += 18 + (len(lines) - 1) * small * 1.35
