"""What a wheel says of one indicator, in words and numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.pictures.numerals import number

LONGEST_LABEL, LONGEST_STEP = 90, 600
STATUSES = {"ok": "OK", "thin": "Thin", "not_enough_data": "Not enough data"}
NO_STEP = "Nothing is thin: no step is suggested."
Indicator = Mapping[str, Any]


def numbered(wheel: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any], Indicator]]:
    """The indicators in order, each with its number in the picture, from 1, and with its C.

    Errors: `ValueError` where a status is none that there is.
    """
    every = [(c, indicator) for c in wheel["cs"] for indicator in c["indicators"]]
    for place, (c, indicator) in enumerate(every, 1):
        if indicator["status"] not in STATUSES:
            raise ValueError(f"{indicator['status']} is no status of an indicator")
        yield place, c, indicator


def written(indicator: Indicator) -> str:
    """Its value, and the numerator and denominator that it is made of: 30% (12/40)."""
    value, above, below = indicator["value"], indicator["numerator"], indicator["denominator"]
    if value is None:
        return "Not enough data" if below is None else f"Not enough data ({number(below, 1)})"
    unit = indicator["unit"]
    if unit == "share":
        said = f"{number(value * 100, 0)}%"
    elif unit == "days":
        said = "1 day" if value == 1 else f"{number(value, 1)} days"
    elif unit == "score":
        said = number(value, 2)  # on a scale of its own: the label says which
    else:
        said = number(value, 1)
    return f"{said} ({number(above or 0, 1)}/{number(below or 0, 1)})"
