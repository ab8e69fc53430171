"""A process of its own that writes: takes its task as JSON on stdin, answers with its ledger as JSON on stdout.

Run as `python -m tests.proofs.feed_process`.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

from app.core.ids import new_id
from app.core.work import House
from app.db.open import open_database
from app.models import Base
from tests.proofs.feed import Ledger, World, run_writers, viewer


async def write(task: dict[str, Any]) -> dict[str, Any]:
    """Run this process's writers. Returns its ledger."""
    connections = len(task["writers"])
    db = open_database(
        task["url"], Base.metadata, read_connections=1, write_connections=connections
    )
    await db.start()
    ledger = Ledger()
    nobody = viewer(task["insider"])
    world = World(
        task["networks"],
        viewer(task["insider"]),
        nobody,
        nobody,
        [viewer(person) for person in task["writers"]],
    )
    house = House(db, lambda: datetime.now(UTC), new_id)
    try:
        await run_writers(
            house,
            world,
            ledger,
            commits=task["commits"],
            seed=task["seed"],
            longest=task["longest"],
        )
    finally:
        await db.stop()
    return {
        "committed": ledger.committed,
        "rolled_back": sorted(ledger.rolled_back),
        "refused": dict(ledger.refused),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(write(json.load(sys.stdin)))))
