"""The rows of networks: one by itself, its purposes, and everything that changes it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net
from tests.permissions.oracle import FRONT, FRONT_FIELDS, INSIDE, INSIDE_FIELDS, Outcome
from tests.permissions.table import GHOST, Cell, everybody, personas, rows_of

NEVER_NULL = (
    "id",
    "name",
    "slug",
    "purpose",
    "visibility",
    "join_policy",
    "tier",
    "version",
    "created_at",
    "updated_at",
)
DEEPEST = 2
NEW = {"name": "A new one", "purpose": "To see who may."}


def fields_of(facts: Facts, net: Net, item: dict[str, Any], seen: int, *, inside: bool) -> str:
    """What is wrong with the fields of a network that is read at this tier."""
    wrong = [name for name in NEVER_NULL if item[name] is None]
    empty: tuple[str, ...] = () if net.elsewhere else ("hosted_at", "verified")
    if not net.archived:
        empty += ("closing_note",)
    if net.elsewhere:
        empty += INSIDE_FIELDS[:4]
    for names, need in ((FRONT_FIELDS, FRONT), (INSIDE_FIELDS if inside else (), INSIDE)):
        wrong += [
            name
            for name in names
            if (item[name] is not None) != (seen >= need and name not in empty)
        ]
    if item["tier"] != oracle.TIER_NAMES[seen]:
        wrong.append(f"tier {item['tier']}")
    if item["parent_id"] != (facts.nets[net.parent].id if net.parent else None):
        wrong.append("parent_id")
    if (item["archived_at"] is not None) != net.archived:
        wrong.append("archived_at")
    return f"{net.key}: fields {wrong}" if wrong else ""


def whole(facts: Facts, actor: Actor, net: Net, document: dict[str, Any]) -> str:
    """What is wrong with one network as this actor reads it."""
    wrong = fields_of(facts, net, document, oracle.one_tier(facts, actor, net), inside=True)
    spell = facts.spell(actor.person, net.key)
    own = spell if spell is not None and spell.status in oracle.OPEN_SPELL else None
    shown = document["membership"]
    expected = own and {"id": own.id, "role": own.role, "status": own.status}
    return wrong or ("" if shown == expected else f"membership {shown} not {expected}")


@rows_of("getNetwork")
def get_network(facts: Facts) -> Iterator[Cell]:
    """One network."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "networks:read", sign_in=False) or oracle.there(facts, actor, net)
        looked = end is None and oracle.recorded(facts, actor, net)
        yield Cell(
            "getNetwork", label, net.key, actor, "GET", f"/v1/networks/{net.id}", end or (200, None), ghost=net.id,
            check=partial(whole, facts, actor, net), recorded=(net.id,) if looked else (),
        )  # fmt: skip


@rows_of("listPurposes")
def list_purposes(facts: Facts) -> Iterator[Cell]:
    """The wordings are there for whoever sees the network; who worded them, for members."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "networks:read", sign_in=False) or oracle.there(facts, actor, net)
        inside = oracle.tier(facts, actor, net) == INSIDE

        def check(found: dict[str, Any], *, inside: bool = inside) -> str:
            told = [item["by_id"] is not None for item in found["items"]]
            return "" if told == [inside] else f"by_id {told}"

        yield Cell(
            "listPurposes", label, net.key, actor, "GET", f"/v1/networks/{net.id}/purposes", end or (200, None),
            ghost=net.id, check=check,
        )  # fmt: skip


@rows_of("getWheel")
def get_wheel(facts: Facts) -> Iterator[Cell]:
    """Members read how their network is doing, and operators on record; others learn no more than that it is there."""
    return _wheel("getWheel", "", facts)


@rows_of("getWheelSvg")
def get_wheel_svg(facts: Facts) -> Iterator[Cell]:
    """The same as a picture."""
    return _wheel("getWheelSvg", ".svg", facts)


@rows_of("getWheelPng")
def get_wheel_png(facts: Facts) -> Iterator[Cell]:
    """The picture as pixels, which take long to draw: it is drawn of one network, and refused of all."""
    drawn = facts.nets["open"].key
    cells = _wheel("getWheelPng", ".png", facts)
    return (cell for cell in cells if cell.target == drawn or cell.expected != (200, None))


def _wheel(operation: str, ending: str, facts: Facts) -> Iterator[Cell]:
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "networks:read") or oracle.there(facts, actor, net)
        if end is None and oracle.one_tier(facts, actor, net) < INSIDE:
            end = oracle.refused("forbidden")

        def check(found: dict[str, Any], *, own: str = net.id) -> str:
            return "" if found["network_id"] == own else f"the wheel of {found['network_id']}"

        looked = end is None and oracle.recorded(facts, actor, net)
        yield Cell(
            operation, label, net.key, actor, "GET", f"/v1/networks/{net.id}/wheel{ending}", end or (200, None),
            ghost=net.id, check=None if ending else check, recorded=(net.id,) if looked else (),
        )  # fmt: skip


@rows_of("createNetwork")
def create_network(facts: Facts) -> Iterator[Cell]:
    """Anybody signed in sets up a network; a sub-group, the facilitators of the parent; a listing, the operator."""
    for label, actor in personas(facts, facts.nets["open"]):
        signed = oracle.gate(actor, "networks:write")
        listing = signed or (None if actor.operates else oracle.refused("forbidden"))
        for variant, more, end in (
            ("plain", {}, signed),
            ("listing", {"hosted_at": "https://example.org/x"}, listing),
            ("below a ghost", {"parent_id": GHOST}, signed or oracle.refused("not_found")),
        ):
            yield Cell(
                "createNetwork", label, "the installation", actor, "POST", "/v1/networks", end or (201, None), variant,
                {**NEW, **more},
            )  # fmt: skip
    for label, actor, net in everybody(facts):
        yield Cell(
            "createNetwork", label, net.key, actor, "POST", "/v1/networks", _below(facts, actor, net), "below it",
            {**NEW, "parent_id": net.id}, ghost=net.id,
        )  # fmt: skip
        # A slug is unique among networks that are not confidential: taken where anybody could know.
        taken = oracle.tier(facts, oracle.ANONYMOUS_TIER, net) >= oracle.NAME
        end = oracle.gate(actor, "networks:write") or (
            oracle.refused("slug_taken") if taken else None
        )
        yield Cell(
            "createNetwork", label, net.key, actor, "POST", "/v1/networks", end or (201, None), "its slug",
            {**NEW, "slug": net.slug},
        )  # fmt: skip


def _below(facts: Facts, actor: Actor, net: Net) -> Outcome:
    gate = oracle.gate(actor, "networks:write") or oracle.keeps(facts, actor, net)
    state = gate or oracle.still_open(net) or oracle.lives_here(net)
    if state is None and net.key.count("/") >= DEEPEST:
        state = oracle.refused("too_deep")
    if state is None and not oracle.membership(facts, actor, net):
        state = oracle.refused("parent_membership_required")
    return state or (201, None)


@rows_of("updateNetwork")
def update_network(facts: Facts) -> Iterator[Cell]:
    """Facilitators edit; where a network lives is kept by the operator."""
    for label, actor, net in everybody(facts):
        end = (
            oracle.gate(actor, "networks:write")
            or oracle.keeps(facts, actor, net)
            or oracle.still_open(net)
        )
        kept = end or (None if actor.operates else oracle.refused("forbidden"))
        for variant, body, outcome in (
            ("nothing", {}, end),
            ("inside", {"resourcing": "An hour a week"}, end),
            ("rule", {"visibility": "confidential"}, end),
            (
                "kept",
                {"verified": "Asked"},
                kept or (None if net.elsewhere else oracle.refused("invalid")),
            ),
        ):
            # What an operator is shown of a private network by editing it is a look inside as well.
            looked = outcome is None and oracle.recorded(facts, actor, net)
            if variant == "rule" and outcome is None:  # it is confidential by then
                looked = actor.operates and oracle.membership(facts, actor, net) is None
            yield Cell(
                "updateNetwork", label, net.key, actor, "PATCH", f"/v1/networks/{net.id}", outcome or (200, None),
                variant, body, ghost=net.id, recorded=(net.id,) if looked else (),
                check=partial(whole, facts, actor, net) if variant == "nothing" else None,
            )  # fmt: skip


@rows_of("deleteNetwork")
def delete_network(facts: Facts) -> Iterator[Cell]:
    """For networks without other members and without content; the rest are archived."""
    for label, actor, net in everybody(facts):
        end = (
            oracle.gate(actor, "networks:write")
            or oracle.keeps(facts, actor, net)
            or oracle.still_open(net)
        )
        others = [s for s in facts.spells.values() if s.net == net.key and s.person != actor.person]
        if end is None and (others or facts.children(net.key) or facts.meets_of(net.key)):
            end = oracle.refused("network_in_use")
        yield Cell(
            "deleteNetwork",
            label,
            net.key,
            actor,
            "DELETE",
            f"/v1/networks/{net.id}",
            end or (204, None),
            ghost=net.id,
        )


@rows_of("archiveNetwork")
def archive_network(facts: Facts) -> Iterator[Cell]:
    """Facilitators close a network."""
    for label, actor, net in everybody(facts):
        end = (
            oracle.gate(actor, "networks:write")
            or oracle.keeps(facts, actor, net)
            or oracle.still_open(net)
        )
        looked = end is None and oracle.recorded(facts, actor, net)
        yield Cell(
            "archiveNetwork", label, net.key, actor, "POST", f"/v1/networks/{net.id}/archive", end or (200, None),
            json={"closing_note": "We are done."}, ghost=net.id, recorded=(net.id,) if looked else (),
        )  # fmt: skip


@rows_of("reactivateNetwork")
def reactivate_network(facts: Facts) -> Iterator[Cell]:
    """And open it again."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "networks:write") or oracle.keeps(facts, actor, net)
        if end is None and not net.archived:
            end = oracle.refused("network_not_archived")
        elif end is None and net.parent and facts.nets[net.parent].archived:
            end = oracle.refused("network_archived")
        looked = end is None and oracle.recorded(facts, actor, net)
        yield Cell(
            "reactivateNetwork", label, net.key, actor, "POST", f"/v1/networks/{net.id}/reactivate", end or (200, None),
            ghost=net.id, recorded=(net.id,) if looked else (),
        )  # fmt: skip
