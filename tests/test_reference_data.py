"""The shipped facts: how many, whole, in a fixed order, and without telephone numbers."""

import csv
import io
import json
import re
from collections import Counter
from datetime import date
from importlib.resources import files
from itertools import pairwise

import pytest

from app.reference.load import (
    ATTRIBUTION,
    Organisation,
    Parent,
    nhs_england_regions,
    read_organisations,
    read_outcodes,
    read_professions,
    read_regions,
    read_topics,
    shipped_text,
)
from app.reference.roles import KIND_OF_ROLE, kind_of

NATIONS = {"england", "wales", "scotland", "northern_ireland"}
# Numbers of the United Kingdom as written in registers: 01642 672351, 0121 2550700, +44 ...
TELEPHONE = re.compile(r"(?<![\d.])(?:0|\+44 ?)\d{2,4}[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)")


@pytest.fixture(scope="module")
def organisations() -> dict[str, Organisation]:
    rows = list(read_organisations())
    by_code = {organisation.code: organisation for organisation in rows}
    assert len(by_code) == len(rows)
    return by_code


def test_the_counts(organisations: dict[str, Organisation]) -> None:
    kinds = Counter((row.kind, row.active) for row in organisations.values())
    assert kinds == {
        ("gp_practice", True): 6750,
        ("pcn", True): 1264,
        ("pcn", False): 65,
        ("sub_icb", True): 106,
        ("icb", True): 42,
        ("local_health_board", True): 7,
        ("region", True): 7,
    }
    assert len(list(read_outcodes())) == 2996
    assert len(list(read_topics())) == 107
    assert len(list(read_professions())) == 43
    assert len(list(read_regions())) == 11


def test_kind_comes_from_roles(organisations: dict[str, Organisation]) -> None:
    assert {
        row.code for row in organisations.values() if row.kind != kind_of(row.ods_roles)
    } == set()
    assert set(KIND_OF_ROLE.values()) >= {row.kind for row in organisations.values()}
    with pytest.raises(ValueError, match="RO999"):
        kind_of(["RO999"])


def test_practices_and_pcns_have_a_place(organisations: dict[str, Organisation]) -> None:
    for row in organisations.values():
        if row.kind in {"gp_practice", "pcn"}:
            assert row.latitude is not None
            assert row.longitude is not None
            assert 49.8 < row.latitude < 56.0, row
            assert -6.5 < row.longitude < 1.8, row
            assert row.postcode
            assert row.address
        else:
            assert [row.latitude, row.longitude, row.postcode] == [None] * 3


def test_regions_are_those_of_the_vocabulary(organisations: dict[str, Organisation]) -> None:
    assert {row.region for row in organisations.values()} == nhs_england_regions() | {
        "wales",
        "england",
    }
    assert {term.code for term in read_regions()} == nhs_england_regions() | NATIONS
    assert {
        row.code for row in organisations.values() if row.kind == "region"
    } == nhs_england_regions()
    wales = Counter(row.kind for row in organisations.values() if row.region == "wales")
    assert wales == {"gp_practice": 402, "local_health_board": 7}
    assert all(not r.active for r in organisations.values() if r.region == "england")


def test_parents_are_of_the_kind_that_their_relationship_says(
    organisations: dict[str, Organisation],
) -> None:
    unknown = set()
    for row in organisations.values():
        for parent in row.parents:
            if parent.code in organisations:
                assert organisations[parent.code].kind == parent.relationship
            else:
                unknown.add(parent)
    # Commissioning groups that are gone: only closed networks still name them.
    assert {parent.relationship for parent in unknown} == {"sub_icb"}
    assert len(unknown) == 8
    orphans = [row for row in organisations.values() if not row.parents]
    assert {row.kind for row in orphans} == {"region", "local_health_board"}


def test_a_practice_with_all_its_parents(organisations: dict[str, Organisation]) -> None:
    assert organisations["A81001"].parents == (
        Parent("QHM", "icb"),
        Parent("U89141", "pcn", date(2019, 10, 1)),
        Parent("Y63", "region"),
        Parent("16C", "sub_icb", date(2020, 4, 1)),
    )
    in_a_pcn = [
        row
        for row in organisations.values()
        if any(p.relationship == "pcn" and p.valid_to is None for p in row.parents)
    ]
    assert Counter(row.kind for row in in_a_pcn) == {"gp_practice": 6243}
    ended = [p for row in organisations.values() for p in row.parents if p.valid_to is not None]
    assert {parent.relationship for parent in ended} == {"pcn"}


def test_outcodes_lie_in_great_britain() -> None:
    outcodes = {outcode.outcode: outcode for outcode in read_outcodes()}
    assert (outcodes["S1"].latitude, outcodes["S1"].longitude) == pytest.approx(
        (53.38, -1.47), abs=0.02
    )
    assert all(49.8 < row.latitude < 60.9 for row in outcodes.values())
    assert all(-8.7 < row.longitude < 1.8 for row in outcodes.values())
    assert all(row.p90_km >= 0 for row in outcodes.values())


@pytest.mark.parametrize("name", ["organisations.csv", "outcodes.csv"])
def test_tables_are_sorted_plain_text(name: str) -> None:
    raw = files("app.reference").joinpath(name).read_bytes()
    assert b"\r" not in raw
    assert raw.isascii()
    codes = [row[0] for row in csv.reader(io.StringIO(raw.decode("ascii")))][1:]
    assert all(one < other for one, other in pairwise(codes))


@pytest.mark.parametrize("name", ["topics.json", "professions.json", "regions.json"])
def test_vocabularies_hold_each_code_once(name: str) -> None:
    terms = json.loads(shipped_text(name))
    assert all(set(term) == {"code", "label", "group"} and all(term.values()) for term in terms)
    assert len({term["code"] for term in terms}) == len(terms) == len({t["label"] for t in terms})
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{2,60}", term["code"]) for term in terms)


def test_no_file_holds_a_telephone_number() -> None:
    assert TELEPHONE.search("THE DENSHAM SURGERY,01642 672351,TS18")
    assert TELEPHONE.search("+44 1642 672351")
    looked_at = 0
    for file in files("app.reference").iterdir():
        if file.is_file() and not file.name.endswith((".py", ".pyc")):
            # Coordinates have as many digits as a telephone number, but a point among them.
            assert TELEPHONE.findall(file.read_text(encoding="utf-8")) == [], file.name
            looked_at += 1
    assert looked_at >= 6


def test_the_readme_carries_the_attribution() -> None:
    assert ATTRIBUTION in " ".join(shipped_text("README.md").split())
