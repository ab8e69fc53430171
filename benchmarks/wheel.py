"""A network in which a lot happened, to ask for its wheel: 5,000 members, and two years of what they did.

500 meetings of up to 30 who came, 300 results with feedback and adoptions, decisions with their votes, duties, asks and
what it takes to know who was a member when. Nobody finds it; the first viewer is in it.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.survey_questions import QUESTIONS
from benchmarks.world import VIEWERS, Row, World, versioned
from tests.wheel_oracle.tables import filled

MEMBERS, MEETINGS, CAME, RESULTS, DECISIONS, VOTES = 5_000, 500, 30, 300, 40, 200
SLUG = "ww-wheel"
DAYS = 720  # that it looks back on
MODES = ("virtual", "virtual", "face_to_face", "hybrid")
OUTCOMES = ("improved", "no_change", "worse", "mixed", "abandoned")
STAGES = ("interested", "testing", "adopted", "adapted", "sustained")
ATTRIBUTIONS = ("named", "named", "organisation", "network_only")


class Busy:
    """Draws its rows, by table, in an order in which each finds what it refers to."""

    def __init__(self, world: World) -> None:
        """Nobody else's chance is used, so the other rows stay as they are."""
        self.world, self.chance = world, random.Random(11)
        self.today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.network_id = world.id_at(self.today - timedelta(days=DAYS))
        found = world.people[:-VIEWERS]
        self.people = self.chance.sample(found, min(MEMBERS - 1, len(found)))
        self.people.append(world.people[-VIEWERS])
        self.practices = [row.code for row in world.practices[:400]]
        self.rows: dict[str, list[Row]] = {}

    def tell(self) -> Iterator[tuple[str, list[Row]]]:
        """Every table with its rows."""
        self._network()
        for person in self.people:
            self._spell(person["id"])
        for number in range(MEETINGS):
            self._meeting(self._at(number * DAYS // MEETINGS))
        for number in range(RESULTS):
            self._result(self._at(number * DAYS // RESULTS))
        for number in range(DECISIONS):
            self._decision(self._at(number * DAYS // DECISIONS + 10))
        for number in range(RESULTS):
            self._help(self._at(number * DAYS // RESULTS))
        self._survey()
        yield from self.rows.items()

    def _at(self, days_ago: int) -> datetime:
        return self.today - timedelta(days=days_ago + 1)

    def _add(self, table: str, at: datetime, **columns: Any) -> str:
        row_id: str = columns.pop("id", None) or self.world.blind_id()
        row = {"id": row_id, **versioned(at), **columns}
        self._put(table, **row)
        return row_id

    def _put(self, table: str, **columns: Any) -> None:
        self.rows.setdefault(table, []).append(filled(table, columns))

    def _somebody(self) -> str:
        """Who does things: a few do more than the others."""
        place = int(len(self.people) * self.chance.random() ** 2)
        return str(self.people[place]["id"])

    def _network(self) -> None:
        at = self._at(DAYS)
        self._add(
            "network", at, id=self.network_id, slug=SLUG, name="Ww", purpose="Ww", visibility="confidential",
            join_policy="invite", kind="learning", root_id=self.network_id, depth=0, parent_tier=-1, root_tier=-1,
            outer_tier=-1, name_updated_at=at, member_count=len(self.people),
        )  # fmt: skip
        own = {"network_id": self.network_id}
        for code in self.practices:
            self._put("network_term", **own, field="footprint", code=code)
        for code in self.world.codes[:3]:
            self._put("network_term", **own, field="topic", code=code)
        row_id = self.world.blind_id()
        self._put("network_purpose", **own, id=row_id, purpose="Ww", from_at=at)
        self._put("charter_version", **own, version=1, from_at=at)

    def _spell(self, person_id: str) -> None:
        joined = self._at(self.chance.randrange(DAYS))
        gone = self.chance.random() < 0.1 and person_id != self.people[-1]["id"]
        ended = joined + (self.today - joined) * self.chance.random() if gone else None
        named = self.chance.choice(self.practices) if self.chance.random() < 0.5 else None
        member = self._add(
            "member", joined, network_id=self.network_id, person_id=person_id, role="member",
            status="left" if gone else "active", representing=named, joined_at=joined, ended_at=ended,
        )  # fmt: skip
        role = "facilitator" if self.chance.random() < 0.002 else "member"
        held = {"member_id": member, "role": role, "from_at": joined, "to_at": ended}
        self._put("member_role", id=self.world.blind_id(), **held)
        if self.chance.random() < 0.5:
            accepted = {"person_id": person_id, "version": 1, "accepted_at": joined}
            self._put("charter_acceptance", network_id=self.network_id, **accepted)

    def _meeting(self, at: datetime) -> None:
        meeting = self._add(
            "meeting", at, network_id=self.network_id, title="Ww", starts_at=at, begins_at=at, ends_at=at,
            local_start=f"{at:%Y-%m-%dT12:00:00}", timezone="UTC", duration_minutes=60,
            mode=self.chance.choice(MODES), status="confirmed", announced_at=at, confidentiality="members",
        )  # fmt: skip
        for person in {self._somebody() for _ in range(CAME)}:
            self._add(
                "attendance", at, meeting_id=meeting, network_id=self.network_id, person_id=person,
                answer="accepted", came=self.chance.random() < 0.9,
            )  # fmt: skip

    def _result(self, at: datetime) -> None:
        day = at.date()
        result = self._add(
            "result", at, network_id=self.network_id, title="Ww", kind="project", status="published",
            outcome=self.chance.choice(OUTCOMES), attribution=self.chance.choice(ATTRIBUTIONS), audience="network",
            published_on=day, listed_on=day, adoption_summary="{}",
        )  # fmt: skip
        self._put("result_topic", result_id=result, code=self.chance.choice(self.world.codes[:9]))
        self._put("result_author", result_id=result, person_id=self._somebody(), position=0)
        for days in (9, 20, 40):
            self._add(
                "feedback", min(at + timedelta(days=days), self.today), result_id=result, kind="comment", text="Ww",
                network_id=self.network_id, author_id=self._somebody(), attribution=self.chance.choice(ATTRIBUTIONS),
            )  # fmt: skip
        for code in self.chance.sample(self.practices, 3):
            told = min(at + timedelta(days=60), self.today)
            self._add(
                "adoption", told, result_id=result, network_id=self.network_id, organisation_code=code,
                stage=self.chance.choice(STAGES), effect="better", counted=True, last_reported_on=told.date(),
                figures_before='{"value": 1}', figures_after='{"value": 2}',
            )  # fmt: skip

    def _decision(self, at: datetime) -> None:
        closed = at + timedelta(days=9)
        tally = {"agree": VOTES, "abstain": 0, "disagree": 0, "block": 0, "electorate": 4_000}
        decision = self._add(
            "decision", at, network_id=self.network_id, title="Ww", proposal="Ww", quorum_percent=0, closes_at=closed,
            closed_at=closed, status="closed", outcome="adopted", **tally,
        )  # fmt: skip
        for person in self.chance.sample(self.people, min(VOTES, len(self.people))):
            self._add(
                "vote", at, decision_id=decision, network_id=self.network_id, person_id=person["id"], vote="agree"
            )  # fmt: skip

    def _help(self, at: datetime) -> None:
        own = {"network_id": self.network_id}
        duty = self._add("duty", at, **own, title="Ww", body="Ww", term_months=12)
        self._add(
            "duty_term",
            at,
            **own,
            duty_id=duty,
            person_id=self._somebody(),
            from_on=at.date(),
            to_on=None,
        )
        person = self._somebody()
        ask = self._add(
            "ask", at, **own, person_id=person, title="Ww", status="answered", answered_at=at
        )
        self._add(
            "offer", at, **own, ask_id=ask, person_id=self._somebody(), text="Ww", status="helped"
        )
        self._add(
            "action", at, **own, title="Ww", owner_id=person, done_at=at, done_by=self._somebody()
        )

    def _survey(self) -> None:
        opens = self._at(90)
        survey = self._add(
            "survey_round", opens, network_id=self.network_id, title="Ww", questions_version=1, opens_at=opens,
            closes_at=opens + timedelta(days=30),
        )  # fmt: skip
        for question in QUESTIONS:
            for choice in range(1, 6):
                self._put(
                    "survey_count",
                    round_id=survey,
                    question=question.code,
                    choice=choice,
                    count=400,
                )


def parent_rows(world: World) -> Iterator[Row]:
    """Which board and which primary care network each organisation belongs to."""
    for org in world.organisations:
        for parent in {(one.code, one.relationship) for one in org.parents}:
            yield {"code": org.code, "parent_code": parent[0], "relationship": parent[1]}
