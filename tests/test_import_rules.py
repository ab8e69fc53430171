"""The import rules hold in a house built right, and each of them notices what it forbids.

`make check` runs the rules over the real house; here a small model of it breaks them one at a time.
"""

import subprocess
import sys
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
MODEL = {
    "__init__": "",
    "main": "import fastapi, app.web, app.features.networks.router",
    "settings": "",
    "cli.main": "import typer, app.main, app.jobs",
    "jobs.worker": "import app.exchange.sync.queries, app.core",
    "exchange.sync.queries": "import app.core",
    "exchange.sync.router": "import fastapi, app.exchange.sync.queries",
    "features.networks.router": "import fastapi, starlette, app.web.identity",
    "features.networks.queries": "import app.core.access",
    "features.people.queries": "import app.core.access",
    "web.identity": "import starlette, app.core.access",
    "wheel.score": "import app.core.access",
    "core.access": "import app.models.network",
    "models.network": "import app.db.types",
    "db.types": "",
    "db.postgres": "import asyncpg, sqlite3",
    "reference.load": "",
    "spc.analysis": "import app.spc.series",
    "spc.series": "",
    "pictures.chart": "import app.pictures.picture",
    "pictures.picture": "",
}
BROKEN = [
    ("core.access", "import app.web.identity", "A floor imports only from below"),
    ("wheel.score", "import app.features.networks.queries", "A floor imports only from below"),
    ("wheel.score", "import fastapi", "know HTTP's libraries"),
    ("db.types", "import app.models.network", "A floor imports only from below"),
    ("exchange.sync.queries", "import app.jobs.worker", "A floor imports only from below"),
    ("features.people.queries", "import app.features.networks.queries", "Features do not import"),
    ("features.networks.queries", "from fastapi import Depends", "know HTTP's libraries"),
    ("core.access", "import starlette.requests", "know HTTP's libraries"),
    ("features.networks.router", "import asyncpg", "knows the drivers"),
    ("core.access", "import sqlite3", "knows the drivers"),
    ("reference.load", "import sqlite3", "knows the drivers"),
    ("spc.series", "import app.core.access", "know nothing of the house"),
    ("spc.series", "import pydantic", "know nothing of the house"),
    ("pictures.chart", "import app.core.access", "know nothing of the house"),
]


def judge(house: Path, changed: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Build the model with some modules changed and put the rules of pyproject.toml to it."""
    for module, code in (MODEL | changed).items():
        path = house.joinpath("app", *module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code + "\n")
    for folder in (house / "app").rglob("*/"):
        (folder / "__init__.py").touch()
    program = Path(sys.executable).parent / "lint-imports"
    command = [str(program), "--config", str(PYPROJECT), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)


def test_a_house_built_right_passes(tmp_path: Path) -> None:
    verdict = judge(tmp_path, {})
    assert verdict.returncode == 0, verdict.stdout
    assert "5 kept, 0 broken" in verdict.stdout


@pytest.mark.parametrize(("module", "code", "rule"), BROKEN)
def test_what_a_rule_forbids_is_noticed(tmp_path: Path, module: str, code: str, rule: str) -> None:
    verdict = judge(tmp_path, {module: code})
    assert verdict.returncode != 0
    broken = [line for line in verdict.stdout.splitlines() if "BROKEN" in line]
    assert len(broken) == 1, verdict.stdout
    assert rule in broken[0]
