"""Copies of a SQLite database as files: made while it is served, looked over, put in the place of another."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.db.errors import DatabaseError

Report = Callable[[str, int, int], None]
PAGES = 1_000  # pages between two reports
SOLITARY_MS = 500


class Unfit(DatabaseError):
    """A file that cannot be used for what is asked; says why."""


class Served(DatabaseError):
    """Somebody has the database open."""


def copy(source: Path, target: Path, report: Report, what: str) -> None:
    """Write a consistent copy of a database that others may be writing to, as one new file that only we may read.

    Errors: `FileExistsError`; `Unfit` when the source is no database. On any failure there is no file.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(_opened(source)) as reading, closing(sqlite3.connect(target)) as writing:
            # A read transaction holds the snapshot: what commits meanwhile does not make the copy begin again.
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()

            def told(_status: int, remaining: int, total: int) -> None:
                report(what, total - remaining, total)

            reading.backup(writing, pages=PAGES, progress=told)
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        _to_disk(target)
    except sqlite3.DatabaseError as error:
        target.unlink()
        raise Unfit(f"{source} cannot be copied: {error}.") from error
    except BaseException:
        target.unlink()
        raise


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def revision_of(file: Path) -> str | None:
    """The migration that a file is at, None when it is no database of ours."""
    try:
        with closing(_opened(file)) as reading:
            ours = "SELECT version_num FROM alembic_version, feed_head, installation"
            row = reading.execute(ours).fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None


def look_over(file: Path) -> None:
    """Read every page, index and reference of a database. Errors: `Unfit` with the first fault."""
    try:
        with closing(_opened(file)) as reading:
            (said,) = reading.execute("PRAGMA integrity_check(1)").fetchone()
            loose = reading.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise Unfit(f"{file} is damaged: {error}.") from error
    if said != "ok":
        raise Unfit(f"{file} is damaged: {said}.")
    if loose is not None:
        raise Unfit(f"{file} is damaged: a row of {loose[0]} refers to nothing in {loose[2]}.")


@contextmanager
def alone_with(file: Path) -> Iterator[None]:
    """While this lasts, nobody else has the database open. Errors: `Served`."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        try:
            connection.execute(f"PRAGMA busy_timeout = {SOLITARY_MS}")
            # Whoever has it open in WAL mode, also idle, keeps others from leaving that mode.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Served(f"{file} is in use ({error}).") from error
        except sqlite3.DatabaseError:  # damaged beyond opening: nobody can have it open
            connection.close()
        yield


def settle(file: Path) -> None:
    """Bring a database that was written to back into one file, on the disk."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    _to_disk(file)


def put_in_place(new: Path, target: Path, aside: Path) -> None:
    """Make `new` the target in one step; what was there is kept as `aside`."""
    if target.exists():
        before = target.stat()
        new.chmod(stat.S_IMODE(before.st_mode))
        with suppress(
            PermissionError
        ):  # whoever serves it must be able to open it, though root restores
            os.chown(new, before.st_uid, before.st_gid)
        os.link(target, aside)
    new.replace(target)
    for ending in ("-wal", "-shm"):  # of the one that was there; empty, for nobody had it open
        Path(f"{target}{ending}").unlink(missing_ok=True)
    _folder_to_disk(target)


def publish(part: Path, file: Path) -> None:
    """Give a finished file its name. Errors: `FileExistsError`."""
    os.link(part, file)
    part.unlink()
    _folder_to_disk(file)


def _to_disk(file: Path) -> None:
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folder_to_disk(file: Path) -> None:
    handle = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
