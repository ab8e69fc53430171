"""From a request to points in order, or to the reason why not."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import isfinite

from app.spc.series import LARGEST, MOST_POINTS, Point, Refused, Request

CHARTS = ("run", "xmr", "i", "mr", "p", "pp", "u", "up", "c", "g", "t")
RULESETS = ("mdc", "anhoej", "perla")
DIRECTIONS = ("increase", "decrease", "neutral")
RATIOS = frozenset({"p", "pp", "u", "up"})  # their limits need the denominators
PROPORTIONS = frozenset({"p", "pp"})
COUNTS = frozenset({"c", "g"})
PLAIN = COUNTS | {"t"}  # one number a point, and no denominator
LIMITS_AROUND_THE_LINE = frozenset(
    {"xmr", "i", "p", "pp", "u", "up", "c"}
)  # what four rules can be read on
SHORTEST_BASELINE = 12  # of Making Data Count
SMALLEST_DENOMINATOR = 1e-9


@dataclass(frozen=True, slots=True)
class Series:
    """Points in order of day, plotted but for `multiply`. Each list has a place for every point; None is a gap."""

    on: Sequence[str]
    values: list[float | None]
    counts: list[float | None]
    sizes: list[float | None]
    excluded: Collection[int]
    starts: Sequence[int]  # places at which a group begins; the first is 0 where there is a point


def ruleset_of(request: Request) -> str:
    """The ruleset that is asked for, or the chart's own. Errors: `Refused` where the two do not go together."""
    chart, ruleset = request.chart, request.ruleset
    _one_of(chart, CHARTS, "/chart")
    _one_of(request.improvement_direction, DIRECTIONS, "/improvement_direction")
    if ruleset is None:
        return "mdc" if chart == "xmr" else "anhoej"
    _one_of(ruleset, RULESETS, "/ruleset")
    if ruleset == "perla" and chart != "run":
        detail = "Perla's rules are for run charts: ask for chart run, or for another ruleset"
        raise Refused("ruleset_not_for_chart", detail, "/ruleset")
    if ruleset == "mdc" and chart not in LIMITS_AROUND_THE_LINE:
        detail = (
            "Making Data Count's rules need limits on both sides of a mean: ask for ruleset anhoej"
        )
        raise Refused("ruleset_not_for_chart", detail, "/ruleset")
    return ruleset


def _one_of(given: str, known: Sequence[str], where: str) -> None:
    if given not in known:
        raise Refused("unknown_choice", f"Should be one of {', '.join(known)}", where)


def series_of(request: Request, ruleset: str) -> Series:
    """The points in order. Errors: `Refused`, for the first thing that is wrong."""
    _settings(request, ruleset)
    points = request.points
    if len(points) > MOST_POINTS:
        raise Refused("too_many_points", f"A series has {MOST_POINTS:,} points at most", "/points")
    days = [point.on for point in points]
    order: Sequence[int] = range(len(days))
    if any(map(str.__ge__, days, days[1:])):
        order = sorted(order, key=days.__getitem__)
        days = [days[place] for place in order]
    place_of = {on: place for place, on in enumerate(days)}
    if len(place_of) < len(days):
        raise _twice(points)
    if request.strict_days:
        excluded = _places(request.exclude_on, place_of, "/exclude_on")
        rebased = _places(request.rebase_on, place_of, "/rebase_on")
    else:
        excluded = {place_of[day] for day in request.exclude_on if day in place_of}
        rebased = {bisect_left(days, day) for day in request.rebase_on} - {len(days)}
    read = _reader(request.chart)
    rows = [read(points[place], place) for place in order]
    values, counts, sizes = (
        (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    )
    if (
        request.multiply != 1 and request.chart not in RATIOS
    ):  # which are multiplied with their lines
        values = [
            value if value is None or size is None else value * request.multiply
            for value, size in zip(values, sizes, strict=True)
        ]
    return Series(days, values, counts, sizes, excluded, sorted(rebased | {0}) if days else [])


def _settings(request: Request, ruleset: str) -> None:
    baseline = request.baseline_points
    if baseline is not None:
        least = SHORTEST_BASELINE if ruleset == "mdc" else 2
        if baseline < least:
            detail = f"A baseline has {least} points or more by this ruleset"
            raise Refused("baseline_too_short", detail, "/baseline_points")
    if not (isfinite(request.multiply) and 0 < request.multiply <= LARGEST):
        raise Refused("out_of_range", "Should be a number above 0", "/multiply")
    for name in ("target", "centre_line"):
        number = getattr(request, name)
        if number is not None and not abs(number) <= LARGEST:
            raise Refused("out_of_range", "Should lie between -1e15 and 1e15", f"/{name}")


def _twice(points: Sequence[Point]) -> Refused:
    seen: set[str] = set()
    for place, point in enumerate(points):
        if point.on in seen:
            detail = f"There is another point of {point.on}"
            return Refused("duplicate", detail, f"/points/{place}/on")
        seen.add(point.on)
    raise AssertionError  # the caller counted one that is there twice


def _places(days: Sequence[str], place_of: dict[str, int], where: str) -> set[int]:
    places = set()
    for number, day in enumerate(days):
        if day not in place_of:
            raise Refused("no_such_point", f"There is no point of {day}", f"{where}/{number}")
        places.add(place_of[day])
    return places


Row = tuple[
    float | None, float | None, float | None
]  # the value that is plotted, the count, the denominator
_GAP: Row = (None, None, None)


def _reader(chart: str) -> Callable[[Point, int], Row]:
    """How a point of this chart is read; the reader takes the point and its place in the request."""
    if chart in RATIOS:
        return _proportion if chart in PROPORTIONS else _rate
    if chart in PLAIN:
        return _count if chart in COUNTS else _time
    return _any_number


def _wrong(code: str, detail: str, place: int, field: str = "") -> Refused:
    return Refused(code, detail, f"/points/{place}{field}")


def _any_number(point: Point, place: int) -> Row:
    _, value, numerator, denominator = point
    if value is not None:
        if numerator is not None or denominator is not None:
            detail = "Give either value, or numerator and denominator"
            raise _wrong("value_and_count", detail, place)
        if not -LARGEST <= value <= LARGEST:  # a NaN is not either
            raise _wrong("out_of_range", "Should lie between -1e15 and 1e15", place, "/value")
        return value, None, None
    if numerator is None:
        if denominator is not None:
            raise _alone(place)
        return _GAP
    if denominator is None:
        return _positive(numerator, place, "/numerator"), None, None
    return _divided(numerator, denominator, place)


def _alone(place: int) -> Refused:
    detail = "A denominator comes with a numerator"
    return _wrong("denominator_alone", detail, place, "/denominator")


def _positive(number: float, place: int, field: str) -> float:
    if not 0 <= number <= LARGEST:
        raise _wrong("out_of_range", "Should lie between 0 and 1e15", place, field)
    return number


def _divided(numerator: float, denominator: float, place: int) -> Row:
    _positive(numerator, place, "/numerator")
    if _positive(denominator, place, "/denominator") < SMALLEST_DENOMINATOR:
        detail = "Nothing can be divided by this denominator: leave out the point, or make its value null"
        raise _wrong("zero_denominator", detail, place, "/denominator")
    ratio = numerator / denominator
    if ratio > LARGEST:
        raise _wrong("out_of_range", "What is plotted is above 1e15", place, "/numerator")
    return ratio, numerator, denominator


def _rate(point: Point, place: int) -> Row:
    _, value, numerator, denominator = point
    if value is not None:
        detail = "This chart needs numerator and denominator: the limits are as wide as the denominator says"
        raise _wrong("numerator_missing", detail, place, "/value")
    if numerator is None and denominator is None:
        return _GAP
    if numerator is None:
        raise _alone(place)
    if denominator is None:
        detail = "This chart needs a denominator with every numerator"
        raise _wrong("denominator_missing", detail, place, "/denominator")
    return _divided(numerator, denominator, place)


def _proportion(point: Point, place: int) -> Row:
    row = _rate(point, place)
    _, numerator, denominator = row
    if numerator is not None and denominator is not None and numerator > denominator:
        detail = "A proportion has no more in its numerator than in its denominator"
        raise _wrong("numerator_above_denominator", detail, place, "/numerator")
    return row


def _time(point: Point, place: int) -> Row:
    """One number that is not below 0, as a value or as a numerator."""
    row = _any_number(point, place)
    if row[2] is not None:
        detail = "This chart has one number a point, and no denominator"
        raise _wrong("denominator_not_used", detail, place, "/denominator")
    field = "/numerator" if point.value is None else "/value"
    if row[0] is not None:
        _positive(row[0], place, field)
    return row


def _count(point: Point, place: int) -> Row:
    row = _time(point, place)
    if row[0] is not None and row[0] != int(row[0]):
        field = "/numerator" if point.value is None else "/value"
        raise _wrong("not_a_count", "This chart counts: give a whole number", place, field)
    return row
