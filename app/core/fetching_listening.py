"""Load = authorise, for commands about survey rounds and assessments: as in `core.fetching_follow_up`."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.errors import NotFound
from app.core.fetching import facts, fetch_network, require, sight_member_network, sight_network
from app.core.listening_access import reads_inside, visible_assessment, visible_survey_round
from app.core.viewer import Viewer
from app.core.work import Work
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.models import Assessment, Network, SurveyRound

Row = dict[str, Any]
Build = Callable[[str], Any]


def _inside(rank: str) -> Any:
    here = Network.id == bindparam("network_id", type_=ID)
    return select(Network.id).where(here, reads_inside(rank))


async def sees_inside(reads: Reads, viewer: Viewer, network_id: str) -> bool:
    """Whether the viewer reads what is inside a network."""
    rank, values = viewer.rank, {**access.values(viewer), "network_id": network_id}
    found = await fetch_one(reads, ("inside of network", rank), lambda: _inside(rank), values)
    return found is not None


async def fetch_inside(work: Work, network_id: str, action: str) -> Row:
    """A network that the viewer reads inside, locked, and the right to `action`.

    Errors: `NotFound`, also for whoever sees its front alone; `Forbidden`; `NetworkArchived`; `HostedElsewhere`.
    """
    network = await sight_network(work, network_id)
    if network["_status"] != "active" and not work.viewer.operator:
        raise NotFound
    return await fetch_network(work, network_id, action)


def _round(rank: str) -> Any:
    return select(*facts(SurveyRound)).where(
        SurveyRound.id == bindparam("row_id", type_=ID), visible_survey_round(rank)
    )


def _assessment(rank: str) -> Any:
    return select(*facts(Assessment)).where(
        Assessment.id == bindparam("row_id", type_=ID), visible_assessment(rank)
    )


async def fetch_survey_round(work: Work, round_id: str, action: str) -> tuple[Row, Row]:
    """A visible round and its network, both locked, and the right to `action`.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await _in_network(work, "survey round", _round, round_id)
    require(work, action, network)
    # Whoever answers locks the round alone: it is held from here on.
    await hold_survey_round(work, round_id)
    return row, network


async def hold_survey_round(work: Work, round_id: str) -> Row | None:
    """The instants of a round that is locked until the commit, as they are once the lock is held; None: it is gone."""
    return await fetch_one(work, "hold survey round", _held, {"row_id": round_id})


def _held() -> Any:
    held = select(SurveyRound.opens_at, SurveyRound.closes_at, SurveyRound.questions_version)
    return held.where(SurveyRound.id == bindparam("row_id", type_=ID)).with_for_update()


async def fetch_assessment(work: Work, assessment_id: str, action: str) -> tuple[Row, Row]:
    """A visible assessment and its network, both locked, and the right to `action`.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await _in_network(work, "assessment", _assessment, assessment_id)
    require(work, action, network)
    return row, network


async def sight_survey_round(work: Work, round_id: str, action: str) -> Row:
    """A visible round and the right to `action`, with nothing locked that is a person's or the network's.

    Whoever answers leaves no trace on their own rows, nor one that others' wait for. Errors: as above.
    """
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "row_id": round_id}
    row = await fetch_one(work, ("sight survey round", rank), lambda: _round(rank), values)
    if row is None:
        raise NotFound
    await fetch_network(work, row["network_id"], action, lock=False)
    return row


async def _in_network(work: Work, kind: str, build: Build, row_id: str) -> tuple[Row, Row]:
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "row_id": row_id}
    key = ("fetch listening", kind, rank)
    found = await fetch_one(work, key, lambda: build(rank), values)
    if found is None:
        raise NotFound
    network = await sight_member_network(work, found["network_id"])
    # Again, now that nobody else can change it.
    row = await fetch_one(work, key, lambda: build(rank), values)
    if row is None:
        raise NotFound
    return row, network
