"""What the operator does for people's privacy at the command line: each command once, and what it refuses."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from app.cli import main as command_line
from tests.dumps import hits
from tests.house import TestHouse
from tests.privacy_story import TRACES, story

NOBODY = "01900000-0000-7000-8000-00000000dead"


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit status."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Said]


@pytest.fixture
def run(own_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process, on a database of one's own."""

    def here(*words: str) -> Said:
        monkeypatch.setenv("DATABASE_URL", own_url)
        monkeypatch.setattr(sys, "argv", ["qi-networks", *words])
        with pytest.raises(SystemExit) as left:
            command_line.main()
        written = capsys.readouterr()
        return Said(int(left.value.code or 0), written.out, written.err)

    return here


async def told(url: str) -> str:
    """Somebody of whom everything knows something. Returns their id."""
    async with TestHouse.over(url) as house:
        zora, _, _ = await story(house)
    return zora.id


def test_export_erase_find_and_retain(run: Run, own_url: str, tmp_path: Path) -> None:
    zora = asyncio.run(told(own_url))
    exported = run("export", zora)
    assert exported.returncode == 0, exported.stderr
    assert hits(exported.stdout.encode(), TRACES) == list(TRACES)
    assert orjson.loads(exported.stdout)["person"]["id"] == zora
    found = run("erasures", "find", "Quibblethorpe")
    assert found.stdout == f"person\t{zora}\tdisplay_name\n"
    assert found.stderr == "Found in 1 field.\n"
    assert run("erasures", "list").stdout == ""

    ledger = tmp_path / "ledger"
    ledger.write_text(f"2026-01-02T03:04:05.000000Z {zora}\n")
    tried = run("erasures", "replay", str(ledger), "--dry-run")
    assert (tried.returncode, tried.stdout) == (0, f"{zora}\n")
    assert "1 would be erased again" in tried.stderr
    done = run("erasures", "replay", str(ledger))
    assert "1 were erased again, 0 were already" in done.stderr
    again = run("erasures", "replay", str(ledger))
    assert (again.stdout, "1 were already" in again.stderr) == ("", True)
    assert zora in run("erasures", "list").stdout
    nowhere = run("erasures", "find", "Quibblethorpe")
    assert (nowhere.stdout, nowhere.stderr) == ("", "Found nowhere.\n")

    counted = run("retention", "--dry-run")
    lines = [line.split("\t") for line in counted.stdout.splitlines()]
    assert lines[0] == ["rule", "days", "rows"]
    assert ["unused_tokens", "180", "0"] in lines
    assert run("retention").stdout == counted.stdout


def test_what_cannot_be_done_is_one_sentence(run: Run, tmp_path: Path) -> None:
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
        done = run(*words)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)
