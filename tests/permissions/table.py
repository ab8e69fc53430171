"""The shape of the table: cells, the personas towards a network, and the register of rows by operation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.facts import VISIBILITIES, Actor, Facts, Net
from tests.permissions.oracle import Outcome

# The personas of every access test, then those that the rules of tokens and sub-groups ask for besides.
PERSONAS = (
    "anonymous", "stranger", "invited", "requested", "active member", "observer", "facilitator", "ex-member",
    "facilitator of another network", "member of the parent only", "sub-group member", "operator",
    "narrow-scope token",
)  # fmt: skip
MORE_PERSONAS = (
    "facilitator of the parent", "member of a sibling sub-group", "provisioning token", "token provisioning another",
    "operator without its power", "revoked token", "expired token",
)  # fmt: skip
GHOST = "01900000-0000-7000-8000-00000000dead"
Check = Callable[[Any], str]
Row = Callable[[Facts], Iterator["Cell"]]
ROWS: dict[str, list[Row]] = {}


@dataclass(frozen=True, slots=True)
class Cell:
    """One request and what must come of it.

    `check` says what is wrong with a good answer's document, or nothing. `ghost` is the id which, where it is not
    there for the actor, must answer like one that never was. `recorded` are the networks that an operator's look is
    put on record for; `introduces` is the person whom a write makes a fellow, or who invites; `opens` is the network
    whose name and purpose an invitation tells; `typed` are words that the actor once typed; `eyes` is whose sight a
    calendar's address lends to whoever has it; `moves` is the saved search whose mark a look moves.
    """

    operation: str
    persona: str
    target: str
    actor: Actor
    method: str
    path: str
    expected: Outcome
    variant: str = ""
    json: Any = None
    form: dict[str, str] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    check: Check | None = None
    ghost: str | None = None
    recorded: tuple[str, ...] = ()
    introduces: str | None = None
    opens: str | None = None
    typed: frozenset[str] = frozenset()
    moves: str | None = None
    eyes: Actor | None = None

    @property
    def name(self) -> str:
        """How a wrong cell is reported."""
        return f"{self.operation} {self.variant} | {self.persona} | {self.target}"


def rows_of(operation: str) -> Callable[[Row], Row]:
    """Register a function that makes cells of an operation."""

    def mark(row: Row) -> Row:
        ROWS.setdefault(operation, []).append(row)
        return row

    return mark


def personas(facts: Facts, net: Net) -> Iterator[tuple[str, Actor]]:
    """Everybody towards a network, as far as there is such a person."""
    parent, family = net.parent or "", net.key.split("/")
    below = [child.key for child in facts.children(net.key)]
    sibling = [c.key for c in facts.children(parent) if c.key != net.key] if parent else []
    people = {
        "anonymous": ("nobody", "main"),
        "stranger": ("stranger", "main"),
        "invited": (f"{net.key}: invited", "main"),
        "requested": (f"{net.key}: requested", "main"),
        "active member": (f"{net.key}: member", "main"),
        "observer": (f"{net.key}: observer", "main"),
        "facilitator": (f"{net.key}: facilitator", "main"),
        "ex-member": (f"{net.key}: ex-member", "main"),
        "facilitator of another network": ("another: facilitator", "main"),
        "member of the parent only": (f"{parent}: member", "main"),
        "member of the root only": (f"{family[0]}: observer", "main")
        if len(family) > 2
        else ("", ""),
        "sub-group member": (f"{below[0]}: member" if below else "", "main"),
        "operator": ("operator", "main"),
        "narrow-scope token": (f"{net.key}: facilitator", "narrow"),
        "facilitator of the parent": (f"{parent}: facilitator", "main"),
        "member of a sibling sub-group": (f"{sibling[0]}: member" if sibling else "", "main"),
        "provisioning token": (f"{net.key}: facilitator", "provisioning"),
        "token provisioning another": (f"{net.key}: facilitator", "elsewhere"),
        "operator without its power": ("operator", "plain"),
    }
    if (
        net.key in VISIBILITIES
    ):  # a token that is no good is refused at the door, whatever is behind it
        people |= {
            "revoked token": ("operator", "revoked"),
            "expired token": ("operator", "expired"),
        }
    for label, key in people.items():
        if key in facts.actors:
            yield label, facts.actors[key]


def everybody(facts: Facts) -> Iterator[tuple[str, Actor, Net]]:
    """Every persona towards every network."""
    for net in facts.nets.values():
        for label, actor in personas(facts, net):
            yield label, actor, net


def same_sets(found: set[str], expected: set[str], names: dict[str, str]) -> str:
    """What is there too much or missing, by name."""
    more = sorted(names.get(one, one) for one in found - expected)
    less = sorted(names.get(one, one) for one in expected - found)
    return "; ".join(
        part
        for part in (f"shown: {more[:5]}" if more else "", f"missing: {less[:5]}" if less else "")
        if part
    )
