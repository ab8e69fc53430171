"""Random histories of one network: how many of each thing hypothesis draws, and a seed for everything else.

The rows are such as the product writes: a spell's roles cover it, nothing is edited before it is there, stamps of what
may have an author who is not named are days. Things that seldom happen happen often here.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from hypothesis import strategies as st

from app.core.ids import blind_id, new_id
from app.core.survey_questions import QUESTIONS
from tests.wheel_oracle.tables import Row

TOPICS = ("asthma", "copd", "diabetes", "frailty", "cancer")
PROFESSIONS = ("gp", "practice-nurse", "pharmacist", None)
SPAN = 1500  # days that a history goes back
ATTRIBUTIONS = ("named", "named", "organisation", "network_only")
OUTCOMES = ("improved", "no_change", "worse", "mixed", "too_early", "abandoned", None)
STAGES = ("interested", "planning", "testing", "adopted", "adapted", "sustained", "stopped")
STAMPS = ("created_at", "updated_at", "outer_updated_at")


@dataclass(frozen=True)
class Shape:
    """How many of each there are."""

    members: int
    subgroups: int
    meetings: int
    results: int
    decisions: int
    duties: int
    asks: int
    rounds: int
    seed: int


SHAPES = st.builds(
    Shape,
    members=st.integers(0, 24),
    subgroups=st.integers(0, 6),
    meetings=st.integers(0, 24),
    results=st.integers(0, 60),
    decisions=st.integers(0, 12),
    duties=st.integers(0, 5),
    asks=st.integers(0, 40),
    rounds=st.integers(0, 3),
    seed=st.integers(0, 2**32),
)


def at_midnight(day: date) -> datetime:
    """The stamp of what is known by its day alone."""
    return datetime.combine(day, time(), UTC)


@dataclass
class History:
    """One network, told up to `now`. `reader` is somebody who has always been in it, to look at the wheel."""

    shape: Shape
    now: datetime
    reader: str
    organisations: tuple[str, ...]
    rows: list[tuple[str, Row]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing has happened yet."""
        self.chance = random.Random(self.shape.seed)
        self.network_id = new_id()
        self.people: list[str] = [self.reader]
        # What differs from one network to the next: who does the work, and how alike they are.
        self.fewest = self.chance.random() ** 2
        self.alike, self.named, self.virtual = (self.chance.random() for _ in range(3))
        self.answering, self.frank = self.chance.random(), self.chance.random()

    def tell(self) -> "History":
        """Everything."""
        self._network()
        self._people()
        self._words()
        for number in range(self.shape.subgroups):
            self._subgroup(number)
        for number in range(self.shape.meetings):
            self._meeting(number)
        for _ in range(self.shape.results):
            self._result()
        for _ in range(self.shape.decisions):
            self._decision()
        for _ in range(self.shape.duties):
            self._duty()
        for _ in range(self.shape.asks):
            self._ask()
            self._action()
        for _ in range(self.shape.rounds):
            self._round()
        return self

    # --- chance ---

    def _often(self, probability: float) -> bool:
        return self.chance.random() < probability

    def _instant(self, earliest: datetime | None = None) -> datetime:
        """Some time in the span, now and then at midnight; later more often than sooner."""
        first = earliest or self.now - timedelta(days=SPAN)
        seconds = int((self.now - first).total_seconds())
        at = self.now - timedelta(seconds=int(seconds * self.chance.random() ** 1.5))
        return max(first, at_midnight(at.date())) if self._often(0.1) else at

    def _day(self, earliest: date | None = None) -> date:
        first = at_midnight(earliest) if earliest else None
        return self._instant(first).date()

    def _somebody(self) -> str:
        """In some networks it is nearly always the same few."""
        few = 1 + int((len(self.people) - 1) * self.fewest)
        return self.chance.choice(self.people[:few] if self._often(0.9) else self.people)

    def _hidden(self, day: date) -> date | None:
        return day if self._often(0.12) else None

    def _add(self, table: str, at: datetime, **columns: Any) -> str:
        """A versioned row made at that instant; gives its id."""
        row_id: str = columns.pop("id", None) or new_id()
        stamps = dict.fromkeys(STAMPS, at)
        row = {"id": row_id, "version": 1, "outer_version": 1, **stamps, **columns}
        self.rows.append((table, row))
        return row_id

    # --- the network and who is in it ---

    def _network_row(self, network_id: str, at: datetime, **columns: Any) -> None:
        common: Row = {
            "id": network_id, "slug": f"n-{network_id}", "name": "A network", "purpose": "To learn.",
            "visibility": "open", "join_policy": "open", "kind": "learning", "root_id": self.network_id, "depth": 0,
            "parent_tier": 1, "root_tier": 1, "outer_tier": 1, "open_inside": True, "name_updated_at": at,
            "member_count": 0, "latitude": None, "longitude": None,
        }  # fmt: skip
        self._add("network", at, **(common | columns))

    def _network(self) -> None:
        at = self.now - timedelta(days=SPAN)
        topics = self.chance.sample(TOPICS, self.chance.randint(0, 3))
        most = min(8, len(self.organisations))
        footprint = self.chance.sample(self.organisations, self.chance.randint(0, most))
        words = {
            "topics": orjson.dumps(topics).decode(),
            "footprint": orjson.dumps(footprint).decode(),
        }
        self._network_row(self.network_id, at, **words)
        for kind, codes in (("topic", topics), ("footprint", footprint)):
            for code in codes:
                term = {"network_id": self.network_id, "field": kind, "code": code}
                self.rows.append(("network_term", term))

    def _people(self) -> None:
        first = self.now - timedelta(days=SPAN - 1) if self._often(0.6) else self._instant()
        self._spell(self.reader, first, None)
        for _ in range(self.shape.members):
            person = self._add(
                "person", self.now - timedelta(days=SPAN + 9), display_name="Somebody",
                profession="gp" if self._often(self.alike) else self.chance.choice(PROFESSIONS),
                listed=False, operator=False, registrations="[]", external_ids="[]",
            )  # fmt: skip
            self.people.append(person)
            self._spells(person)

    def _spells(self, person: str) -> None:
        """Some ask and are not let in, some come, go and come again."""
        if self._often(0.1):
            status = self.chance.choice(("invited", "requested", "declined"))
            self._member(person, self.network_id, status, None, None)
            return
        at = self._instant()
        for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
            ends = self._instant(at + timedelta(seconds=1)) if self._often(0.4) else None
            self._spell(person, at, ends)
            if ends is None:
                return
            at = self._instant(ends)

    def _member(
        self,
        person: str,
        network_id: str,
        status: str,
        joined: datetime | None,
        ended: datetime | None,
    ) -> str:
        named = self.chance.choice(self.organisations) if self._often(self.named) else None
        return self._add(
            "member", joined or self.now - timedelta(days=5), network_id=network_id, person_id=person, status=status,
            role=self.chance.choice(("facilitator", "member", "observer")), representing=named,
            joined_at=joined, ended_at=ended,
        )  # fmt: skip

    def _spell(self, person: str, joined: datetime, ended: datetime | None) -> None:
        status = self.chance.choice(("left", "removed")) if ended else "active"
        member = self._member(person, self.network_id, status, joined, ended)
        at = joined
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            until = at + (((ended or self.now) - at) * self.chance.random())
            last = until <= at or self._often(0.5)
            role = self.chance.choice(("facilitator", "member", "member", "observer"))
            self.rows.append(("member_role", {
                "id": new_id(), "member_id": member, "role": role, "from_at": at, "to_at": ended if last else until,
                "by_id": None,
            }))  # fmt: skip
            if last:
                return
            at = until
        self.rows.append(("member_role", {
            "id": new_id(), "member_id": member, "role": "member", "from_at": at, "to_at": ended, "by_id": None,
        }))  # fmt: skip

    def _words(self) -> None:
        """Purposes and charters, each from when the one before it ended; who accepted which."""
        began = self.now - timedelta(days=SPAN) if self._often(0.7) else self._instant()
        stamps = sorted({began, *(self._instant(began) for _ in range(self.chance.randint(0, 2)))})
        for number, at in enumerate(stamps):
            self.rows.append(("network_purpose", {
                "id": new_id(), "network_id": self.network_id, "purpose": "To learn.", "from_at": at,
                "to_at": stamps[number + 1] if number + 1 < len(stamps) else None, "person_id": None,
            }))  # fmt: skip
        at = self._instant()
        for version in range(1, self.chance.randint(0, 3) + 1):
            self.rows.append(("charter_version", {
                "network_id": self.network_id, "version": version, "from_at": at,
                "leadership": "We take turns.", "by_id": None,
            }))  # fmt: skip
            for person in self.people:
                if self._often(0.6):
                    self.rows.append(("charter_acceptance", {
                        "network_id": self.network_id, "person_id": person, "version": version,
                        "accepted_at": self._instant(at),
                    }))  # fmt: skip
            at = self._instant(at + timedelta(seconds=1))

    def _subgroup(self, number: int) -> None:
        row_id, at = new_id(), self._instant()
        tiers = {
            "open": (1, 1, True), "restricted": (1, 1, False), "private": (0, 0, False),
            "confidential": (-1, -1, False),
        }  # fmt: skip
        visibility = self.chance.choice(("open", "open", "restricted", "private", "confidential"))
        outer, parent, inside = tiers[visibility]
        self._network_row(
            row_id, at, visibility=visibility, parent_id=self.network_id, depth=1, outer_tier=outer,
            parent_tier=parent, root_tier=parent, open_inside=inside, name=f"Sub-group {number}",
            archived_at=self._instant(at) if self._often(0.4) else None,
        )  # fmt: skip
        for person in self.chance.sample(self.people, self.chance.randint(0, len(self.people))):
            joined = self._instant(at)
            ended = self._instant(joined) if self._often(0.3) else None
            self._member(person, row_id, "left" if ended else "active", joined, ended)

    # --- meetings ---

    def _meeting(self, number: int) -> None:
        begins = self._instant().replace(microsecond=0, second=0)
        series = number % 3 == 0
        secret = self._often(0.2)
        meeting = self._add(
            "meeting", begins - timedelta(days=20), network_id=self.network_id, title="A meeting", starts_at=begins,
            local_start=f"{begins:%Y-%m-%dT%H:%M:%S}", timezone="UTC", duration_minutes=60,
            recurrence="FREQ=MONTHLY;COUNT=12" if series else None, begins_at=begins,
            ends_at=begins + timedelta(days=365 if series else 1), place_private=False,
            mode="virtual" if self._often(self.virtual) else self.chance.choice(("face_to_face", "hybrid")),
            status="cancelled" if self._often(0.1) else self.chance.choice(("confirmed", "tentative")),
            announced_at=None if self._often(0.1) else begins - timedelta(days=14),
            confidentiality="chatham_house" if secret else self.chance.choice(("open", "members")),
            attendance_hidden=secret or self._often(0.1), hidden_on=self._hidden(begins.date()),
        )  # fmt: skip
        if not series:
            self._attend(meeting, "", begins)
            return
        for step in range(self.chance.randint(1, 6)):
            local = begins + timedelta(days=28 * step)
            occurrence = f"{local:%Y-%m-%dT%H:%M:%S}"
            if self._often(0.4):
                self._differs(meeting, occurrence, local)
            self._attend(meeting, occurrence, local)

    def _differs(self, meeting: str, occurrence: str, local: datetime) -> None:
        other: Row = {}
        if self._often(0.5):
            other["mode"] = self.chance.choice(("face_to_face", "virtual", "hybrid"))
        if self._often(0.3):
            other["title"] = "Another title"
        moved = (
            local + timedelta(hours=self.chance.randint(-200, 200)) if self._often(0.5) else None
        )
        self.rows.append(("meeting_exception", {
            "meeting_id": meeting, "occurrence": occurrence, "starts_at": moved, "changed_at": self.now,
            "status": "cancelled" if self._often(0.2) else None, "reason": None, "sequence": 1,
            "overrides": orjson.dumps(other).decode(),
        }))  # fmt: skip

    def _attend(self, meeting: str, occurrence: str, at: datetime) -> None:
        known = self.chance.choice((0.0, 0.5, 0.9))
        for person in self.chance.sample(self.people, self.chance.randint(0, len(self.people))):
            self._add(
                "attendance", at, meeting_id=meeting, network_id=self.network_id, occurrence=occurrence,
                person_id=person, answer=self.chance.choice(("accepted", "declined", "tentative", None)),
                came=self._often(0.6) if self._often(known) else None,
            )  # fmt: skip

    # --- results ---

    def _result(self) -> None:
        day = self._day()
        status = self.chance.choice(("draft", "published", "published", "published", "withdrawn"))
        begun = at_midnight(day - timedelta(days=self.chance.randint(0, 40)))
        topics = self.chance.sample(TOPICS, self.chance.randint(0, 2))
        result = self._add(
            "result", begun, id=blind_id(), network_id=self.network_id, title="A result", kind="project",
            outcome=self.chance.choice(OUTCOMES if self._often(self.frank) else ("improved", "mixed")),
            attribution=self.chance.choice(ATTRIBUTIONS),
            audience=self.chance.choice(("network", "network", "public", "author")), status=status,
            published_on=None if status == "draft" else day, listed_on=day,
            withdrawn_on=self._day(day) if status == "withdrawn" else None, contact_ok=True,
            topics=orjson.dumps(topics).decode(), hidden_on=self._hidden(day), adoption_summary="{}",
        )  # fmt: skip
        for code in topics:
            self.rows.append(("result_topic", {"result_id": result, "code": code}))
        for place, person in enumerate(self.chance.sample(self.people, min(len(self.people), 2))):
            self.rows.append(("result_author", {
                "result_id": result, "person_id": person, "position": place, "removed": place > 0 and self._often(0.4),
                "removed_version": None,
            }))  # fmt: skip
        if status != "draft":
            self._answers(result, day)

    def _answers(self, result: str, day: date) -> None:
        """Feedback, now and then from before it was published anew, and adoptions."""
        first = None
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            said = day - timedelta(days=9) if self._often(0.05) else self._day(day)
            first = self._add(
                "feedback", at_midnight(said), id=blind_id(), result_id=result, network_id=self.network_id,
                author_id=None if self._often(0.1) else self._somebody(), kind="comment", text="Well done.",
                attribution=self.chance.choice(ATTRIBUTIONS), hidden_on=self._hidden(said),
                answer_to=first if self._often(0.4) else None,
            )  # fmt: skip
        most = min(3, len(self.organisations))
        for code in self.chance.sample(self.organisations, self.chance.randint(0, most)):
            told = self._day(day)
            self._add(
                "adoption", at_midnight(told), id=blind_id(), result_id=result, network_id=self.network_id,
                organisation_code=code, reported_by=self._somebody(), stage=self.chance.choice(STAGES), effect="same",
                counted=self._often(0.8), last_reported_on=self._day(told), hidden_on=self._hidden(told),
                figures_before='{"value": 1}' if self._often(0.6) else None,
                figures_after='{"value": 2}' if self._often(0.6) else None,
            )  # fmt: skip

    # --- what they decide, and how they help ---

    def _decision(self) -> None:
        made = self._instant()
        closes = made + timedelta(days=self.chance.randint(1, 300))
        closed = None
        if closes < self.now and self._often(0.7):
            closed = min(self.now, made + (closes - made) * (0.1 + self.chance.random()))
        ballots: Row = dict.fromkeys(("agree", "abstain", "disagree", "block"), 0)
        voters = self.chance.sample(self.people, self.chance.randint(0, len(self.people)))
        votes = [(person, self.chance.choice(tuple(ballots))) for person in voters]
        for _, vote in votes:
            ballots[vote] += 1
        outcome = self.chance.choice(("adopted", "rejected", "no_quorum", "withdrawn"))
        ended = {"outcome": outcome, "electorate": len(voters) + 2, **ballots} if closed else {}
        decision = self._add(
            "decision", made, network_id=self.network_id, title="A proposal", proposal="To do it.", quorum_percent=50,
            closes_at=closes, closed_at=closed, status="closed" if closed else "open",
            hidden_on=self._hidden(made.date()), **ended,
        )  # fmt: skip
        last = min(closed or closes, closes, self.now)
        for person, vote in votes:
            at = made + (last - made) * self.chance.random()
            erased = self._often(0.05)
            self._add(
                "vote", at, decision_id=decision, network_id=self.network_id, vote=vote,
                person_id=None if erased else person,
            )  # fmt: skip

    def _duty(self) -> None:
        made = self._instant()
        duty = self._add(
            "duty", made, network_id=self.network_id, title="To speak for us", body="The board", term_months=12,
            ended_on=self._day(made.date()) if self._often(0.2) else None, hidden_on=self._hidden(made.date()),
        )  # fmt: skip
        for _ in range(self.chance.randint(0, 3)):
            begins = self._day(made.date())
            lasts = timedelta(days=self.chance.randint(0, 500))
            self._add(
                "duty_term", at_midnight(begins), duty_id=duty, network_id=self.network_id, from_on=begins,
                person_id=None if self._often(0.1) else self._somebody(),
                to_on=begins + lasts if self._often(0.7) else None, hidden_on=self._hidden(begins),
            )  # fmt: skip

    def _ask(self) -> None:
        made = self._instant()
        status = (
            "answered" if self._often(self.answering) else self.chance.choice(("open", "withdrawn"))
        )
        ask = self._add(
            "ask", made, network_id=self.network_id, person_id=self._somebody(), title="How do you do it?",
            status=status, answered_at=self._instant(made) if status == "answered" else None,
            hidden_on=self._hidden(made.date()),
        )  # fmt: skip
        for _ in range(self.chance.randint(0, 2)):
            offered = self._instant(made)
            self._add(
                "offer", offered, ask_id=ask, network_id=self.network_id, person_id=self._somebody(), text="I can.",
                status=self.chance.choice(("open", "helped", "withdrawn")), hidden_on=self._hidden(offered.date()),
            )  # fmt: skip

    def _action(self) -> None:
        made = self._instant()
        meetings = [row["id"] for table, row in self.rows if table == "meeting"]
        done = self._instant(made) if self._often(0.7) else None
        self._add(
            "action", made, network_id=self.network_id, title="To ring them", owner_id=self._somebody(),
            meeting_id=self.chance.choice(meetings) if meetings and self._often(0.6) else None,
            done_at=done, done_by=self._somebody() if done else None, hidden_on=self._hidden(made.date()),
        )  # fmt: skip

    def _round(self) -> None:
        opens = self._instant()
        survey = self._add(
            "survey_round", opens, network_id=self.network_id, title="How are we doing?", questions_version=1,
            opens_at=opens, closes_at=opens + timedelta(days=self.chance.randint(1, 40)),
        )  # fmt: skip
        most = self.chance.choice((0, 1, 3, 9))
        for question in QUESTIONS:
            for choice in range(1, 6):
                self.rows.append(("survey_count", {
                    "round_id": survey, "question": question.code, "choice": choice,
                    "count": self.chance.randint(0, most),
                }))  # fmt: skip
