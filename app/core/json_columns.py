"""JSON columns as commands see them; queries splice the text into answers unparsed."""

from typing import Any

import orjson


def plain(value: Any) -> Any:
    """What came out of a JSON column, as Python."""
    return None if value is None else orjson.loads(orjson.dumps(value))


def json_text(value: Any) -> str | None:
    """A value for a JSON column."""
    return None if value is None else orjson.dumps(value).decode()
