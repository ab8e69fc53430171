"""How a server stops so that nobody notices.

On SIGTERM it goes on serving for a while, but says that it is not ready and ends each connection with its answer, so
that the proxy turns elsewhere. Then it takes no new connection, serves those that have come, and only then stops.
"""

import asyncio
import ctypes
import os
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.web.front import Front

SETTLE = 0.3  # seconds for what came before the door was shut to be taken in and read
_ATTACH_FILTER = 26  # SO_ATTACH_FILTER, for which Python has no name
_DROP_ALL = struct.pack(
    "HBBI", 0x06, 0, 0, 0
)  # one instruction: return 0, which keeps no byte of a packet


def drain_first(front: Front, seconds: float, listening: socket.socket | None = None) -> None:
    """From the next SIGTERM on, serve for so many seconds more, then do what was to be done on it.

    Called on the running loop, where the server has set its own handlers. Ctrl-C stops at once, as before.
    `listening` is shut in between, if this process has it for itself.
    """
    then: Any = signal.getsignal(signal.SIGTERM)
    loop = asyncio.get_running_loop()

    def begin(number: int, frame: Any) -> None:
        if not front.stopping:  # a second one changes nothing: a whole group may be told twice
            front.stopping = True
            loop.call_soon_threadsafe(loop.call_later, seconds, shut, number, frame)

    def shut(number: int, frame: Any) -> None:
        if listening is not None:
            turn_away(listening)
        loop.call_later(SETTLE, then, number, frame)

    if seconds and callable(then):
        signal.signal(signal.SIGTERM, begin)


def turn_away(listening: socket.socket) -> None:
    """Let no new connection in, without refusing those that have come and wait to be accepted.

    Closing a socket resets them, after their clients may have sent a request that nobody may send twice. So on Linux
    the socket first drops what asks to come in; who is dropped asks again a second later, finds the door closed, and
    goes to the next one. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        instructions = ctypes.create_string_buffer(_DROP_ALL)
        program = struct.pack("HP", 1, ctypes.addressof(instructions))
        with suppress(OSError):  # where that is forbidden, stopping is only a little less gentle
            listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, program)


class Workers(Multiprocess):
    """Several processes that serve one socket; one that dies is replaced."""

    drain = 0.0
    told = False  # by SIGTERM; Ctrl-C, or a worker that cannot start, waits for nobody

    def handle_term(self) -> None:
        """Stop, when all have drained."""
        self.told = True
        super().handle_term()

    def terminate_all(self) -> None:
        """Tell them all to stop; shut the socket, which they share, when they have drained."""
        for process in self.processes:
            if process.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGTERM)
        if self.drain and self.told:
            time.sleep(self.drain)
            for listening in self.sockets:
                turn_away(listening)


def run_workers(config: uvicorn.Config, listening: socket.socket, drain: float) -> None:
    """Serve with several processes until a signal says stop."""
    workers = Workers(config, [listening])
    workers.drain = drain
    workers.run()
