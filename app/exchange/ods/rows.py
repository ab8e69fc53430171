"""From bytes to checked rows: encoding, quotes, the number of columns, and the line of each row.

The line named in an error is always the physical line on which the row at fault begins.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

CODE: Final = re.compile(r"[A-Z0-9]{3,10}")
DAY: Final = re.compile(r"[0-9]{8}")

# Line ends apart, ODS files hold no control characters. C1 controls and U+FFFD are what text looks
# like that went through the wrong encoding before it came to us.
STRANGE: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")


class OdsFileError(ValueError):
    """A file is not what it should be; `line` is the physical line, `detail` says what is wrong."""

    def __init__(self, line: int, detail: str) -> None:
        """Keep the line and the detail for a caller that shows them apart."""
        super().__init__(f"line {line}: {detail}")
        self.line = line
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one row, and the physical line on which it begins. Columns count from one."""

    line: int
    fields: list[str]

    def refuse(self, detail: str) -> OdsFileError:
        """Make the error that names this row's line."""
        return OdsFileError(self.line, detail)

    def text(self, column: int, limit: int) -> str:
        """Return a column without the spaces around it. Errors: longer than `limit` characters."""
        value = self.fields[column - 1].strip()
        if len(value) > limit:
            raise self.refuse(f"column {column} has {len(value)} characters, more than {limit}")
        return value

    def code(self, column: int) -> str:
        """Return an ODS code. Errors: empty, or not 3 to 10 capital letters and digits."""
        value = self.fields[column - 1].strip()
        if not CODE.fullmatch(value):
            raise self.refuse(f"column {column} should be an ODS code and is {value[:20]!r}")
        return value

    def day(self, column: int) -> date | None:
        """Return a day written YYYYMMDD, None when empty. Errors: not a day of the calendar."""
        value = self.fields[column - 1].strip()
        if not value:
            return None
        try:
            # fromisoformat alone would also take other ISO 8601 forms, such as a week.
            return date.fromisoformat(value if DAY.fullmatch(value) else "")
        except ValueError:
            raise self.refuse(
                f"column {column} should be a day YYYYMMDD and is {value[:20]!r}"
            ) from None

    def days(self, first: int, last: int) -> tuple[date | None, date | None]:
        """Return the days a thing began and ended. Errors: the end lies before the beginning."""
        begin, end = self.day(first), self.day(last)
        if begin is not None and end is not None and end < begin:
            raise self.refuse(f"column {last} ({end}) lies before column {first} ({begin})")
        return begin, end


def read_rows(content: bytes, columns: int, header: tuple[str, ...] | None = None) -> list[Row]:
    """Return the rows of a CSV file, without its header.

    Shapes: every row has exactly `columns` fields; `header` holds the names a header must have,
    None for files without one.
    Errors: OdsFileError with the line: not UTF-8, a control character, a quotation mark left open,
    a wrong number of columns, another header, a last line without its end, no rows at all.
    """
    rows = list(_records(_decoded(content), columns, headed=header is not None))
    if header is not None:
        first = rows.pop(0)
        for column, (found, expected) in enumerate(zip(first.fields, header, strict=True), start=1):
            # The workbook breaks its headings over several lines: any white space is one space.
            if " ".join(found.split()).casefold() != expected.casefold():
                raise first.refuse(
                    f"column {column} should be headed {expected!r}, not {found[:60]!r}"
                )
    if not rows:
        raise OdsFileError(1, "the file has no rows")
    return rows


def _decoded(content: bytes) -> str:
    if not content:
        raise OdsFileError(1, "the file is empty")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise OdsFileError(1, "the file is UTF-16; ODS files are UTF-8 (or plain ASCII)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise OdsFileError(line, f"byte 0x{byte:02x} is not UTF-8; ODS files are UTF-8") from None
    strange = STRANGE.search(text)
    if strange is not None:
        line = text.count("\n", 0, strange.start()) + 1
        raise OdsFileError(
            line, f"character U+{ord(strange.group()):04X} has no place in an ODS file"
        )
    if not text.endswith(("\n", "\r")):
        # Without this a file cut within the last, unquoted field would pass with half a postcode.
        line = text.count("\n") + 1
        raise OdsFileError(line, "the last line has no line end, as if the file had been cut off")
    return text


def _records(text: str, columns: int, *, headed: bool) -> Iterator[Row]:
    """Yield rows, the header first; only a header may have line breaks inside its fields."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            fields = next(reader, None)
        except csv.Error:
            raise OdsFileError(line, "a quotation mark is left open or stands alone") from None
        if fields is None:
            return
        if reader.line_num > line and not (headed and line == 1):
            raise OdsFileError(line, "a quotation mark is left open")
        if len(fields) != columns:
            raise OdsFileError(line, f"{len(fields)} columns where {columns} are expected")
        yield Row(line, fields)
        line = reader.line_num + 1
