"""The verdict in one sentence of plain English.

What the latest points say comes first, then whether it is chance, then the target. The idea of a sentence that gives
the reading beside the chart is Making Data Count's; the words are ours.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from app.spc.part import Part
from app.spc.series import ENOUGH, Request
from app.spc.verdict import crossings_signal, latest

# Days from one first of a period to the next: from, to, what it is called.
_SPACING = (
    (1, 1, "day"),
    (7, 7, "week"),
    (28, 31, "month"),
    (89, 92, "quarter"),
    (365, 366, "year"),
)
_KIND = {
    "common": "common cause",
    "improvement": "special cause, improvement",
    "concern": "special cause, concern",
    "neutral": "special cause, neither improvement nor concern",
}
_ASSURANCE = {
    "pass": "the target of {} will be met every time unless something changes",
    "fail": "the target of {} will not be met unless something changes",
    "inconsistent": "the target of {} will be met at some times and missed at others",
}


def summarise(
    parts: Sequence[Part], request: Request, variation: str, assurance: str | None
) -> str:
    """One sentence, with its full stop."""
    used = sum(len(part.used) for part in parts)
    part = latest(parts)
    if part is None:
        return f"There are no points to look at yet: {ENOUGH} or more are needed."
    if used < ENOUGH:
        only = "is only 1 point" if used == 1 else f"are only {used} points"
        return f"There {only} so far: too few to tell signal from chance, which takes {ENOUGH} or more."
    kind = _KIND[variation.partition("_")[0]]
    said = _latest(part, request)
    if said is None:
        said = _whole(parts, part, request)
        if variation == "common_cause":
            kind = ""
    sentence = f"{said}: {kind}" if kind else said
    if assurance is not None and part.lines.upper[part.used[-1]] is not None:
        sentence += "; " + _ASSURANCE[assurance].format(_number(request.target or 0.0))
    return sentence + "."


def _number(number: float) -> str:
    """As short as it can be said."""
    return f"{number:.15g}"


def spacing(days: Sequence[str]) -> str:
    """What a point stands for (month), where the days between the points all say so; else `point`."""
    if not days[1:]:
        return "point"
    numbers = [date.fromisoformat(day).toordinal() for day in days]
    steps = [after - before for before, after in pairwise(numbers)]
    shortest, longest = min(steps), max(steps)
    for least, most, name in _SPACING:
        if least <= shortest and longest <= most:
            return name
    return "point"


def _centre(request: Request) -> str:
    if request.centre_line is not None or request.chart == "t":
        return "centre line"
    return "median" if request.chart in ("run", "g") else "mean"


def _last(part: Part, count: int) -> tuple[str, str]:
    """The last so many points by name, with the verb: `The last 7 months`, `are`."""
    places = part.used[-max(count, 2) :]
    name = spacing([part.on[place] for place in places])
    return (f"The last {name}", "is") if count == 1 else (f"The last {count} {name}s", "are")


def _latest(part: Part, request: Request) -> str | None:
    """What the rule says that fired for the latest point; None where none did."""
    fired = part.fired[part.used[-1]]
    if fired is None:
        return None
    signal, side = fired
    if signal == "trend":
        steps = _trailing_steps(part, side)
        who, _ = _last(part, steps + 1)
        return f"{who} {'rise' if side > 0 else 'fall'} without a break"
    if signal == "two_of_three":
        name = spacing([part.on[place] for place in part.used[-3:]])
        close = "All" if all(part.near[-3:]) else "2"
        limit = "upper" if side > 0 else "lower"
        return f"{close} of the last 3 {name}s are close to the {limit} limit"
    if signal == "shift":
        return _shift(part, side, _centre(request))
    same = _trailing(part, signal)
    who, verb = _last(part, same)
    return f"{who} {verb} {'above the upper' if side > 0 else 'below the lower'} limit"


def _trailing(part: Part, signal: str) -> int:
    """How many of the last points have this signal, in a row."""
    count = 0
    for place in reversed(part.used):
        fired = part.fired[place]
        if fired is None or fired[0] != signal:
            break
        count += 1
    return count


def _trailing_steps(part: Part, side: int) -> int:
    """How many of the last steps go this way, in a row; neighbours that are equal are one point (Perla)."""
    count = 0
    places = part.used
    for place in range(len(places) - 1, 0, -1):
        before, after = part.values[places[place - 1]], part.values[places[place]]
        if before is None or after is None or (after - before) * side < 0:
            break
        if after == before and part.near:  # under Making Data Count a tie ends a trend
            break
        count += 1
    return count


def _shift(part: Part, side: int, centre: str) -> str:
    """The last points on one side; those on the line among them are told of."""
    count = on_the_line = 0
    for one in reversed(part.sides):
        if one == -side or (one == 0 and part.near):
            break
        count += 1
        on_the_line += one == 0
    # A point on the line before the run began is no part of it.
    sides = part.sides[len(part.sides) - count :]
    leading = next(place for place, one in enumerate(sides) if one)
    who, verb = _last(part, count - leading)
    where = "above" if side > 0 else "below"
    if on_the_line > leading:
        where = f"on or {where}"
    return f"{who} {verb} {where} the {centre}"


def _crossed(part: Part, centre: str) -> str | None:
    """What the crossings say, where they are a signal."""
    crossed, allowed = crossings_signal(part), part.allowed
    if not crossed or allowed is None:
        return None
    said = f"The {centre} is crossed {_times(part.runs.crossings)}, where chance alone crosses it"
    if crossed < 0:
        return f"{said} {_times(allowed.fewest)} or more"
    return f"{said} {_times(allowed.most or 0)} at most, as when two processes are mixed"


def _whole(parts: Sequence[Part], part: Part, request: Request) -> str:
    """Where no rule fired for the latest point: the crossings, what was before, or that there is nothing."""
    centre = _centre(request)
    if crossed := _crossed(part, centre):
        return crossed
    earlier = sum(
        len(one.used) - [one.fired[place] for place in one.used].count(None) for one in parts
    )
    if earlier:
        who, _ = _last(part, 1)
        points = "1 point before it is" if earlier == 1 else f"{earlier} points before it are"
        return f"{who} shows no signal, while {points} special cause"
    name = spacing([part.on[place] for place in part.used])
    since = f" since {part.on[0]}" if len(parts) > 1 else ""
    count = len(part.used)
    if count == 1:
        return f"The one point{since} has nothing to be held against: common cause"
    if not part.runs.useful:
        return f"All {count} {name}s{since} lie on the {centre}: common cause"
    if request.chart != "run" and part.lines.upper[part.used[-1]] is None:
        return f"There are too few steps between points{since} to make limits of: common cause"
    return f"All {count} {name}s{since} vary about the {centre} as chance alone would have it: common cause"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
