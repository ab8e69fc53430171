"""Coverage of a patch: worked out anew by slow plain Python, and nothing small in it."""

import csv
import io
import random
from collections import defaultdict
from functools import partial
from typing import Any

import orjson
import pytest
from sqlalchemy import Text, cast, select

from app.db.types import JsonText
from app.features.coverage.hiding import kept_back, number_of, share_of
from app.models import (
    Adoption,
    Base,
    Member,
    Network,
    Organisation,
    OrganisationParent,
    Person,
    Result,
)
from tests.house import TestHouse, TestPerson
from tests.reference import load_small
from tests.results import published

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
TOPICS = ("asthma", "copd", "diabetes")
VISIBILITIES = ("open", "open", "restricted", "private", "confidential")
STAGES = ("planning", "adopted", "sustained")


async def tables(house: TestHouse) -> dict[str, list[Json]]:
    """All rows that coverage may look at."""
    found = {}
    for model in (Network, Person, Member, Organisation, OrganisationParent, Result, Adoption):
        table = Base.metadata.tables[model.__tablename__]
        columns = [
            cast(c, Text).label(c.name) if isinstance(c.type, JsonText) else c
            for c in table.columns
        ]
        key = ("all rows of", table.name)
        found[table.name] = await house.app.rooms.house.db.fetch(key, partial(select, *columns), {})
    return found


class Story:
    """A random world around one ICB, made through the API."""

    def __init__(self, house: TestHouse, rows: dict[str, list[Json]]) -> None:
        """Begin with nothing."""
        self.house, self.chance = house, random.Random(7)
        within: dict[str, list[str]] = defaultdict(list)
        kinds = {row["code"]: row["kind"] for row in rows["organisation"] if row["active"]}
        for row in rows["organisation_parent"]:
            if row["relationship"] == "icb" and kinds.get(row["code"]) in ("gp_practice", "pcn"):
                within[row["parent_code"]].append(row["code"])
        self.icb = max(within, key=lambda code: len(within[code]))
        elsewhere = next(code for code in within if code != self.icb)
        self.codes = [*self.chance.sample(within[self.icb], 30), *within[elsewhere][:3], None]

    async def tell(self) -> None:
        """Networks of all visibilities, a sub-group, an archived one; members, leavers; adoptions."""
        people = [
            await self.house.person(f"Person {n}", organisation_code=self.chance.choice(self.codes))
            for n in range(40)
        ]
        nets = [await self._network(people[n], n) for n in range(8)]
        nets.append(await self._network(people[0], 8, parent_id=nets[0]))
        for net in nets:
            for person in self.chance.sample(people, 12):
                joined = await person.client.post(f"/v1/networks/{net}/join", {})
                if joined.status_code != 201:
                    continue
                member = joined.json()["id"]
                if self.chance.random() < 0.3:
                    body = {"representing": self.chance.choice(self.codes[:-1])}
                    await person.client.patch(f"/v1/members/{member}", body)
                elif self.chance.random() < 0.2:
                    await person.client.delete(f"/v1/members/{member}")
        for number, visibility in enumerate(VISIBILITIES):
            await people[number].client.patch(
                f"/v1/networks/{nets[number]}", {"visibility": visibility}
            )
        await people[5].client.post(f"/v1/networks/{nets[5]}/archive", {"closing_note": "Done."})
        await self._adoptions(people, nets)
        await people[-1].client.delete("/v1/me")

    async def _network(self, by: TestPerson, number: int, **more: Any) -> str:
        topics = self.chance.sample(TOPICS, self.chance.randint(0, 3))
        body = {
            "name": f"Network {number}",
            "purpose": "To learn.",
            "join_policy": "open",
            "topics": topics,
        }
        made = await by.client.post("/v1/networks", {**body, **more})
        return str(made.json()["id"])

    async def _adoptions(self, people: list[TestPerson], nets: list[str]) -> None:
        for number, audience in ((0, "public"), (1, "network"), (2, "public")):
            result = await published(
                self.house, people[number], nets[number], audience=audience, topics=["asthma"]
            )
            for person in people[6:30]:
                code = await self._where(person)
                if code is not None:
                    path = f"/v1/results/{result['id']}/adoptions/{code}"
                    body = {"stage": self.chance.choice(STAGES), "effect": "unknown"}
                    await person.client.put(path, body)

    async def _where(self, person: TestPerson) -> str | None:
        me = (await person.client.get("/v1/me")).json()
        return None if me["organisation"] is None else str(me["organisation"]["code"])


def expected(rows: dict[str, list[Json]], icb: str, topic: str | None) -> Json:
    """The counts, one row at a time."""
    kinds = {row["code"]: row["kind"] for row in rows["organisation"] if row["active"]}
    parents: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows["organisation_parent"]:
        parents[row["code"]].add((row["relationship"], row["parent_code"]))
    here = {
        code for code, kind in kinds.items()
        if kind in ("gp_practice", "pcn") and ("icb", icb) in parents[code]
    }  # fmt: skip
    work = {row["id"]: row["organisation_code"] for row in rows["person"] if not row["erased_at"]}
    nets = {row["id"]: row for row in rows["network"]}
    reached: dict[str, set[str]] = defaultdict(set)  # topic or "" -> codes
    for spell in rows["member"]:
        net = nets[spell["network_id"]]
        topics = orjson.loads(net["topics"])
        code = spell["representing"] or work.get(spell["person_id"]) or ""
        front, above = net["visibility"] in ("open", "restricted"), nets.get(net["parent_id"] or "")
        if above is not None:
            front = front and above["visibility"] in ("open", "restricted")
        if spell["status"] != "active" or code not in here or not front or net["archived_at"]:
            continue
        if topic is not None and topic not in topics:
            continue
        practices_pcns = {parent for kind, parent in parents[code] if kind == "pcn"} & here
        for about in ("", *topics):
            reached[about] |= {code, *practices_pcns}
    said = {}
    for about, codes in reached.items():
        said[about] = tuple(
            sum(kinds[code] == kind for code in codes) for kind in ("gp_practice", "pcn")
        )
    public = {
        row["id"] for row in rows["result"]
        if row["audience"] == "public" and row["status"] == "published" and not row["hidden_on"]
        and nets[row["network_id"]]["visibility"] == "open"
        and (topic is None or topic in orjson.loads(row["topics"]))
    }  # fmt: skip
    adoptions = [
        row for row in rows["adoption"]
        if row["organisation_code"] in here and row["counted"] and not row["hidden_on"]
        and row["result_id"] in public
    ]  # fmt: skip
    return {
        "totals": tuple(
            sum(kinds[code] == kind for code in here) for kind in ("gp_practice", "pcn")
        ),
        "reached": {about: found for about, found in said.items() if topic is None or about == ""},
        "stages": {stage: sum(row["stage"] == stage for row in adoptions) for stage in STAGES},
        "organisations": len({row["organisation_code"] for row in adoptions}),
        "results": len({row["result_id"] for row in adoptions}),
    }


def told(found: Json) -> Json:
    """The same of an answer."""
    by_topic = {topic["code"]: topic for topic in found["topics"]}
    return {
        "totals": (found["practices"]["total"], found["pcns"]["total"]),
        "reached": {
            about: (one["practices"]["covered"], one["pcns"]["covered"])
            for about, one in {"": found, **by_topic}.items()
        },
        "stages": {
            one["stage"]: one["value"]
            for one in found["spread"]["stages"]
            if one["stage"] in STAGES
        },
        "organisations": found["spread"]["organisations"]["value"],
        "results": found["spread"]["results"]["value"],
    }


async def test_as_worked_out_by_hand(own_url: str) -> None:
    async with TestHouse.over(own_url, small_number_threshold=0) as house:
        await load_small(house.app.rooms.house)
        story = Story(house, await tables(house))
        await story.tell()
        rows, reader = await tables(house), await house.person("Rita")
        for topic in (None, *TOPICS):
            params = {"icb": story.icb, **({} if topic is None else {"topic": topic})}
            found = (await reader.client.get("/v1/coverage", params=params)).json()
            right = expected(rows, story.icb, topic)
            assert told(found) == {**right, "reached": {"": (0, 0), **right["reached"]}}, topic
            assert right["reached"][""][0] > 3
            assert (right["organisations"] > 3) == (topic in (None, "asthma"))


async def test_a_region_is_the_sum_of_its_icbs_and_the_csv_says_the_same(own_url: str) -> None:
    async with TestHouse.over(own_url, small_number_threshold=0) as house:
        await load_small(house.app.rooms.house)
        story = Story(house, await tables(house))
        await story.tell()
        rows, reader = await tables(house), await house.person("Rita")
        region = next(row["region"] for row in rows["organisation"] if row["code"] == story.icb)
        found = (await reader.client.get("/v1/coverage", params={"region": region})).json()
        for icb in found["icbs"]:
            alone = await reader.client.get("/v1/coverage", params={"icb": icb["code"]})
            for kind in ("practices", "pcns"):
                assert icb[kind] == alone.json()[kind]
        covered = [icb["practices"]["covered"] for icb in found["icbs"]]
        assert found["practices"]["covered"] == sum(covered) > 0
        answer = await reader.client.get("/v1/coverage", params={"region": region, "format": "csv"})
        lines = list(csv.DictReader(io.StringIO(answer.text)))
        assert lines[0]["value"] == str(found["practices"]["covered"])
        count = 2 * (1 + len(found["icbs"]) + len(found["topics"])) + 3 + 7
        assert len(lines) == count


async def test_small_numbers_are_left_out(own_url: str) -> None:
    async with TestHouse.over(own_url) as house:
        await load_small(house.app.rooms.house)
        story = Story(house, await tables(house))
        await story.tell()
        rows, reader = await tables(house), await house.person("Rita")
        right = expected(rows, story.icb, None)
        found = (await reader.client.get("/v1/coverage", params={"icb": story.icb})).json()
        said = told(found)
        for about, counts in right["reached"].items():
            for count, total, every, shown in zip(
                counts, right["totals"], right["reached"][""], said["reached"][about], strict=True
            ):
                small = any(0 < one <= 7 for one in (count, total - count, every - count))
                assert shown == (None if small else count)
        assert all(value is None or value > 7 or value == 0 for value in said["stages"].values())
        # Asked for by itself a topic says what it says among the others.
        for one in found["topics"]:
            params = {"icb": story.icb, "topic": one["code"]}
            alone = (await reader.client.get("/v1/coverage", params=params)).json()
            assert (alone["practices"], alone["pcns"]) == (one["practices"], one["pcns"])


@pytest.mark.parametrize(
    ("params", "code", "pointer"),
    [
        ({}, "icb_or_region", "?icb"),
        ({"icb": "QHM", "region": "Y63"}, "icb_or_region", "?icb"),
        ({"icb": "A81001"}, "unknown_reference", "?icb"),
        ({"icb": "QZZ"}, "unknown_reference", "?icb"),
        ({"icb": "QHM", "topic": "witchcraft"}, "unknown_reference", "?topic"),
    ],
)
async def test_what_is_no_patch_is_refused(
    reference_house: TestHouse, params: Json, code: str, pointer: str
) -> None:
    reader = await reference_house.person("Rita")
    answer = await reader.client.get("/v1/coverage", params=params)
    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [(code, pointer)]


async def test_nobody_signed_in_is_asked_who_they_are(house: TestHouse) -> None:
    assert (await house.anonymous.get("/v1/coverage", params={"icb": "QHM"})).status_code == 401


def test_no_count_that_is_left_out_can_be_worked_out() -> None:
    """Of what adds up to a total that is shown, at least two are missing, and not both need be small."""
    chance = random.Random(1)
    shown = 0
    for _ in range(2_000):
        cells = {str(n): chance.choice((0, 1, 3, 7, 8, 20)) for n in range(chance.randint(1, 7))}
        hidden = kept_back(cells, 7)
        assert {key for key, count in cells.items() if 0 < count <= 7} <= hidden
        if hidden and hidden != set(cells):
            shown += 1
            assert len(hidden) > 1
            assert sum(cells[key] for key in hidden) > 7
    assert shown > 500


def test_a_sum_of_what_is_left_out_is_left_out() -> None:
    small = share_of(3, 40, 7)
    assert small == {"total": 40, "covered": None, "share": None, "suppressed": True}
    assert share_of(35, 40, 7)["suppressed"]
    assert share_of(20, 80, 7, parts=[share_of(17, 40, 7), small])["suppressed"]
    assert share_of(20, 40, 7)["share"] == 0.5
    # Of all that are covered, so few are not about this topic.
    assert share_of(20, 40, 7, every=25)["suppressed"]
    assert not share_of(20, 40, 7, every=28)["suppressed"]
    assert share_of(0, 0, 7) == {"total": 0, "covered": 0, "share": None, "suppressed": False}
    assert number_of(7, 7) == {"value": None, "suppressed": True}
    assert number_of(8, 7)["value"] == 8
