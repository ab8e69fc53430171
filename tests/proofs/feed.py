"""Writers and readers of the change feed, and the ledger that the writers keep of what they were promised.

Writers run the product's own commands through `perform`; readers follow `sync.queries.page` as the door does. Nobody
tells a reader how far the writers are.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.core.errors import HouseError
from app.core.fetching import fetch_member, fetch_network
from app.core.ids import new_id
from app.core.viewer import ALL_SCOPES, PERSONAL_SCOPES, Viewer
from app.core.work import House, Work, perform
from app.db.database import Build, ChangeRow, Database, Transaction
from app.db.errors import DatabaseError
from app.db.statement import Document
from app.exchange.sync.queries import page
from app.features.networks import commands, member_commands
from app.features.networks.member_schemas import MemberPatch, NetworkJoin
from app.features.networks.schemas import NetworkCreate, NetworkPatch

T = TypeVar("T")
Pause = Callable[[], Awaitable[None]]
Told = tuple[str, str, int]  # kind, id, version
NEW = {"name": "A network of many writers", "purpose": "To be written to by many at once."}


class RolledBack(Exception):
    """A writer changed its mind."""


@dataclass
class Ledger:
    """What the writers know: which requests were committed, with what changes, and which never were."""

    committed: dict[str, list[Told]] = field(default_factory=dict)
    rolled_back: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class World:
    """Where the writers write: the networks, who facilitates all of them, and the other people."""

    networks: list[str]
    insider: Viewer
    outsider: Viewer
    operator: Viewer
    writers: list[Viewer]


def viewer(person_id: str, *, operator: bool = False) -> Viewer:
    """A person with everything that a token may give."""
    scopes = ALL_SCOPES if operator else PERSONAL_SCOPES
    return Viewer(person_id, scopes=scopes, is_operator=operator)


@dataclass
class Lingering:
    """A database whose units wait between taking their position and COMMIT, where a feed can be caught out."""

    inner: Database
    linger: Pause
    name: str = ""

    async def start(self) -> None:
        """As the database itself."""
        await self.inner.start()

    async def stop(self) -> None:
        """As the database itself."""
        await self.inner.stop()

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """As the database itself."""
        return await self.inner.fetch(key, build, values)

    async def fetch_slow(
        self, key: object, build: Build, values: Mapping[str, Any]
    ) -> list[Document]:
        """As the database itself."""
        return await self.inner.fetch_slow(key, build, values)

    def token_stamp(self) -> int | None:
        """As the database itself."""
        return self.inner.token_stamp()

    async def forget_tokens(self) -> None:
        """As the database itself."""
        await self.inner.forget_tokens()

    async def scrub(self, tables: Sequence[str]) -> None:
        """As the database itself."""
        await self.inner.scrub(tables)

    async def unit(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """As the database itself, with a pause before COMMIT; the pause may raise."""

        async def longer(tx: Transaction) -> T:
            result = await run(tx)
            await self.linger()
            return result

        return await self.inner.unit(longer)


class Writer:
    """One writer: a person who joins, leaves and says things, and who edits as the facilitator of all networks."""

    def __init__(self, house: House, world: World, number: int, seed: int, longest: float) -> None:
        """`longest` is the longest pause before the last statement, in seconds."""
        self.house = House(
            Lingering(house.db, self._before_commit, house.db.name), house.clock, house.new_id
        )
        self.world = world
        self.me = world.writers[number]
        self.dice = random.Random(f"{seed} {number}")
        self.longest = longest
        self.spells: dict[str, str] = {}  # network -> my spell in it
        self.late_doom = False

    async def _before_commit(self) -> None:
        """One in twenty waits here, where it holds everybody up."""
        if self.longest and self.dice.random() < 0.05:
            await asyncio.sleep(self.dice.uniform(0, self.longest))
        if self.late_doom:
            raise RolledBack

    async def write(self, ledger: Ledger) -> None:
        """One unit of work, which one time in ten is rolled back, before or after it has its position."""
        network_id = self.dice.choice(self.world.networks)
        actor, command, done = self._chosen(network_id)
        fate = self.dice.random()
        request_id = new_id()
        changes: list[ChangeRow] = []

        async def unit(work: Work) -> None:
            self.late_doom = fate < 0.05
            changes.clear()
            await command(work)
            await work.flush()
            if self.longest:
                await asyncio.sleep(self.dice.uniform(0, self.longest))
            if 0.05 <= fate < 0.1:
                raise RolledBack
            changes.extend(work.changes)

        try:
            await perform(self.house, unit, viewer=actor, request_id=request_id)
        except RolledBack:
            ledger.rolled_back.add(request_id)
        except (HouseError, DatabaseError) as error:
            ledger.rolled_back.add(request_id)
            ledger.refused[type(error).__name__] += 1
        else:
            ledger.committed[request_id] = [(c.kind, c.resource_id, c.version) for c in changes]
            done()

    def _chosen(
        self, network_id: str
    ) -> tuple[Viewer, Callable[[Work], Awaitable[None]], Callable[[], None]]:
        """Who acts, what they do, and what to remember when it is done."""
        spell_id = self.spells.get(network_id)
        throw = self.dice.random()
        if throw < 0.05:
            return self.me, self._set_up, lambda: None
        if throw < 0.35:
            return self.world.insider, self._edit(network_id), lambda: None
        if spell_id is None:
            return self._joining(network_id)
        if throw < 0.6:
            return self.me, self._offer(spell_id), lambda: None
        return self.me, self._leave(spell_id), lambda: self._forget(network_id)

    async def _set_up(self, work: Work) -> None:
        body = NetworkCreate.model_validate({**NEW, "visibility": self.dice.choice(VISIBILITIES)})
        await commands.create_network(work, body)

    def _edit(self, network_id: str) -> Callable[[Work], Awaitable[None]]:
        name = self.dice.choice(("purpose", "member_offer", "resourcing"))
        body = NetworkPatch.model_validate({name: f"Written by {self.dice.random()}"})

        async def edit(work: Work) -> None:
            row = await fetch_network(work, network_id, "network.update")
            await commands.update_network(work, row, body)

        return edit

    def _joining(
        self, network_id: str
    ) -> tuple[Viewer, Callable[[Work], Awaitable[None]], Callable[[], None]]:
        found: list[str] = []

        async def join(work: Work) -> None:
            spell = await member_commands.join_network(work, network_id, NetworkJoin())
            found.append(spell["id"])

        return self.me, join, lambda: self.spells.update({network_id: found[-1]})

    def _offer(self, spell_id: str) -> Callable[[Work], Awaitable[None]]:
        body = MemberPatch.model_validate({"offer": f"An hour at {self.dice.random()}"})

        async def offer(work: Work) -> None:
            spell, network = await fetch_member(work, spell_id)
            await member_commands.update_membership(work, spell, network, body)

        return offer

    def _leave(self, spell_id: str) -> Callable[[Work], Awaitable[None]]:
        async def leave(work: Work) -> None:
            spell, network = await fetch_member(work, spell_id)
            await member_commands.end_membership(work, spell, network, None)

        return leave

    def _forget(self, network_id: str) -> None:
        del self.spells[network_id]


VISIBILITIES = ("open", "restricted", "private", "confidential")


@dataclass
class Reader:
    """Somebody who follows the feed page by page."""

    db: Database
    viewer: Viewer
    since: int
    seen: list[Told] = field(default_factory=list)
    pages: int = 0

    async def follow(self, stop: asyncio.Event) -> None:
        """Read until the writers have stopped and a page from after that is empty."""
        while True:
            last_look = stop.is_set()
            items, more, self.since = await page(self.db, self.viewer, self.since, 100, {})
            self.seen += [(item["kind"], item["id"], item["version"]) for item in items]
            self.pages += 1
            if not more and not items:
                if last_look:
                    return
                await asyncio.sleep(0.005)
            else:
                await asyncio.sleep(0)


async def run_writers(
    house: House, world: World, ledger: Ledger, *, commits: int, seed: int, longest: float
) -> None:
    """Let every writer of the world write until `commits` are committed between them."""

    async def keep_writing(number: int) -> None:
        writer = Writer(house, world, number, seed, longest)
        while len(ledger.committed) < commits:
            await writer.write(ledger)

    await asyncio.gather(*(keep_writing(number) for number in range(len(world.writers))))
