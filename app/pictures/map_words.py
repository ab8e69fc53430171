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
    "members": "members",
    "ties": "ties",
    "density": "density: ties there are, of all there could be",
    "reciprocity": "reciprocity: ties with a direction that go both ways",
    "isolates": "without any tie",
    "components": "parts that are not connected",
    "centralisation": "centralisation: 0 all alike, 1 all through one",
    "cross_organisation_index": "across organisations: \u22121 all within, 1 all across",
    "brokers": "connect others who are not connected",
}


def measured(network_map: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The measures that are numbers: what each is called, and its value as written."""
    given = network_map["measures"]
    every = [code for code in MEASURES if code in given]
    for code in [*every, *(code for code in given if code not in MEASURES)]:
        value = given[code]
        if value is None:
            yield MEASURES.get(code, code.replace("_", " ")), "\u2013"
        elif isinstance(value, int | float):
            yield MEASURES.get(code, code.replace("_", " ")), number(value, 2)


def described(network_map: Mapping[str, Any]) -> str:
    """What the picture says, in whole sentences."""
    counted = Counter(kind for tie in network_map["ties"] for kind in tie["kinds"])
    kinds = ", ".join(
        f"{counted[kind]:,} {words.lower()}" for kind, words in KINDS.items() if counted[kind]
    )
    said = [
        f"As of {day(network_map['as_of'])}: {len(network_map['nodes']):,} members, {len(network_map['ties']):,} ties.",
        f"Of the ties: {kinds}." if kinds else "",
        "; ".join(f"{value} {label}" for label, value in measured(network_map)) + ".",
    ]
    return " ".join(sentence for sentence in said if len(sentence) > 1)
