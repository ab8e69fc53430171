"""etr: the NHS trusts of England and Wales.

27 columns, no header. Columns read: 1 code, 2 name, 3 national grouping (region), 4 high level
health geography (ICB), 5-9 address, 10 postcode, 11 opened, 12 closed. Columns 13 and 26, which
epraccur fills, are empty here. Column 18, telephone, is never read.
"""

from collections.abc import Iterator
from typing import Final

from app.exchange.ods import national
from app.exchange.ods.rows import Row, read_rows
from app.reference.load import Organisation, Parent
from app.reference.roles import kind_of

COLUMNS: Final = 27
ROLES: Final = ("RO197",)


def parse_etr(content: bytes) -> list[Organisation]:
    """Return the trusts of the file, in its order, without coordinates. Errors: OdsFileError."""
    rows = read_rows(content, COLUMNS)
    return list(national.without_duplicates((row, _trust(row)) for row in rows))


def _trust(row: Row) -> Organisation:
    if row.text(13, 10) or row.text(26, 10):
        raise row.refuse("columns 13 and 26 are filled, as in epraccur; in etr they are empty")
    opened, closed = row.days(11, 12)
    return Organisation(
        code=row.code(1),
        name=national.name(row, 2),
        kind=kind_of(ROLES),
        ods_roles=ROLES,
        active=closed is None,
        valid_from=opened,
        valid_to=closed,
        address=national.address(row, 5, 9),
        postcode=national.postcode(row, 10),
        latitude=None,
        longitude=None,
        region=national.region(row.code(3)),
        parents=tuple(_parents(row)),
    )


def _parents(row: Row) -> Iterator[Parent]:
    grouping, geography = row.code(3), row.code(4)
    if geography != national.NO_ICB:
        yield Parent(geography, "icb")
    if grouping != national.WALES:
        yield Parent(grouping, "region")
