"""What a row of the bar is given and what it tells."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from openapi.bar.tools import MADE

Json = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """A contract on the bar. `address` and `tokens` are of a service that serves it, or there is none."""

    name: str
    path: Path
    address: str | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    scale: float = 1.0
    """The share of the full counts at which schemathesis runs."""

    @cached_property
    def document(self) -> Json:
        """The contract, read."""
        found: Json = json.loads(self.path.read_text())
        return found

    @cached_property
    def operation_ids(self) -> list[str]:
        """Every operationId."""
        operations = [o for item in self.document["paths"].values() for o in item.values()]
        return [operation["operationId"] for operation in operations]

    def folder(self, name: str) -> Path:
        """A fresh, empty folder for what is made of this contract."""
        found = MADE / self.name / name
        shutil.rmtree(found, ignore_errors=True)
        found.mkdir(parents=True)
        return found


@dataclass(frozen=True)
class Verdict:
    """`findings` are what is wrong: none, and the row has passed. `told` is a figure for the table."""

    told: str
    findings: list[str]


@dataclass(frozen=True)
class Row:
    """One row of the bar."""

    number: str
    title: str
    judge: Callable[[Judged], Verdict]


def snake(operation_id: str) -> str:
    """How Python clients spell an operationId."""
    return re.sub("([A-Z])", lambda found: "_" + found[1].lower(), operation_id)
