"""A facilitator's first hour (docs/first-hour.md) by the client that openapi-python-client made.

Typed, every operation by its generated name. Arguments: the address and the tokens of the facilitator and the member.
Prints how many operations were called.
"""

import sys
import time
from types import ModuleType
from typing import TypeVar
from uuid import UUID

from qi_networks_api_client import AuthenticatedClient
from qi_networks_api_client.api.changes import list_changes
from attrs import evolve
from qi_networks_api_client.api.invitations import (
    accept_invitation,
    invite_addresses,
    list_invitations,
    look_at_invitation,
    revoke_invitation,
)
from qi_networks_api_client.api.members import (
    add_member,
    approve_membership,
    end_membership,
    join_network,
    list_member_history,
    list_members,
    update_member,
)
from qi_networks_api_client.api.networks import (
    archive_network,
    create_network,
    get_network,
    list_networks,
    update_network,
)
from qi_networks_api_client.api.people import list_people
from qi_networks_api_client.api.vocabularies import list_topics
from qi_networks_api_client.models import (
    FirstToken,
    InvitationAccept,
    InvitationLook,
    InvitationsCreate,
    InvitationStatus,
    JoinPolicy,
    LifecycleStage,
    MemberCreate,
    MemberPatch,
    MemberRole,
    MemberStatus,
    NetworkArchive,
    NetworkCreate,
    NetworkJoin,
    NetworkPatch,
    NetworkVisibility,
    OwnMembership,
    Problem,
    Region,
)

T = TypeVar("T")
OPERATIONS = (
    accept_invitation, invite_addresses, list_invitations, look_at_invitation, revoke_invitation,
    add_member, approve_membership, archive_network, create_network, end_membership, get_network, join_network,
    list_changes, list_member_history, list_members, list_networks, list_people, list_topics, update_member,
    update_network,
)  # fmt: skip


def right(answer: T | Problem | None) -> T:
    """The answer, which is no problem."""
    if answer is None or isinstance(answer, Problem):
        raise RuntimeError(f"{answer}")
    return answer


def code(answer: object) -> str:
    """The code of the problem that this must be."""
    return str(answer.code) if isinstance(answer, Problem) else "no error"


def must(what: str, found: object, expected: object) -> None:
    """Stop where something is not so."""
    if found != expected:
        raise RuntimeError(f"{what}: {found!r}, not {expected!r}")


def set_up(facilitator: AuthenticatedClient, member: AuthenticatedClient) -> UUID:
    """A network, once, however often the request is sent."""
    terms = right(list_topics.sync(client=facilitator)).items
    must("the topic is there", "asthma" in [term.code for term in terms], True)
    body = NetworkCreate(
        name="Inhaler technique in the valley",
        purpose="Everybody with an inhaler has been shown how to use it, and has shown us.",
        visibility=NetworkVisibility.RESTRICTED,
        join_policy=JoinPolicy.REQUEST,
        topics=["asthma", "inhalers"],
        professions=["practice-nurse", "clinical-pharmacist"],
        region=Region.Y63,
    )
    key = f"set-up-{time.time_ns()}"
    network = right(create_network.sync(client=facilitator, body=body, idempotency_key=key))
    again = right(create_network.sync(client=facilitator, body=body, idempotency_key=key))
    must("the same key makes no second network", again.id, network.id)
    must("it has no place", network.place, None)
    seen = right(get_network.sync(network.id, client=member))
    must("seen by who is no member", seen.membership, None)
    return network.id


def let_in(facilitator: AuthenticatedClient, member: AuthenticatedClient, network: UUID) -> UUID:
    """Somebody asks and is approved; somebody is invited by mistake. Returns the membership."""
    words = NetworkJoin(message="I run the clinic on Tuesdays.")
    asked = right(join_network.sync(network, client=member, body=words))
    must("asked", asked.status, MemberStatus.REQUESTED)
    waiting = right(
        list_members.sync(client=facilitator, network_id=network, status=MemberStatus.REQUESTED)
    )
    one = waiting.items[0]
    right(approve_membership.sync(one.id, client=facilitator))
    person = right(list_people.sync(client=facilitator, q="Ottermere")).items[0]
    body = MemberCreate(network_id=network, person_id=person.id)
    invited = right(add_member.sync(client=facilitator, body=body))
    everybody = right(list_members.sync(client=facilitator, network_id=network, limit=100)).items
    statuses = sorted(str(member.status) for member in everybody)
    must("everybody is listed", statuses, ["active", "active", "invited"])
    gone = end_membership.sync_detailed(invited.id, client=facilitator, reason="wrong person")
    must("taken back", gone.status_code, 204)
    return one.id


def invite(facilitator: AuthenticatedClient, nobody: AuthenticatedClient, network: UUID) -> None:
    """By their addresses: one comes in as somebody new, one invitation is taken back."""
    addresses = ["sam@ottermere.example.org", "kim@ottermere.example.org", "not an address"]
    body = InvitationsCreate(addresses=addresses, message="Do join us.")
    made = right(invite_addresses.sync(network, client=facilitator, body=body)).items
    statuses = [str(item.status) for item in made]
    must("one is no address", statuses, ["invited", "invited", "invalid"])
    secret = str(made[0].secret)
    shown = right(look_at_invitation.sync(client=nobody, body=InvitationLook(secret=secret)))
    must("what it is for", shown.network.id, network)
    accept = InvitationAccept(secret=secret, display_name="Sam Fernhollow")
    token = right(accept_invitation.sync(client=nobody, body=accept)).token
    if not isinstance(token, FirstToken):
        raise TypeError("somebody new is given a token")
    newcomer = evolve(facilitator, token=str(token.secret))
    seen = right(get_network.sync(network, client=newcomer)).membership
    must("somebody new is in", isinstance(seen, OwnMembership), True)
    waiting = right(
        list_invitations.sync(
            client=facilitator, network_id=network, status=InvitationStatus.PENDING
        )
    )
    back = right(revoke_invitation.sync(waiting.items[0].id, client=facilitator))
    must("taken back", back.status, InvitationStatus.REVOKED)


def change(facilitator: AuthenticatedClient, network: UUID) -> None:
    """Edit it, and lose nobody's edit."""
    etag = get_network.sync_detailed(network, client=facilitator).headers["ETag"]
    aims = ["Nine of ten inhaler users checked by March"]
    patch = NetworkPatch(lifecycle_stage=LifecycleStage.FORMATION, aims=aims)
    changed = right(update_network.sync(network, client=facilitator, body=patch, if_match=etag))
    must("changed", changed.lifecycle_stage, LifecycleStage.FORMATION)
    late = NetworkPatch(size_target=40)
    refused = update_network.sync(network, client=facilitator, body=late, if_match=etag)
    must("a lost update is refused", code(refused), "precondition_failed")


def hand_over(facilitator: AuthenticatedClient, network: UUID, other: UUID) -> None:
    """The last facilitator stays; of two, one may step down."""
    mine = right(get_network.sync(network, client=facilitator)).membership
    if not isinstance(mine, OwnMembership):
        raise TypeError("the facilitator is a member")
    down = MemberPatch(role=MemberRole.MEMBER)
    alone = update_member.sync(mine.id, client=facilitator, body=down)
    must("the last facilitator stays", code(alone), "last_facilitator")
    right(
        update_member.sync(other, client=facilitator, body=MemberPatch(role=MemberRole.FACILITATOR))
    )
    stepped = right(update_member.sync(mine.id, client=facilitator, body=down))
    must("handed over", stepped.role, MemberRole.MEMBER)


def subgroup(facilitator: AuthenticatedClient, member: AuthenticatedClient, parent: UUID) -> None:
    """A network below it."""
    body = NetworkCreate(
        name="Spacers for small children",
        purpose="No child leaves with an inhaler and without a spacer.",
        join_policy=JoinPolicy.OPEN,
        parent_id=parent,
    )
    made = right(create_network.sync(client=member, body=body))
    right(join_network.sync(made.id, client=facilitator, body=NetworkJoin()))
    below = right(list_networks.sync(client=facilitator, parent_id=parent)).items
    must("it is below", [network.id for network in below], [made.id])


def follow(member: AuthenticatedClient, network: UUID) -> None:
    """Close it, and read of that in the feed."""
    cursor = right(list_networks.sync(client=member, mine=True)).changes_cursor
    note = NetworkArchive(closing_note="Every practice in the valley now checks technique.")
    right(archive_network.sync(network, client=member, body=note))
    seen: list[tuple[str, str, UUID]] = []
    for _ in range(100):
        page = right(list_changes.sync(client=member, cursor=cursor, limit=100))
        seen += [(str(item.kind), str(item.op), item.id) for item in page.items]
        cursor = page.next_cursor
        if not page.has_more:
            break
    must("the feed tells of it", ("network", "upsert", network) in seen, True)
    right(list_member_history.sync(network, client=member))


def hour(address: str, facilitators: str, members: str) -> None:
    """From the first network to its closing note."""
    facilitator = AuthenticatedClient(base_url=address, token=facilitators)
    member = AuthenticatedClient(base_url=address, token=members)
    network = set_up(facilitator, member)
    other = let_in(facilitator, member, network)
    # The generated types ask for a token everywhere; this client sends none.
    nobody = AuthenticatedClient(base_url=address, token="none", auth_header_name="X-No-Token")
    invite(facilitator, nobody, network)
    change(facilitator, network)
    hand_over(facilitator, network, other)
    subgroup(facilitator, member, network)
    follow(member, network)


def count(used: dict[str, int], operation: ModuleType) -> None:
    """Count the calls of an operation, whichever of its two functions is used."""
    name = operation.__name__.rsplit(".", 1)[-1]
    inner = operation.sync_detailed

    def counted(*arguments: object, **named: object) -> object:
        used[name] = used.get(name, 0) + 1
        return inner(*arguments, **named)

    operation.sync_detailed = counted  # type: ignore[attr-defined]


if __name__ == "__main__":
    called: dict[str, int] = {}
    for module in OPERATIONS:
        count(called, module)
    hour(*sys.argv[1:])
    print(f"called {len(called)}: {' '.join(sorted(called))}")
