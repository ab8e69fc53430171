"""The server imports what it serves with and nothing else: memory and start-up are paid often.

A fresh interpreter imports the application; what it has loaded then is held against a list of
packages that only the command line, migrations, documents or tests need.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Packages that the server must not have loaded: name -> what it is for.
DENIED = {
    "alembic": "migrations",
    "mako": "migrations",
    "icalendar": "calendar feeds, loaded by the first",
    "networkx": "network figures, loaded by the first",
    "joserfc": "tokens of other issuers, loaded by the first",
    "rich": "the command line",
    "typer": "the command line",
    "click": "the command line",
    "markdown_it": "guides, loaded by the first",
    "pygments": "the command line",
    "httpx": "calls to others",
    "httpx2": "keys of other issuers, and tests; loaded by the first",
    "pytest": "tests",
    "hypothesis": "tests",
    "schemathesis": "tests",
    "jsonschema_rs": "tests",
    "sqlalchemy.ext.asyncio": "migrations",
    "resvg_py": "charts as PNG, loaded by the first",
    "app.exchange.demo": "the demo, which one command loads",
    "app.reference.demo": "the demo",
    "app.reference.demo_results": "the demo",
    "app.reference.demo_together": "the demo",
    "uvicorn": "what runs the application, not the application",
    "unittest": "tests",
    "multiprocessing": "one process serves",
    "numpy": "nothing here",
    "dateutil": "tests",
    "snowballstemmer.french_stemmer": "nothing here, as any language but English",
}


def loaded_after(code: str) -> list[str]:
    """Which denied packages a fresh interpreter has loaded when this code has run."""
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    modules = json.loads(done.stdout.splitlines()[-1])
    return [
        name
        for name in DENIED
        if any(module == name or module.startswith(name + ".") for module in modules)
    ]


def test_the_server_imports_nothing_it_does_not_serve_with() -> None:
    assert loaded_after("import app.main") == []


def test_what_is_denied_is_noticed() -> None:
    assert {"alembic", "mako"} <= set(loaded_after("import app.main, alembic.command"))
    assert "typer" in loaded_after("import typer")
    assert loaded_after("import json") == []
