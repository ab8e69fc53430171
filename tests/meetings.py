"""Meetings for tests: a network with its people, and how to plan, answer and look."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select

from app.core.changes import Told, create
from app.core.work import Work, perform
from app.models import Action, Attendance, Change, Meeting, MeetingException, Minutes
from tests.house import TestHouse, TestPerson

Json = dict[str, Any]
SINGLE = {"title": "What we learnt about inhalers", "starts_at": "2027-03-17T12:30:00Z"}
SERIES = {
    "title": "Third Wednesday",
    "local_start": "2027-03-17T12:30:00",
    "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=12",
}
TABLES = (Meeting, MeetingException, Attendance, Minutes, Action, Change)


def _itself(statement: Any) -> Any:
    return statement


@dataclass
class Group:
    """A network, who facilitates it, and a member."""

    house: TestHouse
    network_id: str
    fay: TestPerson
    mel: TestPerson

    @classmethod
    async def of(cls, house: TestHouse, **network: Any) -> "Group":
        """A network that anybody may join, and one who did."""
        fay, mel = await house.person("Fay Green"), await house.person("Mel Brown")
        body = {"name": "Asthma", "purpose": "Fewer attacks", "join_policy": "open", **network}
        made = (await fay.client.post("/v1/networks", body)).json()
        group = cls(house, made["id"], fay, mel)
        await group.join(mel)
        return group

    async def join(self, person: TestPerson) -> None:
        """Somebody becomes a member."""
        await person.client.post(f"/v1/networks/{self.network_id}/join", {})

    async def plan(self, body: Json, **more: Any) -> Json:
        """A new meeting, confirmed unless it says something else."""
        body = {"network_id": self.network_id, "status": "confirmed", **body, **more}
        made = await self.fay.client.post("/v1/meetings", body)
        assert made.status_code == 201, made.text
        found: Json = made.json()
        return found

    async def edit(self, meeting: Json, body: Json, status: int = 200, **params: str) -> Json:
        """PATCH by the facilitator."""
        path = f"/v1/meetings/{meeting['id']}"
        answer = await self.fay.client.patch(path, body, params=params)
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    async def do(self, meeting: Json, verb: str, status: int = 200, body: Any = None) -> Json:
        """POST a verb by the facilitator."""
        answer = await self.fay.client.post(f"/v1/meetings/{meeting['id']}/{verb}", body)
        assert answer.status_code == status, answer.text
        found: Json = answer.json()
        return found

    async def row(self, meeting: Json) -> Json:
        """The row as it stands in the database, with its exceptions by occurrence."""
        statement = select(*Meeting.__table__.columns).where(Meeting.id == meeting["id"])
        differs = (
            select(*MeetingException.__table__.columns)
            .where(MeetingException.meeting_id == meeting["id"])
            .order_by(MeetingException.occurrence)
        )
        db = self.house.app.rooms.house.db
        (row,) = await db.fetch(object(), lambda: statement, {})
        exceptions = await db.fetch(object(), lambda: differs, {})
        return {**row, "exceptions": {one["occurrence"]: one for one in exceptions}}

    async def answer(
        self, meeting: Json, person: TestPerson, occurrence: str = "", **more: Any
    ) -> str:
        """Straight into the table: that somebody said they would come."""
        row: Json = {
            "id": self.house.app.rooms.house.new_id(), "meeting_id": meeting["id"], "network_id": self.network_id,
            "occurrence": occurrence, "person_id": person.id, "answer": "accepted", "place": "held", "queue": None,
            "came": None, "recorded_by": None, "recorded_at": None, **more,
        }  # fmt: skip

        async def command(work: Work) -> None:
            told = Told(network_id=self.network_id, person_id=person.id, tier=2, outer=False)
            create(work, "attendance.answered", {**row, "answered_at": work.now}, told)

        await perform(self.house.app.rooms.house, command)
        return str(row["id"])

    async def note(self, model: Any, meeting: Json, occurrence: str = "", **more: Any) -> str:
        """Straight into the table: minutes or an action."""
        minutes: Json = {
            "text": "Agreed",
            "published_text": None,
            "published_at": None,
            "edition": 0,
        }
        action: Json = {
            "title": "Do it", "detail": None, "owner_id": None, "due_on": None, "done_at": None, "done_by": None,
            "created_by": None,
        }  # fmt: skip
        row: Json = {
            "id": self.house.app.rooms.house.new_id(), "meeting_id": meeting["id"], "network_id": self.network_id,
            "occurrence": occurrence, **(minutes if model is Minutes else action), **more,
        }  # fmt: skip

        async def command(work: Work) -> None:
            told = Told(network_id=self.network_id, tier=2, outer=False)
            create(work, f"{model.__tablename__}.created", row, told)

        await perform(self.house.app.rooms.house, command)
        return str(row["id"])

    async def where(self, model: Any, row_id: str) -> tuple[str, str]:
        """The meeting and the occurrence that a record hangs on."""
        statement = select(model.meeting_id, model.occurrence).where(model.id == row_id)
        (row,) = await self.house.app.rooms.house.db.fetch(object(), lambda: statement, {})
        return row["meeting_id"], row["occurrence"]

    async def keys(self, meeting: Json) -> set[str]:
        """The occurrences that anybody answered."""
        statement = select(Attendance.occurrence).where(Attendance.meeting_id == meeting["id"])
        rows = await self.house.app.rooms.house.db.fetch(object(), lambda: statement, {})
        return {row["occurrence"] for row in rows}

    async def state(self) -> tuple[Any, ...]:
        """Counts of rows and the versions of meetings: the same before and after what is refused."""
        db = self.house.app.rooms.house.db
        found: list[Any] = []
        for model in TABLES:
            count = select(func.count().label("n")).select_from(model)
            (row,) = await db.fetch(object(), partial(_itself, count), {})
            found.append(row["n"])
        versions = select(Meeting.id, Meeting.version, Meeting.sequence).order_by(Meeting.id)
        rows = await db.fetch(object(), lambda: versions, {})
        return (*found, *((row["id"], row["version"], row["sequence"]) for row in rows))

    async def feed(self, client: Any, since: str | None = None) -> tuple[list[Json], str]:
        """What this client hears, and where to go on."""
        params: Json = {"limit": 100} | ({"cursor": since} if since else {})
        page = (await client.get("/v1/changes", params=params)).json()
        return page["items"], page["next_cursor"]
