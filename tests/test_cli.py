"""The command line: what it does, and that whatever stands in its way is told in one sentence."""

import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import main as command_line
from app.cli.starting import with_house
from app.core.viewer import HOUSE
from app.core.work import House, perform
from app.features.people.commands import create_person
from app.features.people.schemas import PersonCreate
from app.main import describe
from app.settings import Settings
from app.web.openapi import contract
from tests.command_line import SECRET_KEY, bearer, free_port, get, run, running
from tests.ods_samples import FILES, SAMPLES

NOWHERE = "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"
ETR = SAMPLES / FILES["etr"]
TOKEN = re.compile(r"qi_live_[A-Za-z0-9_-]{43}\n")


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit status."""

    status: int
    out: str
    err: str


Typed = Callable[..., Said]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Run a command in this process: quicker, where it starts no server."""

    def run_here(*words: str, **settings: str) -> Said:
        for name in ("DATABASE_URL", "SECRET_KEY", "HOST", "PORT"):
            monkeypatch.delenv(name, raising=False)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["qi-networks", *words])
        with pytest.raises(SystemExit) as left:
            command_line.main()
        written = capsys.readouterr()
        return Said(int(left.value.code or 0), written.out, written.err)

    return run_here


def is_one_sentence(said: Said, *words: str) -> bool:
    """One line on stderr that holds these words, nothing on stdout, and a failure's status."""
    assert said.err.count("\n") == 1, said.err
    assert all(word in said.err for word in words), said.err
    return said.status == 1 and said.out == "" and "Traceback" not in said.err


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PORT": "many"}, ["PORT", "'many'", "integer"]),
        ({"PORT": "70000"}, ["PORT", "65535"]),
        ({"SECRET_KEY": "short"}, ["SECRET_KEY", "32 characters"]),
        ({"SECRET_KEY": ""}, ["SECRET_KEY", "missing"]),
        ({"DATABASE_URL": "mysql://me:hush@there/x"}, ["DATABASE_URL", "postgresql://"]),
        ({"DATABASE_URL": "postgresql://me:hush@there:port/x"}, ["DATABASE_URL", "65535"]),
        ({"DATABASE_URL": "postgresql://me:hush@127.0.0.1:1/x"}, ["cannot be reached", "//me@127"]),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, ["has not been migrated", "migrate"]),
        ({"HOST": "nowhere.invalid"}, ["HOST", "nowhere.invalid"]),
        ({"HOST": "192.0.2.1"}, ["192.0.2.1"]),
    ],
)
def test_what_serve_refuses_to_start_with(
    typed: Typed, tmp_path: Path, settings: dict[str, str], words: list[str]
) -> None:
    usual = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}",
        "PORT": str(free_port()),
        "SECRET_KEY": SECRET_KEY,
    }
    said = typed("serve", **{**usual, **settings})
    assert is_one_sentence(said, *words)
    assert "hush" not in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_told_before_anything_slow(
    typed: Typed, tmp_path: Path, command: str
) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = typed(command, DATABASE_URL=url, PORT=port, SECRET_KEY=SECRET_KEY)
    assert is_one_sentence(said, port, "taken", "PORT")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_opened(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, and it is longer than a header\n" * 40)
    for file in (tmp_path, tmp_path / "text.db", tmp_path / "no" / "such" / "folder.db"):
        said = typed("migrate", DATABASE_URL=f"sqlite:///{file}")
        assert is_one_sentence(said, "cannot be reached", str(file))


def test_a_postgresql_database_that_is_not_there(typed: Typed, database_url: str) -> None:
    missing = f"{database_url}_is_not_there"
    said = typed("token", "list", DATABASE_URL=missing)
    reason = "does not exist" if missing.startswith("postgresql") else "has not been migrated"
    assert is_one_sentence(said, reason)


def test_every_command_asks_for_the_migration(typed: Typed, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    for words in (
        ("token", "create", "--operator"),
        ("token", "list"),
        ("token", "revoke", NOWHERE),
        ("import", "ods", "--as", "etr", str(ETR)),
    ):
        assert is_one_sentence(typed(*words, DATABASE_URL=url), "qi-networks migrate")


def test_the_demo_stays_on_this_machine_and_off_others_data(typed: Typed, own_url: str) -> None:
    port = str(free_port())
    said = typed("demo", DATABASE_URL=own_url, PORT=port, HOST="0.0.0.0")  # noqa: S104 - refused
    assert is_one_sentence(said, "loopback", "HOST")
    assert typed("token", "create", "--operator", DATABASE_URL=own_url).status == 0
    said = typed("demo", DATABASE_URL=own_url, PORT=port)
    assert is_one_sentence(said, "of its own", "DATABASE_URL")


def test_one_worker_for_sqlite(typed: Typed, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    said = typed("serve", "--workers", "2", DATABASE_URL=url, SECRET_KEY=SECRET_KEY)
    assert is_one_sentence(said, "SQLite", "--workers")


def test_tokens_from_the_first_operator_on(typed: Typed, own_url: str) -> None:
    def token(*words: str) -> Said:
        return typed("token", *words, DATABASE_URL=own_url)

    assert is_one_sentence(token("create"), "--person", "--operator")
    first = token("create", "--operator", "--name", "Ann Lee")
    assert first.status == 0
    assert TOKEN.fullmatch(first.out)
    assert "Ann Lee" in first.err
    assert first.out.strip() not in first.err
    again = token("create", "--operator")
    assert is_one_sentence(again, "already", "Ann Lee", "--person")
    person_id = again.err.split("(")[1].split(")")[0]
    ann = ("create", "--person", person_id)
    second = token(*ann, "--name", "sync", "--scope", "changes:read", "--expires-days", "3")
    assert TOKEN.fullmatch(second.out)
    assert token(*ann, "--operator").status == 0
    assert is_one_sentence(token("create", "--person", NOWHERE), "no person", NOWHERE)
    bound = (*ann, "--scope", "members:provision")
    assert is_one_sentence(token(*bound), "--network")
    assert is_one_sentence(token(*bound, "--network", NOWHERE), "facilitates no network")

    listed = token("list").out.splitlines()[1:]
    assert [line.split("\t")[2] for line in listed] == ["Ann Lee", "sync", "command line"]
    assert not any("qi_live" in line for line in listed)
    sync_id = listed[1].split("\t")[0]
    assert token("revoke", sync_id).status == 0
    assert sync_id not in token("list").out
    assert is_one_sentence(token("revoke", sync_id), "revoked already")
    assert is_one_sentence(token("revoke", NOWHERE), "no token")


def test_who_is_no_operator_gets_no_operators_token(typed: Typed, own_url: str) -> None:
    async def ben(house: House) -> str:
        body = PersonCreate(display_name="Ben")
        return await perform(house, lambda work: create_person(work, body), viewer=HOUSE)

    words = ("token", "create", "--person", with_house(ben, Settings(database_url=own_url)))
    for more in (("--operator",), ("--scope", "operate")):
        refused = typed(*words, *more, DATABASE_URL=own_url)
        assert is_one_sentence(refused, "Ben is no operator")
    assert TOKEN.fullmatch(typed(*words, DATABASE_URL=own_url).out)


def test_an_import_that_cannot_be(typed: Typed, own_url: str, tmp_path: Path) -> None:
    def ods(kind: str, file: Path, *more: str) -> Said:
        return typed("import", "ods", "--as", kind, str(file), *more, DATABASE_URL=own_url)

    assert is_one_sentence(ods("etr", tmp_path / "none.csv"), "no file", "none.csv")
    sample = (ETR).read_text()
    lines = sample.splitlines(keepends=True)
    cut = tmp_path / "cut.csv"
    cut.write_text("".join(lines[:5]) + lines[5][:20])
    assert is_one_sentence(ods("etr", cut), "cut.csv, line 6", "Nothing was imported")
    done = ods("etr", ETR)
    assert (done.status, done.out.split(" rows")[0]) == (0, str(len(lines)))
    assert f"organisations: {len(lines)} of {len(lines)}" in done.err
    cut.write_text("".join(lines[:5]))
    smaller = ods("etr", cut)
    assert (smaller.status, "--force" in smaller.err, smaller.out) == (1, True, "")
    assert ods("etr", cut, "--force").status == 0
    again = ods("etr", ETR, "--force")
    assert "0 organisations added, 0 changed" in again.out


def test_migrate_brings_the_reference_data_too(typed: Typed, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    first = typed("migrate", DATABASE_URL=url)
    assert first.status == 0
    assert "organisations: 8,241 of 8,241\n" in first.err
    assert typed("migrate", DATABASE_URL=url).err.count("\n") == 1


def test_serve_answers_and_stops_cleanly(own_url: str, typed: Typed) -> None:
    operator = typed("token", "create", "--operator", DATABASE_URL=own_url).out.strip()
    port = free_port()
    settings = {"DATABASE_URL": own_url, "PORT": str(port), "SECRET_KEY": SECRET_KEY}
    address = f"http://127.0.0.1:{port}"
    workers = ["--workers", "2"] if own_url.startswith("postgresql") else []
    with running("serve", *workers, **settings) as server:
        server.wait_for("no topics")  # this database has none
        server.wait_until_it_answers(f"{address}/readyz")
        status, me = get(f"{address}/v1/me", bearer(operator))
        assert (status, me["operator"]) == (200, True)
        assert server.stop() == 0
    assert server.out == []
    assert "Traceback" not in "".join(server.err)
    lines = [line for line in server.err if '"path": "/v1/me"' in line]
    assert len(lines) == 1
    assert operator not in "".join(server.err)


def test_more_is_told_on_request() -> None:
    quiet = run("token", "list", DATABASE_URL="sqlite:////nowhere/at/all.db")
    assert (quiet.returncode, quiet.stderr.count("\n")) == (1, 1)
    loud = run("--traceback", "token", "list", DATABASE_URL="sqlite:////nowhere/at/all.db")
    assert loud.returncode == 1
    assert "Traceback" in loud.stderr


def test_a_mistake_of_ours_is_a_sentence_too(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("app.cli.tokens.list_all", broken)
    assert is_one_sentence(typed("token", "list"), "ZeroDivisionError", "--traceback")


def test_contract_writes_the_contract_and_nothing_else(typed: Typed) -> None:
    said = typed("contract")
    assert said == Said(0, contract(describe()).decode(), "")
