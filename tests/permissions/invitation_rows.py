"""The rows of invitations to an address: for facilitators, and for whoever has the secret."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import VISIBILITIES, Actor, Facts, Net, Sent
from tests.permissions.oracle import Outcome
from tests.permissions.table import Cell, everybody, personas, rows_of, same_sets

GUESS = "qi_invite_" + "A" * 43


def _seen(facts: Facts, actor: Actor, net: Net, scope: str) -> Outcome | None:
    """404 for everybody who is no facilitator there."""
    gate = oracle.gate(actor, scope)
    facilitates = oracle.facilitates(facts, actor, net)
    return gate or (None if facilitates else oracle.refused("not_found"))


@rows_of("inviteAddresses")
def invite_addresses(facts: Facts) -> Iterator[Cell]:
    """A facilitator: new addresses, those that have an invitation already, and what is no address."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "members:write") or oracle.keeps(facts, actor, net)
        end = end or oracle.still_open(net) or oracle.lives_here(net)

        def check(found: dict[str, Any]) -> str:
            shown = [item["status"] for item in found["items"]]
            return "" if shown == ["invited", "invalid"] else f"{shown}"

        yield Cell(
            "inviteAddresses", label, net.key, actor, "POST", f"/v1/networks/{net.id}/invitations",
            end or (200, None), json={"addresses": ["kim@example.org", "kim"]}, ghost=net.id, check=check,
        )  # fmt: skip


@rows_of("getInvitation")
def get_invitation(facts: Facts) -> Iterator[Cell]:
    """One, as it stands."""
    for label, actor, net in everybody(facts):
        for sent in facts.sent_into(net.key):
            end = _seen(facts, actor, net, "members:read")

            def check(found: dict[str, Any], *, sent: Sent = sent) -> str:
                return "" if found["status"] == sent.status else f"status {found['status']}"

            looked = end is None and oracle.recorded(facts, actor, net)
            yield Cell(
                "getInvitation", label, net.key, actor, "GET", f"/v1/invitations/{sent.id}", end or (200, None),
                sent.status, ghost=sent.id, check=check, recorded=(net.id,) if looked else (),
            )  # fmt: skip


@rows_of("listInvitations")
def list_invitations(facts: Facts) -> Iterator[Cell]:
    """Those into networks that one facilitates, and no others whatever one asks for."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "members:read")
        for variant, params in (
            ("of it", {"network_id": net.id}),
            ("of it, pending", {"network_id": net.id, "status": "pending"}),
            ("all", {}),
        ):
            if variant == "all" and net.key not in VISIBILITIES:
                continue
            expected = [
                sent for sent in facts.sent
                if oracle.facilitates(facts, actor, facts.nets[sent.net])
                and (variant == "all" or sent.net == net.key)
                and sent.status == params.get("status", sent.status)
            ]  # fmt: skip

            def check(found: dict[str, Any], *, expected: list[Sent] = expected) -> str:
                names = {sent.id: f"{sent.status} into {sent.net}" for sent in facts.sent}
                shown = {item["id"] for item in found["items"]}
                return same_sets(shown, {sent.id for sent in expected}, names)

            nets = {sent.net for sent in expected} if end is None else set()
            recorded = [k for k in nets if oracle.recorded(facts, actor, facts.nets[k])]
            yield Cell(
                "listInvitations", label, net.key, actor, "GET", "/v1/invitations", end or (200, None), variant,
                params={**params, "limit": 100}, check=check,
                recorded=tuple(facts.nets[key].id for key in recorded),
            )  # fmt: skip


@rows_of("revokeInvitation")
def revoke_invitation(facts: Facts) -> Iterator[Cell]:
    """A facilitator, while it waits."""
    for label, actor, net in everybody(facts):
        for sent in facts.sent_into(net.key):
            end = _seen(facts, actor, net, "members:write") or oracle.still_open(net)
            if end is None and sent.status != "pending":
                end = oracle.refused("illegal_transition")
            looked = end is None and oracle.recorded(facts, actor, net)
            yield Cell(
                "revokeInvitation", label, net.key, actor, "POST", f"/v1/invitations/{sent.id}/revoke",
                end or (200, None), sent.status, ghost=sent.id, recorded=(net.id,) if looked else (),
            )  # fmt: skip


def _secrets(facts: Facts, net: Net) -> Iterator[tuple[str, str]]:
    """One that works, one that was taken back, and a guess."""
    for sent in facts.sent_into(net.key):
        yield sent.status, sent.secret
    if net.key in VISIBILITIES:
        yield "a guess", GUESS


@rows_of("lookAtInvitation")
def look_at_invitation(facts: Facts) -> Iterator[Cell]:
    """Whoever has the secret is told where it leads, what is confidential included."""
    for net in facts.nets.values():
        for label, actor in personas(facts, net):
            for variant, secret in _secrets(facts, net):
                end = oracle.gate(actor, "members:read", sign_in=False)
                if end is None and variant != "pending":
                    end = (404, "invitation_not_valid")
                yield Cell(
                    "lookAtInvitation", label, net.key, actor, "POST", "/v1/invitations/look",
                    end or oracle.still_open(net) or (200, None), variant, {"secret": secret},
                    introduces=f"{net.key}: facilitator", opens=net.key,
                )  # fmt: skip


@rows_of("acceptInvitation")
def accept_invitation(facts: Facts) -> Iterator[Cell]:
    """Whoever has the secret, once; a sub-group takes members of its parent."""
    for net in facts.nets.values():
        for label, actor in personas(facts, net):
            for variant, secret in _secrets(facts, net):
                end = oracle.gate(actor, "members:write", sign_in=False)
                if end is None and variant != "pending":
                    end = (404, "invitation_not_valid")
                end = end or oracle.still_open(net) or _may_join(facts, actor, net)
                spell = facts.spell(actor.person, net.key) if actor.person else None
                role = spell.role if spell and spell.status == "invited" else "member"

                def check(found: dict[str, Any], *, role: str = role, actor: Actor = actor) -> str:
                    shown = (found["role"], found["token"] is not None)
                    expected = (role, actor.person is None)
                    return "" if shown == expected else f"{shown} not {expected}"

                name = {} if actor.person else {"display_name": "Sam Patel"}
                yield Cell(
                    "acceptInvitation", label, net.key, actor, "POST", "/v1/invitations/accept", end or (201, None),
                    variant, {"secret": secret, **name}, check=check,
                )  # fmt: skip


def _may_join(facts: Facts, actor: Actor, net: Net) -> Outcome | None:
    if oracle.membership(facts, actor, net):
        return oracle.refused("already_member")
    if net.parent and not oracle.membership(facts, actor, facts.nets[net.parent]):
        return oracle.refused("parent_membership_required")
    return None
