"""What somebody typed, cut into the things they ask for.

A **group** is one of them: a phrase that the shipped synonyms know ("high blood pressure"), or one word. A row answers
the question where it has every required group, in the words typed or in others that mean the same; asked loosely,
where it has one of the weightiest. There are no statistics of the corpus in any of it: what nobody may see moves
nothing. Why it is so: docs/decisions/0033.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from app.core import words
from app.db.search import Part, Wanted
from app.reference.search_words import read_plain_words, read_synonyms

MOST_GROUPS = 8
MOST_SYNONYMS = 4
_SHORTEST_BEGINNING = 2
USUAL, LITTLE, CHATTER = 4, 2, 1

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One thing asked for: words as typed and folded, and phrases that mean the same.

    `weight` says how much it tells; a row need not have what is not `required`. The last word of what was typed may
    not be finished: `open_ended`.
    """

    typed: Phrase
    synonyms: tuple[Phrase, ...] = ()
    weight: int = USUAL
    required: bool = True
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """The groups of what was typed, at least one; an open-ended one stands last. `typed` is all of it."""

    groups: tuple[Group, ...]
    typed: Phrase

    def wanted(self, *, loose: bool = False) -> Wanted:
        """The same in search words; `loose` for rows that have one of its weightiest groups."""
        together = _written(self.typed), _written(telling(self.typed))
        return Wanted(tuple(map(_part, self.groups)), together, loose)


def _written(phrase: Phrase) -> Phrase:
    return tuple(map(words.written, phrase))


def _meant(phrase: Phrase) -> Phrase:
    return tuple(map(words.meant, phrase))


def _part(group: Group) -> Part:
    return Part(
        typed=_written(group.typed),
        meant=_meant(group.typed),
        synonyms=tuple(map(_meant, group.synonyms)),
        beginning=words.written(group.typed[-1]) if group.open_ended else None,
        all_of=tuple(_meant(telling(phrase)) for phrase in (group.typed, *group.synonyms)),
        weight=group.weight,
        required=group.required,
    )


def ask(q: str) -> Question | None:
    """Understand what somebody typed; None without a letter or digit in it: nothing answers that.

    At most 8 groups, repeats dropped; "the" and its like count only where there is nothing else, and what people say
    around what they look for ("people who like ...") is not insisted on.
    """
    return of_words(words.tokens(q)[: MOST_GROUPS * 4])


def wanted_of(q: str | None) -> Wanted | None:
    """What somebody typed, in search words; None where nothing was, or nothing answers it."""
    asked = None if q is None else ask(q)
    return None if asked is None else asked.wanted()


def of_words(typed: Sequence[str]) -> Question | None:
    """The same from folded words, as `words.tokens` cuts them."""
    if not typed:
        return None
    groups = list(_grouped(telling(typed)))
    if len({group.weight for group in groups} | {CHATTER}) > 1:
        groups = [replace(group, required=group.weight > CHATTER) for group in groups]
    groups = groups[:MOST_GROUPS]
    if not groups[-1].open_ended and len(groups[-1].typed) == 1:
        groups[-1] = replace(groups[-1], open_ended=len(groups[-1].typed[0]) >= _SHORTEST_BEGINNING)
    *before, last = groups
    letter = last.typed[-1]
    unfinished = len(letter) < _SHORTEST_BEGINNING and not letter.isdigit()
    if unfinished and any(group.required for group in before):
        last = replace(last, required=False)  # the beginning of a word, as like as not
    # In an order of their own, so that few shapes of statements serve all questions.
    before.sort(key=lambda group: (len(group.synonyms), group.required))
    return Question((*before, last), tuple(typed))


def _grouped(typed: Sequence[str]) -> Iterator[Group]:
    known, _ = _meanings()
    seen: set[Phrase] = set()
    at = 0
    while at < len(typed):
        phrase = _longest_known(typed[at:])
        at += len(phrase)
        stems = _stems(phrase)
        if stems not in seen:
            seen.add(stems)
            yield Group(phrase, known.get(stems, ()), _weight(phrase))


def _longest_known(typed: Sequence[str]) -> Phrase:
    """The longest phrase that these words begin with and that has synonyms; else the first word."""
    known, longest = _meanings()
    for length in range(min(longest, len(typed)), 1, -1):
        if _stems(typed[:length]) in known:
            return tuple(typed[:length])
    return tuple(typed[:1])


def _weight(phrase: Phrase) -> int:
    plain = _plain()
    return min(USUAL, max(plain.get(words.stem(word), USUAL) for word in phrase))


def _stems(phrase: Iterable[str]) -> Phrase:
    """What a phrase is recognised by: its stems, without "the" and its like unless there is nothing else."""
    return tuple(words.stem(word) for word in telling(phrase))


def telling(phrase: Iterable[str]) -> Phrase:
    """The words of a phrase but for "the" and its like, unless there is nothing else."""
    whole = tuple(phrase)
    return tuple(word for word in whole if word not in words.STOP_WORDS) or whole


@cache
def _plain() -> dict[str, int]:
    """Stems of words that tell little, and how much."""
    shipped = read_plain_words()
    found = dict.fromkeys((words.stem(word) for word in shipped.little), LITTLE)
    return found | dict.fromkeys((words.stem(word) for word in shipped.chatter), CHATTER)


@cache
def _meanings() -> tuple[dict[Phrase, tuple[Phrase, ...]], int]:
    """By the stems of a phrase, the phrases that mean the same; and how many words the longest has."""
    found: dict[Phrase, dict[Phrase, Phrase]] = {}
    for entry in read_synonyms():
        term = tuple(words.tokens(entry.term))
        others = [tuple(words.tokens(other)) for other in entry.same_as]
        pairs = [(term, other) for other in others]
        if not entry.one_way:
            pairs += [(other, term) for other in others]
        for one, other in pairs:
            # What has the words of a shorter phrase is found by that.
            if not set(_stems(one)) <= set(_stems(other)):
                found.setdefault(_stems(one), {}).setdefault(_stems(other), other)
    kept = {phrase: tuple(others.values())[:MOST_SYNONYMS] for phrase, others in found.items()}
    return kept, max(map(len, kept), default=1)
