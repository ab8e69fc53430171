"""A small issuer on loopback: it signs what a test tells it to sign, and counts who asks for its keys."""

import asyncio
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

AUDIENCE, FRONTEND = "qi-networks", "a-frontend"
WELL_KNOWN = "/.well-known/openid-configuration"


Answer = Callable[[str], AsyncIterator[bytes] | None]


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def whole(answer: bytes) -> AsyncIterator[bytes]:
    """An answer in one piece."""
    yield answer


def base64url(data: bytes) -> str:
    """Without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(header: object, claims: object, sign: Callable[[bytes], bytes]) -> str:
    """A token of these parts; bytes are taken as they are."""
    parts = [base64url(p if isinstance(p, bytes) else orjson.dumps(p)) for p in (header, claims)]
    return f"{'.'.join(parts)}.{base64url(sign('.'.join(parts).encode()))}"


@dataclass
class SigningKey:
    """A private key, with the algorithm that it signs by."""

    kid: str
    algorithm: str
    key: Any
    published: dict[str, Any] = field(default_factory=dict)

    def sign(self, data: bytes) -> bytes:
        """The signature of these bytes."""
        algorithm: Any = jws.JWSRegistry.algorithms[self.algorithm]
        found: bytes = algorithm.sign(data, self.key)
        return found

    def public(self) -> dict[str, Any]:
        """As it stands in a key set."""
        public = self.key.as_dict(private=False)
        return {**public, "kid": self.kid, "alg": self.algorithm, "use": "sig", **self.published}


def new_key(kid: str, algorithm: str = "RS256") -> SigningKey:
    """A fresh one."""
    if algorithm == "ES256":
        return SigningKey(kid, algorithm, ECKey.generate_key("P-256"))
    return SigningKey(kid, algorithm, RSAKey.generate_key(2048))


@dataclass
class TestIssuer:
    """What it publishes, and what it was asked."""

    __test__ = False
    address: str
    keys: list[SigningKey]
    asked: list[str] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)  # instead of what belongs there
    more: list[dict[str, Any]] = field(default_factory=list)  # in its key set, as they are
    sent: int = 0  # bytes
    answer: Answer | None = None  # the whole HTTP answers of a hostile one

    @property
    def fetches(self) -> int:
        """How often somebody asked for the keys."""
        return self.asked.count("/keys")

    def claims(self, subject: str = "ada", **more: Any) -> dict[str, Any]:
        """The claims of a good access token."""
        now = int(time.time())
        return {
            "iss": self.address, "sub": subject, "aud": AUDIENCE, "azp": FRONTEND,
            "iat": now, "exp": now + 300, "name": f"Person {subject}", **more,
        }  # fmt: skip

    def token(self, subject: str = "ada", *, key: SigningKey | None = None, **more: Any) -> str:
        """A good access token."""
        signing = key or self.keys[0]
        header = {"alg": signing.algorithm, "kid": signing.kid, "typ": "at+jwt"}
        return compact(header, self.claims(subject, **more), signing.sign)

    def settings(self, **more: Any) -> dict[str, Any]:
        """Its entry in the setting."""
        return {"issuer": self.address, "audiences": [AUDIENCE], "clients": [FRONTEND], **more}

    def _body(self, path: str) -> bytes:
        if path == WELL_KNOWN:
            found = {"issuer": self.address, "jwks_uri": f"{self.address}/keys", **self.document}
        else:
            found = {"keys": [*(key.public() for key in self.keys), *self.more]}
        return orjson.dumps(found)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            self.asked.append(path)
            parts = self.answer(path) if self.answer else None
            async for part in parts or whole(ok(self._body(path))):
                writer.write(part)
                self.sent += len(part)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def an_issuer(*keys: SigningKey) -> AsyncIterator[TestIssuer]:
    """One that listens for the time of a test."""
    issuer = TestIssuer("", list(keys) or [new_key("first")])
    server = await asyncio.start_server(issuer.serve, "127.0.0.1", 0)
    issuer.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield issuer
    finally:
        server.close()
        await server.wait_closed()


def setting(*issuers: dict[str, Any]) -> str:
    """The value of `OIDC_ISSUERS`."""
    return orjson.dumps(issuers).decode()
