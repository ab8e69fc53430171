"""Row 9: is the contract compatible with the last release. Two judges: specmatic, and our own differ."""

import copy
import json
from pathlib import Path
from typing import Any

from openapi.bar.compatible import OPEN, Breaks
from openapi.bar.judged import Json, Judged, Row, Verdict
from openapi.bar.tools import HERE, java, run

RELEASED = HERE.parent / "released"
SPECMATIC = HERE / "node_modules" / "specmatic" / "specmatic.jar"
SAFE_MAX = 2**53 - 1


def last_release() -> Path:
    """The contract of the newest release."""
    versions = {path: [int(n) for n in path.stem.split(".")] for path in RELEASED.glob("*.json")}
    return max(versions, key=lambda path: versions[path])


def announced() -> list[str]:
    """Breaks that were decided on and told in docs/api-changelog.md, a sentence of the differ each."""
    lines = (RELEASED / "announced.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def against(old: Json, new: Json, folder: Path) -> list[str]:
    """What specmatic finds."""
    for name, document in (("old", old), ("new", new)):
        (folder / f"{name}.json").write_text(json.dumps(_readable(document)))
    said = run(java(), "-jar", SPECMATIC, "compare", "old.json", "new.json", cwd=folder)
    if said.status == 0 and "is backward compatible" in said.text:
        return []
    return said.lines("^API: ") or [said.text[-500:]]


def compatible(judged: Judged) -> Verdict:
    """Both judges on the last release and this contract; and on a change that breaks, as a control."""
    released = last_release()
    old, new = json.loads(released.read_text()), judged.document
    known = announced()
    found = [line for line in Breaks(old, new) if line not in known]
    folder = judged.folder("specmatic")
    if not known:  # specmatic knows no exceptions
        found += against(old, new, folder)
    spoilt = breaking(new)
    if not list(Breaks(new, spoilt)):
        found.append("the differ did not notice a field that is gone")
    if not against(_one_path(new), _one_path(spoilt), folder):
        found.append("specmatic did not notice a field that is gone")
    judges = "specmatic and differ" if not known else f"differ, {len(known)} breaks announced"
    return Verdict(f"since {released.stem}: {judges}; a seeded break is noticed", found)


def breaking(document: Json) -> Json:
    """The same contract without a field that every answer of one operation has."""
    spoilt = copy.deepcopy(document)
    schema = spoilt["components"]["schemas"]["Network"]
    del schema["properties"]["name"]
    schema["required"].remove("name")
    schema.pop("examples", None)
    return spoilt


def _one_path(document: Json) -> Json:
    """The same contract with the path of one network alone: specmatic takes its time."""
    path = "/v1/networks/{network_id}"
    return {**document, "paths": {path: document["paths"][path]}}


def _readable(document: Json) -> Json:
    """What specmatic reads wrongly, put aside on both sides alike.

    It makes values up from patterns, and not all of ours; it takes optional security for required and knows no
    alternatives; it wants bounds within 64 bits; and it does not know that some enumerations are open.
    """
    found: Json = _without_patterns(copy.deepcopy(document))
    for item in found["paths"].values():
        for operation in item.values():
            optional = {} in operation.get("security", [])
            operation["security"] = [] if optional else [{"bearerAuth": []}]
    for name in OPEN & found["components"]["schemas"].keys():
        found["components"]["schemas"][name].pop("enum", None)
    found["components"]["schemas"]["Problem"]["properties"]["code"].pop("enum", None)
    return found


def _without_patterns(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_patterns(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        name: _without_patterns(value)
        for name, value in node.items()
        if name != "pattern" or not isinstance(value, str)
    }
    if kept.get("type") == "integer" and isinstance(kept.get("maximum"), int | float):
        kept["maximum"] = int(min(kept["maximum"], SAFE_MAX))
    return kept


ROWS = (Row("9", "compatible with the last release", compatible),)
