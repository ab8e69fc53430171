"""The two sheets of the ODS workbook on primary care networks: the PCNs, and their core partners.

Both have a header. `pcn` (PCNDetails): 12 columns. `pcn-partners` (PCN Core Partner Details): 11.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.exchange.ods import national
from app.exchange.ods.rows import Row, read_rows
from app.reference.load import Organisation, Parent
from app.reference.roles import kind_of

ROLES: Final = ("RO272",)

PCN_HEADER: Final = (
    "PCN Code",
    "PCN Name",
    "Current Sub ICB Loc Code",
    "Sub ICB Location",
    "Open Date",
    "Close Date",
    "Address Line 1",
    "Address Line 2",
    "Address Line 3",
    "Address Line 4",
    "Address Line 5",
    "Postcode",
)
PARTNERS_HEADER: Final = (
    "Partner Organisation Code",
    "Partner Name",
    "Practice Parent Sub ICB Loc Code",
    "Practice Parent Sub ICB Loc Name",
    "PCN Code",
    "PCN Name",
    "PCN Parent Sub ICB Loc Code",
    "PCN Parent Sub ICB Loc Name",
    "Practice to PCN Relationship Start Date",
    "Practice to PCN Relationship End Date",
    "Practice Sub ICB Loc and PCN Sub ICB Loc Match",
)


@dataclass(frozen=True, slots=True)
class Partnership:
    """A practice was a core partner of a PCN from one day to another; no end while it lasts."""

    practice_code: str
    pcn_code: str
    valid_from: date
    valid_to: date | None


def parse_pcn(content: bytes) -> list[Organisation]:
    """Return the PCNs, in the file's order. Errors: OdsFileError.

    The file knows neither coordinates nor region: both are None, which means "not said here".
    """
    rows = read_rows(content, len(PCN_HEADER), PCN_HEADER)
    return list(national.without_duplicates((row, _pcn(row)) for row in rows))


def parse_pcn_partners(content: bytes) -> list[Partnership]:
    """Return the partnerships of practices in PCNs, in the file's order.

    Errors: OdsFileError, also where the same practice, PCN and first day come a second time.
    """
    lines: dict[tuple[str, str, date], int] = {}
    partnerships: list[Partnership] = []
    for row in read_rows(content, len(PARTNERS_HEADER), PARTNERS_HEADER):
        partnership = _partnership(row)
        key = (partnership.practice_code, partnership.pcn_code, partnership.valid_from)
        first = lines.setdefault(key, row.line)
        if first != row.line:
            raise row.refuse(f"{key[0]} in {key[1]} from {key[2]} is already on line {first}")
        partnerships.append(partnership)
    return partnerships


def _pcn(row: Row) -> Organisation:
    opened, closed = row.days(5, 6)
    return Organisation(
        code=row.code(1),
        name=national.name(row, 2),
        kind=kind_of(ROLES),
        ods_roles=ROLES,
        active=closed is None,
        valid_from=opened,
        valid_to=closed,
        address=national.address(row, 7, 11),
        postcode=national.postcode(row, 12),
        latitude=None,
        longitude=None,
        region=None,
        parents=(Parent(row.code(3), "sub_icb"),),
    )


def _partnership(row: Row) -> Partnership:
    begin, end = row.days(9, 10)
    if begin is None:
        raise row.refuse("column 9, the first day of the partnership, is empty")
    return Partnership(row.code(1), row.code(5), begin, end)
