"""The meetings of the demo: planned, answered, held and followed up by the commands of everybody, each in its time."""

from calendar import Calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from app.core.fetching_follow_up import fetch_minutes
from app.core.fetching_meetings import fetch_meeting
from app.core.recurrence import expand
from app.core.viewer import Viewer
from app.core.wall_time import local_from, local_text
from app.core.work import Work
from app.exchange.demo.world import Event, World
from app.features.actions.commands import complete_action, create_action
from app.features.actions.schemas import ActionCreate
from app.features.meetings.aiming import Aim
from app.features.meetings.attendance_commands import answer_invitation, record_attendance
from app.features.meetings.attendance_schemas import AttendancePut, AttendanceRecord
from app.features.meetings.cancelling import cancel_meeting
from app.features.meetings.commands import edit_meeting, plan_meeting
from app.features.meetings.schemas import EditRange, MeetingCreate, MeetingPatch
from app.features.minutes.commands import edit_minutes, publish_minutes, write_minutes
from app.features.minutes.schemas import MinutesCreate, MinutesPatch, MinutesPublish
from app.reference.demo_meetings import (
    Cancelled,
    Correction,
    DemoAction,
    DemoMeeting,
    DemoMinutes,
    Moved,
    read_demo_meetings,
)

ZONE = "Europe/London"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIELDS = (
    "title", "description", "duration_minutes", "mode", "place", "place_private", "latitude", "longitude", "join_url",
    "capacity", "confidentiality", "status", "announce", "agenda",
)  # fmt: skip


@dataclass(slots=True)
class Story:
    """One meeting while it is told: its occurrences by number, and its id once it is planned."""

    world: World
    demo: DemoMeeting
    now: datetime
    meeting_id: str = ""
    starts: dict[int, tuple[str, datetime]] = field(init=False)
    minutes: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number the occurrences."""
        self.starts = occurrences(self.demo, self.now)

    @property
    def network_id(self) -> str:
        """Its network."""
        return self.world.networks[self.demo.network]

    @property
    def facilitator(self) -> Viewer:
        """Who plans it and writes its minutes."""
        return self.world.people[self.world.founder(self.demo.network).person]

    def occurrence(self, number: int) -> str | None:
        """What an occurrence is called; None for a single meeting."""
        return self.starts[number][0] if self.demo.repeats else None


def nth_weekday(year: int, month: int, weekday: str) -> date:
    """The third Wednesday of a month is "3WE"."""
    day, number = DAYS.index(weekday[1:]), int(weekday[0])
    found = [day_ for day_ in Calendar().itermonthdates(year, month) if day_.month == month]
    return [one for one in found if one.weekday() == day][number - 1]


def occurrences(demo: DemoMeeting, now: datetime) -> dict[int, tuple[str, datetime]]:
    """The local starts and the instants of a meeting, numbered as `DemoMeeting` says, in their order."""
    months = now.year * 12 + now.month - 1 + demo.month
    day = nth_weekday(months // 12, months % 12 + 1, demo.weekday)
    first = local_text(datetime.combine(day, time.fromisoformat(demo.at)))
    series = expand(demo.repeats, first, ZONE)
    starts = [datetime.fromtimestamp(second, UTC) for second in series.starts]
    past = sum(start <= now for start in starts)
    return {
        index - past: (local, start)
        for index, (local, start) in enumerate(zip(series.locals, starts, strict=True))
    }


def meeting_events(world: World, now: datetime) -> Iterator[Event]:
    """Everything that happens about meetings in the year before `now`, in no order."""
    for demo in read_demo_meetings():
        yield from _events(Story(world, demo, now))


def _events(story: Story) -> Iterator[Event]:
    """Everything that happens about one meeting, in no order."""
    demo, now = story.demo, story.now
    planned = min(next(iter(story.starts.values()))[1] - 28 * DAY, now - 10 * DAY)
    yield Event(planned, partial(_plan, story))
    if demo.every_second is not None:
        for number in list(story.starts)[1::2]:
            yield Event(planned + HOUR, partial(_edit, story, number, demo.every_second))
    for moved in demo.moved:
        given = {"local_start": _later(story, moved)}
        at = _before(story, moved.number, 12 * DAY)
        yield Event(at, partial(_edit, story, moved.number, given))
    for off in demo.cancelled:
        yield Event(_before(story, off.number, 9 * DAY), partial(_cancel, story, off))
    called_off = {off.number for off in demo.cancelled}
    for number in story.starts:
        if -demo.recorded <= number < 0 and number not in called_off:
            yield from _meet(story, number)
    yield from _answers_ahead(story)
    for minutes in demo.minutes:
        yield from _written(story, minutes)
    for action in demo.actions:
        yield from _taken_on(story, action)


def _before(story: Story, number: int, by: timedelta) -> datetime:
    """So long before an occurrence, and not in the days to come."""
    return min(story.starts[number][1] - by, story.now - 2 * DAY)


def _after(story: Story, number: int, by: timedelta) -> datetime:
    """So long after an occurrence has ended, and not later than now."""
    ended = story.starts[number][1] + timedelta(minutes=story.demo.duration_minutes)
    return min(ended + by, story.now)


def _later(story: Story, moved: Moved) -> str:
    day = local_from(story.starts[moved.number][0]).date() + timedelta(days=moved.days)
    return local_text(datetime.combine(day, time.fromisoformat(moved.at)))


async def _plan(story: Story) -> None:
    demo, (local, start) = story.demo, next(iter(story.starts.values()))
    given = {name: getattr(demo, name) for name in FIELDS}
    given |= {"agenda": list(demo.agenda), "network_id": story.network_id, "timezone": ZONE}
    if demo.repeats is None:
        given["starts_at"] = start
    else:
        given |= {"local_start": local, "recurrence": demo.repeats}
    body = MeetingCreate.model_validate(given)
    made = await story.world.do(story.facilitator, lambda work: plan_meeting(work, body))
    story.meeting_id = made["id"]


async def _edit(story: Story, number: int, given: dict[str, Any]) -> None:
    body = MeetingPatch.model_validate(given)
    aim = Aim(EditRange.THIS, story.starts[number][0])

    async def command(work: Work) -> None:
        row, network = await fetch_meeting(work, story.meeting_id, "meeting.update")
        await edit_meeting(work, row, network, aim, body)

    await story.world.do(story.facilitator, command)


async def _cancel(story: Story, off: Cancelled) -> None:
    aim = Aim(EditRange.THIS, story.starts[off.number][0])

    async def command(work: Work) -> None:
        row, network = await fetch_meeting(work, story.meeting_id, "meeting.update")
        await cancel_meeting(work, row, network, aim, off.reason)

    await story.world.do(story.facilitator, command)


def _meet(story: Story, number: int) -> Iterator[Event]:
    """People answer in the week before, and a facilitator notes who came."""
    demo = story.demo
    some = [who for place, who in enumerate(demo.now_and_then) if (place + number) % 2]
    away = demo.regulars[number % len(demo.regulars)] if demo.regulars else None
    asked = [*demo.regulars, *some]
    for place, who in enumerate(asked):
        at = _before(story, number, 7 * DAY - place * HOUR)
        yield Event(at, partial(_answer, story, number, who, "accepted"))
    if asked:
        came = {who: who != away for who in asked}
        yield Event(_after(story, number, HOUR), partial(_came, story, number, came))


def _answers_ahead(story: Story) -> Iterator[Event]:
    coming = story.demo.coming
    if coming is None:
        return
    answers = ("accepted", "declined", "tentative")
    said = [(who, answer) for answer in answers for who in getattr(coming, answer)]
    for place, (who, answer) in enumerate(said):
        at = story.now - 2 * DAY + place * HOUR
        yield Event(at, partial(_answer, story, coming.number, who, answer))


async def _answer(story: Story, number: int, who: str, answer: str) -> None:
    given = {"answer": answer, "occurrence": story.occurrence(number)}
    body = AttendancePut.model_validate(given)
    await story.world.do(
        story.world.people[who],
        lambda work: answer_invitation(work, story.meeting_id, body, lambda _seen: None),
    )


async def _came(story: Story, number: int, came: dict[str, bool]) -> None:
    people = [
        {"person_id": story.world.people[who].person_id, "came": there}
        for who, there in came.items()
    ]
    given = {"occurrence": story.occurrence(number), "people": people}
    body = AttendanceRecord.model_validate(given)
    await story.world.do(
        story.facilitator, lambda work: record_attendance(work, story.meeting_id, body)
    )


def _written(story: Story, minutes: DemoMinutes) -> Iterator[Event]:
    """Written the day after, published two days later, corrected in the week that follows."""
    number = minutes.number
    yield Event(_after(story, number, DAY), partial(_write, story, minutes))
    yield Event(_after(story, number, 3 * DAY), partial(_publish, story, number, None))
    if minutes.correction is not None:
        yield Event(
            _after(story, number, 8 * DAY), partial(_correct, story, number, minutes.correction)
        )


async def _write(story: Story, minutes: DemoMinutes) -> None:
    given = {"meeting_id": story.meeting_id, "occurrence": story.occurrence(minutes.number)}
    body = MinutesCreate.model_validate({**given, "text": minutes.text})
    made = await story.world.do(story.facilitator, lambda work: write_minutes(work, body))
    story.minutes[minutes.number] = made


async def _correct(story: Story, number: int, correction: Correction) -> None:
    async def command(work: Work) -> None:
        row, network = await fetch_minutes(work, story.minutes[number], "minutes.write")
        await edit_minutes(work, row, network, MinutesPatch(text=correction.text))

    await story.world.do(story.facilitator, command)
    await _publish(story, number, correction.note)


async def _publish(story: Story, number: int, note: str | None) -> None:
    async def command(work: Work) -> None:
        row, network = await fetch_minutes(work, story.minutes[number], "minutes.write")
        await publish_minutes(work, row, network, MinutesPublish(note=note))

    await story.world.do(story.facilitator, command)


def _taken_on(story: Story, action: DemoAction) -> Iterator[Event]:
    made: list[str] = []
    by, owner = story.world.people[action.by], story.world.people[action.owner]

    async def write() -> None:
        given = {
            "meeting_id": story.meeting_id,
            "occurrence": story.occurrence(action.number),
            "title": action.title,
            "detail": action.detail,
            "owner_id": owner.person_id,
            "due_on": (story.now + timedelta(days=action.due_in_days)).date(),
        }
        body = ActionCreate.model_validate(given)
        made.append(await story.world.do(by, lambda work: create_action(work, body)))

    async def complete() -> None:
        await story.world.do(owner, lambda work: complete_action(work, made[0]))

    yield Event(_after(story, action.number, HOUR), write)
    if action.done_after_days is not None:
        yield Event(_after(story, action.number, action.done_after_days * DAY), complete)
