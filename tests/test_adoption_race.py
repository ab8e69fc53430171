"""Many organisations report at once: one row each, and the sum on the result is exact (docs/decisions/0031)."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from app.core import fetching
from tests.house import TestHouse
from tests.proofs.figures import SCALE, scaled
from tests.sharing import CODES, Shared, organisations

pytestmark = pytest.mark.anyio
EFFECTS = ("better", "same", "worse", "unknown")
STAGES = ("interested", "planning", "testing", "adopted", "adapted", "sustained")
MANY = 50


async def _race(shared: Shared, people: list[Any], rounds: int) -> list[int]:
    """Everybody reports `rounds` times, all at once in each round; the statuses that were answered."""
    statuses: list[int] = []
    for turn in range(rounds):
        answers = await asyncio.gather(
            *(
                person.client.put(
                    f"/v1/results/{shared.result['id']}/adoptions/{code}",
                    {
                        "stage": STAGES[(number + turn) % len(STAGES)],
                        "effect": EFFECTS[(number * 3 + turn) % len(EFFECTS)],
                    },
                )
                for number, (person, code) in enumerate(people)
            ),
            return_exceptions=True,
        )
        statuses += [getattr(answer, "status_code", 599) for answer in answers]
    return statuses


async def _people(shared: Shared) -> list[Any]:
    """Somebody of each practice but the authors' own."""
    await organisations(shared.house, *CODES)
    found = []
    for number, code in enumerate(CODES[1 : MANY + 1]):
        found.append((await shared.person(f"P{number}", code, join=False), code))
    return found


async def _is_exact(shared: Shared) -> bool:
    rows = await shared.rows()
    summary = await shared.summary(shared.house.anonymous)
    stages = {name: number for name, number in summary["stages"].items() if number}
    effects = {name: number for name, number in summary["effects"].items() if number}
    return (
        len(rows) == len({row["organisation_code"] for row in rows}) == summary["organisations"]
        and stages == Counter(row["stage"] for row in rows)
        and effects == Counter(row["effect"] for row in rows)
    )


async def test_fifty_organisations_at_once(house: TestHouse) -> None:
    """Fifty practices, twice each, at once and again: fifty rows and a sum of fifty, by stage and effect."""
    shared = await Shared.of(house)
    people = await _people(shared)
    both = [*people, *people]
    rounds = scaled(20, least=2)
    statuses = await _race(shared, both, rounds)
    assert Counter(statuses) == {201: MANY, 200: len(both) * rounds - MANY}, Counter(statuses)
    assert (await shared.summary(house.anonymous))["organisations"] == MANY
    assert await _is_exact(shared)
    version = (await house.anonymous.get(f"/v1/results/{shared.result['id']}")).json()["version"]
    assert version > len(statuses), f"each of them moved it (scale {SCALE})"


async def test_it_is_the_lock_that_does_it(
    house: TestHouse, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the network's lock, reports at once fail or get lost; SQLite lets one at a time write in any case."""
    shared = await Shared.of(house)
    people = await _people(shared)
    locked = fetching._fetch_network_row

    async def unlocked(work: Any, network_id: str, **_: Any) -> Any:
        return await locked(work, network_id, lock=False)

    monkeypatch.setattr(fetching, "_fetch_network_row", unlocked)
    statuses = await _race(shared, people, 2)
    good = set(statuses) <= {200, 201} and await _is_exact(shared)
    assert good == (engine == "sqlite"), Counter(statuses)
