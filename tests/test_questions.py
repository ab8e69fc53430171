"""Questions: what typed words are taken for, and what they find."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.core.questions import CHATTER, MOST_GROUPS, USUAL, Group, ask, wanted_of
from app.core.words import document, tokens
from app.db.search import found_in


def finds(q: str, text: str, *, loosely: bool = False) -> bool:
    """Match as the databases do, in one of the fields that are not a name."""
    asked = ask(q)
    if asked is None:
        return False
    return found_in(asked.wanted(loose=loosely), "", "", "", document(text), "") is not None


def groups(q: str) -> list[tuple[str, ...]]:
    asked = ask(q)
    return [] if asked is None else [group.typed for group in asked.groups]


def group(q: str) -> Group:
    asked = ask(q)
    assert asked is not None
    (found,) = asked.groups
    return found


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", []),
        (" \t", []),
        ("!? — '…'", []),
        ("diabetes", [("diabetes",)]),
        ("kent!", [("kent",)]),
        ("sepsis k", [("sepsis",), ("k",)]),
        ("audit audits", [("audit",)]),
        ("the future of kent", [("future",), ("kent",)]),
        ("of the", [("of",), ("the",)]),
        ("high blood pressures", [("high", "blood", "pressures")]),
        ("网络", [("网络",)]),
    ],
)
def test_a_query_becomes_groups(q: str, found: list[tuple[str, ...]]) -> None:
    assert sorted(groups(q)) == sorted(found)


def test_what_means_the_same_goes_with_it_both_ways() -> None:
    assert ("hypertension",) in group("high blood pressure").synonyms
    assert ("high", "blood", "pressure") in group("Hypertension").synonyms
    assert ("type", "2", "diabetes") in group("T2DM").synonyms


def test_what_people_say_around_what_they_look_for_is_not_insisted_on() -> None:
    asked = ask("people who like spirometry")
    assert asked is not None
    assert [group.typed for group in asked.groups if group.required] == [("spirometry",)]
    assert finds("people who like spirometry", "Spirometry in Kent")
    only = ask("people")
    assert only is not None
    assert [(one.weight, one.required) for one in only.groups] == [(CHATTER, True)]
    assert not finds("people", "Spirometry in Kent")


@pytest.mark.parametrize("q", ["sepsis k", "care homes k"])
def test_the_first_letter_of_a_next_word_is_not_insisted_on(q: str) -> None:
    assert finds(q, f"{q[:-2]} in Kent")
    assert not finds(q, "in Kent")


def test_of_two_names_that_say_the_same_the_shorter_comes_first() -> None:
    asked = wanted_of("hscqi")
    assert asked is not None
    short, long = (
        found_in(asked, document(name), "", "", "", "")
        for name in ("HSCQI", "HSCQI Community of Practice: Innovation")
    )
    assert short is not None
    assert long is not None
    assert short > long


def test_asked_loosely_one_of_the_weightiest_is_enough() -> None:
    assert not finds("spirometry bournemouth", "Spirometry in Kent")
    assert finds("spirometry bournemouth", "Spirometry in Kent", loosely=True)
    # What says little does not bring a row by itself.
    assert not finds("spirometry network", "A network in Kent", loosely=True)


def test_a_query_has_bounds() -> None:
    asked = ask(" ".join(f"{number}" for number in range(100, 1_100)))
    assert asked is not None
    assert [one.typed for one in asked.groups] == [(str(n),) for n in range(100, 100 + MOST_GROUPS)]
    assert [one.open_ended for one in asked.groups] == [False] * (MOST_GROUPS - 1) + [True]
    assert groups("x" * 200) == [("x" * 40,)]
    assert not group("k").open_ended


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
    wanted = wanted_of(q)
    assert (wanted is not None) == bool(tokens(q))
    if wanted is None:
        return
    assert len(wanted.parts) <= MOST_GROUPS
    assert wanted.needed
    assert wanted.enough
    assert all(part.beginning is None for part in wanted.parts[:-1])
    assert all(0 < part.weight <= USUAL for part in wanted.parts)
    said = [word for part in wanted.parts for phrase in part.all_of for word in phrase]
    assert all(re.fullmatch(r"x[a-z0-9]+|u[0-9a-f]+", word) for word in said)
    last = wanted.parts[-1].beginning
    assert last is None or re.fullmatch(r"w[a-z0-9]{2,}|u[0-9a-f]{4,}", last)
