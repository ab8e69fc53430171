"""Typed readers of the words that searches know: what means the same, and what says little.

Each file is read when it is first asked for. Both may be edited: README.md tells how.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.reference.load import shipped_text


@dataclass(frozen=True, slots=True)
class Synonym:
    """A term and others that mean the same, as people write them; `one_way` where these do not mean the term."""

    term: str
    same_as: tuple[str, ...]
    one_way: bool


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Folded words that tell a search little: `little` are words of the field, `chatter` what people say around it."""

    little: frozenset[str]
    chatter: frozenset[str]


@cache
def read_synonyms() -> tuple[Synonym, ...]:
    """Return the shipped synonyms, sorted by term."""
    entries: list[dict[str, Any]] = json.loads(shipped_text("synonyms.json"))
    return tuple(
        Synonym(entry["term"], tuple(entry["same_as"]), entry.get("one_way", False))
        for entry in entries
    )


@cache
def read_plain_words() -> PlainWords:
    """Return the shipped words that tell little."""
    entries: dict[str, list[str]] = json.loads(shipped_text("plain_words.json"))
    return PlainWords(frozenset(entries["little"]), frozenset(entries["chatter"]))
