"""An attacker on suppressed results: knows every relation there is, and works out what hidden counts can be.

`Story` makes a random result whose measures hang together, and says how: equations that hold in truth, known to
everybody (definitions are public). `recovered` is what can be told of the hidden counts from what is shown. Every
unknown has the set of whole numbers that it can be, kept as the bits of one int; an equation narrows each of its
unknowns to what the others leave possible, until nothing changes. Then every value of every unknown is tried in turn,
and those that contradict the equations go. What has one value left is recovered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.core.series import Observation
from app.core.small_numbers import Measured

MOST = 1_500  # no count of a story is larger
ANYTHING = (1 << (MOST + 1)) - 1
Cell = tuple[int, str, str]  # measure, day, n or d
Equation = tuple[tuple[tuple[Cell, int], ...], int]  # signed cells that add up to a number


@dataclass
class Story:
    """A result in the making: its measures, and what is true of their numbers."""

    random: Random
    frequencies: list[str] = field(default_factory=list)
    series: list[dict[str, Observation]] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    rates: list[tuple[int, int, str]] = field(
        default_factory=list
    )  # value measure, of which count, day

    def add(self, frequency: str, rows: dict[str, Observation]) -> int:
        """Add a measure; its number."""
        self.frequencies.append(frequency)
        self.series.append(rows)
        return len(self.series) - 1

    def equal(self, *signed: tuple[Cell, int], known: int = 0) -> None:
        """Something that everybody knows: signed cells that add up to a number."""
        self.equations.append((signed, known))

    @property
    def measures(self) -> list[Measured]:
        """As they are suppressed."""
        return [
            Measured(frequency, [rows[on] for on in sorted(rows)])
            for frequency, rows in zip(self.frequencies, self.series, strict=True)
        ]


def months(count: int, first: int = 0) -> list[str]:
    """First days of months from January 2023."""
    return [f"{2023 + (first + i) // 12}-{(first + i) % 12 + 1:02}-01" for i in range(count)]


def made(seed: int) -> Story:
    """One result, of two to eight measures that hang together in one to three of nine ways."""
    random = Random(seed)
    story = Story(random)
    days = months(random.choice((1, 3, 6, 12, 12, 24)))
    base = _proportion(story, days)
    ways = [_rest, _split, _two_groups, _coarser, _again, _rate, _funnel, _running, _unrelated]
    for way in random.sample(ways, random.randint(1, 3)):
        way(story, days, base)
    return story


def _proportion(story: Story, days: Sequence[str]) -> int:
    random = story.random
    often = random.choice((0.1, 0.3, 0.8))
    rows = {}
    for on in days:
        denominator = random.randint(1, 60)
        small = random.random() < often
        numerator = (
            random.randint(0, min(9, denominator)) if small else random.randint(0, denominator)
        )
        rows[on] = Observation(on, numerator, denominator)
    return story.add("month", rows)


def _rest(story: Story, days: Sequence[str], base: int) -> None:
    """Who did not, with or without of how many."""
    whole = story.random.random() < 0.5
    rows = {}
    for on in days:
        row = story.series[base][on]
        rest = (row.denominator or 0) - (row.numerator or 0)
        rows[on] = Observation(on, rest, row.denominator if whole else None)
    m = story.add("month", rows)
    for on in days:
        story.equal(((m, on, "n"), 1), ((base, on, "n"), 1), ((base, on, "d"), -1))
        if whole:
            story.equal(((m, on, "d"), 1), ((base, on, "d"), -1))


def _split(story: Story, days: Sequence[str], base: int) -> None:
    """The rest again, as two to four kinds of it."""
    count = story.random.randint(2, 4)
    whole = story.random.random() < 0.5
    rows: list[dict[str, Observation]] = [{} for _ in range(count)]
    for on in days:
        row = story.series[base][on]
        rest = int((row.denominator or 0) - (row.numerator or 0))
        cuts = sorted(story.random.randint(0, rest) for _ in range(count - 1))
        for k, (low, high) in enumerate(zip([0, *cuts], [*cuts, rest], strict=True)):
            rows[k][on] = Observation(on, high - low, row.denominator if whole else None)
    numbers = [story.add("month", of_one) for of_one in rows]
    for on in days:
        parts = [((m, on, "n"), 1) for m in numbers]
        story.equal(*parts, ((base, on, "n"), 1), ((base, on, "d"), -1))
        for m in numbers if whole else ():
            story.equal(((m, on, "d"), 1), ((base, on, "d"), -1))


def _two_groups(story: Story, days: Sequence[str], base: int) -> None:
    """Another group, and both together."""
    other = _proportion(story, days)
    rows = {}
    for on in days:
        one, two = story.series[base][on], story.series[other][on]
        rows[on] = Observation(
            on,
            (one.numerator or 0) + (two.numerator or 0),
            (one.denominator or 0) + (two.denominator or 0),
        )
    both = story.add("month", rows)
    for on in days:
        for kind in "nd":
            story.equal(((base, on, kind), 1), ((other, on, kind), 1), ((both, on, kind), -1))


def _coarser(story: Story, days: Sequence[str], base: int) -> None:
    """Its quarters, its years, or both."""
    for frequency, length in story.random.choice(
        ((("quarter", 3),), (("year", 12),), (("quarter", 3), ("year", 12)))
    ):
        rows = {}
        m = len(story.series)
        for low in range(0, len(days), length):
            within = days[low : low + length]
            of_them = [story.series[base][on] for on in within]
            rows[within[0]] = Observation(
                within[0],
                sum(row.numerator or 0 for row in of_them),
                sum(row.denominator or 0 for row in of_them),
            )
            for kind in "nd":
                parts = [((base, on, kind), 1) for on in within]
                story.equal(*parts, ((m, within[0], kind), -1))
        story.add(frequency, rows)


def _again(story: Story, days: Sequence[str], base: int) -> None:
    """The same count without of how many."""
    m = story.add("month", {on: Observation(on, story.series[base][on].numerator) for on in days})
    for on in days:
        story.equal(((m, on, "n"), 1), ((base, on, "n"), -1))


def _rate(story: Story, days: Sequence[str], base: int) -> None:
    """The percentage, to one decimal, as a value."""
    rows = {}
    for on in days:
        row = story.series[base][on]
        rows[on] = Observation(
            on, value=round(100 * (row.numerator or 0) / (row.denominator or 1), 1)
        )
    m = story.add("month", rows)
    story.rates += [(m, base, on) for on in days]


def _funnel(story: Story, days: Sequence[str], base: int) -> None:
    """Of those counted, how many went on; nobody is left out where nobody was counted."""
    rows = {}
    for on in days:
        counted = int(story.series[base][on].numerator or 0)
        if counted:
            rows[on] = Observation(on, story.random.randint(0, counted), counted)
    if rows:
        m = story.add("month", rows)
        for on in rows:
            story.equal(((m, on, "d"), 1), ((base, on, "n"), -1))


def _running(story: Story, days: Sequence[str], base: int) -> None:
    """The total so far."""
    rows, total, before = {}, 0, ""
    m = len(story.series)
    for on in days:
        total += int(story.series[base][on].numerator or 0)
        rows[on] = Observation(on, min(total, MOST))
        if total > MOST:
            rows.pop(on)
            break
        signed = [((m, on, "n"), 1), ((base, on, "n"), -1)]
        story.equal(*signed, *([((m, before, "n"), -1)] if before else []))
        before = on
    story.add("month", rows)


def _unrelated(story: Story, days: Sequence[str], base: int) -> None:
    _proportion(
        story, [on for on in days if story.random.random() < 0.9 and base >= 0] or list(days)
    )


# --- What can be told ------------------------------------------------------------------------------


def recovered(
    story: Story, shown: Sequence[Sequence[Observation]], threshold: int, *, labelled: bool
) -> list[Cell]:
    """Hidden numerators that only one number is possible for.

    `labelled`: told which of the hidden ones are small, and which way.
    """
    domains = _domains(story, shown, threshold, labelled=labelled)
    unknown = {cell for cell, domain in domains.items() if domain & (domain - 1)}
    equations = [e for e in _known(story, domains) if any(cell in unknown for cell, _ in e[0])]
    of_cell: dict[Cell, list[Equation]] = {}
    for equation in equations:
        for cell, _ in equation[0]:
            of_cell.setdefault(cell, []).append(equation)
    if not _narrow(domains, of_cell, equations):
        raise AssertionError("the truth contradicts itself")
    hidden = {
        (m, row.on, "n")
        for m, rows in enumerate(shown)
        for row in rows
        if row.suppressed and story.series[m][row.on].numerator is not None
    }
    told = []
    for cell in sorted(hidden):
        feasible = 0
        for n in range(MOST + 1):  # tried one by one, until a second is possible
            if domains[cell] >> n & 1:
                trial = {**domains, cell: 1 << n}
                feasible += _narrow(trial, of_cell, of_cell.get(cell, []))
            if feasible > 1:
                break
        else:
            told.append(cell)
    return told


def _domains(
    story: Story, shown: Sequence[Sequence[Observation]], threshold: int, *, labelled: bool
) -> dict[Cell, int]:
    domains: dict[Cell, int] = {}
    for m, rows in enumerate(shown):
        for row in rows:
            true = story.series[m][row.on]
            if true.numerator is None:
                continue
            if true.denominator is not None:
                known = row.denominator
                domains[m, row.on, "d"] = ANYTHING & ~1 if known is None else 1 << int(known)
            if not row.suppressed:
                domains[m, row.on, "n"] = 1 << int(row.numerator or 0)
                continue
            possible = ANYTHING if row.denominator is None else (2 << int(row.denominator)) - 1
            if labelled:
                possible &= _labelled(true, row, threshold)
            domains[m, row.on, "n"] = possible
    return domains


def _labelled(true: Observation, row: Observation, threshold: int) -> int:
    small = (2 << threshold) - 2
    most = None if row.denominator is None else int(row.denominator)
    rest = 0 if most is None else sum(1 << most - n for n in range(1, threshold + 1) if n <= most)
    if 0 < (true.numerator or 0) <= threshold:
        return small
    if true.denominator is not None and 0 < true.denominator - (true.numerator or 0) <= threshold:
        return rest or ANYTHING
    return ANYTHING


def _known(story: Story, domains: dict[Cell, int]) -> Iterator[Equation]:
    """All equations whose cells are there; and that no numerator is more than its denominator, by a third number."""
    for equation in story.equations:
        if all(cell in domains for cell, _ in equation[0]):
            yield equation
    for m, on, kind in list(domains):
        if kind == "n" and (m, on, "d") in domains:
            domains[m, on, "rest"] = ANYTHING
            yield (((m, on, "n"), 1), ((m, on, "rest"), 1), ((m, on, "d"), -1)), 0


def _narrow(
    domains: dict[Cell, int], of_cell: dict[Cell, list[Equation]], begin: Sequence[Equation]
) -> bool:
    """Leave each unknown what all equations leave it, from these on; whether that is anything."""
    waiting = dict.fromkeys(begin)
    while waiting:
        equation = next(iter(waiting))
        del waiting[equation]
        signed, known = equation
        plus = [cell for cell, sign in signed if sign > 0]
        minus = [cell for cell, sign in signed if sign < 0]
        for cell in [*plus, *minus]:
            if not domains[cell] & (domains[cell] - 1) and domains[cell]:
                continue
            same, other = (plus, minus) if cell in plus else (minus, plus)
            # cell = others of the other side - others of its side (+ known on the side of plus)
            high = _sums([domains[c] for c in other]) << (known if cell in plus else 0)
            low = _sums([domains[c] for c in same if c != cell])
            left = domains[cell] & _differences(high, low)
            if not left:
                return False
            if left != domains[cell]:
                domains[cell] = left
                waiting.update(dict.fromkeys(of_cell[cell]))
        if all(not domains[c] & (domains[c] - 1) for c in [*plus, *minus]):
            value = sum(sign * (domains[c].bit_length() - 1) for c, sign in signed)
            if value != known:
                return False
    return True


def _sums(domains: Sequence[int]) -> int:
    total = 1
    for domain in domains:
        total = _spread(total, domain)
    return total & ((1 << 4 * MOST) - 1)


def _runs(domain: int) -> Iterator[tuple[int, int]]:
    """The runs of a set: the first of each, and how many follow each other."""
    at = 0
    while domain:
        gap = (domain & -domain).bit_length() - 1
        domain >>= gap
        at += gap
        length = (~domain & (domain + 1)).bit_length() - 1
        yield at, length
        domain >>= length
        at += length


def _spread(one: int, other: int) -> int:
    """All sums of two sets."""
    found = 0
    for first, length in _runs(one):
        smeared, done = other, 1
        while done < length:
            step = min(done, length - done)
            smeared |= smeared << step
            done += step
        found |= smeared << first
    return found


def _differences(high: int, low: int) -> int:
    """All numbers of 0 to the most that are one of the first less one of the second."""
    found = 0
    for first, length in _runs(low):
        smeared, done = high >> first, 1
        while done < length:
            step = min(done, length - done)
            smeared |= smeared >> step
            done += step
        found |= smeared
    return found & ANYTHING


def seen_rates(story: Story, shown: Sequence[Sequence[Observation]]) -> list[Cell]:
    """Hidden counts that a visible percentage gives away, with the denominator or whatever that may be."""
    found = []
    by_day = [{row.on: row for row in rows} for rows in shown]
    for m, base, on in story.rates:
        value, row = by_day[m][on].value, by_day[base][on]
        if row.suppressed and value is not None:
            of = range(1, 61) if row.denominator is None else [int(row.denominator)]
            fits = {n for d in of for n in range(d + 1) if round(100 * n / d, 1) == value}
            if len(fits) == 1:
                found.append((base, on, "n"))
    return found


def day(number: int) -> str:
    """The day so many after the first of 2024."""
    return (date(2024, 1, 1) + timedelta(number)).isoformat()


def small_and_shown(shown: Sequence[Sequence[Observation]], threshold: int) -> int:
    """How many small numbers, or differences, readers see without working anything out."""
    return sum(
        0 < row.numerator <= threshold
        or (row.denominator is not None and 0 < row.denominator - row.numerator <= threshold)
        for rows in shown
        for row in rows
        if row.numerator is not None
    )
