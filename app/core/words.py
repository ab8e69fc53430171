"""Search words, made once and in Python, so that both databases index and find the same rows.

A text becomes words of plain `a-z0-9`, which PostgreSQL's `simple` configuration and SQLite's
FTS5 take as they are. A word's first letter says what it is:

    w + the word as written      wnetworks    found by its beginning, while somebody is typing
    x + its English stem         xnetwork     found whole, so that "networking" finds "networks"
    u + UTF-8 in hexadecimal     ue7bd91      both at once for words beyond ASCII, never stemmed

Hexadecimal keeps beginnings: two digits a byte, so a shorter word is a prefix of a longer one. A
word that begins in ASCII and goes on beyond it has its first part as a `w` word too.
What is indexed depends on these rules and on the stemmer's release: when one of them changes, `VERSION` must, and
the search columns are made anew (the tests hold both to a few known answers).
"""

import re
import sys
import unicodedata
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from threading import Lock
from typing import Any

VERSION = 2
MOST_TOKENS = 2_000
LONGEST_TOKEN = 40
_SHORTEST_STEMMED = 3

# Words that say nothing alone and that whoever types a phrase does not insist on. They are indexed,
# so that a query of nothing else still works, and left out of a query that has other words.
STOP_WORDS = frozenset(
    ("a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with")
)

# In a text as it was typed or is shown: what `tokens` takes for one word, apostrophes and what stands for them inside.
RUN = re.compile(r"[^\W_]+(?:['`\u00b4\u2018\u2019\u02bc\u2032][^\W_]+)*")
_TOKEN = re.compile(r"[^\W_]+")  # a run of letters and digits
_ASCII_BEGINNING = re.compile(r"[a-z0-9]{2,}")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_APOSTROPHE_IN_A_WORD = re.compile(r"(?<=[^\W_])['`]+(?=[^\W_])")
# What people and keyboards write for an apostrophe. The acute accent must be caught before NFKD
# makes a space of it; the others may only come out of NFKD.
_ACUTE_AS_APOSTROPHE = {0x00B4: "'", 0x1FFD: "'"}
# They show nothing and end no word.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200c\u200d\u2060\ufeff"))
_BEFORE_DECOMPOSING = _INVISIBLE | _ACUTE_AS_APOSTROPHE
# Latin letters that Unicode does not take apart, as people type them who lack the key.
_LATIN = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h"}
_LATIN |= {"ŧ": "t", "ŋ": "ng", "\u0131": "i", "\u0138": "k"}  # the last: dotless i, kra
_AFTER_DECOMPOSING = str.maketrans({**dict.fromkeys("\u2018\u2019\u02bc\u2032", "'"), **_LATIN})


def _english() -> Any:
    """The English stemmer alone: the package would import those of 35 languages, which takes 3 MB."""
    name = "snowballstemmer"
    spec = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(name)
    whole = sys.modules.get(name)
    # Where to find its modules, and nothing of what it does itself.
    sys.modules[name] = whole or module_from_spec(spec)
    try:
        return import_module(f"{name}.english_stemmer").EnglishStemmer()
    finally:
        if whole is None:
            del sys.modules[name]  # whoever wants all of it gets it


_stemmer = _english()
_one_at_a_time = Lock()  # the stemmer keeps its word in itself, and searches run on two threads


def fold(text: str) -> str:
    """Take away what searchers do not type: case, accents, ligatures, full width; "Llŷn" = "llyn".

    Curled apostrophes become straight. A pure ASCII text is lower-cased only. Folding twice changes
    nothing more.
    """
    if text.isascii():
        return text.lower()
    return _BEYOND_ASCII.sub(_folded_run, text.lower().translate(_BEFORE_DECOMPOSING))


def _folded_run(run: re.Match[str]) -> str:
    bare = _without_marks(run[0])
    # Some letters fold into letters with marks of their own.
    return _without_marks(bare.casefold())


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).translate(_AFTER_DECOMPOSING)
    return "".join(c for c in decomposed if unicodedata.category(c)[0] != "M")


def tokens(text: str) -> list[str]:
    """Cut a text into folded words: "Women's health" gives `womens`, `health`.

    Shape: runs of letters and digits in the order of the text, repeats kept; an apostrophe inside
    a word is dropped; at most 2,000 words, each cut at 40 characters.
    """
    folded = fold(text)
    if "'" in folded or "`" in folded:
        folded = _APOSTROPHE_IN_A_WORD.sub("", folded)
    return [run[:LONGEST_TOKEN] for run in _TOKEN.findall(folded)[:MOST_TOKENS]]


@lru_cache(maxsize=16_384)
def stem(token: str) -> str:
    """Reduce an English word to its stem (Snowball "english"); anything else comes back as it is.

    Only tokens of three or more ASCII letters are reduced, as they come out of `tokens`.
    """
    if len(token) < _SHORTEST_STEMMED or not (token.isascii() and token.isalpha()):
        return token
    with _one_at_a_time:
        return str(_stemmer.stemWord(token))


def document(text: str) -> str:
    """Prepare a text for indexing: all its words as written, then all as meant, in the order of the text.

    Either half can be looked through for words that stand together.
    """
    found = tokens(text)
    parts = [
        written(beginning[0])
        for token in found
        if not token.isascii() and (beginning := _ASCII_BEGINNING.match(token))
    ]
    return " ".join([*map(written, found), *dict.fromkeys(parts), *map(meant, found)])


def written(token: str) -> str:
    """The search word of a token as it was written."""
    return f"w{token}" if token.isascii() else f"u{token.encode().hex()}"


def meant(token: str) -> str:
    """The search word of a token as it is meant: its stem."""
    return f"x{stem(token)}" if token.isascii() else f"u{token.encode().hex()}"
