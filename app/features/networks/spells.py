"""Spells: the life of one membership, as moves that keep their history."""

from typing import Any

from app.core.changes import Told, change, create
from app.core.work import Work
from app.models import MemberRole

OPEN = ("invited", "requested", "active")


def told_of_member(
    network: dict[str, Any], person_id: str, *, active: bool, gone: bool = False
) -> Told:
    """Members hear of active spells; only facilitators and oneself of the rest."""
    reach = ("member" if active else "facilitator") if gone else None
    return Told(network_id=network["id"], person_id=person_id, reach=reach)


def begin_spell(
    work: Work, network: dict[str, Any], person_id: str, *, role: str, status: str, **more: Any
) -> dict[str, Any]:
    """Open a spell. Returns its row. Errors: `Duplicate` at the flush when one is open (becomes `AlreadyMember`)."""
    active = status == "active"
    work.living.add(person_id)
    row = create(
        work,
        {"active": "member.joined", "requested": "member.requested", "invited": "member.invited"}[
            status
        ],
        {
            "id": work.new_id(),
            "network_id": network["id"],
            "person_id": person_id,
            "role": role,
            "status": status,
            "representing": None,
            "offer": None,
            "message": None,
            "added_by": work.viewer.person_id,
            "joined_at": work.now if active else None,
            "ended_at": None,
            "ended_by": None,
            "reason": None,
            **more,
        },
        told_of_member(network, person_id, active=active),
    )
    if active:
        begin_role(work, row["id"], role)
    return row


def begin_role(work: Work, member_id: str, role: str) -> None:
    """Note that a role is held from now on."""
    work.insert(
        MemberRole,
        {
            "id": work.new_id(),
            "member_id": member_id,
            "role": role,
            "from_at": work.now,
            "to_at": None,
            "by_id": work.viewer.person_id,
        },
    )


def end_role(work: Work, member_id: str) -> None:
    """Note that the present role ends now."""
    work.update_children(MemberRole, {"member_id": member_id, "to_at": None}, {"to_at": work.now})


def activate(
    work: Work, network: dict[str, Any], spell: dict[str, Any], action: str, **more: Any
) -> None:
    """From invited or requested to active; `more` are columns that change with it, such as the role."""
    told = told_of_member(network, spell["person_id"], active=True)
    change(work, action, spell, {"status": "active", "joined_at": work.now, **more}, told)
    begin_role(work, spell["id"], more.get("role", spell["role"]))


def end_spell(
    work: Work,
    network: dict[str, Any],
    spell: dict[str, Any],
    status: str,
    reason: str | None = None,
) -> None:
    """Close a spell: it is gone from every list, and stays in the history."""
    was_active = spell["status"] == "active"
    told = told_of_member(network, spell["person_id"], active=was_active, gone=True)
    values = {
        "status": status,
        "ended_at": work.now,
        "ended_by": work.viewer.person_id,
        "reason": reason,
    }
    change(work, f"member.{status}", spell, values, told, op="gone")
    if was_active:
        end_role(work, spell["id"])
