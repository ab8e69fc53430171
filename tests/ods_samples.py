"""The ODS samples of the suite, and a first row of epraccur to change a column of."""

import csv
import io
from pathlib import Path
from typing import Final

from app.exchange.ods import FileKind

SAMPLES: Final = Path(__file__).parent / "data" / "ods"
FILES: Final[dict[FileKind, str]] = {
    "epraccur": "epraccur_sample.csv",
    "etr": "etr_sample.csv",
    "pcn": "pcn_details_sample.csv",
    "pcn-partners": "pcn_core_partner_details_sample.csv",
}
KINDS: Final = tuple(FILES)


def sample(kind: FileKind) -> bytes:
    return (SAMPLES / FILES[kind]).read_bytes()


def epraccur(**columns: str) -> bytes:
    """Return the first row of the sample with some columns changed: c13="X" is column 13."""
    fields = next(csv.reader(io.StringIO(sample("epraccur").decode())))
    for column, value in columns.items():
        fields[int(column[1:]) - 1] = value
    return (",".join(f'"{field}"' for field in fields) + "\n").encode()
