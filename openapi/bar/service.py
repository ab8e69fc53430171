"""Rows 1, 7 and 8: the service itself. What it serves is what is committed, and it keeps what it promises."""

import json
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from openapi.bar.judged import Judged, Row, Verdict
from openapi.bar.tools import OURS, ROOT, run
from tests.command_line import free_port, running

PERSONAS = ("operator", "facilitator", "member")
SCHEMATHESIS = "tests/proofs/test_schemathesis.py"


@contextmanager
def demo() -> Iterator[tuple[str, dict[str, str]]]:
    """The demo on a database of its own and a free port: its address and the tokens by name."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="contract-bar-") as folder:
        settings = {"DATABASE_URL": f"sqlite:///{folder}/demo.db", "PORT": str(port)}
        with running("demo", **settings) as server:
            server.wait_for("^curl ")
            tokens = {persona: server.token(persona) for persona in PERSONAS}
            yield f"http://127.0.0.1:{port}", tokens


def same_bytes(judged: Judged) -> Verdict:
    """Committed, generated and served are byte for byte the same."""
    committed = judged.path.read_bytes()
    found = []
    generated = ROOT / "openapi" / "bar" / ".made" / "generated.json"
    generated.parent.mkdir(exist_ok=True)
    generated.write_text(run(OURS / "qi-networks", "contract").text)
    if generated.read_bytes() != committed:
        found.append("generated and committed differ: run 'make openapi' and read what changed")
    if judged.address is not None:
        with urllib.request.urlopen(f"{judged.address}/openapi.json", timeout=30) as answer:  # noqa: S310 - our own
            if answer.read() != committed:
                found.append("served and committed differ")
    return Verdict(f"{len(committed):,} bytes", found)


def _schemathesis(judged: Judged, engine: str) -> Verdict:
    said = run(
        sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", SCHEMATHESIS, "-k", engine,
        longest=3600, PROVE_SCALE=str(judged.scale),
    )  # fmt: skip
    figures = [json.loads(line[line.index("{") :]) for line in said.lines('"cases": ')]
    wrong = said.lines(r"^E +(_{9,} [A-Z]|- ST|❌)") or said.text.splitlines()[-30:]
    found = [] if said.status == 0 and figures else wrong
    told = [f"{f['examples']} examples, {f['seeds']} seeds: {f['cases']:,} cases" for f in figures]
    return Verdict(told[0] if told else "did not run", found)


def schemathesis_sqlite(judged: Judged) -> Verdict:
    """Every check of schemathesis, on SQLite."""
    return _schemathesis(judged, "sqlite")


def schemathesis_postgresql(judged: Judged) -> Verdict:
    """The same on PostgreSQL."""
    return _schemathesis(judged, "postgresql")


ROWS = (
    Row("1", "committed, generated and served are the same", same_bytes),
    Row("7", "schemathesis on SQLite", schemathesis_sqlite),
    Row("8", "schemathesis on PostgreSQL", schemathesis_postgresql),
)
