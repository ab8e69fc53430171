"""What a signal means, and what the whole comes to."""

from collections.abc import Sequence

from app.spc.part import Part
from app.spc.rules import Fired
from app.spc.series import Request

COMMON_CAUSE = "common_cause"
_MEANING = {
    "increase": {1: "improvement", -1: "concern"},
    "decrease": {1: "concern", -1: "improvement"},
    "neutral": {1: "neutral_high", -1: "neutral_low"},
}


def meaning_of(fired: Fired, direction: str) -> str:
    """What a signal means, where improvement goes this way."""
    return _MEANING[direction][fired[1]]


def latest(parts: Sequence[Part]) -> Part | None:
    """The last group that has a point that counts."""
    return next((part for part in reversed(parts) if part.used), None)


def variation_of(parts: Sequence[Part], direction: str) -> str:
    """The verdict on the latest point.

    Where no rule fired for it and the runs of its group are signal all the same, there are too few crossings, and
    the side it is on now is what the signal says; or too many, which says nothing of better or worse.
    """
    part = latest(parts)
    if part is None:
        return COMMON_CAUSE
    fired = part.fired[part.used[-1]]
    if fired is None:
        crossed = crossings_signal(part)
        if not crossed:
            return COMMON_CAUSE
        side = last_side(part)
        direction = direction if crossed < 0 else "neutral"
    else:
        side = fired[1]
    meaning = _MEANING[direction][side]
    return meaning if direction == "neutral" else f"{meaning}_{'high' if side > 0 else 'low'}"


def crossings_signal(part: Part) -> int:
    """-1 where the centre line is crossed too seldom, 1 where too often, 0 where neither is a rule or a fact."""
    allowed, crossings = part.allowed, part.runs.crossings
    if not part.signal or allowed is None:
        return 0
    if crossings < allowed.fewest:
        return -1
    return int(allowed.most is not None and crossings > allowed.most)


def last_side(part: Part) -> int:
    """The side of the last point that is not on the line; 0 where all are."""
    return next((side for side in reversed(part.sides) if side), 0)


def assurance_of(parts: Sequence[Part], request: Request, factor: float) -> str | None:
    """Whether the target lies beyond the limits of the latest point, so whether it will be met as things are.

    None where there is no target, no direction, or no limits by the nature of the chart. Where limits could not be
    worked out it is `inconsistent`: nothing says that the target will always be met, or never.
    """
    part, target, direction = latest(parts), request.target, request.improvement_direction
    if (
        part is None
        or target is None
        or direction == "neutral"
        or request.chart in ("run", "mr", "s")
    ):
        return None
    lower, upper = limits_of_latest(part, factor)
    if upper is not None and target > upper:
        return "fail" if direction == "increase" else "pass"
    if lower is not None and target < lower:
        return "pass" if direction == "increase" else "fail"
    return "inconsistent"


def limits_of_latest(part: Part, factor: float) -> tuple[float | None, float | None]:
    """Of the last point that counts, as they are drawn."""
    place = part.used[-1]
    lower, upper = part.lines.lower[place], part.lines.upper[place]
    return (
        None if lower is None else lower * factor,
        None if upper is None else upper * factor,
    )
