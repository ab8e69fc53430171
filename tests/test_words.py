"""Search words: what a text is found by, and what a query asks for."""

import re
import sqlite3
import sys
import threading
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from snowballstemmer.english_stemmer import EnglishStemmer  # type: ignore[import-untyped]

from app.core import words
from app.core.words import STOP_WORDS, Term, document, fold, query_terms, stem, tokens


def finds(q: str, text: str) -> bool:
    """Match as the databases do: every term, whole or by its beginning; nothing without a term."""
    terms, indexed = query_terms(q), document(text).split()
    return bool(terms) and all(
        any(
            word == term.exact or (term.prefix and word.startswith(term.prefix)) for word in indexed
        )
        for term in terms
    )


# --- Folding and cutting --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Kent PDSA", "kent pdsa"),
        ("Llŷn", "llyn"),
        ("ÉCOLE e\u0301cole", "ecole ecole"),
        ("Straße", "strasse"),
        ("ﬁne Ｆｕｌｌ ①²", "fine full 12"),
        ("İSTANBUL", "istanbul"),
        ("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"),
        ("co\u00adoperative", "cooperative"),
        ("Søren Łukasz ÞÓR Æ", "soren lukasz thor ae"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_folding_twice_changes_nothing_more() -> None:
    # Nothing beyond plane 2 folds.
    every = (chr(code) for code in range(0x30000) if not 0xD800 <= code <= 0xDFFF)
    once = fold(" ".join(f"a{character}b" for character in every))
    assert fold(once) == once


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("women's womens WOMEN’S women\u02bcs women´s women＇s women`s", ["womens"] * 7),
        ("rock''n'roll 'quoted' practices' '", ["rocknroll", "quoted", "practices"]),
        ("O'Neill's café’s", ["oneills", "cafes"]),
        ("type-2 x_y a.b@c.example", ["type", "2", "x", "y", "a", "b", "c", "example"]),
        ("COVID19 10,000", ["covid19", "10", "000"]),
        ("网络, жизнь!", ["网络", "жизнь"]),
        ("\t \u2014 … !?", []),
    ],
)
def test_cutting(text: str, cut: list[str]) -> None:
    assert tokens(text) == cut


def test_a_text_has_bounds() -> None:
    assert tokens("x" * 1_000) == ["x" * 40]
    assert len(tokens("a " * 10_000)) == 2_000
    longest = document(" ".join(f"网{n}{'网' * 40}" for n in range(10_000))).split()
    assert max(map(len, longest)) == 1 + 2 * (1 + 3 * 39)
    assert len(longest) == 2_000


# --- Stems ----------------------------------------------------------------------------------------


def test_stems_are_those_of_the_release_that_made_the_index() -> None:
    known = {
        "network": "network networks networking networked",
        "improv": "improve improved improvement improvements improving",
        "practic": "practice practices practical",
        "diabet": "diabetes diabetic",
        "women": "women womens",
        "organis": "organise organisation organisations",
        "collabor": "collaborative collaboration collaborate",
        "frailti": "frailty",
    }
    for root, family in known.items():
        assert {stem(word) for word in family.split()} == {root}


@pytest.mark.parametrize("token", ["as", "is", "2", "covid19s", "cafés", "жизнь", "网络", ""])
def test_other_tokens_have_no_stem(token: str) -> None:
    assert stem(token) == token


VOCABULARY = [
    "improvements",
    "organisations",
    "collaborative",
    "nationalisation",
    "generically",
] * 20


def disagreements(one_stem: Callable[[str], str]) -> int:
    """Count wrong stems when four threads ask at once and are interrupted often."""
    right = {word: EnglishStemmer().stemWord(word) for word in VOCABULARY}
    wrong: list[str] = []

    def ask() -> None:
        for word in VOCABULARY:
            try:
                if one_stem(word) != right[word]:
                    wrong.append(word)
            except Exception:  # noqa: BLE001 - a stemmer led astray fails in many ways
                wrong.append(word)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    return len(wrong)


def test_two_threads_do_not_share_a_word() -> None:
    uncached: Callable[[str], str] = stem.__wrapped__
    assert disagreements(uncached) == 0
    # The control: one stemmer without the lock mixes them up.
    assert any(disagreements(EnglishStemmer().stemWord) for _ in range(200))


# --- Documents ------------------------------------------------------------------------------------


def test_a_document_has_each_word_as_written_and_as_meant_once() -> None:
    assert document("Networks, networks & networking!") == "wnetworks xnetwork wnetworking"
    assert document("2 cafés 网络") == "w2 x2 wcafes xcafe ue7bd91e7bb9c"
    assert document("ph值") == "u7068e580bc wph"
    assert document("…") == ""


@given(st.text())
@example('w1e5 x2 1e5 0x1 -1 a@b.cd /etc/passwd https://a.b/c?d <b>x</b> &amp; a:b* NEAR(x) "q" OR')
def test_a_document_is_plain_words_for_both_databases(text: str) -> None:
    indexed = document(text)
    found = indexed.split(" ") if indexed else []
    assert all(re.fullmatch(r"[wx][a-z0-9]{1,40}|u([0-9a-f]{2})+", word) for word in found)
    assert len(set(found)) == len(found)
    assert document(unicodedata.normalize("NFD", text)) == document(
        unicodedata.normalize("NFC", text)
    )
    assert fts5_words(indexed) == sorted(found)


def fts5_words(indexed: str) -> list[str]:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize = 'unicode61')")
        database.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, row)")
        database.execute("INSERT INTO t VALUES (?)", (indexed,))
        rows = database.execute("SELECT term FROM v").fetchall()
    database.close()
    return sorted(row[0] for row in rows)


# --- Queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "terms"),
    [
        ("", ()),
        (" \t", ()),
        ("!? — '…'", ()),
        ("diabetes", (Term("xdiabet", "wdiabetes"),)),
        ("Diabetes KENT", (Term("xdiabet", None), Term("xkent", "wkent"))),
        ("kent ", (Term("xkent", "wkent"),)),
        ("kent!", (Term("xkent", "wkent"),)),
        ("diabetes k", (Term("xdiabet", None), Term("xk", None))),
        ("k", (Term("xk", None),)),
        ("women’s netw", (Term("xwomen", None), Term("xnetw", "wnetw"))),
        ("audit audits auditing", (Term("xaudit", "wauditing"),)),
        ("网", (Term("ue7bd91", None),)),
        ("网络", (Term("ue7bd91e7bb9c", "ue7bd91e7bb9c"),)),
        # Stop words go, unless they are all there is.
        ("the future of care", (Term("xfutur", None), Term("xcare", "wcare"))),
        ("kent the", (Term("xkent", "wkent"),)),
        ("of the", (Term("xof", None), Term("xthe", "wthe"))),
        ("A", (Term("xa", None),)),
    ],
)
def test_a_query_becomes_terms(q: str, terms: tuple[Term, ...]) -> None:
    assert query_terms(q) == terms


def test_a_query_has_bounds() -> None:
    numbers = [str(n) for n in range(100, 1_100)]
    terms = query_terms(" ".join(numbers))
    assert [term.exact for term in terms] == [f"x{n}" for n in numbers[:12]]
    assert [term.prefix for term in terms] == [None] * 11 + ["w111"]
    assert query_terms("x" * 200) == (Term("x" + "x" * 40, "w" + "x" * 40),)


KENT = "Women’s health and frailty: improving access in Kent, with 网络 and Llŷn, type 2 diabetes"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("kent", True),
        ("KENT frail", True),
        ("womens improvement", True),
        ("woman's", False),
        ("improvement kent", True),
        ("impr", True),
        ("impr kent", False),
        ("diab", True),
        ("diab 2", False),
        ("type 2", True),
        ("llyn", True),
        ("LLŶ", True),
        ("网", False),
        ("网络", True),
        ("the women of kent", True),
        ("the", False),
        ("and", True),
        ("kentish", False),
        ("kent london", False),
        ("ent", False),
        ("?", False),
    ],
)
def test_what_a_query_finds(q: str, found: bool) -> None:
    assert finds(q, KENT) is found


@given(st.text(min_size=1), st.data())
def test_a_text_is_found_by_its_own_words_and_by_their_beginnings(
    text: str, data: st.DataObject
) -> None:
    own = tokens(text)
    assume(own)
    others = data.draw(st.lists(st.sampled_from(own), max_size=5))
    last = data.draw(st.sampled_from(own))
    beginning = last[: data.draw(st.integers(2, 40))]
    assert finds(text, text)
    assert finds(" ".join([*others, beginning]), text)


@pytest.mark.parametrize("text", ["İx", "ǰ", "ΐΰ", "ﬄ", "ŉa", "x\u0345", "a'b`c", "a‴b", "ß", "№5"])
def test_a_letter_of_many_parts_is_found_by_its_parts(text: str) -> None:
    for token in tokens(text):
        assert finds(token, text)
        assert finds(token[:2], text)


@given(st.text())
def test_a_query_never_asks_for_more_than_it_may(q: str) -> None:
    terms = query_terms(q)
    assert len(terms) <= words.MOST_TERMS
    assert len({term.exact for term in terms}) == len(terms)
    assert all(term.prefix is None for term in terms[:-1])
    for term in terms:
        assert re.fullmatch(r"x[a-z0-9]+|u[0-9a-f]+", term.exact)
        assert term.prefix is None or re.fullmatch(r"w[a-z0-9]{2,}|u[0-9a-f]{4,}", term.prefix)
    assert bool(terms) == bool(tokens(q))


def test_stop_words_are_words_as_they_come_out_of_a_text() -> None:
    for word in STOP_WORDS:
        assert tokens(word) == [word]
