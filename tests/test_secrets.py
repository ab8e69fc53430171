"""The controls of the search for secrets: what it looks for is noted, and where one stands it is found."""

import logging
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from app.core.tokens import new_secret
from tests.dumps import rows_of_postgres
from tests.house import SECRET, TestHouse
from tests.privacy_story import network_of
from tests.secrets_issued import Logs, found_in, found_in_files, issued, note_printed

pytestmark = pytest.mark.anyio


def bare(secret: str) -> bytes:
    """A token without its prefix."""
    return secret[-43:].encode()


async def test_every_secret_is_noted(house: TestHouse) -> None:
    """Of tokens and invitations, whoever made them, and of what other processes print."""
    ada = await house.person("Ada")
    body = {"name": "Mine", "scopes": ["networks:read"]}
    made = (await ada.client.post("/v1/tokens", body)).json()
    network = await network_of(ada)
    addresses = {"addresses": ["new@example.org"]}
    sent = await ada.client.post(f"/v1/networks/{network}/invitations", addresses)
    link = next(iter(found for found in issued if found in sent.content), None)
    assert {bare(ada.token), bare(made["secret"])} <= issued
    assert link is not None
    note_printed(f"member qi_demo_{'x' * 43}\n")
    assert b"x" * 43 in issued
    issued.discard(b"x" * 43)
    assert found_in(sent.content) == [link[:6].decode() + "..."]
    assert found_in(SECRET.encode()) == [SECRET[:6] + "..."]


@pytest.mark.parametrize(
    "around", [b'"%s"', b"a-very_long-word_%s", b"%s0123456789", b"\x00%s\xff"]
)
def test_a_secret_is_found_whatever_is_around_it(around: bytes) -> None:
    secret = bare(new_secret())
    assert found_in(around % secret) == [secret[:6].decode() + "..."]
    # What follows it may be the very letter that is missing; a tilde is in no secret.
    assert found_in(around % (secret[:-1] + b"~")) == []


def test_a_secret_in_a_log_is_found(tmp_path: Path) -> None:
    """Also of a logger that hands nothing on."""
    secret, own, logger = new_secret(), Logs(), logging.getLogger("test of secrets")
    logger.propagate = False
    outer = logging.Logger.handle
    own.start(tmp_path / "control.log")
    logger.warning("kept: %s", secret)
    file = own.stop()
    assert logging.Logger.handle is outer
    assert found_in_files([file]) == [f"control.log: {secret[-43:][:6]}..."]
    file.unlink()
    # The outer log of this run has it too, until it is taken for a word like others.
    issued.discard(bare(secret))


async def test_a_secret_in_a_database_is_found(own_url: str) -> None:
    secret = new_secret()
    if own_url.startswith("sqlite"):
        path = Path(own_url.removeprefix("sqlite:///"))
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE installation SET demo_key = ?", [secret])
        connection.close()
        assert found_in_files(path.parent.glob("own.db*")) != []
    else:
        connected = await asyncpg.connect(own_url)
        await connected.execute("UPDATE installation SET demo_key = $1", secret)
        await connected.close()
        assert found_in(rows_of_postgres(own_url)) == [secret[-43:][:6] + "..."]
    issued.discard(bare(secret))
