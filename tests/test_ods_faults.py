"""A file that is not what it should be is refused whole, with the physical line at fault."""

from collections.abc import Callable
from typing import Final

import pytest

from app.exchange.ods import FileKind, OdsFileError, parse
from tests.ods_samples import KINDS, epraccur, sample


def refused(content: bytes, kind: FileKind = "epraccur") -> OdsFileError:
    with pytest.raises(OdsFileError) as caught:
        parse(content, kind)
    assert str(caught.value) == f"line {caught.value.line}: {caught.value.detail}"
    return caught.value


def cut_in_row_200(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(lines[:199]) + lines[199][: len(lines[199]) // 2]


@pytest.mark.parametrize("kind", ["epraccur", "pcn-partners"])
def test_a_file_cut_mid_row_is_refused_with_the_line(kind: FileKind) -> None:
    error = refused(cut_in_row_200(sample(kind)), kind)
    assert error.line == 200
    assert "cut off" in error.detail


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_at_any_byte_is_refused_or_shorter_by_whole_rows(kind: FileKind) -> None:
    content = b"".join(sample(kind).splitlines(keepends=True)[:6])
    whole = parse(content, kind)
    accepted = 0
    for length in range(len(content)):
        try:
            rows = parse(content[:length], kind)
        except OdsFileError:
            continue
        assert rows == whole[: len(rows)]
        assert content[:length].endswith(b"\n")
        accepted += 1
    assert accepted == len(whole) - 1


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(line: bytes) -> bytes:
        assert old in line
        return line.replace(old, new, 1)

    return change


FAULTS: Final = [
    ("26 columns", replaced(b',""\n', b"\n"), 7, "26 columns where 27"),
    ("28 columns", replaced(b',""\n', b',"",""\n'), 7, "28 columns where 27"),
    ("an empty line", lambda _: b"\n", 7, "0 columns where 27"),
    ("cp1252", replaced(b"SURGERY", b"SURGERY\x92S"), 7, "byte 0x92 is not UTF-8"),
    (
        "latin-1",
        replaced(b"SURGERY", "MEDDYGFA TŶ GWÊN".encode("cp1252", "replace")),
        7,
        "not UTF-8",
    ),
    ("NUL", replaced(b"SURGERY", b"SURG\x00ERY"), 7, "U+0000"),
    ("a tab", replaced(b"SURGERY", b"SURG\tERY"), 7, "U+0009"),
    ("text damaged before", replaced(b"SURGERY", "SURG\ufffdERY".encode()), 7, "U+FFFD"),
    ("a quote left open", replaced(b'SURGERY",', b"SURGERY,"), 7, "quotation mark"),
    ("a quote open at the end of its line", replaced(b',""\n', b',"\n'), 7, "quotation mark"),
    ("a line break in a field", replaced(b"SURGERY", b"SURG\nERY"), 7, "quotation mark"),
    ("no such day", replaced(b'"19740401"', b'"19740231"'), 7, "column 11 should be a day"),
    (
        "a day of another form",
        replaced(b'"19740401"', b'"1974-W14"'),
        7,
        "column 11 should be a day",
    ),
    ("closed before opened", replaced(b'"19740401",""', b'"19740401","19740301"'), 7, "column 12"),
    ("no code", replaced(b'"X00007"', b'""'), 7, "column 1 should be an ODS code"),
    (
        "a code in small letters",
        replaced(b'"X00007"', b'"x00007"'),
        7,
        "column 1 should be an ODS code",
    ),
    ("a code twice", replaced(b'"X00007"', b'"X00003"'), 7, "X00003 is already on line 3"),
    ("a status unheard of", replaced(b'"A","B"', b'"Z","B"'), 7, "column 13 should be a status"),
    (
        "no setting",
        replaced(b'"4",""\n', b'"",""\n'),
        7,
        "column 26 should be a prescribing setting",
    ),
    ("no name", replaced(b'"THE DENSHAM SURGERY"', b'" "'), 7, "column 2, the name, is empty"),
    ("a name too long", replaced(b"SURGERY", b"S" * 201), 7, "column 2 has"),
]


@pytest.mark.parametrize(
    ("change", "line", "detail"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_a_fault_is_named_with_its_line(
    change: Callable[[bytes], bytes], line: int, detail: str
) -> None:
    lines = [epraccur(c1=f"X{number:05}") for number in range(1, 11)]
    assert len(parse(b"".join(lines), "epraccur")) == 10
    lines[line - 1] = change(lines[line - 1])
    error = refused(b"".join(lines))
    assert error.line == line
    assert detail in error.detail


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "no line end"),
        (epraccur().decode().encode("utf-16"), "UTF-16"),
        (epraccur().decode().encode("utf-16-le"), "U+0000"),
        (b"PK\x03\x04\x14\x00", "U+0003"),
        (epraccur().rstrip(b"\n"), "no line end"),
    ],
)
def test_what_is_no_such_file_is_refused_on_line_1(content: bytes, detail: str) -> None:
    error = refused(content)
    assert error.line == 1
    assert detail in error.detail


@pytest.mark.parametrize("given", KINDS)
@pytest.mark.parametrize("asked", KINDS)
def test_a_file_of_another_kind_is_refused(given: FileKind, asked: FileKind) -> None:
    if given == asked:
        assert parse(sample(given), asked)
    else:
        assert refused(sample(given), asked).line == 1


def test_a_header_may_break_over_lines_and_lines_are_still_counted_right() -> None:
    header, *lines = sample("pcn").splitlines(keepends=True)
    broken = header.replace(b"PCN Code", b'"PCN\n Code"')
    assert parse(broken + b"".join(lines), "pcn") == parse(sample("pcn"), "pcn")
    lines[3] = lines[3].replace(b",", b"", 1)
    assert refused(broken + b"".join(lines), "pcn").line == 6
    assert (
        "column 2 should be headed" in refused(header.replace(b"PCN Name", b"Name"), "pcn").detail
    )
    assert "no rows" in refused(header, "pcn").detail


def test_a_byte_order_mark_and_windows_line_ends_are_welcome() -> None:
    content = b"\xef\xbb\xbf" + sample("epraccur").replace(b"\n", b"\r\n")
    assert parse(content, "epraccur") == parse(sample("epraccur"), "epraccur")
    lines = content.splitlines(keepends=True)
    lines[8] = lines[8].replace(b'"', b"", 1)
    assert refused(b"".join(lines)).line == 9


def test_a_partnership_twice_or_without_its_first_day() -> None:
    header, first, *rest = sample("pcn-partners").splitlines(keepends=True)
    error = refused(b"".join([header, first, *rest, first]), "pcn-partners")
    assert error.line == 202
    assert "already on line 2" in error.detail
    fields = first.replace(b"20191001", b"")
    assert "column 9" in refused(header + fields, "pcn-partners").detail
