"""epraccur: GP practices and the other prescribing cost centres of England and Wales.

27 columns, no header. Columns read: 1 code, 2 name, 3 national grouping (region), 4 high level
health geography (ICB), 5-9 address, 10 postcode, 11 opened, 12 closed, 13 status, 15 commissioner,
16 joined and 17 left the commissioner, 26 prescribing setting. Column 18, telephone, is never read.
"""

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Final

from app.exchange.ods import national
from app.exchange.ods.rows import Row, read_rows
from app.reference.load import Organisation, Parent
from app.reference.roles import kind_of

COLUMNS: Final = 27
STATUSES: Final = MappingProxyType({"A": True, "C": False, "D": False, "P": False})

# The second role beside RO177, by prescribing setting. Source: "GP Practices (Prescribing Cost
# Centres)", table of legacy prescribing settings, in the ODS reference data catalogue. Most are
# roles of a cost centre only ("hospice prescribing cost centre"), not of a hospice; setting 26 is
# the cost centre of a PCN, not the PCN. So only RO76 makes a kind of its own.
SETTING_ROLES: Final = MappingProxyType(
    {
        "0": ("RO72",),
        "1": ("RO87",),
        "2": ("RO80",),
        "3": ("RO80", "RO87"),
        "4": ("RO76",),
        "8": ("RO255",),
        "9": ("RO247",),
        "10": ("RO250",),
        "11": ("RO252",),
        "12": ("RO259",),
        "13": ("RO249",),
        "14": ("RO246",),
        "15": ("RO245",),
        "16": ("RO260",),
        "17": ("RO257",),
        "18": ("RO256",),
        "19": ("RO251",),
        "20": ("RO248",),
        "21": ("RO254",),
        "22": ("RO258",),
        "24": ("RO253",),
        "25": ("RO82",),
        "26": ("RO321",),
    }
)

# Column 4 of what closed before this day names an area team of NHS England: the partnerships that
# became ICBs took its place in the file in April 2020, and closed rows are no longer changed.
FIRST_DAY_OF_ICBS: Final = date(2020, 4, 1)


def parse_epraccur(content: bytes) -> list[Organisation]:
    """Return the organisations of the file, in its order, without coordinates.

    Errors: OdsFileError.
    """
    rows = read_rows(content, COLUMNS)
    hubs = _commissioning_hubs(rows)
    return list(national.without_duplicates((row, _organisation(row, hubs)) for row in rows))


def _organisation(row: Row, hubs: frozenset[str]) -> Organisation:
    status = row.text(13, 10)
    if status not in STATUSES:
        raise row.refuse(f"column 13 should be a status A, C, D or P and is {status!r}")
    setting = row.text(26, 10)
    if not (setting.isascii() and setting.isdigit()):
        raise row.refuse(f"column 26 should be a prescribing setting and is {setting!r}")
    roles = ("RO177", *SETTING_ROLES.get(setting, ()))
    opened, closed = row.days(11, 12)
    return Organisation(
        code=row.code(1),
        name=national.name(row, 2),
        kind=kind_of(roles),
        ods_roles=roles,
        active=STATUSES[status],
        valid_from=opened,
        valid_to=closed,
        address=national.address(row, 5, 9),
        postcode=national.postcode(row, 10),
        latitude=None,
        longitude=None,
        region=national.region(_optional_code(row, 3)),
        parents=tuple(sorted(_parents(row, hubs, closed), key=lambda parent: parent.relationship)),
    )


def _parents(row: Row, hubs: frozenset[str], closed: date | None) -> Iterator[Parent]:
    grouping, geography, commissioner = (_optional_code(row, column) for column in (3, 4, 15))
    joined, left = row.days(16, 17)
    if grouping == national.WALES:
        if commissioner:
            yield Parent(commissioner, "local_health_board", joined, left)
        return
    if commissioner and commissioner not in hubs:
        yield Parent(commissioner, "sub_icb", joined, left)
    if grouping:
        yield Parent(grouping, "region")
        if geography not in ("", national.NO_ICB) and (
            closed is None or closed >= FIRST_DAY_OF_ICBS
        ):
            yield Parent(geography, "icb")


def _commissioning_hubs(rows: list[Row]) -> frozenset[str]:
    """Return the commissioners that are hubs of NHS England (prisons, defence), not sub-ICBs.

    They are the ones that some row of England outside every ICB has; the file says no more of them.
    """
    return frozenset(
        _optional_code(row, 15)
        for row in rows
        if _optional_code(row, 4) == national.NO_ICB and _optional_code(row, 3) != national.WALES
    )


def _optional_code(row: Row, column: int) -> str:
    return row.code(column) if row.fields[column - 1].strip() else ""
