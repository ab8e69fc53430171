"""What commands need before their work: settings, a port, a database that is ready. Each refusal is one sentence."""

import asyncio
import errno
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from app.core.ids import new_id
from app.core.work import House
from app.db.errors import Unavailable
from app.db.open import open_database
from app.db.schema import require_current
from app.models import Base
from app.settings import Settings

T = TypeVar("T")
# Their values may hold a secret, or are as long as a page.
UNTOLD = frozenset({"secret_key", "database_url", "oidc_issuers"})


class Refused(Exception):
    """The one sentence that says why a command does not do what was asked, and what to do."""


def read_settings() -> Settings:
    """The settings from the environment. Errors: `Refused` that names each variable that is not right."""
    try:
        return Settings()
    except ValidationError as error:
        raise Refused(" ".join(_wrong_settings(error))) from None


def _wrong_settings(error: ValidationError) -> Iterator[str]:
    for wrong in error.errors():
        name = str(wrong["loc"][0])
        given = "what it is now" if name in UNTOLD else repr(wrong["input"])
        reason = "it has another form" if "pattern" in wrong["type"] else _plain(wrong["msg"])
        means = Settings.model_fields[name].description
        yield f"{name.upper()} cannot be {given}: {reason}. {means}"


def _plain(message: str) -> str:
    """A sentence of the validator as the end of one of ours."""
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def reserve_port(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not yet listening: nobody else can take it while the rest gets ready.

    Errors: `Refused` when the port is taken or the host is none of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise Refused(f"HOST is {host!r}, which is no address: {error.strerror}.") from None
    found = socket.socket(family, kind, protocol)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(address)
    except OSError as error:
        found.close()
        raise Refused(_why_not_bound(error, host, port)) from None
    return found


def _why_not_bound(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken: stop what uses it, or set PORT to another one."
    if error.errno == errno.EACCES:
        return f"Port {port} is not open to this user: set PORT to one above 1023."
    return f"Nothing can listen on {host}, port {port}: {error.strerror}."


def shown_address(url: str) -> str:
    """A database's address without the password in it."""
    if not url.startswith("postgresql://"):
        return url
    parts = urlsplit(url)
    _, _, place = parts.netloc.rpartition("@")
    user = f"{parts.username}@" if parts.username else ""
    return f"postgresql://{user}{place}{parts.path}"


@contextmanager
def reaching(settings: Settings) -> Iterator[None]:
    """Around whatever talks to the database. Errors: `Refused` when it cannot be reached."""
    try:
        yield
    except Unavailable as error:
        reason = re.sub(r"^\[Errno -?\d+\] ", "", str(error).partition("\n")[0]).rstrip(".")
        where = shown_address(settings.database_url)
        raise Refused(f"The database {where} cannot be reached: {reason}.") from error


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """The house for a command: the same functions as behind HTTP, with few connections."""
    db = open_database(
        settings.database_url, Base.metadata, read_connections=1, write_connections=1
    )
    await db.start()
    try:
        yield House(db, lambda: datetime.now(UTC), new_id)
    finally:
        await db.stop()


def with_house(run: Callable[[House], Awaitable[T]], settings: Settings | None = None) -> T:
    """Run one asynchronous function over a migrated database.

    Errors: `Refused` when it cannot be reached; `NotMigrated`; whatever `run` raises.
    """
    chosen = settings or read_settings()

    async def over_house() -> T:
        async with open_house(chosen) as house:
            return await run(house)

    with reaching(chosen):
        require_current(chosen.database_url)
        return asyncio.run(over_house())
