"""Search words: what a text is found by, and what a query asks for."""

import re
import sqlite3
import sys
import threading
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from snowballstemmer.english_stemmer import EnglishStemmer  # type: ignore[import-untyped]

from app.core.words import STOP_WORDS, document, fold, stem, tokens

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
    assert len(longest) == 2 * 2_000  # as written, and as meant


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


def test_a_document_has_its_words_as_written_and_then_as_meant() -> None:
    assert document("Networks, networking!") == "wnetworks wnetworking xnetwork xnetwork"
    assert document("2 cafés 网络") == "w2 wcafes ue7bd91e7bb9c x2 xcafe ue7bd91e7bb9c"
    assert document("ph值") == "u7068e580bc wph u7068e580bc"
    assert document("…") == ""


@given(st.text())
@example('w1e5 x2 1e5 0x1 -1 a@b.cd /etc/passwd https://a.b/c?d <b>x</b> &amp; a:b* NEAR(x) "q" OR')
def test_a_document_is_plain_words_for_both_databases(text: str) -> None:
    indexed = document(text)
    found = indexed.split(" ") if indexed else []
    assert all(re.fullmatch(r"[wx][a-z0-9]{1,40}|u([0-9a-f]{2})+", word) for word in found)
    assert document(unicodedata.normalize("NFD", text)) == document(
        unicodedata.normalize("NFC", text)
    )
    assert fts5_words(indexed) == sorted(set(found))


def fts5_words(indexed: str) -> list[str]:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE VIRTUAL TABLE t USING fts5(words, tokenize = 'unicode61')")
        database.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, row)")
        database.execute("INSERT INTO t VALUES (?)", (indexed,))
        rows = database.execute("SELECT term FROM v").fetchall()
    database.close()
    return sorted(row[0] for row in rows)


def test_stop_words_are_words_as_they_come_out_of_a_text() -> None:
    for word in STOP_WORDS:
        assert tokens(word) == [word]
