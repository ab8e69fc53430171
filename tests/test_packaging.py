"""What is installed is what was locked, and a wheel carries all that the command needs."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

import pytest

import app

ROOT = Path(__file__).parent.parent
LOCKS = ("bootstrap.lock", "requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"[a-z0-9._-]+(\[[a-z]+\])?==[^ ;]+( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def strangers(lock: str) -> list[str]:
    """Return the lines that are neither a pin nor a hash: an address, an index, an option."""
    return [line for line in lock.splitlines() if not (PIN.fullmatch(line) or HASH.fullmatch(line))]


def pins(requirements: Iterable[str]) -> set[tuple[str, str]]:
    """Return name and version of every requirement that is pinned."""
    found = (re.match(r"([a-z0-9._-]+)(?:\[[a-z]+\])?==([^ ;]+)", line) for line in requirements)
    return {(pin[1], pin[2]) for pin in found if pin}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_no_address(name: str) -> None:
    assert strangers((ROOT / name).read_text()) == []


@pytest.mark.parametrize(
    "line",
    ["--index-url https://host.example/simple", "uv @ https://host.example/uv.whl", "uv>=0.13"],
)
def test_an_address_in_a_lock_would_be_noticed(line: str) -> None:
    lock = (ROOT / "bootstrap.lock").read_text()
    assert strangers(f"{line}\n{lock}") == [line]


def test_the_locks_hold_what_the_project_asks_for() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locks = [pins((ROOT / name).read_text().splitlines()) for name in LOCKS]
    bootstrap, runtime, development = locks
    wanted = asked["project"]["dependencies"] + asked["build-system"]["requires"]
    tools = asked["project"]["optional-dependencies"]["dev"]
    assert len(pins(wanted + tools)) == len(set(wanted + tools)), "something is not pinned"
    assert pins(wanted) <= runtime
    assert pins(tools) | runtime <= development
    assert pins(asked["dependency-groups"]["bootstrap"]) == bootstrap


def test_a_wheel_carries_the_data_the_migrations_and_the_licence(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"qi_networks-{app.__version__}-py3-none-any")
    shipped = set(ZipFile(wheel).namelist())
    for folder, inside in (
        ("app", "app"),
        ("migrations", "app/_migrations"),
        ("docs", "app/_docs"),
    ):
        kept = [
            path.relative_to(ROOT / folder)
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "decisions" not in path.parts
        ]
        wanted = {f"{inside}/{path}" for path in kept if "__pycache__" not in path.parts}
        assert wanted, folder
        assert wanted <= shipped
    assert {Path(name).parts[0] for name in shipped} == {
        "app",
        f"qi_networks-{app.__version__}.dist-info",
    }
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in shipped}
