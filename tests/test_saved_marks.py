"""What is new in a search: what the marks of the last look do not know."""

from app.features.saved_searches.marks import Hit, mark_of, marks_after, new_among, together

SAVED = "01900000-0000-7000-8000-000000000001"
OTHER = "01900000-0000-7000-8000-000000000002"
KINDS = ("network", "meeting")
A, B, C = (Hit("network", letter) for letter in "abc")


def _marks(*hits: Hit) -> dict[str, dict[str, bool]]:
    return marks_after(SAVED, {}, hits, told=hits, looked_for=KINDS)


def test_what_was_there_is_not_new() -> None:
    assert new_among(SAVED, {}, [A, B]) == [A, B]
    assert new_among(SAVED, _marks(A), [A, B, C]) == [B, C]
    assert new_among(SAVED, _marks(A, B), [B, A]) == []
    # The same id of another kind is another thing.
    assert new_among(SAVED, _marks(A), [Hit("meeting", "a")]) == [Hit("meeting", "a")]


def test_what_went_and_came_back_is_new() -> None:
    gone = marks_after(SAVED, _marks(A, B), [B], told=[], looked_for=KINDS)
    assert gone == _marks(B)
    assert new_among(SAVED, gone, [A, B]) == [A]


def test_what_was_not_told_stays_new() -> None:
    after = marks_after(SAVED, _marks(A), [A, B, C], told=[B], looked_for=KINDS)
    assert new_among(SAVED, after, [A, B, C]) == [C]


def test_what_comes_to_match_whole_is_new_once_more() -> None:
    loose = Hit("network", "a", whole=False)
    known = _marks(loose)
    assert new_among(SAVED, known, [loose]) == []
    assert new_among(SAVED, known, [A]) == [A]
    not_told = marks_after(SAVED, known, [A], told=[], looked_for=KINDS)
    assert new_among(SAVED, not_told, [A]) == [A]
    told = marks_after(SAVED, known, [A], told=[A], looked_for=KINDS)
    assert new_among(SAVED, told, [A, loose]) == []
    away = marks_after(SAVED, told, [loose], told=[], looked_for=KINDS)
    assert new_among(SAVED, away, [A]) == [A]


def test_kinds_that_were_not_looked_for_stay_as_they_were() -> None:
    met = Hit("meeting", "m")
    before = _marks(A, met)
    after = marks_after(SAVED, before, [], told=[], looked_for=("network",))
    assert new_among(SAVED, after, [A, met]) == [A]


def test_two_looks_at_once_know_what_either_told() -> None:
    loose = Hit("network", "a", whole=False)
    both = together(_marks(A, B), _marks(loose, C))
    assert both == together(_marks(loose, C), _marks(A, B)) == _marks(A, B, C)


def test_a_mark_says_nothing_of_what_it_is_of() -> None:
    """It differs from search to search, and is no part of the id."""
    marks = {mark_of(saved, hit) for saved in (SAVED, OTHER) for hit in (A, B, C)}
    assert len(marks) == 6
    assert {len(mark) for mark in marks} == {11}
    assert new_among(OTHER, _marks(A), [A]) == [A]
