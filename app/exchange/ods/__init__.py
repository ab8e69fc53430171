"""Files of the Organisation Data Service, read and checked whole before anything is handed on.

`parse(source, kind)` gives the rows of one file, or raises `OdsFileError` with the line at fault.
"""

from app.exchange.ods.parse import (
    SPEAKS_OF,
    FileKind,
    parse,
    parse_organisations,
    parse_partnerships,
)
from app.exchange.ods.pcn import Partnership
from app.exchange.ods.rows import OdsFileError

__all__ = [
    "SPEAKS_OF",
    "FileKind",
    "OdsFileError",
    "Partnership",
    "parse",
    "parse_organisations",
    "parse_partnerships",
]
