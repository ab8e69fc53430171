"""The demo while it comes into being, and the time that it is there meanwhile."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from app.core.viewer import Viewer
from app.core.work import House, Work, perform
from app.db.database import Build, Transaction
from app.db.statement import Document
from app.exchange.ods.stored import Report
from app.reference.demo import Demo, DemoMember

T = TypeVar("T")


@dataclass(slots=True)
class Inside:
    """A database seen from inside one open transaction: every unit of work joins it."""

    name: str
    tx: Transaction

    async def start(self) -> None:
        """It is open."""

    async def stop(self) -> None:
        """Whoever opened the transaction ends it."""

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """Read what the transaction sees."""
        return await self.tx.fetch(key, build, values)

    fetch_slow = fetch

    def token_stamp(self) -> None:
        """Nobody comes in here."""

    async def forget_tokens(self) -> None:
        """Nobody comes in here."""

    async def scrub(self, _tables: Sequence[str]) -> None:
        """Nobody is erased here."""

    async def unit(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """Join."""
        return await run(self.tx)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is done at a time."""

    at: datetime
    do: Callable[[], Awaitable[Any]]


@dataclass(slots=True)
class World:
    """Ids by the keys of the shipped files; `at` is the time there, which goes from a year ago to now."""

    inside: Inside
    new_id: Callable[[], str]
    demo: Demo
    report: Report
    at: datetime
    people: dict[str, Viewer] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        """The house at this time."""
        return House(self.inside, lambda: self.at, self.new_id)

    async def do(self, viewer: Viewer, command: Callable[[Work], Awaitable[T]]) -> T:
        """One command by one person."""
        return await perform(self.house, command, viewer=viewer)

    def spells(self, network: str) -> list[DemoMember]:
        """The memberships of one network, in order."""
        return [spell for spell in self.demo.members if spell.network == network]

    def founder(self, network: str) -> DemoMember:
        """The first facilitator of a network."""
        return min(self.spells(network), key=lambda spell: spell.role != "facilitator")
