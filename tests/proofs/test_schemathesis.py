"""schemathesis, which knows nothing of this house but its contract, finds no failure: every check, both databases."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.house import TestHouse
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import SCALE, Figures, scaled
from tests.proofs.loopback import served
from tests.reference import load_small
from tests.targets import NETWORK, Targets, operations

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).parent / "schemathesis"
EXAMPLES, SEEDS = 100, 3
# The coverage phase has a few thousand cases whatever the scale: in a small run one database has it.
PHASES = "examples,fuzzing,stateful"


async def seed(url: str, each: int) -> tuple[str, dict[str, list[dict[str, str]]]]:
    """A world with somebody who may do everything, and `each` of what operations use up. Returns token and ids."""
    found: dict[str, list[dict[str, str]]] = {}

    def keep(operation: str, **ids: str) -> None:
        found.setdefault(operation, []).append(ids)

    async with TestHouse.over(url) as house:
        await load_small(house.app.rooms.house)
        targets = await Targets.made(house)
        mine, theirs = targets.operator.client, targets.other.client
        for _ in range(each):
            for operation in (
                "approveMembership",
                "declineMembership",
                "archiveNetwork",
                "revokeToken",
                "revokeInvitation",
            ):
                await targets.renew()
                name = {
                    "archiveNetwork": "network_id",
                    "revokeToken": "token_id",
                    "revokeInvitation": "invitation_id",
                }.get(operation, "member_id")
                keep(operation, **{name: targets.ids[name]})
            network = (await mine.post("/v1/networks", {**NETWORK, "join_policy": "open"})).json()[
                "id"
            ]
            spell = await theirs.post(f"/v1/networks/{network}/join", {})
            keep("endMembership", member_id=spell.json()["id"])
            network = (
                await theirs.post("/v1/networks", {**NETWORK, "join_policy": "open"})
            ).json()["id"]
            keep("joinNetwork", network_id=network)
            network = (await theirs.post("/v1/networks", NETWORK)).json()["id"]
            invited = {"network_id": network, "person_id": targets.operator.id}
            asked = await theirs.post("/v1/members", invited)
            if asked.status_code == 201:
                keep("acceptMembership", member_id=asked.json()["id"])
            sent = await theirs.post(
                f"/v1/networks/{network}/invitations", {"addresses": ["ada@example.org"]}
            )
            keep("acceptInvitation", secret=sent.json()["items"][0]["secret"])
            keep("lookAtInvitation", secret=targets.ids["secret"])
            network = (await mine.post("/v1/networks", NETWORK)).json()["id"]
            keep("inviteAddresses", network_id=network)
            keep("addMember", network_id=network, person_id=targets.other.id)
        return targets.operator.token, found


def run(
    address: str, token: str | None, folder: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    """One run of the program against a running service."""
    signed = ["-H", f"Authorization: Bearer {token}"] if token else []
    (folder / "schemathesis.toml").write_text("")
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.proofs.schemathesis_hooks",
        "PYTHONPATH": str(ROOT),
        "QI_TARGETS": str(folder / "targets.json"),
        "COLUMNS": "160",
    }
    command = [
        str(PROGRAM), "run", f"{address}/openapi.json", *signed,
        # Its warnings count refusals of what is right but not there: a matter of chance.
        "--warnings", "off", "--continue-on-failure", "--no-color", "--output-truncate", "false", *options,
    ]  # fmt: skip
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def number(pattern: str, output: str) -> int:
    """A figure of its summary."""
    found = re.search(pattern, output)
    assert found, output[-3000:]
    return int(found[1])


async def test_schemathesis_finds_nothing(
    engine: str, new_database: NewDatabase, figures: Figures, tmp_path: Path
) -> None:
    seeds = range(1, scaled(SEEDS) + 1)
    cases: list[int] = []
    for seed_number in seeds:
        url = new_database()
        token, targets = await seed(url, each=max(10, scaled(60)))
        (tmp_path / "targets.json").write_text(json.dumps(targets))
        phases = PHASES + (",coverage" if SCALE == 1 or engine == "postgresql" else "")
        with served(url) as address:
            done = run(
                address, token, tmp_path,
                "--seed", str(seed_number), "--max-examples", str(scaled(EXAMPLES)), "--phases", phases,
            )  # fmt: skip
        failures = done.stdout.partition("= FAILURES =")[2][:60000]
        assert done.returncode == 0, failures or done.stdout + done.stderr
        assert "No issues found" in done.stdout
        # All but the one that it reads the contract from.
        assert number("Tested: +([0-9]+)", done.stdout) == len(list(operations())) - 1
        cases.append(number("([0-9]+) generated", done.stdout))
    figures.tell(examples=scaled(EXAMPLES), seeds=len(cases), cases=sum(cases))


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [(202, None, "Undocumented status code"), (200, b'{"items": 1}', "violates schema")],
)
async def test_a_service_that_breaks_its_contract_is_noticed(
    new_database: NewDatabase, tmp_path: Path, status: int, body: bytes | None, failure: str
) -> None:
    url = new_database()
    (tmp_path / "targets.json").write_text("{}")

    def broken(app: Any) -> Any:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            async def worse(message: dict[str, Any]) -> None:
                here = scope["type"] == "http" and scope["path"] == "/v1/topics"
                if here and message["type"] == "http.response.start" and message["status"] == 200:
                    message["status"] = status
                    if body is not None:
                        kept = [h for h in message["headers"] if h[0] != b"content-length"]
                        message["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
                elif here and message["type"] == "http.response.body" and body is not None:
                    message["body"] = body
                await send(message)

            await app(scope, receive, worse)

        return answer

    with served(url, broken) as address:
        done = run(
            address, None, tmp_path, "--include-path", "/v1/topics", "--max-examples", "2",
            "--phases", "fuzzing",
        )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert failure in done.stdout
