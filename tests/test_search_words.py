"""The shipped words of search are sound: said once, folded, nothing that means itself."""

import json
from collections import Counter
from collections.abc import Iterable

import pytest

from app.core import words
from app.reference.load import shipped_text
from app.reference.search_words import Synonym, read_plain_words, read_synonyms

# A group of a question has at most so many others that mean the same; what is above is never asked for.
MOST_MEANINGS = 4


def faults(entries: Iterable[Synonym]) -> list[str]:
    """What is wrong with a vocabulary, in a sentence each."""
    known = list(entries)
    found = [
        f"twice: {key}"
        for key, count in Counter((entry.term, entry.one_way) for entry in known).items()
        if count > 1
    ]
    meanings: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for entry in known:
        phrases = [tuple(words.tokens(text)) for text in (entry.term, *entry.same_as)]
        term, *others = phrases
        stems = [tuple(map(words.stem, phrase)) for phrase in phrases]
        found += [f"no words in {entry.term}" for phrase in phrases if not phrase]
        found += [
            f"not folded: {text}"
            for text in (entry.term, *entry.same_as)
            if text != words.fold(text)
        ]
        found += [f"means itself: {entry.term}" for other in others if other == term]
        found += [f"says one twice: {entry.term}"] * (len(set(others)) < len(others))
        found += [f"means nothing: {entry.term}"] * (not others)
        for other in stems[1:]:
            meanings.setdefault(stems[0], set()).add(other)
            if not entry.one_way:
                meanings.setdefault(other, set()).add(stems[0])
    return found + [
        f"means too much: {' '.join(term)}"
        for term, others in meanings.items()
        if len(others - {term}) > MOST_MEANINGS
    ]


def test_the_shipped_synonyms_are_sound() -> None:
    known = read_synonyms()
    assert len(known) > 400
    assert [entry.term for entry in known] == sorted(entry.term for entry in known)
    assert faults(known) == []


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([Synonym("gp", ("doctor",), False)] * 2, "twice"),
        ([Synonym("GP", ("doctor",), False)], "not folded"),
        ([Synonym("gp", ("gp",), False)], "means itself"),
        ([Synonym("gp", ("doctor", "doctor"), False)], "says one twice"),
        ([Synonym("gp", (), True)], "means nothing"),
        ([Synonym("gp", ("...",), True)], "no words"),
        ([Synonym("gp", tuple("abcde"), True)], "means too much"),
        ([Synonym(letter, ("gp",), False) for letter in "abcde"], "means too much"),
    ],
)
def test_what_is_unsound_is_told(entries: list[Synonym], said: str) -> None:
    assert any(fault.startswith(said) for fault in faults(entries))


def test_the_words_of_the_field_are_known() -> None:
    known = {(entry.term, other) for entry in read_synonyms() for other in entry.same_as}
    for pair in (
        ("t2dm", "type 2 diabetes"), ("high blood pressure", "hypertension"), ("saint", "st"),
        ("kss", "kent surrey and sussex"), ("cymru", "wales"),
    ):  # fmt: skip
        assert pair in known


def test_plain_words_are_folded_words_said_once() -> None:
    plain = read_plain_words()
    assert not plain.little & plain.chatter
    for kind, known in (("little", plain.little), ("chatter", plain.chatter)):
        assert [words.tokens(word) for word in sorted(known)] == [[word] for word in sorted(known)]
        assert not known & words.STOP_WORDS
        written: list[str] = json.loads(shipped_text("plain_words.json"))[kind]
        assert written == sorted(known)


def test_they_are_read_once() -> None:
    assert read_synonyms() is read_synonyms()
    assert read_plain_words() is read_plain_words()
