"""Finding a member's name in a text, without telling it."""

import time

import pytest

from app.core.naming import first_named, names_of

NAMES = names_of(
    ["Sam Patel", "Zoë O'Brien", "Ng", "田中 太郎", "Straße Groß", "محمد علي", "Αλέξης Σίσυφος"]
)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("Sam Patel said so", 0),
        ("then SAM PATEL's idea", 5),
        ("by **sam** patel.", 5),
        ("_Sam_Patel_", 1),
        ("thanks,\nSam\n  Patel", 8),
        ("Sa\u00adm Patel", 0),
        ("Zoe\u0308 O\u2019Brien", 0),
        ("zoe o'brien", 0),
        ("Dr Ng", 3),
        ("昨日田中太郎が", 2),
        ("STRASSE GROSS", 0),
        ("قال محمد علي", 4),
        ("ΑΛΈΞΗΣ ΣΊΣΥΦΟΣ", 0),
        ("Sam, sam patel", 5),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, offset: int) -> None:
    assert first_named(text, NAMES) == offset


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sam and Patel",
        "Sam Patelson",
        "Samson Patel",
        "Patel Sam",
        "being",
        "an ngo",
        "田中さん",
        "Sam 1 Patel",
    ],
)
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    assert first_named(text, NAMES) is None


def test_a_name_that_is_no_word_is_not_looked_for() -> None:
    assert names_of(["***", "—"]).whole == frozenset()


@pytest.mark.parametrize("text", ["We spoke of inhalers with Sam, and of recalls. ", "Sam "])
def test_long_minutes_of_a_big_network_are_read_at_once(text: str) -> None:
    """100,000 characters and 5,000 members with the same first name: 40 ms; comparing each with each took 38 s."""
    names = names_of(f"Sam Patel{number}" for number in range(5_000))
    started = time.process_time()
    assert first_named((text * 25_000)[:100_000], names) is None
    assert time.process_time() - started < 1.0
