"""Results for tests of what others say to them, published straight into the database, and people of practices."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from app.core.adoption_counts import recount
from app.core.changes import change
from app.core.fetching import facts, sight_member_network
from app.core.telling_of_results import told_of_result
from app.core.work import Work, perform
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Adoption, Organisation, Result
from tests.house import TestHouse, TestPerson
from tests.meetings import Group

Json = dict[str, Any]
DRAFT = {"title": "Fewer missed retinal screenings", "problem": "One in three missed it."}
REPORT = {"stage": "adopted", "effect": "better"}
CODES = tuple(f"X{number:05}" for number in range(60))


async def organisations(house: TestHouse, *codes: str) -> None:
    """Practices, straight into the database, unless they are there."""

    async def command(work: Work) -> None:
        there = await work.fetch(("tests: codes",), lambda: select(Organisation.code), {})
        for code in sorted(set(codes) - {row["code"] for row in there}):
            work.insert(
                Organisation,
                {
                    "code": code, "name": f"PRACTICE {code}", "kind": "gp_practice", "active": True, "ods_roles": "[]",
                    "parents": "[]", "successors": "[]", "updated_at": work.now, "search_name": "", "search_topics": "",
                    "search_purpose": "", "search_front": "", "search_inside": "",
                },
            )  # fmt: skip

    await perform(house.app.rooms.house, command)


def _result() -> Any:
    return select(*facts(Result)).where(Result.id == bindparam("result_id", type_=ID))


async def edit_result(house: TestHouse, result_id: str, **values: Any) -> None:
    """What an author's edit does to a result, and to what counts; straight into the database."""

    async def command(work: Work) -> None:
        row = await fetch_one(work, "tests: result", _result, {"result_id": result_id})
        assert row is not None
        network = await sight_member_network(work, row["network_id"])
        new = {**row, **values}
        counted = await recount(work, network, new)
        change(work, "result.updated", row, {**values, **counted}, told_of_result(new))

    await perform(house.app.rooms.house, command)


@dataclass
class Shared:
    """An open network with practices, and a result by Ann of the first of them, with no word of who wrote it."""

    house: TestHouse
    group: Group
    ann: TestPerson
    result: Json

    @classmethod
    async def of(cls, house: TestHouse, **fields: Any) -> "Shared":
        """The result for everybody, attributed to nobody unless `fields` say otherwise."""
        await organisations(house, *CODES[:8])
        group = await Group.of(house, visibility="open")
        ann = await house.person("Ann Author", organisation_code=CODES[0])
        await group.join(ann)
        shared = cls(house, group, ann, {})
        given = {"attribution": "network_only", "audience": "public", "organisation": CODES[0]}
        shared.result = await shared.published(ann, **{**given, **fields})
        return shared

    async def published(self, author: TestPerson, **fields: Any) -> Json:
        """A result of this author in the network, published."""
        body = {**DRAFT, "network_id": self.group.network_id, **fields}
        made = await author.client.post("/v1/results", body)
        assert made.status_code == 201, made.text
        found: Json = made.json()
        await self.edit(found["id"], status="published", published_on=date(2026, 3, 2))
        return found

    async def edit(self, result_id: str, **values: Any) -> None:
        """What an author's edit does to a result, and to what counts."""
        await edit_result(self.house, result_id, **values)

    async def person(self, name: str, code: str | None, *, join: bool = True) -> TestPerson:
        """Somebody of a practice, and by default of the network."""
        person = await self.house.person(name, organisation_code=code)
        if join:
            await self.group.join(person)
        return person

    async def report(
        self, who: TestPerson, code: str, status: int | None = None, **fields: Any
    ) -> Json:
        """PUT an adoption; `status` is what it must answer, by default 200 or 201."""
        path = f"/v1/results/{self.result['id']}/adoptions/{code}"
        answer = await who.client.put(path, {**REPORT, **fields})
        assert answer.status_code in ((200, 201) if status is None else (status,)), answer.text
        found: Json = answer.json()
        return found

    async def summary(self, client: Any) -> Json:
        """The adoptions in numbers, as this client reads them on the result."""
        answer = await client.get(f"/v1/results/{self.result['id']}")
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()["adoptions"]
        return found

    async def listed(self, client: Any, **params: str) -> list[Json]:
        """The adoptions of the result that this client lists."""
        params = {"result_id": self.result["id"], "limit": "100", **params}
        answer = await client.get("/v1/adoptions", params=params)
        assert answer.status_code == 200, answer.text
        found: list[Json] = answer.json()["items"]
        return found

    async def rows(self) -> list[Json]:
        """All adoptions of the result as they stand in the database."""
        statement = (
            select(*facts(Adoption))
            .where(Adoption.result_id == self.result["id"])
            .order_by(Adoption.organisation_code, Adoption.id)
        )
        return await self.house.app.rooms.house.db.fetch(object(), lambda: statement, {})
