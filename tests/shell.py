"""Running the shell lines of documents: one bash for a document, as somebody who pastes them has one."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.command_line import environment
from tests.documents import Block

PRINTED_ADDRESS = "http://127.0.0.1:8000"
CALL = re.compile(r"(?<![\w/-])curl -")
BIN = Path(sys.executable).parent


def bash(script: str) -> list[str]:
    """The command that runs these lines and stops at the first that fails."""
    program = shutil.which("bash")
    assert program, "the documents' lines are for bash, and there is none"
    return [program, "-euo", "pipefail", "-c", script]


def path_with_curl(folder: Path) -> str:
    """A PATH with the command, and with the `curl` that notes statuses before any other."""
    place = folder / "curl-that-notes"
    place.mkdir(exist_ok=True)
    program = place / "curl"
    script = Path(__file__).with_name("curl_in_documents.py").read_text()
    program.write_text(f"#!{sys.executable}\n{script}")
    program.chmod(0o755)
    return os.pathsep.join([str(place), str(BIN), os.environ["PATH"]])


def run(found: Sequence[Block], address: str, folder: Path, **variables: str) -> str:
    """Run the lines of one document and hold every answer to what its block says. Returns what was printed.

    Errors: AssertionError for a line that fails, an answer with another status, an empty list.
    """
    statuses = folder / "statuses"
    statuses.write_text("")
    script = "".join(f"export DOCS_BLOCK={n}\n{block.text}" for n, block in enumerate(found))
    done = subprocess.run(
        bash(script.replace(PRINTED_ADDRESS, address)),
        env=environment(
            {"PATH": path_with_curl(folder), "DOCS_STATUSES": str(statuses), **variables}
        ),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    seen = [tuple(map(int, line.split())) for line in statuses.read_text().splitlines()]
    last = f"block {seen[-1][0]}: " + found[seen[-1][0]].text if seen else ""
    assert done.returncode == 0, f"{done.stderr[-2000:]}\nafter {last}\n{done.stdout[-1000:]}"
    for number, block in enumerate(found):
        here = [status for n, status in seen if n == number]
        assert len(here) == len(CALL.findall(block.text)), f"not every line ran:\n{block.text}"
        if block.last_status is not None:
            assert here.pop() == block.last_status, f"{block.kind}:\n{block.text}{done.stdout}"
        odd = [status for status in here if not 200 <= status < 300]
        assert not odd, f"answered {odd}:\n{block.text}\n{done.stdout[-1000:]}"
    assert '"items":[]' not in done.stdout, f"an empty list shows nobody anything: {done.stdout}"
    return done.stdout
