"""Text in a picture: made harmless, measured and wrapped.

Widths are those of the shipped font, which is wider than what browsers take for a sans serif: elsewhere a text may be
shorter than its room, never longer.
"""

import re
import unicodedata

_ASCII = "".join(map(chr, range(32, 127)))
# Thousandths of the size of the font, from its own tables.
_REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
)  # fmt: skip
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995,
    837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712,
    365, 712, 838,
)  # fmt: skip
_MORE = {
    "\u2212": 838,
    "\u2013": 500,
    "\u2014": 1000,
    "\u2026": 1000,
    "\u2030": 1440,
    "\u2022": 639,
}
_WIDTHS = {
    False: dict(zip(_ASCII, _REGULAR, strict=True)) | _MORE,
    True: dict(zip(_ASCII, _BOLD, strict=True)) | _MORE,
}
_WIDE = 1400  # emoji and whatever else there may be: an ideogram is a thousand
# What XML 1.0 may not hold, and what turns the direction of the text around it (UAX 9).
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_STACKED = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{2})"
                      "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")  # fmt: skip
ELLIPSIS = "\u2026"


def clean(text: str, longest: int) -> str:
    """The text on one line, without what XML or the reader's eye would stumble over, cut at so many characters."""
    text = text[: longest * 2]
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _HARMFUL.sub("", re.sub(r"[\s\x85]+", " ", text)))
        text = _STACKED.sub(r"\1", text)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + ELLIPSIS


def escaped(text: str) -> str:
    """Clean text as the content of an element or of an attribute."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


def _width_of(letter: str, widths: dict[str, int]) -> int:
    """Of a letter that is in no table: as its base, or wide enough for what is drawn where a font lacks it."""
    base = unicodedata.normalize("NFD", letter)[0]
    if base in widths:
        return widths[base]
    return 1000 if unicodedata.category(base)[0] in "LMP" else _WIDE


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide the text is, in the unit of `size`."""
    widths = _WIDTHS[bold]
    return sum(widths.get(c) or _width_of(c, widths) for c in text) * size / 1000


def fitted(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """As much of the text as fits, with an ellipsis where something is missing."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + ELLIPSIS, size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def wrapped(text: str, room: float, size: float, most: int, *, bold: bool = False) -> list[str]:
    """At most so many lines that fit; a word that is too long is cut, and what is left out is an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        both = f"{line} {word}" if line else word
        if width(both, size, bold=bold) <= room:
            line = both
            continue
        if line:
            lines.append(line)
        rest = word
        while len(lines) <= most and width(rest, size, bold=bold) > room:
            cut = len(rest)
            while cut > 1 and width(rest[:cut], size, bold=bold) > room:
                cut -= 1
            lines.append(rest[:cut])
            rest = rest[cut:]
        line = rest
        if len(lines) > most:
            break
    if line:
        lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], fitted(lines[most - 1] + ELLIPSIS, room, size, bold=bold)]
    return lines
