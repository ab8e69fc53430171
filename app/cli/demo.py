"""`demo`: what `make run` starts. An embedded database, filled at the first start, for this machine alone."""

import asyncio
import shlex
import socket
from dataclasses import dataclass

import typer
import uvicorn

from app.cli.progress import progress
from app.cli.server import configure
from app.cli.starting import Refused, open_house, reaching, read_settings, reserve_port
from app.core.work import House
from app.db.schema import current_revision, migrate
from app.exchange.demo.load import load_demo
from app.exchange.demo.mark import Mark, read_mark
from app.exchange.demo.personas import Personas, mint_tokens
from app.exchange.ods.load import load_baseline
from app.main import create_app
from app.settings import Settings
from app.web.logs import log_to_stderr

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ANSWER_WITHIN = 10.0  # seconds from listening to the first answer


@dataclass(frozen=True, slots=True)
class Ready:
    """What a filled demo needs to be served and to be told of."""

    secret: str
    personas: Personas


def demo() -> None:
    """Fill the database when it is empty, then serve it until a signal says stop. Errors: `Refused`."""
    settings = read_settings()
    if settings.host not in LOOPBACK:
        raise Refused(
            f"The demo listens on loopback only and HOST is {settings.host!r}: leave HOST out, or use "
            "`qi-networks serve` for a database of your own."
        )
    with reserve_port(settings.host, settings.port) as listening:
        with reaching(settings):
            if current_revision(settings.database_url) is not None:
                asyncio.run(_refuse_somebodys(settings))
            migrate(settings.database_url)
            ready = asyncio.run(_prepare(settings))
        server = uvicorn.Server(configure(create_app(settings, ready.secret)))
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(_serve(server, listening, settings.base_url, ready.personas))


def _must_be_ours(mark: Mark) -> None:
    if mark.inhabited and not mark.demo:
        raise Refused(
            "This database has people or networks of its own, and the demo does not mix with them: name an empty "
            "one with DATABASE_URL, or serve this one with `qi-networks serve`."
        )


async def _refuse_somebodys(settings: Settings) -> None:
    """Asked before the migrations run: somebody's own database is not even migrated from here."""
    async with open_house(settings) as house:
        _must_be_ours(await read_mark(house.db))


async def _prepare(settings: Settings) -> Ready:
    async with open_house(settings) as house:
        mark = await _filled(house)
        personas = await mint_tokens(house)
    if mark.demo_key is None:
        message = "a demo is marked with its key"
        raise LookupError(message)
    return Ready(mark.demo_key, personas)


async def _filled(house: House) -> Mark:
    mark = await read_mark(house.db)
    _must_be_ours(mark)
    with progress() as report:
        await load_baseline(house, report)
        if not mark.demo:
            await load_demo(house, report)
    return mark if mark.demo else await read_mark(house.db)


async def _serve(
    server: uvicorn.Server, listening: socket.socket, address: str, personas: Personas
) -> None:
    """Serve; and once there is a real answer, tell."""
    telling = asyncio.create_task(_tell(server, listening, address, personas))
    try:
        await server.serve(sockets=[listening])
    finally:
        telling.cancel()


async def _tell(
    server: uvicorn.Server, listening: socket.socket, address: str, personas: Personas
) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    host, port = listening.getsockname()[:2]
    try:
        await asyncio.wait_for(_first_answer(host, port), ANSWER_WITHIN)
    except (OSError, TimeoutError) as error:
        typer.echo(f"The service does not answer at {address}: {error}.", err=True)
        server.should_exit = True
        return
    typer.echo("\n".join(words_of(address, personas)))  # flushes: a pipe may be waiting
    log_to_stderr()  # only now: the request that was just made by itself is no news to anybody


async def _first_answer(host: str, port: int) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = await reader.readline()
    await reader.read()  # to its end: by then the answer has its line in the log, if there is one
    writer.close()
    if b" 200 " not in answer:
        raise OSError(f"the first answer was {answer.decode('latin-1').strip()!r}")


def words_of(address: str, personas: Personas) -> list[str]:
    """What a newcomer reads: the address, the tokens, and three lines to try as they are."""
    tokens, network_id = personas.tokens, personas.asked_network_id
    requests = f"network_id={network_id}&status=requested" if network_id else "status=requested"
    return [
        f"QI Networks answers at {address} (to read: {address}/docs). Ctrl-C stops it.",
        "",
        *(f"{persona} {token}" for persona, token in tokens.items()),
        "",
        "Real networks within 25 km of Manchester:",
        _curl(f"{address}/v1/networks?near=M1&within_km=25&hosted=true"),
        "The member's own networks:",
        _curl(f"{address}/v1/networks?mine=true", tokens["member"]),
        "Who asks to join a network of the facilitator's:",
        _curl(f"{address}/v1/members?{requests}", tokens["facilitator"]),
    ]


def _curl(address: str, token: str | None = None) -> str:
    words = ["curl", "-sS"]
    if token is not None:
        words += ["-H", f"Authorization: Bearer {token}"]
    return shlex.join([*words, address])
