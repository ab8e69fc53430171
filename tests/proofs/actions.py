"""Random actions of random people, each a verb and a number, so that any part of a trace is a trace as well.

A step names a verb and a throw of dice; what it means is worked out in the state that the step meets. Most steps are
what somebody may do, some are not: those are refused, and a refusal is no step.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
from sqlalchemy import select

from app.core.viewer import ALL_SCOPES, Scope
from app.db.types import among
from app.models import Member, Network
from tests.house import TestHouse, TestPerson
from tests.proofs.helping_actions import HELPING_VERBS, helped_of
from tests.proofs.meeting_actions import (
    MEETING_VERBS,
    shown_actions,
    shown_meetings,
    shown_minutes,
)
from tests.proofs.result_actions import RESULT_VERBS, practices, shared_of

VISIBILITIES = ("open", "restricted", "private", "confidential")
ROLES = ("facilitator", "member", "observer")
NAMES = ("Ada", "Ben", "Cat", "Dan", "Eve", "Fay")
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """One action, or one look at the feed."""

    verb: str
    dice: int


@dataclass
class Stage:
    """The people who act, and what there is at this moment."""

    house: TestHouse
    actors: list[TestPerson]
    operator: TestPerson
    done: int = 0
    refused: int = 0
    mortals: list[TestPerson] = field(default_factory=list)
    """People who come and are erased; nobody looks through their eyes."""

    networks: Rows = field(default_factory=list)
    spells: Rows = field(default_factory=list)
    sent: Rows = field(default_factory=list)
    meetings: Rows = field(default_factory=list)
    minutes: Rows = field(default_factory=list)
    todos: Rows = field(default_factory=list)
    shared: dict[str, Rows] = field(default_factory=dict)
    helped: dict[str, Rows] = field(default_factory=dict)
    works_at: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def set_up(cls, house: TestHouse) -> "Stage":
        """Six people of as many practices and an operator; half of them are listed."""
        codes = dict(zip(NAMES, await practices(house), strict=False))
        actors = [
            await house.person(
                name, listed=name in ("Ada", "Ben", "Cat"), organisation_code=codes[name]
            )
            for name in NAMES
        ]
        works_at = {actor.id: codes[name] for name, actor in zip(NAMES, actors, strict=True)}
        return cls(house, actors, await house.person("Olga", operator=True), works_at=works_at)

    async def plant(self, dice: random.Random) -> None:
        """Begin with a network three deep, all in the first, some in the second, few in the third."""
        parent_id = None
        for depth in range(3):
            facilitator = self.actors[0]
            body = {**_body(dice, "Planted"), "join_policy": "open", "parent_id": parent_id}
            hidden = body["visibility"]
            made = await facilitator.client.post("/v1/networks", {**body, "visibility": "open"})
            parent_id = made.json()["id"]
            for actor in self.actors[1 : 6 - 2 * depth]:
                joined = await actor.client.post(f"/v1/networks/{parent_id}/join", {})
                assert joined.status_code == 201, joined.text
            path = f"/v1/networks/{parent_id}"
            await facilitator.client.patch(path, {"visibility": hidden})

    async def look(self) -> None:
        """See what there is, as nobody in the house may."""
        reads = self.house.app.rooms.house.db
        self.networks = await reads.fetch("proof networks", _networks, {})
        self.spells = await reads.fetch("proof spells", _spells, {})
        self.meetings = await reads.fetch("proof meetings", shown_meetings, {})
        self.minutes = await reads.fetch("proof minutes", shown_minutes, {})
        self.todos = await reads.fetch("proof actions", shown_actions, {})
        self.shared = await shared_of(reads)
        self.helped = await helped_of(reads)

    async def act(self, step: Step) -> None:
        """Take a step. A refusal must be one that the contract knows; a fault of the server is a failure."""
        await self.look()
        dice = random.Random(step.dice)
        answer = await VERBS[step.verb](self, dice) or await _join(self, dice)
        if answer is None or answer.status_code >= 400:
            assert answer is None or answer.status_code < 500, answer.text
            self.refused += 1
        else:
            self.done += 1

    def who(self, person_id: str | None) -> TestPerson | None:
        """The actor with this id."""
        everybody = (*self.actors, *self.mortals)
        return next((actor for actor in everybody if actor.id == person_id), None)

    def facilitator(self, dice: random.Random, network_id: str) -> TestPerson:
        """Somebody who may run this network; now and then somebody who may not, or the operator."""
        throw = dice.random()
        if throw < 0.1:
            return dice.choice(self.actors)
        if throw < 0.2:
            return self.operator
        mine = [
            spell["person_id"]
            for spell in self.spells
            if (spell["network_id"], spell["role"], spell["status"])
            == (network_id, "facilitator", "active")
        ]
        return (self.who(dice.choice(mine)) if mine else None) or self.operator

    def pick(self, dice: random.Random, **wanted: Any) -> dict[str, Any] | None:
        """An open spell with these values; seldom one that cannot be touched."""
        found = [s for s in self.spells if all(s[name] == v for name, v in wanted.items())]
        free = [s for s in found if self._free(s)]
        return dice.choice(free if free and dice.random() < 0.9 else found) if found else None

    def _free(self, spell: dict[str, Any]) -> bool:
        """Not the last facilitator of a network, and not in an archive."""
        here = [s for s in self.spells if s["network_id"] == spell["network_id"]]
        others = [s for s in here if s["id"] != spell["id"] and s["role"] == "facilitator"]
        archived = any(n["archived_at"] for n in self.networks if n["id"] == spell["network_id"])
        return not archived and (spell["role"] != "facilitator" or bool(others))

    def network(self, dice: random.Random, *, deepest: int = 2) -> dict[str, Any] | None:
        """A network; the deep ones as often as the others, since most of the rules are about them."""
        depth = dice.randint(0, deepest)
        found = [n for n in self.networks if n["depth"] == depth] or self.networks
        alive = [n for n in found if n["archived_at"] is None and n["hosted_at"] is None]
        return dice.choice(alive if alive and dice.random() < 0.9 else found) if found else None

    def newcomer(self, dice: random.Random, network: dict[str, Any]) -> TestPerson:
        """Somebody who may come into a network: a member of its parent who is not in it yet."""

        def inside(network_id: str) -> set[str]:
            return {s["person_id"] for s in self.spells if s["network_id"] == network_id}

        found = [actor for actor in self.actors if actor.id not in inside(network["id"])]
        if network["parent_id"] is not None:
            found = [actor for actor in found if actor.id in inside(network["parent_id"])]
        return dice.choice(found if found and dice.random() < 0.9 else self.actors)


def _networks() -> Any:
    return select(
        Network.id, Network.depth, Network.parent_id, Network.archived_at, Network.hosted_at
    ).order_by(Network.created_at, Network.id)


def _spells() -> Any:
    return (
        select(Member.id, Member.network_id, Member.person_id, Member.role, Member.status)
        .where(among(Member.status, ["invited", "requested", "active"]))
        .order_by(Member.created_at, Member.id)
    )


Verb = Callable[[Stage, random.Random], Awaitable[httpx2.Response | None]]


def _body(dice: random.Random, name: str) -> dict[str, Any]:
    return {
        "name": f"{name} {dice.randint(1, 999)}",
        "purpose": f"To try {dice.randint(1, 999)} things.",
        "visibility": dice.choice(VISIBILITIES),
        "join_policy": dice.choice(("open", "open", "request", "invite")),
        "member_offer": "Tea",
    }


async def _create(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    if sum(n["depth"] == 0 for n in stage.networks) >= 4:
        return None
    return await dice.choice(stage.actors).client.post("/v1/networks", _body(dice, "Network"))


async def _create_below(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    parent = stage.network(dice, deepest=1)
    if parent is None or len(stage.networks) >= 14:
        return None
    body = {**_body(dice, "Sub-group"), "parent_id": parent["id"]}
    return await stage.facilitator(dice, parent["id"]).client.post("/v1/networks", body)


async def _list_elsewhere(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    body = {**_body(dice, "Listing"), "hosted_at": "https://example.org/elsewhere"}
    if sum(n["hosted_at"] is not None for n in stage.networks) >= 2:
        return None
    return await stage.operator.client.post("/v1/networks", body)


async def _join(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    network = stage.network(dice)
    if network is None:
        return None
    body = {"message": "May I?", "offer": f"Offer {dice.randint(1, 99)}"}
    actor = stage.newcomer(dice, network)
    return await actor.client.post(f"/v1/networks/{network['id']}/join", body)


async def _invite(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    network = stage.network(dice)
    if network is None:
        return None
    body = {"network_id": network["id"], "person_id": stage.newcomer(dice, network).id}
    body["role"] = dice.choice(ROLES)
    return await stage.facilitator(dice, network["id"]).client.post("/v1/members", body)


async def _provision(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    """With a token bound to the network, which needs nobody's consent."""
    spell = stage.pick(dice, role="facilitator", status="active")
    facilitator = stage.who(spell["person_id"]) if spell else None
    if spell is None or facilitator is None:
        return None
    (network,) = [n for n in stage.networks if n["id"] == spell["network_id"]]
    scopes = '["' + '","'.join(sorted({*ALL_SCOPES} - {Scope.OPERATE})) + '"]'
    token = await stage.house.token(facilitator.id, network_id=spell["network_id"], scopes=scopes)
    body = {"network_id": spell["network_id"], "person_id": stage.newcomer(dice, network).id}
    headers = {"Authorization": f"Bearer {token}"}
    return await facilitator.client.post("/v1/members", body, headers=headers)


async def _answer_request(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    spell = stage.pick(dice, status="requested")
    if spell is None:
        return None
    actor = stage.facilitator(dice, spell["network_id"])
    verb = dice.choice(("approve", "approve", "decline"))
    return await actor.client.post(f"/v1/members/{spell['id']}/{verb}")


async def _answer_invitation(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    spell = stage.pick(dice, status="invited")
    actor = stage.who(spell["person_id"]) if spell else None
    if spell is None or actor is None:
        return None
    verb = dice.choice(("accept", "accept", "decline"))
    return await actor.client.post(f"/v1/members/{spell['id']}/{verb}")


async def _invite_addresses(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    network = stage.network(dice)
    if network is None:
        return None
    addresses = [f"person{dice.randint(1, 9)}@example.org" for _ in range(2)]
    path, body = f"/v1/networks/{network['id']}/invitations", {"addresses": addresses}
    made = await stage.facilitator(dice, network["id"]).client.post(path, body)
    if made.status_code == 200:
        given = [{**one, "network_id": network["id"]} for one in made.json()["items"]]
        stage.sent += [one for one in given if one["secret"]]
    return made


async def _use_invitation(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    """Accept one, or take it back; it may have been used or renewed before."""
    if not stage.sent:
        return None
    sent = dice.choice(stage.sent[-6:])
    if dice.random() < 0.3:
        facilitator = stage.facilitator(dice, sent["network_id"])
        path = f"/v1/invitations/{sent['invitation_id']}/revoke"
        return await facilitator.client.post(path)
    actor = dice.choice(stage.actors)
    return await actor.client.post("/v1/invitations/accept", {"secret": sent["secret"]})


async def _leave(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    spell = stage.pick(dice)
    actor = stage.who(spell["person_id"]) if spell else None
    if spell is None or actor is None:
        return None
    return await actor.client.delete(f"/v1/members/{spell['id']}")


async def _remove(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    spell = stage.pick(dice)
    if spell is None:
        return None
    actor = stage.facilitator(dice, spell["network_id"])
    return await actor.client.delete(f"/v1/members/{spell['id']}", params={"reason": "A clash"})


async def _set_role(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    spell = stage.pick(dice, status="active")
    if spell is None:
        return None
    actor = stage.facilitator(dice, spell["network_id"])
    return await actor.client.patch(f"/v1/members/{spell['id']}", {"role": dice.choice(ROLES)})


async def _edit_member(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    spell = stage.pick(dice, status="active")
    actor = stage.who(spell["person_id"]) if spell else None
    if spell is None or actor is None:
        return None
    body = {"offer": f"Offer {dice.randint(1, 99)}"}
    return await actor.client.patch(f"/v1/members/{spell['id']}", body)


async def _edit(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    network = stage.network(dice)
    if network is None:
        return None
    number = dice.randint(1, 999)
    body = dice.choice(
        (
            {"name": f"Renamed {number}"},
            {"purpose": f"Reworded {number}"},
            {"join_policy": dice.choice(("open", "request", "invite"))},
            {"member_offer": f"Offered {number}"},
            {"meets": dice.choice(("virtual", "hybrid"))},
            {"resourcing": f"Resourced {number}"},
            {"size_target": number},
            {"slug": f"a-slug-{number}"},
            {"name": f"Renamed {number}", "resourcing": f"Resourced {number}"},
        )
    )
    actor = stage.facilitator(dice, network["id"])
    return await actor.client.patch(f"/v1/networks/{network['id']}", body)


async def _set_visibility(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    network = stage.network(dice)
    if network is None:
        return None
    body = {"visibility": dice.choice(VISIBILITIES)}
    if dice.random() < 0.2:
        body["purpose"] = f"Reworded {dice.randint(1, 999)}"
    actor = stage.facilitator(dice, network["id"])
    return await actor.client.patch(f"/v1/networks/{network['id']}", body)


async def _archive(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    network = stage.network(dice)
    if network is None:
        return None
    actor = stage.facilitator(dice, network["id"])
    path = f"/v1/networks/{network['id']}"
    if network["archived_at"] is not None:
        return await actor.client.post(f"{path}/reactivate")
    return await actor.client.post(f"{path}/archive", {"closing_note": "It worked."})


async def _delete(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    network = stage.network(dice)
    if network is None:
        return None
    actor = stage.facilitator(dice, network["id"])
    return await actor.client.delete(f"/v1/networks/{network['id']}")


async def _edit_self(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    actor = dice.choice([*stage.actors, stage.operator])
    number = dice.randint(1, 999)
    body: dict[str, Any] = dice.choice(
        (
            {"display_name": f"Somebody {number}"},
            {"bio": f"Life {number}"},
            {"skills": [f"Skill {number}"]},
            {"email": f"somebody{number}@example.org"},
            {"listed": dice.random() < 0.5},
            {"listed": dice.random() < 0.5},
            {"listed": dice.random() < 0.5, "display_name": f"Somebody {number}"},
        )
    )
    return await actor.client.patch("/v1/me", body)


async def _come(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    """Somebody new, who joins or asks to; others may give them a role."""
    network = stage.network(dice)
    name, listed = f"Mortal {len(stage.mortals)}", dice.random() < 0.5
    stage.mortals.append(await stage.house.person(name, listed=listed))
    if network is None:
        return None
    return await stage.mortals[-1].client.post(f"/v1/networks/{network['id']}/join", {})


async def _erase(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    """One of them, who may have been erased before or have a network to hand over."""
    if not stage.mortals:
        return await _come(stage, dice)
    return await dice.choice(stage.mortals[-3:]).client.delete("/v1/me")


async def _add_person(stage: Stage, dice: random.Random) -> httpx2.Response | None:
    body = {"display_name": f"New {dice.randint(1, 999)}", "listed": dice.random() < 0.5}
    return await stage.operator.client.post("/v1/people", body)


WEIGHTS: dict[str, tuple[Verb, int]] = {
    "create": (_create, 5),
    "create_below": (_create_below, 9),
    "list_elsewhere": (_list_elsewhere, 1),
    "join": (_join, 18),
    "invite": (_invite, 7),
    "provision": (_provision, 4),
    "answer_request": (_answer_request, 7),
    "answer_invitation": (_answer_invitation, 6),
    "invite_addresses": (_invite_addresses, 5),
    "use_invitation": (_use_invitation, 6),
    "leave": (_leave, 6),
    "remove": (_remove, 4),
    "set_role": (_set_role, 6),
    "edit_member": (_edit_member, 2),
    "edit": (_edit, 8),
    "set_visibility": (_set_visibility, 12),
    "archive": (_archive, 3),
    "delete": (_delete, 3),
    "edit_self": (_edit_self, 8),
    "add_person": (_add_person, 1),
    "come": (_come, 5),
    "erase": (_erase, 4),
    **MEETING_VERBS,
    **RESULT_VERBS,
    **HELPING_VERBS,
}
VERBS: dict[str, Verb] = {name: verb for name, (verb, _) in WEIGHTS.items()}


def trace_of(seed: object, steps: int) -> list[Step]:
    """A random trace; the same one for the same seed."""
    dice = random.Random(repr(seed))
    verbs = dice.choices(list(WEIGHTS), [weight for _, weight in WEIGHTS.values()], k=steps)
    # Else there is little to do at first.
    verbs[:16] = [
        *["create"] * 3,
        *["create_below"] * 3,
        *["join"] * 6,
        *["plan"] * 2,
        *["write_up"] * 2,
    ]
    return [Step(verb, dice.randrange(10**9)) for verb in verbs]
