"""What a published result has: the small set without which others learn nothing from it (docs/results.md).

After SQUIRE 2.0, which says itself that not every item fits every report: hence few, and fewer for a story or an idea.
"""

from collections.abc import Mapping
from typing import Any

from app.core.errors import FieldError
from app.core.errors_of_results import ResultIncomplete
from app.core.json_columns import plain

ALWAYS = ("title", "summary", "problem", "licence")
# Parts of the fields that are objects.
PARTS = {"aim": "text", "change": "what"}
# What is told, or only thought of, was measured by nobody; what was only thought of has not come to anything either.
UNMEASURED = frozenset({"story", "idea"})
UNTRIED = frozenset({"idea"})


def needed(result: Mapping[str, Any], *, measures: int) -> list[str]:
    """The names of what is missing before this result can be published; `result` has its columns.

    `measures` is how many it has.
    """
    found = [name for name in ALWAYS if not result[name]]
    found += [] if plain(result["topics"]) else ["topics"]
    found += [
        f"{name}.{part}"
        for name, part in PARTS.items()
        if not (plain(result[name]) or {}).get(part)
    ]
    if result["kind"] not in UNTRIED and result["outcome"] is None:
        found.append("outcome")
    if result["attribution"] == "organisation" and result["organisation_code"] is None:
        found.append("organisation")
    if result["kind"] not in UNMEASURED and not measures:
        found.append("measures")
    return found


def refuse_incomplete(missing: list[str], detail: str) -> None:
    """Errors: `ResultIncomplete` naming each field that is missing."""
    if missing:
        said = "A published result has this."
        errors = tuple(
            FieldError(f"/{name.replace('.', '/')}", "missing", said) for name in missing
        )
        raise ResultIncomplete(detail, errors=errors)
