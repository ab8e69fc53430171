"""What becomes of memberships and purposes of the demo: completed by founders, ended, worded anew."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from app.core.fetching import fetch_member, fetch_network
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.exchange.demo.world import Event, World
from app.features.networks.commands import update_network
from app.features.networks.member_commands import end_membership, update_membership
from app.features.networks.member_schemas import MemberPatch
from app.features.networks.schemas import NetworkPatch
from app.models import Member
from app.reference.demo import Demo, DemoMember, DemoNetwork


def begins(demo: Demo, now: datetime) -> datetime:
    """When the demo begins: with its oldest network."""
    return now - timedelta(days=max(network.founded_days_ago for network in demo.networks))


def member_events(world: World, now: datetime) -> Iterator[Event]:
    """Who leaves, and which purposes are worded anew, in no order."""
    for spell in world.demo.members:
        if spell.left_days_ago is not None:
            yield Event(now - timedelta(days=spell.left_days_ago), partial(_leave, world, spell))
    for network in world.demo.networks:
        if network.purpose_before is not None:
            at = now - timedelta(days=network.purpose_before.until_days_ago)
            yield Event(at, partial(_reword, world, network))


async def _leave(world: World, spell: DemoMember) -> None:
    async def command(work: Work) -> None:
        row, network = await _own_spell(work, world.networks[spell.network])
        await end_membership(work, row, network, None)

    await world.do(world.people[spell.person], command)


async def _reword(world: World, network: DemoNetwork) -> None:
    async def command(work: Work) -> None:
        row = await fetch_network(work, world.networks[network.key], "network.update")
        await update_network(work, row, NetworkPatch(purpose=network.purpose))

    await world.do(world.people[world.founder(network.key).person], command)


async def complete_spell(work: Work, network_id: str, spell: DemoMember) -> None:
    """What a founder says of themselves: founding asks only for the network."""
    row, network = await _own_spell(work, network_id)
    body = MemberPatch.model_validate({"representing": spell.representing, "offer": spell.offer})
    await update_membership(work, row, network, body)


def _spell() -> Any:
    return select(Member.id).where(
        Member.network_id == bindparam("network_id", type_=ID),
        Member.person_id == bindparam("person_id", type_=ID),
    )


async def _own_spell(work: Work, network_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The spell of whoever acts, with its network. Errors: `LookupError` where they never came."""
    values = {"network_id": network_id, "person_id": work.viewer.person_id}
    found = await fetch_one(work, "own spell in the demo", _spell, values)
    if found is None:
        message = f"{work.viewer.person_id} did not come to {network_id}"
        raise LookupError(message)
    return await fetch_member(work, found["id"])
