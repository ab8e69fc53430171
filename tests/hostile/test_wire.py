"""Bytes on a real connection that are no proper HTTP: refused, never a 5xx, and the next request is answered."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.db.schema import migrate
from tests.proofs.loopback import served

LINE = b"GET /livez HTTP/1.1\r\nHost: x\r\n"
CLOSE = b"Connection: close\r\n\r\n"
POST = b"POST /v1/networks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
# Each with the statuses that may come back; None: the connection is closed without a word.
BYTES: dict[str, tuple[bytes, set[int | None]]] = {
    "TRACE": (b"TRACE /livez HTTP/1.1\r\nHost: x\r\n" + CLOSE, {400, 405}),
    "a method of our own": (b"BREW /livez HTTP/1.1\r\nHost: x\r\n" + CLOSE, {400, 405}),
    "a method in lower case": (b"get /livez HTTP/1.1\r\nHost: x\r\n" + CLOSE, {400, 405}),
    "CONNECT": (b"CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\n" + CLOSE, {400, 404, 405}),
    "absolute form": (b"GET http://other.example/v1/tokens HTTP/1.1\r\nHost: x\r\n" + CLOSE, {400, 401, 404}),
    "star": (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n" + CLOSE, {204, 400, 404}),
    "no host": (b"GET /livez HTTP/1.1\r\n" + CLOSE, {200, 400}),
    "two hosts": (LINE + b"Host: other.example\r\n" + CLOSE, {200, 400}),
    "HTTP/0.9": (b"GET /livez\r\n\r\n", {200, 400, None}),
    "HTTP/9.9": (b"GET /livez HTTP/9.9\r\nHost: x\r\n" + CLOSE, {400, 505, None}),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400, None}),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, None}),
    "raw byte in the path": (b"GET /v1/networks\xff HTTP/1.1\r\nHost: x\r\n" + CLOSE, {400, 404}),
    "NUL in the path": (b"GET /v1/\x00 HTTP/1.1\r\nHost: x\r\n" + CLOSE, {400, 404}),
    "NUL in a header": (LINE + b"X: a\x00b\r\n" + CLOSE, {200, 400}),
    "a folded header": (LINE + b"X: a\r\n b\r\n" + CLOSE, {200, 400}),
    "a header without a colon": (LINE + b"nonsense\r\n" + CLOSE, {400}),
    "a space before the colon": (LINE + b"Authorization : x\r\n" + CLOSE, {200, 400, 401}),
    "bare line feeds": (b"GET /livez HTTP/1.1\nHost: x\nConnection: close\n\n", {200, 400}),
    "upgrade": (LINE + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", {200, 400, 426}),
    "expect": (POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n" + CLOSE + b"{}", {400, 401}),
    "length and chunks": (
        POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n" + CLOSE + b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
        {400, 401},
    ),
    "two lengths": (POST + b"Content-Length: 2\r\nContent-Length: 9\r\n" + CLOSE + b"{}", {400}),
    "a length below nought": (POST + b"Content-Length: -2\r\n" + CLOSE + b"{}", {400}),
    "chunks of no number": (POST + b"Transfer-Encoding: chunked\r\n" + CLOSE + b"zz\r\n{}\r\n0\r\n\r\n", {400, 401}),
    "chunks beyond 64 bits": (POST + b"Transfer-Encoding: chunked\r\n" + CLOSE + b"F" * 17 + b"\r\n", {400, 401}),
    "chunks, made up": (POST + b"Transfer-Encoding: xchunked\r\n" + CLOSE + b"0\r\n\r\n", {400, 401, None}),
    "a body that stops": (POST + b"Content-Length: 100\r\n" + CLOSE + b"{", {401, None}),
    "a path of a megabyte": (b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n" + CLOSE, {400, 404, 414, None}),
    "a header of a megabyte": (LINE + b"X: " + b"x" * 1_000_000 + b"\r\n" + CLOSE, {200, 400, 431, None}),
    "ten thousand headers": (LINE + b"X: y\r\n" * 10_000 + CLOSE, {200, 400, 431, None}),
}  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A service over SQLite; nothing here comes as far as a database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('wire') / 'wire.db'}"
    migrate(url)
    with served(url) as at:
        yield "127.0.0.1", int(at.rsplit(":", 1)[1])


def exchange(address: tuple[str, int], sent: bytes, *, last: bool = True) -> bytes:
    """Send, say that this was `last`, and read until the other side closes."""
    with socket.create_connection(address, timeout=5) as connection:
        with suppress(OSError):  # it need not read it all
            connection.sendall(sent)
            if last:
                connection.shutdown(socket.SHUT_WR)
        found = b""
        with suppress(ConnectionResetError):
            while data := connection.recv(65_536):
                found += data
    return found


def statuses(answer: bytes) -> list[int]:
    """The statuses of all answers on the connection."""
    return [
        int(line[9:12])
        for line in answer.replace(b"HTTP/1.1 ", b"\r\nHTTP/1.1 ").split(b"\r\n")
        if line.startswith(b"HTTP/1.1 ")
    ]


@pytest.mark.parametrize(
    ("what", "sent"), [(what, sent) for what, (sent, _) in BYTES.items()], ids=list(BYTES)
)
def test_no_proper_request(address: tuple[str, int], what: str, sent: bytes) -> None:
    answer = exchange(address, sent)
    found = statuses(answer)
    assert len(found) <= 1, found  # what is smuggled in behind is no request
    assert (found[0] if found else None) in BYTES[what][1], answer[:300]
    assert b"other.example" not in answer
    assert b"Traceback" not in answer
    assert statuses(exchange(address, LINE + CLOSE)) == [200]


def test_too_large_a_body_in_chunks(address: tuple[str, int]) -> None:
    """Nobody reads a body before they know whose it is; and nobody reads more of it than the limit."""
    chunk = b"10000\r\n" + b"[" * 65_536 + b"\r\n"
    head = POST + b"Transfer-Encoding: chunked\r\n" + CLOSE
    assert statuses(exchange(address, head + chunk * 40 + b"0\r\n\r\n")) == [401]


def test_a_fault_does_not_end_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that lets an exception out drops the connection of an innocent next request."""
    url = f"sqlite:///{tmp_path / 'fault.db'}"
    migrate(url)

    def broken(app: object) -> object:
        async def fails(**_: object) -> None:
            raise RuntimeError

        # The doors of all apps of a process are the same objects: the test gives this one back.
        door = app.doors.find("/v1/topics")[0]["GET"]  # type: ignore[attr-defined]
        monkeypatch.setattr(door, "run", fails)
        return app

    with served(url, broken) as at:  # type: ignore[arg-type]
        first = b"GET /v1/topics HTTP/1.1\r\nHost: x\r\n\r\n"
        port = int(at.rsplit(":", 1)[1])
        answer = exchange(("127.0.0.1", port), first + LINE + CLOSE, last=False)
    assert statuses(answer) == [500, 200]
    assert b"application/problem+json" in answer
    assert b"RuntimeError" not in answer
