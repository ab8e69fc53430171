"""One group of points after the rules were read on it; what the verdict and its sentence are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.spc.lines import Lines
from app.spc.rules import Fired
from app.spc.runs import Allowed, Runs


@dataclass(frozen=True, slots=True)
class Part:
    """A group, not yet multiplied.

    `on`, `values` and `fired` have a place for every point. `counting` are the places that are not excluded, `used`
    those of them that have a value; `sides` and `near` (close to a limit; empty but for `mdc`) go with `used`.
    """

    on: Sequence[str]
    values: Sequence[float | None]
    lines: Lines
    counting: Sequence[int]
    used: Sequence[int]
    sides: Sequence[int]
    near: Sequence[bool]
    runs: Runs
    allowed: Allowed | None
    signal: bool | None
    fired: Sequence[Fired | None]
