"""The documents that people read, taken apart: their tables, and the shell lines in them.

A fence says what becomes of its lines. `sh`: run against the demo, every curl answers 2xx. `sh 412`: the last curl
answers that. `sh deploy`: run as a deployment; `sh deploy serves`: the same, and stays, for each `sh deploy` after it.
`sh not run: why`: not run. `text` and `json` are shown only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^```(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)
KINDS = re.compile(r"sh( [2-5][0-9]{2}| deploy( serves)?| not run: \S.+)?|text|json")
IN_CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(
    r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)|`((?:docs|openapi|app)/[\w./-]+\.(?:md|json|py))`"
)


@dataclass(frozen=True)
class Block:
    """One fence: what its first line says, and its lines."""

    kind: str
    text: str

    @property
    def runs(self) -> bool:
        """Whether it is run against the demo."""
        return re.fullmatch("sh( [0-9]+)?", self.kind) is not None

    @property
    def last_status(self) -> int | None:
        """What the last curl answers when that is no success."""
        return int(self.kind[3:]) if re.fullmatch("sh [0-9]+", self.kind) else None


def documents() -> list[Path]:
    """Every document."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str) -> list[Block]:
    """The fences of a document, in order."""
    return [Block(found[1].strip(), found[2]) for found in FENCE.finditer(text)]


def section(text: str, heading: str) -> str:
    """What stands under one heading, up to the next of its kind."""
    _, found, rest = text.partition(f"\n## {heading}\n")
    assert found, f"there is no section {heading!r}"
    return rest.split("\n## ", 1)[0]


def rows(text: str) -> Iterator[list[str]]:
    """The rows of the tables in a text, without their heads."""
    for before, line in pairwise(text.split("\n")):
        if line.startswith("|") and before.startswith("|") and not set(line) <= set("| -"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def words(cell: str) -> list[str]:
    """What stands between backticks."""
    return IN_CODE.findall(cell)


def links(text: str) -> set[str]:
    """The files that a document points to: as links from where it lies, or named in full."""
    prose = FENCE.sub("", text)
    return {found[1] or found[3] for found in LINK.finditer(prose)} - {""}
