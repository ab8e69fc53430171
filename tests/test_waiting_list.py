"""Places and the line for them: first come, first served, never more than there are."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gatherings import FIRST, SECOND, SERIES, SINGLE, Gathering
from tests.house import TestHouse

pytestmark = pytest.mark.anyio


async def change_capacity(
    g: Gathering, path: str, capacity: int | None, occurrence: str | None = None
) -> str | None:
    """Edit the capacity, of all or of one occurrence. Returns the code of a refusal."""
    params = {"occurrence": occurrence} if occurrence else {}
    done = await g.fay.client.patch(path, {"capacity": capacity}, params=params)
    return None if done.status_code == 200 else str(done.json()["code"])


async def test_who_comes_late_waits_in_order(house: TestHouse) -> None:
    g = await Gathering.of(house, "A", "B", "C", "D")
    path = await g.meeting(SINGLE, capacity=2)
    said = [(await g.answer(path, name)).json() for name in "ABCD"]
    assert [(one["place"], one["position"]) for one in said] == [
        ("held", None), ("held", None), ("waiting", 1), ("waiting", 2),
    ]  # fmt: skip
    summary = (await g.fay.client.get(f"{path}/attendance")).json()["summary"]
    assert (summary["held"], summary["waiting"]) == (2, 2)
    assert (summary["capacity"], summary["places_left"]) == (2, 0)
    again = (await g.answer(path, "C")).json()
    assert (again["position"], again["version"]) == (1, 1)


@pytest.mark.parametrize("answer", ["declined", "tentative"])
async def test_the_first_in_line_is_promoted_and_told(house: TestHouse, answer: str) -> None:
    """In the transaction that frees the place, as a change of their own row; a second look finds the same."""
    g = await Gathering.of(house, "A", "B", "C", "D")
    path = await g.meeting(SINGLE, capacity=2)
    for name in "ABCD":
        await g.answer(path, name)
    c = g.members["C"].client
    page = (await c.get(f"{path}/attendance")).json()
    given_back = (await g.answer(path, "A", answer)).json()
    assert given_back["place"] is None
    assert await g.places(path) == {"B": "held", "C": "held", "D": "1"}
    news = await c.get(
        "/v1/changes", params={"cursor": page["changes_cursor"], "kind": "attendance"}
    )
    mine = page["summary"]["mine"]["id"]
    assert [one["id"] for one in news.json()["items"]] == [given_back["id"], mine]
    entries = (
        await g.fay.client.get(
            "/v1/audit", params={"network_id": g.network_id, "resource_id": mine}
        )
    ).json()["items"]
    assert [one["action"] for one in entries] == ["attendance.promoted", "attendance.answered"]
    back = (await g.answer(path, "A")).json()
    assert (back["place"], back["position"]) == ("waiting", 2)


async def test_who_waits_may_step_out_of_the_line(house: TestHouse) -> None:
    g = await Gathering.of(house, "A", "B", "C")
    path = await g.meeting(SINGLE, capacity=1)
    for name in "ABC":
        await g.answer(path, name)
    await g.answer(path, "B", "declined")
    assert await g.places(path) == {"A": "held", "C": "1"}


async def test_each_occurrence_has_its_own_places(house: TestHouse) -> None:
    g = await Gathering.of(house, "A", "B", "C")
    path = await g.meeting(SERIES, capacity=1)
    for name in "ABC":
        await g.answer(path, name, "accepted", FIRST)
    await g.answer(path, "C", "accepted", SECOND)
    assert await g.places(path, FIRST) == {"A": "held", "B": "1", "C": "2"}
    assert await g.places(path, SECOND) == {"C": "held"}
    assert await change_capacity(g, path, 2, FIRST) is None
    assert await g.places(path, FIRST) == {"A": "held", "B": "held", "C": "1"}
    await g.answer(path, "B", "accepted", SECOND)
    assert await g.places(path, SECOND) == {"C": "held", "B": "1"}
    page = await g.fay.client.get(f"{path}/attendance", params={"occurrence": FIRST})
    assert (page.json()["summary"]["capacity"], page.json()["summary"]["places_left"]) == (2, 0)


async def test_a_capacity_is_raised_and_not_lowered_below_what_is_held(house: TestHouse) -> None:
    g = await Gathering.of(house, "A", "B", "C", "D")
    path = await g.meeting(SINGLE, capacity=2)
    for name in "ABCD":
        await g.answer(path, name)
    assert await change_capacity(g, path, 1) == "places_taken"
    assert await g.places(path) == {"A": "held", "B": "held", "C": "1", "D": "2"}
    assert await change_capacity(g, path, 3) is None
    assert await g.places(path) == {"A": "held", "B": "held", "C": "held", "D": "1"}
    assert await change_capacity(g, path, None) is None
    assert set((await g.places(path)).values()) == {"held"}
    assert await change_capacity(g, path, 3) == "places_taken"
    assert await change_capacity(g, path, 4) is None


async def test_a_capacity_edited_as_a_series_is_split_goes_along(house: TestHouse) -> None:
    """From one occurrence on: who waits there moves up, and all of them go to the new series."""
    g = await Gathering.of(house, "A", "B")
    path = await g.meeting(SERIES, capacity=1)
    for occurrence in (FIRST, SECOND):
        for name in "AB":
            await g.answer(path, name, "accepted", occurrence)
    params = {"occurrence": SECOND, "range": "following"}
    later = await g.fay.client.patch(path, {"capacity": 2}, params=params)
    assert later.status_code == 200, later.text
    assert await g.places(path, FIRST) == {"A": "held", "B": "1"}
    assert await g.places(f"/v1/meetings/{later.json()['id']}", SECOND) == {
        "A": "held",
        "B": "held",
    }


async def test_nobody_moves_up_where_it_is_cancelled(house: TestHouse) -> None:
    """What is called off keeps its places as they were, takes no answers, and the rest of a series goes on."""
    g = await Gathering.of(house, "A", "B", "C")
    path = await g.meeting(SERIES, capacity=1)
    for occurrence in (FIRST, SECOND):
        for name in "ABC":
            await g.answer(path, name, "accepted", occurrence)
    done = await g.fay.client.post(f"{path}/cancel", {"occurrence": FIRST})
    assert done.status_code == 200, done.text
    said = await g.answer(path, "A", "declined", FIRST)
    assert (said.status_code, said.json()["code"]) == (409, "meeting_cancelled")
    await g.leave("A")
    assert await change_capacity(g, path, 2) is None
    assert await g.places(path, FIRST) == {"B": "1", "C": "2"}
    assert await g.places(path, SECOND) == {"B": "held", "C": "held"}
    await g.fay.client.post(f"{path}/cancel", {})
    assert (await g.answer(path, "B", "declined", SECOND)).json()["code"] == "meeting_cancelled"


async def test_what_is_over_keeps_its_places(own_url: str) -> None:
    """Nobody is promoted to a place in the past, and a series may become smaller after a big meeting."""
    now = datetime(2099, 3, 1, tzinfo=UTC)
    async with TestHouse.over(own_url, clock=lambda: now) as house:
        g = await Gathering.of(house, "A", "B", "C")
        path = await g.meeting(SERIES, capacity=2)
        for name in "ABC":
            await g.answer(path, name, "accepted", FIRST)
        now = datetime(2099, 3, 18, 13, 29, tzinfo=UTC)  # a minute before the end
        assert (await g.answer(path, "A", "tentative", FIRST)).status_code == 200
        assert await g.places(path, FIRST) == {"B": "held", "C": "held"}
        await g.answer(path, "A", "accepted", FIRST)
        now = datetime(2099, 3, 18, 13, 30, tzinfo=UTC)
        assert (await g.answer(path, "B", "declined", FIRST)).json()["code"] == "meeting_over"
        await g.leave("B")
        assert await change_capacity(g, path, 1) is None
        assert await change_capacity(g, path, 3) is None
        assert await g.places(path, FIRST) == {"B": "held", "C": "held", "A": "1"}


async def test_what_is_over_and_comes_to_lie_ahead_again_is_not_oversold(own_url: str) -> None:
    """An occurrence and a single meeting that took place, made smaller, and then moved into the future."""
    now = datetime(2099, 3, 1, tzinfo=UTC)
    async with TestHouse.over(own_url, clock=lambda: now) as house:
        g = await Gathering.of(house, "A", "B", "C")
        series, single = await g.meeting(SERIES, capacity=2), await g.meeting(SINGLE, capacity=2)
        for name in "ABC":
            await g.answer(series, name, "accepted", FIRST)
            await g.answer(single, name)
        now = datetime(2099, 3, 19, tzinfo=UTC)
        for path, params in ((series, {"occurrence": FIRST}), (single, {})):
            ahead = {"local_start": "2099-04-01T12:30:00"}
            both = await g.fay.client.patch(path, {"capacity": 1, **ahead}, params=params)
            assert (both.status_code, both.json()["code"]) == (409, "places_taken")
            assert await change_capacity(g, path, 1, params.get("occurrence")) is None
            moved = await g.fay.client.patch(path, ahead, params=params)
            assert (moved.status_code, moved.json()["code"]) == (409, "places_taken")
            more = await g.fay.client.patch(path, {"capacity": 3, **ahead}, params=params)
            assert more.status_code == 200, more.text
            assert set((await g.places(path, **params)).values()) == {"held"}


async def test_places_of_one_occurrence_are_not_lost_under_those_who_hold_them(
    house: TestHouse,
) -> None:
    """A series that becomes one meeting has the series' capacity, whatever its first occurrence had alone."""
    g = await Gathering.of(house, "A", "B")
    path = await g.meeting(SERIES, capacity=1)
    assert await change_capacity(g, path, 2, FIRST) is None
    for name in "AB":
        await g.answer(path, name, "accepted", FIRST)
    refused = await g.fay.client.patch(path, {"recurrence": None})
    assert (refused.status_code, refused.json()["code"]) == (409, "places_taken")
    done = await g.fay.client.patch(path, {"recurrence": None, "capacity": 2})
    assert done.status_code == 200, done.text
    assert await g.places(path) == {"A": "held", "B": "held"}


# --- Any sequence of what may happen, against the law in a few lines --------------------------------

NAMES = "ABCDEF"


@dataclass
class Law:
    """One occurrence: who holds a place, who waits, in order; nothing else."""

    capacity: int | None
    held: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)

    def _fill(self) -> None:
        while self.line and (self.capacity is None or len(self.held) < self.capacity):
            self.held.append(self.line.pop(0))

    def _out(self, name: str) -> None:
        self.held = [one for one in self.held if one != name]
        self.line = [one for one in self.line if one != name]

    def answer(self, name: str, answer: str) -> None:
        """Say something; the same again is nothing."""
        if name in self.away or self.said.get(name) == answer:
            return
        self._out(name)
        self.said[name] = answer
        if answer == "accepted":
            self.line.append(name)
        self._fill()

    def leave(self, name: str) -> None:
        """Leave, or join again."""
        if name in self.away:
            self.away.remove(name)
            return
        self.away.add(name)
        self.said.pop(name, None)
        self._out(name)
        self._fill()

    def change(self, capacity: int | None) -> str | None:
        """Edit the capacity."""
        if capacity is not None and len(self.held) > capacity:
            return "places_taken"
        self.capacity = capacity
        self._fill()
        return None

    def places(self) -> dict[str, str]:
        """What each has."""
        waiting = {name: str(index + 1) for index, name in enumerate(self.line)}
        return dict.fromkeys(self.held, "held") | waiting


STEP = st.one_of(
    st.tuples(st.just("answer"), st.sampled_from(NAMES), st.just("accepted")),
    st.tuples(
        st.just("answer"),
        st.sampled_from(NAMES),
        st.sampled_from(["accepted", "declined", "tentative"]),
    ),
    st.tuples(st.just("leave"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("capacity"), st.none(), st.sampled_from([1, 2, 3, 5, None])),
)


async def take(g: Gathering, path: str, law: Law, step: tuple[str, Any, Any]) -> None:
    """Do one thing to the house and to the law."""
    what, name, value = step
    if what == "answer":
        said = await g.answer(path, name, value)
        assert said.status_code == (404 if name in law.away else 200)
        law.answer(name, value)
        if said.status_code == 200:
            place = said.json()["place"]
            shown = "held" if place == "held" else str(said.json()["position"])
            assert (None if place is None else shown) == law.places().get(name)
    elif what == "leave":
        if name in law.away:
            await g.join(name)
        else:
            assert (await g.leave(name)).status_code == 204
        law.leave(name)
    else:
        assert await change_capacity(g, path, value) == law.change(value)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEP, min_size=4, max_size=25), st.sampled_from([1, 2, 3, None]))
async def test_any_sequence_keeps_the_law(
    house: TestHouse, steps: list[tuple[str, Any, Any]], capacity: int | None
) -> None:
    g = await Gathering.of(house, *NAMES)
    path, law = await g.meeting(SINGLE, capacity=capacity), Law(capacity)
    for step in steps:
        await take(g, path, law, step)
        assert await g.places(path) == law.places(), steps


async def test_the_law_would_notice(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house that promotes nobody differs from it."""

    async def nobody(*_: Any, **__: Any) -> None:
        return None

    monkeypatch.setattr("app.features.meetings.attendance_commands.fill_places", nobody)
    g = await Gathering.of(house, *NAMES)
    path, law = await g.meeting(SINGLE, capacity=1), Law(1)
    for step in (
        ("answer", "A", "accepted"),
        ("answer", "B", "accepted"),
        ("answer", "A", "declined"),
    ):
        await take(g, path, law, step)
    assert await g.places(path) != law.places()
