"""The wheel as a document: values with their numbers, whether they are thin, why, the trend, and one next step."""

from collections.abc import Sequence
from typing import Any

from app.wheel.counting import Counted
from app.wheel.indicators import (
    BY_CODE,
    INDICATORS,
    LABELS,
    PRIORITY,
    C,
    Indicator,
    Unit,
    Window,
)
from app.wheel.points import Point

OK, THIN, NOT_ENOUGH = "ok", "thin", "not_enough_data"


def wheel(
    network_id: str, points: Sequence[Point], counts: Sequence[dict[str, Counted]]
) -> dict[str, Any]:
    """The document of a network; the last of the points is what was asked for."""
    last = points[-1]
    found = {one.code: _indicator(one, points, counts) for one in INDICATORS}
    return {
        "network_id": network_id,
        "as_of": last.as_of.isoformat(),
        "window_days": last.window_days,
        "from_on": last.from_on.isoformat(),
        "cs": [
            {
                "code": c.value,
                "label": LABELS[c],
                "indicators": [found[one.code] for one in INDICATORS if one.c is c],
            }
            for c in C
        ],
        "next_step": _next_step(found),
    }


def _indicator(
    one: Indicator, points: Sequence[Point], counts: Sequence[dict[str, Counted]]
) -> dict[str, Any]:
    trend = [
        {"as_of": point.as_of.isoformat(), **_figure(one, at[one.code])}
        for point, at in zip(points, counts, strict=True)
    ]
    now = {name: value for name, value in trend[-1].items() if name != "as_of"}
    return {
        "code": one.code,
        "label": one.label,
        **now,
        "unit": one.unit,
        "window": _window(one, points[-1]),
        "why": _why(one, now, counts[-1][one.code]),
        "source": one.source,
        "trend": trend,
    }


def _figure(one: Indicator, found: Counted) -> dict[str, Any]:
    value = _value(one, found)
    return {
        "value": value,
        "numerator": None if value is None else found.numerator,
        "denominator": found.denominator,
        "status": status(one, value),
    }


def _value(one: Indicator, found: Counted) -> float | None:
    """The value, unless there is too little to say one."""
    if not found.enough or found.denominator < one.fewest:
        return None
    if not one.ratio and one.unit is Unit.COUNT:
        return float(found.numerator)
    return found.value


def status(one: Indicator, value: float | None) -> str:
    """Whether a value is thin."""
    if value is None:
        return NOT_ENOUGH
    thin = {
        "below": value < one.limit,
        "above": value > one.limit,
        "at_most": value <= one.limit,
    }[one.thin]
    return THIN if thin else OK


def _window(one: Indicator, point: Point) -> int | None:
    days = {Window.ASKED: point.window_days, Window.ROTATION: point.rotation_days}
    return days.get(one.window)


def said(unit: Unit, value: float) -> str:
    """A value in words."""
    if unit is Unit.SHARE:
        return f"{value * 100:.0f} %"
    if unit is Unit.DAYS:
        return f"{value:g} days"
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def thin_when(one: Indicator) -> str:
    """From where on it is thin, in words."""
    words = {"below": "below", "above": "above", "at_most": "at"}[one.thin]
    return f"{words} {said(one.unit, one.limit)}"


def _why(one: Indicator, now: dict[str, Any], found: Counted) -> str:
    if now["value"] is None:
        return _too_little(one, found)
    numbers = one.said.format(n=found.numerator, d=found.denominator)
    return f"{numbers}. That is {said(one.unit, now['value'])}; thin is {thin_when(one)}."


def _too_little(one: Indicator, found: Counted) -> str:
    if one.code.startswith("survey_"):
        return "No round of the survey has closed whose results tell each of these questions."
    if not found.enough:
        return "Nobody was a member yet."
    fewest = "there is none" if one.fewest == 1 else f"fewer than {one.fewest} say too little"
    return f"To be counted there were {found.denominator}: {fewest}."


def _next_step(found: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """One thing to do: of what is thin, or else of what cannot be told yet, the first in a fixed order."""
    for state in (THIN, NOT_ENOUGH):
        for code in PRIORITY:
            if found[code]["status"] == state:
                one = BY_CODE[code]
                return {"c": one.c, "indicator": code, "text": one.step}
    return None
