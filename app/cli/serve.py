"""`serve`: production. It starts only where everything is as it must be, and says in one sentence what is not."""

import asyncio
import socket
import sys
from typing import Any

import uvicorn

from app.cli.server import configure
from app.cli.starting import (
    Refused,
    open_house,
    reaching,
    read_settings,
    reserve_port,
)
from app.cli.stopping import drain_first, run_workers
from app.db.schema import require_current, sqlite_file
from app.exchange.demo.mark import read_mark
from app.settings import Settings
from app.web.logs import log_to_stderr

FACTORY = "app.cli.serve:from_environment"


def serve(workers: int) -> None:
    """Serve until a signal says stop. Errors: `Refused`, `NotMigrated`."""
    settings = read_settings()
    _secret(settings)
    if workers > 1 and sqlite_file(settings.database_url) is not None:
        raise Refused(
            "SQLite has one writer, so it is served by one worker: leave --workers out, or set "
            "DATABASE_URL to a PostgreSQL database."
        )
    with reserve_port(settings.host, settings.port) as listening:
        with reaching(settings):
            require_current(settings.database_url)
            asyncio.run(_look_at(settings))
        if workers > 1:
            config = configure(FACTORY, factory=True, workers=workers)
            run_workers(config, listening, settings.drain_seconds)
        else:
            config = configure(lambda: from_environment(listening), factory=True)
            uvicorn.Server(config).run(sockets=[listening])


def _secret(settings: Settings) -> str:
    if settings.secret_key is None:
        raise Refused(
            "SECRET_KEY is missing: set it to at least 32 random characters that stay the same, such as those of "
            "`openssl rand -hex 32`."
        )
    return settings.secret_key


async def _look_at(settings: Settings) -> None:
    """What a right schema does not tell of the database. Errors: `Refused` for a demo."""
    async with open_house(settings) as house:
        mark = await read_mark(house.db)
    if mark.demo:
        raise Refused(
            "This database holds the demo, whose people are invented: serve another one (DATABASE_URL), or run "
            "`qi-networks demo`."
        )
    if not mark.furnished:
        sys.stderr.write("There are no topics and organisations yet. Run: qi-networks migrate\n")


def from_environment(listening: socket.socket | None = None) -> Any:
    """The application, with settings from the environment: each worker process calls this, on its loop.

    `listening` is the socket of a process that has it for itself.
    """
    from app.main import create_app

    log_to_stderr()
    settings = read_settings()
    front = create_app(settings, _secret(settings))
    drain_first(front, settings.drain_seconds, listening)
    return front
