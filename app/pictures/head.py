"""What stands above the plot: what it is, the verdict in words, and the two icons with theirs."""

from app.pictures.letters import clean, width, wrapped
from app.pictures.picture import Picture
from app.pictures.shapes import ASSURANCE_WORDS, VARIATION_WORDS, assurance_icon, variation_icon
from app.pictures.sheet import Sheet
from app.pictures.words import LONGEST_TEXT, LONGEST_TITLE, LONGEST_UNIT

_BETTER = {"increase": "higher is better", "decrease": "lower is better"}


def head(sheet: Sheet, picture: Picture) -> None:
    """Write it, from the top of the sheet."""
    sizes, look = sheet.sizes, sheet.look
    sheet.y = sizes.edge - 4
    title = clean(picture.title, LONGEST_TITLE)
    sheet.lines(wrapped(title, sheet.room, sizes.title, 3, bold=True), size=sizes.title, bold=True)
    subtitle = clean(picture.subtitle, LONGEST_TITLE)
    sheet.lines(wrapped(subtitle, sheet.room, sizes.small, 2), size=sizes.small, fill=look.soft)
    summary = clean(picture.summary, LONGEST_TEXT)
    if summary:
        sheet.y += 6
        most = 9 if sizes.narrow else 5
        sheet.lines(wrapped(summary, min(sheet.room, 900), sizes.body, most), size=sizes.body)
    _icons(sheet, picture)
    axis = clean(picture.axis, LONGEST_TITLE) or clean(picture.unit, LONGEST_UNIT)
    better = _BETTER.get(picture.improvement_direction)
    axis = ", ".join(filter(None, (axis, better if axis else better and better.capitalize())))
    sheet.y += 8
    sheet.lines(wrapped(axis, sheet.room, sizes.small, 2), size=sizes.small, fill=look.soft)


def _icons(sheet: Sheet, picture: Picture) -> None:
    """The icons in a row, or one below the other where there is no room."""
    size, look = sheet.sizes.icon, sheet.look
    shown: list[tuple[str, str, str]] = []
    if picture.variation in VARIATION_WORDS:
        shown.append(("variation", "Variation", VARIATION_WORDS[picture.variation]))
    if picture.assurance in ASSURANCE_WORDS:
        shown.append(("assurance", "Target", ASSURANCE_WORDS[picture.assurance]))
    if not shown:
        return
    x, y = float(sheet.sizes.edge), sheet.y + 8
    small = sheet.sizes.small
    for which, name, words in shown:
        needs = size + 8 + max(width(words, small), width(name, small, bold=True))
        if x > sheet.sizes.edge and x + needs > sheet.width - sheet.sizes.edge:
            x, y = float(sheet.sizes.edge), y + size + 6
        if which == "variation":
            sheet.add(variation_icon(look, picture.variation or "", x, y, size))
        else:
            above = (picture.improvement_direction == "increase") == (picture.assurance == "pass")
            sheet.add(assurance_icon(look, picture.assurance or "", x, y, size, above=above))
        text = x + size + 8
        sheet.text(text, y + size / 2 - 3, name, size=small, bold=True)
        sheet.text(text, y + size / 2 + small + 1, words, size=small)
        x += needs + 28
    sheet.y = y + size
