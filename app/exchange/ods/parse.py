"""One door to the four kinds of ODS file. Pure: bytes in, a checked list out, nothing half-read."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from app.exchange.ods.epraccur import parse_epraccur
from app.exchange.ods.etr import parse_etr
from app.exchange.ods.pcn import Partnership, parse_pcn, parse_pcn_partners
from app.reference.load import Organisation, Relationship

OrganisationFile = Literal["epraccur", "etr", "pcn"]
FileKind = Literal["epraccur", "etr", "pcn", "pcn-partners"]

# The relationships that a kind of file tells about its organisations. An importer replaces these
# and leaves the others alone: a PCN's ICB is not gone because the PCN file has no such column.
SPEAKS_OF: Final[Mapping[FileKind, frozenset[Relationship]]] = MappingProxyType(
    {
        "epraccur": frozenset({"icb", "local_health_board", "region", "sub_icb"}),
        "etr": frozenset({"icb", "region"}),
        "pcn": frozenset({"sub_icb"}),
        "pcn-partners": frozenset({"pcn"}),
    }
)


def parse_organisations(source: Path | bytes, kind: OrganisationFile) -> list[Organisation]:
    """Return the organisations of one file, in its order; coordinates are always None.

    Errors: OdsFileError with the physical line; OSError when the file cannot be read.
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    match kind:
        case "epraccur":
            return parse_epraccur(content)
        case "etr":
            return parse_etr(content)
        case "pcn":
            return parse_pcn(content)


def parse_partnerships(source: Path | bytes) -> list[Partnership]:
    """Return the partnerships of a `pcn-partners` file, in its order.

    Errors: OdsFileError with the physical line; OSError when the file cannot be read.
    """
    return parse_pcn_partners(source if isinstance(source, bytes) else source.read_bytes())


def parse(source: Path | bytes, kind: FileKind) -> list[Organisation] | list[Partnership]:
    """Return the rows of one file of any kind. Errors: as of the two functions above."""
    return (
        parse_partnerships(source) if kind == "pcn-partners" else parse_organisations(source, kind)
    )
