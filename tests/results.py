"""Results for tests: a write-up that says enough, with a measure, published; and how to look at the rows."""

from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.changes import Told, change, create
from app.core.work import Work, perform
from app.models import Result
from tests.house import TestHouse, TestPerson

Json = dict[str, Any]
WHOLE: Json = {
    "title": "Fewer missed retinal screenings",
    "summary": "We called people the day before, and fewer missed it.",
    "topics": ["diabetes"],
    "problem": "One in three missed it.",
    "aim": {"text": "At most one in six by April."},
    "change": {"what": "We called people the day before."},
    "outcome": "improved",
    "licence": "CC-BY-4.0",
}
MEASURE: Json = {
    "position": 0, "name": "Missed screenings", "kind": "outcome", "operational_definition": None,
    "numerator_definition": None, "denominator_definition": None, "exclusions": None, "source": None, "unit": None,
    "frequency": "month", "chart": "p", "ruleset": "mdc", "improvement_direction": "decrease", "target": None,
    "baseline_points": None, "rebase": "[]", "exclude_on": "[]", "multiply": 1.0, "screen_moving_ranges": True,
    "observation_count": 0, "first_on": None, "last_on": None,
}  # fmt: skip


async def drafted(person: TestPerson, network_id: str, **more: Any) -> Json:
    """A draft that says enough but for its measure."""
    made = await person.client.post("/v1/results", {**WHOLE, "network_id": network_id, **more})
    assert made.status_code == 201, made.text
    found: Json = made.json()
    return found


async def measured(house: TestHouse, result: Json, **more: Any) -> str:
    """Straight into the table: a measure of this result."""
    row = {
        **MEASURE, "id": house.app.rooms.house.blind_id(), "result_id": result["id"],
        "network_id": result["network_id"], **more,
    }  # fmt: skip

    async def command(work: Work) -> None:
        told = Told(
            network_id=result["network_id"], tier=2, outer=False, reach="author", reach_network_id=result["id"]
        )  # fmt: skip
        create(work, "measure.created", row, told)

    await perform(house.app.rooms.house, command)
    return str(row["id"])


async def published(house: TestHouse, person: TestPerson, network_id: str, **more: Any) -> Json:
    """A result that its audience reads."""
    draft = await drafted(person, network_id, **more)
    if draft["kind"] not in ("story", "idea"):
        await measured(house, draft)
    return await publish(person, draft)


async def publish(person: TestPerson, result: Json, status: int = 200, **body: Any) -> Json:
    """Publish it, accepting the code of conduct with that."""
    path = f"/v1/results/{result['id']}/publish"
    answer = await person.client.post(path, {"conduct_version": 0, **body})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def withdraw(person: TestPerson, result: Json, status: int = 200) -> Json:
    """Take it back."""
    path = f"/v1/results/{result['id']}/withdraw"
    answer = await person.client.post(path, {"reason": "The figures were wrong."})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def edit(person: TestPerson, result: Json, status: int = 200, **body: Any) -> Json:
    """PATCH."""
    answer = await person.client.patch(f"/v1/results/{result['id']}", body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json() if answer.content else {}
    return found


async def read(person: Any, result: Json) -> Json | None:
    """GET; None where it is not there. `person` is a `TestPerson` or a client."""
    client = getattr(person, "client", person)
    answer = await client.get(f"/v1/results/{result['id']}")
    assert answer.status_code in (200, 404), answer.text
    found: Json | None = answer.json() if answer.status_code == 200 else None
    return found


async def listed(person: Any, **params: Any) -> list[Json]:
    """The items of the list, all its pages."""
    client = getattr(person, "client", person)
    found: list[Json] = []
    while True:
        answer = await client.get("/v1/results", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


async def heard(client: Any, since: str | None = None) -> tuple[list[Json], str]:
    """What the feed tells of results, and where to go on."""
    params: Json = {"limit": 100, "kind": "result"} | ({"cursor": since} if since else {})
    page = (await client.get("/v1/changes", params=params)).json()
    return page["items"], page["next_cursor"]


async def row_of(house: TestHouse, result: Json) -> Json:
    """The row as it stands in the database."""
    statement = select(*Result.__table__.columns).where(Result.id == result["id"])
    (row,) = await house.app.rooms.house.db.fetch(object(), lambda: statement, {})
    found: Json = row
    return found


async def rewritten(house: TestHouse, result: Json, **values: Any) -> None:
    """Straight into the table: what another part of the service, or another day, would have written."""
    row = await row_of(house, result)

    async def command(work: Work) -> None:
        told = Told(network_id=row["network_id"], tier=2, outer=False)
        change(work, "result.updated", row, values, told)

    await perform(house.app.rooms.house, command)


def on(day: str) -> date:
    """A day."""
    return date.fromisoformat(day)
