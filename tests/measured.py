"""Measures for tests: a result with its author, and figures."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core.changes import change
from app.core.telling_of_results import told_of_result
from app.core.work import Work, perform
from app.models import Result
from tests.house import TestHouse, TestPerson
from tests.meetings import Group

Json = dict[str, Any]
DRAFT = {"title": "Fewer missed retinal screenings", "problem": "One in three missed it."}
CSV = {"Content-Type": "text/csv"}


def months(count: int, start: int = 2020) -> list[str]:
    """The first days of so many months."""
    return [f"{start + at // 12}-{at % 12 + 1:02}-01" for at in range(count)]


def counted(count: int, least: int = 40, of: int = 80) -> list[Json]:
    """Observations with a numerator that is far from small, and a denominator."""
    return [
        {"on": day, "numerator": least + (at * 7) % 13, "denominator": of}
        for at, day in enumerate(months(count))
    ]


def csv_of(observations: list[Json]) -> str:
    """The same as CSV."""
    rows = [f"{one['on']},{one['numerator']},{one['denominator']}" for one in observations]
    return "\n".join(["on,numerator,denominator", *rows])


@dataclass
class Study:
    """A result, who wrote it (Mel), who facilitates its network (Fay), and one of its measures."""

    group: Group
    result_id: str
    measure_id: str

    @classmethod
    async def of(cls, house: TestHouse, *, result: Json | None = None, **measure: Any) -> "Study":
        """A draft with a measure."""
        group = await Group.of(house)
        body = {**DRAFT, "network_id": group.network_id, **(result or {})}
        made = await group.mel.client.post("/v1/results", body)
        assert made.status_code == 201, made.text
        study = cls(group, made.json()["id"], "")
        study.measure_id = (await study.add(**measure))["id"]
        return study

    @property
    def path(self) -> str:
        """Of the measure."""
        return f"/v1/measures/{self.measure_id}"

    @property
    def author(self) -> TestPerson:
        """Who wrote the result."""
        return self.group.mel

    async def add(self, **measure: Any) -> Json:
        """A new measure of the result."""
        body = {"result_id": self.result_id, "name": "Screened within a year", **measure}
        made = await self.author.client.post("/v1/measures", body)
        assert made.status_code == 201, made.text
        found: Json = made.json()
        return found

    async def observe(self, observations: list[Json], measure_id: str = "") -> Json:
        """Replace the whole series."""
        path = f"/v1/measures/{measure_id or self.measure_id}/observations"
        answer = await self.author.client.put(path, {"observations": observations})
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def publish(self, **columns: Any) -> None:
        """Straight into the table, whatever publishing asks for."""
        values = {"status": "published", "audience": "network", **columns}
        statement = select(*Result.__table__.columns).where(Result.id == self.result_id)

        async def command(work: Work) -> None:
            (row,) = await work.fetch(object(), lambda: statement, {})
            change(work, "result.published", row, values, told_of_result({**row, **values}))

        await perform(self.group.house.app.rooms.house, command)
