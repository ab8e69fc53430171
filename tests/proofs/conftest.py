"""What the proofs share: a sheet for their figures, and databases of their own."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.proofs.figures import Figures

NewDatabase = Callable[[], str]


@pytest.fixture
def figures(
    request: pytest.FixtureRequest,
    engine: str,
    shared_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> Figures:
    """The sheet of this proof. What it tells is printed at once, also in a run that captures output."""
    out = Path(os.environ.get("PROVE_OUT") or shared_folder / "proofs.jsonl")
    proof = request.node.originalname.removeprefix("test_")
    return Figures(proof, engine, out, capsys)


@pytest.fixture
def new_database(
    engine: str,
    templates: dict[str, str],
    postgres: PostgresServer,
    tmp_path: Path,
    worker_id: str,
) -> Iterator[NewDatabase]:
    """A function that makes a fresh migrated database and returns its address."""
    made: list[str] = []

    def make() -> str:
        name = f"proof_{worker_id}_{len(made)}"
        made.append(name)
        if engine == "sqlite":
            shutil.copy(templates["sqlite"], tmp_path / f"{name}.db")
            return f"sqlite:///{tmp_path / name}.db"
        postgres.create_database(name, template=templates["postgresql"])
        return postgres.url(name)

    yield make
    if engine == "postgresql":
        for name in made:
            postgres.drop_database(name)
