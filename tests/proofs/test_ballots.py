"""Ballots of many people, each sent over and over at once, and the decision closed meanwhile: the count is the ledger.

The ledger is what was acknowledged: of each person the ballot of the highest version that any answer told them. What is
stored at closing must be that, no more and no less.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from app.core import fetching_decisions
from app.core.errors import HouseError
from app.core.viewer import PERSONAL_SCOPES, Viewer
from app.core.work import House, Work, perform
from app.db.errors import DatabaseError
from app.db.types import ID
from app.features.decisions import commands
from app.features.decisions.schemas import DecisionClose, DecisionOutcome, VoteChoice, VotePut
from app.models import Decision, Vote
from tests.gatherings import Gathering
from tests.house import TestHouse
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import SEED, Figures, scaled

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
VOTERS = 25
DUPLICATES = 20
AT_ONCE = 32  # requests under way
SECONDS_EACH = 0.004  # that a request may take: the end falls somewhere before the last of them
CHOICES = tuple(VoteChoice)
Row = dict[str, Any]


@dataclass
class Ledger:
    """What one decision's voters were told: by person the version and the vote of each answer."""

    told: dict[str, dict[int, str]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, person: str, version: int, vote: str, since: int) -> None:
        """An acknowledged ballot; `since` is the version that the person knew of when it was sent."""
        known = self.told.setdefault(person, {})
        if known.setdefault(version, vote) != vote:
            self.wrong.append(f"version {version} is both {vote} and {known[version]}")
        if version < since:
            self.wrong.append(f"version {version} after {since}")

    def last(self, person: str) -> int:
        """The highest version that this person was told."""
        return max(self.told.get(person, {0: ""}))

    def counted(self) -> dict[str, int]:
        """The count that follows from it."""
        found = Counter(known[max(known)] for known in self.told.values())
        return {choice: found[choice] for choice in CHOICES}


async def cast(
    house: House, decision_id: str, person: str, choice: VoteChoice, ledger: Ledger
) -> None:
    """One request; what was acknowledged goes into the ledger, what was refused does not."""
    viewer = Viewer(person_id=person, scopes=frozenset(map(str, PERSONAL_SCOPES)))
    since = ledger.last(person)

    async def command(work: Work) -> tuple[int, str]:
        decision, before = await commands.vote_to_cast(work, decision_id)
        body = VotePut(vote=choice, reason="Because." if choice is VoteChoice.BLOCK else None)
        vote_id = commands.cast_vote(work, decision, before, body)
        await work.flush()
        (row,) = await work.fetch("proof own", _own, {"vote_id": vote_id})
        return int(row["version"]), str(row["vote"])

    try:
        version, vote = await perform(house, command, viewer=viewer)
    except (HouseError, DatabaseError) as refused:
        ledger.outcomes[getattr(refused, "code", type(refused).__name__)] += 1
    else:
        ledger.outcomes["acknowledged"] += 1
        ledger.note(person, version, vote, since)


def _own() -> Any:
    return select(Vote.version, Vote.vote).where(Vote.id == bindparam("vote_id", type_=ID))


async def close(house: House, decision_id: str, by: str, after: float) -> None:
    """Close it, some time into the ballots."""
    await asyncio.sleep(after)
    viewer = Viewer(person_id=by, scopes=frozenset(map(str, PERSONAL_SCOPES)))
    body = DecisionClose(outcome=DecisionOutcome.WITHDRAWN)
    for _ in range(20):  # a deadlock or a lock's time is told as such, and tried again
        try:
            await perform(
                house, lambda work: commands.close_decision(work, decision_id, body), viewer=viewer
            )
        except DatabaseError:
            continue
        return
    raise AssertionError("the decision could not be closed")


def _stored() -> Any:
    return select(*(getattr(Decision, choice) for choice in CHOICES), Decision.electorate).where(
        Decision.id == bindparam("decision_id", type_=ID)
    )


def _kept() -> Any:
    return select(Vote.person_id, Vote.vote, Vote.version).where(
        Vote.decision_id == bindparam("decision_id", type_=ID)
    )


async def one_poll(
    group: Gathering, people: list[str], dice: random.Random
) -> tuple[Ledger, list[str]]:
    """A decision, everybody's ballots with their duplicates, its end; the ledger and what does not fit it."""
    house = group.house.app.rooms.house
    body = {"network_id": group.network_id, "title": "A poll", "proposal": "To be counted."}
    made = await group.fay.client.post("/v1/decisions", body)
    decision_id = made.json()["id"]
    ledger, turn = Ledger(), asyncio.Semaphore(AT_ONCE)
    requests = [
        (person, choice)
        for person in people
        # Of half of the people always the same ballot, of the others whatever they think of next.
        for choice in (
            [dice.choice(CHOICES)] * DUPLICATES
            if dice.random() < 0.5
            else dice.choices(CHOICES, k=DUPLICATES)
        )
    ]
    dice.shuffle(requests)

    async def send(person: str, choice: VoteChoice) -> None:
        async with turn:
            await cast(house, decision_id, person, choice, ledger)

    # As many as come before the end are no fixed number: the clock decides, as with people.
    when = dice.random() * len(requests) * SECONDS_EACH
    sending = asyncio.gather(*(send(*request) for request in requests))
    await asyncio.gather(sending, close(house, decision_id, group.fay.id, when))
    values = {"decision_id": decision_id}
    (stored,) = await house.db.fetch("proof stored", _stored, values)
    kept = await house.db.fetch("proof kept", _kept, values)
    wrong = list(ledger.wrong)
    count = {choice: stored[choice] for choice in CHOICES}
    if count != ledger.counted():
        wrong.append(f"stored {count}, told {ledger.counted()}")
    if {row["person_id"]: (row["version"], row["vote"]) for row in kept} != {
        person: (max(known), known[max(known)]) for person, known in ledger.told.items()
    }:
        wrong.append("the ballots that are kept are not those that were told last")
    if len(kept) != len({row["person_id"] for row in kept}):
        wrong.append("somebody has two ballots")
    if stored["electorate"] != len(people) + 1:
        wrong.append(f"an electorate of {stored['electorate']}")
    return ledger, wrong


async def polls(
    url: str, ballots: int, seed: int, most: int | None = None
) -> tuple[Counter[str], list[str], int]:
    """So many ballots in decisions of their own; all outcomes, and what was wrong. `most` wrong ones are enough."""
    dice, outcomes, held = random.Random(seed), Counter[str](), 0
    wrong: list[str] = []
    async with TestHouse.over(url, write_connections=8) as house:
        group = await Gathering.of(house, *(f"Voter {number}" for number in range(VOTERS)))
        people = [person.id for person in group.members.values()]
        while held * VOTERS < ballots and (most is None or len(wrong) < most):
            ledger, found = await one_poll(group, people, dice)
            outcomes.update(ledger.outcomes)
            wrong += found
            held += 1
    return outcomes, wrong, held


async def test_ballots(figures: Figures, new_database: NewDatabase) -> None:
    """5,000 ballots, each twenty times in parallel, closed at random instants: every count is its ledger."""
    ballots = scaled(5_000)
    outcomes, wrong, held = await polls(new_database(), ballots, SEED)
    figures.tell(
        ballots=ballots,
        duplicates=DUPLICATES,
        decisions=held,
        outcomes=dict(outcomes),
        wrong=len(wrong),
    )
    assert wrong == []
    assert set(outcomes) == {"acknowledged", "decision_closed"}, (
        "some came in time and some were late"
    )
    assert outcomes.total() == held * VOTERS * DUPLICATES


async def test_ballots_control(
    figures: Figures, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """Without the lock the count is another. SQLite's one writer stands in for it: there the control takes the rule."""
    if engine == "postgresql":
        lockless = fetching_decisions._decision
        monkeypatch.setattr(
            fetching_decisions, "_decision", lambda rank, **_: lockless(rank, lock=False)
        )
    else:
        monkeypatch.setattr(commands, "takes_votes", lambda *_: True)
    _, wrong, held = await polls(new_database(), 500, SEED, most=1)
    figures.tell(decisions=held, wrong=len(wrong))
    assert wrong
