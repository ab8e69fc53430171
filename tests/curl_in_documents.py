"""Stands before `curl` while documents are run, and notes each answer's status.

It calls the real curl where there is one. Where there is none, or DOCS_CURL says `stand-in`, it does the little that
the documents ask of it, so that the tests need no more than Python.
"""

import argparse
import http.client
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(sys.argv[0]).parent
NOTE = re.compile(rb"STATUS (\d{3})\n")


def real() -> str | None:
    """The real curl, which is not this one."""
    places = os.environ["PATH"].split(os.pathsep)
    others = [place for place in places if Path(place) != HERE]
    return shutil.which("curl", path=os.pathsep.join(others))


def through(curl: str, arguments: list[str]) -> tuple[int, int]:
    """Run the real one. Returns its exit status and the answer's."""
    command = [curl, "--write-out", "%{stderr}STATUS %{http_code}\n", *arguments]
    done = subprocess.run(command, stderr=subprocess.PIPE, check=False)
    found = NOTE.search(done.stderr)
    sys.stderr.buffer.write(NOTE.sub(b"", done.stderr))
    return done.returncode, int(found[1]) if found else 0


def stand_in(arguments: list[str]) -> tuple[int, int]:
    """Do it here; an option that is not known ends it. Returns the same."""
    parser = argparse.ArgumentParser()
    for flag in ("-s", "-S"):
        parser.add_argument(flag, action="store_true")
    for option in ("-X", "-o", "-D"):
        parser.add_argument(option)
    parser.add_argument("-d", "--data-binary", dest="d")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("url")
    given = parser.parse_args(arguments)
    address = urlsplit(given.url)
    headers = dict(header.split(": ", 1) for header in given.H)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    path = f"{address.path}?{address.query}" if address.query else address.path
    body = given.d.encode() if given.d else None
    connection.request(given.X or ("POST" if given.d else "GET"), path, body, headers)
    answer = connection.getresponse()
    if given.D == "-":
        lines = [f"{name}: {value}" for name, value in answer.getheaders()]
        head = "\r\n".join([f"HTTP/1.1 {answer.status}", *lines, "", ""])
        sys.stdout.buffer.write(head.encode())
    if given.o:
        Path(given.o).write_bytes(answer.read())
    else:
        sys.stdout.buffer.write(answer.read())
    return 0, answer.status


if __name__ == "__main__":
    curl = None if os.environ.get("DOCS_CURL") == "stand-in" else real()
    code, status = through(curl, sys.argv[1:]) if curl else stand_in(sys.argv[1:])
    with Path(os.environ["DOCS_STATUSES"]).open("a") as log:
        log.write(f"{os.environ['DOCS_BLOCK']} {status}\n")
    sys.exit(code)
