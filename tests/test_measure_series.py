"""The series of a measure: stored as one text, checked as a whole, replaced as a whole or within a range of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import series
from app.core.errors import Invalid
from app.core.series import MOST_POINTS, Observation

FIRST = date(2020, 1, 1)


def day(number: int) -> str:
    """The day so many after the first."""
    return (FIRST + timedelta(number)).isoformat()


def many(count: int) -> list[Observation]:
    """So many observations, a tenth of them annotated."""
    return [
        Observation(day(i), i % 97, 100 + i % 3, None, "New letter" if i % 10 == 0 else None)
        for i in range(count)
    ]


def told(rows: list[Observation], *within: str) -> list[tuple[str, str]]:
    """Where and what is wrong with these."""
    with pytest.raises(Invalid) as refused:
        series.checked(rows, *within)
    return [(error.pointer, error.code) for error in refused.value.errors]


def test_the_text_is_short_and_comes_back() -> None:
    rows = [
        Observation("2024-01-01", 12, 80),
        Observation("2024-02-01", value=1.5, annotation='New "letter"'),
    ]
    text = series.to_text(rows)
    assert (
        text == '[["2024-01-01",12,80,null,null],["2024-02-01",null,null,1.5,"New \\"letter\\""]]'
    )
    assert series.from_text(text) == rows
    assert series.from_text("[]") == []


def test_what_is_suppressed_is_not_stored() -> None:
    rows = [Observation("2024-01-01", None, 80, suppressed=True)]
    assert series.from_text(series.to_text(rows)) == [Observation("2024-01-01", None, 80)]


def test_numbers_have_one_form_and_days_their_order() -> None:
    given_rows = [
        Observation("2024-02-01", 12.0, 80.0, None, "  A\r\nB "),
        Observation("2024-01-01", value=-0.0, annotation=" "),
    ]
    clean = series.checked(given_rows)
    assert series.to_text(clean) == (
        '[["2024-01-01",null,null,0,null],["2024-02-01",12,80,null,"A\\nB"]]'
    )


@pytest.mark.parametrize(
    ("row", "where", "code"),
    [
        (Observation("2024-02-30", 1), "/on", "no_such_day"),
        (Observation("2024-2-1", 1), "/on", "day_format"),
        (Observation("1999-12-31", 1), "/on", "day_format"),
        (Observation("2024-02-01"), "", "no_figure"),
        (Observation("2024-02-01", annotation="x"), "", "no_figure"),
        (Observation("2024-02-01", 1, value=1), "/value", "value_and_count"),
        (Observation("2024-02-01", None, 1, 1), "/value", "value_and_count"),
        (Observation("2024-02-01", None, 1), "/denominator", "denominator_alone"),
        (Observation("2024-02-01", 1, 0), "/denominator", "zero_denominator"),
        (Observation("2024-02-01", -1), "/numerator", "out_of_range"),
        (Observation("2024-02-01", 1, -1), "/denominator", "out_of_range"),
        (Observation("2024-02-01", 1_000_000_000), "/numerator", "out_of_range"),
        (Observation("2024-02-01", value=1.1e15), "/value", "out_of_range"),
        (Observation("2024-02-01", value=float("nan")), "/value", "out_of_range"),
        (Observation("2024-02-01", float("inf")), "/numerator", "out_of_range"),
        (Observation("2024-02-01", 1, annotation="a\0"), "/annotation", "control_character"),
        (Observation("2024-02-01", 1, annotation="x" * 301), "/annotation", "string_too_long"),
        (Observation("2024-01-01", 1), "/on", "duplicate"),
        (Observation("2024-02-01", value=4505577104), "/value", "patient_identifier"),
        (Observation("2024-02-01", 4505577104), "/numerator", "out_of_range"),
        (
            Observation("2024-02-01", 1, annotation="450 557 7104"),
            "/annotation",
            "patient_identifier",
        ),
    ],
)
def test_what_is_wrong_is_named(row: Observation, where: str, code: str) -> None:
    good = Observation("2024-01-01", 1, 2)
    assert told([good, row]) == [(f"/observations/1{where}", code)]


@pytest.mark.parametrize(
    "row",
    [
        Observation("2000-01-01", 0),
        Observation("2100-12-31", 999_999_999, 999_999_999),
        Observation("2024-02-29", 3.5, 1.25),
        Observation("2024-02-29", 12, 1),
        Observation("2024-02-29", value=-1e15),
        Observation("2024-02-29", value=4505577105),
        Observation("2024-02-29", value=0.1, annotation="x" * 300),
    ],
)
def test_what_is_right_is_taken(row: Observation) -> None:
    assert series.checked([row]) == [row]


def test_twenty_faults_are_told_and_all_are_counted() -> None:
    with pytest.raises(Invalid) as refused:
        series.checked([Observation(day(i)) for i in range(25)])
    assert len(refused.value.errors) == 20
    assert "There are 25 faults" in refused.value.detail
    with pytest.raises(Invalid) as refused:
        series.checked([Observation(day(0), 1), Observation(day(0), 2)])
    assert "/observations/0 too" in refused.value.errors[0].detail


def test_days_outside_the_range_are_named() -> None:
    rows = [Observation(day(n), 1) for n in range(4)]
    assert told(rows, day(1), day(2)) == [
        ("/observations/0/on", "outside_range"),
        ("/observations/3/on", "outside_range"),
    ]
    assert series.checked(rows, day(0), day(3)) == rows


def test_there_are_ten_thousand_points_at_most() -> None:
    rows = many(MOST_POINTS)
    more = Observation(day(MOST_POINTS), 1)
    assert series.checked(rows) == rows
    assert told([*rows, more]) == [("/observations", "too_long")]
    assert len(series.replaced(rows, [more._replace(on=day(5))], day(5), day(5))) == MOST_POINTS
    with pytest.raises(Invalid) as refused:
        series.replaced(rows, [more], day(MOST_POINTS), None)
    assert refused.value.errors[0].code == "too_long"


bounds = st.none() | st.integers(0, 12)


@given(st.sets(st.integers(0, 12)), st.sets(st.integers(0, 12)), bounds, bounds)
def test_a_range_is_replaced_as_a_plain_filter_would(
    stored: set[int], new: set[int], first: int | None, last: int | None
) -> None:
    low, high = (0 if first is None else first), (12 if last is None else last)
    new = {n for n in new if low <= n <= high}
    before = [Observation(day(n), 1, 2) for n in sorted(stored)]
    incoming = [Observation(day(n), 3, 4) for n in sorted(new)]
    after = series.replaced(
        before,
        incoming,
        None if first is None else day(first),
        None if last is None else day(last),
    )
    model = {n: 1 for n in stored if not low <= n <= high} | dict.fromkeys(new, 3)
    assert [(row.on, row.numerator) for row in after] == [(day(n), model[n]) for n in sorted(model)]


def test_what_is_analysed_leaves_out_what_is_suppressed() -> None:
    rows = [
        Observation("2024-01-01", None, 80, suppressed=True),
        Observation("2024-02-01", 9, 78),
        Observation("2024-03-01", value=2.5),
    ]
    assert [tuple(point) for point in series.points(rows)] == [
        ("2024-02-01", None, 9, 78),
        ("2024-03-01", 2.5, None, None),
    ]


def test_ten_thousand_points_come_back_as_they_were() -> None:
    rows = many(MOST_POINTS)
    assert series.from_text(series.to_text(series.checked(rows))) == rows
