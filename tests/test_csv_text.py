"""Observations as CSV: every fault is named by line and column, nothing is echoed, and what is written comes back."""

import csv
import re
from datetime import date
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import csv_text
from app.core.errors import FieldError, Invalid
from app.core.series import MOST_POINTS, Observation, cleaned

GOOD = "on,numerator,denominator,value,annotation\n"
SECRET = "zebra"  # stands in for what no error may repeat


def faults(text: str | bytes, **within: str) -> tuple[FieldError, ...]:
    """What is wrong with a file, as it is told."""
    body = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(Invalid) as refused:
        csv_text.read(body, **within)
    return refused.value.errors


def found(text: str | bytes, **within: str) -> list[tuple[str, str]]:
    """Where and which."""
    return [(error.pointer, error.code) for error in faults(text, **within)]


@pytest.mark.parametrize(
    "text",
    [
        "on,numerator,denominator\n2024-01-01,12,80\n2024-02-01,9,78\n",
        "on,numerator,denominator\r\n2024-01-01,12,80\r\n2024-02-01,9,78\r\n",
        "on,numerator,denominator\r2024-01-01,12,80\r2024-02-01,9,78",
        "\ufeffon,numerator,denominator\n2024-01-01,12,80\n2024-02-01,9,78\n\n\r\n,,\n",
        '"on","numerator","denominator"\n"2024-02-01","9","78"\n"2024-01-01","12","80"',
        " On , NUMERATOR,Denominator \n2024-01-01 , 12, 80.0\n2024-02-01,9e0,78\n",
        "denominator,annotation,period,numerator\n80,,2024-01-01,12\n78, ,2024-02-01,9\n",
        "date,value,numerator,denominator\n2024-01-01,,12,80\n2024-02-01,,9,78\n",
    ],
)  # fmt: skip
def test_what_people_send_is_read(text: str) -> None:
    assert csv_text.read(text.encode()) == [
        Observation("2024-01-01", 12, 80),
        Observation("2024-02-01", 9, 78),
    ]


def test_a_quoted_cell_may_have_commas_quotes_and_lines() -> None:
    body = GOOD + '2024-01-01,,,1.5,"A ""new"" letter, sent\r\nby post"\n2024-02-01,,,-2,x\n'
    assert csv_text.read(body.encode()) == [
        Observation("2024-01-01", value=1.5, annotation='A "new" letter, sent\nby post'),
        Observation("2024-02-01", value=-2, annotation="x"),
    ]


@pytest.mark.parametrize(
    ("row", "where", "code", "says"),
    [
        ("2024-01-01,1e400,,,", "2,2", "out_of_range", "too large"),
        ("2024-01-01,n/a,,,", "2,2", "not_a_number", "empty"),
        ("2024-01-01,-,,,", "2,2", "not_a_number", "empty"),
        ('2024-01-01,"1,234",,,', "2,2", "not_a_number", "comma"),
        ('2024-01-01,,,"12,5",', "2,4", "not_a_number", "point"),
        ("2024-01-01,,,12 %,", "2,4", "not_a_number", "per cent"),
        ("2024-01-01,,,NaN,", "2,4", "not_a_number", "finite"),
        ("2024-01-01,,,-inf,", "2,4", "not_a_number", "finite"),
        ("2024-01-01,0x1F,,,", "2,2", "not_a_number", "such as 12"),
        ("2024-01-01,1_000,,,", "2,2", "not_a_number", "such as 12"),
        ("2024-01-01,١٢,,,", "2,2", "not_a_number", "0 to 9"),
        ("2024-01-01,１２,,,", "2,2", "not_a_number", "0 to 9"),
        ("2024-01-01,=1+1,,,", "2,2", "not_a_number", "formula"),
        ("2024-01-01,@SUM(A1),,,", "2,2", "not_a_number", "formula"),
        ("2024-01-01,+5,,,", "2,2", "not_a_number", "plus"),
        ("2024-01-01,1\0,,,", "2,2", "not_a_number", "such as 12"),
        (f"2024-01-01,{SECRET},,,", "2,2", "not_a_number", "such as 12"),
        ("2024-01-01,-1,,,", "2,2", "out_of_range", "from 0"),
        ("2024-01-01,1000000000,,,", "2,2", "out_of_range", "999,999,999"),
        ("2024-01-01,,,1000000000000001,", "2,4", "out_of_range", "1,000,000,000,000,000"),
        ("2024-01-01,1,0,,", "2,3", "zero_denominator", "more than 0"),
        ("2024-01-01,,5,,", "2,3", "denominator_alone", "without a numerator"),
        ("2024-01-01,1,,2,", "2,4", "value_and_count", "not both"),
        ("2024-01-01,,,,note", "2,2", "no_figure", "leave the period out"),
        ("01/02/2024,1,,,", "2,1", "day_format", "January to some"),
        ("1.2.24,1,,,", "2,1", "day_format", "January to some"),
        ("45292,1,,,", "2,1", "day_format", "spreadsheet's own number"),
        ("2024-02,1,,,", "2,1", "day_format", "first day"),
        ("2024-01-01T00:00:00,1,,,", "2,1", "day_format", "year, month, day"),
        ("20240101,1,,,", "2,1", "day_format", "year, month, day"),
        ("٢٠٢٤-01-01,1,,,", "2,1", "day_format", "year, month, day"),
        ("1999-12-31,1,,,", "2,1", "day_format", "2000 to 2100"),
        (",1,,,", "2,1", "missing", "no day"),
        ("2024-02-30,1,,,", "2,1", "no_such_day", "no such day"),
        ("2024-01-01,1,,", "2,5", "csv_columns", "4 columns, and the first line 5"),
        ("2024-01-01,1,,,,x", "2,6", "csv_columns", "6 columns, and the first line 5"),
        ('2024-01-01,1,,,"abc', "2,5", "csv_quote", "never closed"),
        ('2024-01-01,1,,,"a"b', "2,5", "csv_quote", "follows"),
        ('2024-01-01,1,,,5" needle', "2,5", "csv_quote", "inside a cell"),
        ("2024-01-01,1,,,a\0b", "2,5", "control_character", "U+0000"),
        (f"2024-01-01,1,,,{'x' * 301}", "2,5", "string_too_long", "300"),
    ],
)
def test_a_bad_cell_is_named(row: str, where: str, code: str, says: str) -> None:
    (fault,) = faults(GOOD + row + "\n")
    assert (fault.pointer, fault.code) == (f"#cell={where}", code)
    line, column = where.split(",")
    assert fault.detail.startswith(f"Line {line}, column {column}")
    assert says in fault.detail
    if code not in ("csv_columns", "csv_quote"):  # the others know the column's name
        assert f"({GOOD.strip().split(',')[int(column) - 1]})" in fault.detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("#cell=1,1", "csv_empty")]),
        ("\ufeff\n\n", [("#cell=1,1", "csv_empty")]),
        ("on,value\n", [("#cell=2,1", "csv_empty")]),
        ("on;value\n2024-01-01;5\n", [("#cell=1,1", "csv_separator")]),
        ("on\tvalue\n2024-01-01\t5\n", [("#cell=1,1", "csv_separator")]),
        ("2024-01-01,5\n", [("#cell=1,1", "csv_header")]),
        ("value,numerator\n5,\n", [("#cell=1,1", "csv_header")]),
        ("on,denominator\n2024-01-01,5\n", [("#cell=1,1", "csv_header")]),
        ("on,value,value\n2024-01-01,5,5\n", [("#cell=1,3", "csv_header")]),
        ("on,value,date\n2024-01-01,5,5\n", [("#cell=1,3", "csv_header")]),
        (f"on,value,,{SECRET}\n", [("#cell=1,3", "csv_header"), ("#cell=1,4", "csv_header")]),
        ("on,value,suppressed\n2024-01-01,5,false\n", [("#cell=1,3", "csv_header")]),
        (b"on,value\n2024-01-01,5\n2024-02-01,\xa3\n", [("#cell=3,2", "csv_encoding")]),
        ("on,value\n2024-01-01,5\n".encode("utf-16"), [("#cell=1,1", "csv_encoding")]),
        ("=1+1,value\n", [("#cell=1,1", "csv_header"), ("#cell=1,1", "csv_header")]),
    ],
)
def test_a_bad_file_is_named(text: str | bytes, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_both_lines_of_a_period_given_twice_are_named() -> None:
    text = 'on,value,annotation\n2024-01-01,5,"two\nlines"\n\n2024-02-01,6,\n2024-01-01,7,\n'
    (fault,) = faults(text)
    assert fault == (
        "#cell=6,1",
        "duplicate",
        "Line 6, column 1 (on): The same day is in line 2 already.",
    )


def test_a_cell_after_one_with_two_lines_stands_in_the_second() -> None:
    text = 'annotation,on,value\n"two\nlines",2024-01-01,n/a\nx,2024-02-01,n/a\n'
    assert [where for where, _ in found(text)] == ["#cell=3,3", "#cell=4,3"]


def test_all_faults_are_told_in_order_and_counted_beyond_twenty() -> None:
    text = GOOD + "".join(f"2024-01-{day:02},n/a,0,{SECRET},\n" for day in range(1, 32))
    with pytest.raises(Invalid) as refused:
        csv_text.read(text.encode())
    told = refused.value.errors
    assert [error.pointer for error in told[:4]] == [
        "#cell=2,2", "#cell=2,3", "#cell=2,4", "#cell=3,2",
    ]  # fmt: skip
    assert len(told) == 20
    assert "There are 93 faults; the first 20 are in errors." in refused.value.detail


def test_days_outside_the_range_are_named() -> None:
    text = "on,value\n2024-01-01,5\n2024-02-01,6\n2024-03-01,7\n"
    assert found(text, first="2024-01-02", last="2024-02-01") == [
        ("#cell=2,1", "outside_range"),
        ("#cell=4,1", "outside_range"),
    ]
    assert len(csv_text.read(text.encode(), "2024-01-01", "2024-03-01")) == 3


def test_one_point_too_many_is_refused() -> None:
    days = [f"{2000 + i // 336}-{i // 28 % 12 + 1:02}-{i % 28 + 1:02}" for i in range(MOST_POINTS)]
    body = "on,value\n" + "".join(f"{day},1\n" for day in days)
    assert len(csv_text.read(body.encode())) == MOST_POINTS
    assert found(body + "2099-01-01,1\n") == [(f"#cell={MOST_POINTS + 2},1", "too_long")]


@pytest.mark.parametrize("place", range(6))
def test_no_cell_is_ever_repeated(place: int) -> None:
    cells = ["2024-01-01", "1", "2", "", "note", "more"]
    cells[place] = SECRET
    with pytest.raises(Invalid) as refused:
        csv_text.read((GOOD + ",".join(cells)).encode())
    assert SECRET not in repr(refused.value.errors) + refused.value.detail
    with pytest.raises(Invalid) as refused:
        csv_text.read((",".join(cells) + "\n2024-01-01,1,2,,note").encode())
    assert SECRET not in repr(refused.value.errors) + refused.value.detail


PATIENT = "450 557 7104"  # of an issued range, with its check digit


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("number", [PATIENT, PATIENT.replace(" ", ""), "AB 12 34 56 C"])
def test_a_patient_is_named_in_no_cell(place: int, number: str) -> None:
    cells = ["2024-01-01", "1", "2", "3", "note", "more"]
    cells[place] = number
    text = GOOD + ",".join(cells[: max(5, place + 1)])
    told = faults(text)
    if place < 5:
        assert (f"#cell=2,{place + 1}", "patient_identifier") in [error[:2] for error in told]
    assert number not in repr(told)
    names = [*GOOD.strip().split(","), "more"]
    names[place] = number
    told = faults(",".join(names) + "\n2024-01-01,1,2,,note")
    assert number not in repr(told)
    assert (f"#cell=1,{place + 1}", "patient_identifier") in [error[:2] for error in told]


# --- Writing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+44 more", "'+44 more"),
        ("-2 nurses", "'-2 nurses"),
        ("＝1", "'＝1"),
        ("'quoted'", "''quoted'"),
        ("'=1", "''=1"),
        ('=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'),
        ("a,b", '"a,b"'),
        ("two\nlines", '"two\nlines"'),
        ("plain = text", "plain = text"),
    ],
)
def test_formulas_are_written_as_text_and_come_back(annotation: str, cell: str) -> None:
    row = Observation("2024-01-01", 3, 80, None, annotation)
    text = csv_text.write([row])
    assert text == f"on,numerator,denominator,value,annotation\r\n2024-01-01,3,80,,{cell}\r\n"
    assert csv_text.read(text.encode()) == [row]


def test_formulas_that_people_send_are_text() -> None:
    text = GOOD + "2024-01-01,1,,,=1+1\n2024-01-02,1,,,'twas so\n2024-01-03,1,,,'=x\n"
    assert [row.annotation for row in csv_text.read(text.encode())] == ["=1+1", "'twas so", "=x"]


def test_what_is_hidden_is_marked_and_is_not_read_back() -> None:
    rows = [
        Observation("2024-01-01", None, 80, None, "x", suppressed=True),
        Observation("2024-02-01", 9),
    ]
    text = csv_text.write(rows, suppressed=True)
    assert text.splitlines() == [
        "on,numerator,denominator,value,annotation,suppressed",
        "2024-01-01,,80,,x,true",
        "2024-02-01,9,,,,false",
    ]
    assert "small numbers" in faults(text)[0].detail


numbers = st.one_of(
    st.integers(0, 999_999_999), st.floats(0, 999_999_999, allow_nan=False, allow_infinity=False)
)
values = st.floats(-1e15, 1e15, allow_nan=False, allow_infinity=False)
days = st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(str)
texts = st.one_of(
    st.none(),
    st.text(alphabet=st.sampled_from("=+-@'\",;\n\r\t xé＝﻿"), max_size=12),
    st.text(max_size=30),
)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    """Any observation that is taken, in the form that it is sent in."""
    on, annotation = draw(days), draw(texts)
    if draw(st.booleans()):
        return Observation(on, value=draw(values), annotation=annotation)
    return Observation(
        on, draw(numbers), draw(st.none() | numbers.filter(bool)), annotation=annotation
    )


@given(st.lists(observations(), max_size=12, unique_by=lambda row: row.on))
def test_what_is_written_is_read_back(rows: list[Observation]) -> None:
    clean, wrong = cleaned(rows)
    if wrong or not clean:
        return
    assert csv_text.read(csv_text.write(clean).encode()) == clean
    with StringIO(csv_text.write(clean), newline="") as written:
        cells = [row[4] for row in list(csv.reader(written))[1:]]
    assert not any(cell.startswith(tuple("=+-@\t\r\n＝")) for cell in cells)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_at_all_is_read_or_named(body: bytes) -> None:
    try:
        assert csv_text.read(b"on,value,annotation\n" + body)
    except Invalid as refused:
        told = refused.errors
    else:
        return
    assert told
    assert all(re.match(r"^#cell=[0-9]+,[0-9]+$", error.pointer) for error in told)


# --- Size ------------------------------------------------------------------------------------------

MEGABYTE = 1_000_000
HOSTILE = {
    "quotes": b'"' * MEGABYTE,
    "an odd quote": b'on,value,annotation\n2024-01-01,1,"' + b'""' * (MEGABYTE // 2),
    "commas": b"," * MEGABYTE,
    "columns": b"on,value" + b",x" * 100_000,
    "lines": b"\n" * MEGABYTE,
    "carriage returns": b"on,value\r" + b"\r\n" * (MEGABYTE // 2),
    "wrong rows": b"on,value\n" + b"a,b\n" * 9_999,
    "opened cells": b"on,value,annotation\n" + b'2024-01-01,1,"\n' * 60_000,
    "one cell": b"on,value,annotation\n2024-01-01,1," + b"x" * MEGABYTE,
    "digits": b"on,value\n2024-01-01," + b"9" * MEGABYTE,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str) -> None:
    assert faults(HOSTILE[name])  # at more than linear cost one of these would take hours


def test_ten_thousand_rows_come_back_as_they_were() -> None:
    days = [f"{2000 + i // 336}-{i // 28 % 12 + 1:02}-{i % 28 + 1:02}" for i in range(MOST_POINTS)]
    rows = [Observation(day, i % 97, 100 + i % 3, None, "A new letter, by post" if i % 10 == 0 else None)
            for i, day in enumerate(days)]  # fmt: skip
    assert csv_text.read(csv_text.write(rows).encode()) == rows
