"""A list and the feed behind it have no hole between them, also when the list is empty."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.core.feed_position import head, with_position
from app.db.database import Build, Reads
from app.db.statement import Document

pytestmark = pytest.mark.anyio


class Commits(Reads):
    """A database in which row number `seq` is committed just before the reading number `when`."""

    def __init__(self, when: int, seq: int) -> None:
        self.when, self.seq, self.readings = when, seq, 0

    def committed(self) -> bool:
        """One more reading: whether it sees the row."""
        self.readings += 1
        return self.readings >= self.when

    async def rows(self) -> list[Document]:
        """The list."""
        return [{"id": "new", "_head": self.seq}] if self.committed() else []

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """The head."""
        del key, build, values
        return [{"seq": self.seq if self.committed() else self.seq - 1}]


async def naive(commits: Commits) -> tuple[list[Document], int]:
    """The control: an empty list, and then a look at where the feed is."""
    rows = await commits.rows()
    return rows, rows[0]["_head"] if rows else await head(commits)


def found(rows: list[Document], position: int, seq: int) -> bool:
    """The row is in the list, or comes in the feed."""
    return bool(rows) or position < seq


@pytest.mark.parametrize("when", [1, 2, 3, 4])
async def test_a_row_is_in_the_list_or_in_the_feed(when: int) -> None:
    commits = Commits(when, seq=7)
    rows, position = await with_position(commits, commits.rows)
    assert found(rows, position, 7)
    assert all("_head" not in row for row in rows)


async def test_the_control_loses_it() -> None:
    assert not found(*await naive(Commits(2, seq=7)), 7)
