"""What was probably meant by a question that found nothing: misspelt words put right, for this caller.

A word is left as it is where the vocabulary knows it, and where the caller finds something with it themselves. What is
offered instead is from what everybody may read (`core.vocabulary`), and only where this caller finds something with it:
what has become hidden since is not told of. Why it is so: docs/decisions/0034.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from app.core import edits, vocabulary, words
from app.core.edits import LONGEST, SHORTEST, Known
from app.core.work import House

# Whether the caller finds anything with this question, all of it.
Finds = Callable[[str], Awaitable[bool]]

MOST_WORDS = 8  # of a question that are looked at
MOST_CORRECTED = 4  # of them that are put right
MOST_TRIES = 3  # corrected questions that are asked
_CHOICES = 4  # words that are thought of for one


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the question: where it stands in it, and what it is looked up as."""

    start: int
    end: int
    typed: str


@dataclass(frozen=True, slots=True)
class _Slot:
    """A stretch of the question, and what may have been meant by it, the likeliest first."""

    start: int
    end: int
    choices: list[str]


async def correct(house: House, q: str, finds: Finds) -> str | None:
    """The question as it was probably meant: what was right as it was typed, other words in small letters.

    None where nothing better is known, or nothing that this caller finds anything with. At most 3 corrected questions
    are asked; where none is answered, words are put right that are each answered alone. Errors: `app.db.errors`.
    """
    typed = list(islice(_words_of(q), MOST_WORDS))
    if not typed:
        return None
    await vocabulary.freshen(house)
    slots = await _slots(house, q, typed, finds)
    if not slots:
        return None
    for chosen in edits.best_first([slot.choices for slot in slots], MOST_TRIES):
        text = _with(q, slots, chosen)
        if await finds(text):
            return text
    answered = [slot for slot in slots if await finds(slot.choices[0])]
    return _with(q, answered, [slot.choices[0] for slot in answered]) if answered else None


def _words_of(q: str) -> Iterator[_Word]:
    for run in words.RUN.finditer(q):
        match words.tokens(run[0]):
            case [token] if len(token) < LONGEST:  # a longer one was cut
                yield _Word(run.start(), run.end(), token)


async def _slots(house: House, q: str, typed: Sequence[_Word], finds: Finds) -> list[_Slot]:
    """The stretches that may be wrong, in order, none over another."""
    asked = {word.typed for word in typed}
    joined = {one.typed + other.typed for one, other in pairwise(typed)}
    parts = {half for word in asked for pair in edits.halves(word) for half in pair}
    uses = await vocabulary.uses_of(house.db, asked | joined | parts)
    whole = list(_torn(typed, uses))
    covered = {word for slot in whole for word in typed if slot.start <= word.start < slot.end}
    unknown: list[_Word] = []
    for word in typed:
        if (
            word in covered
            or len(unknown) + len(whole) >= MOST_CORRECTED
            or not _may_be_wrong(word, uses)
        ):
            continue
        if not await finds(q[word.start : word.end]):
            unknown.append(word)
    gaps = {word: edits.asked_gaps(word.typed) for word in unknown}
    near = await vocabulary.near(house.db, frozenset[str]().union(*gaps.values())) if gaps else {}
    for word in unknown:
        found: list[Known] = [known for gap in gaps[word] for known in near.get(gap, ())]
        choices = edits.meant(word.typed, found)[:_CHOICES]
        choices += [" ".join(pair) for pair in edits.apart(word.typed, uses)[: _CHOICES // 2]]
        if choices:
            whole.append(_Slot(word.start, word.end, choices))
    return sorted(whole, key=lambda slot: slot.start)


def _may_be_wrong(word: _Word, uses: dict[str, int]) -> bool:
    return len(word.typed) >= SHORTEST and not word.typed.isdigit() and word.typed not in uses


def _torn(typed: Sequence[_Word], uses: dict[str, int]) -> Iterator[_Slot]:
    """Neighbours that together are a known word, one of them at least too short or no word: "K SS", "T2 DM"."""
    free = 0
    for one, other in pairwise(typed):
        together = one.typed + other.typed
        odd = any(len(word.typed) < SHORTEST or word.typed not in uses for word in (one, other))
        if one.start >= free and together in uses and odd:
            free = other.end
            yield _Slot(one.start, other.end, [together])


def _with(q: str, slots: Sequence[_Slot], chosen: Sequence[str]) -> str:
    """The question with these stretches replaced."""
    parts, at = [], 0
    for slot, text in zip(slots, chosen, strict=True):
        parts += [q[at : slot.start], text]
        at = slot.end
    return "".join([*parts, q[at:]])
