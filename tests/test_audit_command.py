"""`qi-networks audit verify` as somebody types it."""

import asyncio
import re

from tests.command_line import run
from tests.house import TestHouse
from tests.raw import raw


async def _something_happens(url: str) -> None:
    async with TestHouse.over(url) as house:
        await house.person("Ada")
        await house.person("Ben")


def test_a_whole_log_and_one_that_was_edited(own_url: str) -> None:
    empty = run("audit", "verify", DATABASE_URL=own_url)
    assert (empty.returncode, empty.stdout) == (0, "The log has no rows to verify.\nseal \n")
    asyncio.run(_something_happens(own_url))
    said = run("audit", "verify", DATABASE_URL=own_url)
    assert said.returncode == 0
    assert re.fullmatch(
        r"The log is whole: 4 rows, positions 1 to 4\.\nseal [0-9a-f]{64}\n", said.stdout
    )
    assert said.stderr == "Rows of the log: 4 of 4\n"
    seal = said.stdout.split()[-1]
    asyncio.run(raw(own_url, "UPDATE change SET request_id = 'x' WHERE seq = 3"))
    for words in ((), ("--expect", seal)):
        found = run("audit", "verify", *words, DATABASE_URL=own_url)
        assert (found.returncode, found.stdout) == (1, "")
        assert found.stderr == (
            "The log was edited at position 3: its rows do not give their seal.\n"
        )
    assert run("audit", "verify", "--since", seal, DATABASE_URL=own_url).returncode == 0
