"""The bar must be able to fail: the same rows on a plain FastAPI application."""

import copy
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

from openapi.bar import calendars, clients, generators, linters, series
from openapi.bar.judged import Judged, Row, Verdict
from openapi.bar.plain import app
from openapi.bar.tools import MADE, OURS, ROOT, run
from tests.command_line import free_port

# These judge the plain contract as it is. It is valid OpenAPI, so row 2 has a control of its own; row 9 brings its
# own; and what rows 7 and 8 run is run on the plain service.
ON_PLAIN = ("3", "4", "5", "6", "10", "11", "12", "13")


def plain() -> Judged:
    """What FastAPI makes of the plain application."""
    path = MADE / "plain.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(app.openapi()))
    return Judged("plain", path)


def invalid(judged: Judged) -> Verdict:
    """A contract in which two operations have one name."""
    spoilt = copy.deepcopy(judged.document)
    spoilt["paths"]["/v1/networks"]["get"]["operationId"] = "createNetwork"
    path = judged.folder("invalid") / "openapi.json"
    path.write_text(json.dumps(spoilt))
    return linters.valid(Judged("invalid", path))


def plain_service(_judged: Judged) -> Verdict:
    """The plain application as a service, under schemathesis."""
    port = free_port()
    command = [sys.executable, "-m", "openapi.bar.plain", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/openapi.json")
            said = run(
                OURS / "schemathesis", "run", f"http://127.0.0.1:{port}/openapi.json", "--seed", "1",
                "--max-examples", "10", "--continue-on-failure", "--no-color", cwd=MADE,
            )  # fmt: skip
        finally:
            process.terminate()
    return Verdict("schemathesis", said.lines(r"^- ") if said.status == 1 else [])


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(address)


def controls(judged: Judged) -> list[tuple[Row, Judged]]:
    """The rows that must fail, each with what it is to fail on."""
    rows = (*linters.ROWS, *clients.ROWS, *generators.ROWS)
    on_plain = [(row, plain()) for row in rows if row.number in ON_PLAIN]
    return [
        (Row("2", "openapi-spec-validator", invalid), judged),
        (Row("7", "schemathesis", plain_service), judged),
        *on_plain,
        *((row, judged) for row in (*series.CONTROLS, *calendars.CONTROLS)),
    ]
