"""Whether a text names a member: what is written of a meeting under the Chatham House Rule names nobody of its network.

A name is found where all its words follow each other as words of the text, whatever their case and whatever stands
between them (`**sam** patel's`, `Sam_Patel`); letters are compared as Unicode folds them. What is told of it is the
place, never the name. A text is gone through once, however many members there are.
Source: https://www.unicode.org/reports/tr29/ (words; scripts that write none are taken letter by letter).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.core.errors import refuse
from app.core.work import Work
from app.db.types import ID
from app.models import Member, Person

# Scripts without spaces between words, where a name has no border of its own: Thai to Khmer, Japanese, Chinese.
_LETTER_BY_LETTER = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
)
# Soft hyphens and joiners show nothing, and marks belong to the letter before them.
_INSIDE_A_WORD = r"\u00ad\u200c\u200d\u2060\u0300-\u036f"
_WORD = re.compile(
    rf"[{_LETTER_BY_LETTER}]|[^\W_{_LETTER_BY_LETTER}](?:[^\W_{_LETTER_BY_LETTER}]|[{_INSIDE_A_WORD}])*"
)


@dataclass(frozen=True, slots=True)
class Names:
    """Names as their words; `lengths` says for a first word how many words names that begin with it have."""

    whole: frozenset[tuple[str, ...]]
    lengths: dict[str, tuple[int, ...]]


def _folded(word: str) -> str:
    """A word as it is compared: without case, marks and compatibility forms."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Cf")).casefold()


def _words(text: str) -> Iterator[tuple[str, int]]:
    for found in _WORD.finditer(text):
        yield _folded(found[0]), found.start()


def names_of(people: Iterable[str]) -> Names:
    """Display names, ready to be looked for."""
    whole = {tuple(word for word, _ in _words(name)) for name in people} - {()}
    lengths: dict[str, set[int]] = {}
    for name in whole:
        lengths.setdefault(name[0], set()).add(len(name))
    return Names(frozenset(whole), {word: tuple(found) for word, found in lengths.items()})


def first_named(text: str, names: Names) -> int | None:
    """Where the first of these names begins in the text, in code points; None when it names nobody."""
    found = list(_words(text))
    words = tuple(word for word, _ in found)
    for index, word in enumerate(words):
        for length in names.lengths.get(word, ()):
            if words[index : index + length] in names.whole:
                return found[index][1]
    return None


def _display_names() -> Any:
    return (
        select(Person.display_name)
        .join(Member, Member.person_id == Person.id)
        .where(
            Member.network_id == bindparam("network_id", type_=ID),
            Member.status == "active",
        )
    )


async def members_names(work: Work, network_id: str) -> Names:
    """The names of a network's active members."""
    rows = await work.fetch("names of members", _display_names, {"network_id": network_id})
    return names_of(row["display_name"] for row in rows)


async def refuse_names(
    work: Work, network_id: str, texts: Iterable[tuple[str, str | None]]
) -> None:
    """Refuse texts, each with its pointer, that name an active member of the network.

    Errors: `Invalid` with `names_a_member`, the pointer and the place; never the name.
    """
    given = [(pointer, text) for pointer, text in texts if text]
    if not given:
        return
    names = await members_names(work, network_id)
    for pointer, text in given:
        offset = first_named(text, names)
        if offset is not None:
            detail = (
                "Under the Chatham House Rule nobody is named: a member of this network is, from character "
                f"{offset + 1} on."
            )
            raise refuse(pointer, "names_a_member", detail)
