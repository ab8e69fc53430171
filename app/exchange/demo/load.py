"""Loading the demo: through the same commands as everybody, each by the person who would do it, in one transaction.

So its history and its change rows are real, and a start that is killed leaves nothing half loaded.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from app.core.viewer import ALL_SCOPES, HOUSE, PERSONAL_SCOPES, Scope, Viewer
from app.core.work import House
from app.db.database import Transaction
from app.exchange.demo.mark import set_mark
from app.exchange.demo.meetings import meeting_events
from app.exchange.demo.members import begins, complete_spell, member_events
from app.exchange.demo.results import result_events
from app.exchange.demo.together import together_events
from app.exchange.demo.world import Event, Inside, World
from app.exchange.ods.stored import Report, write_differences
from app.features.networks.closing import archive_network
from app.features.networks.commands import create_network
from app.features.networks.invitation_commands import invite
from app.features.networks.invitation_schemas import InvitationRole, InvitationsCreate
from app.features.networks.member_commands import (
    add_member,
    approve_membership,
    join_network,
)
from app.features.networks.member_schemas import MemberCreate, NetworkJoin
from app.features.networks.schemas import NetworkArchive, NetworkCreate
from app.features.people.commands import create_person
from app.features.people.schemas import PersonCreate
from app.reference.demo import (
    DemoMember,
    DemoNetwork,
    DemoPerson,
    ListedNetwork,
    read_demo,
    read_listed_networks,
)

LISTED = timedelta(days=400)  # before the loading: when the real networks were entered
HAVE_COME = ("active", "left")  # spells that were confirmed
# Under this system, external_ids of the demo's people say which of them they are.
SYSTEM = "qi-networks-demo"


async def load_demo(house: House, report: Report) -> None:
    """Fill an empty database that has its baseline with the demo, and mark it as one.

    `report` is called with (what, done, total): "people", then "listed networks", "demo networks", "demo members",
    "demo meetings", "demo results" and "demo decisions and duties" by turns.
    Errors: whatever a command raises, and then nothing is there.
    """
    demo, listed = read_demo(), list(read_listed_networks())

    async def load(tx: Transaction) -> None:
        now = house.clock()
        world = World(Inside(house.db.name, tx), house.new_id, demo, report, begins(demo, now))
        await write_differences(tx, now, {}, demo.practices, lambda *_: None)
        for done, person in enumerate(demo.people, 1):
            await _add_person(world, person)
            report("people", done, len(demo.people))
        await _tell(
            world,
            {
                "listed networks": list(_listed(world, listed, now)),
                "demo networks": list(_founded(world, now)),
                "demo members": list(member_events(world, now)),
                "demo meetings": list(meeting_events(world, now)),
                "demo results": list(result_events(world, now)),
                "demo decisions and duties": list(together_events(world, now)),
            },
        )
        world.at = now
        for network in demo.networks:
            await _leave_open(world, network)
        await set_mark(tx)

    await house.db.unit(load)


def _listed(world: World, listed: list[ListedNetwork], now: datetime) -> Iterator[Event]:
    """The real networks, which a keeper enters one after the other."""
    keeper = next(person.key for person in world.demo.people if person.operator)

    async def enter(listing: ListedNetwork) -> None:
        body = listing_body(listing)
        await world.do(world.people[keeper], partial(create_network, body=body))

    for listing in listed:
        yield Event(now - LISTED, partial(enter, listing))


def _founded(world: World, now: datetime) -> Iterator[Event]:
    """The invented networks, each in its time, parents first."""
    for network in world.demo.networks:
        at = now - timedelta(days=network.founded_days_ago)
        yield Event(at, partial(_add_network, world, network))


async def _tell(world: World, told: dict[str, list[Event]]) -> None:
    """Tell what happened in its order, whatever it belongs to: `world.at` goes along."""
    done = Counter[str]()
    events = [(event, what) for what, events in told.items() for event in events]
    for event, what in sorted(events, key=lambda one: one[0].at):
        world.at = max(world.at, event.at)
        await event.do()
        done[what] += 1
        world.report(what, done[what], len(told[what]))


def listing_body(listing: ListedNetwork) -> NetworkCreate:
    """A real network as a listing: what is known of it, and nothing that is not."""
    given = asdict(listing)
    source, note = given.pop("source"), given.pop("meets_note")
    if source is not None and source != listing.hosted_at:
        given["links"] = [*given["links"], {"platform": "Source", "url": source}]
    if note is not None:
        given["member_offer"] = f"Meetings: {note}."
    return NetworkCreate.model_validate(given)


def network_body(network: DemoNetwork, parent_id: str | None) -> NetworkCreate:
    """An invented network as its founder would send it."""
    given = asdict(network)
    for name in (
        "key",
        "parent_key",
        "archived",
        "closing_note",
        "founded_days_ago",
        "purpose_before",
    ):
        del given[name]
    if network.purpose_before is not None:
        given["purpose"] = network.purpose_before.text
    given["host_organisation"] = given.pop("host_code")
    return NetworkCreate.model_validate({**given, "parent_id": parent_id})


def person_body(person: DemoPerson) -> PersonCreate:
    """An invented person as an operator would enter them."""
    given = asdict(person)
    key = given.pop("key")
    del given["persona"]
    known = [{"system": SYSTEM, "value": key}]
    return PersonCreate.model_validate({**given, "external_ids": known})


async def _add_person(world: World, person: DemoPerson) -> None:
    body = person_body(person)
    person_id = await world.do(HOUSE, lambda work: create_person(work, body))
    scopes = ALL_SCOPES if person.operator else PERSONAL_SCOPES
    world.people[person.key] = Viewer(person_id, scopes=scopes, is_operator=person.operator)


async def _add_network(world: World, network: DemoNetwork) -> None:
    """Its first facilitator founds it; then everybody comes as they would."""
    founder = world.founder(network.key)
    body = network_body(network, world.networks.get(network.parent_key or ""))
    viewer = world.people[founder.person]
    network_id = await world.do(viewer, lambda work: create_network(work, body))
    world.networks[network.key] = network_id
    if founder.representing or founder.offer:
        await world.do(viewer, lambda work: complete_spell(work, network_id, founder))
    for spell in _others(world, network):
        if spell.status in HAVE_COME:
            await _add_member(world, network, viewer, spell)


def _others(world: World, network: DemoNetwork) -> list[DemoMember]:
    """Everybody but the founder, facilitators first."""
    return sorted(world.spells(network.key), key=lambda spell: spell.role != "facilitator")[1:]


async def _leave_open(world: World, network: DemoNetwork) -> None:
    """What waits today: invitations and requests. And what is over is archived."""
    network_id, viewer = (
        world.networks[network.key],
        world.people[world.founder(network.key).person],
    )
    for spell in _others(world, network):
        if spell.status not in HAVE_COME:
            await _add_member(world, network, viewer, spell)
    for invitation in world.demo.invitations:
        if invitation.network == network.key:
            invited = InvitationsCreate.model_validate(
                {
                    "addresses": [invitation.address],
                    "role": InvitationRole(invitation.role),
                    "message": invitation.message,
                }
            )
            await world.do(viewer, partial(invite, network_id=network_id, body=invited))
    if network.closing_note is not None:
        note = NetworkArchive(closing_note=network.closing_note)
        await world.do(viewer, lambda work: archive_network(work, network_id, note))


async def _add_member(
    world: World, network: DemoNetwork, facilitator: Viewer, spell: DemoMember
) -> None:
    """Into an open network one goes oneself; into one by request too, and is approved; others are added."""
    network_id, person = world.networks[network.key], world.people[spell.person]
    asks = spell.role == "member" and network.join_policy != "invite"
    if spell.status == "invited" or not asks:
        await _bring_in(world, network_id, facilitator, spell)
        return
    body = NetworkJoin.model_validate(
        {"message": spell.message, "representing": spell.representing, "offer": spell.offer}
    )
    made = await world.do(person, lambda work: join_network(work, network_id, body))
    if spell.status in HAVE_COME and network.join_policy == "request":
        await world.do(facilitator, lambda work: approve_membership(work, made["id"]))


async def _bring_in(world: World, network_id: str, facilitator: Viewer, spell: DemoMember) -> None:
    """Invite a person; or add them at once, with a token of the facilitator's bound to this network."""
    body = MemberCreate.model_validate(
        {
            "network_id": network_id,
            "person_id": world.people[spell.person].person_id,
            "role": spell.role,
            "representing": spell.representing,
            "offer": spell.offer,
        }
    )
    viewer = _inviter(world, spell)
    if spell.status in HAVE_COME:
        scopes = PERSONAL_SCOPES | {Scope.MEMBERS_PROVISION}
        viewer = Viewer(facilitator.person_id, scopes=scopes, network_id=network_id)
    await world.do(viewer, lambda work: add_member(work, body))


def _inviter(world: World, spell: DemoMember) -> Viewer:
    """The facilitator who knows the person from another network, else the first one: strangers are not seen."""
    active = [member for member in world.demo.members if member.status == "active"]
    among = {member.network for member in active if member.person == spell.person}
    lead = [
        member.person
        for member in active
        if member.network == spell.network and member.role == "facilitator"
    ]
    knows = [
        person
        for person in lead
        if any(member.network in among and member.person == person for member in active)
    ]
    return world.people[(knows or lead)[0]]
