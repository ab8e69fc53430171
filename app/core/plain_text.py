"""Text as its reader sees it, in plain characters: what tells digits, spaces and hyphens apart to programs alone.

One character stands for one character, so that a place in the plain text is a place in the text as it was sent. What
takes no room (zero-width characters, combining marks, keycaps) is left out; then `places` says where the rest stood.
"""

import re
import unicodedata
from typing import NamedTuple

# Digits of every script, and those in circles, above and below the line.
_DIGIT = re.compile(
    "[\\d\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\U0001f100-\U0001f10a]"
)
# A reference to a note that follows a number is no part of it.
_NOTE = re.compile("(?<=[0-9])[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+")
_NO_ROOM = "\ue000"  # of the private use area
_LOOKS_LIKE = str.maketrans(
    {
        **dict.fromkeys("\u2212\u02d7\u2043\u30fc", "-"),
        **dict.fromkeys("\u00b7\u2022\u2027\u2219\u22c5\u30fb\u3002\u066b", "."),
        **dict.fromkeys("\u2044\u2215\u2571", "/"),
        **dict.fromkeys("\u2028\u2029\u0085", "\n"),
        **dict.fromkeys("\u2800\u3164\uffa0\u115f\u1160", " "),
        _NO_ROOM: "?",
    }
)
_MOST_KEPT = 4_096


class PlainText(NamedTuple):
    """The plain text, and where each of its characters stood; None where all are in their place."""

    text: str
    places: list[int] | None

    def place(self, index: int) -> int:
        """Where a character of the plain text stood in the text as it was sent."""
        return index if self.places is None else self.places[index]


class _Plain(dict[int, str]):
    """Looked up by `str.translate`: finds a character's plain form when it is first met."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        plain = _plain(character)
        if len(self) < _MOST_KEPT:  # else a hostile text could fill the memory
            self[code_point] = plain
        return plain


def _plain(character: str) -> str:
    if character.isascii():
        return character
    kind = unicodedata.category(character)
    if kind in ("Cf", "Mn", "Me"):
        return _NO_ROOM
    if kind in ("Nd", "No"):
        digit = unicodedata.digit(character, None)
        return character if digit is None else str(digit)
    if kind in ("Zs", "Pd"):
        return " " if kind == "Zs" else "-"
    likeness = unicodedata.normalize("NFKC", character)  # full-width letters and signs
    return likeness if len(likeness) == 1 and likeness.isascii() else character


_TABLE = _Plain({code: str(like) for code, like in _LOOKS_LIKE.items()})


def has_digit(text: str) -> bool:
    """Whether there is a digit of any kind."""
    return _DIGIT.search(text) is not None


def plain_text(text: str) -> PlainText:
    """The text in plain characters; see the module's docstring."""
    if text.isascii():
        return PlainText(text, None)
    text = _NOTE.sub(lambda note: "^" * len(note[0]), text).translate(_TABLE)
    if _NO_ROOM not in text:
        return PlainText(text, None)
    places = [place for place, character in enumerate(text) if character != _NO_ROOM]
    return PlainText(text.replace(_NO_ROOM, ""), places)
