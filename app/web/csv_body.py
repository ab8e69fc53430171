"""`text/csv` in place of JSON, at the doors whose body may be either: as it came, for its reader to judge by cells."""

from typing import Any, Final

from pydantic import BaseModel

from app.core.errors import UnsupportedMediaType

MEDIA_TYPE: Final = b"text/csv"
SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    "maxLength": 1_000_000,
    "examples": ["on,numerator,denominator,annotation\r\n2024-01-01,52,80,\r\n"],
}


class CsvText(BaseModel):
    """A body of text/csv."""

    content: bytes


def read_csv(content_type: bytes, body: bytes) -> CsvText:
    """The body, if its Content-Type names no other character set than ours. Errors: `UnsupportedMediaType`."""
    for parameter in content_type.lower().split(b";")[1:]:
        name, _, value = parameter.strip().partition(b"=")
        if name == b"charset" and value.strip(b'"') not in (b"utf-8", b"us-ascii"):
            raise UnsupportedMediaType("Send CSV in UTF-8.", accept="text/csv; charset=utf-8")
    return CsvText(content=body)
