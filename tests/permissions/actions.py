"""`actions` of a network against what the operations answer: nothing offered is refused, nothing else is allowed."""

from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net
from tests.permissions.runner import Trial
from tests.permissions.table import everybody

# What may stand in the way of an action that is offered: the state of others, which the network does not tell.
EXCUSED = {
    "delete": {"network_in_use"},
    "leave": {"last_facilitator"},
    "add_member": {"parent_membership_required"},
}


def requests(facts: Facts, actor: Actor, net: Net) -> dict[str, tuple[str, str, Any]]:
    """The request of each action."""
    address = f"/v1/networks/{net.id}"
    listed = facts.people["listed stranger"].id
    found: dict[str, tuple[str, str, Any]] = {
        "update": ("PATCH", address, {"member_offer": "Tea"}),
        "delete": ("DELETE", address, None),
        "archive": ("POST", f"{address}/archive", {"closing_note": "Done"}),
        "reactivate": ("POST", f"{address}/reactivate", None),
        "join": ("POST", f"{address}/join", {}),
        "invite": ("POST", f"{address}/invitations", {"addresses": ["kim@example.org"]}),
        "add_member": ("POST", "/v1/members", {"network_id": net.id, "person_id": listed}),
        "create_sub_group": ("POST", "/v1/networks", {"name": "B", "purpose": "C", "parent_id": net.id}),
        "read_history": ("GET", f"{address}/member-history", None),
        "read_audit": ("GET", f"/v1/audit?network_id={net.id}", None),
    }  # fmt: skip
    # An invitation is declined and a request taken back at the same address, which is not leaving.
    spell = oracle.membership(facts, actor, net)
    if spell is not None:
        found["leave"] = ("DELETE", f"/v1/members/{spell.id}", None)
    return found


async def disagreements(trial: Trial) -> tuple[int, list[str]]:
    """How many were tried, and those that the operations do not bear out."""
    tried, wrong = 0, []
    async with trial.undoing():
        for label, actor, net in everybody(trial.facts):
            shown = await trial.send(actor, "GET", f"/v1/networks/{net.id}")
            if shown.status != 200:
                continue
            offered = set(shown.json["actions"])
            for action, (method, path, json) in requests(trial.facts, actor, net).items():
                reply = await trial.send(actor, method, path, json)
                tried += 1
                good = reply.status < 400 or reply.code in EXCUSED.get(action, ())
                if good != (action in offered):
                    said = "offered" if action in offered else "not offered"
                    wrong.append(
                        f"{action} {said} | {label} | {net.key}: {reply.status} {reply.code}"
                    )
            unknown = offered - {*requests(trial.facts, actor, net), "leave"}
            wrong += [f"{action} is tried by nobody" for action in unknown]
    return tried, wrong
