"""Misspelt words: what is one slip of the hand away from what was typed, and which of it was likeliest meant.

A slip is a letter too many, a letter left out, a wrong letter or two neighbours swapped (Damerau, in the restricted
form of optimal string alignment). Candidates are found by their **gaps**: a word itself and each form of it with one
letter left out. Two words that are one slip apart share one, so a table of gaps finds them by equality (the "symmetric
delete" of the SymSpell algorithm); what the table proposes is measured here. Nothing here knows the database.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LONGEST = 40  # letters of a word: those that `core.words` keeps
SHORTEST = 3  # of a word that is corrected: among shorter ones everything is near everything
TWO_SLIPS = 8  # letters from which on a word may have two
_CODE = 5  # letters from which on a word with a digit is a code: a postcode, a number of the ODS
# What is taken for another sign on paper, on a screen and by who reads aloud from either.
_LOOKS = str.maketrans({"i": "1", "l": "1", "o": "0", "s": "5", "b": "8", "z": "2"})


class Known(NamedTuple):
    """A word of the vocabulary, and in how many documents it stands."""

    word: str
    uses: int


def look(word: str) -> str:
    """The word with each sign that looks like a digit as that digit: `DHI1QW` and `dh11qw` look alike."""
    return word.translate(_LOOKS)


def is_code(word: str) -> bool:
    """A postcode, the number of an organisation: of these, one letter on is another thing and no slip."""
    if not any(map(str.isdigit, word)):
        return False
    return len(word) >= _CODE or word[0].isdigit()


def gaps(word: str) -> frozenset[str]:
    """The keys under which a word of the vocabulary is kept: 1 for a code, else one more than it has letters."""
    if is_code(word):
        return frozenset((look(word),))
    return frozenset((word, *(word[:at] + word[at + 1 :] for at in range(len(word)))))


def asked_gaps(typed: str) -> frozenset[str]:
    """The keys that a typed word is looked up by: `gaps`, and how it looks."""
    forms = (typed, *(typed[:at] + typed[at + 1 :] for at in range(len(typed))))
    return frozenset((look(typed), *forms))


def slips(one: str, other: str, most: int = 2) -> int:
    """How many slips apart two words are; `most + 1` for anything farther."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        two_before, before, row = before, row, [i]
        for j, facing in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != facing))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def swapped(one: str, other: str) -> bool:
    """Two neighbouring letters changed places, and nothing else."""
    if len(one) != len(other):
        return False
    apart = [at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    match apart:
        case [first, second]:
            crossed = one[first] == other[second] and one[second] == other[first]
            return second == first + 1 and crossed
    return False


def meant(typed: str, found: Iterable[Known]) -> list[str]:
    """Those of these words that may have been meant, the likeliest first: the same whatever order they come in.

    Look-alikes first, then fewer slips, swaps, the same first letter, more uses, the alphabet. A number is never
    corrected to another number: digits must look the same.
    """
    most = 2 if len(typed) >= TWO_SLIPS else 1
    ranked = []
    for word, uses in set(found):
        alike = look(word) == look(typed)
        count = slips(typed, word, most)
        if word == typed or not (alike or (count <= most and _digits(typed) == _digits(word))):
            continue
        order = (not alike, count, not swapped(typed, word), word[0] != typed[0], -uses, word)
        ranked.append((order, word))
    return [word for _, word in sorted(ranked)]


def _digits(word: str) -> str:
    return "".join(filter(str.isdigit, word))


def halves(typed: str) -> list[tuple[str, str]]:
    """How a word may be two that were run together, each of three letters at least."""
    ends = range(SHORTEST, len(typed) - SHORTEST + 1)
    return [(typed[:at], typed[at:]) for at in ends]


def apart(typed: str, uses: dict[str, int], often: int = 2) -> list[tuple[str, str]]:
    """The halves that are both known and both used `often`, the one whose rarer half is used most first."""
    found = []
    for first, second in halves(typed):
        rarer = min(uses.get(first, 0), uses.get(second, 0))
        if rarer >= often:
            found.append((-rarer, first, second))
    return [(first, second) for _, first, second in sorted(found)]


def best_first(choices: Sequence[Sequence[str]], most: int) -> list[tuple[str, ...]]:
    """One of each of these, `most` times: the first of each, then with the fewest steps away from the first."""
    found: list[tuple[int, ...]] = [()]
    for options in choices:
        steps = [(*before, step) for before in found for step in range(min(len(options), most))]
        found = sorted(steps, key=lambda taken: (sum(taken), tuple(reversed(taken))))[:most]
    return [
        tuple(options[at] for options, at in zip(choices, taken, strict=True)) for taken in found
    ]
