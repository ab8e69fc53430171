"""Reading the wheel of a network, and the catalogue of its indicators."""

from datetime import date
from typing import Any

from app.core.errors import refuse
from app.core.inside import reads_inside
from app.core.survey_questions import QUESTIONS
from app.core.viewer import Viewer
from app.core.work import House
from app.wheel.counting import counted
from app.wheel.figures import thin_when, wheel
from app.wheel.indicators import INDICATORS, LABELS, C, Window
from app.wheel.points import points_until

OF_C = {question.code: C(question.c) for question in QUESTIONS}


async def wheel_of(
    house: House, viewer: Viewer, network_id: str, *, as_of: date | None, window_days: int
) -> dict[str, Any]:
    """The wheel as of a day, with its trend. Errors: `NotFound`; `Forbidden`; `Invalid` for a day to come."""
    await reads_inside(house.db, viewer, network_id)
    now = house.clock()
    last = past_day(as_of, now.date())
    points = points_until(last, window_days)
    return wheel(network_id, points, await counted(house.db, network_id, points, now, OF_C))


def past_day(as_of: date | None, today: date) -> date:
    """The day that was asked for, or today. Errors: `Invalid`: what is to come cannot be counted."""
    if as_of is not None and as_of > today:
        raise refuse("?as_of", "in_the_future", "Should be today (UTC) or earlier")
    return as_of or today


def catalogue() -> list[dict[str, Any]]:
    """Every indicator with its formula, its threshold and its source."""
    return [
        {
            "code": one.code,
            "c": one.c.value,
            "c_label": LABELS[one.c],
            "label": one.label,
            "formula": one.formula,
            "unit": one.unit.value,
            "window": one.window is not Window.NONE,
            "smallest_denominator": one.fewest,
            "threshold": one.limit,
            "thin_when": thin_when(one),
            "next_step": one.step,
            "source": one.source,
        }
        for one in INDICATORS
    ]
