"""Numbers and days as people write them."""

import math
from collections.abc import Callable
from datetime import date

DAYS = {f"{number:02}": str(number) for number in range(1, 32)}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_OF = {f"{number:02}": name for number, name in enumerate(MONTHS, 1)}
_QUARTER = 2.5
_STEPS = (1.0, 2.0, _QUARTER, 5.0, 10.0)
_LARGE = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))
_HUGE, _TINY = 1e15, 1e-6


def day(on: str) -> str:
    """A day of the calendar, from YYYY-MM-DD: 3 Mar 2024."""
    return f"{DAYS[on[8:]]} {MONTHS_OF[on[5:7]]} {on[:4]}"


def ordinal(on: str) -> int:
    """The number of a day. Errors: `ValueError` where it is not YYYY-MM-DD, though another form of ISO 8601."""
    number = date.fromisoformat(on).toordinal()
    if len(on) != len("YYYY-MM-DD") or on[7] != "-":
        raise ValueError(f"{on} is not a day like 2024-01-01")
    return number


def nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten, or 25 times one, that cuts the span into at most so many parts.

    2.5 is none: half a visit at an axis of visits makes people stop.
    """
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    steps = (f * power for f in _STEPS if f != _QUARTER or power > 1)
    return next((step for step in steps if step >= rough * 0.999999), 10 * power)


def decimals_of(step: float) -> int:
    """How many decimals show the multiples of a step: 0 for 5, 1 for 2.5, 2 for 0.05."""
    if step >= 1 and step == int(step):
        return 0
    places = max(0, -math.floor(math.log10(step)))
    return places if round(step * 10**places, 6) == round(step * 10**places) else places + 1


def decimals_for(size: float) -> int:
    """How many decimals a number of that size has when it is written with three digits."""
    return max(0, 2 - math.floor(math.log10(size))) if size else 0


def number(value: float, decimals: int) -> str:
    """With commas and without zeros at the end; millions and more in words, what is beyond all words as 1.2e+16."""
    size = abs(value)
    if size >= _HUGE or 0 < size < _TINY:
        return f"{value:.3g}"
    for unit, name in _LARGE:
        if size >= unit:
            return _plain(f"{value / unit:,.2f}") + name
    return _plain(f"{value:,.{min(decimals, 8)}f}")


def formatter(decimals: int, unit: str, *, exact: bool = False) -> Callable[[float], str]:
    """`number` with its unit, for many values of one chart; exact numbers have millions in full."""
    after = unit if unit in ("", "%", "\u2030") else f" {unit}"
    places = min(decimals, 8)
    largest = _HUGE if exact else 1e6

    def written(value: float) -> str:
        if 1 <= value < largest:
            text = f"{value:,.{places}f}"
            return (text.rstrip("0").rstrip(".") if places else text) + after
        if exact and _TINY <= -value < _HUGE:
            return _plain(f"{value:,.{places}f}") + after
        return number(value, decimals) + after

    return written


def _plain(written: str) -> str:
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written.replace("-", "\u2212", 1)
