"""What all ODS files of organisations share: name, address, and the geography they write about."""

from collections.abc import Iterable, Iterator
from typing import Final

from app.exchange.ods.rows import Row
from app.reference.load import Organisation, nhs_england_regions

NAME_LIMIT: Final = 200
ADDRESS_LIMIT: Final = 100
POSTCODE_LIMIT: Final = 10

WALES: Final = "W00"
NO_ICB: Final = "Q99"  # Wales, prisons and defence: ODS writes it where there is no ICB


def name(row: Row, column: int) -> str:
    """Return the name. Errors: empty or too long."""
    value = row.text(column, NAME_LIMIT)
    if not value:
        raise row.refuse(f"column {column}, the name, is empty")
    return value


def address(row: Row, first: int, last: int) -> str | None:
    """Return the address columns as one text, None when all are empty."""
    lines = (row.text(column, ADDRESS_LIMIT) for column in range(first, last + 1))
    return ", ".join(line for line in lines if line) or None


def postcode(row: Row, column: int) -> str | None:
    """Return the postcode, None when empty (some islands have none)."""
    return row.text(column, POSTCODE_LIMIT) or None


def region(grouping: str) -> str | None:
    """Return the region or nation of a national grouping code (column 3 of the files).

    Closed organisations keep regions of their own day, and defence has one of its own: all of these
    are `england`. The Channel Islands and the Isle of Man have no grouping, and no region here.
    """
    if grouping == WALES:
        return "wales"
    if not grouping:
        return None
    return grouping if grouping in nhs_england_regions() else "england"


def without_duplicates(rows: Iterable[tuple[Row, Organisation]]) -> Iterator[Organisation]:
    """Yield the organisations. Errors: OdsFileError where a code comes a second time."""
    lines: dict[str, int] = {}
    for row, organisation in rows:
        first = lines.setdefault(organisation.code, row.line)
        if first != row.line:
            raise row.refuse(f"{organisation.code} is already on line {first}")
        yield organisation
