"""The world of the permission table, built once for each engine."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.house import TestHouse
from tests.permissions.runner import Trial
from tests.permissions.world import Builder
from tests.proofs.figures import Figures


@pytest.fixture(scope="module")
async def trial(database_url: str, anyio_backend: str) -> AsyncIterator[Trial]:
    """A service over the world, and what is true in it."""
    assert anyio_backend
    async with TestHouse.over(database_url) as house:
        yield Trial(house, await Builder(house).build())


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
