"""Xbar and S charts: the mean and the spread of several measurements each time. For Python alone.

Source: Montgomery, Introduction to Statistical Quality Control, 6.3: A3, B3 and B4 by the gamma function, and for
subgroups of different sizes the pooled standard deviation in place of the mean one.
"""

from collections.abc import Sequence
from math import exp, fsum, lgamma, sqrt

from app.spc.analysis import judge, tell
from app.spc.lines import LIMIT, NEAR, Lines
from app.spc.numbers import mean
from app.spc.series import Analysis, Refused, Request

Subgroup = tuple[str, Sequence[float]]  # its day, and what was measured then: two numbers or more


def analyse_subgroups(
    chart: str, subgroups: Sequence[Subgroup], *, improvement_direction: str = "neutral"
) -> Analysis:
    """An `xbar` or `s` chart of subgroups in order, by Anhoej's rules. An S chart has no direction.

    Errors: `Refused` for another chart, and for a subgroup with fewer than two numbers.
    """
    if chart not in ("xbar", "s"):
        raise Refused("unknown_choice", "Should be one of xbar, s", "/chart")
    for place, (_, numbers) in enumerate(subgroups):
        if not numbers[1:]:
            detail = "A subgroup has two numbers or more"
            raise Refused("subgroup_too_small", detail, f"/subgroups/{place}")
    sizes = [len(numbers) for _, numbers in subgroups]
    means = [mean(numbers) or 0.0 for _, numbers in subgroups]
    spreads = [
        sqrt(fsum([(number - middle) ** 2 for number in numbers]) / (len(numbers) - 1))
        for (_, numbers), middle in zip(subgroups, means, strict=True)
    ]
    drawn = (_xbar if chart == "xbar" else _s)(sizes, means, spreads)
    values = means if chart == "xbar" else spreads
    places = range(len(values))
    days = [on for on, _ in subgroups]
    request = Request((), chart, "anhoej", improvement_direction)
    parts = [judge(chart, "anhoej", days, values, places, places, drawn)] if values else []
    return tell(request, "anhoej", parts, 1.0, [])


def c4(size: int) -> float:
    """How much smaller the standard deviation of so many normal numbers is than the true one, on average."""
    return sqrt(2 / (size - 1)) * exp(lgamma(size / 2) - lgamma((size - 1) / 2))


def _spread(sizes: Sequence[int], spreads: Sequence[float]) -> float:
    if len(set(sizes)) <= 1:
        return mean(spreads) or 0.0
    squares = [(size - 1) * one**2 for size, one in zip(sizes, spreads, strict=True)]
    return sqrt(fsum(squares) / (sum(sizes) - len(sizes)))


def _xbar(sizes: Sequence[int], means: Sequence[float], spreads: Sequence[float]) -> Lines:
    whole = sum(sizes)
    centre = fsum([size * one for size, one in zip(sizes, means, strict=True)]) / (whole or 1)
    spread = _spread(sizes, spreads)
    errors = [spread / (c4(size) * sqrt(size)) for size in sizes]
    return Lines(
        centre,
        [centre - LIMIT * error for error in errors],
        [centre + LIMIT * error for error in errors],
        [centre - NEAR * error for error in errors],
        [centre + NEAR * error for error in errors],
    )


def _s(sizes: Sequence[int], _means: Sequence[float], spreads: Sequence[float]) -> Lines:
    centre = _spread(sizes, spreads)
    errors = [centre * sqrt(1 - c4(size) ** 2) / c4(size) for size in sizes]
    return Lines(
        centre,
        [max(centre - LIMIT * error, 0.0) for error in errors],
        [centre + LIMIT * error for error in errors],
        [max(centre - NEAR * error, 0.0) for error in errors],
        [centre + NEAR * error for error in errors],
    )
