"""What happened in a network up to one day, read off its rows: nothing here is quick, everything can be followed.

Days and instants are text as the product keeps them, and compare as such.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import orjson

from app.db.types import instant_text
from tests.wheel_oracle.tables import Row, Rows

TRIED = ("testing", "adopted", "adapted", "sustained", "stopped")


def months_before(day: date, months: int) -> date:
    """The same day of that month, or its last."""
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def midnight(day: date) -> str:
    """The first instant of a day, UTC."""
    return instant_text(datetime.combine(day, time(), UTC))


@dataclass
class Past:
    """One network as it was at the end of `as_of`, with the window of so many days before it."""

    rows: Rows
    as_of: date
    window_days: int
    now: str
    """The instant of asking: what lies beyond it has not happened, even on the day itself."""

    def __post_init__(self) -> None:
        """The bounds: instants from `start` up to and without `end`, days after `after` up to and with `day`."""
        self.end = midnight(self.as_of + timedelta(days=1))
        self.start = midnight(self.as_of + timedelta(days=1 - self.window_days))
        self.day = self.as_of.isoformat()
        self.after = (self.as_of - timedelta(days=self.window_days)).isoformat()
        self.before_24_months = midnight(months_before(self.as_of + timedelta(days=1), 24))

    def within(self, instant: str | None) -> bool:
        """Whether an instant is in the window."""
        return instant is not None and self.start <= instant < self.end

    def day_within(self, day: str | None) -> bool:
        """Whether a day is."""
        return day is not None and self.after < day <= self.day

    # --- people ---

    def spells_at(self, instant: str, table: str = "member") -> list[Row]:
        return [
            row
            for row in self.rows[table]
            if row["status"] in ("active", "left", "removed")
            if row["joined_at"] is not None and row["joined_at"] <= instant
            if row["ended_at"] is None or row["ended_at"] > instant
        ]

    def members_at(self, instant: str) -> set[str]:
        return {row["person_id"] for row in self.spells_at(instant)}

    def might_vote(self, at: str) -> set[str]:
        erased = {row["id"] for row in self.rows["person"] if (row["erased_at"] or "9") <= at}
        roles = {
            row["member_id"]
            for row in self.rows["member_role"]
            if row["role"] in ("facilitator", "member")
            if row["from_at"] <= at < (row["to_at"] or "9")
        }
        return {row["person_id"] for row in self.spells_at(at) if row["id"] in roles} - erased

    def members(self) -> set[str]:
        return self.members_at(self.end)

    def had_begun(self) -> bool:
        """Whether anybody had ever been a member."""
        return any(
            row["joined_at"] is not None and row["joined_at"] <= self.end
            for row in self.rows["member"]
        )

    # --- meetings ---

    def occurrences(self) -> list[Row]:
        """Each occurrence in the window that was not called off: its day, its mode, who came, whether that is told."""
        found = []
        for meeting in self.rows["meeting"]:
            if meeting["announced_at"] is None or meeting["status"] == "cancelled":
                continue
            if meeting["hidden_on"] is not None:
                continue
            taken: dict[str, list[Row]] = {}
            for row in self.rows["attendance"]:
                if row["meeting_id"] == meeting["id"]:
                    taken.setdefault(row["occurrence"], []).append(row)
            for occurrence, people in taken.items():
                differs = self._exception(meeting["id"], occurrence)
                if differs is not None and differs["status"] == "cancelled":
                    continue
                day, mode = (occurrence or meeting["local_start"])[:10], meeting["mode"]
                if differs is not None:
                    day = (differs["starts_at"] or day)[:10]
                    mode = orjson.loads(differs["overrides"]).get("mode", mode)
                if self.day_within(day):
                    hidden = meeting["attendance_hidden"]
                    found.append({"day": day, "mode": mode, "hidden": hidden, "people": people})
        return found

    def _exception(self, meeting_id: str, occurrence: str) -> Row | None:
        for row in self.rows["meeting_exception"]:
            if row["meeting_id"] == meeting_id and row["occurrence"] == occurrence:
                return row
        return None

    def held(self) -> list[Row]:
        """Those to which somebody came."""
        return [one for one in self.occurrences() if any(row["came"] for row in one["people"])]

    def visits(self) -> list[str]:
        """Who came, once for each time, where that is told."""
        return [
            row["person_id"]
            for one in self.occurrences()
            if not one["hidden"]
            for row in one["people"]
            if row["came"]
        ]

    # --- results ---

    def results(self) -> list[Row]:
        """What members could read at the end of the day."""
        return [
            row
            for row in self.rows["result"]
            if row["status"] in ("published", "withdrawn")
            if row["audience"] in ("network", "public") and row["hidden_on"] is None
            if row["published_on"] is not None and row["published_on"] <= self.day
            if row["withdrawn_on"] is None or row["withdrawn_on"] > self.day
        ]

    def published(self) -> list[Row]:
        """Those of them that were published in the window."""
        return [row for row in self.results() if self.day_within(row["published_on"])]

    def feedback_on(self, result: Row) -> list[Row]:
        return [
            row
            for row in self.rows["feedback"]
            if row["result_id"] == result["id"] and row["hidden_on"] is None
            if row["created_at"] < self.end
        ]

    def adoptions(self) -> list[Row]:
        """By organisations that tried a result which members could read."""
        readable = {row["id"] for row in self.results()}
        return [
            row
            for row in self.rows["adoption"]
            if row["counted"] and row["hidden_on"] is None and row["stage"] in TRIED
            if row["result_id"] in readable and row["created_at"] < self.end
        ]

    # --- what people did, where that is told ---

    def deeds(self) -> list[str]:
        """One person id for each fact of the window that may be laid at somebody's door."""
        return [
            person
            for person in (
                *self.visits(),
                *self._wrote(),
                *self._said(),
                *self._voted(),
                *self._did(),
                *self._held_a_duty(),
                *self._asked_and_offered(),
            )
            if person is not None
        ]

    def _wrote(self) -> list[str]:
        return [
            author["person_id"]
            for row in self.published()
            if row["attribution"] == "named"
            for author in self.rows["result_author"]
            if author["result_id"] == row["id"] and not author["removed"]
        ]

    def _said(self) -> list[str | None]:
        return [
            row["author_id"]
            for row in self.rows["feedback"]
            if row["attribution"] == "named" and row["hidden_on"] is None
            if self.within(row["created_at"])
        ]

    def _voted(self) -> list[str | None]:
        gone = {
            row["id"]
            for row in self.rows["decision"]
            if row["hidden_on"] is not None or row["outcome"] == "withdrawn"
        }
        return [
            row["person_id"]
            for row in self.rows["vote"]
            if row["decision_id"] not in gone and self.within(row["created_at"])
        ]

    def _did(self) -> list[str | None]:
        secret = {row["id"] for row in self.rows["meeting"] if row["attendance_hidden"]}
        return [
            row["done_by"]
            for row in self.rows["action"]
            if row["meeting_id"] not in secret and row["hidden_on"] is None
            if self.within(row["done_at"])
        ]

    def _held_a_duty(self) -> list[str | None]:
        hidden = {row["id"] for row in self.rows["duty"] if row["hidden_on"] is not None}
        return [
            row["person_id"]
            for row in self.rows["duty_term"]
            if row["duty_id"] not in hidden and row["hidden_on"] is None
            if row["from_on"] <= self.day
            if row["to_on"] is None or row["to_on"] > self.after
        ]

    def _asked_and_offered(self) -> list[str | None]:
        return [
            row["person_id"]
            for row in (*self.rows["ask"], *self.rows["offer"])
            if row["hidden_on"] is None and row["status"] != "withdrawn"
            if self.within(row["created_at"])
        ]

    def active(self) -> set[str]:
        """Members at the end who did something in the window."""
        return self.members() & set(self.deeds())
