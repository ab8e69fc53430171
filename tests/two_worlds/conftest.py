"""Pairs of databases."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from tests.proofs.figures import Figures


@pytest.fixture
def figures(
    request: pytest.FixtureRequest,
    engine: str,
    shared_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> Figures:
    """The sheet for what is counted."""
    out = Path(os.environ.get("PROVE_OUT") or shared_folder / "proofs.jsonl")
    return Figures(request.node.originalname.removeprefix("test_"), engine, out, capsys)


@pytest.fixture
def pair(
    engine: str, templates: dict[str, str], postgres: PostgresServer, tmp_path: Path, worker_id: str
) -> Iterator[tuple[str, str]]:
    """Two fresh migrated databases."""
    names = [f"world_{worker_id}_{number}" for number in range(2)]
    if engine == "sqlite":
        for name in names:
            shutil.copy(templates["sqlite"], tmp_path / f"{name}.db")
        first, second = (f"sqlite:///{tmp_path / name}.db" for name in names)
        yield first, second
        return
    for name in names:
        postgres.create_database(name, template=templates["postgresql"])
    yield postgres.url(names[0]), postgres.url(names[1])
    for name in names:
        postgres.drop_database(name)
