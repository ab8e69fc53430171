"""A wire to PostgreSQL that can be cut and mended: an outage without touching the server."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit


@dataclass
class Wire:
    """Listens on a port of its own and passes bytes on, until it is cut."""

    url: str
    server: asyncio.Server | None = None
    port: int = 0
    ends: set[asyncio.StreamWriter] = field(default_factory=set)
    passing: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        """The database's address through the wire."""
        parts = urlsplit(self.url)
        user = f"{parts.username}@" if parts.username else ""
        return urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{self.port}"))

    async def mend(self) -> None:
        """Let connections through, on the same port as before."""
        self.server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Refuse new connections and break those there are."""
        assert self.server is not None
        self.server.close()
        for end in self.ends:
            end.transport.abort()
        await asyncio.gather(*self.passing, return_exceptions=True)
        await self.server.wait_closed()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(self.url)
        far_reader, far_writer = await asyncio.open_connection(parts.hostname, parts.port)
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            self.ends.add(sink)
            task = asyncio.create_task(self._pass(source, sink))
            self.passing.add(task)
            task.add_done_callback(self.passing.discard)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        self.ends.discard(sink)
        sink.close()
        with suppress(ConnectionError):
            await sink.wait_closed()
