"""Requests as no client library would send them: any bytes, as a server hands them to the ASGI application."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from tests.contract import faults_of

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Reply:
    """What came back; `path` as it stood on the request line."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return orjson.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of a problem document."""
        if self.status < 400 or not self.body:
            return None
        return str(self.json["code"])

    def faults(self) -> list[str]:
        """Whatever is wrong with this answer to a hostile request: a 5xx, or anything the contract does not say."""
        found = [f"{self.status}"] if self.status >= 500 else []
        return found + faults_of(self.method, self.path, self.status, self.headers, self.body)


async def send(
    app: Any,
    method: str,
    target: bytes,
    headers: Headers = (),
    body: bytes | Sequence[bytes] = b"",
) -> Reply:
    """One request; `target` is path and query as they stand on the request line, `body` may come in pieces."""
    raw_path, _, query = target.partition(b"?")
    path = raw_path.decode("latin-1")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": method, "path": unquote(path) if "%" in path else path, "raw_path": raw_path,
        "query_string": query, "root_path": "", "headers": [(b"host", b"test"), *headers],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    pieces = [body] if isinstance(body, bytes) else list(body)
    waiting = [
        {"type": "http.request", "body": piece, "more_body": index < len(pieces) - 1}
        for index, piece in enumerate(pieces)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def keep(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, keep)
    start = sent[0]
    names = [name for name, _ in start["headers"]]
    assert len(set(names)) == len(names), f"a header sent twice: {names}"
    found = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    whole = b"".join(message.get("body", b"") for message in sent[1:])
    return Reply(method, path, start["status"], found, whole)
