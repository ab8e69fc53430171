"""A world whose ids and instants are given, so that two of them can be compared byte for byte.

What is hidden draws its ids from a source of its own and happens at seconds of its own, so that what comes later and is
seen has the same ids and instants in both worlds.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core import words
from tests.house import Client, TestHouse

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Given:
    """The next id and the present instant; `hidden` switches to the sources of what is hidden."""

    hidden: bool = False
    ids: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    minutes: int = 0
    seconds: int = 0

    def new_id(self) -> str:
        """Ids of a visible and of a hidden kind, each in its own order."""
        self.ids[self.hidden] += 1
        return f"01900000-0000-7000-{'9' if self.hidden else '8'}000-{self.ids[self.hidden]:012x}"

    def blind_id(self) -> str:
        """Ids that tell no time, from the same sources."""
        self.ids[self.hidden] += 1
        return f"a1900000-0000-4000-{'9' if self.hidden else '8'}000-{self.ids[self.hidden]:012x}"

    def secret(self, size: int = 32) -> str:
        """Letters as secret as a test needs, for tokens and for slugs that say nothing."""
        self.ids[self.hidden] += 1
        digest = hashlib.sha256(f"{self.hidden} {self.ids[self.hidden]}".encode()).hexdigest()
        return digest[: {32: 43}.get(size, 2 * size)]

    def now(self) -> datetime:
        """A minute for each act that is seen, and seconds within it for those that are not."""
        return BEGINNING + timedelta(minutes=self.minutes, seconds=self.seconds)


@dataclass
class World:
    """One of the two: the `fuller` one has what is hidden."""

    house: TestHouse
    given: Given
    fuller: bool
    people: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    """Ids of what is hidden, to be probed for in both worlds."""

    calendars: dict[str, str] = field(default_factory=dict)
    """Secrets of calendars, each with whose it is."""

    @classmethod
    @asynccontextmanager
    async def over(cls, url: str, *, fuller: bool, **settings: Any) -> AsyncIterator["World"]:
        """A world in a migrated database."""
        given = Given()
        async with TestHouse.over(
            url, clock=given.now, ids=given.new_id, blind_ids=given.blind_id, **settings
        ) as house:
            yield cls(house, given, fuller)

    @contextmanager
    def out_of_sight(self) -> Iterator[None]:
        """What happens meanwhile is hidden."""
        self.given.hidden, self.given.seconds = True, 1
        try:
            yield
        finally:
            self.given.hidden, self.given.seconds = False, 0

    def client(self, name: str) -> Client:
        """Somebody's client; `nobody` has no token."""
        return Client(self.house.http, self.tokens.get(name))

    async def person(self, name: str, **columns: Any) -> None:
        """A new person whom one can search for by name."""
        said = {"display_name": name, "search_name": words.document(name), **columns}
        made = await self.house.person(
            name, **{k: v for k, v in said.items() if k != "display_name"}
        )
        self.people[name], self.tokens[name] = made.id, made.token
        self._noted(made.id)

    async def act(self, name: str, method: str, path: str, json: Any = None, **options: Any) -> Any:
        """What somebody does, which must succeed; `{name}` in a path or body stands for the id of that name."""
        if self.given.hidden:
            self.given.seconds += 1
        else:
            self.given.minutes += 1
        path = path.format(**self.ids, **self.people)
        if json is not None:
            json = {k: self._meant(v) for k, v in json.items()}
        answer = await self.client(name).request(
            method, path, **({} if json is None else {"json": json}), **options
        )
        assert answer.is_success, f"{name}: {method} {path}: {answer.status_code} {answer.text}"
        told = answer.headers.get("content-type", "").startswith("application/json")
        found = answer.json() if told else {}
        if answer.status_code == 201:
            for key in ("id", "member_id", "person_id"):
                if key in found:
                    self._noted(found[key])
            if (membership := found.get("membership")) is not None:
                self._noted(membership["id"])
        return found

    def _meant(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("{"):
            return value.format(**self.ids, **self.people)
        return value

    def _noted(self, new_id: str) -> None:
        if self.given.hidden:
            self.hidden.append(new_id)

    async def network(self, key: str, by: str, **body: Any) -> None:
        """A new network, called `key` from now on."""
        named = {
            "name": key.title(),
            "purpose": f"What {key} is for.",
            "join_policy": "open",
            **body,
        }
        made = await self.act(by, "POST", "/v1/networks", named)
        self.ids[key] = made["id"]
        self.ids[f"{by}_in_{key}"] = made["membership"]["id"]

    async def meeting(self, key: str, by: str, network: str, **body: Any) -> None:
        """A new meeting of this network, called `key` from now on; members are told unless it says otherwise."""
        named = {
            "network_id": f"{{{network}}}",
            "title": key.title(),
            "status": "confirmed",
            **body,
        }
        if "local_start" not in named:
            named["starts_at"] = "2026-04-09T11:30:00Z"
        made = await self.act(by, "POST", "/v1/meetings", named)
        self.ids[key] = made["id"]

    async def calendar(self, by: str, feed: str, **about: str) -> None:
        """An address for a calendar, whose secret is tried by everybody."""
        body = {"name": "My phone", "feed": feed, **about}
        made = await self.act(by, "POST", "/v1/calendar-tokens", body)
        self.calendars[made["address"].rsplit("/", 1)[1].removesuffix(".ics")] = by

    async def join(self, key: str, *names: str, **body: Any) -> None:
        """These people join a network, or ask to."""
        for name in names:
            made = await self.act(name, "POST", f"/v1/networks/{{{key}}}/join", body)
            self.ids[f"{name}_in_{key}"] = made["id"]

    async def join_by_invitation(self, key: str, by: str, *names: str) -> None:
        """These people are invited to a network that they cannot see, and accept."""
        for name in names:
            body = {"network_id": f"{{{key}}}", "person_id": f"{{{name}}}"}
            made = await self.act(by, "POST", "/v1/members", body)
            self.ids[f"{name}_in_{key}"] = made["id"]
            await self.spell(name, f"{name}_in_{key}", "accept")

    async def edit(self, key: str, by: str, **body: Any) -> None:
        """Change a network."""
        await self.act(by, "PATCH", f"/v1/networks/{{{key}}}", body)

    async def spell(self, by: str, whose: str, verb: str, json: Any = None) -> None:
        """Move a spell: `accept`, `approve`, `decline`, `end`, or `edit` with a body."""
        address = f"/v1/members/{{{whose}}}"
        if verb in ("end", "edit"):
            await self.act(by, "DELETE" if verb == "end" else "PATCH", address, json)
        else:
            await self.act(by, "POST", f"{address}/{verb}")
