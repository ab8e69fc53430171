"""What a map of ties says in words and numbers."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.pictures.numerals import day, number

LONGEST = 120
KINDS = {
    "met": "Met in a meeting of at most 30",
    "sub_group": "In the same sub-group",
    "feedback": "Gave feedback to",
    "adopted": "Adopted what the other shared",
}
MEASURES = {
    "ties": "pairs that are tied",
    "density": "density: of all pairs, those that are tied",
    "directed_ties": "ties with a direction",
    "reciprocity": "reciprocity: of those with a direction, those that go both ways",
    "isolates": "members without a tie",
    "components": "parts that no tie connects",
    "largest_component": "members in the largest part",
    "centralisation": "centralisation: 0 all alike, 1 all ties hang on one member",
    "cross_organisation_index": "across organisations: \u22121 all within one, 1 all across",
    "brokers": "members without whom a part would fall apart",
}
TOO_FEW = "Too few members for a map: their ties would tell who they are."
TOO_MANY = "Too many members to draw: the numbers are of all."


def measured(network_map: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The measures that are numbers: what each is called, and its value as written."""
    given = network_map["measures"] or {}
    for code, label in MEASURES.items():
        if code in given:
            yield label, "\u2013" if given[code] is None else number(given[code], 2)


def described(network_map: Mapping[str, Any]) -> str:
    """What the picture says, in whole sentences."""
    ties = network_map["ties"] or ()
    counted = Counter(kind for tie in ties for kind in tie["kinds"])
    kinds = ", ".join(
        f"{counted[kind]:,} {words.lower()}" for kind, words in KINDS.items() if counted[kind]
    )
    numbers = "; ".join(f"{value} {label}" for label, value in measured(network_map))
    said = [
        f"As of {day(network_map['as_of'])}: {network_map['members']:,} members.",
        f"Ties: {kinds}." if kinds else "",
        f"{numbers}." if numbers else TOO_FEW,
    ]
    return " ".join(filter(None, said))
