"""The names of the lines, at their right end, and the line of the target."""

from dataclasses import dataclass

from app.pictures.frame import Frame
from app.pictures.letters import width
from app.pictures.numerals import formatter
from app.pictures.picture import Picture
from app.pictures.sheet import Sheet

LONGEST_UNIT = 8  # letters of a unit that is written beside a number: a word
GAP = 7  # between the end of a line and its name


@dataclass(slots=True)
class Label:
    """What is written beside the end of a line, whose value it is, and in which colour."""

    words: str
    value: float
    fill: str
    bold: bool = False


@dataclass(slots=True)
class Labels:
    """The names of the lines that the last points have."""

    sheet: Sheet
    found: list[Label]
    goal: float | None

    @property
    def room(self) -> float:
        """The width that they take, with the edge of the sheet."""
        small = self.sheet.sizes.small
        return max(
            (width(label.words, small, bold=label.bold) + GAP + 8 for label in self.found),
            default=0.0,
        )

    def target(self, frame: Frame) -> None:
        """The line of the target, or where it lies beyond the range an arrow at that edge."""
        if self.goal is None:
            return
        colour = self.sheet.look.target
        y = frame.y(self.goal)
        if frame.range.low <= self.goal <= frame.range.high:
            self.sheet.add(
                f'<path d="M{frame.left:.1f} {y:.1f}H{frame.right:.1f}" stroke="{colour}" stroke-width="1.8" '
                'stroke-dasharray="2 3"/>'
            )
        else:
            way = "m-5 6l5-8 5 8z" if self.goal > frame.range.high else "m-5-6l5 8 5-8z"
            self.sheet.add(f'<path d="M{frame.right - 8:.1f} {y:.1f}{way}" fill="{colour}"/>')

    def write(self, frame: Frame) -> None:
        """The names, each at its line where that is free, moved away from each other where not."""
        small = self.sheet.sizes.small
        line = small * 1.25
        ordered = sorted(self.found, key=lambda label: (-label.value, label.words))
        places: list[float] = []
        for label in ordered:
            y = frame.y(label.value)
            places.append(max(y, places[-1] + line) if places else max(y, frame.top))
        below = frame.bottom
        for i in range(len(places) - 1, -1, -1):
            places[i] = min(places[i], below)
            below = places[i] - line
        for label, y in zip(ordered, places, strict=True):
            self.sheet.text(
                frame.right + GAP,
                y + small * 0.35,
                label.words,
                size=small,
                fill=label.fill,
                bold=label.bold,
            )


def label_lines(sheet: Sheet, picture: Picture, decimals: int, unit: str) -> Labels:
    """What is to be written for the lines of the last points and the target."""
    look, short = sheet.look, sheet.sizes.narrow
    last = next((p for p in reversed(picture.points) if p.centre_line is not None), None)
    shown = "" if short and unit != "%" else unit if len(unit) <= LONGEST_UNIT else ""
    written = formatter(decimals, shown)
    found: list[Label] = []
    if last is not None:
        upper, lower = ("Upper", "Lower") if short else ("Upper limit", "Lower limit")
        for name, value, fill, bold in (
            (upper, last.upper, look.soft, False),
            (picture.centre_name, last.centre_line, look.ink, True),
            (lower, last.lower, look.soft, False),
        ):
            if value is not None:
                found.append(Label(f"{name} {written(value)}", value, fill, bold))
    if picture.target is not None:
        words = f"Target {written(picture.target)}"
        found.append(Label(words, picture.target, look.target_text))
    return Labels(sheet, found, picture.target)
