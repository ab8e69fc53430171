"""Observations as CSV: read with the line and column of every cell, written so that no spreadsheet runs them.

Read: UTF-8 with or without BOM; CR LF, LF or CR; commas; the first line names the columns, in any order and case. A
fault is named by its cell (`#cell=7,3`: line 7, column 3; RFC 7111) and in words, and no cell is ever repeated in
an error. A text that opens like a formula is stored as text.
Written (RFC 4180): an annotation that a spreadsheet would run gets an apostrophe in front, and so does one that
has an apostrophe there already; reading takes exactly that one away, so both come back as they were.
Source: docs/csv.md; docs/decisions/0030-measures.md; OWASP ASVS 5.0, 1.2.10.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import NamedTuple, NoReturn

from app.core.errors import FieldError
from app.core.patient_guard import refusal
from app.core.patient_identifiers import identifiers
from app.core.series import (
    FIELDS,
    MOST_POINTS,
    Fault,
    Observation,
    cleaned,
    day_fault,
    invalid,
    outside,
)

# Not said of a row whose number could not be read, which is said already.
_WHERE_A_NUMBER_IS_MISSING = ("no_figure", "denominator_alone")
MEDIA_TYPE = "text/csv"
_NAMES = {**{name: name for name in FIELDS}, "date": "on", "period": "on"}
_MOST_COLUMNS = 50  # of a row that is looked at; it has five at most
# Possessive, so that every character is looked at once; line ends are LF by now.
_CELL = re.compile(r'(?:"([^"]*+(?:""[^"]*+)*+)"|([^",\n]*+))(,|\n|\Z)')
_BLANK = re.compile(r"\n++")
_SHORTEST_IDENTIFIER = 9  # a National Insurance number
_NUMBER = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?")
_RUN_BY_SPREADSHEETS = (
    "=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20"  # the last four are the full-width ones
)
_SHIELDED = re.compile(f"'[{re.escape(_RUN_BY_SPREADSHEETS)}']")
_NEEDS_QUOTES = re.compile('[",\r\n]')
_NO_NUMBER = {  # what stands in cells that are meant as numbers, and what to do about it
    "%": "A number has no per cent sign here: give numerator and denominator, or the number alone.",
    ",": "A number has no comma here: write 1234.5, with a point before the decimals alone.",
    "=": "A formula is not worked out here: give the number.",
    "@": "A formula is not worked out here: give the number.",
    "+": "A formula is not worked out here: give the number.",
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class _Wrong(NamedTuple):
    """What is wrong with a cell, without what stands in it."""

    code: str
    detail: str


class _Row(NamedTuple):
    """One record: its cells, and the line that each of them begins in."""

    cells: list[str]
    lines: list[int]


def read(body: bytes, first: str | None = None, last: str | None = None) -> list[Observation]:
    """Read observations, clean and in order of day, all within the days `first` to `last` where those are given.

    Errors: Invalid, whose pointers are like #cell=7,3; 20 at most, `detail` says how many there are.
    """
    rows = _rows(_decoded(body))
    header = next(rows, None)
    if header is None:
        _stop(1, 1, "csv_empty", "There is nothing in it: the first line names the columns.")
    columns = _columns(header)
    records: list[_Row] = []
    given: list[Observation] = []
    errors: list[tuple[int, int, FieldError]] = []
    unread: set[int] = set()  # rows with a cell that could not be read
    for row in rows:
        if len(records) == MOST_POINTS:
            _stop(row.lines[0], 1, "too_long", f"A series has {MOST_POINTS:,} points at most.")
        observation, wrong = _observation(row, columns)
        records.append(row)
        given.append(observation)
        errors += wrong
        if wrong:
            unread.add(len(records) - 1)
    if not records:
        _stop(header.lines[0] + 1, 1, "csv_empty", "There are no rows below the names of columns.")
    clean, faults = cleaned(given)
    errors += [
        _located(fault, records, columns)
        for fault in [*faults, *outside(given, first, last)]
        if fault.at not in unread or fault.code not in _WHERE_A_NUMBER_IS_MISSING
    ]
    if errors:
        raise invalid([error for _, _, error in sorted(errors, key=lambda item: item[:2])])
    return clean


def write(observations: Iterable[Observation], *, suppressed: bool = False) -> str:
    """Write observations as CSV; with `suppressed`, a column says which points are hidden from this reader."""
    names = (*FIELDS, "suppressed") if suppressed else FIELDS
    written = [",".join(names)]
    for row in observations:
        on, numerator, denominator, value, annotation, hidden = row
        text = "" if annotation is None else shielded(annotation)
        figures = f"{_figure(numerator)},{_figure(denominator)},{_figure(value)}"
        end = f",{'true' if hidden else 'false'}" if suppressed else ""
        written.append(f"{on},{figures},{text}{end}")
    written.append("")
    return "\r\n".join(written)


def _figure(number: float | None) -> str:
    return "" if number is None else repr(number)


def shielded(text: str) -> str:
    """Return a text as one cell: quoted where it must be, and no formula to any spreadsheet."""
    if text[:1] in (*_RUN_BY_SPREADSHEETS, "'"):
        text = f"'{text}"
    if _NEEDS_QUOTES.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


# --- Reading ---------------------------------------------------------------------------------------


def _stop(line: int, column: int, code: str, detail: str) -> NoReturn:
    raise invalid([_error(line, column, "", code, detail)])


def _error(line: int, column: int, name: str, code: str, detail: str) -> FieldError:
    named = f" ({name})" if name else ""
    return FieldError(
        f"#cell={line},{column}", code, f"Line {line}, column {column}{named}: {detail}"
    )


def _decoded(body: bytes) -> str:
    """The text with LF at the end of lines, and without the byte order mark."""
    if body[:2] in _UTF_16:
        _stop(1, 1, "csv_encoding", "This is UTF-16: save it as “CSV UTF-8 (comma delimited)”.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line = before.count(b"\n") + 1
        column = before[before.rfind(b"\n") + 1 :].count(b",") + 1
        _stop(
            line,
            column,
            "csv_encoding",
            "A character is not UTF-8: save it as “CSV UTF-8 (comma delimited)”.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(text: str) -> Iterator[_Row]:
    """Every row that has anything in it. Errors: Invalid, where it cannot be known what the cells are."""
    line, at, end = 1, 0, len(text)
    while at < end:
        if blank := _BLANK.match(text, at):
            line += blank.end() - at
            at = blank.end()
        row = _Row([], [])
        while True:
            found = _CELL.match(text, at)
            if found is None:
                _stop_at_quote(text, at, line, len(row.cells) + 1)
            quoted, plain, mark = found.groups()
            if len(row.cells) > _MOST_COLUMNS:  # it is too long already: say so without the rest
                _stop(line, _MOST_COLUMNS + 1, "csv_columns", "There are too many columns.")
            row.lines.append(line)
            row.cells.append(plain if quoted is None else quoted.replace('""', '"'))
            line += text.count("\n", at, found.end())
            at = found.end()
            if mark != ",":
                break
        if any(cell.strip() for cell in row.cells):
            yield row


def _stop_at_quote(text: str, at: int, line: int, column: int) -> NoReturn:
    if text[at] != '"':
        detail = 'A " inside a cell: put the whole cell in quotes, and write "" for each " in it.'
    elif re.compile(r'"[^"]*+(?:""[^"]*+)*+"').match(text, at):
        detail = 'Something follows the closing quote: write "" for a " inside a cell.'
    else:
        detail = "The quote that opens here is never closed."
    _stop(line, column, "csv_quote", detail)


def _columns(header: _Row) -> list[str]:
    """The names of the columns in their order. Errors: Invalid."""
    line = header.lines[0]
    first = header.cells[0]
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if mark in first:
            _stop(line, 1, "csv_separator", f"The columns are separated by {name}: use commas.")
    wanted = "on, numerator, denominator, value, annotation"
    if not day_fault(first.strip()):
        _stop(line, 1, "csv_header", f"The first line should name the columns: {wanted}.")
    names: list[str] = []
    errors: list[FieldError] = []
    for column, cell in enumerate(header.cells, 1):
        name = _NAMES.get(cell.strip().lower(), "")
        if name in names:
            again = f"There is a column {name} already, in column {names.index(name) + 1}."
            errors.append(_error(line, column, name, "csv_header", again))
        elif not name:
            wrong = _patient(cell) or _Wrong("csv_header", _unknown_header(cell, wanted))
            errors.append(_error(line, column, "", *wrong))
        names.append(name or f"column {column}")
    if "on" not in names:
        errors.append(_error(line, 1, "on", "csv_header", "There is no column on."))
    if "numerator" not in names and "value" not in names:
        missing = "There is neither a column numerator nor a column value."
        errors.append(_error(line, 1, "", "csv_header", missing))
    if errors:
        raise invalid(errors)
    return names


def _unknown_header(cell: str, wanted: str) -> str:
    if cell.strip().lower() == "suppressed":
        return "This was exported with small numbers left out: it is no whole series to read back."
    if not cell.strip():
        return f"A column without a name; there may be {wanted}."
    return f"An unknown column; there may be {wanted}."


def _observation(
    row: _Row, columns: Sequence[str]
) -> tuple[Observation, list[tuple[int, int, FieldError]]]:
    """One row read, with what is wrong with its cells; a number that cannot be read stands as None."""
    wrong: list[tuple[int, int, FieldError]] = []

    def note(column: int, name: str, code: str, detail: str) -> None:
        line = row.lines[min(column, len(row.lines)) - 1]
        wrong.append((line, column, _error(line, column, name, code, detail)))

    count, wanted = len(row.cells), len(columns)
    if count != wanted:
        detail = f"This row has {count} columns, and the first line {wanted}."
        note(min(count, wanted) + 1, "", "csv_columns", detail)
    found: dict[str, float | None] = {}
    on, annotation = "", None
    for column, (name, cell) in enumerate(zip(columns, row.cells, strict=False), 1):
        if name == "annotation":
            annotation = cell[1:] if _SHIELDED.match(cell) else cell
        elif name == "on":
            on = cell.strip()
        elif text := cell.strip():
            number, problem = _number(text)
            problem = _patient(text) or problem
            found[name] = None if problem else number
            if problem:
                note(column, name, *problem)
    return Observation(
        on, found.get("numerator"), found.get("denominator"), found.get("value"), annotation
    ), wrong


def _located(
    fault: Fault, records: Sequence[_Row], columns: Sequence[str]
) -> tuple[int, int, FieldError]:
    """A fault of the series at the cell it comes from."""
    field = fault.field or ("numerator" if "numerator" in columns else "value")
    column = columns.index(field) + 1
    row = records[fault.at]
    line = row.lines[min(column, len(row.lines)) - 1]
    code, detail = fault.code, fault.detail
    if code == "day_format":
        text = row.cells[column - 1].strip() if column <= len(row.cells) else ""
        code, detail = _patient(text) or _why_no_day(text)
    if fault.twin is not None:
        twin = records[fault.twin].lines[0]
        detail = f"The same day is in line {twin} already."
    return line, column, _error(line, column, field, code, detail)


def _patient(text: str) -> _Wrong | None:
    """What names a patient, in a cell that is no text: it is said of it before all else."""
    if len(text) < _SHORTEST_IDENTIFIER or not identifiers(text):
        return None
    found = refusal(text)
    return _Wrong(*found) if found else None


def _number(text: str) -> tuple[float | None, _Wrong | None]:
    if _NUMBER.fullmatch(text):
        number = float(text)
        if isfinite(number):
            return number, None
        return None, _Wrong("out_of_range", "The number is too large.")
    return None, _Wrong("not_a_number", _why_no_number(text))


def _why_no_number(text: str) -> str:
    if text.lower() in ("n/a", "na", "-", "--", "null", "none", "nil", "*", "."):
        return "Leave the cell empty where there is no number."
    if text.strip("+-").lower() in ("nan", "inf", "infinity"):
        return "Only finite numbers are taken: leave the cell empty where there is none."
    if text[0] == "+" and _NUMBER.fullmatch(text[1:]):
        return "A number has no plus sign here."
    for mark, why in _NO_NUMBER.items():
        if mark in text:
            return why
    if not text.isascii():
        return "A number is written with the digits 0 to 9."
    return "Should be a number such as 12 or 12.5."


def _why_no_day(text: str) -> _Wrong:
    iso = "Write the day as 2024-02-01: year, month, day, in the years 2000 to 2100."
    if not text:
        return _Wrong("missing", "There is no day.")
    if re.fullmatch(r"[0-9]{1,2}[/. -][0-9]{1,2}[/. -][0-9]{2,4}", text):
        iso += " 01/02/2024 is January to some and February to others."
    elif re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        iso += " This looks like a spreadsheet's own number for a day."
    elif re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        iso = "Write the first day of the period, as in 2024-02-01."
    return _Wrong("day_format", iso)
