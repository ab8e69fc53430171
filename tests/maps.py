"""Maps of ties to draw in tests, shaped as the service answers them."""

import random
from collections import Counter
from typing import Any

KINDS = ("met", "feedback", "adopted", "sub_group")


def network_map(members: int, ties: int, seed: int = 1, *, own: bool = True) -> dict[str, Any]:
    """A made-up one; a tenth of its members have no tie, a few only one to each other."""
    chance = random.Random(seed)
    tied = max(members * 9 // 10 - 4, 0)
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for _ in range(ties if tied > 1 else 0):
        one, other = sorted(chance.sample(range(tied), 2))
        if chance.random() < 0.7:
            other = one // 8 * 8 + other % 8
        if one < other < tied:
            kinds = sorted(set(chance.choices(KINDS, (8, 2, 1, 2), k=2)))
            directed = bool({"feedback", "adopted"} & set(kinds))
            found[one, other] = {
                "source": one,
                "target": other,
                "kinds": kinds,
                "directed": directed,
            }
    if members > tied + 3:
        found[tied, tied + 1] = {
            "source": tied,
            "target": tied + 1,
            "kinds": ["met"],
            "directed": False,
        }
    degrees = Counter(end for pair in found for end in pair)
    return {
        "network_id": "0190",
        "as_of": "2026-11-23",
        "status": "ok",
        "members": members,
        "nodes": [{"id": i, "degree": degrees[i], "own": own and i == 2} for i in range(members)],
        "ties": list(found.values()),
        "measures": {
            "ties": len(found), "directed_ties": 3, "density": 0.1234, "directed_density": 0.01, "reciprocity": None,
            "isolates": members - len(degrees), "isolate_share": 0.2, "components": 2, "largest_component": 9,
            "centralisation": 0.31, "cross_organisation_index": -0.2, "brokers": 3,
        },
    }  # fmt: skip
