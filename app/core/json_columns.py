"""JSON columns in commands: rows bring them as text to be spliced, commands want them as Python."""

from typing import Any

import orjson


def plain(value: Any) -> Any:
    """A JSON column as Python: from text, from a fragment that was read, or as it is."""
    if value is None:
        return None
    return orjson.loads(value if isinstance(value, str) else orjson.dumps(value))


def json_text(value: Any) -> str | None:
    """A value for a JSON column."""
    return None if value is None else orjson.dumps(value).decode()
