"""What the operator does for people's privacy at the command line: each command once, and what it refuses."""

from pathlib import Path

import orjson
import pytest

from tests.command_line import run
from tests.dumps import hits
from tests.house import TestHouse
from tests.privacy_story import TRACES, story

pytestmark = pytest.mark.anyio
NOBODY = "01900000-0000-7000-8000-00000000dead"


async def test_export_erase_find_and_retain(own_url: str, tmp_path: Path) -> None:
    async with TestHouse.over(own_url) as house:
        zora, _, _ = await story(house)
    exported = run("export", zora.id, DATABASE_URL=own_url)
    assert exported.returncode == 0, exported.stderr
    assert hits(exported.stdout.encode(), TRACES) == list(TRACES)
    assert orjson.loads(exported.stdout)["person"]["id"] == zora.id
    found = run("erasures", "find", "Quibblethorpe", DATABASE_URL=own_url)
    assert found.stdout == f"person\t{zora.id}\tdisplay_name\n"
    assert run("erasures", "list", DATABASE_URL=own_url).stdout == ""

    ledger = tmp_path / "ledger"
    ledger.write_text(f"2026-01-02T03:04:05.000000Z {zora.id}\n")
    tried = run("erasures", "replay", str(ledger), "--dry-run", DATABASE_URL=own_url)
    assert (tried.returncode, tried.stdout) == (0, f"{zora.id}\n")
    assert "1 would be erased again" in tried.stderr
    done = run("erasures", "replay", str(ledger), DATABASE_URL=own_url)
    assert "1 were erased again, 0 were already" in done.stderr
    again = run("erasures", "replay", str(ledger), DATABASE_URL=own_url)
    assert (again.stdout, "1 were already" in again.stderr) == ("", True)
    assert zora.id in run("erasures", "list", DATABASE_URL=own_url).stdout
    assert run("erasures", "find", "Quibblethorpe", DATABASE_URL=own_url).stdout == ""

    counted = run("retention", "--dry-run", DATABASE_URL=own_url)
    lines = [line.split("\t") for line in counted.stdout.splitlines()]
    assert lines[0] == ["rule", "days", "rows"]
    assert ["unused_tokens", "180", "0"] in lines
    assert run("retention", DATABASE_URL=own_url).stdout == counted.stdout


def test_what_cannot_be_done_is_one_sentence(own_url: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text("nonsense\n")
    for words, sentence in (
        (("export", NOBODY), f"There is no person {NOBODY}.\n"),
        (
            ("erasures", "replay", str(tmp_path / "none")),
            f"There is no file {tmp_path / 'none'}.\n",
        ),
        (
            ("erasures", "replay", str(bad)),
            f"{bad} is no ledger of erasures: line 1 is not an instant and an id. Nothing was erased.\n",
        ),
        (("erasures", "find", "a"), "Look for 3 characters or more.\n"),
    ):
        done = run(*words, DATABASE_URL=own_url)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)
