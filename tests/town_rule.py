"""The rule that makes app/reference/places.csv of the addresses of the shipped practices.

    .venv/bin/python -m tests.town_rule > app/reference/places.csv

An address is cut at its commas. Behind there is a county, which is set aside, then the town; a part between a street
and the town is a part of the town or a village near it, and a place as well. Practices in a place of the same name
belong together while each is near another one; what lies further away is another place of that name.
"""

import csv
import io
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from statistics import median
from typing import Any

from app.core.words import tokens
from app.reference.load import Organisation, read_organisations

NEXT_KM = 12.0  # from one practice to the next of the same place
SAME_COUNTY_KM = 30.0  # the same name in one county is one place as far as this
LEAST_KM = 1.0  # no place is known better
TYPED_WRONG = 5  # a place of one practice is another one's name mistyped, if that has so many more
COLUMNS = ("id", "name", "county", "region", "latitude", "longitude", "precision_km", "practices")

COUNTIES = {
    " ".join(tokens(name)): name
    for name in (
        *("Avon", "Bedfordshire", "Berkshire", "Buckinghamshire", "Cambridgeshire", "Cheshire"),
        *("Cleveland", "Cornwall", "County Durham", "Cumbria", "Derbyshire", "Devon", "Dorset"),
        *("East Sussex", "East Yorkshire", "Essex", "Gloucestershire", "Greater Manchester"),
        *("Hampshire", "Herefordshire", "Hertfordshire", "Isle of Wight", "Isles of Scilly"),
        *("Kent", "Lancashire", "Leicestershire", "Lincolnshire", "Merseyside", "Middlesex"),
        *("Norfolk", "North Yorkshire", "Northamptonshire", "Northumberland", "Nottinghamshire"),
        *("Oxfordshire", "Rutland", "Shropshire", "Somerset", "South Yorkshire", "Staffordshire"),
        *("Suffolk", "Surrey", "Tyne and Wear", "Warwickshire", "West Midlands", "West Sussex"),
        *("West Yorkshire", "Wiltshire", "Worcestershire", "Anglesey", "Carmarthenshire"),
        *("Ceredigion", "Clwyd", "Denbighshire", "Dyfed", "Flintshire", "Gwent", "Gwynedd"),
        *("Mid Glamorgan", "Monmouthshire", "Pembrokeshire", "Powys", "South Glamorgan"),
        *("Vale of Glamorgan", "West Glamorgan"),
    )
} | {
    "tyne wear": "Tyne and Wear",
    "co durham": "County Durham",
    "north somerset": "Somerset",
    "bath and ne somerset": "Somerset",
    "south gloucestershire": "Gloucestershire",
    "north lincolnshire": "Lincolnshire",
    "north east lincolnshire": "Lincolnshire",
    "n e lincolnshire": "Lincolnshire",
    "ne lincolnshire": "Lincolnshire",
    "south humberside": "Lincolnshire",
    "east riding of yorkshire": "East Yorkshire",
    "humberside": "East Yorkshire",
    "north humberside": "East Yorkshire",
    "north devon": "Devon",
    "ynys mon": "Anglesey",
    "isle of anglesey": "Anglesey",
    "glamorgan": "South Glamorgan",
    "pembrokeshi": "Pembrokeshire",
    "oxfordhire": "Oxfordshire",
    "oxforshire": "Oxfordshire",
    "middelsex": "Middlesex",
    "notts": "Nottinghamshire",
    "cambs": "Cambridgeshire",
    "herts": "Hertfordshire",
    "staffs": "Staffordshire",
    "bucks": "Buckinghamshire",
    "beds": "Bedfordshire",
    "berks": "Berkshire",
    "hants": "Hampshire",
    "lancs": "Lancashire",
    "lincs": "Lincolnshire",
    "leics": "Leicestershire",
    "northants": "Northamptonshire",
    "oxon": "Oxfordshire",
    "wilts": "Wiltshire",
    "worcs": "Worcestershire",
    "salop": "Shropshire",
    # As long as the line of a form was.
    "carmarthenshir": "Carmarthenshire",
    "carmarthenshi": "Carmarthenshire",
    "pembrokeshir": "Pembrokeshire",
    "vale of gl": "Vale of Glamorgan",
    "neath port talb": "West Glamorgan",
    "rhondda cyno": "Mid Glamorgan",
    "rhonnda cyno": "Mid Glamorgan",
    "rhondda cynon taf": "Mid Glamorgan",
    "rhondda cynon taff": "Mid Glamorgan",
    "wrexh": "Clwyd",
}
# Behind the name of a place they are what it lies in.
WIDER = {
    "conwy": "Conwy",
    "aberconwy": "Conwy",
    "wirral": "Merseyside",
    "neath port talbot": "West Glamorgan",
}
STREETS = frozenset(
    "road rd street st str lane ln lne way avenue ave av drive dr close cl place square grove gardens walk court ct "
    "crescent cres terrace tce row rise broadway parade approach mews estate hse house view quay arcade precinct "
    "bypass boulevard path croft drove yard wharf centre ropewalk".split()
)
# Wherever one of these stands, it is no name of a place.
NO_PLACE = frozenset(
    "surgery surg centre ctr ctre cntr cntre centr cent center practice pract prac practi clinic hospital hosp health "
    "healthcare hlth hth htlh medical med medic house hse group building floor industrial business pcc hc mc h c m p "
    "suite unit block lodge partnership community comm campus college university ward library rear surgeries doctor "
    "doctors base school nhs site trust nhood annexe annex off opposite former junction shopping retail gp resource "
    "primary polyclinic meddygfa canolfan iechyd leisure farm inn inns retreat intergrated ffordd lon heol clos "
    "rhodfa road rd".split()
)
NOT_FIRST = frozenset("the next behind via".split())
# Streets by themselves, which nothing but knowing them tells from villages.
NO_VILLAGE = frozenset(
    "gillinggate cartergate northgate romeland ropewalk shotfield fieldside stepgates honeywall causeway".split()
) | {"upper warrengate", "doncaster gate"}
# Before a village stands a street, or one of what else houses stand along.
ALONG = STREETS | frozenset("green mount market gate hill common cross bank end".split())
WRITTEN_OUT = {
    **{"grt": "great", "gt": "great", "sth": "south", "nth": "north", "n": "north", "e": "east"},
    **{"wd": "wood", "pk": "park", "dwn": "down", "grn": "green", "mrkt": "market", "saint": "st"},
    **{"vlge": "village", "est": "estate"},
}
SMALL = frozenset("on upon under in le by next the of super cum y la de and with near ar over at an sub yr".split())
PLAIN = frozenset({"newcastle upon tyne", "kingston upon hull", "kingston upon thames", "burton upon trent"})
# Before the name of a town they are a part of its name.
NO_TOWN = frozenset("new old west east north south great little upper lower port high higher".split())
SPELT = {
    "burton upon trent": "burton on trent",
    "stockton on sea": "stockton on tees",
    "stratford on avon": "stratford upon avon",
    "newcastle on tyne": "newcastle upon tyne",
    "saltburn by sea": "saltburn by the sea",
    "saltburn": "saltburn by the sea",
    "hull": "kingston upon hull",
    "mancester": "manchester",
    "barton on humber": "barton upon humber",
    "ballsall heath": "balsall heath",
    "bebbington": "bebington",
    "bennllech": "benllech",
    "berkhampstead": "berkhamsted",
    "bexley heath": "bexleyheath",
    "bishops castlee": "bishops castle",
    "britton ferry": "briton ferry",
    "illminster": "ilminster",
    "kirburton": "kirkburton",
    "nottinghill gate": "notting hill gate",
    "port issac": "port isaac",
    "east dereham": "dereham",
}
# A place with two names in use has a row under each.
OTHER_NAMES = {
    "kingston upon hull": ("Hull",),
    "cardiff": ("Caerdydd",),
    "swansea": ("Abertawe",),
    "newport": ("Casnewydd",),
    "wrexham": ("Wrecsam",),
    "carmarthen": ("Caerfyrddin",),
    "cardigan": ("Aberteifi",),
    "barry": ("Y Barri",),
    "bridgend": ("Pen-y-bont ar Ogwr",),
    "abergavenny": ("Y Fenni",),
    "monmouth": ("Trefynwy",),
    "chepstow": ("Cas-gwent",),
    "newtown": ("Y Drenewydd",),
    "brecon": ("Aberhonddu",),
    "haverfordwest": ("Hwlffordd",),
    "tenby": ("Dinbych-y-pysgod",),
    "holyhead": ("Caergybi",),
    "denbigh": ("Dinbych",),
    "mold": ("Yr Wyddgrug",),
    "flint": ("Y Fflint",),
    "neath": ("Castell-nedd",),
    "ebbw vale": ("Glynebwy",),
    "caerphilly": ("Caerffili",),
    "fishguard": ("Abergwaun",),
    "milford haven": ("Aberdaugleddau",),
    "lampeter": ("Llanbedr Pont Steffan",),
    "builth wells": ("Llanfair-ym-Muallt",),
    "welshpool": ("Y Trallwng",),
    "holywell": ("Treffynnon",),
    "mountain ash": ("Aberpennar",),
}  # fmt: skip


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
    return SPELT.get(name, name)


def parts_of(address: str) -> tuple[list[str], str | None]:
    """The parts of an address but for its counties, and the last county."""
    parts = [part.strip() for part in address.split(",") if tokens(part)]
    county = None
    while len(parts) > 1:
        key = key_of(parts[-1])
        before = _is_place(parts[-2]) and len(parts) > 2  # noqa: PLR2004 - a building, a place, this
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
        or len(words) > 6  # noqa: PLR2004 - St Martin in the Fields Without
        or len("".join(words)) < 3  # noqa: PLR2004 - Usk
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
            if len(parts) > 2:  # noqa: PLR2004
                parts[-2:-1] = _cut_behind(parts[-2], welsh)[:1]
        if len(parts) < 2 or not _is_place(parts[-1]):  # noqa: PLR2004 - a building and a town
            continue
        town = key_of(parts[-1])
        yield Named(town, parts[-1], county, None, practice)
        if len(parts) > 2 and _is_place(parts[-2]) and _along(parts[-3]):  # noqa: PLR2004
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
        return sorted(said.items(), key=lambda item: (-item[1], item[0]))[0][0]
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
    if len(long) - len(short) > 1 or len(short) < 5:  # noqa: PLR2004 - Bury is not Bray
        return False
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
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
    inner = {word for word in words[1:-1]} & (SMALL - {"of", "and", "with", "nr", "near"})
    hyphens = inner and key not in PLAIN
    hyphens = hyphens or (key not in PLAIN and any("-" in text.strip("-") for text in exact))
    return ("-" if hyphens else " ").join(shown)


def rows_of(practices: list[Organisation]) -> list[dict[str, Any]]:
    """The rows of the file, in its order."""
    rows = []
    places = places_of(practices)
    other_names = {id(place): _other_names(place, places) for place in places}
    for place in places:
        lat, lon = place.point
        away = sorted(kilometres((lat, lon), _point(each.practice)) for each in place.named)
        regions = Counter(each.practice.region for each in place.named)
        spelt = [each.spelt for each in place.named]
        names = (_tidy(place.key, spelt), *other_names[id(place)])
        for name in names:
            rows.append(
                {
                    "name": name,
                    "county": place.county or "",
                    "region": regions.most_common(1)[0][0] or "",
                    "latitude": round(lat, 5),
                    "longitude": round(lon, 5),
                    "precision_km": max(LEAST_KM, round(away[-1 - len(away) // 10], 1)),
                    "practices": place.practices,
                }
            )
    named = Counter("-".join(tokens(row["name"])) for row in rows)
    for row in rows:
        own = "-".join(tokens(row["name"]))
        row["id"] = own if named[own] == 1 else "-".join([own, *tokens(row["county"] or row["region"])])
    return sorted(rows, key=lambda row: row["id"])


def _other_names(place: Place, places: list[Place]) -> tuple[str, ...]:
    """Those of the largest place that has this name."""
    names = OTHER_NAMES.get(place.key, ())
    largest = max((each for each in places if each.key == place.key), key=lambda p: p.practices)
    return names if place is largest else ()


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
