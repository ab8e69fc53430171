"""Both engines for every test of behaviour: each database is a copy of one that the migrations built."""

import json
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.db.schema import migrate
from tests import secrets_issued
from tests.command_line import SECRET_KEY
from tests.dumps import rows_of_postgres
from tests.house import SECRET, TestHouse
from tests.postgres import PostgresServer, shared_postgres
from tests.reference import load_small

logging.getLogger("qi_networks.errors").setLevel(logging.DEBUG)
secrets_issued.watch()
for name in ("qi_networks.access", "qi_networks.security"):
    secrets_issued.logs.listen(logging.getLogger(name))
secrets_issued.note_fixed(SECRET, SECRET_KEY)
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One loop implementation."""
    return "asyncio"


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def searched() -> dict[str, list[str]]:
    """The databases that were searched before they were dropped, each with the secrets that stood in it."""
    return {}


@pytest.fixture(scope="session", autouse=True)
def no_secret_stays(
    tmp_path_factory: pytest.TempPathFactory, shared_folder: Path, searched: dict[str, list[str]]
) -> Iterator[None]:
    """Of all the secrets that the suite issues, none is in a log or in a database (controls: test_secrets.py)."""
    base = tmp_path_factory.getbasetemp()
    secrets_issued.logs.start(base / "all.log")
    yield
    log = secrets_issued.logs.stop()
    files = [log, *(file for file in sorted(base.rglob("*.db*")) if file.is_file())]
    left = secrets_issued.found_in_files(files)
    left += [f"{name}: {', '.join(hits)}" for name, hits in searched.items() if hits]
    figures = {
        "proof": "secrets", "issued": len(secrets_issued.issued), "log_bytes": log.stat().st_size,
        "sqlite_files": len(files) - 1, "postgresql_databases": len(searched), "hits": len(left),
    }  # fmt: skip
    out = Path(os.environ.get("PROVE_OUT") or shared_folder / "proofs.jsonl")
    with out.open("a") as opened:
        opened.write(json.dumps(figures) + "\n")
    assert left == []


@pytest.fixture(scope="session")
def postgres(shared_folder: Path, searched: dict[str, list[str]]) -> Iterator[PostgresServer]:
    """The run's PostgreSQL server; before a database is dropped, it is searched for secrets."""

    def search(name: str, url: str) -> None:
        searched[f"{name} {len(searched)}"] = secrets_issued.found_in(rows_of_postgres(url))

    server = shared_postgres(shared_folder)
    server.before_drop = search
    yield server
    server.stop()


@pytest.fixture(scope="session")
def templates(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> dict[str, str]:
    """A migrated, empty database of each engine."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{file}")
    name = f"template_{worker_id}"
    postgres.create_database(name)
    migrate(postgres.url(name))
    return {"sqlite": str(file), "postgresql": name}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine of this run of the test."""
    return str(request.param)


@pytest.fixture(scope="module")
def database_url(
    engine: str,
    templates: dict[str, str],
    postgres: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    worker_id: str,
) -> Iterator[str]:
    """A fresh migrated database for one test module."""
    if engine == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.db"
        shutil.copy(templates["sqlite"], file)
        yield f"sqlite:///{file}"
        return
    name = f"t_{request.module.__name__.rsplit('.', 1)[-1]}_{worker_id}"[:41]
    postgres.create_database(name, template=templates["postgresql"])
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[TestHouse]:
    """The service over this module's database; every answer is held against the contract."""
    async with TestHouse.over(database_url) as house:
        yield house


@pytest.fixture
async def reference_house(house: TestHouse) -> TestHouse:
    """The service with a small part of the shipped organisations, their outcodes and the vocabularies."""
    await load_small(house.app.rooms.house)
    return house


@pytest.fixture
def own_url(
    engine: str,
    templates: dict[str, str],
    postgres: PostgresServer,
    tmp_path: Path,
    worker_id: str,
) -> Iterator[str]:
    """A fresh migrated database for one test alone."""
    if engine == "sqlite":
        shutil.copy(templates["sqlite"], tmp_path / "own.db")
        yield f"sqlite:///{tmp_path / 'own.db'}"
        return
    name = f"own_{worker_id}"
    postgres.create_database(name, template=templates["postgresql"])
    yield postgres.url(name)
    postgres.drop_database(name)
