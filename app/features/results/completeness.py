"""How complete a result is: what others need to judge it and to try it themselves, weighed after SQUIRE 2.0.

The weights are points of what is there out of those that this kind can have (docs/results.md). Nothing of who wrote it
or where is among them: how complete it is must not tell that somebody is not named.
"""

from collections.abc import Mapping
from typing import Any

from app.core.json_columns import plain
from app.core.result_requirements import UNMEASURED, UNTRIED

# Why did you start, what did you do, what did you find, what does it mean: about a quarter each, as SQUIRE divides.
WEIGHTS = {
    "summary": 5, "topics": 3, "problem": 8, "available_knowledge": 4, "rationale": 4,
    "aim.text": 6, "aim.population": 1, "aim.baseline": 1, "aim.target": 2, "aim.by_on": 1,
    "context": 6, "change.what": 8, "change.procedures": 3, "change.who": 2, "change.how": 2, "change.materials": 2,
    "ethics": 2, "measures": 8, "observations": 6, "pdsa_cycles": 2,
    "what_happened": 6, "unintended_effects": 4, "outcome": 6,
    "limitations": 4, "learning": 6, "sustainability": 3,
    "prerequisites": 2, "effort": 2, "funding": 1, "licence": 2,
}  # fmt: skip
NOT_MEASURED = frozenset({"measures", "observations", "pdsa_cycles"})
NOT_TRIED = frozenset(
    {"outcome", "what_happened", "unintended_effects", "learning", "sustainability", "ethics"}
)


def _there(result: Mapping[str, Any], counts: Mapping[str, int], name: str) -> bool:
    if name in counts:
        return counts[name] > 0
    field, _, part = name.partition(".")
    value = result[field]
    if part:
        return bool((plain(value) or {}).get(part))
    if field == "topics":
        return bool(plain(value))
    if field == "context":
        return any(said is not None for said in (plain(value) or {}).values())
    return value is not None


def completeness(
    result: Mapping[str, Any], counts: Mapping[str, int], needed: list[str]
) -> dict[str, Any]:
    """The percentage, and the names of what is missing; `counts` are of its measures, observations and cycles."""
    left_out: frozenset[str] = frozenset()
    if result["kind"] in UNMEASURED:
        left_out |= NOT_MEASURED
    if result["kind"] in UNTRIED:
        left_out |= NOT_TRIED
    asked = {name: weight for name, weight in WEIGHTS.items() if name not in left_out}
    missing = [name for name in asked if not _there(result, counts, name)]
    whole = sum(asked.values())
    had = whole - sum(asked[name] for name in missing)
    return {"percent": had * 100 // whole, "missing": missing, "needed": needed}
