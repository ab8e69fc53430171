"""The meetings of the permission table's world.

How to write rows for an operation on meetings:

- In a file of your own, `tests/permissions/<what>_rows.py`, decorate a function with `@rows_of("operationId")`; it
  gets the facts and yields a `Cell` for each request. Import the file in `test_permission_table.py`.
- `towards(facts, *kinds)` yields (persona, actor, meeting) for all personas towards the meetings of these kinds in a
  network of each visibility and in sub-groups of every mixture: enough for the table's demand that every operation
  meets every persona and every visibility. The kinds are `KINDS`; what each one has is in `_plans` below.
- The rules are in `meeting_oracle`: begin with `oracle.gate(actor, "meetings:read", sign_in=False)`, then
  `meeting_oracle.there` (404) for reading or `meeting_oracle.runs` for what facilitators do; then the state. `ghost`
  is the id that must answer like one that never was. `recorded=(net.id,)` where `meeting_oracle.recorded`.
- Every text has a secret word (`Meet.marks`, `Minuted.marks`, `Todo.marks`): the runner looks for them in every answer
  and asks the oracle whether they may be there. Ids of people are not words: say in `check` whose attendance is shown,
  with `meeting_oracle.sees_answer`.
- Nothing is committed: every cell meets the same world. `facts.answers`, `minutes`, `todos`, `calendars` say what is
  there besides; `Subscription.secret` is the secret of a calendar token.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from app.core import words
from app.core.access import FRONT, INSIDE
from app.core.changes import Told, create
from app.core.ids import new_id
from app.core.tokens import hash_of, new_secret
from app.core.work import House, Work, perform
from app.models import MeetingException, MinutesEdition
from tests.permissions.cast import cast_of, mark
from tests.permissions.facts import (
    Actor,
    Answer,
    Facts,
    Meet,
    Minuted,
    Net,
    Subscription,
    Todo,
)
from tests.permissions.table import personas

# draft: nobody was told. members: to come, one place, taken; minutes are being written. open: to come, private place,
# published minutes. chatham: over, people came. part: one point of the agenda. series: three past, one of them and one
# to come differ. cancelled: to come.
KINDS = ("draft", "members", "open", "chatham", "part", "series", "cancelled")
EVERYWHERE = ("members", "open")
# Every visibility on top, below each other, and archived: here there are all kinds, elsewhere two.
TRIED = (
    "open", "restricted", "private", "confidential", "open/open", "open/confidential", "restricted/private",
    "private/restricted", "private/open", "confidential/open", "open/private/private", "private/open/private",
    "private archived",
)  # fmt: skip
ZONE = ZoneInfo("Europe/London")
RULE = "FREQ=WEEKLY;COUNT=6"
WORDS = ("title", "description", "place", "join_url", "agenda", "cancel_reason", "override")
NOT_FOUND_BY = dict.fromkeys(("search_topics", "search_inside"), "")


def towards(
    facts: Facts, *kinds: str, nets: tuple[str, ...] = TRIED
) -> Iterator[tuple[str, Actor, Meet]]:
    """Every persona towards the meetings of these kinds (or of all) in these networks."""
    for key in nets:
        for label, actor in personas(facts, facts.nets[key]):
            for kind in kinds or KINDS:
                yield label, actor, facts.meets[f"{key}: {kind}"]


async def hold_meetings(house: House, facts: Facts) -> None:
    """Plan them all and what came of them, straight into the tables: one transaction, about 400 rows."""
    now = house.clock()
    for net in facts.nets.values():
        if net.elsewhere or " bare" in net.key:
            continue
        for kind in KINDS if net.key in TRIED else EVERYWHERE:
            _plan(facts, net, kind, now)

    async def command(work: Work) -> None:
        for meet in facts.meets.values():
            _write_meeting(work, facts, meet)
            for person, occurrence, more in _attendance(facts, meet):
                _write_answer(
                    work, facts, meet, Answer(new_id(), meet.key, person, occurrence, **more)
                )
        for meet in facts.meets.values():
            _write_minutes(work, facts, meet)
            _write_actions(work, facts, meet)
        for person, feed, about in (
            ("open: member", "me", None),
            ("open: facilitator", "network", "open"),
            ("private: member", "network", "private"),
            ("private: member", "meeting", "private: chatham"),
            ("stranger", "meeting", "open: open"),
            ("operator", "me", None),
        ):
            _write_calendar(work, facts, person, feed, about)

    await perform(house, command)


def _plan(facts: Facts, net: Net, kind: str, now: datetime) -> None:
    """A meeting of this kind as facts."""
    day = datetime.combine(now.date(), datetime.min.time(), UTC)
    number = len(facts.meets)
    plans: dict[str, dict[str, Any]] = {
        "draft": {"announced": False, "status": "tentative"},
        "members": {"capacity": 1, "mode": "hybrid"},
        "open": {"confidentiality": "open", "place_private": True, "mode": "face_to_face"},
        "chatham": {"confidentiality": "chatham_house", "hidden": True, "starts_at": day - timedelta(days=60)},
        "part": {"hidden": True},
        "series": {},
        "cancelled": {"status": "cancelled"},
    }  # fmt: skip
    given = {"starts_at": day + timedelta(days=30, minutes=number), **plans[kind]}
    meet = Meet(f"{net.key}: {kind}", net.key, kind, number, **given)
    if kind == "series":
        first = datetime.combine(now.date() - timedelta(days=16), datetime.min.time())
        first = first.replace(hour=12, minute=30)
        starts = [first + timedelta(weeks=week) for week in range(6)]
        meet.occurrences = tuple(start.isoformat() for start in starts)
        meet.starts_at = first.replace(tzinfo=ZONE).astimezone(UTC)
        meet.moved, meet.cancelled = meet.occurrences[4], meet.occurrences[5]
    for index, name in enumerate(WORDS):
        if name != "cancel_reason" or kind == "cancelled":
            meet.marks[name] = mark(20_000 + number * 10 + index)
    if kind != "series":
        del meet.marks["override"]
    for name, word in meet.marks.items():
        facts.marks[word] = ("meeting", meet.key, name)
    facts.meets[meet.key] = meet


def _write_meeting(work: Work, facts: Facts, meet: Meet) -> None:
    said = meet.marks
    meet.id = work.new_id()
    lasts = timedelta(hours=1)
    last = meet.starts_at
    if meet.occurrences:
        last = datetime.fromisoformat(meet.occurrences[-1]).replace(tzinfo=ZONE).astimezone(UTC)
    item = {"title": f"Point {said['agenda']}", "minutes": 10, "presenter": None, "detail": None}
    title, description = f"Meeting {said['title']}", f"About {said['description']}"
    row: dict[str, Any] = {
        "id": meet.id, "network_id": facts.nets[meet.net].id, "title": title, "description": description,
        "starts_at": meet.starts_at, "timezone": "Europe/London", "duration_minutes": 60,
        "local_start": meet.starts_at.astimezone(ZONE).replace(tzinfo=None).isoformat(),
        "recurrence": RULE if meet.occurrences else None, "excluded": "[]", "begins_at": meet.starts_at,
        "ends_at": last + lasts, "mode": meet.mode, "place": f"Room {said['place']}",
        "place_private": meet.place_private, "latitude": 50.0 + 0.001 * meet.number, "longitude": -2.0,
        "join_url": f"https://example.org/{said['join_url']}", "status": meet.status,
        "announced_at": work.now if meet.announced else None,
        "cancel_reason": f"Called off {said['cancel_reason']}" if meet.status == "cancelled" else None,
        "capacity": meet.capacity, "confidentiality": meet.confidentiality, "attendance_hidden": meet.hidden,
        "agenda": orjson.dumps([{**item, "chatham_house": meet.kind == "part"}]).decode(),
        "sequence": 0, "follows_id": None, **NOT_FOUND_BY,
        "search_name": words.document(title), "search_purpose": words.document(description),
        "search_front": "" if meet.place_private else words.document(f"Room {said['place']}"),
    }  # fmt: skip
    create(
        work, "meeting.planned", row, Told(network_id=row["network_id"], tier=INSIDE, outer=False)
    )
    for occurrence in (meet.moved, meet.cancelled):
        if occurrence is None:
            continue
        start = datetime.fromisoformat(occurrence).replace(tzinfo=ZONE) + timedelta(hours=2)
        other = orjson.dumps({"title": f"Moved {said['override']}"}).decode()
        moved = occurrence == meet.moved
        exception = {
            "meeting_id": meet.id, "occurrence": occurrence, "starts_at": start.astimezone(UTC) if moved else None,
            "status": None if moved else "cancelled", "reason": None, "overrides": other if moved else "{}",
            "sequence": 1, "changed_at": work.now,
        }  # fmt: skip
        work.insert(MeetingException, exception)


def _attendance(facts: Facts, meet: Meet) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Who answered and who came, as far as the network has such people."""
    accepted: dict[str, Any] = {"answer": "accepted", "place": "held"}
    net = meet.net
    when = meet.occurrences or ("",)
    answered: tuple[tuple[str, int, dict[str, Any]], ...] = {
        "draft": (),
        "cancelled": (),
        "open": (("member", 0, accepted),),
        "members": (("member", 0, accepted), ("observer", 0, {"answer": "tentative"})),
        "part": (("member", 0, accepted), ("facilitator", 0, {"answer": "declined"})),
        "chatham": (
            ("member", 0, {**accepted, "came": True}), ("observer", 0, {"answer": "tentative", "came": False}),
            ("ex-member", 0, {**accepted, "came": True}),
        ),
        "series": (
            ("member", 0, {**accepted, "came": True}), ("ex-member", 0, {"came": True}),
            ("observer", 3, accepted), ("facilitator", 4, {"answer": "declined"}),
        ),
    }[meet.kind]  # fmt: skip
    for role, index, more in answered:
        person = f"{net}: {role}"
        if role in cast_of(facts.nets[net]):
            yield person, when[index], more


def _write_answer(work: Work, facts: Facts, meet: Meet, one: Answer) -> None:
    person = facts.people[one.person]
    keeper = facts.people[f"{meet.net}: facilitator"]
    row: dict[str, Any] = {
        "id": one.id, "meeting_id": meet.id, "network_id": facts.nets[meet.net].id, "occurrence": one.occurrence,
        "person_id": person.id, "answer": one.answer, "place": one.place, "queue": 1 if one.place else None,
        "answered_at": work.now if one.answer else None, "came": one.came,
        "recorded_by": keeper.id if one.came is not None else None,
        "recorded_at": work.now if one.came is not None else None,
    }  # fmt: skip
    told = Told(network_id=row["network_id"], person_id=person.id, tier=INSIDE, outer=False)
    create(work, "attendance.answered", row, told)
    # By the person, with their ordinary token.
    by = facts.actors[one.person, "main"]
    work.changes[-1] = replace(work.changes[-1], actor_id=person.id, token_id=by.token_id)
    facts.answers.append(one)


def _write_minutes(work: Work, facts: Facts, meet: Meet) -> None:
    """Published ones of what was open or under the Chatham House Rule, ones in the making of the members' meeting."""
    if meet.kind not in ("members", "open", "chatham") or meet.net not in TRIED:
        return
    one = Minuted(work.new_id(), meet.key, "", meet.kind != "members")
    number = 40_000 + 2 * len(facts.minutes)
    one.marks = {"draft": mark(number), "published": mark(number + 1)}
    row: dict[str, Any] = {
        "id": one.id, "meeting_id": meet.id, "network_id": facts.nets[meet.net].id, "occurrence": "",
        "text": f"Being written {one.marks['draft']}", "edition": 1 if one.published else 0,
        "published_text": f"Agreed {one.marks['published']}" if one.published else None,
        "published_at": work.now if one.published else None,
    }  # fmt: skip
    told = Told(
        network_id=row["network_id"], tier=FRONT if one.published else INSIDE, outer=one.published
    )
    create(work, "minutes.published" if one.published else "minutes.written", row, told)
    if one.published:
        edition = {
            "minutes_id": one.id, "number": 1, "text": row["published_text"], "note": None,
            "by_id": facts.people[f"{meet.net}: facilitator"].id, "published_at": work.now,
        }  # fmt: skip
        work.insert(MinutesEdition, edition)
    for name, word in one.marks.items():
        facts.marks[word] = ("minutes", one.id, name)
    facts.minutes.append(one)


def _write_actions(work: Work, facts: Facts, meet: Meet) -> None:
    """Of a Chatham House meeting one open and one done, of the members' one open, and one of no meeting."""
    if meet.kind not in ("members", "chatham"):
        return
    cast_here = cast_of(facts.nets[meet.net])
    observer = "observer" if "observer" in cast_here else "member"
    keeper, member = (f"{meet.net}: {role}" for role in ("facilitator", "member"))
    member = member if "member" in cast_here else keeper
    if meet.kind == "members":
        found = [
            Todo("", meet.net, meet.key, member, keeper),
            Todo("", meet.net, None, None, member),
        ]
    else:
        found = [
            Todo("", meet.net, meet.key, member, keeper),
            Todo("", meet.net, meet.key, f"{meet.net}: {observer}", keeper, done=True),
        ]
    for one in found:
        one.id, number = work.new_id(), 45_000 + 2 * len(facts.todos)
        one.marks = {"title": mark(number), "detail": mark(number + 1)}
        owner = facts.people[one.owner].id if one.owner else None
        row: dict[str, Any] = {
            "id": one.id, "network_id": facts.nets[one.net].id, "meeting_id": meet.id if one.meet else None,
            "occurrence": "", "title": f"Do {one.marks['title']}", "detail": f"So {one.marks['detail']}",
            "owner_id": owner, "due_on": work.now.date() + timedelta(days=9),
            "done_at": work.now if one.done else None, "done_by": owner if one.done else None,
            "created_by": facts.people[one.author].id,
        }  # fmt: skip
        told = Told(network_id=row["network_id"], tier=FRONT)
        create(work, "action.created", row, told)
        for name, word in one.marks.items():
            facts.marks[word] = ("action", one.id, name)
        facts.todos.append(one)


def _write_calendar(work: Work, facts: Facts, person: str, feed: str, about: str | None) -> None:
    secret = new_secret("calendar")
    one = Subscription(work.new_id(), person, feed, about, secret)
    row: dict[str, Any] = {
        "id": one.id, "person_id": facts.people[person].id, "name": "My phone", "secret_hash": hash_of(secret),
        "hint": secret[-4:], "feed": feed, "network_id": facts.nets[about].id if feed == "network" and about else None,
        "meeting_id": facts.meets[about].id if feed == "meeting" and about else None, "filters": "{}",
        "revoked_at": None, "last_used_on": work.now.date(),
    }  # fmt: skip
    create(work, "calendar_token.created", row, Told(person_id=row["person_id"]))
    facts.calendars.append(one)
