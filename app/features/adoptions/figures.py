"""Figures of an adoption as everybody but who reported them sees them."""

from typing import NamedTuple


class Figures(NamedTuple):
    """Before or after an adoption: figures of one organisation over one period."""

    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    suppressed: bool = False


def _is_small(given: Figures, threshold: int) -> bool:
    if given.numerator is None:
        return False
    counts = [given.numerator]
    if given.denominator is not None:
        counts += [given.denominator, given.denominator - given.numerator]
    return any(0 < count < threshold + 1 for count in counts)


def suppress_pair(
    before: Figures | None, after: Figures | None, threshold: int
) -> tuple[Figures | None, Figures | None]:
    """Both without what tells a small number of people: the count, and the value that repeats it."""

    def shown(half: Figures | None) -> Figures | None:
        if half is None or not _is_small(half, threshold):
            return half
        return Figures(suppressed=True)

    return shown(before), shown(after)
