"""The rule that makes app/reference/places.csv of the addresses of the shipped practices.

    .venv/bin/python -m tests.town_rule > app/reference/places.csv

An address is cut at its commas. Behind there is a county, which is set aside, then the town; a part between a street
and the town is a part of the town or a village near it, and a place as well. Practices in a place of the same name
belong together while each is near another one; what lies further away is another place of that name.
"""

import csv
import io
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from statistics import median
from typing import Any

from app.core.words import tokens
from app.reference.load import Organisation, read_organisations

NEXT_KM = 12.0  # from one practice to the next of the same place
SAME_COUNTY_KM = 30.0  # the same name in one county is one place as far as this
LEAST_KM = 1.0  # no place is known better
TYPED_WRONG = 5  # a place of one practice is another one's name mistyped, if that has so many more
COLUMNS = ("id", "name", "county", "region", "latitude", "longitude", "precision_km", "practices")

WORDS = json.loads((Path(__file__).parent / "data" / "town_words.json").read_text())
# What people write for a county, folded, and its name.
COUNTIES = {" ".join(tokens(name)): name for name in WORDS["counties"]} | WORDS["county_spellings"]
WIDER = WORDS["wider"]  # behind the name of a place, what it lies in; else a place
STREETS = frozenset(WORDS["streets"].split())  # the last words of streets
ALONG = STREETS | frozenset(WORDS["along"].split())  # of what houses stand along
NO_PLACE = frozenset(WORDS["no_place"].split())  # no name of a place has one of these
NOT_FIRST = frozenset(WORDS["not_first"].split())
NO_VILLAGE = frozenset(WORDS["no_village"])  # streets that only knowing them tells from villages
NO_TOWN = frozenset(WORDS["no_town"].split())  # before the name of a town, a part of its name
SMALL = frozenset(WORDS["small"].split())  # written small within a name
PLAIN = frozenset(WORDS["plain"])  # written without hyphens
WRITTEN_OUT = WORDS["written_out"]
SPELT = WORDS["spelt"]
OTHER_NAMES = WORDS["other_names"]  # a place with two names in use has a row under each


@dataclass(frozen=True, slots=True)
class Named:
    """One practice in one place that its address names; `of` is the town, where that is another one."""

    key: str
    spelt: str
    county: str | None
    of: str | None
    practice: Organisation


@dataclass(slots=True)
class Place:
    """One place: its practices, and what is made of them."""

    key: str
    named: list[Named]
    county: str | None = None

    @property
    def point(self) -> tuple[float, float]:
        """The medians of latitude and longitude."""
        points = [_point(each.practice) for each in self.named]
        return median(lat for lat, _ in points), median(lon for _, lon in points)

    @property
    def practices(self) -> int:
        """How many they are."""
        return len({each.practice.code for each in self.named})


def _point(practice: Organisation) -> tuple[float, float]:
    assert practice.latitude is not None
    assert practice.longitude is not None
    return practice.latitude, practice.longitude


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along a great circle (haversine)."""
    (lat, lon), (lat2, lon2) = (map(radians, point) for point in (one, other))
    chord = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(chord))


def key_of(text: str) -> str:
    """How a name is compared: folded words."""
    words = tokens(re.sub(r"^(nr|near)\b[. ]*", "", text.strip(), flags=re.IGNORECASE))
    name = " ".join(WRITTEN_OUT.get(word, word) for word in words)
    return str(SPELT.get(name, name))


def parts_of(address: str) -> tuple[list[str], str | None]:
    """The parts of an address but for its counties, and the last county."""
    parts = [part.strip() for part in address.split(",") if tokens(part)]
    county = None
    while len(parts) > 1:
        key = key_of(parts[-1])
        before = _is_place(parts[-2]) and len(parts) > 2
        if key in COUNTIES or (key in WIDER and before):
            county = county or COUNTIES.get(key) or WIDER[key]
            parts.pop()
            continue
        last = re.split(r"[ ]+", parts[-1])
        cut = next((n for n in range(1, len(last)) if key_of(" ".join(last[n:])) in COUNTIES), None)
        if cut is None:
            break
        county = county or COUNTIES[key_of(" ".join(last[cut:]))]
        parts[-1] = " ".join(last[:cut])
    return parts, county


def _is_street(part: str) -> bool:
    words = [word for word in tokens(part) if word not in ("north", "south", "east", "west")]
    if tokens(part) == ["street"]:
        return False  # a town in Somerset
    return any(c.isdigit() for c in part) or words[-1:] == [] or words[-1] in STREETS


def _along(part: str) -> bool:
    words = tokens(part)
    return _is_street(part) or words[-1] in ALONG or words[-1].endswith("gate")


def _is_place(part: str) -> bool:
    words = tokens(part)
    return not (
        _is_street(part)
        or NO_PLACE & {*words}
        or words[-1] in SMALL
        or words[0] in NOT_FIRST
        or " ".join(words) in NO_VILLAGE
        or len(words) > 6
        or len("".join(words)) < 3
        or "/" in part
    )


def _welsh_towns(practices: list[Organisation]) -> frozenset[str]:
    """What stands alone at the end of an address in Wales."""
    ends = (parts_of(one.address or "")[0][-1] for one in practices if one.region == "wales")
    return frozenset(key_of(end) for end in ends if _is_place(end))


def _cut_behind(part: str, towns: frozenset[str]) -> list[str]:
    """Two places where one line of a Welsh address has both: "Llay Wrexham", "Roath Cardiff"."""
    words = re.split(r"[ -]+", re.sub(r"\bnr[. ]+", "", part, flags=re.IGNORECASE))
    for n in range(1, len(words)):
        if key_of(" ".join(words[n:])) in towns and key_of(" ".join(words[:n])) not in NO_TOWN:
            return [" ".join(words[:n]), " ".join(words[n:])]
    return [part]


def named_by(practices: list[Organisation]) -> Iterator[Named]:
    """The places that addresses name."""
    welsh = _welsh_towns(practices)
    for practice in practices:
        parts, county = parts_of(practice.address or "")
        if practice.region == "wales":
            parts[-1:] = _cut_behind(parts[-1], welsh)
            if len(parts) > 2:
                parts[-2:-1] = _cut_behind(parts[-2], welsh)[:1]
        if len(parts) < 2 or not _is_place(parts[-1]):
            continue
        town = key_of(parts[-1])
        yield Named(town, parts[-1], county, None, practice)
        if len(parts) > 2 and _is_place(parts[-2]) and _along(parts[-3]):
            within = key_of(parts[-2])
            if within not in COUNTIES and within != town:
                yield Named(within, parts[-2], county, town, practice)


def _together(named: list[Named]) -> list[list[Named]]:
    """Cut into groups in which each is near another one."""
    groups: list[list[Named]] = []
    for each in named:
        near = [
            group
            for group in groups
            if any(kilometres(_point(each.practice), _point(o.practice)) <= NEXT_KM for o in group)
        ]
        groups = [group for group in groups if group not in near]
        groups.append([each, *(o for group in near for o in group)])
    return groups


def _county(place: Place) -> str | None:
    """What most addresses say; where none does, the town that it belongs to."""
    said = Counter(each.county for each in place.named if each.county)
    of = Counter(each.of for each in place.named if each.of)
    if said:
        return min(said.items(), key=lambda item: (-item[1], item[0]))[0]
    return _tidy(of.most_common(1)[0][0], []) if of else None


def places_of(practices: list[Organisation]) -> list[Place]:
    """Every place of these practices, homonyms told apart by their county."""
    by_key: dict[str, list[Named]] = defaultdict(list)
    for named in named_by(practices):
        by_key[named.key].append(named)
    _correct(by_key)
    found = []
    for key, every in by_key.items():
        places = [Place(key, group) for group in _together(every)]
        for place in places:
            place.county = _county(place)
        kept: list[Place] = []
        for place in sorted(places, key=_by_size):
            alike = [o for o in kept if place.county in (None, o.county)]
            same = next((o for o in alike if _apart(o, place) <= SAME_COUNTY_KM), None)
            if not alike:
                kept.append(place)
            elif same is not None:
                same.named += place.named
            else:
                of = Counter(each.of for each in place.named if each.of).most_common(1)
                town = _tidy(of[0][0], []) if of else None
                if town and all(town != o.county for o in kept):
                    place.county = town
                    kept.append(place)
        found += kept
    return found


def _apart(one: Place, other: Place) -> float:
    return kilometres(one.point, other.point)


def _by_size(place: Place) -> tuple[bool, int, str]:
    """The largest first; last those of which no address says where they are."""
    return place.county is None, -place.practices, min(each.practice.code for each in place.named)


def _correct(by_key: dict[str, list[Named]]) -> None:
    """What one practice alone calls its place, one letter away from the name of many near it, is their name."""
    many = {key: named for key, named in by_key.items() if len(named) >= TYPED_WRONG}
    for key in [key for key, named in by_key.items() if len(named) == 1]:
        here = _point(by_key[key][0].practice)
        for other, named in many.items():
            if _one_letter_apart(key, other) and any(
                kilometres(here, _point(each.practice)) <= NEXT_KM for each in named
            ):
                by_key.pop(key)
                break


def _one_letter_apart(one: str, other: str) -> bool:
    short, long = sorted((one.replace(" ", ""), other.replace(" ", "")), key=len)
    if len(long) - len(short) > 1 or len(short) < 5:
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    rest, other_rest = short[start:], long[start:]
    if len(short) == len(long):
        swapped = rest[1:2] + rest[:1] + rest[2:] == other_rest
        return swapped or rest[1:] == other_rest[1:]
    return rest == other_rest[1:]


def _tidy(key: str, spelt: list[str]) -> str:
    """The name as one writes it: the case of names, hyphens and apostrophes where an address has them."""
    exact = [text for text in spelt if key_of(text) == key and " ".join(tokens(text)) == key]
    marked = Counter(text for text in exact if "'" in text)
    words = tokens(key)
    if marked:
        words = re.split(r"[ -]+", marked.most_common(1)[0][0].lower().strip(" ."))
    shown = [
        word if word in SMALL and 0 < n < len(words) - 1 else word[:1].upper() + word[1:]
        for n, word in enumerate(words)
    ]
    inner = set(words[1:-1]) & (SMALL - {"of", "and", "with", "nr", "near"})
    hyphens = inner and key not in PLAIN
    hyphens = hyphens or (key not in PLAIN and any("-" in text.strip("-") for text in exact))
    return ("-" if hyphens else " ").join(shown)


def _rows_of(place: Place, places: list[Place]) -> Iterator[dict[str, Any]]:
    lat, lon = place.point
    away = sorted(kilometres((lat, lon), _point(each.practice)) for each in place.named)
    regions = Counter(each.practice.region for each in place.named)
    for name in (
        _tidy(place.key, [each.spelt for each in place.named]),
        *_other_names(place, places),
    ):
        yield {
            "name": name,
            "county": place.county or "",
            "region": regions.most_common(1)[0][0] or "",
            "latitude": round(lat, 5),
            "longitude": round(lon, 5),
            "precision_km": max(LEAST_KM, round(away[-1 - len(away) // 10], 1)),
            "practices": place.practices,
        }


def rows_of(practices: list[Organisation]) -> list[dict[str, Any]]:
    """The rows of the file, in its order."""
    places = places_of(practices)
    rows = [row for place in places for row in _rows_of(place, places)]
    named = Counter("-".join(tokens(row["name"])) for row in rows)
    for row in rows:
        own = "-".join(tokens(row["name"]))
        row["id"] = (
            own if named[own] == 1 else "-".join([own, *tokens(row["county"] or row["region"])])
        )
    return sorted(rows, key=lambda row: row["id"])


def _other_names(place: Place, places: list[Place]) -> tuple[str, ...]:
    """Those of the largest place that has this name."""
    name = OTHER_NAMES.get(place.key)
    largest = max((each for each in places if each.key == place.key), key=lambda p: p.practices)
    return (name,) if name and place is largest else ()


def file_text(practices: list[Organisation]) -> str:
    """The file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_of(practices))
    return out.getvalue()


def shipped_practices() -> list[Organisation]:
    """The practices that the file is made of."""
    return [o for o in read_organisations() if o.kind == "gp_practice" and o.active]


if __name__ == "__main__":
    sys.stdout.write(file_text(shipped_practices()))
