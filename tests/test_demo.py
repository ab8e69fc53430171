"""The demo: what is loaded is what was shipped, whole or not at all; started again it is the same with new tokens."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from app.cli.starting import open_house
from app.exchange.demo.load import load_demo
from app.exchange.demo.mark import read_mark
from app.exchange.ods.load import load_baseline
from app.reference.demo import read_demo, read_listed_networks
from app.settings import Settings
from tests.command_line import (
    SECRET_KEY,
    Server,
    bearer,
    curl,
    free_port,
    get,
    run,
    running,
)
from tests.postgres import PostgresServer

ALL_PRINTED = "status=requested"  # the last line


class Stop(Exception):
    """Stands for a process that is killed."""


@pytest.fixture
def empty_url(
    engine: str, postgres: PostgresServer, tmp_path: Path, worker_id: str
) -> Iterator[str]:
    """An address where nothing was ever migrated."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'demo.db'}"
        return
    name = f"demo_{worker_id}"
    postgres.create_database(name)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.mark.anyio
async def test_a_load_that_is_cut_off_leaves_nothing(own_url: str) -> None:
    async with open_house(Settings(database_url=own_url)) as house:
        await load_baseline(house, lambda *_: None)

        def cut_off(what: str, done: int, _total: int) -> None:
            if (what, done) == ("demo networks", 3):
                raise Stop

        with pytest.raises(Stop):
            await load_demo(house, cut_off)
        mark = await read_mark(house.db)
        assert (mark.demo, mark.demo_key, mark.inhabited) == (False, None, False)

        steps = Counter[str]()
        await load_demo(house, lambda what, *_: steps.update([what]))
        mark = await read_mark(house.db)
        assert (mark.demo, mark.inhabited) == (True, True)
        assert steps.pop("demo meetings") > 200
        assert steps.pop("demo results") > 50
        assert steps.pop("demo decisions and duties") > 50
        assert steps == {
            "people": 64,
            "listed networks": 74,
            "demo networks": 16,
            "demo members": 5,
        }


def wait_and_read(server: Server) -> dict[str, str]:
    server.wait_for(ALL_PRINTED)
    return {word: server.token(word) for word in ("operator", "facilitator", "member")}


def all_pages(address: str, token: str, **params: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        status, page = get(f"{address}?{urlencode({**params, 'limit': 100})}", bearer(token))
        assert status == 200, page
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


def check_networks(address: str, operator: str) -> list[dict[str, Any]]:
    """Every network is there as it was shipped, with as many members."""
    demo = read_demo()
    listed = {network.slug: network for network in read_listed_networks()}
    found = all_pages(f"{address}/v1/networks", operator)
    found += all_pages(f"{address}/v1/networks", operator, archived="true")
    elsewhere = [network for network in found if network["verified"] is not None]
    assert {network["slug"] for network in elsewhere} == set(listed)
    for network in elsewhere:
        known = listed[network["slug"]]
        assert network["hosted_at"] == known.hosted_at
        assert (network["member_count"], network["lifecycle_stage"]) == (0, None)
    here = {network["name"]: network for network in found if network["verified"] is None}
    assert set(here) == {invented.name for invented in demo.networks}
    for invented in demo.networks:
        active = [
            spell
            for spell in demo.members
            if spell.network == invented.key and spell.status == "active"
        ]
        shown = here[invented.name]
        # In a list, an operator too sees only the name of what is private or confidential.
        closed = invented.visibility in {"private", "confidential"}
        assert shown["member_count"] == (None if closed else len(active)), invented.key
        assert (shown["archived_at"] is not None) is invented.archived
    return found


def check_members(address: str, operator: str, networks: list[dict[str, Any]]) -> None:
    """Every spell is there as it was shipped."""
    demo = read_demo()
    names = {person.key: person.display_name for person in demo.people}
    by_name = {network.name: network.key for network in demo.networks}
    keys = {network["id"]: by_name.get(network["name"]) for network in networks}
    shipped = {
        (spell.network, names[spell.person], spell.role, spell.status, spell.representing)
        for spell in demo.members
        if spell.status != "left"
    }
    found = all_pages(f"{address}/v1/members", operator)
    assert len(found) == len(shipped)
    assert {
        (
            keys[m["network_id"]],
            m["person"]["display_name"],
            m["role"],
            m["status"],
            m["representing"],
        )
        for m in found
    } == shipped


def check_invitations(address: str, operator: str, networks: list[dict[str, Any]]) -> None:
    """Every invitation waits as it was shipped."""
    demo = read_demo()
    ids = {network["name"]: network["id"] for network in networks}
    names = {network.key: network.name for network in demo.networks}
    shipped = {(ids[names[one.network]], one.address, one.role) for one in demo.invitations}
    found = all_pages(f"{address}/v1/invitations", operator)
    assert {(one["network_id"], one["address"], one["role"]) for one in found} == shipped
    assert len(found) == len(demo.invitations)
    assert {one["status"] for one in found} == {"pending"}


def test_the_demo_from_the_first_start_to_the_second(empty_url: str) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {"DATABASE_URL": empty_url, "PORT": str(port)}
    with running("demo", **settings) as server:
        server.wait_for("^organisations: ")
        assert server.stop() == 0  # in the middle of loading
    assert "Traceback" not in "".join(server.err)

    with running("demo", **settings) as server:
        tokens = wait_and_read(server)
        assert all(token.startswith("qi_demo_") for token in tokens.values())
        assert sum(address in line for line in server.out) == 4
        near, mine, asking = [curl(line)["items"] for line in server.curls()]
        assert "Greater Manchester Greener Practice Group" in [n["name"] for n in near]
        assert "Kestrelmoor Asthma Network" in [n["name"] for n in mine]
        assert {m["person"]["display_name"] for m in asking} == {
            "Elspeth Quillmarsh",
            "Orla Brackenfold",
        }
        networks = check_networks(address, tokens["operator"])
        check_members(address, tokens["operator"], networks)
        check_invitations(address, tokens["operator"], networks)
        _, page = get(f"{address}/v1/networks?limit=5")
        assert server.stop(signal.SIGINT) == 0
    assert "Traceback" not in "".join(server.err)

    refused = run("serve", SECRET_KEY=SECRET_KEY, **settings)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "demo" in refused.stderr

    with running("demo", **settings) as server:
        fresh = wait_and_read(server)
        assert not set(fresh.values()) & set(tokens.values())
        assert not any(line.startswith(("organisations", "people")) for line in server.err)
        for word in tokens:
            assert get(f"{address}/v1/me", bearer(tokens[word]))[0] == 401
            assert get(f"{address}/v1/me", bearer(fresh[word]))[0] == 200
        again = check_networks(address, fresh["operator"])
        assert [network["id"] for network in again] == [network["id"] for network in networks]
        status, _ = get(f"{address}/v1/networks?limit=5&cursor={page['next_cursor']}")
        assert status == 200  # cursors outlive a restart
        assert server.stop() == 0
    logged = [line for line in server.err if '"event": "request"' in line]
    assert logged, "requests are logged"
    assert not any("/readyz" in line for line in logged), "its own first one is not"
