"""The series of a measure: its observations in order of day, kept as one JSON text that is read and written whole.

`[["2024-01-01", 12, 80, null, null], ["2024-02-01", 9, 78, null, "New recall letter"]]`: the first day of the period,
numerator, denominator, value, annotation. An observation has either a numerator, with or without a denominator
(counts of people or events), or a value (a measurement). JSON and CSV come through the same rules: `cleaned`.
Source: docs/decisions/0030-measures.md.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Annotated, Final, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from app.core.errors import FieldError, Invalid, refuse
from app.core.patient_guard import refusal
from app.core.text import lines
from app.core.text_of_time import DAY_PATTERN
from app.spc import series as spc

MOST_POINTS: Final = spc.MOST_POINTS
MOST_COUNT: Final = 999_999_999
MOST_VALUE: Final = 1e15
MOST_TOLD = 20  # faults that are told at once; `detail` says how many there are
FIELDS = ("on", "numerator", "denominator", "value", "annotation")
Annotation = Annotated[str, lines(300, "New recall letter")]

_ANNOTATION: TypeAdapter[str] = TypeAdapter(Annotation)
_DAY = re.compile(DAY_PATTERN)
_BOUNDS: Final = {
    "numerator": (0, MOST_COUNT),
    "denominator": (0, MOST_COUNT),
    "value": (-MOST_VALUE, MOST_VALUE),
}
_TEN_DIGITS = 10**9  # as many as a patient's number has, which no count may have
_EXACT = 2**53  # beyond it a float is no longer every whole number


class Observation(NamedTuple):
    """What was observed in one period, which `on` is the first day of (ISO text).

    `suppressed` is never stored: it says that small numbers were taken out for this reader (`core.small_numbers`).
    """

    on: str
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    annotation: str | None = None
    suppressed: bool = False


class Fault(NamedTuple):
    """One thing wrong with the observation at place `at` of those given; `field` is "" where it is all of it.

    `twin` is the place of the earlier observation of the same day.
    """

    at: int
    field: str
    code: str
    detail: str
    twin: int | None = None


def from_text(text: str | bytes) -> list[Observation]:
    """Read the stored text, which is in order of day."""
    return [Observation(*row) for row in orjson.loads(text)]


def to_text(observations: Iterable[Observation]) -> str:
    """Write observations as they are stored; they are clean and in order already."""
    return orjson.dumps([row[:5] for row in observations]).decode()


def checked(
    given: Sequence[Observation], first: str | None = None, last: str | None = None
) -> list[Observation]:
    """The observations of a JSON body, clean and in order of day; with `first` or `last`, all within those days.

    Errors: Invalid with pointers such as /observations/3/numerator, 20 at most; `detail` says how many there are.
    """
    if len(given) > MOST_POINTS:
        raise refuse("/observations", "too_long", f"A series has {MOST_POINTS:,} points at most.")
    clean, faults = cleaned(given)
    told = [*faults, *outside(given, first, last)]
    if told:
        raise invalid([_pointed(fault) for fault in told])
    return clean


def _pointed(fault: Fault) -> FieldError:
    place = f"/observations/{fault.at}" + (f"/{fault.field}" if fault.field else "")
    twin = "" if fault.twin is None else f" It is the day of /observations/{fault.twin} too."
    return FieldError(place, fault.code, f"{fault.detail}{twin}")


def invalid(errors: Sequence[FieldError]) -> Invalid:
    """The one error that tells of many: the first 20, and how many there are."""
    count = len(errors)
    more = f" There are {count:,} faults; the first {MOST_TOLD} are in errors."
    return Invalid(
        errors[0].detail + (more if count > MOST_TOLD else ""), errors=tuple(errors[:MOST_TOLD])
    )


def cleaned(given: Iterable[Observation]) -> tuple[list[Observation], list[Fault]]:
    """The observations in their stored form and in order of day, and all that is wrong with them.

    Where anything is wrong the first of the two is of no use.
    """
    clean, faults = [], []
    seen: dict[str, int] = {}
    for index, row in enumerate(given):
        on, numerator, denominator, value, annotation, _ = row
        if annotation is not None:
            annotation, wrong = _annotation(annotation)
            faults += [Fault(index, "annotation", *what) for what in wrong]
        if fault := day_fault(on):
            faults.append(Fault(index, "on", *fault))
        elif on in seen:
            detail = "Two observations of one day."
            faults.append(Fault(index, "on", "duplicate", detail, seen[on]))
        else:
            seen[on] = index
        wrong_numbers = list(_number_faults(index, row))
        faults += wrong_numbers
        if not wrong_numbers:
            figures = (_plain(numerator), _plain(denominator), _plain(value))
            clean.append(Observation(on, *figures, annotation))
    clean.sort(key=lambda row: row.on)
    return clean, faults


def day_fault(on: str) -> tuple[str, str] | None:
    """What is wrong with a day, if anything: code and detail."""
    if not _DAY.fullmatch(on):
        return "day_format", "Should be a day of 2000 to 2100, like 2026-03-01."
    try:
        date.fromisoformat(on)
    except ValueError:
        return "no_such_day", "There is no such day."
    return None


def _annotation(text: str) -> tuple[str | None, list[tuple[str, str]]]:
    if not text.strip():
        return None, []
    try:
        return _ANNOTATION.validate_python(text), []
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False, include_context=False)
        return None, [(item["type"], f"{item['msg'].removesuffix('.')}.") for item in told]


def _number_faults(at: int, row: Observation) -> Iterator[Fault]:
    _, numerator, denominator, value, _, _ = row
    if value is not None:
        yield from _bound_faults(at, "value", value)
        if numerator is not None or denominator is not None:
            both = "An observation has a value, or a numerator with or without a denominator: not both."
            yield Fault(at, "value", "value_and_count", both)
        if abs(value) >= _TEN_DIGITS and (found := refusal(f"{value:.0f}")):
            yield Fault(at, "value", *found)
    elif numerator is None and denominator is None:
        none = "No numerator and no value: leave the period out instead."
        yield Fault(at, "", "no_figure", none)
    elif numerator is None:
        yield Fault(at, "denominator", "denominator_alone", "A denominator without a numerator.")
    if numerator is not None:
        yield from _bound_faults(at, "numerator", numerator)
    if denominator is not None:
        yield from _bound_faults(at, "denominator", denominator)
        if denominator == 0:
            nobody = "A denominator is more than 0: leave out a period in which nobody was counted."
            yield Fault(at, "denominator", "zero_denominator", nobody)


def _bound_faults(at: int, field: str, number: float) -> Iterator[Fault]:
    least, most = _BOUNDS[field]
    if not least <= number <= most:  # NaN is in no range
        yield Fault(
            at, field, "out_of_range", f"Should be a number from {least:,.0f} to {most:,.0f}."
        )


def _plain(number: float | None) -> float | None:
    """One form for each number: 12 for 12.0, 0 for -0.0."""
    if isinstance(number, float) and number.is_integer() and abs(number) < _EXACT:
        return int(number)
    return number


def outside(given: Sequence[Observation], first: str | None, last: str | None) -> Iterator[Fault]:
    """What does not lie within the days of the range that is replaced."""
    if first is None and last is None:
        return
    for index, row in enumerate(given):
        if not _DAY.fullmatch(row.on):
            continue  # which is said already
        if (first is not None and row.on < first) or (last is not None and row.on > last):
            detail = "This day lies outside the range that is replaced (from, to)."
            yield Fault(index, "on", "outside_range", detail)


def replaced(
    stored: Sequence[Observation],
    given: Sequence[Observation],
    first: str | None = None,
    last: str | None = None,
) -> list[Observation]:
    """The whole series with the days `first` to `last`, both included, replaced by `given`; None is no bound.

    Both are clean and in order, and `given` lies within the range (`checked`, or `csv_text.read`).
    Errors: Invalid where the whole would have more than 10,000 points.
    """
    low = 0 if first is None else bisect_left(stored, first, key=_on)
    high = len(stored) if last is None else bisect_right(stored, last, key=_on)
    if low + len(given) + len(stored) - max(low, high) > MOST_POINTS:
        raise refuse(
            "/observations", "too_long", f"The series would have more than {MOST_POINTS:,} points."
        )
    return [*islice(stored, low), *given, *stored[max(low, high) :]]


def _on(row: Observation) -> str:
    return row.on


def points(observations: Iterable[Observation]) -> list[spc.Point]:
    """What is analysed: everything but what was suppressed for this reader."""
    return [
        spc.Point(row.on, row.value, row.numerator, row.denominator)
        for row in observations
        if not row.suppressed
    ]
