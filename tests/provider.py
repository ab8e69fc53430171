"""A real OpenID provider in a process of its own, which people sign in with as a browser would."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from tests.command_line import LONG_ENOUGH, free_port, get

FRONTEND, BACK = "try-it", "http://127.0.0.1:3000/back"
ADA = {"sub": "ada", "name": "Ada Byron", "email": "ada@example.org"}


@dataclass
class Provider:
    """One that runs; started anew on the same port it has other keys."""

    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Its issuer."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, Any]:
        """Its entry in the setting: its access tokens are opaque."""
        return {
            "issuer": self.address,
            "audiences": [FRONTEND],
            "reads": "id_tokens",
            "types": ["JWT"],
        }

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [
            sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.port),
            "--user-claims", json.dumps(ADA),
        ]  # fmt: skip
        rest = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=rest)
        until = time.monotonic() + LONG_ENOUGH
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if get(f"{self.address}/.well-known/openid-configuration")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the provider does not answer")

    def stop(self) -> None:
        """Until it is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def rotate(self) -> None:
        """It makes a key at each start."""
        self.stop()
        self.start()

    def fetches(self) -> int:
        """How often somebody asked it for its keys, by its own log."""
        return len(re.findall(r'"GET /jwks HTTP', self.log.read_text()))

    async def sign_in(self, subject: str = "ada", nonce: str = "n-0S6") -> dict[str, Any]:
        """The authorisation code flow: what its token endpoint hands out."""
        asked = {
            "client_id": FRONTEND, "redirect_uri": BACK, "response_type": "code",
            "scope": "openid profile email", "state": "xyz", "nonce": nonce,
        }  # fmt: skip
        async with httpx2.AsyncClient(base_url=self.address, trust_env=False) as browser:
            page = f"/oauth2/authorize?{urlencode(asked)}"
            assert (await browser.get(page)).status_code == 200
            chosen = await browser.post(page, data={"sub": subject})
            assert chosen.status_code == 302, chosen.text
            came_back = parse_qs(urlsplit(chosen.headers["location"]).query)
            assert came_back["state"] == ["xyz"]
            exchange = {
                "grant_type": "authorization_code",
                "code": came_back["code"][0],
                "redirect_uri": BACK,
            }
            answer = await browser.post("/oauth2/token", data=exchange, auth=(FRONTEND, "any"))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def a_provider(folder: Path) -> Iterator[Provider]:
    """One that runs for the time of a test."""
    provider = Provider(free_port(), folder / "provider.log")
    try:
        provider.start()
        yield provider
    finally:
        provider.stop()
