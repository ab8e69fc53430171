"""Letters at the points that somebody wrote something to; the words stand in the key below."""

from collections.abc import Sequence
from string import ascii_lowercase

from app.pictures.frame import Frame
from app.pictures.picture import Picture, Point
from app.pictures.series import Placed
from app.pictures.sheet import Sheet
from app.pictures.timeline import badge

MOST = 12  # the latest; the others say it when the pointer rests on them
RING, APART = 9, 18  # pixels: half a letter's ring, and letters from each other
AWAY = (-15, 15, -22, 22, -33, 33, -44, 44, -58)  # of a letter from its point, the best first


def lettered(picture: Picture) -> list[tuple[str, Point]]:
    """The points whose annotation is written, each with its letter."""
    annotated = [point for point in picture.points if point.annotation]
    return list(zip(ascii_lowercase, annotated[-MOST:], strict=False))


def annotations(sheet: Sheet, picture: Picture, placed: Sequence[Placed], frame: Frame) -> None:
    """Write the letters near their points: where nothing is, else over points, never over each other."""
    said = lettered(picture)
    if not said:
        return
    where = {point.on: x for point, x in placed if point.annotation}
    points = [(x, _height(point, frame)) for point, x in placed]
    taken: list[tuple[float, float]] = []
    for letter, point in said:
        x, y = where.get(point.on), _height(point, frame)
        if x is None:
            continue
        near = [(a, b) for a, b in points if abs(a - x) < APART]
        rooms = [(x, y + away) for away in AWAY if frame.top <= y + away <= frame.bottom - RING]
        free = [room for room in rooms if _free(room, taken, APART)]
        best = next(
            (room for room in free if _free(room, near, RING + 4)), free[0] if free else None
        )
        if best is not None:
            taken.append(best)
            badge(sheet, "annotation", letter, *best)


def _height(point: Point, frame: Frame) -> float:
    return frame.bottom if point.value is None else frame.y(point.value)


def _free(room: tuple[float, float], others: Sequence[tuple[float, float]], apart: float) -> bool:
    return all(abs(room[0] - a) >= apart or abs(room[1] - b) >= apart for a, b in others)
