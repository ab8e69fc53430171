"""The five Cs of a network as SVG: `draw_wheel` takes the public document of a wheel and gives the text of the file.

A ring with a sector for each C and a segment for each indicator, then the same indicators with their numbers. What an
indicator's segment says is its status: filled, striped, or dotted; there is no number for a C or for the whole.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.pictures.document import document
from app.pictures.letters import clean, wrapped
from app.pictures.look import LOOKS, sizes
from app.pictures.numerals import day
from app.pictures.picture import NARROWEST, WIDEST, Theme
from app.pictures.ring import key, ring
from app.pictures.sheet import Sheet
from app.pictures.wheel_list import columns
from app.pictures.wheel_words import (
    LONGEST_LABEL,
    LONGEST_STEP,
    NO_STEP,
    STATUSES,
    numbered,
    written,
)
from app.pictures.words import LONGEST_TITLE

BESIDE = 720  # from this width the key stands beside the ring, else below it
LARGEST_RING = 400  # pixels across


def draw_wheel(
    wheel: Mapping[str, Any], name: str, *, width: int = 800, theme: Theme = "light"
) -> str:
    """The SVG of a wheel, of the network of this name: some 20 kB.

    Errors: `ValueError` where a status is none that there is.
    """
    wide = min(max(width, NARROWEST), WIDEST)
    sheet = Sheet(wide, LOOKS[theme], sizes(wide))
    _head(sheet, wheel, name)
    across = min(sheet.room if wide < BESIDE else wide * 0.5, LARGEST_RING)
    top = sheet.y + 12
    left = (
        sheet.sizes.edge + max((sheet.room - across) / 2, 0) if wide < BESIDE else sheet.sizes.edge
    )
    bottom = ring(sheet, wheel, left, top, across)
    if wide < BESIDE:
        sheet.y = bottom + 14
        _beside(sheet, wheel, sheet.sizes.edge, sheet.room)
    else:
        sheet.y = top + 24
        x = sheet.sizes.edge + across + 48
        _beside(sheet, wheel, x, sheet.width - sheet.sizes.edge - x)
        sheet.y = max(sheet.y, bottom)
    columns(sheet, wheel)
    return document(sheet, "wheel", _title(name), described(wheel))


def _title(name: str) -> str:
    cleaned = clean(name, LONGEST_TITLE)
    return f"The five Cs: {cleaned}" if cleaned else "The five Cs"


def _period(wheel: Mapping[str, Any]) -> str:
    return f"As of {day(wheel['as_of'])}, looking back {wheel['window_days']:,} days."


def _head(sheet: Sheet, wheel: Mapping[str, Any], name: str) -> None:
    title, small = sheet.sizes.title, sheet.sizes.small
    sheet.y = sheet.sizes.edge - 4
    sheet.lines(wrapped(_title(name), sheet.room, title, 3, bold=True), size=title, bold=True)
    sheet.lines(wrapped(_period(wheel), sheet.room, small, 2), size=small, fill=sheet.look.soft)


def _beside(sheet: Sheet, wheel: Mapping[str, Any], x: float, room: float) -> None:
    """The key of the ring and the next step, from here down."""
    key(sheet, x, room)
    body, small = sheet.sizes.body, sheet.sizes.small
    sheet.y += 32
    sheet.text(x, sheet.y, "One next step", size=body, bold=True)
    step = wheel["next_step"]
    lines = (
        [(NO_STEP, False)] if step is None else [(_about(wheel, step), True), (step["text"], False)]
    )
    for words, bold in lines:
        for line in wrapped(clean(words, LONGEST_STEP), min(room, 620), small + 1, 9, bold=bold):
            sheet.y += round(small * 1.5)
            sheet.text(x, sheet.y, line, size=small + 1, bold=bold)


def _about(wheel: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    """Which indicator the step is about, with the number that it has in the ring."""
    for number, c, indicator in numbered(wheel):
        if indicator["code"] == step["indicator"]:
            label = clean(indicator["label"], LONGEST_LABEL)
            return f"{clean(c['label'], LONGEST_LABEL)}, {number}: {label}"
    return ""


def described(wheel: Mapping[str, Any]) -> str:
    """What the picture says, in whole sentences: of each C how many indicators are how, and which are thin."""
    said = [_period(wheel)]
    for c in wheel["cs"]:
        counted = Counter(indicator["status"] for indicator in c["indicators"])
        counts = ", ".join(
            f"{counted[status]} {words.lower()}" for status, words in STATUSES.items()
        )
        sentence = f"{clean(c['label'], LONGEST_LABEL)}: {counts}."
        thin = [
            f"{clean(indicator['label'], LONGEST_LABEL)} ({written(indicator)})"
            for indicator in c["indicators"]
            if indicator["status"] == "thin"
        ]
        said.append(f"{sentence} Thin: {'; '.join(thin)}." if thin else sentence)
    step = wheel["next_step"]
    said.append(f"Next step: {clean(step['text'], LONGEST_STEP)}" if step else NO_STEP)
    return " ".join(said)
