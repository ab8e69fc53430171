"""How much a proof does, and what it found: one JSON line for each.

`PROVE_SCALE` is the share of the full counts (1 for `make prove`), `PROVE_SEED` the seed, `PROVE_OUT` the file to which
the lines are added.
"""

import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SCALE = float(os.environ.get("PROVE_SCALE", "0.05"))
SEED = int(os.environ.get("PROVE_SEED", "20260301"))


def scaled(full: int, least: int = 1) -> int:
    """This run's share of a full count."""
    return max(least, round(full * SCALE))


@dataclass
class Figures:
    """The figures of one proof on one engine."""

    proof: str
    engine: str
    out: Path
    screen: pytest.CaptureFixture[str]
    began: float = field(default_factory=time.perf_counter)

    def tell(self, **counts: Any) -> None:
        """Add the line to the file and print it. One write: several processes add to one file."""
        line = {
            "proof": self.proof,
            "engine": self.engine,
            "seed": SEED,
            "scale": SCALE,
            **counts,
            "seconds": round(time.perf_counter() - self.began, 2),
        }
        text = json.dumps(line) + "\n"
        with self.out.open("a") as out:
            out.write(text)
        with self.screen.disabled():
            sys.stdout.write(text)
