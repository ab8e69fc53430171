"""Numbers and days as people write them."""

import math

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_LARGE = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))
_HUGE, _TINY = 1e15, 1e-6


def day(on: str) -> str:
    """A day of the calendar, from YYYY-MM-DD."""
    return f"{int(on[8:10])} {MONTHS[int(on[5:7]) - 1]} {on[:4]}"


def nice_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that cuts the span into at most so many parts."""
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next((f * power for f in _STEPS if f * power >= rough * 0.999999), 10 * power)


def decimals_of(step: float) -> int:
    """How many decimals show the multiples of a step: 0 for 5, 1 for 2.5, 2 for 0.05."""
    if step >= 1 and step == int(step):
        return 0
    places = max(0, -math.floor(math.log10(step)))
    return places if round(step * 10**places, 6) == round(step * 10**places) else places + 1


def number(value: float, decimals: int) -> str:
    """With commas and without zeros at the end; millions and more in words, what is beyond all words as 1.2e+16."""
    size = abs(value)
    if size >= _HUGE or 0 < size < _TINY:
        return f"{value:.3g}"
    for unit, name in _LARGE:
        if size >= unit and decimals <= 1:
            return _plain(f"{value / unit:,.2f}") + name
    return _plain(f"{value:,.{min(decimals, 8)}f}")


def _plain(written: str) -> str:
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written.replace("-", "\u2212", 1)


def with_unit(written: str, unit: str) -> str:
    """The number with its unit: 12%, 3.5 days."""
    return f"{written}{unit}" if unit in ("", "%", "\u2030") else f"{written} {unit}"
