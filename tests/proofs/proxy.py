"""nginx in front of servers, with the configuration that ships, as a process of this machine's user."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.proofs.server import ROOT, free_port

SHIPPED = ROOT / "deploy" / "nginx.conf"
AROUND = """daemon off;
master_process on;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/service.conf;
}}
"""


def program() -> str:
    """Where nginx is. Without one, CI fails and others skip."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        assert not os.environ.get("CI"), "CI has nginx: see .ci/run"
        pytest.skip("there is no nginx on this machine; CI has one (.ci/run installs it)")
    return found


def configuration(port: int, behind: Sequence[int]) -> str:
    """The shipped file, with its two blanks filled in."""
    text = SHIPPED.read_text()
    servers = " max_fails=0; server ".join(f"127.0.0.1:{number}" for number in behind)
    for blank, filling in (
        ("${UPSTREAM}", servers),
        ("listen 8080;", f"listen 127.0.0.1:{port};"),
        ("error_log stderr crit;", ""),
    ):
        assert blank in text, f"{SHIPPED} has no {blank}"
        text = text.replace(blank, filling)
    return text


@contextmanager
def nginx(folder: Path, behind: Sequence[int], old: str = "", new: str = "") -> Iterator[int]:
    """Serve through nginx on a port of the loopback; `old` and `new` change the configuration, for controls."""
    command, port = program(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    shipped = configuration(port, behind)
    assert old in shipped
    (folder / "service.conf").write_text(shipped.replace(old, new) if old else shipped)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    folder.chmod(0o755)
    process = subprocess.Popen(
        [
            command,
            "-p",
            str(folder),
            "-c",
            str(folder / "nginx.conf"),
            "-e",
            str(folder / "error.log"),
        ],
    )
    try:
        deadline = time.monotonic() + 30
        while not _listens(port):
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < deadline, "nginx takes too long to start"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
