"""The image, as far as there can be one without a container engine: its steps in an empty folder, and what they made.

`deploy/build-image.sh` is what the Dockerfile runs. Here it makes a virtual environment away from the checkout, and the
service runs from there as somebody who is not root and may write nothing but a database.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.command_line import SECRET_KEY, Server, free_port, get, reading
from tests.postgres import PostgresServer
from tests.test_container_files import healthcheck
from tests.test_imports import loaded_after

ROOT = Path(__file__).parent.parent
LONG_ENOUGH = 500.0  # seconds; on a busy machine the packages take their time
NOT_ROOT = "nobody" if os.getuid() == 0 else None  # else the suite is not root already
CAN = "import pip, sys, venv; sys.exit(sys.version_info < (3, 11))"


def python_for(account: str | None) -> str | None:
    """A Python that this user may run, with what the steps need; the suite's own may lie in somebody's home."""
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            if not subprocess.run(
                [python, "-c", CAN], user=account, cwd="/", check=False
            ).returncode:
                return python
        except OSError:
            continue
    return None


# Where no Python can be run by anybody but root, it runs as root; the folder of packages is looked at all the same.
ACCOUNT = NOT_ROOT if python_for(NOT_ROOT) else None
PYTHON = python_for(ACCOUNT) or sys.executable


@dataclass(frozen=True)
class Image:
    """What was made: the virtual environment, and a folder that the service may write to."""

    folder: Path
    data: Path

    @property
    def programs(self) -> Path:
        """Where its commands are."""
        return self.folder / "bin"

    def start(self, *command: str, **settings: str) -> subprocess.Popen[str]:
        """Start a command as the service's user, in an environment that holds nothing else."""
        return subprocess.Popen(
            command, env={"PATH": f"{self.programs}:/usr/bin:/bin", **settings}, cwd=self.data,
            user=ACCOUNT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """The same, to its end."""
        with self.start(*command, **settings) as process:
            out, err = process.communicate(timeout=LONG_ENOUGH)
            return subprocess.CompletedProcess(command, process.returncode, out, err)

    @contextmanager
    def running(self, *command: str, **settings: str) -> Iterator[Server]:
        """The same, for as long as it is needed."""
        with reading(self.start(*command, **settings)) as server:
            yield server


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Made once for all tests here, where any user may go."""
    home = Path(tempfile.mkdtemp(prefix="qi-image-"))
    home.chmod(0o755)
    data = home / "data"
    data.mkdir(mode=0o700)
    if ACCOUNT:
        shutil.chown(data, ACCOUNT)
    try:
        build = [str(ROOT / "deploy" / "build-image.sh"), str(home / "image")]
        env = {**os.environ, "PYTHON": PYTHON}
        done = subprocess.run(
            build,
            env=env,
            cwd=home,
            capture_output=True,
            text=True,
            timeout=LONG_ENOUGH,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout.startswith("qi-networks "), done.stdout
        yield Image(home / "image", data)
    finally:
        shutil.rmtree(home)


def test_it_holds_what_runs_and_not_what_builds(image: Image) -> None:
    (packages,) = image.folder.glob("lib/python3*/site-packages")
    there = {path.name.split("-")[0].lower() for path in packages.glob("*.dist-info")}
    assert {"qi_networks", "fastapi", "uvicorn", "asyncpg"} <= there
    assert not {"pip", "setuptools", "hatchling", "pytest"} & there
    assert (packages / "app" / "_docs" / "deploy.md").exists()
    assert next((packages / "app").rglob("*.pyc"), None), (
        "it was compiled: nothing is written later"
    )


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    build = [str(ROOT / "deploy" / "build-image.sh"), str(tmp_path)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(
    request: pytest.FixtureRequest, image: Image, postgres: PostgresServer
) -> Iterator[str]:
    """The address of a database that nobody has migrated."""
    if request.param == "sqlite":
        yield f"sqlite:///{image.data}/qi.db"
        return
    name = f"image_{os.getpid()}"
    postgres.create_database(name)
    yield postgres.url(name)
    postgres.drop_database(name)


def test_it_migrates_serves_says_that_it_is_well_and_stops(
    image: Image, empty_database: str
) -> None:
    program, port = str(image.programs / "qi-networks"), str(free_port())
    asked = [str(image.programs / "python"), *healthcheck()[1:]]
    secrets = image.data / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "secret_key").write_text(SECRET_KEY)
    (secrets / "database_url").write_text(empty_database)
    settings = {"SECRETS_DIR": str(secrets), "PORT": port, "PYTHONSAFEPATH": "1"}
    refused = image.run(program, "serve", **settings)
    assert refused.returncode == 1
    assert "migrate" in refused.stderr, "it does not migrate by itself"
    migrated = image.run(program, "migrate", **settings)
    assert migrated.returncode == 0, migrated.stderr
    assert image.run(*asked, PORT=port).returncode == 1, "nobody answers yet"
    with image.running(program, "serve", **settings) as server:
        server.wait_until_it_answers(f"http://127.0.0.1:{port}/livez")
        well = image.run(*asked, PORT=port, PYTHONSAFEPATH="1")
        assert (well.returncode, well.stderr) == (0, "")
        if ACCOUNT:
            status = Path(f"/proc/{server.process.pid}/status").read_text()
            assert f"Uid:\t{pwd.getpwnam(ACCOUNT).pw_uid}\t" in status
        assert get(f"http://127.0.0.1:{port}/readyz")[0] == 200
        assert get(f"http://127.0.0.1:{port}/v1/topics")[1]["items"]
        names = [guide["name"] for guide in get(f"http://127.0.0.1:{port}/")[1]["guides"]]
        assert {"first-hour", "deploy"} <= set(names)
        assert server.stop() == 0
    gone = image.run(*asked, PORT=port)
    assert (gone.returncode, gone.stderr.count("\n")) == (1, 1)


# What compose.yaml asks of an engine, made of what Linux has: nothing can be written but the folder for data, no
# capability is there nor can be had, the user is nobody, and there is no network but the loopback.
BOXED = """
set -eu
ip link set lo up
mount --make-rprivate /
mount -t tmpfs -o uid=65534,gid=65534,mode=0700 tmpfs "$DATA"
mount -o remount,bind,ro /
cd "$DATA"
exec setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \\
    bash -euc '
        ! touch /tmp/written /opt/written 2>/dev/null
        grep -E "^(Uid|CapBnd|NoNewPrivs):" /proc/self/status
        qi-networks migrate 2>/dev/null
        qi-networks serve 2>/dev/null & service=$!
        for _ in $(seq 100); do $CHECK 2>/dev/null && break; sleep 0.3; done
        $CHECK && echo well
        kill -TERM $service && wait $service && echo stopped'
"""


def test_it_runs_where_nothing_can_be_written_and_nobody_reached(image: Image) -> None:
    apart = ["unshare", "--mount", "--net", "--fork", "bash"]
    able = [*apart, "-c", "ip link set lo up && mount --make-rprivate / && command -v setpriv"]
    if ACCOUNT is None or subprocess.run(able, capture_output=True, check=False).returncode:
        pytest.skip("only root, on a machine of its own, may take rights away as an engine does")
    check = [str(image.programs / "python"), *healthcheck()[1:]]
    settings = {
        "PATH": f"{image.programs}:/usr/sbin:/usr/bin:/bin",
        "DATABASE_URL": f"sqlite:///{image.data}/boxed.db",
        "SECRET_KEY": SECRET_KEY,
        "HOST": "0.0.0.0",  # noqa: S104 - as in the image; here there is no network
        "PORT": "8000",
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATA": str(image.data),
        "CHECK": " ".join(check),
    }
    done = subprocess.run(
        [*apart, "-c", BOXED], env=settings, capture_output=True, text=True, timeout=LONG_ENOUGH, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.split() == [
        *("Uid:", "65534", "65534", "65534", "65534"), "CapBnd:", "0" * 16, "NoNewPrivs:", "1", "well", "stopped",
    ]  # fmt: skip


def test_nothing_of_it_can_be_written_by_who_runs_it(image: Image) -> None:
    if ACCOUNT is None:
        pytest.skip("who makes it runs it here, and owns what they make")
    look = "find . -writable -not -type l | head"
    found = image.run("sh", "-c", f"cd {image.folder} && {look}")
    assert (found.returncode, found.stdout) == (0, "")
    assert image.run("sh", "-c", "touch written && find . -name written -writable").stdout


def test_asking_whether_it_is_well_loads_nothing_of_the_application() -> None:
    assert loaded_after("import app.cli.healthcheck") == []
    code = "import sys, app.cli.healthcheck\nassert 'pydantic' not in sys.modules"
    assert loaded_after(code) == []
