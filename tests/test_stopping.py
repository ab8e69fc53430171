"""How the door is shut: who stands in it is served, who comes later finds nobody."""

import asyncio
import os
import signal
import socket
import sys
from typing import Any

import pytest

from app.cli import stopping
from app.cli.stopping import drain_first, turn_away
from tests.house import TestHouse

pytestmark = pytest.mark.anyio
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a socket has no filter")


def door() -> tuple[socket.socket, tuple[str, int]]:
    """A socket that listens, and where."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    listening.settimeout(5)
    return listening, listening.getsockname()


@ON_LINUX
@pytest.mark.parametrize("shut", [True, False])
def test_who_stands_in_the_door_is_let_in(shut: bool) -> None:
    """One that has connected and sent is accepted; a later one is not answered at all; the control lets it in."""
    listening, address = door()
    with listening, socket.create_connection(address, timeout=5) as early, socket.socket() as late:
        early.sendall(b"a request")
        if shut:
            turn_away(listening)
        late.settimeout(0.5)
        assert (late.connect_ex(address) == 0) is not shut
        accepted, _ = listening.accept()
        with accepted:
            early.sendall(b" and the rest of it")
            early.shutdown(socket.SHUT_WR)
            accepted.settimeout(5)
            said = b"".join(iter(lambda: accepted.recv(100), b""))
        assert said == b"a request and the rest of it"


@ON_LINUX
def test_who_stands_in_the_door_that_is_only_closed_is_thrown_out() -> None:
    """Why it is not enough to close it: the client had sent its request, and may not send it twice."""
    listening, address = door()
    with socket.create_connection(address, timeout=5) as early:
        early.sendall(b"a request")
        listening.close()
        with pytest.raises(ConnectionResetError):
            early.recv(100)


@pytest.mark.parametrize("told", [1, 3])
async def test_a_signal_is_heard_when_it_has_drained(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, told: int
) -> None:
    """At once it serves as its last; what the server does on SIGTERM comes later, and once."""
    heard: list[float] = []
    loop = asyncio.get_running_loop()

    def server_would(*_: Any) -> None:
        heard.append(loop.time())

    monkeypatch.setattr(stopping, "SETTLE", 0.1)
    before = signal.signal(signal.SIGTERM, server_would)
    try:
        drain_first(house.app, 0.4)
        began = loop.time()
        for _ in range(told):
            os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.05)
        assert house.app.stopping
        assert heard == []
        assert (await house.anonymous.get("/v1/topics")).headers["connection"] == "close"
        await asyncio.sleep(1)
        assert len(heard) == 1
        assert heard[0] - began >= 0.5
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_without_a_time_to_drain_nothing_is_changed(house: TestHouse) -> None:
    before = signal.getsignal(signal.SIGTERM)
    drain_first(house.app, 0)
    assert signal.getsignal(signal.SIGTERM) is before
