"""Which word was meant: measured against the definition, and by hand for each kind of slip."""

import random
from functools import cache

import pytest

from app.core import edits
from app.core.edits import Known

WORDS = [
    Known("asthma", 40), Known("frailty", 12), Known("blood", 9), Known("bold", 1), Known("pressure", 30),
    Known("managers", 5), Known("manager", 9), Known("rangers", 50), Known("wales", 20), Known("walsh", 20),
    Known("dh11qw", 1), Known("dh12qw", 1), Known("ts18", 3), Known("t2dm", 1), Known("neighbourhood", 4),
    Known("siscc", 1), Known("pcrs", 1), Known("1hu", 2),
]  # fmt: skip


@cache
def _osa(one: str, other: str) -> int:
    """Optimal string alignment, as it is defined."""
    if not one or not other:
        return len(one) + len(other)
    found = [
        _osa(one[:-1], other) + 1,
        _osa(one, other[:-1]) + 1,
        _osa(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if len(one) > 1 and len(other) > 1 and one[-1] == other[-2] and one[-2] == other[-1]:
        found.append(_osa(one[:-2], other[:-2]) + 1)
    return min(found)


def test_slips_are_counted_as_they_are_defined() -> None:
    chance = random.Random(6)
    for _ in range(3_000):
        one, other = ("".join(chance.choices("abc", k=chance.randint(0, 7))) for _ in range(2))
        most = chance.choice((1, 2))
        assert edits.slips(one, other, most) == min(_osa(one, other), most + 1), (one, other)


def test_words_that_are_one_slip_apart_share_a_gap() -> None:
    chance = random.Random(7)
    near = 0
    for _ in range(20_000):
        one, other = ("".join(chance.choices("ab", k=chance.randint(3, 6))) for _ in range(2))
        if _osa(one, other) <= 1:
            near += 1
            assert edits.gaps(one) & edits.asked_gaps(other), (one, other)
    assert near > 1_000


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("ashtma", "asthma"),  # two neighbours swapped
        ("astma", "asthma"),  # a letter left out
        ("asthmaa", "asthma"),  # one too many
        ("asthna", "asthma"),  # a wrong one
        ("frality", "frailty"),
        ("mangers", "managers"),  # the same first letter before more uses
        ("walse", "wales"),  # swapped before a wrong letter
        ("neighborhoood", "neighbourhood"),  # two slips in a long word, where their gaps meet
        ("dhi1qw", "dh11qw"),  # look-alikes
        ("dhiiqw", "dh11qw"),  # however many
        ("tsi8", "ts18"),
        ("ihu", "1hu"),
        ("t2ddm", "t2dm"),
        ("sissc", "siscc"),
        ("pcsr", "pcrs"),
    ],
)
def test_the_likeliest_comes_first(typed: str, word: str) -> None:
    asked = edits.asked_gaps(typed)
    found = [known for known in WORDS if edits.gaps(known.word) & asked]
    assert edits.meant(typed, found)[:1] == [word]


@pytest.mark.parametrize("typed", ["dh13qw", "ts19", "t3dm", "xyzzy", "asthma"])
def test_a_number_is_no_slip_and_what_is_right_stays(typed: str) -> None:
    assert [word for word in edits.meant(typed, WORDS) if word[:2] == typed[:2]] == []


def test_the_order_does_not_depend_on_the_order_of_the_words() -> None:
    assert edits.meant("blod", WORDS) == edits.meant("blod", WORDS[::-1]) == ["bold", "blood"]


def test_codes_are_kept_by_how_they_look_alone() -> None:
    assert edits.gaps("dh11qw") == {"dh11qw"}
    assert edits.gaps("t2dm") == {"t2dm", "2dm", "tdm", "t2m", "t2d"}


def test_two_words_that_were_run_together_come_apart_where_both_are_frequent() -> None:
    uses = {"high": 8, "blood": 9, "highb": 1, "lood": 1}
    assert edits.apart("highblood", uses) == [("high", "blood")]
    assert edits.apart("highblood", {**uses, "high": 1}) == []


def test_choices_are_tried_nearest_to_the_first_first() -> None:
    tries = edits.best_first([["a", "b", "c"], ["x", "y"]], 3)
    assert tries == [("a", "x"), ("b", "x"), ("a", "y")]
    assert edits.best_first([["a"]] * 8, 3) == [("a",) * 8]
    assert edits.best_first([], 3) == [()]
