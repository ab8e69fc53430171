"""The service in a test: people made at will, each with a client whose every answer is held against the contract."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import orjson

from app.core.changes import Told, create
from app.core.ids import blind_id, new_id
from app.core.newcomers import create_newcomer
from app.core.tokens import hash_of, new_secret
from app.core.viewer import ALL_SCOPES, PERSONAL_SCOPES
from app.core.work import Work, perform
from app.main import create_app
from app.settings import Settings
from app.web.front import Front
from tests.contract import check

# Tests ask more often than anybody may, from one address.
WITHOUT_LIMITS: dict[str, Any] = {
    "rate_limit_token": 0,
    "rate_limit_address": 0,
    "rate_limit_failures": 0,
}
SECRET = "a test secret of at least thirty-two characters"


@dataclass
class TestPerson:
    """Somebody with a token."""

    __test__ = False
    id: str
    token: str
    client: "Client"


@dataclass
class Client:
    """An HTTP client as one caller, or as nobody."""

    http: httpx2.AsyncClient
    token: str | None = None

    async def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send, and hold the answer against the contract. `json` on PATCH goes out as a merge patch."""
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if method == "PATCH" and "json" in options:
            options["content"] = orjson.dumps(options.pop("json"))
            headers.setdefault("Content-Type", "application/merge-patch+json")
        response = await self.http.request(method, path, headers=headers, **options)
        check(method, response)
        return response

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        """GET."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx2.Response:
        """POST; without `json` there is no body."""
        if json is not None:
            options["json"] = json
        return await self.request("POST", path, **options)

    async def put(self, path: str, json: Any, **options: Any) -> httpx2.Response:
        """PUT."""
        return await self.request("PUT", path, json=json, **options)

    async def patch(self, path: str, json: Any, **options: Any) -> httpx2.Response:
        """PATCH."""
        return await self.request("PATCH", path, json=json, **options)

    async def delete(self, path: str, **options: Any) -> httpx2.Response:
        """DELETE."""
        return await self.request("DELETE", path, **options)


@dataclass
class TestHouse:
    """One running service."""

    __test__ = False
    app: Front
    http: httpx2.AsyncClient
    made: int = 0
    people: dict[str, TestPerson] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def over(
        cls,
        url: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ids: Callable[[], str] = new_id,
        blind_ids: Callable[[], str] = blind_id,
        **settings: Any,
    ) -> AsyncIterator["TestHouse"]:
        """The service over a migrated database."""
        given = {**WITHOUT_LIMITS, "allowed_hosts": "test", **settings}
        app = create_app(
            Settings(database_url=url, access_log=True, **given),
            SECRET,
            clock=clock,
            ids=ids,
            blind_ids=blind_ids,
        )
        await app.rooms.house.db.start()
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=True)  # type: ignore[arg-type]
        try:
            async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
                yield cls(app, http)
        finally:
            await app.rooms.house.db.stop()

    @property
    def anonymous(self) -> Client:
        """Nobody's client."""
        return Client(self.http)

    async def person(self, name: str = "Somebody", **columns: Any) -> TestPerson:
        """A new person with a token for everything that people may."""
        self.made += 1
        operator = bool(columns.get("operator", False))

        async def command(work: Work) -> str:
            return create_newcomer(work, display_name=name, **{"search_name": "", **columns})

        person_id = await perform(self.app.rooms.house, command)
        token = await self.token(person_id, operator=operator)
        found = TestPerson(person_id, token, Client(self.http, token))
        self.people[name] = found
        return found

    async def token(self, person_id: str, *, operator: bool = False, **columns: Any) -> str:
        """A token, straight into the database."""
        secret = new_secret()
        scopes = ALL_SCOPES if operator else PERSONAL_SCOPES
        row = {
            "id": self.app.rooms.house.new_id(), "person_id": person_id, "name": "test", "secret_hash": hash_of(secret),
            "hint": secret[-4:], "scopes": orjson.dumps(sorted(scopes)).decode(), "network_id": None,
            "expires_at": None, "revoked_at": None, "last_used_on": datetime.now(UTC).date(), "demo": False, **columns,
        }  # fmt: skip

        async def command(work: Work) -> None:
            create(work, "token.created", row, Told(person_id=person_id))

        await perform(self.app.rooms.house, command)
        return secret
