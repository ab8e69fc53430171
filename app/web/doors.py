"""Finding the door of a request by its path, and what of a path may be written down."""

import re
from collections.abc import Iterable
from typing import Any

from app.core import errors
from app.web.door import Door

UUID = re.compile(rb"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# An id, as a calendar too, or the code of an organisation: neither eight digits nor a National Insurance number.
LOGGABLE = re.compile(
    rf"{UUID.pattern.decode()}(\.ics)?|(?![0-9]{{8}}|[A-Z]{{2}}[0-9]{{6}}[A-Z]$)[A-Z0-9]{{3,10}}"
)


class Doors:
    """Finds the door for a path: a tree of segments, so that the last of many costs what the first does."""

    def __init__(self, doors: Iterable[Door]) -> None:
        """Build the tree; two doors may not share a path and method."""
        self._tree: dict[str | None, Any] = {}
        self._words: set[str] = set()
        for door in doors:
            node = self._tree
            for segment in door.path.strip("/").split("/"):
                self._words.add(segment)
                node = node.setdefault(_branch(segment), {})
            for method in door.methods or ():
                if method in node.setdefault("/", {}):
                    message = f"two doors for {method} {door.path}"
                    raise ValueError(message)
                node["/"][method] = door

    def find(self, path: str) -> tuple[dict[str, Door], list[str]]:
        """The doors by method and the values in the path. Errors: `NotFound`."""
        if not path.startswith("/"):  # as of `OPTIONS *`
            raise errors.NotFound("There is no such address.")
        node, values = self._tree, []
        for segment in path[1:].split("/"):
            inner = node.get(segment)
            if inner is None and segment:
                stem, _, ending = segment.rpartition(".")
                inner = node.get(f"/.{ending}") if stem else None
                values.append(segment if inner is None else stem)
                inner = inner or node.get(None)
            if inner is None:
                raise errors.NotFound("There is no such address.")
            node = inner
        found = node.get("/")
        if found is None:
            raise errors.NotFound("There is no such address.")
        return found, values

    def loggable(self, path: str) -> str:
        """The path without what is neither of ours nor an id: somebody may have put a name or a token there."""
        parts = path[:200].split("/")
        return "/".join(
            part if not part or part in self._words or LOGGABLE.fullmatch(part) else "*"
            for part in parts
        )


def _branch(segment: str) -> str | None:
    """Of the tree: a word by itself, any value by None, a value with an ending by what no segment of a path is."""
    if not segment.startswith("{"):
        return segment
    ending = segment.partition("}")[2]
    return f"/{ending}" if ending else None
