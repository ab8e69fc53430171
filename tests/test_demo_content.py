"""The demo: real networks truly told, an invented world that holds together and names nobody."""

import re
from collections import Counter, defaultdict
from dataclasses import asdict
from math import asin, cos, radians, sin, sqrt

import pytest

from app.reference.demo import Demo, DemoMember, ListedNetwork, read_demo, read_listed_networks
from app.reference.load import (
    nhs_england_regions,
    read_organisations,
    read_outcodes,
    read_professions,
    read_regions,
    read_topics,
)
from app.reference.roles import kind_of

KINDS = {"learning", "developmental", "advocacy", "managed", "social", "other"}
MEETS = {"virtual", "face_to_face", "hybrid"}
STAGES = {"planning", "formation", "maturation", "sustainability", "transition"}
TOPICS = {term.code for term in read_topics()}
PROFESSIONS = {term.code for term in read_professions()}
REGIONS = {term.code for term in read_regions()}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.fixture(scope="module")
def demo() -> Demo:
    return read_demo()


@pytest.fixture(scope="module")
def listed() -> list[ListedNetwork]:
    return list(read_listed_networks())


@pytest.fixture(scope="module")
def boards() -> dict[str, str | None]:
    return {row.code: row.region for row in read_organisations() if row.kind == "icb"}


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lat1, lon1), (lat2, lon2) = [tuple(map(radians, point)) for point in (one, other)]
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(half))


def test_listed_networks_use_our_terms(
    listed: list[ListedNetwork], boards: dict[str, str | None]
) -> None:
    assert len(listed) == 74 == len({network.slug for network in listed})
    for network in listed:
        assert SLUG.fullmatch(network.slug)
        assert len(network.slug) <= 80
        assert network.name
        assert network.purpose
        assert network.verified
        assert network.kind in KINDS
        assert network.meets is None or network.meets in MEETS
        assert network.topics
        assert set(network.topics) <= TOPICS
        assert network.region is None or network.region in REGIONS
        assert {boards[code] for code in network.icbs} <= nhs_england_regions()
        assert (network.latitude is None) is (not network.icbs) is (network.longitude is None)
        for url in (network.hosted_at, network.source, *(link.url for link in network.links)):
            assert url is None or re.match(r"https?://[a-z0-9.-]+/", url + "/"), url


def test_listed_networks_are_told_truly(listed: list[ListedNetwork]) -> None:
    by_slug = {network.slug: network for network in listed}
    greater_manchester = by_slug["greater-manchester-greener-practice-group"]
    assert greater_manchester.region == "Y62"
    assert greater_manchester.meets == "virtual"
    assert greater_manchester.latitude == pytest.approx(53.5, abs=0.1)
    assert greater_manchester.hosted_at == "https://gpexcellencegm.org.uk/sustainability/"
    assert by_slug["q-community"].region is None
    assert Counter(network.hosted_at is None for network in listed) == {False: 45, True: 29}
    unsure = [network for network in listed if "not verified" in network.verified]
    assert {network.source for network in unsure} == {None}


def test_the_demo_is_the_same_each_time(demo: Demo) -> None:
    assert demo == read_demo()
    assert [len(demo.practices), len(demo.people), len(demo.networks)] == [20, 64, 16]


def test_demo_codes_are_none_that_ods_issues(demo: Demo) -> None:
    real = {row.code for row in read_organisations()}
    codes = {practice.code for practice in demo.practices}
    assert len(codes) == len(demo.practices)
    assert not codes & real
    assert all(re.fullmatch(r"[A-Z0-9]{3,10}", code) for code in codes)
    assert {len(code) for code in codes} == {10}
    assert max(len(code) for code in real) == 6
    assert all(practice.kind == kind_of(practice.ods_roles) for practice in demo.practices)


def test_demo_places_lie_near_real_ones(demo: Demo) -> None:
    centres = [(outcode.latitude, outcode.longitude) for outcode in read_outcodes()]
    places = [(practice.latitude, practice.longitude) for practice in demo.practices]
    places += [(network.latitude, network.longitude) for network in demo.networks]
    points = [(lat, lon) for lat, lon in places if lat is not None and lon is not None]
    assert len(points) == 20 + 15
    for point in points:
        assert min(kilometres(point, centre) for centre in centres) < 10, point


def test_demo_people_use_our_terms(demo: Demo) -> None:
    codes = {practice.code for practice in demo.practices}
    assert len({person.key for person in demo.people}) == len(demo.people)
    assert len({person.display_name for person in demo.people}) == len(demo.people)
    for person in demo.people:
        assert person.profession in PROFESSIONS
        assert person.interests
        assert set(person.interests) <= TOPICS
        assert person.organisation is None or person.organisation in codes
        assert person.region in REGIONS
        assert "invented" in person.bio.lower()
    assert Counter(person.listed for person in demo.people).keys() == {True, False}
    assert [person.key for person in demo.people if person.operator] == [
        person.key for person in demo.people if person.persona == "operator"
    ]


def test_demo_networks_use_our_terms(demo: Demo, boards: dict[str, str | None]) -> None:
    codes = {practice.code for practice in demo.practices}
    earlier: dict[str, str] = {}
    for network in demo.networks:
        assert network.kind in KINDS
        assert network.meets in MEETS
        assert network.lifecycle_stage in STAGES
        assert network.join_policy in {"open", "request", "invite"}
        assert network.visibility in {"open", "restricted", "private", "confidential"}
        assert network.topics
        assert set(network.topics) <= TOPICS
        assert set(network.professions) <= PROFESSIONS
        assert network.region is None or network.region in REGIONS
        assert all(boards[code] == network.region for code in network.icbs)
        assert {*network.footprint, network.host_code or "DEMO000001"} <= codes
        assert network.parent_key is None or network.parent_key in earlier
        assert (network.slug is None) is (network.visibility == "confidential")
        assert network.slug is None or SLUG.fullmatch(network.slug)
        assert network.archived is (network.closing_note is not None)
        assert all(link.url.startswith("https://example.org/") for link in network.links)
        earlier[network.key] = network.name
    assert len(earlier) == len(demo.networks)
    slugs = {network.slug for network in demo.networks} - {None}
    assert not slugs & {network.slug for network in read_listed_networks()}


def test_demo_networks_show_the_whole_range(demo: Demo) -> None:
    def values(field: str) -> set[object]:
        return {asdict(network)[field] for network in demo.networks}

    assert values("visibility") == {"open", "restricted", "private", "confidential"}
    assert values("join_policy") == {"open", "request", "invite"}
    assert values("meets") == MEETS
    assert values("kind") >= KINDS - {"other"}
    assert values("lifecycle_stage") == STAGES
    assert sum(network.parent_key is not None for network in demo.networks) == 2
    assert sum(network.archived for network in demo.networks) == 1
    assert {"wales", "scotland"} <= values("region")


def spells(demo: Demo) -> dict[str, dict[str, DemoMember]]:
    networks: dict[str, dict[str, DemoMember]] = defaultdict(dict)
    for member in demo.members:
        assert member.person not in networks[member.network]
        networks[member.network][member.person] = member
    return networks


def test_memberships_obey_the_rules_of_the_product(demo: Demo) -> None:
    people = {person.key: person for person in demo.people}
    networks = {network.key: network for network in demo.networks}
    by_network = spells(demo)
    assert set(by_network) == set(networks)
    for key, members in by_network.items():
        network = networks[key]
        active = {person for person, spell in members.items() if spell.status == "active"}
        assert {members[person].role for person in active} >= {"facilitator"}
        assert set(members) <= set(people)
        waiting = {spell.status for spell in members.values()} - {"active", "left"}
        assert "requested" not in waiting or network.join_policy == "request"
        assert not (waiting and network.archived)
        for spell in members.values():
            assert spell.status in {"active", "requested", "invited", "left"}
            assert (spell.status == "left") is (spell.left_days_ago is not None)
            assert (spell.left_days_ago or 0) < network.founded_days_ago
            assert spell.role in {"facilitator", "member", "observer"}
            assert spell.representing in {None, people[spell.person].organisation}
        if network.parent_key is not None:
            parents = by_network[network.parent_key]
            assert all(parents[person].status == "active" for person in members)
    found = Counter((member.role, member.status) for member in demo.members)
    assert {"requested", "invited", "active", "left"} == {status for _, status in found}
    assert {"facilitator", "member", "observer"} == {role for role, _ in found}


def test_invitations_go_to_addresses_that_nobody_has(demo: Demo) -> None:
    networks = {network.key: network for network in demo.networks}
    assert demo.invitations
    for invitation in demo.invitations:
        assert invitation.address.endswith(".example.org")
        assert invitation.role in {"member", "observer"}
        assert networks[invitation.network].parent_key is None
        assert not networks[invitation.network].archived
    (lead,) = [person.key for person in demo.people if person.persona == "facilitator"]
    by_network = spells(demo)
    assert any(
        lead in by_network[one.network] and by_network[one.network][lead].role == "facilitator"
        for one in demo.invitations
    )


def test_the_three_personas_have_something_to_do(demo: Demo) -> None:
    personas = {person.persona: person for person in demo.people if person.persona is not None}
    assert set(personas) == {"operator", "facilitator", "member"}
    by_network = spells(demo)
    networks = {network.key: network for network in demo.networks}
    facilitator, member = personas["facilitator"].key, personas["member"].key
    leads = [
        networks[key]
        for key, members in by_network.items()
        if facilitator in members and members[facilitator].role == "facilitator"
    ]
    assert any(
        n.visibility == "open" and "asthma" in n.topics and n.kind == "learning" for n in leads
    )
    assert any(network.visibility == "private" for network in leads)
    assert any(
        spell.status == "requested"
        for network in leads
        for spell in by_network[network.key].values()
    )
    statuses = {members[member].status for members in by_network.values() if member in members}
    assert statuses == {"active", "requested", "invited"}
