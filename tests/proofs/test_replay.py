"""Snapshot + feed == fresh snapshot, whoever looks, whatever happens."""

import asyncio
import random
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from app.core import changes
from app.core.work import Work
from tests.house import TestHouse
from tests.proofs.actions import NAMES, Stage, Step, trace_of
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import SEED, Figures, scaled
from tests.proofs.replica import Replica

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
STEPS = 80
SHAPES: dict[str, Any] = {}


@dataclass
class Run:
    """One trace played: what was done, what observers heard, and where a copy went wrong."""

    done: int = 0
    refused: int = 0
    heard: int = 0
    compared: int = 0
    differences: tuple[str, ...] = ()


def keep_shapes(house: TestHouse) -> None:
    """Compile statements once for all houses of a run: it would be half of their time."""
    db: Any = house.app.rooms.house.db
    db._shapes = SHAPES.setdefault(db.name, db._shapes)


async def observers_of(stage: Stage) -> list[Replica]:
    """Nobody, a stranger, the operator, and the people who act."""
    stranger = await stage.house.person("Sam")
    return [
        Replica("anonymous", stage.house.anonymous),
        Replica("stranger", stranger.client),
        Replica("operator", stage.operator.client, operator=True),
        *(Replica(name, actor.client) for name, actor in zip(NAMES, stage.actors, strict=True)),
    ]


async def play(url: str, trace: list[Step], seed: object) -> Run:
    """Play a trace in a fresh house. After some steps some observers look; at the end all do."""
    run = Run()
    async with TestHouse.over(url) as house:
        keep_shapes(house)
        stage = await Stage.set_up(house)
        dice = random.Random(repr(seed))
        if dice.random() < 0.5:
            await stage.plant(dice)
        observers = await observers_of(stage)
        for observer in observers:
            await observer.begin()
        for number, step in enumerate(trace):
            await stage.act(step)
            # By the step itself, so that a shorter trace has the same looks.
            dice = random.Random(repr((seed, step)))
            looking = [o for o in observers if dice.random() < 0.15]
            if number == len(trace) - 1:
                looking = observers
            for observer in looking:
                run.differences += tuple(await observer.differences())
                run.compared += 1
            if run.differences:
                break
        run.done, run.refused = stage.done, stage.refused
        run.heard = sum(observer.heard for observer in observers)
    return run


@dataclass
class Search:
    """Plays traces until one goes wrong, adding up what was done."""

    new_database: NewDatabase
    total: Run = field(default_factory=Run)

    async def first_failure(self, traces: int, label: str) -> tuple[int, Run] | None:
        """The number and the run of the first trace that goes wrong."""
        for number in range(traces):
            seed = (SEED, label, number)
            run = await play(self.new_database(), trace_of(seed, STEPS), seed)
            if run.differences:
                return number, run
            self.total.done += run.done
            self.total.refused += run.refused
            self.total.heard += run.heard
            self.total.compared += run.compared
        return None

    async def shortest(self, label: str, number: int) -> list[Step]:
        """A part of that trace that still goes wrong, and from which no step can be left out."""
        seed = (SEED, label, number)
        trace, size = trace_of(seed, STEPS), STEPS // 2
        while size:
            at = 0
            while at < len(trace):
                shorter = trace[:at] + trace[at + size :]
                if shorter and (await play(self.new_database(), shorter, seed)).differences:
                    trace = shorter
                else:
                    at += size
            size //= 2
        return trace


async def test_replay(figures: Figures, new_database: NewDatabase) -> None:
    """Random traces of eighty steps; nine observers follow at random moments."""
    traces, search = scaled(40), Search(new_database)
    failure = await search.first_failure(traces, "replay")
    if failure is not None:
        number, run = failure
        shortest = await search.shortest("replay", number)
        told = [f"trace {number} of seed {SEED}", *run.differences, *map(str, shortest)]
        pytest.fail("\n".join(told))
    total = search.total
    figures.tell(
        traces=traces, steps=total.done, refused=total.refused, changes_heard=total.heard,
        copies_compared=total.compared, differences=0,
    )  # fmt: skip


@pytest.mark.parametrize("unsaid", ["scope", "reach", "person_id"])
async def test_replay_control(
    figures: Figures, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, unsaid: str
) -> None:
    """The same traces find out a log that does not say for whom rows came and went."""
    record = changes.record
    nothing: dict[str, Any] = {unsaid: None}

    def forgetful(work: Work, action: str, row_id: str, told: changes.Told, **more: Any) -> None:
        record(work, action, row_id, replace(told, **nothing), **more)

    monkeypatch.setattr(changes, "record", forgetful)
    failure = await Search(new_database).first_failure(10, "replay")
    figures.tell(unsaid=unsaid, found_in_trace=failure and failure[0])
    assert failure is not None, f"nobody missed {unsaid}"


async def test_replay_meanwhile(figures: Figures, new_database: NewDatabase) -> None:
    """Observers list and follow while people act: between a list and the feed there is no hole."""
    traces, total = scaled(20), Run()
    for number in range(traces):
        dice = random.Random(repr((SEED, "meanwhile", number)))
        async with TestHouse.over(new_database()) as house:
            keep_shapes(house)
            stage = await Stage.set_up(house)
            await stage.plant(dice)
            observers = await observers_of(stage)
            trace = trace_of((SEED, "meanwhile", number), STEPS)
            over = asyncio.Event()
            watching = [watch(observer, over, dice.random()) for observer in observers]
            await asyncio.gather(act_out(stage, trace, over), *watching)
            for observer in observers:
                total.differences += tuple(await observer.differences())
                total.compared += 1
            total.done += stage.done
            total.heard += sum(observer.heard for observer in observers)
        assert not total.differences, (number, total.differences)
    figures.tell(
        traces=traces, steps=total.done, changes_heard=total.heard, copies_compared=total.compared,
        differences=0,
    )  # fmt: skip


async def act_out(stage: Stage, trace: list[Step], over: asyncio.Event) -> None:
    """Take the steps of a trace, two at a time."""
    try:
        for first, second in zip(trace[::2], trace[1::2], strict=True):
            await asyncio.gather(stage.act(first), stage.act(second))
    finally:
        over.set()


async def watch(observer: Replica, over: asyncio.Event, share: float) -> None:
    """Begin a copy some time into the action, and follow with little rest."""
    await asyncio.sleep(share * 0.3)
    await observer.begin()
    while not over.is_set():
        await observer.follow()
        await asyncio.sleep(0.05)
