"""Every secret that the suite issues, and the search for them where none may stand: databases and logs.

All secrets of the service come from `secrets.token_urlsafe(32)`: 43 characters that stand nowhere by chance. So a text
is cut into what could be one, and each is looked up; that costs one pass, however many secrets there are.
"""

import logging
import os
import re
import secrets
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

LENGTH = 43
RUN = re.compile(rb"[A-Za-z0-9_-]{43,}")
OURS = re.compile(r"qi_[a-z]+_([A-Za-z0-9_-]{43})")
BLOCK = 1 << 24
OVERLAP = 1 << 12
# The demo keeps the key that seals its cursors in its own database: its people are invented.
NOT_ISSUED = frozenset({"app.exchange.demo.mark"})

issued: set[bytes] = set()
fixed: set[bytes] = set()


def watch() -> None:
    """Note from now on what the service makes in this process."""
    make = secrets.token_urlsafe

    def noting(nbytes: int | None = None) -> str:
        made = make(nbytes)
        caller = sys._getframe(1).f_globals.get("__name__")
        if len(made) == LENGTH and caller not in NOT_ISSUED:
            issued.add(made.encode())
        return made

    secrets.token_urlsafe = noting
    given = urlsplit(os.environ.get("TEST_DATABASE_URL", "")).password
    note_fixed(*filter(None, [given]))


def note_fixed(*words: str) -> None:
    """Note secrets that have another form: keys and passwords that tests give to the service."""
    fixed.update(word.encode() for word in words)


def note_printed(text: str) -> None:
    """Note what another process issued, as it printed it."""
    issued.update(found.encode() for found in OURS.findall(text))


def found_in(text: bytes) -> list[str]:
    """How the secrets begin that stand in here; never the whole of one."""
    hits = {word for word in fixed if word in text}
    for run in RUN.findall(text):
        hits.update(
            run[start : start + LENGTH]
            for start in range(len(run) - LENGTH + 1)
            if run[start : start + LENGTH] in issued
        )
    return sorted(hit[:6].decode() + "..." for hit in hits)


def _pieces(file: Path) -> Iterator[bytes]:
    """A file in pieces that overlap, so that nothing is cut in two."""
    with file.open("rb") as opened:
        before = b""
        while piece := opened.read(BLOCK):
            yield before + piece
            before = piece[-OVERLAP:]


def found_in_files(files: Iterable[Path]) -> list[str]:
    """The files that hold a secret, each with how it begins."""
    found = []
    for file in files:
        hits = sorted({hit for piece in _pieces(file) for hit in found_in(piece)})
        if hits:
            found.append(f"{file.name}: {', '.join(hits)}")
    return found


class Logs:
    """Every log record of this process in a file, whatever its logger does with it, and what other processes log."""

    def __init__(self) -> None:
        """Nothing is written before `start`."""
        self.file: Path | None = None
        self._form = logging.Formatter("%(name)s %(levelname)s %(message)s")

    def start(self, file: Path) -> None:
        """From now on."""
        self.file, self._handle = file, logging.Logger.handle
        opened = file.open("a", encoding="utf-8", errors="backslashreplace", buffering=1 << 16)
        handle = self._handle

        def both(logger: logging.Logger, record: logging.LogRecord) -> None:
            opened.write(self._form.format(record) + "\n")
            handle(logger, record)

        logging.Logger.handle = both  # type: ignore[method-assign, assignment]
        self._opened = opened

    def listen(self, logger: logging.Logger) -> None:
        """Take the lines at INFO of a logger that is not switched on: pytest would keep all of them in memory."""
        info, enabled = logger.info, logger.isEnabledFor

        def noting(message: str, *values: object) -> None:
            self.add(message % values if values else message)
            if enabled(logging.INFO):
                info(message, *values)

        logger.info = noting  # type: ignore[method-assign, assignment]
        logger.isEnabledFor = lambda level: level >= logging.INFO  # type: ignore[method-assign]

    def add(self, text: str) -> None:
        """What another process logged."""
        if self.file is not None:
            self._opened.write(text + "\n")

    def said(self) -> bytes:
        """Everything so far. Errors: `AssertionError` before `start`."""
        assert self.file is not None
        self._opened.flush()
        return self.file.read_bytes()

    def stop(self) -> Path:
        """Write the rest. Returns the file."""
        assert self.file is not None
        logging.Logger.handle = self._handle  # type: ignore[method-assign]
        self._opened.close()
        file, self.file = self.file, None
        return file


logs = Logs()
