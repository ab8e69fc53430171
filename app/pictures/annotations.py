"""Letters at the points that somebody wrote something to; the words stand in the key below."""

from collections.abc import Sequence
from string import ascii_lowercase

from app.pictures.frame import Frame
from app.pictures.picture import Picture, Point
from app.pictures.series import Placed
from app.pictures.sheet import Sheet
from app.pictures.timeline import badge

MOST = 12  # the latest; the others say it when the pointer rests on them
AWAY, APART = 15, 18  # pixels: of a letter from its point, and of letters from each other


def lettered(picture: Picture) -> list[tuple[str, Point]]:
    """The points whose annotation is written, each with its letter."""
    annotated = [point for point in picture.points if point.annotation]
    return list(zip(ascii_lowercase, annotated[-MOST:], strict=False))


def annotations(sheet: Sheet, picture: Picture, placed: Sequence[Placed], frame: Frame) -> None:
    """Write the letters above their points, or where it is free."""
    where = {point.on: x for point, x in placed if point.annotation}
    taken: list[tuple[float, float]] = []
    for letter, point in lettered(picture):
        x = where.get(point.on)
        if x is None:
            continue
        y = frame.bottom if point.value is None else frame.y(point.value)
        for away in (-AWAY, AWAY, -AWAY - APART, AWAY + APART, -AWAY - 2 * APART):
            at = y + away
            inside = frame.top <= at <= frame.bottom - 9
            if inside and all(abs(x - a) >= APART or abs(at - b) >= APART for a, b in taken):
                taken.append((x, at))
                badge(sheet, "annotation", letter, x, at)
                break
