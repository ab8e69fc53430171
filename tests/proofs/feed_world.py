"""The world that the feed's writers write in, and what each reader should have seen of it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, select

from app.core.access import HIDDEN, INSIDE, NAME
from app.core.viewer import Viewer
from app.db.database import Reads, fetch_one
from app.models import Change, FeedHead, Member, Network
from tests.house import TestHouse
from tests.proofs.feed import NEW, VISIBILITIES, Ledger, Reader, Told, World, viewer

NETWORKS = 20


async def make_world(house: TestHouse, writers: int) -> World:
    """Twenty networks of every visibility, open to join, with one facilitator; and people without networks."""
    insider = await house.person("Insider")
    outsider = await house.person("Outsider")
    operator = await house.person("Operator", operator=True)
    networks = []
    for number in range(NETWORKS):
        # Nobody joins what they cannot see, so confidential ones are only set up, not joined.
        visibility = VISIBILITIES[number % 3]
        body = {**NEW, "name": f"Network {number}", "visibility": visibility, "join_policy": "open"}
        made = await insider.client.post("/v1/networks", body)
        assert made.status_code == 201, made.text
        networks.append(made.json()["id"])
    people = [(await house.person(f"Writer {number}")).id for number in range(writers)]
    return World(
        networks,
        viewer(insider.id),
        viewer(outsider.id),
        viewer(operator.id, operator=True),
        [viewer(person_id) for person_id in people],
    )


async def head(reads: Reads) -> int:
    """The last position given."""
    row = await fetch_one(reads, "proof head", lambda: select(FeedHead.seq), {})
    assert row is not None
    return int(row["seq"])


async def log_after(reads: Reads, since: int) -> list[dict[str, Any]]:
    """The rows of the change log themselves."""
    build = lambda: (  # noqa: E731 - a statement without a life of its own
        select(*Change.__table__.columns)
        .where(Change.seq > bindparam("since"))
        .order_by(Change.seq)
    )
    return await reads.fetch("proof log", build, {"since": since})


@dataclass
class Verdict:
    """What is wrong; all empty when nothing is."""

    not_contiguous: int = 0
    not_in_log: int = 0
    rolled_back_in_log: int = 0
    missed: int = 0
    twice: int = 0
    out_of_order: int = 0
    uncalled_for: int = 0

    @property
    def sound(self) -> bool:
        """Nothing is wrong."""
        return not any(vars(self).values())


async def judge(
    reads: Reads, world: World, ledger: Ledger, since: int, readers: list[Reader]
) -> tuple[Verdict, int]:
    """Hold the log against the ledger, and each reader against the log. Returns the verdict and the rows."""
    verdict = Verdict()
    log = await log_after(reads, since)
    positions = [row["seq"] for row in log]
    last = await head(reads)
    verdict.not_contiguous = len({*positions}.symmetric_difference(range(since + 1, last + 1)))
    by_request: dict[str, list[Told]] = {}
    for row in log:
        told = (row["kind"], row["resource_id"], row["version"])
        by_request.setdefault(row["request_id"], []).append(told)
    verdict.not_in_log = sum(
        by_request.get(request) != told for request, told in ledger.committed.items()
    ) + len(set(by_request) - set(ledger.committed) - ledger.rolled_back)
    verdict.rolled_back_in_log = len(ledger.rolled_back & set(by_request))
    outer = await _outer_tiers(reads)
    open_spells = await _open_spells(reads)
    for reader in readers:
        must, may = _expected(world, reader.viewer, log, outer, open_spells)
        seen = [may[told] for told in reader.seen if told in may]
        verdict.uncalled_for += len(reader.seen) - len(seen)
        verdict.missed += len(must - set(seen))
        verdict.twice += len(seen) - len(set(seen))
        verdict.out_of_order += sum(b < a for a, b in pairwise(seen))
    return verdict, len(log)


async def _outer_tiers(reads: Reads) -> dict[str, int]:
    rows = await reads.fetch("proof tiers", lambda: select(Network.id, Network.outer_tier), {})
    return {row["id"]: row["outer_tier"] for row in rows}


async def _open_spells(reads: Reads) -> set[str]:
    build = lambda: select(Member.id).where(Member.ended_at.is_(None))  # noqa: E731
    return {row["id"] for row in await reads.fetch("proof spells", build, {})}


def _expected(
    world: World,
    reader: Viewer,
    log: list[dict[str, Any]],
    outer: dict[str, int],
    open_spells: set[str],
) -> tuple[set[int], dict[Told, int]]:
    """The positions that a reader must have seen, and all that they may have, each by what they are told.

    Only the beginnings of a spell that has ended since may be skipped: it depends on when the reader looked.
    """
    must: set[int] = set()
    may: dict[Told, int] = {}
    for row in log:
        # An operator hears of everything; the insider, of what is in their networks.
        inside = reader == world.operator or (
            reader == world.insider and row["network_id"] in world.networks
        )
        if row["kind"] == "network":
            tier = INSIDE if inside else outer[row["network_id"]]
            if tier == HIDDEN or tier < row["tier"] or not (inside or row["outside"]):
                continue
            always = True
        elif row["kind"] == "member":
            if not inside:
                continue
            always = reader == world.operator or row["op"] == "gone"
            always = always or row["resource_id"] in open_spells
        else:
            raise AssertionError(row["kind"])
        by_name = row["kind"] == "network" and outer[row["network_id"]] == NAME
        version = row["name_version"] if by_name else row["outer_version"]
        if inside or row["kind"] == "member":
            version = row["version"]
        may[row["kind"], row["resource_id"], version] = row["seq"]
        if always:
            must.add(row["seq"])
    return must, may
