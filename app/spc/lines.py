"""The centre line and the limits of each chart.

Every function takes the baseline (what the lines are made of, in order, with None for a gap) and gives the lines of
the whole group. `near` limits lie two thirds of the way from the centre line to the limits.

Sources: Provost and Murray, The Health Care Data Guide; Montgomery, Introduction to Statistical Quality Control;
Laney, Improved control charts for attributes (2002); Benneyan on g charts, Nelson on t charts. The constants are those
of the reference packages, and differ: an XmR chart takes 2.66 mean moving ranges, an I chart 3 / 1.128 = 2.6596.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from app.spc.numbers import SCREEN, mean, mean_moving_range, median

XMR = 2.66
D2 = 1.128  # the mean range of two points from one normal distribution, in standard deviations
NEAR, LIMIT = 2.0, 3.0  # standard deviations from the centre line
NELSON = 3.6  # times between events to this power's root are nearly normal

Numbers = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Material:
    """What the lines of one group are made of.

    `values`, and for p and u `counts` and `sizes` (what was divided by what), are the group's, place by place.
    `baseline` are the places that count for the lines, gaps among them; `centre` is a centre line that was given.
    """

    values: Numbers
    baseline: Sequence[int]
    counts: Numbers | None = None
    sizes: Numbers | None = None
    screen: bool = True
    centre: float | None = None

    def in_baseline(self) -> list[float | None]:
        """The values of the baseline, with its gaps."""
        values = self.values
        return [values[place] for place in self.baseline]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one group, one number a point; None where there is none."""

    centre: float | None
    lower: Numbers
    upper: Numbers
    near_lower: Numbers
    near_upper: Numbers


def _present(numbers: Numbers) -> list[float]:
    return [number for number in numbers if number is not None]


def _flat(
    length: int,
    centre: float | None,
    half: float | None,
    near: float | None,
    *,
    least: float | None = None,
    around: float | None = None,
) -> Lines:
    """Lines that are the same for every point, `half` away from `around` (the centre line where that is None)."""
    middle = centre if around is None else around
    if middle is None or half is None or near is None:
        none: Numbers = [None] * length
        return Lines(centre, none, none, none, none)
    lower, near_lower = middle - half, middle - near
    if least is not None:
        lower, near_lower = max(lower, least), max(near_lower, least)
    return Lines(
        centre,
        [lower] * length,
        [middle + half] * length,
        [near_lower] * length,
        [middle + near] * length,
    )


def _run(material: Material) -> Lines:
    centre = material.centre
    if centre is None:
        centre = median(_present(material.in_baseline()))
    return _flat(len(material.values), centre, None, None)


def _centre(material: Material, baseline: Numbers) -> float | None:
    return mean(_present(baseline)) if material.centre is None else material.centre


def _xmr(material: Material) -> Lines:
    baseline = material.in_baseline()
    length, centre = len(material.values), _centre(material, baseline)
    step = mean_moving_range(baseline, screen=material.screen)
    if step is None:
        return _flat(length, centre, None, None)
    return _flat(length, centre, XMR * step, 2 * XMR / 3 * step)


def _i(material: Material) -> Lines:
    baseline = material.in_baseline()
    length, centre = len(material.values), _centre(material, baseline)
    step = mean_moving_range(baseline, screen=material.screen)
    if step is None:
        return _flat(length, centre, None, None)
    deviation = step / D2
    return _flat(length, centre, LIMIT * deviation, NEAR * deviation)


def _mr(material: Material) -> Lines:
    """Of moving ranges, which `values` already are here."""
    length, centre = len(material.values), _centre(material, material.in_baseline())
    if centre is None:
        return _flat(length, None, None, None)
    zero = [0.0] * length
    upper = SCREEN * centre
    return Lines(centre, zero, [upper] * length, zero, [upper * NEAR / LIMIT] * length)


def _c(material: Material) -> Lines:
    length, centre = len(material.values), _centre(material, material.in_baseline())
    if centre is None:
        return _flat(length, None, None, None)
    deviation = sqrt(centre)
    return _flat(length, centre, LIMIT * deviation, NEAR * deviation, least=0.0)


def _g(material: Material) -> Lines:
    """The limits lie around the mean; what is drawn is the median, of which half the points are to either side."""
    baseline = _present(material.in_baseline())
    length, average = len(material.values), mean(baseline)
    centre = median(baseline) if material.centre is None else material.centre
    if average is None:
        return _flat(length, centre, None, None)
    deviation = sqrt(average * (average + 1))
    return _flat(length, centre, LIMIT * deviation, NEAR * deviation, least=0.0, around=average)


def _t(material: Material) -> Lines:
    """An I chart of the 3.6th roots, carried back."""
    root, power = 1 / NELSON, NELSON
    roots = [None if value is None else value**root for value in material.values]
    centre = None if material.centre is None else material.centre**root
    lines = _i(Material(roots, material.baseline, screen=material.screen, centre=centre))

    def back(numbers: Numbers) -> Numbers:
        """All numbers of a line are the same."""
        return [
            None if number is None else max(number, 0.0) ** power for number in numbers[:1]
        ] * len(numbers)

    drawn = None if lines.centre is None else max(lines.centre, 0.0) ** power
    return Lines(
        drawn, back(lines.lower), back(lines.upper), back(lines.near_lower), back(lines.near_upper)
    )


def _binomial(centre: float) -> float:
    return centre * (1 - centre)


def _poisson(centre: float) -> float:
    return centre


def _ratio(
    material: Material, variance: Callable[[float], float], most: float | None, *, laney: bool
) -> Lines:
    """A p or u chart: limits as wide as the denominator of each point says.

    Laney's: that width times how much wider than this the points really move.
    """
    values, counts, sizes = material.values, material.counts or (), material.sizes or ()
    places = [place for place in material.baseline if values[place] is not None]
    centre = material.centre
    if centre is None:
        whole = fsum([sizes[place] or 0.0 for place in places])
        centre = fsum([counts[place] or 0.0 for place in places]) / whole if whole else None
    if centre is None:
        return _flat(len(values), None, None, None)
    deviations = _deviations(variance(centre), sizes)
    if laney:
        wider = _laney(material, centre, deviations)
        deviations = [None if one is None or wider is None else one * wider for one in deviations]
    return Lines(
        centre,
        [None if one is None else max(centre - LIMIT * one, 0.0) for one in deviations],
        [_at_most(centre, LIMIT, one, most) for one in deviations],
        [None if one is None else max(centre - NEAR * one, 0.0) for one in deviations],
        [_at_most(centre, NEAR, one, most) for one in deviations],
    )


def _deviations(variance: float, sizes: Numbers) -> list[float | None]:
    return [None if size is None else sqrt(variance / size) for size in sizes]


def _at_most(
    centre: float, times: float, deviation: float | None, most: float | None
) -> float | None:
    if deviation is None:
        return None
    upper = centre + times * deviation
    return upper if most is None or upper < most else most


def _laney(material: Material, centre: float, deviations: Numbers) -> float | None:
    """How many times as much the points move as their denominators explain: sigma z."""
    scores: list[float | None] = []
    for place in material.baseline:
        value, deviation = material.values[place], deviations[place]
        scores.append((value - centre) / deviation if value is not None and deviation else None)
    step = mean_moving_range(scores, screen=material.screen)
    return None if step is None else step / D2


def _p(material: Material) -> Lines:
    return _ratio(material, _binomial, 1.0, laney=False)


def _pp(material: Material) -> Lines:
    return _ratio(material, _binomial, 1.0, laney=True)


def _u(material: Material) -> Lines:
    return _ratio(material, _poisson, None, laney=False)


def _up(material: Material) -> Lines:
    return _ratio(material, _poisson, None, laney=True)


_CHARTS: dict[str, Callable[[Material], Lines]] = {
    "run": _run,
    "xmr": _xmr,
    "i": _i,
    "mr": _mr,
    "p": _p,
    "pp": _pp,
    "u": _u,
    "up": _up,
    "c": _c,
    "g": _g,
    "t": _t,
}


def lines(chart: str, material: Material) -> Lines:
    """The lines of one group of a chart."""
    return _CHARTS[chart](material)
