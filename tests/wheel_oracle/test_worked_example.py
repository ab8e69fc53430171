"""The network of docs/wheel-worked-example.md, built from the tables of that page, and its wheel held against it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core.ids import blind_id, new_id
from tests.house import TestHouse
from tests.wheel_oracle.tables import Row, insert

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).parents[2] / "docs" / "wheel-worked-example.md"
Cells = dict[str, str]
BEGAN = datetime(2024, 1, 10, tzinfo=UTC)
CODES = ("ZZ001", "ZZ002", "ZZ003", "ZZ004", "ZZ005", "ZZ006")


def tables_of(page: str) -> dict[str, list[Cells]]:
    """The table below each heading: one dictionary for each line, by the names of the columns."""
    found: dict[str, list[Cells]] = {}
    heading = ""
    columns: list[str] = []
    for line in page.splitlines():
        if line.startswith("#"):
            heading, columns = line.lstrip("# "), []
        if not line.startswith("|") or line.startswith("|---"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not columns:
            columns = cells
            continue
        found.setdefault(heading, []).append(dict(zip(columns, cells, strict=True)))
    return found


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def midnight(text: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None


def noon(text: str) -> datetime | None:
    at = midnight(text)
    return at and at + timedelta(hours=12)


def people_in(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(",") if name.strip()]


@dataclass
class Example:
    """The rows that the tables of the page say."""

    page: dict[str, list[Cells]]
    people: dict[str, str]
    network_id: str = field(default_factory=new_id)
    rows: list[tuple[str, Row]] = field(default_factory=list)

    def add(self, table: str, at: datetime | None, **columns: Any) -> str:
        stamps = dict.fromkeys(("created_at", "updated_at", "outer_updated_at"), at or BEGAN)
        row_id: str = columns.pop("id", None) or new_id()
        row = {"id": row_id, "version": 1, "outer_version": 1, **stamps, **columns}
        self.rows.append((table, row))
        return row_id

    def tell(self) -> "Example":
        for code in CODES:
            organisation = {"code": code, "name": code, "kind": "gp_practice", "active": True}
            self.rows.append(("organisation", organisation))
        self._network(self.network_id, "open")
        terms = [("topic", "asthma"), ("topic", "copd")]
        terms += [("footprint", code) for code in CODES if code != "ZZ004"]
        for kind, code in terms:
            term = {"network_id": self.network_id, "field": kind, "code": code}
            self.rows.append(("network_term", term))
        self.rows.append(("network_purpose", {
            "id": new_id(), "network_id": self.network_id, "purpose": "To learn.", "from_at": BEGAN,
        }))  # fmt: skip
        for tell in (
            self._members, self._charter, self._meetings, self._results, self._decisions, self._duties,
            self._asks, self._subgroups, self._survey,
        ):  # fmt: skip
            tell()
        return self

    def _network(self, network_id: str, visibility: str, **columns: Any) -> None:
        shown = 1 if visibility == "open" else 0
        common: Row = {
            "id": network_id, "slug": network_id, "name": "A network", "purpose": "To learn.",
            "visibility": visibility, "join_policy": "open", "kind": "learning", "root_id": self.network_id,
            "depth": 0, "parent_tier": shown, "root_tier": shown, "outer_tier": shown, "open_inside": shown == 1,
            "name_updated_at": BEGAN, "member_count": 0,
        }  # fmt: skip
        self.add("network", BEGAN, **(common | columns))

    def _spell(
        self, network_id: str, name: str, joined: str, left: str = "", **columns: Any
    ) -> str:
        return self.add(
            "member", midnight(joined), network_id=network_id, person_id=self.people[name], role="member",
            status="left" if left else "active", joined_at=midnight(joined), ended_at=midnight(left), **columns,
        )  # fmt: skip

    def _members(self) -> None:
        for row in self.page["Members"]:
            member = self._spell(
                self.network_id,
                row["who"],
                row["joined"],
                row["left"],
                representing=row["represents"] or None,
            )
            if row["facilitator from"]:
                self.rows.append(("member_role", {
                    "id": new_id(), "member_id": member, "role": "facilitator",
                    "from_at": midnight(row["facilitator from"]), "to_at": midnight(row["to"]),
                }))  # fmt: skip

    def _charter(self) -> None:
        for row in self.page["Charter"]:
            version = {"network_id": self.network_id, "version": int(row["version"])}
            self.rows.append(("charter_version", version | {"from_at": noon(row["from"])}))
            for name in people_in(row["accepted by"]):
                accepted = {"person_id": self.people[name], "accepted_at": noon(row["from"])}
                self.rows.append(("charter_acceptance", version | accepted))

    def _meetings(self) -> None:
        for row in self.page["Meetings"]:
            at, secret = noon(row["when"]), row["Chatham House Rule"] == "yes"
            meeting = self.add(
                "meeting", BEGAN, network_id=self.network_id, title="A meeting", starts_at=at, begins_at=at,
                local_start=f"{row['when']}T12:00:00", timezone="UTC", duration_minutes=60, ends_at=at,
                mode=row["mode"], status=row["status"], announced_at=BEGAN, attendance_hidden=secret,
                confidentiality="chatham_house" if secret else "members",
            )  # fmt: skip
            for column, came in (("came", True), ("did not come", False)):
                for name in people_in(row[column]):
                    self.add(
                        "attendance", at, meeting_id=meeting, network_id=self.network_id, occurrence="",
                        person_id=self.people[name], came=came,
                    )  # fmt: skip

    def _results(self) -> None:
        known: dict[str, str] = {}
        for row in self.page["Results"]:
            on = row["published"] or "2025-06-01"
            result = known[row["result"]] = self.add(
                "result", midnight(on), id=blind_id(), network_id=self.network_id, title=row["result"], kind="project",
                outcome=row["outcome"], attribution=row["attribution"], audience="network", status=row["status"],
                published_on=day(row["published"]), listed_on=day(on), withdrawn_on=day(row["withdrawn"]),
            )  # fmt: skip
            self.rows.append(("result_topic", {"result_id": result, "code": row["topic"]}))
            author = {"result_id": result, "person_id": self.people[row["author"]]}
            self.rows.append(("result_author", author | {"position": 0, "removed": False}))
        for row in self.page["Feedback"]:
            self.add(
                "feedback", midnight(row["on"]), id=blind_id(), result_id=known[row["result"]], kind="comment",
                network_id=self.network_id, author_id=self.people[row["by"]], attribution=row["attribution"],
            )  # fmt: skip
        for row in self.page["Adoptions"]:
            figures = '{"value": 1}' if row["before and after"] == "yes" else None
            self.add(
                "adoption", midnight(row["on"]), id=blind_id(), result_id=known[row["result"]], effect="same",
                network_id=self.network_id, organisation_code=row["by"], stage=row["stage"],
                figures_before=figures, figures_after=figures, counted=row["counts"] == "yes",
                last_reported_on=day(row["on"]),
            )  # fmt: skip

    def _decisions(self) -> None:
        for row in self.page["Decisions"]:
            at, voters = noon(row["closed"]), people_in(row["voted"])
            decision = self.add(
                "decision", midnight(row["closed"]), network_id=self.network_id, title="A proposal",
                proposal="To do it.", quorum_percent=0, closes_at=at, closed_at=at, status="closed",
                outcome="adopted", electorate=int(row["members then"]), agree=len(voters), abstain=0, disagree=0,
                block=0,
            )  # fmt: skip
            for name in voters:
                self.add(
                    "vote", midnight(row["closed"]), decision_id=decision, network_id=self.network_id,
                    person_id=self.people[name], vote="agree",
                )  # fmt: skip

    def _duties(self) -> None:
        for row in self.page["Duties"]:
            duty = self.add(
                "duty",
                BEGAN,
                network_id=self.network_id,
                title=row["duty"],
                body=row["duty"],
                term_months=12,
            )
            self.add(
                "duty_term", midnight(row["from"]), duty_id=duty, network_id=self.network_id,
                person_id=self.people[row["who"]], from_on=day(row["from"]), to_on=day(row["to"]),
            )  # fmt: skip

    def _asks(self) -> None:
        for row in self.page["Asks"]:
            ask = self.add(
                "ask", noon(row["asked"]), network_id=self.network_id, person_id=self.people[row["who"]],
                title="How?", status=row["status"], answered_at=noon(row["answered"]),
            )  # fmt: skip
            for name in people_in(row["offered by"]):
                self.add(
                    "offer", noon(row["asked"]), ask_id=ask, network_id=self.network_id,
                    person_id=self.people[name], text="I can.", status="helped",
                )  # fmt: skip
        self.add(
            "action", BEGAN, network_id=self.network_id, title="To ring them", owner_id=self.people["Dev"],
            done_at=noon("2024-10-01"), done_by=self.people["Dev"],
        )  # fmt: skip

    def _subgroups(self) -> None:
        for row in self.page["Sub-groups"]:
            group = new_id()
            self._network(group, row["visibility"], parent_id=self.network_id, depth=1)
            for name in people_in(row["members"]):
                self._spell(group, name, "2025-01-01")

    def _survey(self) -> None:
        survey = self.add(
            "survey_round", BEGAN, network_id=self.network_id, title="How are we doing?", questions_version=1,
            opens_at=noon("2025-06-01"), closes_at=noon("2025-06-15"),
        )  # fmt: skip
        for row in self.page["Survey"]:
            for choice in range(1, 6):
                count = {
                    "question": row["question"],
                    "choice": choice,
                    "count": int(row[str(choice)]),
                }
                self.rows.append(("survey_count", {"round_id": survey, **count}))


async def wheel_of_the_page(house: TestHouse, url: str) -> tuple[list[Cells], dict[str, Row]]:
    """The last table of the page, and the wheel's indicators by their code."""
    page = tables_of(PAGE.read_text(encoding="utf-8"))
    people = {}
    for row in page["Members"]:
        person = await house.person(row["who"], profession=row["profession"] or None)
        people[row["who"]] = person.id
    example = Example(page, people).tell()
    await insert(url, example.rows)
    answer = await house.people["Ada"].client.get(
        f"/v1/networks/{example.network_id}/wheel", params={"as_of": "2025-06-30"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["from_on"] == "2024-07-01"
    parts = answer.json()["cs"]
    return page["The wheel"], {one["code"]: one for part in parts for one in part["indicators"]}


def as_written(number: float | None, places: int) -> str:
    return "" if number is None else f"{round(number, places):g}"


async def test_the_wheel_says_what_the_page_worked_out(own_url: str) -> None:
    async with TestHouse.over(own_url) as house:
        written, told = await wheel_of_the_page(house, own_url)
    said = [
        {
            "indicator": code,
            "numerator": as_written(one["numerator"], 4),
            "denominator": as_written(one["denominator"], 4),
            "value": as_written(one["value"], 4),
            "status": one["status"],
        }
        for code, one in told.items()
    ]
    assert [{name: row[name] for name in row if name != "how"} for row in written] == said


def test_who_did_what_adds_up() -> None:
    for row in tables_of(PAGE.read_text(encoding="utf-8"))["Who did what"]:
        counts = [int(cell) for name, cell in row.items() if name not in ("who", "together")]
        assert sum(counts) == int(row["together"]), row["who"]
