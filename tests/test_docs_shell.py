"""What people read works: every shell line of the documents is run, against a demo started from nothing."""

import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import shell
from tests.command_line import LONG_ENOUGH, Server, bearer, environment, free_port, get, running
from tests.documents import ROOT, Block, blocks, documents
from tests.issuer import setting
from tests.postgres import PostgresServer
from tests.provider import a_provider

RUN = [path for path in documents() if any(block.runs for block in blocks(path.read_text()))]
PERSONAS = ("operator", "facilitator", "member")


@dataclass(frozen=True)
class Demo:
    """The demo, running: its address, the tokens by name, and the lines that it printed to be tried."""

    address: str
    tokens: dict[str, str]
    printed: list[str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """What `make run` starts, from nothing."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    with a_provider(folder) as provider:
        given = {
            "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
            "PORT": str(port),
            "OIDC_ISSUERS": setting(provider.settings),
        }
        with running("demo", **given) as server:
            server.wait_for("^curl ", times=3)
            tokens = {persona.upper(): server.token(persona) for persona in PERSONAS}
            tokens |= {"TOKEN": tokens["FACILITATOR"], "ISSUER": provider.address}
            yield Demo(f"http://127.0.0.1:{port}", tokens, server.curls())
            assert server.stop() == 0


def test_every_shell_line_of_the_documents(
    demo: Demo, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    names = {path.name for path in RUN}
    assert names == {
        "README.md",
        "adoptions.md",
        "calendars.md",
        "charter.md",
        "feedback.md",
        "first-hour.md",
        "results.md",
        "saved-searches.md",
        "places.md",
        "search.md",
        "suggest.md",
        "integrators.md",
        "measures.md",
        "meetings.md",
        "privacy.md",
        "coverage.md",
        "recommendations.md",
        "sign-in.md",
        "statistics.md",
        "sync.md",
        "wheel-pictures.md",
        "wheel.md",
        "network-map.md",
        "decisions-together.md",
        "pairings.md",
    }
    for path in RUN:
        found = [block for block in blocks(path.read_text()) if block.runs]
        with subtests.test(path.name):
            shell.run(found, demo.address, tmp_path, **demo.tokens)
    with subtests.test("as the demo prints them"):
        shell.run([Block("sh", "\n".join(demo.printed))], demo.address, tmp_path)


def test_a_line_that_fails_is_noticed(demo: Demo, tmp_path: Path) -> None:
    """Another status than said, a command that fails, an empty list, a line that does not run."""
    api = f"{shell.PRINTED_ADDRESS}/v1"
    wrong = {
        "404 for success": Block("sh", f"curl -sS {api}/nowhere\n"),
        "success for 404": Block("sh 404", f"curl -sS {api}/topics\n"),
        "a failing command": Block("sh", f"curl -sS {api}/topics | grep -q nonsense\n"),
        "nothing found": Block("sh", f"curl -sS '{api}/networks?slug=nowhere-at-all'\n"),
        "not reached": Block("sh", f"if false; then curl -sS {api}/topics; fi\n"),
        "nobody answers": Block("sh", "curl -sS http://127.0.0.1:1/\n"),
    }
    for block in wrong.values():
        with pytest.raises(AssertionError):
            shell.run([block], demo.address, tmp_path)
    with pytest.raises(AssertionError):
        shell.run([Block("sh", 'curl -sS "$API"')], demo.address, tmp_path)


def test_the_stand_in_for_curl_does_what_curl_does(demo: Demo, tmp_path: Path) -> None:
    """So that a machine without curl runs the same documents."""
    names = ("first-hour.md", "integrators.md", "privacy.md", "sign-in.md", "sync.md")
    for name in ("README.md", *(f"docs/{name}" for name in names)):
        found = [block for block in blocks((ROOT / name).read_text()) if block.runs]
        shell.run(found, demo.address, tmp_path, DOCS_CURL="stand-in", **demo.tokens)


@pytest.mark.parametrize("document", ["README.md", "docs/deploy.md"])
def test_the_deployment(postgres: PostgresServer, tmp_path: Path, document: str) -> None:
    """The lines that put it up, on PostgreSQL: what they make answers as they say, and stops when it is told to."""
    found = [
        block
        for block in blocks((ROOT / document).read_text())
        if block.kind.startswith("sh deploy")
    ]
    first, serves, *later = found
    assert (first.kind, serves.kind) == ("sh deploy", "sh deploy serves")
    prepare, (program, *words) = first.text, shlex.split(serves.text)
    assert program == "qi-networks"
    (example,) = re.findall(r"postgresql://\S+", prepare)
    name, port = f"deployment_{os.getpid()}", free_port()
    postgres.create_database(name)
    try:
        token, secret = _prepared(prepare.replace(example, postgres.url(name)), tmp_path)
        settings = {"DATABASE_URL": postgres.url(name), "SECRET_KEY": secret, "PORT": str(port)}
        with running(*words, **settings) as server:
            _wait_for_readiness(server, port)
            me = get(f"http://127.0.0.1:{port}/v1/me", bearer(token))[1]
            assert (me["display_name"], me["operator"]) == ("Sam Patel", True)
            assert get(f"http://127.0.0.1:{port}/v1/topics")[1]["items"]
            as_said = [Block("sh", block.text) for block in later]
            shell.run(as_said, f"http://127.0.0.1:{port}", tmp_path, **settings)
            assert server.stop() == 0
    finally:
        postgres.drop_database(name)


def _prepared(lines: str, folder: Path) -> tuple[str, str]:
    """Run what stands before `serve`: the first token and the secret key."""
    command = shell.bash(f'{lines}\nprintf "%s\\n" "$SECRET_KEY"')
    env = environment({"PATH": shell.path_with_curl(folder)})
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    token, secret = done.stdout.split()
    return token, secret


def _wait_for_readiness(server: Server, port: int) -> None:
    until = time.monotonic() + LONG_ENOUGH
    while server.process.poll() is None and time.monotonic() < until:
        with suppress(OSError):
            if get(f"http://127.0.0.1:{port}/readyz")[0] == 200:
                return
        time.sleep(0.1)
    raise AssertionError("".join(server.err)[-2000:])
