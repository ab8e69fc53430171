"""ODS files are read as they stand; no kind is guessed from a code."""

import csv
import io
from collections import Counter
from datetime import date

import pytest

from app.exchange.ods import (
    SPEAKS_OF,
    FileKind,
    Partnership,
    parse,
    parse_organisations,
    parse_partnerships,
)
from app.exchange.ods.epraccur import SETTING_ROLES
from app.reference.load import Organisation, Parent, read_organisations
from app.reference.roles import kind_of
from tests.ods_samples import FILES, KINDS, SAMPLES, epraccur, sample


def only(content: bytes) -> Organisation:
    (organisation,) = parse_organisations(content, "epraccur")
    return organisation


@pytest.mark.parametrize(
    ("kind", "count"), [("epraccur", 424), ("etr", 37), ("pcn", 28), ("pcn-partners", 200)]
)
def test_every_row_of_a_sample_is_read(kind: FileKind, count: int) -> None:
    from_path = parse(SAMPLES / FILES[kind], kind)
    assert len(from_path) == count
    assert parse(sample(kind), kind) == from_path


def test_a_gp_practice_is_read_as_it_stands() -> None:
    assert only(epraccur()) == Organisation(
        code="A81001",
        name="THE DENSHAM SURGERY",
        kind="gp_practice",
        ods_roles=("RO177", "RO76"),
        active=True,
        valid_from=date(1974, 4, 1),
        valid_to=None,
        address="THE HEALTH CENTRE, LAWSON STREET, STOCKTON ON TEES, CLEVELAND",
        postcode="TS18 1HU",
        latitude=None,
        longitude=None,
        region="Y63",
        parents=(
            Parent("QHM", "icb"),
            Parent("Y63", "region"),
            Parent("16C", "sub_icb", date(2020, 4, 1)),
        ),
    )


@pytest.mark.parametrize(
    ("status", "active"), [("A", True), ("C", False), ("D", False), ("P", False)]
)
def test_status_says_whether_it_is_active(status: str, active: bool) -> None:
    assert only(epraccur(c13=status)).active is active


@pytest.mark.parametrize("setting", [*SETTING_ROLES, "99"])
def test_only_setting_4_is_a_gp_practice(setting: str) -> None:
    organisation = only(epraccur(c26=setting))
    expected = "gp_practice" if setting == "4" else "prescribing_cost_centre"
    assert organisation.kind == expected == kind_of(organisation.ods_roles)
    assert organisation.ods_roles == ("RO177", *SETTING_ROLES.get(setting, ()))


@pytest.mark.parametrize("code", ["U12345", "G7H8J", "RWR", "QHM"])
def test_kind_does_not_come_from_the_shape_of_the_code(code: str) -> None:
    assert only(epraccur(c1=code)).kind == "gp_practice"


def test_a_welsh_practice_has_a_health_board_and_no_icb() -> None:
    welsh = only(epraccur(c3="W00", c4="Q99", c15="7A1", c16="20031001"))
    assert welsh.region == "wales"
    assert welsh.parents == (Parent("7A1", "local_health_board", date(2003, 10, 1)),)


def test_a_practice_in_no_icb_of_england_has_a_hub_that_is_no_sub_icb() -> None:
    prison = epraccur(c4="Q99", c15="76A", c26="25")
    earlier = epraccur(c1="A81002", c15="76A")
    for organisation in parse_organisations(prison + earlier, "epraccur"):
        assert "sub_icb" not in {parent.relationship for parent in organisation.parents}
    # Without the row that gives the hub away, the commissioner counts as a sub-ICB.
    assert Parent("76A", "sub_icb", date(2020, 4, 1)) in only(earlier).parents


@pytest.mark.parametrize(
    ("closed", "has_icb"), [("20200331", False), ("20200401", True), ("", True)]
)
def test_what_closed_before_april_2020_names_an_area_team(closed: str, has_icb: bool) -> None:
    relationships = {parent.relationship for parent in only(epraccur(c12=closed)).parents}
    assert ("icb" in relationships) is has_icb


@pytest.mark.parametrize(("grouping", "region"), [("Y63", "Y63"), ("Y54", "england"), ("", None)])
def test_a_region_is_one_of_today_or_the_nation(grouping: str, region: str | None) -> None:
    organisation = only(epraccur(c3=grouping))
    assert organisation.region == region
    assert (
        [p.code for p in organisation.parents if p.relationship == "region"] == [grouping]
    ) is bool(grouping)


def test_trusts_pcns_and_partnerships() -> None:
    trusts = {trust.code: trust for trust in parse_organisations(sample("etr"), "etr")}
    assert {trust.kind for trust in trusts.values()} == {"trust"}
    assert trusts["R0A"].parents == (Parent("QOP", "icb"), Parent("Y62", "region"))
    assert Counter(trust.region == "wales" for trust in trusts.values())[True] == 3
    assert all(trust.active is (trust.valid_to is None) for trust in trusts.values())
    assert not all(trust.active for trust in trusts.values())
    pcns = parse_organisations(sample("pcn"), "pcn")
    assert {pcn.kind for pcn in pcns} == {"pcn"}
    assert {pcn.active for pcn in pcns} == {True, False}
    assert pcns[0].parents == (Parent("36L", "sub_icb"),)
    assert pcns[0].region is None
    partners = parse_partnerships(sample("pcn-partners"))
    assert partners[0] == Partnership("A81001", "U89141", date(2019, 10, 1), None)
    assert any(partner.valid_to for partner in partners)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_tells_only_the_relationships_it_speaks_of(kind: FileKind) -> None:
    told = {
        parent.relationship
        for row in parse(sample(kind), kind)
        if isinstance(row, Organisation)
        for parent in row.parents
    }
    assert told == (set() if kind == "pcn-partners" else SPEAKS_OF[kind])


def test_shipped_practices_are_what_the_file_says() -> None:
    shipped = {organisation.code: organisation for organisation in read_organisations()}
    compared = 0
    for organisation in parse_organisations(sample("epraccur"), "epraccur"):
        if organisation.active and organisation.kind == "gp_practice":
            ours = shipped[organisation.code]
            told = tuple(p for p in ours.parents if p.relationship in SPEAKS_OF["epraccur"])
            same = ("name", "kind", "ods_roles", "valid_from", "address", "postcode", "region")
            assert [getattr(ours, f) for f in same] == [getattr(organisation, f) for f in same]
            assert told == organisation.parents
            compared += 1
    assert compared == 166


@pytest.mark.parametrize("kind", KINDS)
def test_no_telephone_number_is_in_a_sample(kind: FileKind) -> None:
    rows = list(csv.reader(io.StringIO(sample(kind).decode())))
    if kind in {"epraccur", "etr"}:
        assert {row[17] for row in rows} == {""}
